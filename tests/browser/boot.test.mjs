// What becomes of an update, from its page to the core: boot, confirm, roll back.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { app } from './apps.mjs';
import { Phone } from './phone.mjs';
import { picture, temporary } from './world.mjs';

/** A phone on a builtin app, with an update that does `does` staged. */
async function updated(t, does, { config, files } = {}) {
  const folder = await temporary(t);
  const phone = await Phone.of(t, await app(path.join(folder, 'builtin'), 'builtin'), { config });
  await phone.staged(await app(path.join(folder, '1'), 'update 1', { does, files }), '1.0.0');
  return { phone, folder };
}

const shows = (window, title) => window.getByRole('heading', { name: title }).waitFor();

test('an update boots at the next start and confirms itself', async (t) => {
  const { phone } = await updated(t, 'confirms');
  const window = await phone.open();
  await shows(window, 'update 1');
  await phone.until((state) => state.log.some((line) => line.includes('notifyAppReady')), 'notifyAppReady');
  await phone.call('current');
  const status = await phone.status();
  assert.equal(status.on_trial, false);
  assert.equal(await phone.version(), '1.0.0');
});

for (const does of ['nothing', 'throws']) {
  test(`an update whose page does ${does} is left after two starts`, async (t) => {
    const { phone } = await updated(t, does);
    const window = await phone.open();
    for (const _ of [1, 2]) {
      await shows(window, 'update 1');
      await phone.until((state) => state.log.at(-1).includes('pageBegan'), 'pageBegan');
      await phone.relaunch('crash');
    }
    await shows(window, 'builtin');
    assert.equal(await phone.version(), 'builtin');
    assert.deepEqual(await phone.reasons(), ['not_confirmed']);
  });
}

test('an update that loads its page for ever is left in the same session', async (t) => {
  const { phone } = await updated(t, 'loops');
  const window = await phone.browser.newPage();
  await window.goto(phone.at.app, { waitUntil: 'commit' });
  await shows(window, 'builtin');
  assert.deepEqual(await phone.reasons(), ['page_loop']);
});

test('an old service worker does not win', async (t) => {
  const worker = `
    addEventListener('install', (event) => event.waitUntil(caches.open('old').then((cache) => cache.addAll(['/', '/app.js'])).then(() => skipWaiting())));
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request))));
  `;
  const { phone, folder } = await updated(t, 'worker', { files: { 'worker.js': worker } });
  const window = await phone.open();
  await shows(window, 'update 1');
  await phone.until((state) => state.log.at(-1).includes('notifyAppReady'), 'notifyAppReady');
  await phone.relaunch(); // the pages of the first start clear workers away
  await window.waitForFunction(() => navigator.serviceWorker.controller);
  await window.reload();
  assert.equal(await window.evaluate(() => navigator.serviceWorker.controller !== null), true);
  await phone.staged(await app(path.join(folder, '2'), 'update 2', { does: 'confirms' }), '2.0.0');
  await phone.relaunch();
  await shows(window, 'update 2');
  await phone.until((state) => state.log.at(-1).includes('notifyAppReady'), 'notifyAppReady');
  assert.equal(await window.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  await phone.call('current');
  assert.equal((await phone.status()).on_trial, false);
  assert.equal(await phone.version(), '2.0.0');
  await picture(window, 'worker');
});
