/** Who this app and device are, and whom they ask. Types only. */

/** What `setUpdateUrl` takes. */
export interface UpdateUrl {
  /** The new one. */
  url: string;
}

/** What `setStatsUrl` takes. */
export interface StatsUrl {
  /** The new one; empty: none. */
  url: string;
}

/** What `setChannelUrl` takes. */
export interface ChannelUrl {
  /** The new one. */
  url: string;
}

/** What `setCustomId` takes. */
export interface SetCustomIdOptions {
  /** The name; empty: none. */
  customId: string;
}

/** What `getDeviceId` answers. */
export interface DeviceId {
  /** A UUID in lower case; empty with `deviceId: "none"`. */
  deviceId: string;
}

/** What `getBuiltinVersion` answers. */
export interface BuiltinVersion {
  /** The version. */
  version: string;
}

/** What `getPluginVersion` answers. */
export interface PluginVersion {
  /** The version. */
  version: string;
}

/** What `getAppId` answers. */
export interface GetAppIdRes {
  /** The id. */
  appId: string;
}

/** What `setAppId` takes. */
export interface SetAppIdOptions {
  /** The id. */
  appId: string;
}

/** What `isAutoUpdateEnabled` answers. */
export interface AutoUpdateEnabled {
  /** Does it? */
  enabled: boolean;
}

/** What `isAutoUpdateAvailable` answers. */
export interface AutoUpdateAvailable {
  /** Can they? */
  available: boolean;
}
