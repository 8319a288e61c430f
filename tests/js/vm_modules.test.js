// vm.SourceTextModule and vm.SyntheticModule, which are there with --experimental-vm-modules.
const assert = require('assert');
const { test } = require('node:test');
const { spawnSync } = require('child_process');
const vm = require('vm');

if (!process.execArgv.includes('--experimental-vm-modules')) {
  test('modules of vm are there only if they are asked for', () => {
    assert.strictEqual(vm.SourceTextModule, undefined);
    const { status, stdout } = spawnSync(process.execPath, ['--experimental-vm-modules', __filename], { encoding: 'utf8' });
    assert.strictEqual(status, 0, stdout);
  });
  return;
}

const { SourceTextModule, SyntheticModule } = vm;
const codeOf = (code) => ({ code });

test('a module is linked to what the program gives for each request, and runs once', async () => {
  const asked = [];
  const root = new SourceTextModule('import { half } from "math"; import * as all from "math"; export default [half(4), all.half(1)]; globalThis.rooted = (globalThis.rooted ?? 0) + 1');
  assert.deepStrictEqual([root.status, root.identifier, [...root.dependencySpecifiers]], ['unlinked', 'vm:module(0)', ['math']]);
  await root.link((specifier, referrer, { attributes }) => {
    asked.push(specifier, referrer === root, { ...attributes });
    return new SourceTextModule('export const half = (x) => x / 2');
  });
  assert.deepStrictEqual(asked, ['math', true, {}]);
  assert.strictEqual(root.status, 'linked');
  assert.strictEqual(await root.evaluate(), undefined);
  await root.evaluate();
  assert.deepStrictEqual(root.namespace.default, [2, 0.5]);
  assert.deepStrictEqual([root.status, globalThis.rooted], ['evaluated', 1]);
});

test('a module of a context sees that context', async () => {
  const context = vm.createContext({ given: 20, result: undefined });
  const root = new SourceTextModule('import { more } from "more"; result = given + more; export const own = typeof process', { context });
  await root.link(() => {
    const synthetic = new SyntheticModule(['more'], () => synthetic.setExport('more', 2), { context });
    return synthetic;
  });
  await root.evaluate();
  assert.deepStrictEqual([context.result, root.namespace.own], [22, 'undefined']);
  await assert.rejects(new SourceTextModule('import "x"', { context }).link(() => new SourceTextModule('')), codeOf('ERR_VM_MODULE_DIFFERENT_CONTEXT'));
});

test('what a synthetic module exports may change', async () => {
  const synthetic = new SyntheticModule(['x'], () => synthetic.setExport('x', 1));
  const reader = new SourceTextModule('import { x } from "s"; export const read = () => x');
  await reader.link(() => synthetic);
  await reader.evaluate();
  assert.strictEqual(reader.namespace.read(), 1);
  synthetic.setExport('x', 2);
  assert.strictEqual(reader.namespace.read(), 2);
  assert.throws(() => synthetic.setExport('y', 1), ReferenceError);
});

test('import.meta and import() are the program\'s to fill', async () => {
  const root = new SourceTextModule('export const here = import.meta.here; export const later = () => import("later")', {
    initializeImportMeta(meta, module) { meta.here = module === root; },
    importModuleDynamically: async (specifier, module) => {
      const found = new SourceTextModule(`export default ${JSON.stringify(specifier)}`);
      await found.link(() => {});
      return module === root && found;
    },
  });
  await root.link(() => {});
  await root.evaluate();
  assert.strictEqual(root.namespace.here, true);
  assert.strictEqual((await root.namespace.later()).default, 'later');
  const script = new vm.Script('import("node:made")', { importModuleDynamically: (specifier, from) => from === script && import('fs') });
  assert.strictEqual(typeof (await script.runInThisContext()).readFileSync, 'function');
});

test('modules tell what went wrong', async () => {
  assert.throws(() => new SourceTextModule('export {'), SyntaxError);
  const missing = new SourceTextModule('import { a } from "x"');
  await assert.rejects(missing.link(() => new SourceTextModule('')), SyntaxError);
  assert.strictEqual(missing.status, 'errored');
  const failing = new SourceTextModule('await null; throw new Error("late")');
  assert.throws(() => failing.namespace, codeOf('ERR_VM_MODULE_STATUS'));
  await assert.rejects(failing.evaluate(), codeOf('ERR_VM_MODULE_STATUS'));
  await failing.link(() => {});
  await assert.rejects(failing.evaluate(), /late/);
  assert.match(failing.error.message, /late/);
  await assert.rejects(failing.link(() => {}), codeOf('ERR_VM_MODULE_STATUS'));
  assert.throws(() => new vm.Module(), /not a constructor/);
});

test('modules can be linked without waiting', () => {
  const root = new SourceTextModule('import { a } from "a"; export const b = a + 1');
  assert.throws(() => root.linkRequests([]), codeOf('ERR_MODULE_LINK_MISMATCH'));
  const dependency = new SourceTextModule('export const a = 1');
  dependency.linkRequests([]);
  root.linkRequests([dependency]);
  root.instantiate();
  root.evaluate();
  assert.deepStrictEqual([root.namespace.b, root.hasTopLevelAwait(), root.hasAsyncGraph()], [2, false, false]);
});
