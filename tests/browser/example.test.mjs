// The example app, built against our own package, driven by its buttons.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { Phone } from './phone.mjs';
import { packages, picture, root } from './world.mjs';

const example = path.join(root, 'capacitor-plugin/example-app');

/** Build the app as a version; a variant misbehaves. */
async function built(version, variant = '') {
  const outDir = path.join(packages, 'example', version);
  await promisify(execFile)(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', outDir, '--emptyOutDir'], {
    cwd: example, env: { ...process.env, VITE_VERSION: version, VITE_VARIANT: variant },
  });
  return outDir;
}

test('the example app updates itself by its buttons, and comes back from every bad release', async (t) => {
  const phone = await Phone.of(t, await built('1.0.0'), { config: { appReadyTimeout: 2000 } });
  let window = await phone.open();
  const shows = (id, text) => window.locator(`#${id}`).filter({ hasText: text }).waitFor();
  const press = async (id, answer) => {
    await window.locator(`#${id}`).click();
    await shows('answer', answer);
  };
  const update = async (version) => {
    await press('check', `check: ${version} is available`);
    await press('download', `download: ${version} is kept`);
    await window.locator('#set').click();
  };

  await shows('state', 'builtin');
  assert.match(await window.locator('#device-id').textContent(), /^[0-9a-f-]{36}$/);
  await phone.publish(await built('1.1.0'), '1.1.0');
  await update('1.1.0');
  await shows('app-version', '1.1.0');
  await shows('state', 'confirmed');
  await picture(window, 'example');

  for (const [number, variant] of ['silent', 'throws', 'loops', 'hangs'].entries()) {
    const version = `2.${number}.0`;
    await phone.publish(await built(version, variant), version);
    await update(version);
    await phone.until(({ serve }) => serve === 4 + 2 * number, `the way back from ${variant}`);
    if (variant === 'hangs') {
      await window.close(); // a page that hangs cannot be told to go
      window = await phone.open();
    }
    await shows('app-version', '1.1.0');
    await shows('state', 'confirmed');
    await shows('rollback', `${version} → 1.1.0`);
    await shows('rollback-reason', variant === 'loops' ? /page.loop/ : /not.confirmed/);
  }
  await picture(window, 'example-back');
});
