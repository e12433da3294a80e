/**
 * The public API: every method. Its types are beside it, by subject; `docgen` writes the README from these comments, and
 * nothing else describes the API.
 *
 * In and out: types only. The names and shapes that apps already use are kept (`type-tests/capgo`), and they equal those of
 * the native core (`type-tests/contract`).
 */
import type { PluginListenerHandle } from '@capacitor/core';

import type {
  AppReadyResult,
  BundleId,
  BundleInfo,
  BundleListResult,
  CurrentBundleResult,
  DownloadOptions,
  ListOptions,
  MultiDelayConditions,
  ResetOptions,
} from './bundles';
import type {
  ChannelRes,
  GetChannelRes,
  ListChannelsResult,
  SetChannelOptions,
  UnsetChannelOptions,
} from './channels';
import type { CapacitorUpdaterEvents, UpdateFailedEvent } from './events';
import type {
  AutoUpdateAvailable,
  AutoUpdateEnabled,
  BuiltinVersion,
  ChannelUrl,
  DeviceId,
  GetAppIdRes,
  PluginVersion,
  SetAppIdOptions,
  SetCustomIdOptions,
  StatsUrl,
  UpdateUrl,
} from './identity';
import type { UnimplementedMethods } from './later';
import type {
  OpenAppStoreOptions,
  SetShakeChannelSelectorOptions,
  SetShakeMenuOptions,
  ShakeChannelSelectorEnabled,
  ShakeMenuEnabled,
} from './platform';
import type { AcknowledgeReportsOptions, ReportsResult, UpdaterStatus } from './status';
import type { GetLatestOptions, LatestVersion, TriggerUpdateCheckResult } from './updates';

export * from './bundles';
export * from './channels';
export * from './config';
export * from './events';
export * from './identity';
export * from './later';
export * from './platform';
export * from './status';
export * from './updates';

/**
 * Over-the-air updates of the app's web assets. Errors have a stable `code` (`docs/errors.md`) beside their message. No call
 * waits for a download of another.
 */
export interface CapacitorUpdaterPlugin extends UnimplementedMethods {
  /**
   * Say that this page works. Call it at every start, when the app has shown its first screen: a new bundle that does not
   * say so within `appReadyTimeout` is left for the last good one. It confirms only the bundle this page belongs to.
   * @since 0.1.0
   */
  notifyAppReady(): Promise<AppReadyResult>;

  /**
   * Download a bundle and keep it, without showing it. With a feed, `version` alone names one of its releases. With
   * `signingKeys`, a bare `url` without a signed release is refused with `signature_missing`.
   * @since 0.1.0
   */
  download(options: DownloadOptions): Promise<BundleInfo>;

  /**
   * Show this bundle from the next background or start on, or when `reload()` is called.
   * @since 0.1.0
   */
  next(options: BundleId): Promise<BundleInfo>;

  /**
   * Show this bundle at once. The page ends: nothing after this call can be relied on to run.
   * @since 0.1.0
   */
  set(options: BundleId): Promise<void>;

  /**
   * Load the page again, with the next bundle if there is one.
   * @since 0.1.0
   */
  reload(): Promise<void>;

  /**
   * Go back to the builtin bundle, or to the one the options name.
   * @since 0.1.0
   */
  reset(options?: ResetOptions): Promise<void>;

  /**
   * Delete a kept bundle. The builtin, the current, the fallback and the next one are protected.
   * @since 0.1.0
   */
  delete(options: BundleId): Promise<void>;

  /**
   * Mark a bundle as bad, so that it is not installed again by itself. Needs `allowManualBundleError`.
   * @since 0.1.0
   */
  setBundleError(options: BundleId): Promise<BundleInfo>;

  /**
   * The bundles that were downloaded to this device; the builtin one is not among them.
   * @since 0.1.0
   */
  list(options?: ListOptions): Promise<BundleListResult>;

  /**
   * The bundle that is shown, and the version of the native app.
   * @since 0.1.0
   */
  current(): Promise<CurrentBundleResult>;

  /**
   * The bundle that is shown next, or `null`.
   * @since 0.1.0
   */
  getNextBundle(): Promise<BundleInfo | null>;

  /**
   * The last bundle that was rolled back, or `null`. Reading clears it; `reports()` says why and keeps it.
   * @since 0.1.0
   */
  getFailedUpdate(): Promise<UpdateFailedEvent | null>;

  /**
   * Hold the next bundle back until all of these conditions are met. Replaces earlier ones. Rejects with `invalid_option` if one
   * of them cannot be read, and the earlier ones hold on.
   * @since 0.1.0
   */
  setMultiDelay(options: MultiDelayConditions): Promise<void>;

  /**
   * Drop the conditions of `setMultiDelay`. Installs nothing by itself.
   * @since 0.1.0
   */
  cancelDelay(): Promise<void>;

