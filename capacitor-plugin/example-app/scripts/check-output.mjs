// Every script below a folder is one that Chrome 61 can parse: ECMAScript 2018 without what came later.
// In: the folder. Out: the first thing that it cannot, and exit 1. May touch: nothing.
import { parse } from 'acorn';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
const scripts = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
if (scripts.length === 0) throw new Error(`no scripts in ${folder}`);

for (const script of scripts) {
  try {
    parse(readFileSync(path.join(folder, script), 'utf8'), { ecmaVersion: 2018, sourceType: 'module' });
  } catch (error) {
    console.error(`${path.join(folder, script)}: ${error.message}`);
    process.exitCode = 1;
  }
}
