/** Bundles on the device: what names them, what is known of them, how they become current. Types only. */

/** `pending`: kept, not yet confirmed. `success`: confirmed. `error`: it failed here. */
export type BundleStatus = 'success' | 'error' | 'pending' | 'downloading' | 'deleted' | 'deleting';

/** `background`: milliseconds in the background. `kill`: the next start. `nativeVersion`: at least this version of the native app. `date`: ISO 8601. */
export type DelayUntilNext = 'background' | 'kill' | 'nativeVersion' | 'date';

/** A bundle as the device knows it. */
export interface BundleInfo {
  /** Names the bundle in every call; `builtin` is the one inside the app. */
  id: string;
  /** The version of its release. */
  version: string;
  /** When it was kept, ISO 8601 in UTC; the epoch for builtin. */
  downloaded: string;
  /** The digest it was verified against; empty for builtin. */
  checksum: string;
  /** How far it came. */
  status: BundleStatus;
  /** Where to read about the release, if its publisher says so. */
  link?: string;
  /** What the publisher says about it. */
  comment?: string;
}

/** Names a bundle. */
export interface BundleId {
  /** As in `BundleInfo.id`. */
  id: string;
}

/** What `notifyAppReady` answers. */
export interface AppReadyResult {
  /** The bundle this page belongs to. */
  bundle: BundleInfo;
}

/** What `current` answers. */
export interface CurrentBundleResult {
  /** The bundle that is shown. */
  bundle: BundleInfo;
  /** The version name of the native app. */
  native: string;
}

/** What `list` takes. */
export interface ListOptions {
  /** Also the records of bundles whose files are gone. */
  raw?: boolean;
}

/** What `list` answers. */
export interface BundleListResult {
  /** The bundles. */
  bundles: BundleInfo[];
}

/** What `download` takes. */
export interface DownloadOptions {
  /** Where the archive is. Left out: the feed's release of this version. */
  url?: string;
  /** The version of the release. */
  version: string;
  /** Wraps the key of an encrypted archive, where a server answers with one. */
  sessionKey?: string;
  /** What the archive must hash to. */
  checksum?: string;
  /** Files of the bundle, where a server answers with a list. */
  manifest?: ManifestEntry[];
}

/** A file of a bundle, where a server answers with a list. */
export interface ManifestEntry {
  /** Its path in the bundle. */
  file_name: string | null;
  /** What it must hash to. */
  file_hash: string | null;
  /** Where it is. */
  download_url: string | null;
}

/** What `reset` takes. */
export interface ResetOptions {
  /** To the last confirmed bundle instead of builtin, if its files are there. */
  toLastSuccessful?: boolean;
  /** To the next bundle; rejects if there is none. */
  usePendingBundle?: boolean;
}

/** One condition of `setMultiDelay`. */
export interface DelayCondition {
  /** What must happen. */
  kind: DelayUntilNext;
  /**
   * `background`: milliseconds, `0` if left out. `nativeVersion`: a version. `date`: a time such as `2030-01-31T12:34:56Z`; without
   * a zone it is the device's local time when the call is made.
   */
  value?: string;
}

/** What `setMultiDelay` takes. */
export interface MultiDelayConditions {
  /** All of them must be met. */
  delayConditions: DelayCondition[];
}
