'use strict';
const assert = require('assert');
const fs = require('fs');
const { AsyncLocalStorage, AsyncResource, executionAsyncId } = require('async_hooks');

const storage = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let ended = 0;

// Each of two concurrent chains sees its own store after every kind of waiting.
for (const store of ['one', 'two']) {
  storage.run(store, async () => {
    const same = (where) => assert.strictEqual(storage.getStore(), store, where);
    await undefined;
    same('after await of nothing');
    await sleep(store === 'one' ? 5 : 3);
    same('after a timer');
    await fs.promises.stat('/');
    same('after a file operation');
    await Promise.all([sleep(1), (async () => { await sleep(2); same('in an inner function'); })()]);
    same('after Promise.all');
    await new Promise((resolve) => process.nextTick(resolve));
    same('after a tick');
    await sleep(1).then(() => same('in then')).finally(() => same('in finally'));
    for await (const n of (async function*() { yield await sleep(1); yield 2; })()) same(`in a generator ${n}`);
    setImmediate(() => {
      same('in an immediate');
      ended++;
    });
  });
}
assert.strictEqual(storage.getStore(), undefined);
const snapshot = storage.run('kept', () => AsyncLocalStorage.snapshot());
assert.strictEqual(snapshot(() => storage.getStore()), 'kept');
const resource = storage.run('resource', () => new AsyncResource('TEST'));
resource.runInAsyncScope(() => {
  assert.strictEqual(storage.getStore(), 'resource');
  assert.strictEqual(executionAsyncId(), resource.asyncId());
});
process.on('exit', () => assert.strictEqual(ended, 2));

// All ticks of one context run before promise jobs, as they do without contexts.
storage.run('ordered', () => {
  const order = [];
  setImmediate(() => {
    process.nextTick(() => {
      order.push('tick 1');
      Promise.resolve().then(() => order.push(`job of 1 in ${storage.getStore()}`));
    });
    process.nextTick(() => order.push('tick 2'));
    setImmediate(() => assert.deepStrictEqual(order, ['tick 1', 'tick 2', 'job of 1 in ordered']));
  });
});
