// ES modules: imports, exports, cycles, top-level await, and CommonJS on either side.
const assert = require('assert');
const { test } = require('node:test');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { pathToFileURL } = require('url');
const { types, inspect } = require('util');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-esm-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const files = {
  'counter.mjs': 'export let count = 0; export function up() { return ++count }\nexport default class { }; export { count as "a name" }',
  'reads.mjs': `import Thing, { count, up as raise, 'a name' as same } from './counter.mjs'
    import * as all from './counter.mjs'
    const before = count
    raise()
    export const seen = [before, count, same, all.count, Thing.name, { count }.count, ((count) => count)('shadow'), \`\${raise()}\`]
    export const own = (function () { return this })();
    export { all, count as again }; export * from './counter.mjs'; export * as again2 from './counter.mjs'`,
  'writes.mjs': 'import { count } from "./counter.mjs"; export function write() { count = 5 }',
  'one.mjs': 'import { two, tell } from "./two.mjs"; export function early() { return "hoisted" } export const one = 1; export const told = tell(); export { two }',
  'two.mjs': 'import { early, one } from "./one.mjs"; export const hoisted = early(); export const two = 2; export let error; try { one } catch (e) { error = e.name } export const tell = () => [early(), hoisted, error]',
  'slow.mjs': 'export const order = ["slow starts"]; await null; await new Promise((done) => setTimeout(done, 5)); order.push("slow ends")',
  'waits.mjs': 'import { order } from "./slow.mjs"; order.push("waits"); export { order }',
  'missing.mjs': 'import { a } from "./counter.mjs"',
  'ambiguous.mjs': 'export * from "./x.mjs"; export * from "./y.mjs"; export const own = 1',
  'x.mjs': 'export const z = 1, x = 1',
  'y.mjs': 'export const z = 2, y = 2',
  'takes.mjs': 'import { z } from "./ambiguous.mjs"',
  'broken.mjs': 'const a = 1\nlet b = ;\n',
  'throws.mjs': 'globalThis.tries = (globalThis.tries ?? 0) + 1; throw new Error("no")',
  'common.cjs': 'exports.a = 1; exports.__esModule = true; exports.default = 2; let n = 0; Object.defineProperty(exports, "lazy", { enumerable: true, get: () => ++n })',
  'from-common.mjs': 'import common, { a } from "./common.cjs"; import * as all from "./common.cjs"; export { common, a, all }',
  'data.json': '{ "is": "data" }',
  'json.mjs': 'import data from "./data.json" with { type: "json" }; export default data',
  'bare-json.mjs': 'import "./data.json"',
  'meta.mjs': 'export const meta = import.meta; export const resolved = import.meta.resolve("./no where.mjs?a#b")',
  'guess.js': 'import { sep } from "path"; export default sep',
  'typed/package.json': '{ "type": "module" }',
  'typed/index.js': 'export default typeof require',
  'node_modules/dual/package.json': '{ "name": "dual", "exports": { "import": "./i.mjs", "require": "./r.cjs" } }',
  'node_modules/dual/i.mjs': 'export default "imported"',
  'node_modules/dual/r.cjs': 'module.exports = "required"',
  'dual.mjs': 'import dual from "dual"; export default dual',
  'as-commonjs.mjs': 'export default 1; export { f as "module.exports" }; function f() { }',
  'prints.mjs': 'process.nextTick(() => console.log("tick")); Promise.resolve().then(() => console.log("job")); console.log(import.meta.main, this)',
  'stuck.mjs': 'await new Promise(() => { })',
  'dies.mjs': '\n\n  null.x',
  'folder/index.js': '',
};
for (const [name, text] of Object.entries(files)) {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
}
const load = (name) => import(path.join(root, name));
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

