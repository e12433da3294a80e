// What becomes of an update, from its page to the core: boot, confirm, roll back.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { app, page } from './apps.mjs';
import { Phone } from './phone.mjs';
import { picture, temporary } from './world.mjs';

/** A phone on a builtin app, with an update that does `does` staged. */
async function updated(t, does, { config, files } = {}) {
  const folder = await temporary(t);
  const phone = await Phone.of(t, await app(path.join(folder, 'builtin'), 'builtin'), { config });
  const bundle = await phone.staged(await app(path.join(folder, '1'), 'update 1', { does, files }), '1.0.0');
  return { phone, folder, bundle };
}

const shows = (window, title) => window.getByRole('heading', { name: title }).waitFor();
// Its heading is there before its script has run.
const runs = (window) => window.waitForFunction(() => 'updater' in window);

test('an update boots at the next start and confirms itself', async (t) => {
  const { phone } = await updated(t, 'confirms');
  await phone.relaunch();
  const window = await phone.open();
  await shows(window, 'update 1');
  await phone.heard('notifyAppReady');
  assert.equal(await phone.current(), '1.0.0');
  await phone.relaunch();
  await shows(window, 'update 1');
  assert.deepEqual(await phone.reasons(), ['confirmed']);
});

for (const does of ['nothing', 'throws']) {
  test(`an update whose page does ${does} is left after two starts`, async (t) => {
    const { phone } = await updated(t, does);
    await phone.relaunch();
    const window = await phone.open();
    for (const death of ['crash', 'anr']) {
      await shows(window, 'update 1');
      await phone.heard('pageBegan');
      assert.equal(await phone.current(), '1.0.0 on trial');
      await phone.relaunch(death);
    }
    await shows(window, 'builtin');
    assert.equal(await phone.current(), 'builtin');
    assert.deepEqual(await phone.reasons(), ['not_confirmed']);
    assert.deepEqual(window.errors, does === 'throws' ? ['at the start', 'at the start'] : []);
  });
}

test('an update that never confirms is left in the same session when its time is over', async (t) => {
  const { phone } = await updated(t, 'nothing', { config: { appReadyTimeout: 1500 } });
  await phone.relaunch();
  const window = await phone.open();
  await shows(window, 'update 1');
  await shows(window, 'builtin');
  assert.deepEqual(await phone.reasons(), ['not_confirmed']);
});

test('an update that hangs is left when its time is over', async (t) => {
  const { phone } = await updated(t, 'hangs', { config: { appReadyTimeout: 1500 } });
  await phone.relaunch();
  const window = await phone.open();
  await phone.until((state) => state.bundle === 'builtin', 'the way back');
  await window.close(); // a page that hangs cannot be told to go
  await shows(await phone.open(), 'builtin');
  assert.deepEqual(await phone.reasons(), ['not_confirmed']);
});

test('an update that loads its page for ever is left in the same session', async (t) => {
  const { phone } = await updated(t, 'loops');
  await phone.relaunch();
  const window = await phone.browser.newPage();
  await window.goto(phone.at.app, { waitUntil: 'commit' });
  await shows(window, 'builtin');
  assert.deepEqual(await phone.reasons(), ['page_loop']);
});

test('i4: a late notifyAppReady of the old page confirms nothing', async (t) => {
  const { phone, bundle } = await updated(t, 'nothing');
  const window = await phone.open();
  await shows(window, 'builtin');
  await phone.heard('pageBegan');
  await window.evaluate((id) => {
    updater.set({ id });
    updater.notifyAppReady();
  }, bundle.id);
  await shows(window, 'update 1');
  await phone.heard('pageBegan');
  const { log } = await phone.command('state');
  assert.ok(log.some((line) => line.startsWith('→ notifyAppReady')), log.join('\n'));
  assert.equal(await phone.current(), '1.0.0 on trial');
  await runs(window);
  await window.evaluate(() => updater.notifyAppReady());
  assert.equal(await phone.current(), '1.0.0');
});

test('a reload keeps the path when the app wants it', async (t) => {
  for (const [keepUrlPathAfterReload, wanted] of [[true, '/deep/link?x=1#y'], [false, '/']]) {
    const { phone } = await updated(t, 'confirms', { config: { keepUrlPathAfterReload } });
    const window = await phone.open();
    await window.goto(`${phone.at.app}deep/link?x=1#y`);
    await shows(window, 'builtin');
    await window.evaluate(() => void updater.reload());
    await shows(window, 'update 1');
    assert.equal(await window.evaluate(() => location.pathname + location.search + location.hash), wanted);
  }
});

test('a good update whose scripts are relative is loaded at the start URL before a deep path is held against it', async (t) => {
  const relative = page('update 1').replace('"/app.js"', '"app.js"');
  const { phone } = await updated(t, 'confirms', {
    config: { keepUrlPathAfterReload: true, appReadyTimeout: 1500 }, files: { 'index.html': relative },
  });
  const window = await phone.open();
  await window.goto(`${phone.at.app}deep/link`);
  await shows(window, 'builtin');
  await window.evaluate(() => void updater.reload());
  await phone.heard('notifyAppReady');
  assert.equal(await phone.current(), '1.0.0');
  assert.equal(await window.evaluate(() => location.pathname), '/');
  assert.deepEqual(await phone.reasons(), ['confirmed']);
});

