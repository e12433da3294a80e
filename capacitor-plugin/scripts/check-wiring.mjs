// Names that TypeScript, Kotlin, Swift, Gradle, CocoaPods and SwiftPM must spell alike, or the app builds and finds no plugin.
// In: the files below. Out: one line for each name that is missing or differs, and exit 1. May touch: nothing.
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const manifest = JSON.parse(read('package.json'));

/** As the Capacitor CLI makes it from the package's name: no `@`; `/` and `-` become camel humps. */
const native = manifest.name.replace(/[/-](\w)/g, (_, letter) => letter.toUpperCase()).replace(/^@(\w)/, (_, letter) => letter.toUpperCase());

const kotlin = 'android/src/main/kotlin/app/aloft/updater/CapacitorUpdaterPlugin.kt';
const swift = 'ios/Sources/AloftCapacitorUpdater/CapacitorUpdaterPlugin.swift';
const podspec = `${native}.podspec`;

/** What must be found: [what it names, the name, the file, where in the file]. */
const wiring = [
  ['the plugin', 'CapacitorUpdater', 'src/index.ts', /registerPlugin<\w+>\('(\w+)'/],
  ['the plugin', 'CapacitorUpdater', kotlin, /@CapacitorPlugin\(\s*name\s*=\s*"(\w+)"/],
  ['the plugin', 'CapacitorUpdater', swift, /\bjsName\s*(?::\s*String\s*)?=\s*"(\w+)"/],
  ['the Android class', 'CapacitorUpdaterPlugin', kotlin, /@CapacitorPlugin\([^)]*\)\s*(?:\w+\s+)*class\s+(\w+)/],
  ['the Android package', 'app.aloft.updater', kotlin, /^package\s+([\w.]+)/m],
  ['the Android package', 'app.aloft.updater', 'android/build.gradle', /\bnamespace\s*=?\s*['"]([\w.]+)['"]/],
  ['the rules apps shrink with', 'consumer-rules.pro', 'android/build.gradle', /\bconsumerProguardFiles\s*\(?\s*['"]([^'"]+)['"]/],
  ['the kept bindings', 'uniffi.aloft_ffi.**', 'android/consumer-rules.pro', /-keep\b[^\n]*\s(uniffi\.\S+)/],
  ['the iOS class', 'CapacitorUpdaterPlugin', swift, /@objc\((\w+)\)/],
  ['the iOS class', 'CapacitorUpdaterPlugin', swift, /\bidentifier\s*(?::\s*String\s*)?=\s*"(\w+)"/],
  ['the iOS class', 'CapacitorUpdaterPlugin', swift, /\bclass\s+(\w+)\s*:[^{]*\bCAPBridgedPlugin\b/],
  ['the native package', native, 'Package.swift', /\bPackage\(\s*name:\s*"(\w+)"/],
  ['the native package', native, 'Package.swift', /\.library\(\s*name:\s*"(\w+)"/],
  ['the native package', native, podspec, /\bs\.name\s*=\s*['"](\w+)['"]/],
  ['the native library', 'AloftFFI', 'Package.swift', /\.binaryTarget\(\s*name:\s*"(\w+)"/],
  ['the native library', 'ios/Frameworks/AloftFFI.xcframework', 'Package.swift', /\bpath:\s*"([^"]+\.xcframework)"/],
  ['the native library', 'ios/Frameworks/AloftFFI.xcframework', podspec, /\bvendored_frameworks\s*=\s*['"]([^'"]+)['"]/],
  ['the dependency the CLI rewrites', 'https://github.com/ionic-team/capacitor-swift-pm.git', 'Package.swift', /\burl:\s*"([^"]*capacitor-swift-pm[^"]*)"/],
  ['the version', manifest.version, 'src/version.ts', /VERSION = '([^']+)'/],
  ['the version', manifest.version, '../Cargo.toml', /^version = "([^"]+)"/m],
  ['where the version of the pod comes from', "package['version']", podspec, /\bs\.version\s*=\s*(\S+)/],
];

/** What `files` of package.json must publish, for a line missing there is noticed by nobody here. */
const published = ['android/src/main/', 'android/build.gradle', 'android/consumer-rules.pro', 'dist/', 'ios/Sources/', 'ios/Frameworks/', 'Package.swift', podspec];

const problems = [
  ...new Set(wiring.map(([, , file]) => file).filter((file) => read(file) === undefined)),
].map((file) => `${file} is missing`);

for (const [what, name, file, place] of wiring) {
  const text = read(file);
  if (text === undefined) continue;
  const found = text.match(place)?.[1];
  if (found !== name) problems.push(`${file}: ${what} is ${found ?? `not found by ${place}`}, not ${name}`);
}
for (const entry of published) {
  if (!manifest.files.includes(entry)) problems.push(`package.json: files lacks ${entry}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${wiring.length} names agree`);

function read(file) {
  try {
    return readFileSync(new URL(file, root), 'utf8');
  } catch {
    return undefined;
  }
}
