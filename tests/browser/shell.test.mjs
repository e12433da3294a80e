// The shell itself: who answers, who is refused, what order calls have, what its windows do.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import test from 'node:test';
import { app, page, POLICY } from './apps.mjs';
import { Phone } from './phone.mjs';
import { picture, temporary } from './world.mjs';

const builtin = async (t, files = {}) => app(path.join(await temporary(t), 'builtin'), 'builtin', { files });

test('the core answers behind a policy of self, and not a web stub', async (t) => {
  const phone = await Phone.of(t, await builtin(t, { 'index.html': page('builtin', POLICY) }));
  const window = await phone.open();
  assert.equal(await window.evaluate(() => capacitor.getPlatform()), 'android');
  assert.equal(await window.evaluate(() => capacitor.isNativePlatform()), true);
  assert.match(await window.evaluate(() => __aloft.token), /^[0-9a-f]{16,}$/);
  assert.deepEqual(await window.evaluate(() => updater.current()), await phone.call('current'));
  assert.match((await window.evaluate(() => updater.getDeviceId())).deviceId, /^[0-9a-f-]{36}$/);
  const { version } = await window.evaluate(() => updater.getPluginVersion());
  assert.deepEqual(await phone.call('getPluginVersion'), { version });
  await assert.rejects(window.evaluate(() => capacitor.nativePromise('CapacitorUpdater', 'nonsense', {})), /nonsense/);
  await phone.until((state) => state.log.some((line) => line.includes('pageBegan')), 'pageBegan');
  assert.deepEqual(window.errors, []);
});

test('an iPhone has its own bridge, and a stub answers nothing', async (t) => {
  const phone = await Phone.of(t, await builtin(t), { options: ['--platform', 'ios', '--stub', 'Haptics'] });
  const window = await phone.open();
  assert.equal(await window.evaluate(() => capacitor.getPlatform()), 'ios');
  assert.equal(await window.evaluate(() => typeof webkit.messageHandlers.bridge.postMessage + typeof androidBridge), 'functionundefined');
  assert.deepEqual(await window.evaluate(() => haptics.impact({ style: 'HEAVY' })), {});
  assert.equal(await window.evaluate(() => capacitor.isPluginAvailable('Camera')), false);
  await phone.until((state) => state.log.some((line) => line.includes('pageBegan')), 'pageBegan');
});

test('i4: calls arrive in the order in which they were made', async (t) => {
  const phone = await Phone.of(t, await builtin(t));
  const window = await phone.open();
  await window.evaluate(() => Promise.all(Array.from({ length: 100 }, (_, n) => updater.current({ n }))));
  const { log } = await phone.command('state');
  const numbers = log.flatMap((line) => /→ current \{"n":(\d+)\}/.exec(line)?.[1] ?? []).map(Number);
  assert.deepEqual(numbers, Array.from({ length: 100 }, (_, n) => n));
});

test('strangers are refused', async (t) => {
  const phone = await Phone.of(t, await builtin(t));
  const post = (headers) => fetch(`${phone.at.control}control/state`, { method: 'POST', body: '{}', headers });
  assert.equal((await post({})).status, 403);
  assert.equal((await post({ 'x-aloft-secret': 'guessed' })).status, 403);
  assert.equal((await post({ 'x-aloft-secret': phone.at.secret, origin: 'https://evil.example' })).status, 403);
  assert.equal((await post({ 'x-aloft-secret': phone.at.secret })).status, 200);
  assert.equal((await fetch(`${phone.at.control}page.js`)).status, 403);
  assert.equal((await fetch(phone.at.control)).headers.get('x-frame-options'), 'SAMEORIGIN');
  const { hostname, port } = new URL(phone.at.app);
  const [rebound] = await once(request({ hostname, port, headers: { host: `evil.example:${port}` } }).end(), 'response');
  rebound.resume();
  assert.equal(rebound.statusCode, 403);

  // A page of another origin, in the same browser as the app.
  await phone.open();
  const evil = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>evil'));
  t.after(() => evil.close());
  await once(evil.listen(0, '127.0.0.1'), 'listening');
  const window = await phone.browser.newPage();
  await window.goto(`http://127.0.0.1:${evil.address().port}/`);
  const attempts = await window.evaluate(async (control) => {
    const refused = (promise) => promise.then(() => 'let in', () => 'refused');
    const load = (url) => new Promise((done, failed) => {
      document.body.append(Object.assign(document.createElement('script'), { src: url, onload: done, onerror: failed }));
    });
    return [
      await refused(load(`${control}page.js`)),
      await refused(load(`${control}control.js`)),
      await refused(fetch(`${control}control/kill`, { method: 'POST', headers: { 'x-aloft-secret': 'x' } })),
      await refused(fetch(control)),
      typeof window.Capacitor,
    ];
  }, phone.at.control);
  assert.deepEqual(attempts, ['refused', 'refused', 'refused', 'refused', 'undefined']);
  assert.equal((await phone.command('state')).life, 'running');
});

