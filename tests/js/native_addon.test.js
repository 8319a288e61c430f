'use strict';
// Native addons: tests/addons/kitchen.c is compiled as an addon's author would, and loaded.
const { after, test } = require('node:test');
const assert = require('assert');
const { execFileSync, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.join(__dirname, '../..');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-addon-'));
after(() => fs.rmSync(home, { recursive: true, force: true }));

function compile(name, source, ...flags) {
  const file = path.join(home, `${name}.node`);
  execFileSync('cc', ['-shared', '-fPIC', '-O1', `-I${root}/node_modules/node-api-headers/include`, ...flags, '-o', file, source]);
  return file;
}

function run(source, ...flags) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', source, file]);
  assert.strictEqual(`${stderr}`, '');
  assert.strictEqual(status, 0);
  return `${stdout}`;
}

const file = compile('kitchen', path.join(root, 'tests/addons/kitchen.c'));
const kitchen = require(file);

test('functions take arguments, return values and throw what they say', () => {
  assert.strictEqual(kitchen.sum(1, 2, 3.5), 6.5);
  assert.throws(() => kitchen.sum('1'), { name: 'TypeError', code: 'ERR_NUMBER', message: 'a number is needed' });
});

test('what JavaScript throws can be caught by the addon, or passes through it', () => {
  const thrown = new RangeError('from below');
  assert.strictEqual(kitchen.attempt(() => { throw thrown; }), thrown);
  assert.strictEqual(kitchen.attempt(() => 5), 5);
  assert.throws(() => kitchen.pass(() => { throw thrown; }), (error) => error === thrown);
});

test('values in scopes survive the collector, many at a time', () => {
  const list = kitchen.many(20000);
  assert.deepStrictEqual([list.length, list[0].at, list[19999].at], [20000, 0, 19999]);
});

test('a class has methods, accessors and statics, can be extended, and knows its own', () => {
  const { Counter } = kitchen;
  class Double extends Counter {
    add() { super.add(); return super.add(); }
  }
  const one = new Counter(4), two = new Double(10);
  assert.deepStrictEqual([one.add(), one.count, two.add(), two instanceof Counter, Counter.alive() >= 2], [5, 5, 12, true, true]);
  one.count = 40;
  assert.strictEqual(one.add(), 41);
  assert.throws(() => Counter(1), /new is needed/);
  assert.throws(() => Counter.prototype.add.call({}), TypeError);
});

test('texts and big integers arrive whole, and a text is cut between characters', () => {
  for (const text of ['', 'plain', 'gr\u00fc\u00dfe', '\u6f22\u5b57 \ud83d\ude00', 'x'.repeat(100000)]) assert.strictEqual(kitchen.echo(text), text);
  assert.deepStrictEqual(['abcdefgh', '\u6f22\u5b57', 'abcd\u00fc'].map(kitchen.cut), ['abcde', '\u6f22', 'abcd']);
  for (const n of [0n, 1n, -1n, 2n ** 63n, -(2n ** 200n) + 7n]) assert.strictEqual(kitchen.twice(n), n * 2n);
});

test('bytes are the same bytes on both sides', () => {
  const bytes = Buffer.from([0, 1, 254, 255]);
  assert.strictEqual(kitchen.invert(bytes.subarray(1)), 3);
  assert.deepStrictEqual([...bytes], [0, 254, 1, 0]);
  const words = new Uint16Array([0xff00, 1]);
  assert.strictEqual(kitchen.invert(words), 2);
  assert.deepStrictEqual([...words], [0x00ff, 0xfffe]);
  assert.strictEqual(kitchen.invert(new DataView(bytes.buffer, bytes.byteOffset, 1)), -1);
  assert.strictEqual(kitchen.invert('text'), undefined);
  assert.strictEqual(kitchen.block().toString('latin1', 0, 3), 'xxx');
});

