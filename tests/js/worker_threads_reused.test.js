'use strict';
// Workers that run one after the other may share a thread and its engine: nothing of one may be seen by the next.
const { test } = require('node:test');
const assert = require('assert');
const { once } = require('events');
const { Worker, threadId } = require('worker_threads');

const run = (source, options) => new Worker(source, { eval: true, ...options });

async function resultOf(source, options) {
  const worker = run(source, options);
  const [[message], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return [message, code];
}

test('workers that follow each other see nothing of each other', async () => {
  const ids = new Set([threadId]);
  for (let i = 0; i < 12; i++) {
    const [[id, seen, number], code] = await resultOf(`
      const { parentPort, threadId, workerData } = require('worker_threads');
      const seen = [globalThis.left, process.env.LEFT, Array.prototype.left, Object.keys(require.cache).length, process.exitCode,
        process.listenerCount('exit'), Error.stackTraceLimit, process.argv[2]];
      globalThis.left = Array.prototype.left = process.env.LEFT = 'left behind';
      Error.stackTraceLimit = 3;
      process.on('exit', () => {});
      process.exitCode = workerData;
      setTimeout(() => {}, 1e6).unref();
      parentPort.postMessage([threadId, seen, workerData]);`, { workerData: i, argv: [`argument ${i}`] });
    assert.deepStrictEqual(seen, [undefined, undefined, undefined, 0, undefined, 0, 10, `argument ${i}`]);
    assert.deepStrictEqual([number, code], [i, i]);
    assert.ok(!ids.has(id));
    ids.add(id);
  }
});

test('a worker gets the environment and the processor time of its own start, and counts from the start of the process', async () => {
  const source = `
    require('worker_threads').parentPort.postMessage([process.env.GALLEY_NOW, performance.timeOrigin, performance.now(),
      process.threadCpuUsage().user]);`;
  await resultOf(source);
  await resultOf(source);
  await new Promise((resolve) => setTimeout(resolve, 50)); // a thread waits with a realm that is ready
  process.env.GALLEY_NOW = 'changed meanwhile';
  const before = Date.now();
  const [[value, origin, now, used]] = await resultOf(source);
  delete process.env.GALLEY_NOW;
  assert.strictEqual(value, 'changed meanwhile');
  assert.strictEqual(origin, performance.timeOrigin);
  assert.ok(used < (Date.now() - before + 10) * 1000, `${used} us`);
  assert.ok(now > before - origin - 5 && now < performance.now(), `${now}`);
});

test('what a worker asked the collector to tell is not told in the next one', async () => {
  const source = `
    const { parentPort } = require('worker_threads');
    const registry = new FinalizationRegistry(() => parentPort.postMessage('collected'));
    for (let i = 0; i < 1000; i++) registry.register({}, i);
    globalThis.registry = registry;
    parentPort.postMessage('registered');`;
  for (let i = 0; i < 4; i++) {
    const worker = run(source);
    const messages = [];
    worker.on('message', (message) => messages.push(message));
    await once(worker, 'exit');
    assert.strictEqual(messages[0], 'registered');
  }
});

test('workers that call process.exit, throw or are terminated leave the thread fit for the next', async () => {
  const ends = ['process.exit(3)', "throw new Error('on purpose')", 'for (;;);', 'Promise.resolve().then(function again() { Promise.resolve().then(again); })'];
  for (const end of [...ends, ...ends]) {
    const worker = run(`require('worker_threads').parentPort.postMessage('up'); ${end}`);
    worker.on('error', () => {}); // which may come before the message
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    const [message, code] = await resultOf("Promise.resolve().then(() => require('worker_threads').parentPort.postMessage('fine'))");
    assert.deepStrictEqual([message, code], ['fine', 0]);
  }
});

test('starting and ending workers again and again leaves memory where it was', async () => {
  const some = async (count) => {
    for (let i = 0; i < count; i++) {
      const worker = run("const { parentPort } = require('worker_threads'); globalThis.kept = new Array(20000).fill('x'); parentPort.postMessage('up'); parentPort.on('message', () => {});");
      await once(worker, 'message');
      await worker.terminate();
    }
    return process.memoryUsage.rss();
  };
  const before = await some(40);
  const after = await some(60);
  assert.ok(after - before < 40e6, `grew from ${before} to ${after}`);
});

test('a file that a worker requires is read anew by the next', async () => {
  const fs = require('fs'), path = require('path');
  const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'galley-worker-'));
  const file = path.join(folder, 'task.js');
  try {
    for (const text of ['one', 'two', 'two']) {
      fs.writeFileSync(file, `require('worker_threads').parentPort.postMessage('${text}')`);
      const worker = new Worker(file);
      assert.strictEqual((await once(worker, 'message'))[0], text);
      await once(worker, 'exit');
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
