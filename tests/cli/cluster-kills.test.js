// Workers of a primary that replaces those that end are killed a hundred times under load: no connection is refused, only
// what was in flight on a killed worker fails, and the primary grows neither in memory nor in descriptors.
const assert = require('assert');
const fs = require('fs');
const net = require('net');
const { start, until, write } = require('./lib.js');

const KILLS = 100, CLIENTS = 8, EVERY_MS = 60;
const port = 20000 + Math.floor(Math.random() * 10000);
const program = write('replaced.js', `
  const cluster = require('cluster');
  if (cluster.isPrimary) {
    for (let i = 0; i < 3; i++) cluster.fork();
    cluster.on('exit', () => cluster.fork());
    cluster.on('listening', () => console.log('up ' + Object.values(cluster.workers).map((w) => w.process.pid).join(' ')));
  } else {
    require('http').createServer((request, response) => response.end(process.pid + '\\n')).listen(${port});
  }`);

let answered = 0, refused = 0, killedAt = 0, unexplained = 0, failed = 0, over = false;
const killed = new Set();

// A connection that asks again and again, or once if it says close. It knows who answered it last.
function client(close) {
  const socket = net.connect(port, '127.0.0.1');
  let server = '', finished = false;
  const ask = () => socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${close ? 'Connection: close\r\n' : ''}\r\n`);
  socket.on('connect', ask);
  socket.on('data', (data) => {
    const text = data.toString('latin1');
    server = /(\d+)\n(\r\n0\r\n\r\n)?$/.exec(text)?.[1] ?? server;
    answered++;
    if (!close && !over) return ask();
    finished = true;
    socket.destroy();
  });
  socket.on('error', (error) => { refused += error.code === 'ECONNREFUSED'; });
  socket.on('close', () => {
    if (!finished) {
      failed++;
      if (server ? !killed.has(server) : performance.now() - killedAt > 500) unexplained++;
    }
    if (!over) setImmediate(client, close);
  });
}

const descriptors = (pid) => fs.readdirSync(`/proc/${pid}/fd`).length;
const memoryKb = (pid) => +/RssAnon:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))[1];
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

(async () => {
  const primary = start([program]);
  const workers = () => primary.output.trim().split('\n').pop().split(' ').slice(1);
  const complete = () => workers().length === 3 && workers().every((pid) => !killed.has(pid));
  await until('three workers', complete);
  for (let i = 0; i < CLIENTS; i++) client(i % 2 === 0);
  let before;
  for (let i = 0; i < KILLS; i++) {
    if (i === 20) before = { descriptors: descriptors(primary.pid), memory: memoryKb(primary.pid) };
    await until('a worker that can be killed', complete);
    const victim = workers()[Math.floor(Math.random() * 3)];
    killed.add(victim);
    killedAt = performance.now();
    process.kill(+victim, 'SIGKILL');
    await wait(EVERY_MS);
  }
  await until('all have been replaced', complete);
  await wait(200);
  const after = { descriptors: descriptors(primary.pid), memory: memoryKb(primary.pid) };
  over = true;
  await wait(200);
  assert.strictEqual(refused, 0);
  assert.strictEqual(unexplained, 0);
  assert(answered > 1000, `${answered} answers`);
  assert(failed <= KILLS * CLIENTS, `${failed} of ${answered} failed`);
  assert(after.descriptors <= before.descriptors + 4, `descriptors: ${before.descriptors}, then ${after.descriptors}`);
  assert(after.memory <= before.memory + 4096, `memory: ${before.memory} kB, then ${after.memory} kB`);
  console.log(`${answered} answered, ${failed} failed, descriptors ${before.descriptors} ${after.descriptors}, memory ${before.memory} ${after.memory} kB`);
  await primary.stop();
  process.exit();
})();
