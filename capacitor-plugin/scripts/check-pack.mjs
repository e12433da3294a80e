// The published files are exactly those of scripts/pack-files.txt: a file that is git-ignored, or forgotten in `files`, shows here.
// In: `npm pack --dry-run`, after a build of the web part. Out: the differences, and exit 1. May touch: the list, with --write.
// The native libraries are looked for with --release only, where they are built.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const list = new URL('pack-files.txt', import.meta.url);
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
);
const built = process.argv.includes('--release') ? /^$/ : /^(android\/src\/main\/jniLibs|ios\/Frameworks)\//;
const found = files.map(({ path }) => path).sort();

if (process.argv.includes('--write')) {
  writeFileSync(list, found.map((path) => `${path}\n`).join(''));
} else {
  const expected = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  const missing = expected.filter((path) => !found.includes(path) && !built.test(path));
  const surplus = found.filter((path) => !expected.includes(path) && !built.test(path));
  for (const path of missing) console.error(`not published: ${path}`);
  for (const path of surplus) console.error(`published, but not in scripts/pack-files.txt: ${path}`);
  if (missing.length + surplus.length > 0) process.exit(1);
  console.log(`${found.length} files are published, as listed`);
}