test('kinds of values, keys, externals and tags are told apart', () => {
  assert.deepStrictEqual([undefined, null, true, 1, 's', Symbol('s'), {}, () => {}, kitchen.secret(), 1n].map(kitchen.kind),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepStrictEqual(kitchen.names(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 1 } })), ['own', 'inherited']);
  assert.strictEqual(kitchen.tell(kitchen.secret()), 'a secret');
  assert.throws(() => kitchen.tell({}), { code: 'ERR_TELL', message: 'Invalid argument' });
  const object = {};
  assert.deepStrictEqual([kitchen.mark(object), kitchen.mark(object)], [true, false]);
});

test('work on other threads ends in promises', async () => {
  assert.deepStrictEqual(await Promise.all(Array.from({ length: 50 }, (_, i) => kitchen.square(i))), Array.from({ length: 50 }, (_, i) => i * i));
  await assert.rejects(kitchen.square(-2), (value) => value === 4);
});

test('a thread calls a function in order, waits while its queue is full, and says when it is done', async () => {
  const numbers = [];
  await new Promise((done) => kitchen.count((n) => numbers.push(n), done));
  assert.deepStrictEqual(numbers, Array.from({ length: 5000 }, (_, i) => i + 1));
});

test('what nobody holds is finalized, what is referenced is not', () => {
  const answer = run(`
    const kitchen = require(process.argv[1]);
    kitchen.remember({ a: 'remembered' });
    for (let i = 0; i < 2000; i++) { new kitchen.Counter(i); kitchen.block(); }
    (async () => {
      for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate); }
      console.log(kitchen.counters_alive() < 100, kitchen.blocks_alive() < 100, kitchen.recall().a, kitchen.weaken());
      for (let i = 0; i < 50 && kitchen.recall() !== undefined; i++) { gc(); await new Promise((done) => setTimeout(done, 1)); }
      console.log(kitchen.recall());
    })();`, '--expose-gc');
  assert.strictEqual(answer, 'true true remembered 0\nundefined\n');
});

test('hooks run when the process ends, the last one first', () => {
  assert.strictEqual(run('require(process.argv[1]).at_end(); process.on("exit", () => console.log("exit"));'), 'exit\nfirst\nsecond\n');
});

test('an error in a callback of a thread is an uncaught exception', () => {
  const answer = run(`
    process.on('uncaughtException', (error) => console.log(error.message));
    require(process.argv[1]).count((n) => { if (n === 3) throw new Error('at three'); }, () => console.log('done'));`);
  assert.strictEqual(answer, 'at three\ndone\n');
});

test('every thread has an addon of its own, also one that registers itself as it is opened', async () => {
  const { Worker } = require('worker_threads');
  const old = compile('old', path.join(root, 'tests/addons/kitchen.c'), '-DOLD_WAY');
  assert.strictEqual(require(old).sum(1, 1), 2);
  const answers = await Promise.all([file, old, old].map((addon) => new Promise((resolve, reject) => {
    const worker = new Worker(`
      const { parentPort, workerData } = require('worker_threads');
      const kitchen = require(workerData);
      const counter = new kitchen.Counter(1);
      kitchen.block();
      kitchen.square(7).then((n) => parentPort.postMessage([n, counter.add()]));`, { eval: true, workerData: addon });
    let answer;
    worker.on('message', (message) => { answer = message; });
    worker.on('error', reject);
    worker.on('exit', () => resolve(answer));
  })));
  assert.deepStrictEqual(answers, [[49, 2], [49, 2], [49, 2]]);
});

test('what is no addon, or one for V8, is refused with a reason', () => {
  const source = path.join(home, 'v8.c');
  fs.writeFileSync(source, 'void _ZN2v87Isolate10GetCurrentEv(void); void start(void) { _ZN2v87Isolate10GetCurrentEv(); }');
  assert.throws(() => require(compile('v8', source)), { code: 'ERR_DLOPEN_FAILED', message: /bound to V8.*only addons that use Node-API load/ });
  fs.writeFileSync(source, 'int nothing;');
  assert.throws(() => require(compile('empty', source)), { code: 'ERR_DLOPEN_FAILED', message: /empty\.node: it does not say how it starts/ });
  fs.writeFileSync(path.join(home, 'text.node'), 'not a library');
  assert.throws(() => require(path.join(home, 'text.node')), { code: 'ERR_DLOPEN_FAILED', message: /text\.node: / });
});
