// What the tests share: where things lie, the command, a browser.
// In: this checkout with `target/browser/node_modules` and a built `aloft`. Out: paths, `aloft`, `browser`, `app`.
// May touch: `target/browser`, temporary folders, processes it starts and ends.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const packages = path.join(root, 'target/browser');
const require = createRequire(path.join(packages, 'package.json'));
const { chromium } = require('playwright-core');
const esbuild = require('esbuild');
const program = process.env.ALOFT ?? path.join(root, 'target/debug/aloft');
const run = promisify(execFile);

/** A folder that is gone after the test. */
export async function temporary(test) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'aloft-'));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The answer of a command of `aloft`, run in `folder`. */
export async function aloft(folder, ...args) {
  const { stdout } = await run(program, ['--json', ...args], { cwd: folder, maxBuffer: 64 << 20 }).catch((error) => {
    throw new Error(`aloft ${args.join(' ')}: ${error.stdout}${error.stderr}`);
  });
  return JSON.parse(stdout);
}

/** A command that goes on; its first line of JSON, and the lines after it. */
export async function start(test, folder, ...args) {
  const child = spawn(program, ['--json', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  test.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error(`aloft ${args.join(' ')} said nothing`);
  return { child, first: JSON.parse(first.value), lines };
}

/** A browser with storage of its own. */
export async function browser(test, folder) {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 420, height: 860 },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-features=SharedArrayBuffer'],
  });
  test.after(() => context.close());
  return context;
}

/** A bundle: files by name; `source` is bundled as the app's script, with packages of npm in it. */
export async function bundle(folder, files, source) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  if (source) await script(source, path.join(folder, 'app.js'));
  return folder;
}

/** Bundle a module for web views since Chrome 61. */
export function script(source, outfile) {
  return esbuild.build({
    stdin: { contents: source, resolveDir: packages, sourcefile: 'app.js' },
    bundle: true, format: 'iife', target: 'chrome61', outfile, logLevel: 'error',
  });
}

/** A copy of a built app that says it is ready, as its developer would write it. */
export async function ready(from, to) {
  await cp(from, to, { recursive: true });
  await script(READY, path.join(to, 'ready.js'));
  const page = path.join(to, 'index.html');
  const html = await readFile(page, 'utf8');
  await writeFile(page, html.replace(/<\/head>/, '<script src="/ready.js"></script></head>'));
  return to;
}

const READY = `
import { CapacitorUpdater } from '@capgo/capacitor-updater';
addEventListener('load', () => CapacitorUpdater.notifyAppReady());
`;

/** Where screenshots lie. */
export async function picture(page, name) {
  await mkdir(path.join(packages, 'pictures'), { recursive: true });
  await page.bringToFront(); // a window that is covered may not be drawn
  return page.screenshot({ path: path.join(packages, 'pictures', `${name}.png`) });
}
