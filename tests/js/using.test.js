// `using` and `await using`, which the runtime reads for an engine that cannot.
const assert = require('assert');
const { test } = require('node:test');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const log = [];
const disposable = (name) => ({ name, [Symbol.dispose]() { log.push(name); } });
const asyncDisposable = (name) => ({ async [Symbol.asyncDispose]() { await null; log.push(name); } });
function logged(work) {
  log.length = 0;
  const result = work();
  return [...log, result];
}

test('what a block uses is disposed of when it is left, the last first', () => {
  assert.deepStrictEqual(logged(() => {
    {
      using a = disposable('a'), b = disposable('b');
      log.push(`in ${a.name}${b.name}`);
    }
    return 'after';
  }), ['in ab', 'b', 'a', 'after']);
  assert.deepStrictEqual(logged(() => {
    'use strict';
    using a = disposable('a'); // a comment
    if (a) return 'returned';
    // the last
  }), ['a', 'returned']);
});

test('loops dispose each time round', () => {
  assert.deepStrictEqual(logged(() => { for (using x of ['a', 'b'].map(disposable)) log.push(`in ${x.name}`); }), ['in a', 'a', 'in b', 'b', undefined]);
  assert.deepStrictEqual(logged(() => { for (using x = disposable('a'), y = null; ;) { log.push(x.name + y); break; } }), ['anull', 'a', undefined]);
});

test('await using waits', async () => {
  log.length = 0;
  const arrow = async (x = 1) => {
    await using a = asyncDisposable('a');
    using b = disposable('b');
    log.push('in', x);
    return a && b.name;
  };
  assert.strictEqual(await arrow(), 'b');
  assert.deepStrictEqual(log, ['in', 1, 'b', 'a']);
  class Static { static { using s = disposable('static'); } }
  assert.deepStrictEqual([log.at(-1), Static.name], ['static', 'Static']);
});

test('an error of the block is not lost when disposing fails', () => {
  const failing = { [Symbol.dispose]() { throw new Error('second'); } };
  assert.throws(() => { using a = failing; }, /second/);
  assert.throws(() => { using a = failing; throw new Error('first'); }, (error) => error instanceof SuppressedError &&
    error.error.message === 'second' && error.suppressed.message === 'first');
  assert.throws(() => { using a = 5; }, TypeError);
  { using a = null, b = undefined; }
});

test('using is a name everywhere else, and lines stay', () => {
  const using = [1];
  using
  [0];
  const { stack } = (() => { using a = null; return new Error('here'); })();
  assert.match(stack, /using\.test\.js:66:/);
});

test('ES modules and -e may use too', () => {
  const file = path.join(os.tmpdir(), `galley-using-${process.pid}.mjs`);
  fs.writeFileSync(file, 'const log = (x) => console.log(x); using a = { [Symbol.dispose]() { log("a") } }; export const b = 1\nawait using c = { async [Symbol.asyncDispose]() { log("c") } }; log(b)');
  const run = (...args) => spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.strictEqual(run(file).stdout, '1\nc\na\n');
  fs.unlinkSync(file);
  assert.strictEqual(run('-e', 'using a = { [Symbol.dispose]() { console.log("a") } }; console.log(1)').stdout, '1\na\n');
});
