'use strict';
// Sockets and servers over TCP and UNIX domain sockets.
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');

async function listening(server, ...args) {
  server.listen(...args);
  await once(server, 'listening');
  return server.address();
}

const closed = (server) => new Promise((resolve) => server.close(resolve));

test('bytes come back from an echo server in order, strings and buffers alike', async () => {
  const server = net.createServer((socket) => socket.pipe(socket));
  const { port } = await listening(server, 0, '127.0.0.1');
  const client = net.connect(port, '127.0.0.1');
  client.cork();
  client.write('one ');
  client.write(Buffer.from('two '));
  client.write('746872656520', 'hex');
  client.uncork();
  client.end('f\u00fcnf', 'latin1');
  const parts = [];
  for await (const part of client) parts.push(part);
  assert.strictEqual(Buffer.concat(parts).toString('latin1'), 'one two three f\u00fcnf');
  assert.strictEqual(client.bytesWritten, 18);
  assert.strictEqual(client.bytesRead, 18);
  await closed(server);
});

test('a slow reader holds the writer back, and nothing is lost', async () => {
  const total = 8 << 20;
  let received = 0;
  const server = net.createServer(async (socket) => {
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 30));
    for await (const part of socket) received += part.length;
    server.close();
  });
  const { port } = await listening(server, 0, '127.0.0.1');
  const client = net.connect(port, '127.0.0.1');
  let sent = 0;
  let wasFull = false;
  const block = Buffer.alloc(256 << 10, 7);
  while (sent < total) {
    sent += block.length;
    if (!client.write(block)) {
      wasFull = true;
      await once(client, 'drain');
    }
  }
  client.end();
  await once(server, 'close');
  assert.ok(wasFull);
  assert.strictEqual(received, total);
});

test('a refused connection says what was refused', async () => {
  const server = net.createServer();
  const { port } = await listening(server, 0, '127.0.0.1');
  await closed(server);
  const [error] = await once(net.connect(port, '127.0.0.1'), 'error');
  assert.deepStrictEqual(
    { code: error.code, syscall: error.syscall, address: error.address, port: error.port, errno: error.errno },
    { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port, errno: -111 });
});

test('a port that is taken cannot be listened on', async () => {
  const first = net.createServer();
  const { port } = await listening(first, 0, '127.0.0.1');
  const second = net.createServer().listen(port, '127.0.0.1');
  const [error] = await once(second, 'error');
  assert.strictEqual(error.message, `listen EADDRINUSE: address already in use 127.0.0.1:${port}`);
  assert.strictEqual(second.listening, false);
  await closed(first);
});

test('UNIX sockets connect by path, abstract ones by name', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-net-'));
  for (const name of [path.join(folder, 'socket'), `\0galley-test-${process.pid}`]) {
    const server = net.createServer((socket) => socket.end('hello'));
    assert.strictEqual(await listening(server, name), name);
    const [bytes] = await once(net.connect(name), 'data');
    assert.strictEqual(bytes.toString(), 'hello');
    await closed(server);
  }
  fs.rmSync(folder, { recursive: true });
});

test('a half-open socket can still answer after its peer has ended', async () => {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume().on('end', () => setImmediate(() => socket.end('late answer')));
  });
  const { port } = await listening(server, 0, '127.0.0.1');
  const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.end('question');
  let answer = '';
  for await (const part of client) answer += part;
  assert.strictEqual(answer, 'late answer');
  await closed(server);
});

test('silence becomes a timeout, activity does not', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    const writes = setInterval(() => socket.write('.'), 15);
    setTimeout(() => clearInterval(writes), 80);
  });
  const { port } = await listening(server, 0, '127.0.0.1');
  const client = net.connect(port, '127.0.0.1').resume();
  const start = Date.now();
  client.setTimeout(60);
  await once(client, 'timeout');
  assert.ok(Date.now() - start >= 100, `after ${Date.now() - start} ms`);
  client.destroy();
  await closed(server);
});

test('an abort signal destroys a socket and closes a server', async () => {
  const control = new AbortController();
  const server = net.createServer();
  const { port } = await listening(server, { port: 0, host: '127.0.0.1', signal: control.signal });
  const client = net.connect({ port, host: '127.0.0.1', signal: control.signal });
  await once(client, 'connect');
  control.abort();
  const [error] = await once(client, 'error');
  assert.strictEqual(error.name, 'AbortError');
  await once(server, 'close');
});

