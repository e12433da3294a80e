// Real apps as their makers published them: the files of npm packages at exact versions. Nothing in them is run but in the
// browser.
// In: a name and a version below. Out: a folder with index.html. May touch: `target/browser/corpus`; npm's registry.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdtemp, mkdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { packages } from './world.mjs';

const run = promisify(execFile);

/** Package, its folder with index.html, and the digest of each version's archive. */
const APPS = {
  actual: { name: '@actual-app/web', folder: 'build', versions: {
    '26.8.1': 'sha512-lUKVcSI1F+eNDsMYH08EllkhEXZPwSWmtg6aFS93ZGSZiwCRi8D7tF+QrFgiwDbSNQUud/G3bmEqWqbr1lQZ+w==',
    '26.9.0': 'sha512-kW7hBCGDkBevCcDRPkD8HttQ971cdhf5YMM77geXBGL+Xg9RTJ7EtsKWhEnIMbWrLh9usgzDAsEXg5HFT/do/w==',
  } },
  directus: { name: '@directus/app', folder: 'dist', versions: {
    '17.1.0': 'sha512-lnL155uL44B+b1EhJkXpO9BjeeiyLTpXtAShz1MnIpLNJ8NgRR4fAhBBzx/UDWpX0Twi2LGqNhxzxxMo5mPDUw==',
    '17.1.1': 'sha512-44YjiKQUcB78LaV/qFGS3k7g4vEg+Pv2O3wj7/gsHS4w4cLxL7mK6okaHTmk9PztpsUzJpxZLvouzbMrOPz2Rw==',
  } },
};

/** The folder of a release; fetched if it is not there. */
export async function corpus(app, version) {
  const { name, folder, versions } = APPS[app];
  const target = path.join(packages, 'corpus', app, version);
  if (await access(path.join(target, 'index.html')).then(() => true, () => false)) return target;
  const work = await mkdtemp(path.join(os.tmpdir(), 'aloft-corpus-'));
  try {
    await run('npm', ['pack', '--silent', `${name}@${version}`, '--pack-destination', work], { cwd: packages });
    const archive = path.join(work, `${name.slice(1).replace('/', '-')}-${version}.tgz`);
    const digest = createHash('sha512').update(await readFile(archive)).digest('base64');
    if (`sha512-${digest}` !== versions[version]) throw new Error(`${archive} is not what it was: sha512-${digest}`);
    await run('tar', ['xzf', archive, '-C', work]);
    const built = path.join(work, 'package', folder);
    await rm(target, { recursive: true, force: true });
    await mkdir(path.dirname(target), { recursive: true });
    const useful = (file) => !file.endsWith('.map') && !path.basename(file).startsWith('.');
    await cp(built, target, { recursive: true, filter: useful });
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
