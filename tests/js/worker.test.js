'use strict';
// Worker threads: life, death, messages, shared memory.
const { test } = require('node:test');
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const { once } = require('events');
const {
  Worker, MessageChannel, BroadcastChannel, receiveMessageOnPort, isMainThread, threadId, setEnvironmentData, SHARE_ENV,
} = require('worker_threads');

const run = (source, options) => new Worker(source, { eval: true, ...options });

test('a worker gets workerData, argv and env, and its exit code arrives', async () => {
  assert.ok(isMainThread && threadId === 0);
  setEnvironmentData('colour', 'green');
  const worker = run(`
    const { parentPort, workerData, threadId, getEnvironmentData, isMainThread } = require('worker_threads');
    parentPort.postMessage([workerData, process.argv.slice(2), process.env.ONLY, getEnvironmentData('colour'), isMainThread, threadId > 0]);
    process.exitCode = 7;`, { workerData: { a: [1n] }, argv: ['x'], env: { ONLY: 'this' } });
  const [message] = await once(worker, 'message');
  assert.deepStrictEqual(message, [{ a: [1n] }, ['x'], 'this', 'green', false, true]);
  const [code] = await once(worker, 'exit');
  assert.strictEqual(code, 7);
  assert.strictEqual(worker.threadId, -1);
});

test("a worker's process.title starts as the process's, and setting it changes no other's", async () => {
  const before = process.title;
  process.title = 'galley-title-test';
  try {
    const worker = run(`
      const first = process.title;
      process.title = 'of the thread';
      require('worker_threads').parentPort.postMessage([first, process.title]);`);
    const [titles] = await once(worker, 'message');
    assert.deepStrictEqual(titles, ['galley-title-test', 'of the thread']);
    assert.strictEqual(process.title, 'galley-title-test');
  } finally {
    process.title = before;
  }
});

test('process.exit in a worker ends the thread at once and nothing else', async () => {
  const worker = run("require('worker_threads').parentPort.postMessage('before'); process.exit(5); require('worker_threads').parentPort.postMessage('after')");
  const messages = [];
  worker.on('message', (message) => messages.push(message));
  const [code] = await once(worker, 'exit');
  assert.strictEqual(code, 5);
  assert.deepStrictEqual(messages, ['before']);
});

test('an error that nobody catches reaches the parent with its class, and the thread exits with 1', async () => {
  const worker = run("throw new RangeError('deep')");
  const [error] = await once(worker, 'error');
  assert.ok(error instanceof RangeError && error.message === 'deep');
  const [code] = await once(worker, 'exit');
  assert.strictEqual(code, 1);
});

const endless = {
  loop: 'for (;;);',
  'loop that catches': 'for (;;) try { for (;;); } catch {} finally { for (;;); }',
  'promise jobs': '(function again() { Promise.resolve().then(again); })();',
  'async function': '(async () => { for (;;) await 0; })();',
  ticks: '(function again() { process.nextTick(again); })();',
  microtasks: '(function again() { queueMicrotask(again); })();',
  immediates: '(function again() { setImmediate(again); })();',
  waiting: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  idling: 'setInterval(() => {}, 1000);',
};

for (const [what, source] of Object.entries(endless)) {
  test(`terminate ends a worker that is busy with: ${what}`, async () => {
    const worker = run(`require('worker_threads').parentPort.postMessage('up'); ${source}`);
    await once(worker, 'message');
    const started = performance.now();
    assert.strictEqual(await worker.terminate(), 1);
    assert.ok(performance.now() - started < 1000);
  });
}

