// Modules are found where Node finds them: folders, packages, exports, imports, links, cycles.
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { createRequire, builtinModules, isBuiltin } = require('module');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-require-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const files = {
  'main.js': '',
  'plain.js': 'module.exports = "plain"',
  'data.json': '\ufeff{"is": "data"}',
  'bom.js': '\ufeff#!/usr/bin/env galley\nmodule.exports = [__filename, __dirname, typeof require, this === exports]',
  'folder/index.js': 'module.exports = "index"',
  'folder.js': 'module.exports = "file before folder"',
  'only/index.json': '"json index"',
  'node_modules/classic/package.json': '{"main": "./lib"}',
  'node_modules/classic/lib/index.js': 'module.exports = "classic"',
  'node_modules/modern/package.json': JSON.stringify({
    name: 'modern',
    exports: {
      '.': { import: './no.mjs', require: './yes.cjs' },
      './sub/*': './files/*.js',
      './sub/private/*': null,
      './deep': { browser: './no.js', node: { default: './files/deep.js' } },
    },
    imports: { '#inner': './files/inner.js', '#fs': 'fs' },
  }),
  'node_modules/modern/yes.cjs': 'module.exports = ["modern", require("#inner"), require("modern/sub/a"), require("#fs") === require("fs")]',
  'node_modules/modern/files/inner.js': 'module.exports = "inner"',
  'node_modules/modern/files/a.js': 'module.exports = "a"',
  'node_modules/modern/files/deep.js': 'module.exports = "deep"',
  'node_modules/modern/files/private/x.js': '',
  'node_modules/@scope/pkg/index.js': 'module.exports = "scoped"',
  'nested/node_modules/classic/index.js': 'module.exports = "nearer"',
  'nested/file.js': 'module.exports = require("classic")',
  'a.js': 'exports.early = 1; exports.b = require("./b"); exports.late = 2',
  'b.js': 'module.exports = { ...require("./a") }',
  'throws.js': 'globalThis.tries = (globalThis.tries || 0) + 1; throw new Error("no")',
  'module.mjs': 'export default 1',
  'broken.json': '{"a":',
};
for (const name in files) {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), files[name]);
}
fs.symlinkSync('nested', path.join(root, 'link'));
const need = createRequire(path.join(root, 'main.js'));

assert.strictEqual(need('./plain'), 'plain');
assert.strictEqual(need('./plain.js'), 'plain');
assert.deepStrictEqual(need('./data'), { is: 'data' });
assert.deepStrictEqual(need('./bom'), [path.join(root, 'bom.js'), root, 'function', true]);
assert.strictEqual(need('./folder'), 'file before folder');
assert.strictEqual(need('./folder/'), 'index');
assert.strictEqual(need('./only'), 'json index');
assert.strictEqual(need('classic'), 'classic');
assert.deepStrictEqual(need('modern'), ['modern', 'inner', 'a', true]);
assert.strictEqual(need('modern/deep'), 'deep');
assert.strictEqual(need('@scope/pkg'), 'scoped');
assert.strictEqual(need('./nested/file'), 'nearer');
assert.strictEqual(need.resolve('./link/file'), path.join(root, 'nested/file.js'));
assert.deepStrictEqual(need('./a'), { early: 1, b: { early: 1 }, late: 2 });
assert.strictEqual(need('node:fs'), require('fs'));
assert.ok(isBuiltin('fs/promises') && isBuiltin('node:test') && !isBuiltin('test') && builtinModules.includes('net'));

assert.throws(() => need('modern/package.json'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
assert.throws(() => need('modern/sub/private/x'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
assert.throws(() => need('./missing'), (error) => error.code === 'MODULE_NOT_FOUND' &&
  error.message.includes(`Cannot find module './missing'\nRequire stack:\n- ${root}/main.js`) && error.requireStack.length === 1);
assert.throws(() => need('node:nothing'), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' });
assert.equal(need('./module.mjs').default, 1);
assert.throws(() => need('./broken.json'), (error) => error instanceof SyntaxError && error.message.startsWith(root));
assert.throws(() => need(''), { code: 'ERR_INVALID_ARG_VALUE' });
for (let i = 0; i < 2; i++) assert.throws(() => need('./throws'), /no/);
assert.strictEqual(globalThis.tries, 2, 'a module that failed is tried again');
delete need.cache[path.join(root, 'plain.js')];
fs.writeFileSync(path.join(root, 'plain.js'), 'module.exports = "changed"');
assert.strictEqual(need('./plain'), 'changed');
