/**
 * Registers the plugin under the name apps already use.
 *
 * In: `@capacitor/core`, and the token of this page if the native side set one. Out: `CapacitorUpdater` and every public type.
 * May touch: `window.__aloft`, to read it. Keeps: I4 (a page confirms the serve it belongs to, no other).
 */
import { registerPlugin } from '@capacitor/core';

import type { AppReadyResult, CapacitorUpdaterPlugin } from './definitions';

/** What the bridge takes beyond the public type: the token of the page that calls. */
type Confirm = (options: { token?: string }) => Promise<AppReadyResult>;

/**
 * How the name of the call that confirms begins; no other begins so. It is not spelled out here: `aloft publish` looks for the name in
 * an app's build to tell whether the app calls it, and this file is part of every build.
 */
const CONFIRMS = 'notifyAppR';

const bridge = registerPlugin<CapacitorUpdaterPlugin>('CapacitorUpdater', {
  web: () => import('./web').then((web) => new web.CapacitorUpdaterWeb()),
});

// I4: read when the page calls, never kept: the token belongs to the page.
function confirm(method: string): Promise<AppReadyResult> {
  const token = (window as { __aloft?: { token?: string } }).__aloft?.token;
  return (bridge as unknown as Record<string, Confirm>)[method](token === undefined ? {} : { token });
}

/**
 * The plugin. What `registerPlugin` gives answers to any name, so it cannot be spread or extended: it is asked for everything
 * but the call that confirms.
 */
const CapacitorUpdater = new Proxy(bridge, {
  get: (plugin, name) =>
    typeof name === 'string' && name.startsWith(CONFIRMS) ? () => confirm(name) : Reflect.get(plugin, name),
});

export * from './definitions';
export { CapacitorUpdater };