test('an imported binding shows what its module makes of it, wherever it is named', async () => {
  const { seen, own, again, up, again2, all } = await load('reads.mjs');
  assert.deepEqual(seen, [0, 1, 1, 1, 'default', 1, 'shadow', '2']);
  assert.equal(own, undefined);
  assert.equal(up(), 3);
  assert.equal((await load('reads.mjs')).again, 3);
  assert.equal(again, 2);
  assert.equal(all, again2);
});

test('a binding of another module cannot be assigned to', async () => {
  const { write } = await load('writes.mjs');
  assert.throws(write, TypeError);
});

test('modules that import each other see hoisted functions, and no constant before its time', async () => {
  const { told } = await load('one.mjs');
  assert.deepEqual(told, ['hoisted', 'hoisted', 'ReferenceError']);
});

test('who imports a module that awaits runs after it', async () => {
  assert.deepEqual((await load('waits.mjs')).order, ['slow starts', 'slow ends', 'waits']);
});

test('a namespace is sealed, sorted and shows its values', async () => {
  const namespace = await load('counter.mjs');
  assert.deepEqual(Object.keys(namespace), ['a name', 'count', 'default', 'up']);
  assert.equal(Object.getPrototypeOf(namespace), null);
  assert.equal(Object.isExtensible(namespace), false);
  assert.equal(String(namespace[Symbol.toStringTag]), 'Module');
  assert.ok(types.isModuleNamespaceObject(namespace));
  assert.match(inspect(namespace), /^\[Module: null prototype\] \{[^]*up: \[Function: up\]/);
  assert.equal(namespace, await load('counter.mjs'));
});

test('what a module does not export is a SyntaxError before anything runs', async () => {
  await assert.rejects(load('missing.mjs'), {
    name: 'SyntaxError', message: "The requested module './counter.mjs' does not provide an export named 'a'",
  });
  await assert.rejects(load('takes.mjs'), { name: 'SyntaxError', message: /conflicting star exports for name 'z'/ });
  assert.deepEqual(Object.keys(await load('ambiguous.mjs')), ['own', 'x', 'y']);
  await assert.rejects(load('broken.mjs'), (error) => error instanceof SyntaxError && error.line === 2);
});

test('a module that threw throws the same again without running again', async () => {
  const first = await load('throws.mjs').catch((error) => error);
  assert.equal(await load('throws.mjs').catch((error) => error), first);
  assert.equal(globalThis.tries, 1);
});

test('CommonJS shows its exports by name, and itself as default', async () => {
  const { common, a, all } = await load('from-common.mjs');
  assert.equal(a, 1);
  assert.equal(common, require(path.join(root, 'common.cjs')));
  assert.deepEqual(Object.keys(all), ['__esModule', 'a', 'default', 'lazy', 'module.exports']);
});

test('require gives the namespace of an ES module that need not be waited for', () => {
  assert.equal(require(path.join(root, 'guess.js')).default, path.sep);
  assert.equal(require(path.join(root, 'typed')).default, 'undefined');
  assert.equal(typeof require(path.join(root, 'as-commonjs.mjs')), 'function');
  assert.throws(() => require(path.join(root, 'stuck.mjs')), { code: 'ERR_REQUIRE_ASYNC_MODULE' });
});

test('JSON has to be asked for as such', async () => {
  assert.deepEqual((await load('json.mjs')).default, { is: 'data' });
  await assert.rejects(load('bare-json.mjs'), { code: 'ERR_IMPORT_ATTRIBUTE_MISSING' });
});

test('built-in modules have named exports, which follow the module when told', async () => {
  const { tmpdir, default: all } = await import('node:os');
  assert.equal(tmpdir, all.tmpdir);
  const { syncBuiltinESMExports } = require('module');
  const mine = () => 'mine';
  all.tmpdir = mine;
  syncBuiltinESMExports();
  assert.equal((await import('os')).tmpdir, mine);
  all.tmpdir = tmpdir;
  syncBuiltinESMExports();
});

test('names are complete: no extension is tried, no folder has an index', async () => {
  await assert.rejects(load('counter'), { code: 'ERR_MODULE_NOT_FOUND' });
  await assert.rejects(load('folder'), { code: 'ERR_UNSUPPORTED_DIR_IMPORT' });
  await assert.rejects(import('no-such-package'), { code: 'ERR_MODULE_NOT_FOUND' });
  await assert.rejects(import('https://example.org/x.mjs'), { code: 'ERR_UNSUPPORTED_ESM_URL_SCHEME' });
});

test('a package says what import and require get', async () => {
  assert.equal((await load('dual.mjs')).default, 'imported');
});

test('import.meta says where the module is', async () => {
  const { meta, resolved } = await load('meta.mjs');
  const url = pathToFileURL(path.join(root, 'meta.mjs')).href;
  assert.deepEqual({ ...meta, resolve: 0 }, {
    dirname: root, filename: path.join(root, 'meta.mjs'), main: false, resolve: 0, url,
  });
  assert.equal(resolved, new URL('./no where.mjs?a#b', url).href);
});

test('a data: URL and a query make modules of their own', async () => {
  assert.equal((await import('data:text/javascript,export default 1 + 1')).default, 2);
  const [a, b] = await Promise.all(['?1', '?2'].map((query) => import(pathToFileURL(path.join(root, 'counter.mjs')).href + query)));
  assert.notEqual(a, b);
});

test('a main module runs in strict mode without this, promise jobs before ticks', () => {
  assert.equal(run('prints.mjs').stdout, 'true undefined\njob\ntick\n');
});

test('the end of the process does not hide that the main module still waits', () => {
  const { status, stderr } = run('stuck.mjs');
  assert.equal(status, 13);
  assert.match(stderr, /unsettled top-level await/);
});

test('an error that nobody catches names the line of the module', () => {
  const { status, stderr } = run('dies.mjs');
  assert.equal(status, 1);
  assert.match(stderr, /^file:\/\/.*dies\.mjs:3\n {2}null\.x\n/);
});

test('a script given as text may import', () => {
  assert.equal(run('-e', 'import("./data.json", { with: { type: "json" } }).then((m) => console.log(m.default.is))').stdout, 'data\n');
  assert.equal(run('-e', 'import { up } from "./counter.mjs"; console.log(up())').stdout, '1\n');
  assert.equal(run('--input-type=module', '-e', 'console.log(await 2)').stdout, '2\n');
  assert.equal(run('--import', './x.mjs', 'prints.mjs').status, 0);
});

test('import() in a script of vm goes to the loader that the script was given', async () => {
  const vm = require('vm');
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const filename = path.join(root, 'script.js');
  const text = "import('./x.mjs').then(({ x }) => x)";
  assert.equal(await new vm.Script(text, { filename, importModuleDynamically }).runInThisContext(), 1);
  assert.equal(await vm.runInNewContext(text, {}, { filename, importModuleDynamically }), 1);
  assert.equal(await vm.compileFunction(`return ${text}`, [], { filename, importModuleDynamically })(), 1);
  await assert.rejects(vm.runInThisContext("import('fs')"), { code: 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING' });
});

test('hooks say where an import leads and what is there, the last registered first', async () => {
  const { registerHooks } = require('module');
  const first = registerHooks({
    resolve: (specifier, context, next) => specifier === 'virtual:x' ? { url: 'virtual:x', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => url === 'virtual:x' ?
      { format: 'module', source: 'import { x } from "virtual:y"; export default x', shortCircuit: true } : next(url, context),
  });
  const second = registerHooks({
    resolve: (specifier, context, next) => next(specifier === 'virtual:y' ? pathToFileURL(path.join(root, 'x.mjs')).href : specifier, context),
  });
  assert.equal((await import('virtual:x')).default, 1);
  second.deregister();
  first.deregister();
  await assert.rejects(import('virtual:z'), { code: 'ERR_UNSUPPORTED_ESM_URL_SCHEME' });
});