test('files are served as on a phone', async (t) => {
  const files = { 'assets/part.html': '<p>a template</p>', 'data.json': '{}', 'assets/a b.txt': 'x' };
  const phone = await Phone.of(t, await builtin(t, files));
  const window = await phone.open();
  const get = (url) => window.evaluate(async (url) => {
    const response = await fetch(url);
    return `${response.status} ${response.headers.get('content-type')} ${(await response.text()).slice(0, 15)}`;
  }, url);
  assert.equal(await get('/settings/profile?x=1.5'), '200 text/html; charset=utf-8 <!doctype html>');
  assert.match(await get('/missing.png'), /^404/);
  assert.equal(await get('/assets/part.html'), '200 text/html; charset=utf-8 <p>a template</');
  assert.equal(await get('/data.json'), '200 application/json {}');
  assert.equal(await get('/assets/a%20b.txt'), '200 text/plain x');
  assert.match(await get('/..%2f..%2fcapacitor.config.json'), /^404/);
  await window.goto(`${phone.at.app}deep/link`);
  assert.equal(await window.title(), 'builtin');
  assert.deepEqual(await window.evaluate(() => updater.current()), await phone.call('current'));
});

test('a frozen app answers when it runs again', async (t) => {
  const phone = await Phone.of(t, await builtin(t));
  const window = await phone.open();
  await window.evaluate(() => updater.current());
  await phone.command('freeze');
  await window.evaluate(() => { window.answered = updater.current().then(() => Date.now()); });
  await phone.until((state) => state.log.at(-1).includes('→ current'), 'the call');
  const before = Date.now();
  await phone.command('resume');
  assert.ok((await window.evaluate(() => window.answered)) >= before);
});

test('the control window kills the app and starts it again', async (t) => {
  const phone = await Phone.of(t, await builtin(t));
  const window = await phone.open();
  const control = await phone.browser.newPage();
  await control.goto(phone.at.control);
  await control.getByText('in the foreground').waitFor();
  await control.getByRole('button', { name: 'Background' }).click();
  await control.getByText('in the background').waitFor();
  await control.getByRole('button', { name: 'Foreground' }).click();
  await picture(control, 'control');
  await control.getByRole('button', { name: 'Kill' }).click();
  await window.getByText('The app was killed').waitFor();
  await picture(window, 'killed');
  assert.equal((await phone.command('state')).life, 'killed');
  await assert.rejects(phone.command('foreground'), { code: 'not_running' });
  await window.getByRole('button', { name: 'Start the app' }).click();
  await window.getByRole('heading', { name: 'builtin' }).waitFor();
  assert.deepEqual(await window.evaluate(() => updater.current()), await phone.call('current'));
  await control.getByText('running').waitFor();
});

test('storage survives the shell, whose port belongs to the app', async (t) => {
  const phone = await Phone.of(t, await builtin(t));
  const port = new URL(phone.at.app).port;
  const window = await phone.open();
  await window.evaluate(() => localStorage.setItem('kept', 'yes'));
  phone.running.child.kill();
  await once(phone.running.child, 'exit');
  await phone.shell(port);
  await window.goto(phone.at.app);
  assert.equal(await window.evaluate(() => localStorage.getItem('kept')), 'yes');
  assert.deepEqual(await window.evaluate(() => updater.current()), await phone.call('current'));
});