test('a server takes no more connections than it may', async () => {
  const server = net.createServer();
  server.maxConnections = 1;
  const { port } = await listening(server, 0, '127.0.0.1');
  const first = net.connect(port, '127.0.0.1');
  await once(server, 'connection');
  const second = net.connect(port, '127.0.0.1');
  second.on('error', () => {});
  const [dropped] = await once(server, 'drop');
  assert.strictEqual(dropped.localPort, port);
  assert.strictEqual(await new Promise((resolve) => server.getConnections((error, n) => resolve(n))), 1);
  first.destroy();
  second.destroy();
  await closed(server);
});

test('a host with several addresses is reached through the one that answers', async () => {
  const server = net.createServer((socket) => socket.end());
  const { port } = await listening(server, 0, '127.0.0.1');
  const lookup = (host, options, callback) => process.nextTick(callback, null, [
    { address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }]);
  const client = net.connect({ port, host: 'several.test', lookup, autoSelectFamily: true });
  client.resume();
  await once(client, 'connect');
  assert.deepStrictEqual(client.autoSelectFamilyAttemptedAddresses, [`::1:${port}`, `127.0.0.1:${port}`]);
  await closed(server);
});

test('a listening socket can be handed to a child by its descriptor', async () => {
  const server = net.createServer();
  const { port } = await listening(server, 0, '127.0.0.1');
  const program = "require('net').createServer((s) => s.end('child', () => process.exit())).listen({ fd: 3 }, () => console.log('up'))";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit', server._handle.fd] });
  await once(child.stdout, 'data');
  await closed(server);
  const [bytes] = await once(net.connect(port, '127.0.0.1'), 'data');
  assert.strictEqual(bytes.toString(), 'child');
});

test('reading into one buffer of the program\'s own', async () => {
  const server = net.createServer((socket) => socket.end('0123456789'));
  const { port } = await listening(server, 0, '127.0.0.1');
  const buffer = Buffer.alloc(4);
  let text = '';
  const client = net.connect({ port, host: '127.0.0.1', onread: { buffer, callback(n, bytes) { text += bytes.toString('latin1', 0, n); } } });
  await once(client, 'close');
  assert.strictEqual(text, '0123456789');
  await closed(server);
});

test('block lists know addresses, ranges and subnets of both families', () => {
  const list = new net.BlockList();
  list.addAddress('10.1.1.1');
  list.addRange('10.0.0.3', '10.0.0.5');
  list.addSubnet('fe80::', 10, 'ipv6');
  for (const [address, family, expected] of [['10.1.1.1', 'ipv4', true], ['::ffff:10.1.1.1', 'ipv6', true], ['10.0.0.4', 'ipv4', true],
    ['10.0.0.6', 'ipv4', false], ['febf::1', 'ipv6', true], ['fec0::1', 'ipv6', false]])
    assert.strictEqual(list.check(address, family), expected, address);
  assert.throws(() => list.addRange('10.0.0.9', '10.0.0.1'), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('what is an IP address', () => {
  for (const text of ['1.2.3.4', '255.255.255.255']) assert.strictEqual(net.isIP(text), 4, text);
  for (const text of ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', 'fe80::1%eth0']) assert.strictEqual(net.isIP(text), 6, text);
  for (const text of ['', '1.2.3', '1.2.3.256', '01.2.3.4', ':::', '1::2::3', '1:2:3:4:5:6:7', '12345::', '::1.2.3', '1:'])
    assert.strictEqual(net.isIP(text), 0, text);
});

test('a lookup that gives no text for an address is an error of the socket', async () => {
  for (const family of [4, 6, 0]) {
    const lookup = (host, options, done) => done(null, options.all ? [{ address: ['127.0.0.1'], family: 4 }] : ['127.0.0.1'], family);
    const [error] = await once(net.connect({ host: 'galley.test', port: 1, lookup, family }), 'error');
    assert.strictEqual(error.code, 'ERR_INVALID_IP_ADDRESS');
  }
});
