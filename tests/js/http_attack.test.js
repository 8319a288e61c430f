'use strict';
// A server that others mean ill: whatever they send or hold back, it answers everybody else, and its memory is what it was.
const { test, before, after } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const net = require('net');
const { spawn } = require('child_process');
const { once } = require('events');

const program = `
  const http = require('http');
  const big = Buffer.alloc(300_000, 'x');
  const server = http.createServer((request, response) => {
    if (request.url === '/big') response.end(big);
    else if (request.url === '/body') request.resume().on('end', () => response.end('read'));
    else response.end('ok');
  });
  Object.assign(server, JSON.parse(process.argv[1]));
  process.on('warning', (warning) => process.send({ warning: warning.code }));
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('disconnect', () => process.exit());
`;

async function start(settings = {}, prefix = '') {
  const child = spawn('sh', ['-c', `${prefix} exec "$0" -e "$1" "$2"`, process.execPath, program, JSON.stringify(settings)],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const [{ port }] = await once(child, 'message');
  return { child, port };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const memory = ({ child }) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'latin1'))[1]);
const descriptors = ({ child }) => fs.readdirSync(`/proc/${child.pid}/fd`).length;

async function isWell(server) {
  const [response] = await once(http.get({ port: server.port, host: '127.0.0.1', agent: false }), 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode === 200;
}

function connect(server, text) {
  const socket = net.connect({ port: server.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  if (text) socket.write(text);
  return socket;
}

// `count` connections, 50 at a time: each is done when done(socket) has settled.
async function flood(count, attack) {
  let left = count;
  await Promise.all(Array.from({ length: 50 }, async () => {
    while (left-- > 0) await attack();
  }));
}

// Twice: what the first round needed must be enough for the second.
async function staysFlat(server, round) {
  await round();
  const opened = descriptors(server);
  const first = memory(server);
  await round();
  await pause(50);
  while (!await isWell(server)); // a hasty one may find this late as well
  const grown = memory(server) - first;
  assert.ok(grown < 20_000, `${grown} KB more after the second round`);
  assert.ok(descriptors(server) <= opened + 5);
}

let server;
before(async () => { server = await start(); });
after(() => server.child.disconnect());

test('malformed requests by the thousand are refused one by one', async () => {
  const bad = ['GET / HTTP/9.9\r\n\r\n', 'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\x02', 'GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nX: \x01\r\n\r\n'];
  let at = 0;
  let refused = 0;
  const count = Number(process.env.FLOOD || 5_000);
  await staysFlat(server, () => flood(count, () => new Promise((resolve) => {
    const socket = connect(server, bad[at++ % bad.length]);
    socket.on('data', (data) => { if (data.latin1Slice(0, 12) === 'HTTP/1.1 400') refused++; });
    socket.on('close', resolve);
  })));
  assert.strictEqual(refused, count * 2);
});

test('heads and bodies that never end are cut off in time', async () => {
  const hasty = await start({ headersTimeout: 300, requestTimeout: 300, connectionsCheckingInterval: 50 });
  await staysFlat(hasty, async () => {
    const answers = [];
    await Promise.all(Array.from({ length: 100 }, async (_, i) => {
      const socket = connect(hasty, i % 2 ? 'GET / HTTP/1.1\r\nHost: x\r\n' : 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na');
      const drip = setInterval(() => socket.write(i % 2 ? 'X: y\r\n' : 'b'), 40);
      socket.on('data', (data) => answers.push(data.latin1Slice(9, 12)));
      await new Promise((resolve) => socket.on('close', resolve));
      clearInterval(drip);
    }));
    assert.deepStrictEqual(new Set(answers), new Set(['408']));
  });
  hasty.child.disconnect();
});

test('readers that do not read hold no more than their answer, and go with their connection', async () => {
  await staysFlat(server, async () => {
    const sockets = Array.from({ length: 60 }, () => connect(server, 'GET /big HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20)).pause());
    await pause(150);
    assert.ok(await isWell(server));
    assert.ok(memory(server) < 250_000, `${memory(server)} KB`);
    for (const socket of sockets) socket.destroy();
  });
});

test('half-closed and reset connections leave nothing open', async () => {
  let at = 0;
  await staysFlat(server, () => flood(1000, () => new Promise((resolve) => {
    const socket = connect(server, ['', 'GET / HT', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n'][at++ % 4]);
    socket.on('close', resolve).resume();
    if (at % 3) socket.end();
    else socket.on('connect', () => socket.resetAndDestroy());
  })));
});

test('requests that do not wait for their answers are answered in order, as many as come', async () => {
  await staysFlat(server, () => flood(50, () => new Promise((resolve, reject) => {
    const socket = connect(server, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000) + 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let count = 0;
    let rest = '';
    socket.on('data', (data) => {
      const parts = (rest + data.latin1Slice()).split('HTTP/1.1 200');
      count += parts.length - 1;
      rest = parts.at(-1).slice(-11);
    });
    socket.on('close', () => (count === 1001 ? resolve() : reject(new Error(`${count} answers`))));
  })));
});

test('when descriptors are used up new connections wait, one warning says why, and they are served when there is room', async () => {
  const small = await start({ keepAliveTimeout: 60_000 }, 'ulimit -n 80;');
  const warnings = [];
  small.child.on('message', ({ warning }) => warnings.push(warning));
  let answers = 0;
  const sockets = Array.from({ length: 150 }, () => {
    const socket = connect(small, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.once('data', () => {
      answers++;
      socket.isAnswered = true;
    });
    return socket;
  });
  await pause(300);
  const first = answers;
  assert.ok(first > 20 && first < 80, `${first} were answered at once`);
  while (answers < 150) {
    for (const socket of sockets) if (socket.isAnswered) socket.destroy();
    await pause(60);
  }
  assert.ok(await isWell(small));
  assert.deepStrictEqual(warnings, ['GALLEY_DESCRIPTORS']);
  small.child.disconnect();
});
