/** Looking for updates. Types only. */
import type { ManifestEntry } from './bundles';
import type { GetBundleDownloadSizeResult, GetMissingBundleFilesResult } from './later';

/** Why there is nothing to install. */
export type UpdateResponseKind = 'up_to_date' | 'blocked' | 'failed';

/** What `getLatest` takes. */
export interface GetLatestOptions {
  /** Look at this channel instead. */
  channel?: string;
  /** Look as this app. */
  appId?: string;
  /** Ask for sizes too; not answered yet. */
  includeBundleSize?: boolean;
}

/** What `getLatest` answers. */
export interface LatestVersion {
  /** The version to install; the current one if there is none. */
  version: string;
  /** What the archive hashes to. */
  checksum?: string;
  /** Does it need another native app? */
  breaking?: boolean;
  /** @deprecated as `breaking` */
  major?: boolean;
  /** A text for people. */
  message?: string;
  /** Wraps the key of an encrypted archive, where a server answers with one. */
  sessionKey?: string;
  /** A code, if there is nothing to install. */
  error?: string;
  /** Why there is nothing to install. */
  kind?: UpdateResponseKind;
  /** The server's status. */
  statusCode?: number;
  /** The version that is shown. */
  old?: string;
  /** Where the archive is. */
  url?: string;
  /** Files of the bundle, where a server answers with a list. */
  manifest?: ManifestEntry[];
  /** Not answered yet. */
  missing?: GetMissingBundleFilesResult;
  /** Not answered yet. */
  downloadSize?: GetBundleDownloadSizeResult;
  /** Where to read about the release, if its publisher says so. */
  link?: string;
  /** What the publisher says about it. */
  comment?: string;
}

/** What `triggerUpdateCheck` answers. */
export interface TriggerUpdateCheckResult {
  /** `unavailable`: there is nothing to ask, or updates stand down. */
  status: 'queued' | 'already_running' | 'unavailable';
  /** Was a check begun? */
  queued: boolean;
}
