/** Written from the native core by its test `contract`; not to be edited. */

export interface Contract {
  methods: {
    notifyAppReady: { options: Ready; result: Named };
    download: { options: Wish; result: BundleInfo };
    next: { options: Id; result: BundleInfo };
    set: { options: Id; result: void };
    reload: { options: Nothing; result: void };
    reset: { options: Reset; result: void };
    delete: { options: Id; result: void };
    setBundleError: { options: Id; result: BundleInfo };
    list: { options: List; result: Bundles };
    current: { options: Nothing; result: Current };
    getNextBundle: { options: Nothing; result: BundleInfo | null };
    getFailedUpdate: { options: Nothing; result: Named | null };
    setMultiDelay: { options: Conditions; result: void };
    cancelDelay: { options: Nothing; result: void };
    getLatest: { options: Where; result: Latest };
    triggerUpdateCheck: { options: Nothing; result: Trigger };
    setChannel: { options: SetChannel; result: ChannelSet };
    unsetChannel: { options: UnsetChannel; result: void };
    getChannel: { options: Nothing; result: CurrentChannel };
    listChannels: { options: Nothing; result: Channels };
    setCustomId: { options: CustomId; result: void };
    getDeviceId: { options: Nothing; result: DeviceId };
    getBuiltinVersion: { options: Nothing; result: Version };
    getPluginVersion: { options: Nothing; result: Version };
    getAppId: { options: Nothing; result: AppId };
    setAppId: { options: AppId; result: void };
    isAutoUpdateEnabled: { options: Nothing; result: Enabled };
    isAutoUpdateAvailable: { options: Nothing; result: Available };
    setUpdateUrl: { options: Url; result: void };
    setStatsUrl: { options: Url; result: void };
    setChannelUrl: { options: Url; result: void };
    status: { options: Nothing; result: Status };
    reports: { options: Nothing; result: Reports };
    acknowledgeReports: { options: Acknowledged; result: void };
    setShakeMenu: { options: Menu; result: void };
    isShakeMenuEnabled: { options: Nothing; result: Enabled };
    setShakeChannelSelector: { options: Menu; result: void };
    isShakeChannelSelectorEnabled: { options: Nothing; result: Enabled };
    openAppStore: { options: StorePage; result: void };
  };
  unimplemented:
    | 'getMissingBundleFiles'
    | 'getBundleDownloadSize'
    | 'startPreviewSession'
    | 'listPreviews'
    | 'setPreview'
    | 'resetPreview'
    | 'deletePreview'
    | 'checkPreviewUpdate'
    | 'updatePreview'
    | 'getAppUpdateInfo'
    | 'performImmediateUpdate'
    | 'startFlexibleUpdate'
    | 'completeFlexibleUpdate';
  internal: 'pageBegan' | 'reportWebViewError';
  events: {
    download: Download;
    downloadComplete: Named;
    downloadFailed: DownloadFailed;
    updateAvailable: Named;
    noNeedUpdate: Named;
    updateCheckResult: UpdateCheckResult;
    breakingAvailable: Versioned;
    majorAvailable: Versioned;
    updateFailed: Named;
    set: Named;
    setNext: Named;
    appReloaded: Nothing;
    appReady: AppReady;
    channelPrivate: ChannelPrivate;
  };
  config: Keys;
}

type Acknowledged = { id: number, };

type AppId = { appId: string, };

type AppReady = { bundle: BundleInfo, status: string, };

type Available = { available: boolean, };

type BundleInfo = { id: string, version: string, downloaded: string, checksum: string, status: BundleStatus, link?: string, comment?: string, };

type BundleStatus = "success" | "error" | "pending" | "downloading" | "deleted" | "deleting";

type Bundles = { bundles: Array<BundleInfo>, };

type Channel = { id: number, name: string, public: boolean, allow_self_set: boolean, };

type ChannelPrivate = { channel: string, message: string, };

type ChannelSet = { status: string, error?: string, message?: string, };

type Channels = { channels: Array<Channel>, };

type Condition = { kind: DelayKind, value?: string, };

type Conditions = { delayConditions: Array<Condition>, };

type Current = { bundle: BundleInfo, native: string, };

type CurrentChannel = { channel?: string, error?: string, message?: string, status?: string, allowSet?: boolean, };

type CustomId = { customId: string, };

type DelayKind = "background" | "kill" | "nativeVersion" | "date";