test('sixty threads are stopped in the middle of a loop, soon, and nothing of them stays', async () => {
  const open = () => fs.readdirSync('/proc/self/fd').length + fs.readdirSync('/proc/self/task').length;
  const memory = () => +/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] / 1024;
  const times = [];
  let opened, used;
  for (let i = 0; i < 60; i++) {
    const worker = run("require('worker_threads').parentPort.postMessage('up'); for (;;);");
    await once(worker, 'message');
    const started = performance.now();
    await worker.terminate();
    times.push(performance.now() - started);
    if (i === 29) [opened, used] = [open(), memory()];
  }
  times.sort((a, b) => a - b);
  assert.ok(times[30] <= 50, `half of them took longer than ${times[30]} ms`);
  assert.ok(open() <= opened + 2, `${open()} descriptors and threads, were ${opened}`);
  assert.ok(memory() <= used + 30, `${memory()} MB, were ${used}`);
});

test('threads share memory and wait for each other on it', async () => {
  const shared = new SharedArrayBuffer(16);
  const numbers = new Int32Array(shared);
  const source = `
    const { workerData } = require('worker_threads');
    const numbers = new Int32Array(workerData);
    for (let i = 0; i < 10000; i++) Atomics.add(numbers, 0, 1);
    Atomics.wait(numbers, 1, 0);
    Atomics.add(numbers, 2, 1);
    Atomics.notify(numbers, 2);`;
  const workers = [run(source, { workerData: shared }), run(source, { workerData: shared })];
  await new Promise((resolve) => setTimeout(resolve, 50));
  Atomics.store(numbers, 1, 1);
  Atomics.notify(numbers, 1);
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  assert.strictEqual(numbers[0], 20000);
  assert.strictEqual(numbers[2], 2);
  assert.strictEqual(Atomics.wait(numbers, 0, 1), 'not-equal');
  assert.strictEqual(Atomics.wait(numbers, 3, 0, 5), 'timed-out');
  const waiting = Atomics.waitAsync(numbers, 3, 0);
  assert.strictEqual(waiting.async, true);
  assert.strictEqual(Atomics.notify(numbers, 3), 1);
  assert.strictEqual(await waiting.value, 'ok');
});

test('ports move between threads with what waits in them', async () => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage('early');
  const worker = run("require('worker_threads').workerData.on('message', function (m) { this.postMessage(m + '!') })", { workerData: port2, transferList: [port2] });
  assert.strictEqual((await once(port1, 'message'))[0], 'early!');
  port1.close();
  await once(worker, 'exit');
});

test('receiveMessageOnPort takes a message without an event', () => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ hello: 'world' });
  assert.deepStrictEqual(receiveMessageOnPort(port2), { message: { hello: 'world' } });
  assert.strictEqual(receiveMessageOnPort(port2), undefined);
  port1.close();
});

test('what is said on a BroadcastChannel reaches every thread but the speaker', async () => {
  const channel = new BroadcastChannel('news');
  const worker = run("const c = new BroadcastChannel('news'); c.onmessage = (e) => { c.postMessage(e.data + 1); c.close(); }; require('worker_threads').parentPort.postMessage('up')");
  await once(worker, 'message');
  const answer = new Promise((resolve) => { channel.onmessage = (event) => resolve(event.data); });
  channel.postMessage(1);
  assert.strictEqual(await answer, 2);
  channel.close();
  await once(worker, 'exit');
});

