/// <reference types="@aloft/capacitor-updater" />
// In: ALOFT_FEED, ALOFT_KEY and ALOFT_MODE, when `cap sync` runs. Out: the config that is copied into the native apps.
import type { AutoUpdateMode } from '@aloft/capacitor-updater';
import type { CapacitorConfig } from '@capacitor/cli';

const { ALOFT_FEED: feed, ALOFT_KEY: key, ALOFT_MODE: mode = 'off' } = process.env;

const config: CapacitorConfig = {
  appId: 'app.aloft.example',
  appName: 'Aloft example',
  webDir: 'dist',
  plugins: {
    CapacitorUpdater: {
      autoUpdate: mode as AutoUpdateMode,
      ...(feed ? { feed } : {}),
      ...(key ? { signingKeys: [key] } : {}),
    },
  },
};

export default config;
