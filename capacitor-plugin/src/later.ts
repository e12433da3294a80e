/**
 * Methods that answer `UNIMPLEMENTED` for now: previews, the stores' own updates, sizes of file lists. They are here so
 * that typed apps compile; catch the rejection, or ask `Capacitor.getPlatform()` first, as for any plugin. Types only.
 */
import type { BundleId, BundleInfo, ManifestEntry } from './bundles';

/** Each rejects with the code `UNIMPLEMENTED`. */
export interface UnimplementedMethods {
  /** Rejects with `UNIMPLEMENTED`. */
  getMissingBundleFiles(options: GetMissingBundleFilesOptions): Promise<GetMissingBundleFilesResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  getBundleDownloadSize(options: GetBundleDownloadSizeOptions): Promise<GetBundleDownloadSizeResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  startPreviewSession(options?: StartPreviewSessionOptions): Promise<void>;
  /** Rejects with `UNIMPLEMENTED`. */
  listPreviews(): Promise<PreviewListResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  setPreview(options: BundleId): Promise<void>;
  /** Rejects with `UNIMPLEMENTED`. */
  resetPreview(): Promise<void>;
  /** Rejects with `UNIMPLEMENTED`. */
  deletePreview(options: BundleId): Promise<DeletePreviewResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  checkPreviewUpdate(options: BundleId): Promise<PreviewUpdateResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  updatePreview(options: BundleId): Promise<PreviewUpdateResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  getAppUpdateInfo(options?: GetAppUpdateInfoOptions): Promise<AppUpdateInfo>;
  /** Rejects with `UNIMPLEMENTED`. */
  performImmediateUpdate(): Promise<AppUpdateResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  startFlexibleUpdate(): Promise<AppUpdateResult>;
  /** Rejects with `UNIMPLEMENTED`. */
  completeFlexibleUpdate(): Promise<void>;
}

/** What `getMissingBundleFiles` takes. */
export interface GetMissingBundleFilesOptions {
  manifest?: ManifestEntry[];
  version?: string;
  sessionKey?: string;
}

/** What `getMissingBundleFiles` answers. */
export interface GetMissingBundleFilesResult {
  missing: ManifestEntry[];
  total: number;
  missingCount: number;
  reusableCount: number;
}

/** What `getBundleDownloadSize` takes. */
export interface GetBundleDownloadSizeOptions {
  manifest?: ManifestEntry[];
  version?: string;
}

/** The size of a file of a list. */
export interface BundleFileSize extends ManifestEntry {
  size?: number;
  error?: string;
}

/** What `getBundleDownloadSize` answers. */
export interface GetBundleDownloadSizeResult {
  totalSize: number;
  knownFiles: number;
  unknownFiles: number;
  files: BundleFileSize[];
}

/** What `startPreviewSession` takes. */
export interface StartPreviewSessionOptions {
  appId?: string;
  payloadUrl?: string;
  name?: string;
  source?: string;
}

/** A preview. */
export interface PreviewInfo {
  id: string;
  bundle: BundleInfo;
  name?: string;
  source?: string;
  appId?: string;
  payloadUrl?: string;
  createdAt: string;
  updatedAt: string;
  lastUsedAt: string;
  isActive: boolean;
}

/** What `listPreviews` answers. */
export interface PreviewListResult {
  previews: PreviewInfo[];
  current?: PreviewInfo;
  currentBundle: BundleInfo;
  liveBundle?: BundleInfo;
}

/** What `deletePreview` answers. */
export interface DeletePreviewResult {
  removed: boolean;
  deleted: boolean;
}

/** What `checkPreviewUpdate` and `updatePreview` answer. */
export interface PreviewUpdateResult {
  preview: PreviewInfo;
  latestVersion?: string;
  upToDate: boolean;
  updated: boolean;
  bundle?: BundleInfo;
}

/** What `getAppUpdateInfo` takes. */
export interface GetAppUpdateInfoOptions {
  country?: string;
}

/** What `getAppUpdateInfo` answers. */
export interface AppUpdateInfo {
  currentVersionName: string;
  availableVersionName?: string;
  currentVersionCode: string;
  availableVersionCode?: string;
  availableVersionReleaseDate?: string;
  updateAvailability: AppUpdateAvailability;
  updatePriority?: number;
  immediateUpdateAllowed?: boolean;
  flexibleUpdateAllowed?: boolean;
  clientVersionStalenessDays?: number;
  installStatus?: FlexibleUpdateInstallStatus;
  minimumOsVersion?: string;
}

/** Payload of `onFlexibleUpdateStateChange`. */
export interface FlexibleUpdateState {
  installStatus: FlexibleUpdateInstallStatus;
  bytesDownloaded?: number;
  totalBytesToDownload?: number;
}

/** What a store update came to. */
export interface AppUpdateResult {
  code: AppUpdateResultCode;
}

/** Is there an update in the store? */
export enum AppUpdateAvailability {
  UNKNOWN = 0,
  UPDATE_NOT_AVAILABLE = 1,
  UPDATE_AVAILABLE = 2,
  UPDATE_IN_PROGRESS = 3,
}

/** How far a store update is. */
export enum FlexibleUpdateInstallStatus {
  UNKNOWN = 0,
  PENDING = 1,
  DOWNLOADING = 2,
  INSTALLING = 3,
  INSTALLED = 4,
  FAILED = 5,
  CANCELED = 6,
  DOWNLOADED = 11,
}

/** What came of asking the store. */
export enum AppUpdateResultCode {
  OK = 0,
  CANCELED = 1,
  FAILED = 2,
  NOT_AVAILABLE = 3,
  NOT_ALLOWED = 4,
  INFO_MISSING = 5,
}
