// `aloft demo --shell`, watched by a browser instead of a person.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { corpus } from './corpus.mjs';
import { browser, picture, ready, start, temporary } from './world.mjs';

async function watched(t, ...options) {
  const folder = await temporary(t);
  const demo = await start(t, folder, 'demo', '--shell', '--no-open', ...options);
  const window = await (await browser(t, path.join(folder, 'browser'))).newPage();
  window.threw = window.waitForEvent('pageerror', { timeout: 60_000 });
  window.threw.catch(() => {}); // only one of the tests waits for it
  await window.goto(demo.first.app);
  return { window, told: demo.lines.next().then(({ value }) => JSON.parse(value)) };
}

test('the demo tells of a good release and a bad one', async (t) => {
  const { window, told } = await watched(t);
  await window.getByText('Release 1.1.0.').waitFor();
  assert.match((await window.threw).message, /null/); // 1.2.0, for five seconds
  await window.getByText('Release 1.1.0.').waitFor();
  await picture(window, 'demo');
  assert.deepEqual((await told).map((row) => row.result.replace(/device as .*/, 'device')), [
    'the web assets of its package, called builtin',
    '1.1.0 is on the device',
    '1.1.0 called notifyAppReady: it stays',
    '1.2.0 is on the device',
    'back on 1.1.0, reported as not_confirmed',
  ]);
});

test('the demo updates an app of one\'s own', async (t) => {
  const folder = await temporary(t);
  const [from, to] = await Promise.all(['26.8.1', '26.9.0'].map(async (version) => ready(await corpus('actual', version), path.join(folder, version))));
  const { told } = await watched(t, '--app', from, to);
  assert.equal((await told).length, 5);
});
