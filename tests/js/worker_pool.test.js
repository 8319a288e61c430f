'use strict';
// The pool of worker threads, with files that export a function and files that listen to parentPort.
const { test } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { WorkerPool } = require('galley');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-pool-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
function file(name, text) {
  const full = path.join(folder, name);
  fs.writeFileSync(full, text);
  return full;
}
const doubling = file('port.js', `
  const { parentPort } = require('worker_threads');
  parentPort.on('message', (n) => parentPort.postMessage(n * 2));`);
const obeying = file('function.js', `
  module.exports = (task) => {
    if (task === 'throw') throw new RangeError('as told');
    if (task === 'crash') process.exit(3);
    if (task === 'loop') for (;;);
    if (task === 'uncloneable') return () => {};
    if (task instanceof ArrayBuffer) return task.byteLength;
    return task;
  };`);

test('a file that listens to parentPort answers each task with one message', async () => {
  const pool = new WorkerPool(doubling, 2);
  assert.deepStrictEqual(await Promise.all([1, 2, 3, 4, 5].map((n) => pool.run(n))), [2, 4, 6, 8, 10]);
  await pool.close();
  await assert.rejects(pool.run(1), { code: 'ERR_WORKER_POOL_CLOSED' });
});

test('a file that exports a function answers with what it returns, and an error it throws rejects that task only', async () => {
  const pool = new WorkerPool(obeying, 2);
  const [fine, thrown, other] = await Promise.allSettled([pool.run({ a: [1] }), pool.run('throw'), pool.run(7)]);
  assert.deepStrictEqual(fine.value, { a: [1] });
  assert.strictEqual(thrown.reason.name, 'RangeError');
  assert.strictEqual(thrown.reason.message, 'as told');
  assert.strictEqual(other.value, 7);
  await assert.rejects(pool.run('uncloneable'), { name: 'DataCloneError' });
  await assert.rejects(pool.run(() => {}), { name: 'DataCloneError' });
  await pool.close();
});

test('a crash rejects its own task; the others are answered by the threads that are left or new', async () => {
  const pool = new WorkerPool(obeying, 2);
  await pool.run(0);
  const all = await Promise.allSettled([pool.run('crash'), ...Array.from({ length: 50 }, (_, i) => pool.run(i))]);
  assert.strictEqual(all[0].reason.code, 'ERR_WORKER_POOL_THREAD_EXITED');
  assert.deepStrictEqual(all.slice(1).map((result) => result.value), Array.from({ length: 50 }, (_, i) => i));
  await pool.close();
});

test('a task that is aborted or too late loses its thread, and the pool goes on', async () => {
  const pool = new WorkerPool(obeying, 1);
  await assert.rejects(pool.run('loop', { timeout: 50 }), { code: 'ERR_WORKER_POOL_TIMEOUT' });
  const controller = new AbortController();
  const looping = pool.run('loop', { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(looping, { name: 'AbortError' });
  assert.strictEqual(await pool.run('still there'), 'still there');
  await pool.destroy();
});

test('tasks before and after one that has to be stopped are answered all the same', async () => {
  const pool = new WorkerPool(obeying, 1);
  for (let i = 0; i < 50; i++) await pool.run(i); // so short that many go at a time
  const controller = new AbortController();
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  const before = numbers.map((n) => pool.run(n));
  const looping = pool.run('loop', { signal: controller.signal });
  const after = numbers.map((n) => pool.run(n));
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(looping, { name: 'AbortError' });
  assert.deepStrictEqual(await Promise.all([...before, ...after]), [...numbers, ...numbers]);
  await pool.close();
});

test('a thread that ends between tasks is to blame for none of them', async () => {
  const pool = new WorkerPool(file('later.js', `
    let count = 0;
    module.exports = (n) => {
      if (++count === 30) setImmediate(() => { throw new Error('later'); });
      return n;
    };`), 2);
  const numbers = Array.from({ length: 400 }, (_, i) => i);
  assert.deepStrictEqual(await Promise.all(numbers.map((n) => pool.run(n))), numbers);
  await pool.close();
});

test('a full queue refuses with a clear error and says when it has drained', async () => {
  const pool = new WorkerPool(doubling, { maxThreads: 1, maxQueue: 2 });
  const results = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => pool.run(n)).concat(new Promise((resolve) => pool.once('drain', () => resolve('drained')))));
  assert.ok(results.some((result) => result.reason?.code === 'ERR_WORKER_POOL_QUEUE_FULL'));
  assert.strictEqual(results.at(-1).value, 'drained');
  await pool.close();
});

test('map keeps the order of what it is given, transfer lists move buffers, statistics count', async () => {
  const pool = new WorkerPool(obeying, 2);
  assert.deepStrictEqual(await pool.map([3, 1, 2], { concurrency: 2 }), [3, 1, 2]);
  const buffer = new ArrayBuffer(5000);
  assert.strictEqual(await pool.run(buffer, { transferList: [buffer] }), 5000);
  assert.strictEqual(buffer.byteLength, 0);
  const { completed, runMs, threads } = pool.stats;
  assert.strictEqual(completed, 4);
  assert.ok(runMs.count === 4 && threads >= 1);
  await pool.close();
});

test('a file that fails rejects what waits with its error instead of trying for ever', async () => {
  const pool = new WorkerPool(file('broken.js', 'throw new TypeError("broken file")'), 1);
  await assert.rejects(pool.run(1), /broken file/);
  await pool.destroy();
});

test('an ES module exports its function as the default, or listens to parentPort, even after an await', async () => {
  const exporting = file('default.mjs', 'await 0; export default async function (n) { return n + 1; }');
  const listening = file('listening.mjs', `
    import { parentPort } from 'worker_threads';
    await 0;
    parentPort.on('message', (n) => parentPort.postMessage(n + 2));`);
  for (const [task, more] of [[exporting, 1], [listening, 2]]) {
    const pool = new WorkerPool(task, 2);
    assert.deepStrictEqual(await Promise.all([1, 2, 3].map((n) => pool.run(n))), [1, 2, 3].map((n) => n + more));
    await pool.close();
  }
  const broken = new WorkerPool(file('broken.mjs', 'await 0; throw new TypeError("broken module")'), 1);
  await assert.rejects(broken.run(1), /broken module/);
  await broken.destroy();
});
