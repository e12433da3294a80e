/** What belongs to the platform: its store, and the shake menu, which is always off for now. Types only. */

/** How the shake menu opens. */
export type ShakeMenuGesture = 'shake' | 'threeFingerPinch';

/** What `setShakeMenu` takes. */
export interface SetShakeMenuOptions {
  enabled: boolean;
}

/** What `isShakeMenuEnabled` answers. */
export interface ShakeMenuEnabled {
  enabled: boolean;
}

/** What `setShakeChannelSelector` takes. */
export interface SetShakeChannelSelectorOptions {
  enabled: boolean;
}

/** What `isShakeChannelSelectorEnabled` answers. */
export interface ShakeChannelSelectorEnabled {
  enabled: boolean;
}

/** What `openAppStore` takes. */
export interface OpenAppStoreOptions {
  /** The Android package; left out: this app. */
  packageName?: string;
  /** The number of the app in Apple's App Store, such as `1234567890`. iOS needs it. */
  appId?: string;
}