test('workers start workers, and many at once', async () => {
  const nested = run(`
    const { Worker, parentPort } = require('worker_threads');
    new Worker("require('worker_threads').parentPort.postMessage('from below')", { eval: true }).on('message', (m) => parentPort.postMessage(m));`);
  assert.strictEqual((await once(nested, 'message'))[0], 'from below');
  const many = Array.from({ length: 20 }, (_, i) => run("require('worker_threads').parentPort.postMessage(require('worker_threads').workerData)", { workerData: i }));
  const answers = await Promise.all(many.map(async (worker) => (await once(worker, 'message'))[0]));
  assert.deepStrictEqual(answers.sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
});

test("a worker's environment is its own unless it is shared, and its output can be read", async () => {
  const own = run("process.env.GALLEY_TEST = 'changed'; console.log('to the parent')", { stdout: true });
  const chunks = [];
  own.stdout.on('data', (chunk) => chunks.push(chunk));
  await once(own, 'exit');
  assert.strictEqual(process.env.GALLEY_TEST, undefined);
  assert.strictEqual(Buffer.concat(chunks).toString(), 'to the parent\n');
  await once(run("process.env.GALLEY_TEST = 'changed'", { env: SHARE_ENV }), 'exit');
  assert.strictEqual(process.env.GALLEY_TEST, 'changed');
});

test('a thread for which no descriptors are left is an error event, not the end of the process', () => {
  const program = `
    const { Worker } = require('worker_threads');
    const seen = { online: 0, refused: 0 };
    for (let i = 0; i < 8; i++) {
      const worker = new Worker('setTimeout(() => {}, 100)', { eval: true });
      worker.on('online', () => seen.online++);
      worker.on('error', (error) => { if (error.code === 'ERR_WORKER_INIT_FAILED' && /EMFILE/.test(error.message)) seen.refused++; });
    }
    process.on('exit', () => console.log(JSON.stringify(seen)));`;
  const { stdout, status } = spawnSync('sh', ['-c', 'ulimit -n 40; exec "$0" -e "$1"', process.execPath, program]);
  assert.strictEqual(status, 0);
  const { online, refused } = JSON.parse(stdout);
  assert.ok(online > 0 && refused > 0 && online + refused === 8, String(stdout));
});

test('streams move to a thread, are read and written there, and end there', async () => {
  const worker = run(`
    require('worker_threads').parentPort.once('message', async ({ source, sink }) => {
      const writer = sink.getWriter();
      for await (const text of source) await writer.write(text.toUpperCase());
      await writer.close();
    });`);
  const source = new ReadableStream({
    start(controller) {
      controller.enqueue('one');
      controller.enqueue('two');
      controller.close();
    },
  });
  const written = [];
  const done = Promise.withResolvers();
  const sink = new WritableStream({ write(text) { written.push(text); }, close: done.resolve });
  worker.postMessage({ source, sink }, [source, sink]);
  assert.ok(source.locked && sink.locked);
  assert.throws(() => worker.postMessage(source, [source]), { name: 'DataCloneError' });
  await done.promise;
  assert.deepStrictEqual(written, ['ONE', 'TWO']);
  await worker.terminate();
});

test('an open file moves to a thread and is closed to who sent it', async () => {
  const file = await fs.promises.open(__filename);
  const worker = run(`
    require('worker_threads').parentPort.once('message', async (file) => {
      const text = await file.readFile('utf8');
      await file.close();
      require('worker_threads').parentPort.postMessage(text.length);
    });`);
  worker.postMessage(file, [file]);
  assert.strictEqual(file.fd, -1);
  const [length] = await once(worker, 'message');
  assert.strictEqual(length, fs.readFileSync(__filename, 'utf8').length);
  await assert.rejects(file.stat(), { code: 'EBADF' });
});

test('descriptors that a thread leaves open are closed when it ends', async () => {
  const worker = run("require('worker_threads').parentPort.postMessage(require('fs').openSync('/proc/self/status'))");
  const [[fd]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  assert.throws(() => fs.fstatSync(fd), { code: 'EBADF' });
});

test('a message to a thread that is starting waits for it; one to none fails', async () => {
  const { postMessageToThread } = require('worker_threads');
  const worker = run(`
    const { parentPort } = require('worker_threads');
    process.on('workerMessage', (message, from) => parentPort.postMessage([message, from]));
    parentPort.on('message', () => {});`);
  const told = postMessageToThread(worker.threadId, { hello: 1 });
  assert.deepStrictEqual((await once(worker, 'message'))[0], [{ hello: 1 }, 0]);
  await told;
  await worker.terminate();
  await assert.rejects(postMessageToThread(123456, 1), { code: 'ERR_WORKER_MESSAGING_FAILED' });
});
