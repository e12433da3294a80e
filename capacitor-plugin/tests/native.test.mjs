// The package over a native bridge, with each major version of @capacitor/core.
import assert from 'node:assert/strict';
import test from 'node:test';

import { bridge, majors, page } from './page.mjs';

const plain = (value) => JSON.parse(JSON.stringify(value));

for (const major of majors) {
  test(`i4_a_page_hands_its_own_token_back (core ${major})`, async () => {
    for (const token of ['first', 'second']) {
      const { window, calls } = bridge(['notifyAppReady']);
      const { CapacitorUpdater } = page(major, { ...window, __aloft: { token } });
      assert.deepEqual(plain(await CapacitorUpdater.notifyAppReady()), { from: 'native' });
      assert.deepEqual(plain(calls), [['CapacitorUpdater', 'notifyAppReady', { token }]]);
    }
  });

  test(`without a token none is made up (core ${major})`, async () => {
    for (const aloft of [{}, { __aloft: {} }]) {
      const { window, calls } = bridge(['notifyAppReady']);
      await page(major, { ...window, ...aloft }).CapacitorUpdater.notifyAppReady();
      assert.deepEqual(plain(calls), [['CapacitorUpdater', 'notifyAppReady', {}]]);
    }
  });

  test(`every other call reaches the bridge as it is (core ${major})`, async () => {
    const { window, calls } = bridge(['set', 'status']);
    const { CapacitorUpdater } = page(major, { ...window, __aloft: { token: 't' } });
    await CapacitorUpdater.set({ id: 'abc' });
    await CapacitorUpdater.status();
    assert.deepEqual(calls.map(([, method, options]) => [method, options]), [['set', { id: 'abc' }], ['status', undefined]]);
  });

  test(`events reach their listeners until they are removed (core ${major})`, async () => {
    const { window, emit, listeners } = bridge([]);
    const { CapacitorUpdater } = page(major, window);
    const seen = [];
    const first = await CapacitorUpdater.addListener('download', ({ percent }) => seen.push(percent));
    await CapacitorUpdater.addListener('setNext', () => seen.push('setNext'));
    emit('download', { percent: 10 });
    await first.remove();
    await new Promise(setImmediate);
    emit('download', { percent: 20 });
    emit('setNext', {});
    assert.deepEqual(seen, [10, 'setNext']);
    await CapacitorUpdater.removeAllListeners();
    assert.equal(listeners.size, 0);
  });

  test(`a method the native side does not know rejects with its name (core ${major})`, async () => {
    const { window } = bridge([]);
    const { CapacitorUpdater } = page(major, window);
    await assert.rejects(CapacitorUpdater.status(), { code: 'UNIMPLEMENTED', message: /CapacitorUpdater\.status\(\)/ });
  });

  test(`the plugin can be looked at without being called (core ${major})`, () => {
    const { CapacitorUpdater } = page(major, bridge([]).window);
    assert.equal(CapacitorUpdater.$$typeof, undefined);
    assert.equal(JSON.stringify({ CapacitorUpdater }), '{"CapacitorUpdater":{}}');
  });
}
