// Names that types cannot compare: what the packages export, and the keys of their configs.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const theirs = require.resolve('@capgo/capacitor-updater/package.json').replace('package.json', 'dist/esm/');
const ours = fileURLToPath(new URL('../dist/esm/', import.meta.url));

/** Settings of another command line, which no device reads. */
const exceptions = ['localApi', 'localApiFiles', 'localHost', 'localS3', 'localSupa', 'localSupaAnon', 'localWebHost'];

const program = ts.createProgram([`${theirs}index.d.ts`, `${ours}index.d.ts`], { skipLibCheck: true, strict: true, types: [] });
const exported = (folder) => {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(`${folder}index.d.ts`));
  return checker.getExportsOfModule(module).map((symbol) => symbol.name);
};

/** The members of `CapacitorUpdater` in the `PluginsConfig` that one of the folder's files declares. */
function keys(folder) {
  const found = [];
  const visit = (node) => {
    const named = ts.isPropertySignature(node) && node.name.getText() === 'CapacitorUpdater' && ts.isTypeLiteralNode(node.type);
    if (named) found.push(...node.type.members.map((member) => member.name.getText()));
    ts.forEachChild(node, visit);
  };
  program.getSourceFiles().filter((file) => file.fileName.startsWith(folder)).forEach(visit);
  return found;
}

const missing = (of, from) => of.filter((name) => !from.includes(name)).sort();

test('every name an app imports from @capgo/capacitor-updater is exported', () => {
  assert.ok(exported(theirs).length > 50);
  assert.deepEqual(missing(exported(theirs), exported(ours)), []);
});

test('every key of its config is known, but for the listed exceptions', () => {
  assert.ok(keys(theirs).length > 30);
  assert.deepEqual(missing(keys(theirs), keys(ours)), exceptions);
});