  /**
   * Ask what there is to install. Changes nothing. Rejects if nobody answers or the answer cannot be trusted.
   * @since 0.1.0
   */
  getLatest(options?: GetLatestOptions): Promise<LatestVersion>;

  /**
   * Begin a check as the update mode would, and answer at once.
   * @since 0.1.0
   */
  triggerUpdateCheck(): Promise<TriggerUpdateCheckResult>;

  /**
   * Follow another channel, if the signed index allows it.
   * @since 0.1.0
   */
  setChannel(options: SetChannelOptions): Promise<ChannelRes>;

  /**
   * Follow the `defaultChannel` of the config again.
   * @since 0.1.0
   */
  unsetChannel(options: UnsetChannelOptions): Promise<void>;

  /**
   * The channel this device follows.
   * @since 0.1.0
   */
  getChannel(): Promise<GetChannelRes>;

  /**
   * The channels of the feed.
   * @since 0.1.0
   */
  listChannels(): Promise<ListChannelsResult>;

  /**
   * Name this device in your own terms. An empty text clears the name. Kept over starts with `persistCustomId`.
   * @since 0.1.0
   */
  setCustomId(options: SetCustomIdOptions): Promise<void>;

  /**
   * The id of this device; `deviceId` of the config says how long it lives.
   * @since 0.1.0
   */
  getDeviceId(): Promise<DeviceId>;

  /**
   * The version of the builtin bundle.
   * @since 0.1.0
   */
  getBuiltinVersion(): Promise<BuiltinVersion>;

  /**
   * The version of the native plugin.
   * @since 0.1.0
   */
  getPluginVersion(): Promise<PluginVersion>;

  /**
   * The id under which this app is updated.
   * @since 0.1.0
   */
  getAppId(): Promise<GetAppIdRes>;

  /**
   * Update as another app. Needs `allowModifyAppId`.
   * @since 0.1.0
   */
  setAppId(options: SetAppIdOptions): Promise<void>;

  /**
   * Does the update mode check by itself?
   * @since 0.1.0
   */
  isAutoUpdateEnabled(): Promise<AutoUpdateEnabled>;

  /**
   * Can updates work at all here? Not under live reload (`server.url`).
   * @since 0.1.0
   */
  isAutoUpdateAvailable(): Promise<AutoUpdateAvailable>;

  /**
   * Replace `updateUrl`. Needs `allowModifyUrl`; kept over starts with `persistModifyUrl`.
   * @since 0.1.0
   */
  setUpdateUrl(options: UpdateUrl): Promise<void>;

  /**
   * Replace `statsUrl`; an empty one turns statistics off. Needs `allowModifyUrl`.
   * @since 0.1.0
   */
  setStatsUrl(options: StatsUrl): Promise<void>;

  /**
   * Replace `channelUrl`. Needs `allowModifyUrl`.
   * @since 0.1.0
   */
  setChannelUrl(options: ChannelUrl): Promise<void>;

  /**
   * Open the page of this app, or of the named one, in the store of the platform. iOS needs `appId`.
   * @since 0.1.0
   */
  openAppStore(options?: OpenAppStoreOptions): Promise<void>;

  /**
   * The shake menu is not there yet: turning it on rejects with `UNIMPLEMENTED`.
   * @since 0.1.0
   */
  setShakeMenu(options: SetShakeMenuOptions): Promise<void>;

  /**
   * Always `false`: the shake menu is not there yet.
   * @since 0.1.0
   */
  isShakeMenuEnabled(): Promise<ShakeMenuEnabled>;

  /**
   * The menu of channels is not there yet: turning it on rejects with `UNIMPLEMENTED`.
   * @since 0.1.0
   */
  setShakeChannelSelector(options: SetShakeChannelSelectorOptions): Promise<void>;

  /**
   * Always `false`: the menu of channels is not there yet.
   * @since 0.1.0
   */
  isShakeChannelSelectorEnabled(): Promise<ShakeChannelSelectorEnabled>;

  /**
   * What the updater knows of itself: slots, trial, channel, and what is wrong. Nothing of it waits for the network.
   * @since 0.1.0
   */
  status(): Promise<UpdaterStatus>;

  /**
   * What happened to bundles and why: confirmed, rolled back, withdrawn, refused. Kept until acknowledged, over restarts.
   * @since 0.1.0
   */
  reports(): Promise<ReportsResult>;

  /**
   * Drop the reports up to and with this one.
   * @since 0.1.0
   */
  acknowledgeReports(options: AcknowledgeReportsOptions): Promise<void>;

  /**
   * Be told of an event. `set` and `appReady` are kept until somebody listens.
   * @since 0.1.0
   */
  addListener<E extends keyof CapacitorUpdaterEvents>(
    eventName: E,
    listenerFunc: (state: CapacitorUpdaterEvents[E]) => void,
  ): Promise<PluginListenerHandle>;

  /**
   * Drop every listener of this plugin.
   * @since 0.1.0
   */
  removeAllListeners(): Promise<void>;
}
