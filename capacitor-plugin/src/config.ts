/** What an app writes under `plugins.CapacitorUpdater` of its Capacitor config. Types only. */
/// <reference types="@capacitor/cli" />
import type { ShakeMenuGesture } from './platform';

/**
 * When updates are looked for and shown. `off`: only by calls. `atBackground`: fetched in the foreground, shown when the app
 * leaves it. `atInstall`: shown at once after an installation or native update, else as `atBackground`. `onLaunch`: shown at
 * once by the first check of a start. `always`: shown at once. `onlyDownload`: fetched and announced, shown by calls.
 */
export type AutoUpdateMode = 'off' | 'atBackground' | 'atInstall' | 'onLaunch' | 'always' | 'onlyDownload';

/**
 * How long the device id lives. `persistent`: as long as the platform lets it, over reinstalls too. `install`: as long as
 * this installation. `none`: there is none.
 */
export type DeviceIdKind = 'persistent' | 'install' | 'none';

declare module '@capacitor/cli' {
  export interface PluginsConfig {
    /**
     * A wrong value never keeps the app from starting: the builtin bundle is shown, and `status()` and the log say what to
     * write instead.
     */
    CapacitorUpdater?: {
      /**
       * URL of the site that `aloft publish` writes. Without it nothing is looked for.
       * @since 0.1.0
       * @example "https://updates.example.com/app"
       */
      feed?: string;

      /**
       * Public keys that may sign, from `aloft keys show`. Once present, even wrongly, nothing unsigned is taken.
       * @since 0.1.0
       * @example ["ed25519:LzOL3+pfrgLl9ZohkQXNVPL8jMcqJabiRfxNCAHa2fc="]
       */
      signingKeys?: string[];

      /**
       * How many different keys must have signed.
       * @since 0.1.0
       * @default 1
       */
      signingThreshold?: number;

      /**
       * Keys of encrypted releases, newest first, from `aloft keys show`.
       * @since 0.1.0
       */
      encryptionKeys?: string[];

      /**
       * How often a new bundle may start in the foreground before it must have called `notifyAppReady`.
       * @since 0.1.0
       * @default 2
       */
      bootAttempts?: number;

      /**
       * After how many crashes in a row a confirmed bundle is left.
       * @since 0.1.0
       * @default 3
       */
      crashLoopLimit?: number;

      /**
       * How long the device id lives.
       * @since 0.1.0
       * @default "persistent"
       */
      deviceId?: DeviceIdKind;

      /**
       * Clear service workers away on the first page of another bundle, so that an old worker does not go on showing the old
       * app. In Cache Storage only their copies of the app's files go; the app's own data stays
       * (docs/guides/add-to-an-app.md#service-workers).
       * @since 0.1.0
       * @default true
       */
      clearServiceWorkers?: boolean;

      /**
       * Foreground milliseconds a new bundle has to call `notifyAppReady`.
       * @since 0.1.0
       * @default 30000
       */
      appReadyTimeout?: number;

      /**
       * When updates are looked for and shown; `true` is `atBackground`, `false` is `off`.
       * @since 0.1.0
       * @default true
       */
      autoUpdate?: boolean | AutoUpdateMode;

      /**
       * @deprecated write `autoUpdate: "always"`, `"atInstall"` or `"onLaunch"`
       * @since 0.1.0
       * @default false
       */
      directUpdate?: boolean | 'atInstall' | 'always' | 'onLaunch';

      /**
       * Seconds between checks while the app stays open; 0: none, else at least 600.
       * @since 0.1.0
       * @default 0
       */
      periodCheckDelay?: number;

      /**
       * Show the builtin bundle first after a native update.
       * @since 0.1.0
       * @default true
       */
      resetWhenUpdate?: boolean;

      /**
       * The channel of devices that were not given another.
       * @since 0.1.0
       * @default "production"
       */
      defaultChannel?: string;

      /**
       * May the app choose its channel?
       * @since 0.1.0
       * @default true
       */
      allowSetDefaultChannel?: boolean;

      /**
       * Keep the chosen channel over native updates and restored installations.
       * @since 0.1.0
       * @default true
       */
      persistDefaultChannelOnReinstall?: boolean;

      /**
       * Reload with the path, query and fragment the page had. A new bundle that is not ready there is loaded once at the start URL
       * before it is left.
       * @since 0.1.0
       * @default false
       */
      keepUrlPathAfterReload?: boolean;

      /**
       * Delete a bundle that was rolled back.
       * @since 0.1.0
       * @default true
       */
      autoDeleteFailed?: boolean;

      /**
       * Delete the last good bundle once a new one is confirmed.
       * @since 0.1.0
       * @default true
       */
      autoDeletePrevious?: boolean;

      /**
       * Allow `setBundleError`.
       * @since 0.1.0
       * @default false
       */
      allowManualBundleError?: boolean;

      /**
       * Seconds without a byte after which a request ends.
       * @since 0.1.0
       * @default 30
       */
      responseTimeout?: number;

      /**
       * The id under which this app is updated; the native id if left out.
       * @since 0.1.0
       */
      appId?: string;

      /**
       * Allow `setAppId`.
       * @since 0.1.0
       * @default false
       */
      allowModifyAppId?: boolean;

      /**
       * Keep `setCustomId` over starts.
       * @since 0.1.0
       * @default false
       */
      persistCustomId?: boolean;

      /**
       * The version of the builtin bundle, where it is not the native app's.
       * @since 0.1.0
       */
      version?: string;

      /**
       * Has no effect yet. Server to ask for updates, for apps without a `feed`.
       * @since 0.1.0
       */
      updateUrl?: string;

      /**
       * Has no effect yet. Server to ask about channels, for apps without a `feed`.
       * @since 0.1.0
       */
      channelUrl?: string;

      /**
       * Has no effect yet: no statistics are sent. Server to send them to; empty: none.
       * @since 0.1.0
       */
      statsUrl?: string;

      /**
       * Has no effect yet. Public key of a server's archives, for apps without a `feed`.
       * @since 0.1.0
       */
      publicKey?: string;

      /**
       * Has no effect yet. Allow `setUpdateUrl`, `setStatsUrl` and `setChannelUrl`.
       * @since 0.1.0
       * @default false
       */
      allowModifyUrl?: boolean;

      /**
       * Has no effect yet. Keep what those set over starts.
       * @since 0.1.0
       * @default false
       */
      persistModifyUrl?: boolean;

      /**
       * Keep the splash screen until the app is ready, a rollback, or `autoSplashscreenTimeout`. Needs
       * `@capacitor/splash-screen` with `launchAutoHide: false`.
       * @since 0.1.0
       * @default false
       */
      autoSplashscreen?: boolean;

      /**
       * With a loading indicator.
       * @since 0.1.0
       * @default false
       */
      autoSplashscreenLoader?: boolean;

      /**
       * Milliseconds after which the splash screen goes in any case; 0: never.
       * @since 0.1.0
       * @default 10000
       */
      autoSplashscreenTimeout?: number;

      /**
       * Keep log lines out of the web console.
       * @since 0.1.0
       * @default false
       */
      disableJSLogging?: boolean;

      /**
       * Write log lines to the system's log.
       * @since 0.1.0
       * @default true
       */
      osLogging?: boolean;

      /** Has no effect yet. */
      allowPreview?: boolean;

      /** Has no effect yet. */
      shakeMenu?: boolean;

      /** Has no effect yet. */
      shakeMenuGesture?: ShakeMenuGesture;

      /** Has no effect yet. */
      allowShakeChannelSelector?: boolean;
    };
  }
}
