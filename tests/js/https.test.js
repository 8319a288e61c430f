// HTTPS connections whose requests C reads (lib/internal/http_connection.js): what programs see must not differ.
const { test } = require('node:test');
const assert = require('assert');
const https = require('https');
const tls = require('tls');
const { once } = require('events');

const { key, cert } = require('./certificate')();

async function serve(handler, options) {
  const server = https.createServer({ key, cert, ...options }, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const raw = (server) => tls.connect({ port: server.address().port, host: '127.0.0.1', ca: cert, servername: 'galley.test' });

async function textOf(stream) {
  let text = '';
  for await (const part of stream) text += part;
  return text;
}

async function ask(server, options = {}, body) {
  const request = https.request({ port: server.address().port, host: '127.0.0.1', ca: cert, servername: 'galley.test', ...options });
  request.end(body);
  const [response] = await once(request, 'response');
  return { response, text: await textOf(response) };
}

test('many requests share a connection and see its socket', async () => {
  const sockets = new Set();
  const server = await serve((req, res) => {
    assert.strictEqual(req.socket.encrypted, true);
    assert.strictEqual(req.socket, res.socket);
    sockets.add(req.socket);
    res.end(`${req.method} ${req.url} ${req.socket.getProtocol()}`);
  });
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 20; i++) assert.strictEqual((await ask(server, { path: `/${i}`, agent })).text, `GET /${i} TLSv1.3`);
  assert.strictEqual(sockets.size, 1);
  agent.destroy();
  server.close();
  await once(server, 'close');
});

test('bodies stream both ways, however large', async () => {
  const text = 'pull the oars '.repeat(200_000);
  const server = await serve((req, res) => req.pipe(res));
  const { text: back } = await ask(server, { method: 'POST' }, text);
  assert.ok(back === text);
  server.close();
});

test('requests that come together are answered in their order', async () => {
  const server = await serve((req, res) => setTimeout(() => res.end(`[${req.url}]`), req.url === '/1' ? 20 : 1));
  const client = raw(server);
  client.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.deepStrictEqual((await textOf(client)).match(/\[.*?\]/g), ['[/1]', '[/2]', '[/3]']);
  server.close();
});

test('what is no request gets 400 and an end', async () => {
  const server = await serve(() => assert.fail('no request'));
  for (const bytes of ['NONSENSE\r\n\r\n', 'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\nHost: a\r\n\r\n']) {
    const client = raw(server);
    client.write(bytes);
    assert.match(await textOf(client), /^HTTP\/1\.1 400 /);
  }
  server.close();
});

test('a head that does not come to its end gets 408', async () => {
  const server = await serve(() => assert.fail('no request'), { headersTimeout: 60, requestTimeout: 100, connectionsCheckingInterval: 20 });
  const client = raw(server);
  client.write('GET / HTTP/1.1\r\nHost:');
  assert.match(await textOf(client), /^HTTP\/1\.1 408 /);
  server.close();
});

test('a connection that rests is closed after its time, and when the server closes', async () => {
  const server = await serve((req, res) => res.end('ok'), { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 });
  const first = raw(server);
  first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await textOf(first), /ok$/);
  const second = raw(server);
  second.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(second, 'data');
  server.close();
  await Promise.all([once(server, 'close'), textOf(second)]);
});

test('an upgrade takes the socket with what came behind it', async () => {
  const server = await serve(() => assert.fail('no request'));
  server.on('upgrade', (req, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
    socket.write(head);
    socket.pipe(socket);
  });
  const client = raw(server);
  client.write('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst ');
  await once(client, 'data');
  client.end('second');
  assert.match(await textOf(client), /second$/);
  server.close();
});

test('a response that is broken off ends the connection; a client that leaves is noticed', async () => {
  const server = await serve((req, res) => {
    if (req.url === '/break') {
      res.writeHead(200, { 'Content-Length': 100 });
      res.write('half');
      setTimeout(() => res.destroy(), 5);
    } else {
      req.once('close', () => server.emit('left'));
      client.destroy();
    }
  });
  await assert.rejects(ask(server, { path: '/break' }), { code: 'ECONNRESET' });
  const client = raw(server);
  client.write('GET /leave HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(server, 'left');
  server.close();
  await once(server, 'close');
});

test('who listens to the bytes of the socket gets them', async () => {
  const server = await serve((req, res) => {
    req.socket.once('data', (bytes) => server.emit('bytes', String(bytes)));
    res.end('ok');
  });
  const client = raw(server);
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(client, 'data');
  client.write('GET /more HTTP/1.1\r\nHost: a\r\n\r\n');
  const [bytes] = await once(server, 'bytes');
  assert.match(bytes, /^GET \/more/);
  client.destroy();
  server.close();
});
