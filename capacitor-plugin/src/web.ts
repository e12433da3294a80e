/**
 * The plugin in a plain browser: the page is the builtin bundle, and there is nothing to update.
 *
 * In: calls. Out: what a freshly installed app would read; calls that would change something reject with `UNAVAILABLE`, those
 * of a later version with `UNIMPLEMENTED`. May touch: nothing.
 */
import { WebPlugin } from '@capacitor/core';

import type * as api from './definitions';
import { VERSION } from './version';

const builtin: api.BundleInfo = {
  id: 'builtin',
  version: 'builtin',
  downloaded: '1970-01-01T00:00:00.000Z',
  checksum: '',
  status: 'success',
};

/** The web implementation; apps use `CapacitorUpdater`. */
export class CapacitorUpdaterWeb extends WebPlugin implements api.CapacitorUpdaterPlugin {
  async notifyAppReady(): Promise<api.AppReadyResult> {
    return { bundle: { ...builtin } };
  }
  async list(): Promise<api.BundleListResult> {
    return { bundles: [] };
  }
  async current(): Promise<api.CurrentBundleResult> {
    return { bundle: { ...builtin }, native: builtin.version };
  }
  async getNextBundle(): Promise<null> {
    return null;
  }
  async getFailedUpdate(): Promise<null> {
    return null;
  }
  async getLatest(): Promise<api.LatestVersion> {
    return { version: builtin.version, kind: 'up_to_date', message: 'there is nothing to update in a browser' };
  }
  async triggerUpdateCheck(): Promise<api.TriggerUpdateCheckResult> {
    return { status: 'unavailable', queued: false };
  }
  async getChannel(): Promise<api.GetChannelRes> {
    return { allowSet: false };
  }
  async listChannels(): Promise<api.ListChannelsResult> {
    return { channels: [] };
  }
  async getDeviceId(): Promise<api.DeviceId> {
    return { deviceId: '' };
  }
  async getBuiltinVersion(): Promise<api.BuiltinVersion> {
    return { version: builtin.version };
  }
  async getPluginVersion(): Promise<api.PluginVersion> {
    return { version: VERSION };
  }
  async getAppId(): Promise<api.GetAppIdRes> {
    return { appId: '' };
  }
  async isAutoUpdateEnabled(): Promise<api.AutoUpdateEnabled> {
    return { enabled: false };
  }
  async isAutoUpdateAvailable(): Promise<api.AutoUpdateAvailable> {
    return { available: false };
  }
  async isShakeMenuEnabled(): Promise<api.ShakeMenuEnabled> {
    return { enabled: false };
  }
  async isShakeChannelSelectorEnabled(): Promise<api.ShakeChannelSelectorEnabled> {
    return { enabled: false };
  }
  async status(): Promise<api.UpdaterStatus> {
    return { current: builtin.id, fallback: builtin.id, onTrial: false, channel: '', problems: [] };
  }
  async reports(): Promise<api.ReportsResult> {
    return { reports: [] };
  }
  async acknowledgeReports(): Promise<void> {
    // There are none.
  }

  download = this.refuses('download');
  next = this.refuses('next');
  set = this.refuses('set');
  reload = this.refuses('reload');
  reset = this.refuses('reset');
  delete = this.refuses('delete');
  setBundleError = this.refuses('setBundleError');
  setMultiDelay = this.refuses('setMultiDelay');
  cancelDelay = this.refuses('cancelDelay');
  setChannel = this.refuses('setChannel');
  unsetChannel = this.refuses('unsetChannel');
  setCustomId = this.refuses('setCustomId');
  setAppId = this.refuses('setAppId');
  setUpdateUrl = this.refuses('setUpdateUrl');
  setStatsUrl = this.refuses('setStatsUrl');
  setChannelUrl = this.refuses('setChannelUrl');
  setShakeMenu = this.refuses('setShakeMenu');
  setShakeChannelSelector = this.refuses('setShakeChannelSelector');
  openAppStore = this.refuses('openAppStore');

  getMissingBundleFiles = this.lacks('getMissingBundleFiles');
  getBundleDownloadSize = this.lacks('getBundleDownloadSize');
  startPreviewSession = this.lacks('startPreviewSession');
  listPreviews = this.lacks('listPreviews');
  setPreview = this.lacks('setPreview');
  resetPreview = this.lacks('resetPreview');
  deletePreview = this.lacks('deletePreview');
  checkPreviewUpdate = this.lacks('checkPreviewUpdate');
  updatePreview = this.lacks('updatePreview');
  getAppUpdateInfo = this.lacks('getAppUpdateInfo');
  performImmediateUpdate = this.lacks('performImmediateUpdate');
  startFlexibleUpdate = this.lacks('startFlexibleUpdate');
  completeFlexibleUpdate = this.lacks('completeFlexibleUpdate');

  private refuses(method: keyof api.CapacitorUpdaterPlugin): () => Promise<never> {
    return () => Promise.reject(this.unavailable(`${method}: a browser has no app to update`));
  }

  private lacks(method: keyof api.UnimplementedMethods): () => Promise<never> {
    return () => Promise.reject(this.unimplemented(`${method} is not implemented yet`));
  }
}
