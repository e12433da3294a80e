// In: README.md and the comments in src/. Out: exit 1 if docgen would write another README. May touch: a copy, removed again.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = 'README.check.md';
const docgen = createRequire(import.meta.url).resolve('@capacitor/docgen/bin/docgen');

process.chdir(root);
copyFileSync('README.md', copy);
try {
  execFileSync(process.execPath, [docgen, '--api', 'CapacitorUpdaterPlugin', '--output-readme', copy, '--silent'], { stdio: 'inherit' });
  if (readFileSync(copy, 'utf8') !== readFileSync('README.md', 'utf8')) {
    console.error('README.md does not say what src/ says: run `npm run docgen` and commit it');
    process.exitCode = 1;
  }
} finally {
  rmSync(copy, { force: true });
}
