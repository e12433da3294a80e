/**
 * Starts the app: misbehaves if this build is meant to, else shows the page and says that it works.
 *
 * In: `VITE_VARIANT` and `VITE_VERSION` of the build. Out: a page; `notifyAppReady`, but in the variant `silent`.
 */
import { CapacitorUpdater } from '@aloft/capacitor-updater';

import { actions, listen } from './actions';
import { misbehave, silent } from './variant';
import { show } from './view';

misbehave();
const view = show(import.meta.env.VITE_VERSION || '1.0.0', actions);
start().catch(({ message }) => view.log(message));

async function start(): Promise<void> {
  await listen(view);
  if (!silent) await CapacitorUpdater.notifyAppReady();
  await view.refresh();
}
