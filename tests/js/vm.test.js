'use strict';
const assert = require('assert');
const vm = require('vm');

// The sandbox and the script's global show the same.
const sandbox = vm.createContext({ a: 1 });
assert.strictEqual(vm.runInContext('var x = a + 1; function f() { return ++x; } y = 3; f()', sandbox), 3);
assert.deepStrictEqual(Object.keys(sandbox).sort(), ['a', 'f', 'x', 'y']);
assert.strictEqual(sandbox.x, 3);
sandbox.x = 10;
assert.strictEqual(vm.runInContext('delete y; x + (typeof y)', sandbox), '10undefined');
assert.strictEqual('y' in sandbox, false);

// What symbols name is found through the global, an inherited name is written like any other, and prototypes change.
{
  const symbol = Symbol('shared');
  const window = vm.createContext(Object.create({ inherited: 1 }));
  window[symbol] = 5;
  const global = vm.runInContext('this', window);
  assert.strictEqual(global[symbol], 5);
  global.inherited = 2;
  assert.deepStrictEqual([window.inherited, vm.runInContext('inherited', window)], [2, 2]);
  const plain = vm.createContext(vm.constants.DONT_CONTEXTIFY);
  for (const one of [global, plain]) {
    Object.setPrototypeOf(one, { later: 7 });
    assert.strictEqual(vm.runInContext('later', one === plain ? plain : window), 7);
  }
}
assert.strictEqual(vm.runInNewContext('typeof process + typeof console.log', { console }), 'undefinedfunction');
assert.strictEqual(vm.isContext(sandbox), true);
assert.strictEqual(vm.isContext({}), false);

// Functions are compiled as functions, and nothing else gets in.
assert.strictEqual(vm.compileFunction('return a + b', ['a', 'b'])(1, 2), 3);
assert.throws(() => vm.compileFunction('}, function () {'), { name: 'SyntaxError' });
assert.throws(() => new vm.Script('var a = ;', 'bad.js'), { name: 'SyntaxError' });

// An endless script gets an error that its caller can catch; one that catches it itself is stopped with its caller.
const tooLate = { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' };
assert.throws(() => vm.runInNewContext('for (;;);', {}, { timeout: 20 }), tooLate);
assert.throws(() => vm.runInThisContext('try { for (;;); } finally { globalThis.wasThrownOut = true; }', { timeout: 5 }), tooLate);
assert.strictEqual(wasThrownOut, true);
assert.strictEqual(vm.runInNewContext('let n = 0; while (n < 1e5) n++; n', {}, { timeout: 5000 }), 1e5);
const stopped = Promise.withResolvers();
process.once('uncaughtException', (error) => stopped.resolve(error));
stopped.promise.then((error) => {
  assert.strictEqual(error.code, tooLate.code);
  console.log('stopped');
});
setTimeout(() => vm.runInNewContext('for (;;) try { for (;;); } catch {}', {}, { timeout: 20 }), 1);
