// A cluster's workers are copies of a template that has started the engine: what has to differ differs all the same.
const assert = require('assert');
const cluster = require('cluster');
const fs = require('fs');

const WORKERS = 3;

function childrenOf(pid) {
  return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
}

function templateIsAlone() {
  const words = (pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const template = childrenOf(process.pid).find((pid) => words(pid)[1] === '--galley-template');
  assert.ok(template, 'a cluster has a template');
  assert.notStrictEqual(words(template)[2], 'bare', 'the template has started the engine');
  assert.strictEqual(fs.readdirSync(`/proc/${template}/task`).length, 1, 'no thread would be missing in a copy');
}

function report() {
  const { random } = Math;
  let hot = 0;
  for (let i = 0; i < 2e6; i++) hot = (hot + i * 3) % 1000; // what is compiled is compiled on a thread of its own
  process.send({
    pid: process.pid,
    own: +fs.readlinkSync('/proc/self'),
    random: random(),
    name: process.env.NAME,
    argument: process.argv[2],
    started: performance.timeOrigin,
    isYoung: performance.now() < 5000 && process.uptime() < 5,
    threads: fs.readdirSync('/proc/self/task').map((id) => fs.readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim()),
    hot,
  });
}

async function lead() {
  const before = Date.now();
  cluster.setupPrimary({ args: ['word'] });
  const reports = [];
  for (let i = 0; i < WORKERS; i++) {
    const worker = cluster.fork({ NAME: `worker ${i}` });
    reports.push(new Promise((resolve) => worker.once('message', (message) => resolve({ worker, message, i }))));
  }
  const all = await Promise.all(reports);
  templateIsAlone();
  for (const { worker, message, i } of all) {
    assert.strictEqual(message.pid, worker.process.pid);
    assert.strictEqual(message.own, worker.process.pid);
    assert.strictEqual(message.name, `worker ${i}`);
    assert.strictEqual(message.argument, 'word');
    assert.ok(message.isYoung);
    assert.ok(message.started >= before - 50 && message.started <= Date.now() + 50);
    assert.ok(message.threads.includes('JITWorker'), 'a copy has the threads that the engine wants');
    worker.disconnect();
  }
  assert.strictEqual(new Set(all.map(({ message }) => message.random)).size, WORKERS, 'everybody draws other numbers');
}

if (cluster.isPrimary) lead();
else report();
