// The package in a plain browser, with each major version of @capacitor/core.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { majors, page } from './page.mjs';

const builtin = { id: 'builtin', version: 'builtin', downloaded: '1970-01-01T00:00:00.000Z', checksum: '', status: 'success' };
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const answers = {
  notifyAppReady: { bundle: builtin },
  list: { bundles: [] },
  current: { bundle: builtin, native: 'builtin' },
  getNextBundle: null,
  getFailedUpdate: null,
  getLatest: { version: 'builtin', kind: 'up_to_date', message: 'there is nothing to update in a browser' },
  triggerUpdateCheck: { status: 'unavailable', queued: false },
  getChannel: { allowSet: false },
  listChannels: { channels: [] },
  getDeviceId: { deviceId: '' },
  getBuiltinVersion: { version: 'builtin' },
  getPluginVersion: { version },
  getAppId: { appId: '' },
  isAutoUpdateEnabled: { enabled: false },
  isAutoUpdateAvailable: { available: false },
  isShakeMenuEnabled: { enabled: false },
  isShakeChannelSelectorEnabled: { enabled: false },
  status: { current: 'builtin', fallback: 'builtin', onTrial: false, channel: '', problems: [] },
  reports: { reports: [] },
};

for (const major of majors) {
  test(`what can be read is read as builtin, nothing to do (core ${major})`, async () => {
    const { CapacitorUpdater } = page(major);
    for (const [method, answer] of Object.entries(answers)) {
      assert.deepEqual(JSON.parse(JSON.stringify(await CapacitorUpdater[method]())), answer, method);
    }
    await CapacitorUpdater.acknowledgeReports({ id: 1 });
  });

  test(`what would change something is unavailable, what comes later unimplemented (core ${major})`, async () => {
    const { CapacitorUpdater } = page(major);
    await assert.rejects(CapacitorUpdater.set({ id: 'abc' }), { code: 'UNAVAILABLE', message: /^set: / });
    await assert.rejects(CapacitorUpdater.listPreviews(), { code: 'UNIMPLEMENTED', message: /^listPreviews / });
  });

  test(`listeners can be added and removed (core ${major})`, async () => {
    const { CapacitorUpdater } = page(major);
    const handle = await CapacitorUpdater.addListener('appReady', () => assert.fail('nothing is sent'));
    await handle.remove();
    await CapacitorUpdater.removeAllListeners();
  });
}
