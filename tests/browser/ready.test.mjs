// Does `aloft bundle` know whether an app says that it is ready? Four bundlers, with the built plugin of this checkout and with Capgo's.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { aloft, packages, root, temporary } from './world.mjs';

const require = createRequire(path.join(packages, 'package.json'));
const plugins = {
  ours: path.join(root, 'capacitor-plugin'),
  capgo: path.join(packages, 'node_modules/@capgo/capacitor-updater'),
};
const modules = path.join(packages, 'node_modules');

/** Each builds `entry` into `out/app.js`, small and as it is. */
const bundlers = {
  esbuild: (entry, out, minify) => require('esbuild').build({
    entryPoints: [entry], bundle: true, minify, format: 'esm', splitting: true, outdir: out, nodePaths: [modules], logLevel: 'error',
  }),
  vite: (entry, out, minify) => require('vite').build({
    configFile: false, root: path.dirname(entry), logLevel: 'error', resolve: { alias: { '@capacitor/core': path.join(modules, '@capacitor/core') } },
    build: { outDir: out, minify, lib: { entry, formats: ['es'], fileName: 'app' } },
  }),
  rollup: async (entry, out) => {
    const { nodeResolve } = require('@rollup/plugin-node-resolve');
    const bundle = await require('rollup').rollup({ input: entry, plugins: [nodeResolve({ modulePaths: [modules] })], logLevel: 'silent' });
    await bundle.write({ dir: out, format: 'es' });
    await bundle.close();
  },
  webpack: async (entry, out, minify) => {
    const stats = await promisify(require('webpack'))({
      mode: minify ? 'production' : 'development', entry, output: { path: out }, resolve: { modules: [modules] },
    });
    assert.equal(stats.hasErrors(), false, stats.toString());
  },
};

const apps = {
  calls: (plugin) => `import { CapacitorUpdater } from ${plugin};\nCapacitorUpdater.notifyAppReady();\n`,
  destructures: (plugin) => `import { CapacitorUpdater } from ${plugin};\nconst { notifyAppReady } = CapacitorUpdater;\nnotifyAppReady();\n`,
  'calls nothing': (plugin) => `import { CapacitorUpdater } from ${plugin};\nCapacitorUpdater.getPluginVersion().then(console.log);\n`,
};

for (const [bundler, build] of Object.entries(bundlers)) {
  for (const [name, plugin] of Object.entries(plugins)) {
    test(`${bundler}, ${name}: an app that never says that it is ready is told from one that does`, async (t) => {
      for (const minify of [true, false]) {
        for (const [does, source] of Object.entries(apps)) {
          const folder = await temporary(t);
          const entry = path.join(folder, 'main.js');
          const out = path.join(folder, 'out');
          await mkdir(out);
          await writeFile(entry, source(JSON.stringify(plugin)));
          await build(entry, out, minify);
          await writeFile(path.join(out, 'index.html'), '<!doctype html><p>app');
          const { warnings } = await aloft(folder, 'bundle', 'out');
          const told = warnings.some(({ code }) => code === 'not_ready');
          assert.equal(told, does === 'calls nothing', `${does}, ${minify ? 'minified' : 'as it is'}: ${JSON.stringify(warnings)}`);
        }
      }
    });
  }
}
