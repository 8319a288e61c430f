// A Galley primary leads workers of the real Node, and a Node primary Galley's; parents and children of both
// kinds talk and hand each other sockets. Without Node on the machine there is nothing to test.
const assert = require('assert');
const { execFileSync, fork, spawnSync } = require('child_process');
const cluster = require('cluster');
const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');

const [, , role, workerProgram] = process.argv;
const next = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
const textOf = async (stream) => {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
};

function child() {
  process.on('message', (message, socket) => {
    if (socket) socket.end(`taken by ${process.release.name}`);
    else process.send({ echo: message });
  });
  process.send('ready');
}

// The primary is whoever runs this; its workers are run by workerProgram.
async function lead(policy) {
  cluster.schedulingPolicy = policy;
  const wrapper = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-')), 'run.js');
  fs.writeFileSync(wrapper, `
    const cluster = require('cluster');
    require('http').createServer((request, response) => response.end(cluster.worker.id + ' ' + process.execPath))
      .listen(0, '127.0.0.1');`);
  // fork's program is an option of child_process only.
  process.execPath = workerProgram;
  cluster.setupPrimary({ exec: wrapper, execArgv: [] });
  let port;
  await Promise.all([cluster.fork(), cluster.fork()].map(async (worker) => {
    ([{ port }] = await next(worker, 'listening'));
  }));
  const served = { 1: 0, 2: 0 };
  for (let i = 0; i < 20; i++) {
    const text = await new Promise((resolve, reject) => {
      http.get({ port, host: '127.0.0.1', agent: false }, (response) => resolve(textOf(response))).on('error', reject);
    });
    const [id, program] = text.split(' ');
    assert.strictEqual(fs.realpathSync(program), fs.realpathSync(workerProgram));
    served[id]++;
  }
  if (policy === cluster.SCHED_RR) assert.deepStrictEqual(served, { 1: 10, 2: 10 });
  const exits = Object.values(cluster.workers).map((worker) => next(worker, 'exit'));
  cluster.disconnect();
  for (const [code, signal] of await Promise.all(exits)) assert.deepStrictEqual([code, signal], [0, null]);
  fs.rmSync(path.dirname(wrapper), { recursive: true });
}

async function talk(execPath) {
  const other = fork(__filename, ['child'], { execPath, execArgv: [] });
  await next(other, 'message');
  other.send({ n: 1, text: 'x'.repeat(200000) });
  assert.strictEqual((await next(other, 'message'))[0].echo.text.length, 200000);
  const server = net.createServer({ pauseOnConnect: true }, (socket) => other.send('take it', socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  for (let i = 0; i < 3; i++)
    assert.strictEqual(await textOf(net.connect(server.address().port, '127.0.0.1')), 'taken by node');
  server.close();
  other.disconnect();
  await next(other, 'exit');
}

async function run() {
  const found = spawnSync('node', ['-p', 'process.execPath'], { encoding: 'utf8' });
  if (found.status !== 0) {
    console.log('no node here');
    return;
  }
  const node = found.stdout.trim();
  const galley = process.execPath;
  await talk(node);
  execFileSync(node, [__filename, 'talk', galley], { stdio: 'inherit' });
  for (const policy of ['rr', 'none']) {
    execFileSync(galley, [__filename, policy, node], { stdio: 'inherit' });
    execFileSync(node, [__filename, policy, galley], { stdio: 'inherit' });
  }
}

if (role === 'child') child();
else if (role === 'talk') talk(workerProgram);
else if (role === 'rr') lead(cluster.SCHED_RR);
else if (role === 'none') lead(cluster.SCHED_NONE);
else run();