type DeviceId = { deviceId: string, };

type DeviceIdKind = "persistent" | "install" | "none";

type Direct = "atInstall" | "always" | "onLaunch";

type DirectUpdate = boolean | Direct;

type Download = { percent: number, bundle: BundleInfo, };

type DownloadFailed = { version: string, error?: string, };

type DownloadSize = { totalSize: number, knownFiles: number, unknownFiles: number, files: Array<FileSize>, };

type Enabled = { enabled: boolean, };

type FileSize = { file_name: string | null, file_hash: string | null, download_url: string | null, size?: number, error?: string, };

type Id = { id: string, };

type Keys = { feed?: string, signingKeys?: Array<string>, signingThreshold?: number, encryptionKeys?: Array<string>, bootAttempts?: number, crashLoopLimit?: number, deviceId?: DeviceIdKind, clearServiceWorkers?: boolean, appReadyTimeout?: number, responseTimeout?: number, autoDeleteFailed?: boolean, autoDeletePrevious?: boolean, autoUpdate?: boolean | 'off' | 'atBackground' | 'atInstall' | 'onLaunch' | 'always' | 'onlyDownload', directUpdate?: DirectUpdate, resetWhenUpdate?: boolean, updateUrl?: string, channelUrl?: string, statsUrl?: string, publicKey?: string, version?: string, appId?: string, defaultChannel?: string, allowSetDefaultChannel?: boolean, persistDefaultChannelOnReinstall?: boolean, periodCheckDelay?: number, allowModifyUrl?: boolean, persistModifyUrl?: boolean, persistCustomId?: boolean, allowModifyAppId?: boolean, allowManualBundleError?: boolean, keepUrlPathAfterReload?: boolean, disableJSLogging?: boolean, osLogging?: boolean, autoSplashscreen?: boolean, autoSplashscreenLoader?: boolean, autoSplashscreenTimeout?: number, };

type Kind = "up_to_date" | "blocked" | "failed";

type Latest = { version: string, checksum?: string, breaking?: boolean, major?: boolean, message?: string, error?: string, kind?: Kind, old?: string, url?: string, sessionKey?: string, statusCode?: number, manifest?: Array<ManifestEntry>, missing?: Missing, downloadSize?: DownloadSize, link?: string, comment?: string, };

type List = { raw?: boolean, };

type ManifestEntry = { file_name: string | null, file_hash: string | null, download_url: string | null, };

type Menu = { enabled: boolean, };

type Missing = { missing: Array<ManifestEntry>, total: number, missingCount: number, reusableCount: number, };

type Named = { bundle: BundleInfo, };

type Nothing = Record<symbol, never>;

type PageError = { type?: string, message?: string, };

type Problem = { code: string, detail: string, };

type Ready = { token?: string, };

type Report = { id: number, at: number, count: number, from: Reported, to: Reported, reason: 'confirmed' | 'not_confirmed' | 'not_proven' | 'page_loop' | 'render_gone' | 'crash_loop' | 'reported' | 'bundle_missing' | 'withdrawn' | 'superseded' | 'native_update' | 'reset' | 'blocked' | 'refused' | 'storage_lost', began?: number, attempts: number, foreground: number, build: string, detail?: string, };

type Reported = { bundle: string, version?: string, root?: string, };

type Reports = { reports: Array<Report>, };

type Reset = { toLastSuccessful?: boolean, usePendingBundle?: boolean, };

type SetChannel = { channel: string, triggerAutoUpdate?: boolean, };

type Status = { current: string, fallback: string, next?: string, onTrial: boolean, channel: string, feedAge?: number, problems: Array<Problem>, standDown?: string, };

type StorePage = { packageName?: string, appId?: string, };

type Trigger = { status: Triggered, queued: boolean, };

type Triggered = "queued" | "already_running" | "unavailable";

type UnsetChannel = { triggerAutoUpdate?: boolean, };

type UpdateCheckResult = { kind: Kind, error?: string, message?: string, statusCode?: number, version?: string, bundle: BundleInfo, };

type Url = { url: string, };

type Version = { version: string, };

type Versioned = { version: string, };

type Where = { channel?: string, appId?: string, includeBundleSize?: boolean, };

type Wish = { url?: string, version: string, sessionKey?: string, checksum?: string, manifest?: Array<ManifestEntry>, };
