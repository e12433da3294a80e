// What the script for phones decides by itself, without a phone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../example-app/maestro/newest-iphone.mjs', import.meta.url));
const runtime = (name) => `com.apple.CoreSimulator.SimRuntime.${name}`;
const chosen = (devices) => spawnSync(process.execPath, [script], { input: JSON.stringify({ devices }), encoding: 'utf8' });

test('the simulator is an iPhone with the newest iOS, in whatever order they are listed', () => {
  const devices = {
    [runtime('iOS-9-3')]: [{ name: 'iPhone 6', udid: 'old' }],
    [runtime('iOS-26-2')]: [{ name: 'iPad Air', udid: 'pad' }, { name: 'iPhone 17', udid: 'newest' }],
    [runtime('iOS-26-0')]: [{ name: 'iPhone 16', udid: 'older' }],
    [runtime('iOS-27-0')]: [],
    [runtime('watchOS-30-0')]: [{ name: 'iPhone-like', udid: 'watch' }],
  };
  assert.equal(chosen(devices).stdout.trim(), 'newest');
  const reversed = Object.fromEntries(Object.entries(devices).reverse());
  assert.equal(chosen(reversed).stdout.trim(), 'newest');
});

test('a machine without a simulator of an iPhone is told so', () => {
  const { status, stderr } = chosen({ [runtime('iOS-26-2')]: [{ name: 'iPad Air', udid: 'pad' }] });
  assert.notEqual(status, 0);
  assert.match(stderr, /no simulator of an iPhone/);
});
