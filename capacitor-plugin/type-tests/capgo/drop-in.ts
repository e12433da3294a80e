/**
 * An app typed against `@capgo/capacitor-updater` 8 compiles against this package.
 *
 * In: both packages' published types (`npm run build` first). Out: a compile error that names the method. Three directions are
 * checked, since TypeScript compares the parameters of methods both ways and would let a narrower one pass.
 */
import type * as theirs from '@capgo/capacitor-updater';

import type * as ours from '../../dist/esm';

type Theirs = theirs.CapacitorUpdaterPlugin;
type Ours = ours.CapacitorUpdaterPlugin;

type Method = Exclude<keyof Theirs, 'addListener'>;

/** Methods of theirs that ours takes fewer arguments for, or answers with something else. None. */
type Exceptions = never;

/** Methods that only ours has. */
type Additions = 'status' | 'reports' | 'acknowledgeReports';

// Ours → theirs, whole: events included, for `addListener` is a member of both.
type Whole = Ours extends Theirs ? true : false;
type WholeValue = typeof ours.CapacitorUpdater extends typeof theirs.CapacitorUpdater ? true : false;

// Theirs → ours: whatever an app may pass to theirs, ours takes.
type Untaken = { [M in Method]: Parameters<Theirs[M]> extends Parameters<Ours[M]> ? never : M }[Method];

// Ours → theirs: whatever ours answers is what an app expects of theirs.
type Unexpected = { [M in Method]: ReturnType<Ours[M]> extends ReturnType<Theirs[M]> ? never : M }[Method];

type None<Names extends never> = Names;
type Yes<Fits extends true> = Fits;

export type Checked = [
  Yes<Whole>,
  Yes<WholeValue>,
  None<Exclude<Untaken, Exceptions>>,
  None<Exclude<Unexpected, Exceptions>>,
  None<Exclude<Exceptions, Untaken | Unexpected>>,
  None<Exclude<keyof Ours, keyof Theirs | Additions>>,
];

// Ours → theirs, for each event: a listener written for their payload takes ours.
export function listen(ours: Ours): void {
  void ours.addListener('download', (state: theirs.DownloadEvent) => state);
  void ours.addListener('noNeedUpdate', (state: theirs.NoNeedEvent) => state);
  void ours.addListener('updateCheckResult', (state: theirs.UpdateCheckResultEvent) => state);
  void ours.addListener('updateAvailable', (state: theirs.UpdateAvailableEvent) => state);
  void ours.addListener('downloadComplete', (state: theirs.DownloadCompleteEvent) => state);
  void ours.addListener('breakingAvailable', (state: theirs.BreakingAvailableEvent) => state);
  void ours.addListener('majorAvailable', (state: theirs.MajorAvailableEvent) => state);
  void ours.addListener('updateFailed', (state: theirs.UpdateFailedEvent) => state);
  void ours.addListener('set', (state: theirs.SetEvent) => state);
  void ours.addListener('setNext', (state: theirs.SetNextEvent) => state);
  void ours.addListener('downloadFailed', (state: theirs.DownloadFailedEvent) => state);
  void ours.addListener('appReloaded', () => undefined);
  void ours.addListener('appReady', (state: theirs.AppReadyEvent) => state);
  void ours.addListener('channelPrivate', (state: theirs.ChannelPrivateEvent) => state);
  void ours.addListener('onFlexibleUpdateStateChange', (state: theirs.FlexibleUpdateState) => state);
  // @ts-expect-error there is no such event
  void ours.addListener('downloaded', () => undefined);
  // @ts-expect-error nor this payload
  void ours.addListener('download', (state: theirs.SetNextEvent & { extra: string }) => state);
}
