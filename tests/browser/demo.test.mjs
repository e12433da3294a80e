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
  window.threw = [];
  window.on('pageerror', (error) => window.threw.push(error.message));
  window.shown = []; // releases, as their pages came
  await window.exposeFunction('shows', (release) => window.shown.push(release));
  await window.addInitScript(() => addEventListener('DOMContentLoaded', () => {
    const release = document.querySelector('footer')?.textContent.match(/^Release (\S+)\./);
    if (release) shows(release[1]);
  }));
  await window.goto(demo.first.app);
  return { window, told: demo.lines.next().then(({ value }) => JSON.parse(value)) };
}

test('the demo tells of a good release and a bad one', async (t) => {
  const { window, told } = await watched(t);
  assert.deepEqual((await told).map((row) => row.result.replace(/device as .*/, 'device')), [
    'the web assets of its package, called builtin',
    '1.1.0 is on the device',
    '1.1.0 called notifyAppReady: it stays',
    '1.2.0 is on the device',
    'back on 1.1.0, reported as not_confirmed',
  ]);
  await window.getByText('Release 1.1.0.').waitFor();
  await picture(window, 'demo');
  const changes = window.shown.filter((release, at) => release !== window.shown[at - 1]);
  assert.deepEqual(changes, ['1.0.0', '1.1.0', '1.2.0', '1.1.0']);
  assert.match(window.threw.join(), /null/); // 1.2.0
});

test('the demo updates an app of one\'s own', async (t) => {
  const folder = await temporary(t);
  const [from, to] = await Promise.all(['26.8.1', '26.9.0'].map(async (version) => ready(await corpus('actual', version), path.join(folder, version))));
  const { told } = await watched(t, '--app', from, to);
  assert.equal((await told).length, 5);
});
