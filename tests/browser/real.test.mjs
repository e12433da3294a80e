// Real apps in the shell: each ships with one release, gets the next over the air, boots it and confirms.
// Their developer's only part is one script that calls notifyAppReady of Capgo's own JavaScript package.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { corpus } from './corpus.mjs';
import { Phone } from './phone.mjs';
import { picture, ready, temporary } from './world.mjs';

// An app without a backend, and one that asks a backend of the test's own.
const APPS = [
  { name: 'actual', from: '26.8.1', to: '26.9.0', shows: (page) => page.getByRole('button', { name: 'Start budgeting' }) },
  {
    name: 'directus', from: '17.1.0', to: '17.1.1', shows: (page) => page.getByRole('button', { name: 'Sign In' }),
    backend: {
      '/server/info': { data: { project: { project_name: 'Directus', default_language: 'en-US', default_appearance: 'auto' } } },
      '/auth': { data: [], disableDefault: false },
      '/auth/refresh': null,
      '/users/me': null,
    },
  },
];

for (const { name, from, to, shows, backend = {} } of APPS) {
  test(`${name} is updated from ${from} to ${to}, boots and confirms`, async (t) => {
    const folder = await temporary(t);
    const phone = await Phone.of(t, await ready(await corpus(name, from), path.join(folder, 'builtin')));
    for (const [asked, json] of Object.entries(backend)) {
      await phone.browser.route((url) => url.pathname === asked, (route) => route.fulfill(json ? { json } : { status: 401, json: { errors: [] } }));
    }
    const window = await phone.open();
    await shows(window).waitFor();
    await phone.staged(await ready(await corpus(name, to), path.join(folder, 'update')), to);
    await phone.relaunch();
    await phone.heard('notifyAppReady');
    await shows(window).waitFor();
    assert.equal(await phone.current(), to);
    await picture(window, name);
    await phone.relaunch();
    await shows(window).waitFor();
    assert.equal(await phone.current(), to);
  });
}
