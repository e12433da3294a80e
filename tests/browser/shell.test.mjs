// The shell itself: who answers, who is refused, what order calls have.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { Phone } from './phone.mjs';
import { bundle, picture, temporary } from './world.mjs';

const page = (title, more = '') =>
  `<!doctype html><html><head><meta charset="utf-8">${more}<title>${title}</title></head><body><h1>${title}</h1><script src="/app.js"></script></body></html>`;
const CSP = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`;
const OURS = `
import { Capacitor } from '@capacitor/core';
import { CapacitorUpdater } from '@capgo/capacitor-updater';
window.updater = CapacitorUpdater;
window.capacitor = Capacitor;
`;

test('the core answers behind a policy of self, and not a web stub', async (t) => {
  const folder = await bundle(path.join(await temporary(t), 'builtin'), { 'index.html': page('builtin', CSP) }, OURS);
  const phone = await Phone.of(t, folder);
  const app = await phone.open();
  assert.equal(await app.evaluate(() => capacitor.getPlatform()), 'android');
  assert.equal(await app.evaluate(() => capacitor.isNativePlatform()), true);
  assert.match(await app.evaluate(() => window.__aloft.token), /^[0-9a-f]{16,}$/);
  const current = await app.evaluate(() => updater.current());
  assert.deepEqual(current, await phone.call('current'));
  await assert.rejects(app.evaluate(() => capacitor.nativePromise('CapacitorUpdater', 'nonsense', {})), /nonsense/);
  await phone.until((state) => state.log.some((line) => line.includes('pageBegan')), 'pageBegan');
  assert.deepEqual(app.errors, []);
  await picture(app, 'builtin');
});
