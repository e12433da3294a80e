// Do the declarations in Capacitor.swift occur in Capacitor's own sources?
// In: a folder whose node_modules hold @capacitor/ios as ios6, ios7, ios8. Out: each that is missing, and exit 1. May touch: nothing.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const majors = ['ios6', 'ios7', 'ios8'];
const lines = readFileSync(new URL('Capacitor.swift', import.meta.url), 'utf8').split('\n');
const problems = [];
let compared = 0;

for (const major of majors) {
  const sources = new Map();
  const root = join(process.argv[2], 'node_modules', major, 'Capacitor', 'Capacitor');
  for (const name of readdirSync(root, { recursive: true })) {
    if (/\.(swift|h)$/.test(name)) sources.set(name.split(/[\\/]/).pop(), plain(readFileSync(join(root, name), 'utf8')));
  }
  for (const [index, line] of lines.entries()) {
    const [, declared, file, , text] = line.match(/^\s*(.*?)\s*\/\/= (\S+)( \| (.*))?$/) ?? [];
    if (!file) continue;
    compared += 1;
    const wanted = plain(text ?? declared.replace(/ \{$/, ''));
    if (!sources.get(file)?.includes(wanted)) problems.push(`${major}, ${file}, for line ${index + 1}: no \`${wanted}\``);
  }
}
for (const [index, line] of lines.entries()) {
  const declares = /^\s*(public |open )?(weak )?(final )?(var|let|func|init|class|struct|protocol|typealias|subscript)\b/.test(line);
  const says = line.includes('//=') || lines[index - 1]?.trim().startsWith('//=');
  // What Foundation has on Apple, and not elsewhere.
  if (declares && !says && !/Selector/.test(line)) problems.push(`line ${index + 1} does not name its source: ${line.trim()}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${compared} declarations of Capacitor agree`);

function plain(text) {
  return text.replace(/\s+/g, ' ').trim();
}
