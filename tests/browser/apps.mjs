// Small apps for the tests, good and bad, built as their developers would: against Capgo's own JavaScript package.
// In: a folder, a name. Out: a bundle there. May touch: that folder.
import { bundle } from './world.mjs';

/** A page with a title and the app's script. */
export function page(title, head = '') {
  return `<!doctype html><html><head><meta charset="utf-8">${head}<title>${title}</title></head>
<body><h1>${title}</h1><script src="/app.js"></script></body></html>`;
}

/** The strictest policy that an app of one origin can have. */
export const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`;

const PLUGIN = `
import { Capacitor, registerPlugin } from '@capacitor/core';
import { CapacitorUpdater } from '@capgo/capacitor-updater';
Object.assign(window, { updater: CapacitorUpdater, capacitor: Capacitor, haptics: registerPlugin('Haptics') });
`;

/** What an app does at its start. */
export const DOES = {
  nothing: '',
  confirms: 'CapacitorUpdater.notifyAppReady();',
  throws: `throw new Error('at the start');`,
  hangs: 'setTimeout(() => { for (;;); }, 200);',
  loops: 'location.reload();',
  worker: `navigator.serviceWorker.register('/worker.js').then(() => CapacitorUpdater.notifyAppReady());`,
};

/** An app that does one of these. */
export function app(folder, title, { does = 'nothing', files = {} } = {}) {
  return bundle(folder, { 'index.html': page(title), ...files }, PLUGIN + DOES[does]);
}
