/**
 * What the buttons do, and what events show.
 *
 * In: clicks and events. Out: calls of the plugin; a line for the log. May touch: what the last check and download found.
 */
import { CapacitorUpdater } from '@aloft/capacitor-updater';
import type { BundleInfo, LatestVersion } from '@aloft/capacitor-updater';

import type { View } from './view';

/** A button. */
export interface Action {
  id: string;
  label: string;
  /** Does it, and says what came of it. */
  run(view: View): Promise<string>;
}

let offer: LatestVersion | undefined;
let kept: BundleInfo | undefined;

/** The buttons, in the order in which an update goes by hand. */
export const actions: Action[] = [
  { id: 'check', label: 'Check', run: check },
  { id: 'download', label: 'Download', run: download },
  { id: 'next', label: 'Set next', run: async () => `next: ${(await CapacitorUpdater.next({ id: await chosen() })).version}` },
  { id: 'set', label: 'Set now', run: async () => said('set', CapacitorUpdater.set({ id: await chosen() })) },
  { id: 'reload', label: 'Reload', run: () => said('reload', CapacitorUpdater.reload()) },
  { id: 'reset', label: 'Reset', run: () => said('reset', CapacitorUpdater.reset()) },
  { id: 'set-channel', label: 'Channel', run: setChannel },
];

/** Writes every event to the log, and keeps the page up to date. */
export async function listen(view: View): Promise<void> {
  await CapacitorUpdater.addListener('download', ({ percent }) => view.progress(percent));
  const shown = async (event: string, about: string) => {
    view.log(`${event} ${about}`);
    await view.refresh();
  };
  await CapacitorUpdater.addListener('downloadComplete', ({ bundle }) => shown('downloadComplete', bundle.version));
  await CapacitorUpdater.addListener('downloadFailed', ({ version, error }) => shown('downloadFailed', `${version} ${error || ''}`));
  await CapacitorUpdater.addListener('updateAvailable', ({ bundle }) => shown('updateAvailable', bundle.version));
  await CapacitorUpdater.addListener('noNeedUpdate', ({ bundle }) => shown('noNeedUpdate', bundle.version));
  await CapacitorUpdater.addListener('setNext', ({ bundle }) => shown('setNext', bundle.version));
  await CapacitorUpdater.addListener('set', ({ bundle }) => shown('set', bundle.version));
  await CapacitorUpdater.addListener('updateFailed', ({ bundle }) => shown('updateFailed', bundle.version));
  await CapacitorUpdater.addListener('appReady', ({ status }) => shown('appReady', status));
}

async function check(): Promise<string> {
  offer = undefined;
  const latest = await CapacitorUpdater.getLatest();
  const { bundle } = await CapacitorUpdater.current();
  if (latest.kind || latest.version === bundle.version) return `check: ${latest.message || 'up to date'}`;
  offer = latest;
  return `check: ${latest.version} is available`;
}

async function download({ progress }: View): Promise<string> {
  if (!offer) return 'download: check first';
  progress(0);
  const { version, url } = offer;
  kept = await CapacitorUpdater.download(url ? { url, version } : { version });
  progress(100);
  return `download: ${kept.version} is kept as ${kept.id}`;
}

async function setChannel({ channel }: View): Promise<string> {
  const { status } = await CapacitorUpdater.setChannel({ channel: channel() });
  return `channel: ${channel()} ${status}`;
}

/** The bundle downloaded last, by this page or before it. */
async function chosen(): Promise<string> {
  if (kept) return kept.id;
  const [{ bundles }, { bundle }] = await Promise.all([CapacitorUpdater.list(), CapacitorUpdater.current()]);
  const others = bundles.filter(({ id, status }) => id !== bundle.id && id !== 'builtin' && status !== 'error');
  others.sort((a, b) => (a.downloaded < b.downloaded ? 1 : -1));
  if (others.length === 0) throw new Error('there is no other bundle: download one first');
  return others[0].id;
}

async function said(what: string, done: Promise<void>): Promise<string> {
  await done;
  return `${what}: done`;
}
