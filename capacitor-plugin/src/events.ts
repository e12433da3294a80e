/** Events: names and payloads. Types only. */
import type { BundleInfo } from './bundles';
import type { FlexibleUpdateState } from './later';
import type { UpdateResponseKind } from './updates';

/** Event names and what a listener is given. */
export interface CapacitorUpdaterEvents {
  /** How far a download is. */
  download: DownloadEvent;
  /** A bundle is downloaded, verified and kept. */
  downloadComplete: DownloadCompleteEvent;
  /** A download or a check failed; once for each. */
  downloadFailed: DownloadFailedEvent;
  /** A new bundle is ready. */
  updateAvailable: UpdateAvailableEvent;
  /** A check ended without a new bundle. */
  noNeedUpdate: NoNeedEvent;
  /** What a check by the update mode found, if it found nothing to install; before `noNeedUpdate` and `downloadFailed`. */
  updateCheckResult: UpdateCheckResultEvent;
  /** There is an update that needs another native app. */
  breakingAvailable: BreakingAvailableEvent;
  /** @deprecated as `breakingAvailable` */
  majorAvailable: MajorAvailableEvent;
  /** A bundle was rolled back; `reports()` says why. */
  updateFailed: UpdateFailedEvent;
  /** A bundle became current. Kept until somebody listens. */
  set: SetEvent;
  /** A bundle became the next one. */
  setNext: SetNextEvent;
  /** The page was loaded again by the plugin. */
  appReloaded: AppReloadedEvent;
  /** A start or a return to the foreground is over, with its check. Kept until somebody listens. */
  appReady: AppReadyEvent;
  /** `setChannel` named a channel that an app may not choose. */
  channelPrivate: ChannelPrivateEvent;
  /** Not sent yet. */
  onFlexibleUpdateStateChange: FlexibleUpdateState;
}

/** Payload of `download`. */
export interface DownloadEvent {
  /** 0 to 100; never falls. */
  percent: number;
  /** The bundle. */
  bundle: BundleInfo;
}

/** Payload of `downloadComplete`. */
export interface DownloadCompleteEvent {
  /** The bundle. */
  bundle: BundleInfo;
}

/** Payload of `downloadFailed`. */
export interface DownloadFailedEvent {
  /** Which version. */
  version: string;
  /** Why: a stable code. */
  error?: string;
}

/** Payload of `updateAvailable`. */
export interface UpdateAvailableEvent {
  /** The new bundle. */
  bundle: BundleInfo;
}

/** Payload of `noNeedUpdate`. */
export interface NoNeedEvent {
  /** The current bundle. */
  bundle: BundleInfo;
}

/** Payload of `updateCheckResult`. */
export interface UpdateCheckResultEvent {
  /** Why there is nothing to install. */
  kind: UpdateResponseKind;
  /** A code. */
  error?: string;
  /** A text for people. */
  message?: string;
  /** The server's status. */
  statusCode?: number;
  /** The version the check was about. */
  version?: string;
  /** The current bundle. */
  bundle: BundleInfo;
}

/** Payload of `majorAvailable`. */
export interface MajorAvailableEvent {
  /** Which version. */
  version: string;
}

/** Payload of `breakingAvailable`. */
export type BreakingAvailableEvent = MajorAvailableEvent;

/** Payload of `updateFailed`, and what `getFailedUpdate` answers. */
export interface UpdateFailedEvent {
  /** The bundle that was left. */
  bundle: BundleInfo;
}

/** Payload of `set`. */
export interface SetEvent {
  /** The bundle. */
  bundle: BundleInfo;
}

/** Payload of `setNext`. */
export interface SetNextEvent {
  /** The bundle. */
  bundle: BundleInfo;
}

/** Payload of `appReloaded`: nothing. */
export interface AppReloadedEvent {}

/** Payload of `appReady`. */
export interface AppReadyEvent {
  /** The current bundle. */
  bundle: BundleInfo;
  /** What the check came to, in words. */
  status: string;
}

/** Payload of `channelPrivate`. */
export interface ChannelPrivateEvent {
  /** The channel. */
  channel: string;
  /** Why not. */
  message: string;
}