test('events reach the page: progress while it listens, and what waited for it', async (t) => {
  const { phone, folder } = await updated(t, 'confirms');
  const window = await phone.open();
  await phone.publish(await app(path.join(folder, '2'), 'update 2'), '2.0.0');
  const seen = await window.evaluate(async () => {
    const seen = [];
    const listening = await updater.addListener('download', ({ percent }) => seen.push(percent));
    const bundle = await updater.download({ url: '', version: '2.0.0' });
    await listening.remove();
    await updater.set({ id: bundle.id });
    return seen;
  }).catch((error) => error.message);
  if (Array.isArray(seen)) assert.equal(seen.at(-1), 100);
  await shows(window, 'update 2');
  await runs(window);
  const set = await window.evaluate(() => new Promise((heard) => updater.addListener('set', heard)));
  assert.equal(set.bundle.version, '2.0.0');
});

/** An app that shows "update 1", whose service worker answers from the copies that it keeps in this cache. */
async function withServiceWorker(t, cache) {
  const worker = `
    addEventListener('install', (event) => event.waitUntil(caches.open('${cache}').then((cache) => cache.addAll(['/', '/app.js'])).then(() => skipWaiting())));
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request))));
  `;
  const { phone, folder } = await updated(t, 'worker', { files: { 'worker.js': worker } });
  await phone.relaunch();
  const window = await phone.open();
  await shows(window, 'update 1');
  await phone.heard('notifyAppReady');
  await phone.relaunch(); // the pages of the first start clear workers away
  await phone.heard('notifyAppReady');
  return { phone, folder, window };
}

test('an old service worker does not win', async (t) => {
  const { phone, folder, window } = await withServiceWorker(t, 'old');
  await window.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await window.reload();
  assert.equal(await window.evaluate(() => navigator.serviceWorker.controller !== null), true);
  await phone.staged(await app(path.join(folder, '2'), 'update 2', { does: 'confirms' }), '2.0.0');
  await phone.relaunch();
  await shows(window, 'update 2');
  await phone.heard('notifyAppReady');
  assert.equal(await window.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  assert.equal(await phone.current(), '2.0.0');
  await picture(window, 'worker');
});

test('an app keeps its own data in Cache Storage when another bundle is shown, and when a trial fails', async (t) => {
  const { phone, folder, window } = await withServiceWorker(t, 'shell');
  await window.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const put = async (cache, url, response) => (await caches.open(cache)).put(url, response);
    await put('photos', 'https://photos.example.com/1', new Response('a photo'));
    await put('notes', '/notes/1', new Response('a note'));
    await put('notes', '/notes/2', await fetch(URL.createObjectURL(new Blob(['a drawing']))));
    await put('shell', '/draft', new Response('a draft'));
    await put(`workbox-precache-v2-${location.origin}/`, '/app.js', new Response('an old script'));
    await put('my-precache-of-songs', 'https://songs.example.com/1', new Response('a song'));
    await put('ngsw:/:db:control', '/assignments', new Response('{}'));
    await put('ngsw:/:1:data:dynamic:api:cache', 'https://api.example.com/1', new Response('an answer'));
  });
  const held = () => window.evaluate(async () => {
    const all = await Promise.all((await caches.keys()).map(async (name) => {
      const requests = await (await caches.open(name)).keys();
      return requests.map((request) => `${name} ${request.url.replace(`${location.origin}/`, '/')}`);
    }));
    return all.flat().sort();
  });
  const own = [
    'my-precache-of-songs https://songs.example.com/1',
    'ngsw:/:1:data:dynamic:api:cache https://api.example.com/1',
    'notes /notes/1',
    'notes /notes/2',
    'photos https://photos.example.com/1',
    'shell /draft',
  ];
  const before = await held();
  for (const copy of ['shell /', 'shell /app.js', 'ngsw:/:db:control /assignments']) assert.ok(before.includes(copy), `${copy} of ${before}`);

  await phone.staged(await app(path.join(folder, '2'), 'update 2'), '2.0.0');
  await phone.relaunch();
  await shows(window, 'update 2');
  await phone.heard('pageBegan');
  assert.deepEqual(await held(), own);
  await phone.relaunch('crash');
  await shows(window, 'update 2');
  await phone.heard('pageBegan');
  await phone.relaunch('crash');
  await shows(window, 'update 1');
  await phone.heard('notifyAppReady');
  assert.equal(await phone.current(), '1.0.0');
  const after = await held();
  assert.deepEqual(after.filter((one) => !['shell /', 'shell /app.js'].includes(one)), own, 'update 1 has its worker again');
});
