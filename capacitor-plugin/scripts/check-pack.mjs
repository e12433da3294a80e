// The published files are exactly those of scripts/pack-files.txt: a file that is git-ignored, or forgotten in `files`, shows here.
// In: `npm pack --dry-run`, after a build of the web part and of the native libraries. Out: the differences, and exit 1.
// With --write: the list is written anew. May touch: that list.
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
const found = files.map(({ path }) => path).sort();

if (process.argv.includes('--write')) {
  writeFileSync(list, found.map((path) => `${path}\n`).join(''));
} else {
  const expected = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  const missing = expected.filter((path) => !found.includes(path));
  const surplus = found.filter((path) => !expected.includes(path));
  for (const path of missing) console.error(`not published: ${path}`);
  for (const path of surplus) console.error(`published, but not in scripts/pack-files.txt: ${path}`);
  if (missing.length + surplus.length > 0) process.exit(1);
  console.log(`${found.length} files are published, as listed`);
}
