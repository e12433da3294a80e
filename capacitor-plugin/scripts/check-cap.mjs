// A fresh app of Capacitor 6, 7 and 8 finds the packed plugin: `cap add` and `cap sync` for Android and iOS (SwiftPM, CocoaPods).
// In: the package, built; npm's registry. Out: what is wrong, and exit 1. May touch: target/cap.
// Nothing is compiled: the command line writes Gradle, SwiftPM and CocoaPods files, and those are looked at.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = path.join(root, '../target/cap');
const plugin = '@aloft/capacitor-updater';
const native = 'AloftCapacitorUpdater';

/** Pinned: what these versions write is what is asserted below. */
const versions = ['6.2.2', '7.6.9', '8.5.2'];
const managers = ['SPM', 'CocoaPods'];
const node22 = '22.23.3';

mkdirSync(target, { recursive: true });
const tarball = pack();
const node = newerNode();
for (const version of versions) {
  const app = freshApp(version);
  const shipped = read(app, `node_modules/${plugin}/Package.swift`);
  android(app);
  for (const manager of managers) ios(app, manager);
  assert.equal(read(app, `node_modules/${plugin}/Package.swift`), shipped, 'the command line rewrote Package.swift');
  console.log(`Capacitor ${version}: Android, iOS by ${managers.join(' and ')}`);
}

function pack() {
  const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', target));
  return path.join(target, path.basename(filename));
}

function freshApp(version) {
  const app = path.join(target, `app-${version}`);
  rmSync(app, { recursive: true, force: true });
  mkdirSync(path.join(app, 'www'), { recursive: true });
  const write = (file, text) => writeFileSync(path.join(app, file), text);
  write('www/index.html', '<!doctype html><title>app</title>');
  write('capacitor.config.json', JSON.stringify({ appId: 'app.aloft.check', appName: 'check', webDir: 'www' }));
  const dependencies = ['cli', 'android', 'ios', 'core'].map((name) => [`@capacitor/${name}`, version]);
  write(
    'package.json',
    JSON.stringify({ private: true, dependencies: Object.fromEntries([...dependencies, [plugin, `file:${tarball}`]]) }),
  );
  npm(app, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock');
  return app;
}

function android(app) {
  cap(app, 'add', 'android');
  cap(app, 'sync', 'android');
  const settings = read(app, 'android/capacitor.settings.gradle');
  assert.match(settings, /include ':aloft-capacitor-updater'/);
  assert.match(settings, /new File\('\.\.\/node_modules\/@aloft\/capacitor-updater\/android'\)/);
  assert.match(read(app, 'android/app/capacitor.build.gradle'), /implementation project\(':aloft-capacitor-updater'\)/);
  assert.deepEqual(JSON.parse(read(app, 'android/app/src/main/assets/capacitor.plugins.json')), [
    { pkg: plugin, classpath: 'app.aloft.updater.CapacitorUpdaterPlugin' },
  ]);
}

function ios(app, manager) {
  rmSync(path.join(app, 'ios'), { recursive: true, force: true });
  try {
    cap(app, 'add', 'ios', '--packagemanager', manager);
  } catch (error) {
    // 7.6 compares the manager's name in lower case with `SPM` and looks for a Podfile it did not make; the sync below is right.
    if (manager !== 'SPM' || !error.message.includes('ios/App/Podfile')) throw error;
  }
  cap(app, 'sync', 'ios');
  if (manager === 'SPM') {
    const swift = read(app, 'ios/App/CapApp-SPM/Package.swift');
    assert.match(swift, new RegExp(`\\.package\\(name: "${native}", path: "[./]+/node_modules/${plugin}"\\)`));
    assert.match(swift, new RegExp(`\\.product\\(name: "${native}", package: "${native}"\\)`));
  } else {
    assert.match(read(app, 'ios/App/Podfile'), new RegExp(`pod '${native}', :path => '[./]+/node_modules/${plugin}'`));
  }
  assert.deepEqual(JSON.parse(read(app, 'ios/App/App/capacitor.config.json')).packageClassList, ['CapacitorUpdaterPlugin']);
}

/** The command line of Capacitor 8 needs Node 22; an older one fetches it as a package of npm, without install scripts. */
function newerNode() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const windows = process.platform === 'win32';
  const name = `node-${process.platform === 'darwin' ? 'bin-darwin' : windows ? 'win' : process.platform}-${process.arch}`;
  const prefix = path.join(target, `node-${node22}`);
  npm(target, 'install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, `${name}@${node22}`);
  return path.join(prefix, 'node_modules', name, windows ? 'bin/node.exe' : 'bin/node');
}

function cap(app, ...args) {
  const cli = path.join(app, 'node_modules/@capacitor/cli/bin/capacitor');
  const env = { ...process.env, CI: '1', CAPACITOR_TELEMETRY: '0' };
  return run(node, [cli, ...args], { cwd: app, env });
}

function npm(cwd, ...args) {
  return run('npm', args, { cwd, shell: process.platform === 'win32' });
}

function run(command, args, options) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  } catch (error) {
    throw new Error(`${[command, ...args].join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}

function read(app, file) {
  return readFileSync(path.join(app, file), 'utf8');
}
