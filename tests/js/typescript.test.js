// TypeScript whose types can be taken away, as a program, by require() and by import.
const assert = require('assert');
const { test } = require('node:test');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { stripTypeScriptTypes } = require('module');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-ts-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const files = {
  'program.ts': 'import { half, type Half } from "./half.mts"; import one from "./one.cts"\nconst sum: Half = half(3) + (one as { one: number }).one; console.log(sum, typeof require)',
  'half.mts': 'export type Half = number; export function half(x: number): Half { return x / 2 }',
  'one.cts': 'interface One { one: number }\nmodule.exports = { one: 1 } satisfies One',
  'plain.ts': 'const name: string = "plain"; console.log(name, typeof require, __filename.endsWith("plain.ts"))',
  'throws.ts': 'type A = {\n  b: string }\nfunction fail(a?: A): never { throw new Error("wrong") }\nfail()',
  'enum.ts': 'let a\nenum B { c }',
  'wrong.ts': 'let a: = 1',
  'requires.js': 'console.log(require("./one.cts").one, require("./half.mts").half(8)); try { require("./one") } catch (e) { console.log(e.code) }',
  'node_modules/pkg/index.ts': 'export {}',
  'node_modules/pkg/package.json': '{ "main": "index.ts" }',
  'package.ts': 'import "pkg"',
  'worker.ts': 'import { parentPort } from "worker_threads"; parentPort!.postMessage("hello" as string)',
  'starts.mts': 'import { Worker } from "worker_threads"; new Worker(new URL("./worker.ts", import.meta.url)).on("message", (x: unknown) => console.log(x))',
};
for (const [name, text] of Object.entries(files)) {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
}
function run(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { out: stdout.trim(), err: stderr, status };
}

test('a .ts file that imports is an ES module, and may import .mts and .cts files', () => {
  assert.strictEqual(run('program.ts').out, '2.5 undefined');
});

test('a .ts file that does not import is CommonJS', () => {
  assert.strictEqual(run('plain.ts').out, 'plain function true');
});

test('require() takes files of TypeScript by their whole name only', () => {
  assert.strictEqual(run('requires.js').out, '1 4\nMODULE_NOT_FOUND');
});

test('an error has the line and column of the file', () => {
  assert.match(run('throws.ts').err, /throws\.ts:3\nfunction fail\(a\?: A\): never \{.*\n[^]*at fail \(.*throws\.ts:3:4\d\)\n/);
});

test('what needs code to be made is refused with its line', () => {
  const { err, status } = run('enum.ts');
  assert.match(err, /enum\.ts:2\nenum B[^]*SyntaxError \[ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX\]: TypeScript enum is not supported in strip-only mode/);
  assert.strictEqual(status, 1);
  assert.match(run('wrong.ts').err, /ERR_INVALID_TYPESCRIPT_SYNTAX/);
});

test('packages are not stripped', () => {
  assert.match(run('package.ts').err, /ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/);
});

test('-e, -p and --check read TypeScript', () => {
  assert.strictEqual(run('-p', 'const a: number = 1; a + 1').out, '2');
  assert.strictEqual(run('--input-type=module-typescript', '-e', 'import fs from "fs"; console.log(typeof (fs as any).read)').out, 'function');
  assert.strictEqual(run('--input-type=commonjs-typescript', '-e', 'console.log(typeof (module as any))').out, 'object');
  assert.strictEqual(run('--check', 'plain.ts').status, 0);
  assert.strictEqual(run('--check', 'enum.ts').status, 1);
});

test('--no-strip-types leaves types to the engine, which knows none', () => {
  assert.match(run('--no-strip-types', 'plain.ts').err, /SyntaxError/);
});

test('a worker may be a .ts file', () => {
  assert.strictEqual(run('starts.mts').out, 'hello');
});

test('stripTypeScriptTypes() gives JavaScript of the same length', () => {
  assert.strictEqual(stripTypeScriptTypes('let x: number = 1'), 'let x         = 1');
  assert.strictEqual(stripTypeScriptTypes('let x', { sourceUrl: 'a.ts' }), 'let x\n\n//# sourceURL=a.ts');
  assert.throws(() => stripTypeScriptTypes('enum A {}'), { name: 'SyntaxError', code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' });
  assert.throws(() => stripTypeScriptTypes('let x: '), { name: 'SyntaxError', code: 'ERR_INVALID_TYPESCRIPT_SYNTAX' });
  assert.throws(() => stripTypeScriptTypes('', { mode: 'transform' }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.strictEqual(process.features.typescript, 'strip');
});
