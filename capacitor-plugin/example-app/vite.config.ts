// In: src/, VITE_VERSION, VITE_VARIANT. Out: one script and one style sheet that Chrome 61 reads, the oldest web view Capacitor
// supports: no chunks, as it knows no `import()`.
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'chrome61',
    modulePreload: false,
    rollupOptions: { output: { inlineDynamicImports: true } },
  },
  // The plugin is a link to the folder above, which has a @capacitor/core of its own.
  resolve: { dedupe: ['@capacitor/core'] },
});
