'use strict';
// Memory that the processes of one application share by name.
const assert = require('assert');
const cluster = require('cluster');
const fs = require('fs');
const { once } = require('events');
const { Worker, isMainThread } = require('worker_threads');
const { sharedMemory } = require('galley');

const ADDED = 0, GATE = 1, ARRIVED = 2, DONE = 3;
const cells = new Int32Array(sharedMemory('counters', 64));
const times = 20000;

const left = () => fs.readdirSync('/dev/shm').filter((name) => name.startsWith(`galley-${process.getuid()}-${process.env.GALLEY_SHARED_SCOPE}-`));

if (!isMainThread) {
  for (let i = 0; i < times; i++) Atomics.add(cells, ADDED, 1);
} else if (cluster.isWorker) {
  Atomics.add(cells, ARRIVED, 1);
  Atomics.notify(cells, ARRIVED);
  if (process.env.ROLE === 'stuck') Atomics.wait(cells, DONE, 0);
  assert.notStrictEqual(Atomics.wait(cells, GATE, 0), 'timed-out');
  for (let i = 0; i < times; i++) Atomics.add(cells, ADDED, 1);
  process.exit();
} else {
  main();
}

async function arrived(count) {
  for (let now; (now = Atomics.load(cells, ARRIVED)) < count;) {
    const waiting = Atomics.waitAsync(cells, ARRIVED, now, 5000);
    if (waiting.async) assert.strictEqual(await waiting.value, 'ok');
  }
}

async function main() {
  assert.ok(cells.buffer instanceof SharedArrayBuffer);
  assert.strictEqual(sharedMemory('counters', 8), cells.buffer);
  assert.throws(() => sharedMemory('counters', -1), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => sharedMemory(5, 1), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.strictEqual(new Uint8Array(sharedMemory('another', 4))[0], 0);

  // Four processes wait at a gate, one of them is killed there, one thread adds as well.
  const workers = Array.from({ length: 4 }, () => cluster.fork());
  const stuck = cluster.fork({ ROLE: 'stuck' });
  await arrived(5);
  stuck.process.kill('SIGKILL');
  await once(stuck, 'exit');
  const exits = workers.map((worker) => once(worker, 'exit'));
  const thread = new Worker(__filename);
  Atomics.store(cells, GATE, 1);
  assert.ok(Atomics.notify(cells, GATE) <= 4);
  for (const [code] of await Promise.all(exits)) assert.strictEqual(code, 0);
  if (thread.threadId !== -1) await once(thread, 'exit');
  assert.strictEqual(cells[ADDED], times * 5);

  assert.strictEqual(Atomics.wait(cells, GATE, 1, 10), 'timed-out');
  assert.strictEqual(await Atomics.waitAsync(cells, GATE, 1, 10).value, 'timed-out');
  assert.strictEqual(Atomics.wait(cells, GATE, 0), 'not-equal');
  assert.strictEqual(left().length, 2);
  process.on('exit', () => assert.deepStrictEqual(left(), []));
}
