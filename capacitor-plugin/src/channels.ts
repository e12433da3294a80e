/** Channels: named lines of releases that a device follows. Types only. */

/** What `setChannel` takes. */
export interface SetChannelOptions {
  /** Its name. */
  channel: string;
  /** Check at once. */
  triggerAutoUpdate?: boolean;
}

/** What `unsetChannel` takes. */
export interface UnsetChannelOptions {
  /** Check at once. */
  triggerAutoUpdate?: boolean;
}

/** What `setChannel` answers. */
export interface ChannelRes {
  /** `ok`, unless the call rejects. */
  status: string;
  /** A code, where a server answers with one. */
  error?: string;
  /** A text, where a server answers with one. */
  message?: string;
}

/** What `getChannel` answers. */
export interface GetChannelRes {
  /** Its name. */
  channel?: string;
  /** A code, where a server answers with one. */
  error?: string;
  /** A text, where a server answers with one. */
  message?: string;
  /** Where the name comes from. */
  status?: string;
  /** May the app choose another? */
  allowSet?: boolean;
}

/** A channel. */
export interface ChannelInfo {
  /** A number, the same for as long as the list does not change. */
  id: number;
  /** Its name. */
  name: string;
  /** Do devices follow it without being told to? */
  public: boolean;
  /** May the app choose it? */
  allow_self_set: boolean;
}

/** What `listChannels` answers. */
export interface ListChannelsResult {
  /** The channels. */
  channels: ChannelInfo[];
}
