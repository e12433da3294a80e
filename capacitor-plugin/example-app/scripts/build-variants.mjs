// Bundles that must not stay: each fails in another way. In: src/, VITE_VERSION as the first part of their versions.
// Out: variants/<name>. May touch: that folder.
import { build } from 'vite';

const version = process.env.VITE_VERSION ?? '2.0.0';

for (const variant of ['silent', 'throws', 'hangs', 'loops']) {
  process.env.VITE_VARIANT = variant;
  process.env.VITE_VERSION = `${version}-${variant}`;
  await build({ logLevel: 'warn', build: { outDir: `variants/${variant}`, emptyOutDir: true } });
  console.log(`variants/${variant}: ${process.env.VITE_VERSION}`);
}
