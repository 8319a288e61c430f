'use strict';
// Requests, as the program that makes them sees them: what the server is told, what comes back, and what becomes of the connection.
const { test } = require('node:test');
const assert = require('assert');
const http = require('http');
const net = require('net');
const { AsyncLocalStorage } = require('async_hooks');
const { once } = require('events');

const agent = () => new http.Agent({ keepAlive: true, maxSockets: 1 });

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// Answers every connection's bytes with what `answer` gives for them.
const scripted = (answer) => listen(net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (data) => answer(data.toString('latin1'), socket));
}));

function ask(server, options, body) {
  const request = http.request({ port: server.address().port, host: '127.0.0.1', ...options });
  request.end(body);
  request.on('error', () => {}); // also told to whoever reads the response
  return once(request, 'response').then(([response]) => response);
}

async function text(response) {
  let all = '';
  for await (const chunk of response.setEncoding('utf8')) all += chunk;
  return all;
}

test('requests share a connection, whole or in pieces, with every kind of body and answer', async () => {
  const server = await listen(http.createServer(async (request, response) => {
    const body = await text(request);
    response.setHeader('X-Seen', `${request.method} ${request.url} ${request.headers['content-length'] ?? request.headers['transfer-encoding'] ?? '-'}`);
    if (request.url === '/trailers') {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write(body);
      response.addTrailers({ 'X-Sum': '42' });
      response.end('!');
    } else if (request.url === '/empty') {
      response.writeHead(204).end();
    } else {
      response.end(body || 'none');
    }
  }));
  const shared = agent();
  const ports = new Set();
  const check = async (options, body, wanted, seen) => {
    const response = await ask(server, { agent: shared, ...options }, body);
    ports.add(response.socket.localPort);
    assert.strictEqual(await text(response), wanted);
    assert.strictEqual(response.complete, true);
    assert.strictEqual(response.headers['x-seen'], seen);
    await new Promise(setImmediate);
    return response;
  };
  for (let i = 0; i < 3; i++) {
    await check({ path: '/a' }, undefined, 'none', 'GET /a -');
    await check({ method: 'POST', path: '/b' }, 'h\u00e9llo \u20ac', 'h\u00e9llo \u20ac', 'POST /b 10');
    await check({ method: 'PUT', path: '/c' }, Buffer.alloc(200_000, 'z'), 'z'.repeat(200_000), 'PUT /c 200000');
    await check({ method: 'HEAD', path: '/d' }, undefined, '', 'HEAD /d -');
    await check({ path: '/empty' }, undefined, '', 'GET /empty -');
    const response = await check({ method: 'POST', path: '/trailers' }, 'x', 'x!', 'POST /trailers 1');
    assert.deepStrictEqual(response.trailers, { 'x-sum': '42' });
  }
  const request = http.request({ port: server.address().port, host: '127.0.0.1', agent: shared, method: 'POST', path: '/pieces' });
  request.write('one ');
  setTimeout(() => request.end('two'), 5);
  const [response] = await once(request, 'response');
  assert.strictEqual(await text(response), 'one two');
  assert.strictEqual(response.headers['x-seen'], 'POST /pieces chunked');
  assert.strictEqual(ports.size, 1);
  shared.destroy();
  server.close();
});

test('a response is understood however it is cut', async () => {
  const answer = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n' +
    '3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nSum: 7\r\n\r\n';
  let size;
  const server = await scripted(async (_, socket) => {
    socket.setNoDelay();
    for (let at = 0; at < answer.length; at += size) {
      socket.write(answer.slice(at, at + size));
      if (size < answer.length) await new Promise(setImmediate);
    }
  });
  const shared = agent();
  for (size of [answer.length, 100, 7, 1]) {
    const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: shared });
    const hints = once(request, 'information');
    const [response] = await once(request, 'response');
    assert.strictEqual((await hints)[0].statusCode, 103);
    assert.strictEqual(response.statusMessage, 'Fine');
    assert.deepStrictEqual(response.headers['set-cookie'], ['a', 'b']);
    assert.strictEqual(await text(response), 'abcdefg');
    assert.deepStrictEqual(response.trailers, { sum: '7' });
    await new Promise(setImmediate);
  }
  shared.destroy();
  server.close();
});

test('an answer that is broken, short, or more than was asked for does not pass for a good one', async () => {
  let reply;
  const server = await scripted((_, socket) => socket.end(reply));
  const fails = async (bytes, code) => {
    reply = bytes;
    await assert.rejects(async () => text(await ask(server, { agent: false })), { code }, bytes);
  };
  await fails('nonsense', 'HPE_INVALID_CONSTANT');
  await fails('', 'ECONNRESET');
  await fails('HTTP/1.1 200 OK\r\nContent-Le', 'ECONNRESET');
  await fails('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'ECONNRESET');
  await fails('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'ECONNRESET');
  await fails(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 'HPE_HEADER_OVERFLOW');
  reply = 'HTTP/1.0 200 OK\r\n\r\nuntil the end';
  assert.strictEqual(await text(await ask(server, { agent: false })), 'until the end');
  server.close();

  let connections = 0;
  const chatty = await scripted((_, socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb'));
  chatty.on('connection', () => connections++);
  const shared = agent();
  for (let i = 0; i < 3; i++) {
    assert.strictEqual(await text(await ask(chatty, { agent: shared })), 'a');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.strictEqual(connections, 3);
  chatty.close();
});

test('a slow reader holds the server back, and one that leaves closes the connection', async () => {
  let sent = 0;
  const server = await listen(http.createServer((request, response) => {
    const more = () => { while (sent < 50_000_000 && response.write(Buffer.alloc(65536))) sent += 65536; };
    response.on('drain', more);
    more();
  }));
  const response = await ask(server, { agent: false });
  response.once('data', () => response.pause());
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(sent < 20_000_000, `${sent} bytes were sent to a reader that pauses`);
  const closed = once(server, 'connection').catch(() => {});
  response.destroy();
  await once(response, 'close');
  server.closeAllConnections();
  server.close();
  await Promise.race([closed, new Promise(setImmediate)]);
});

test('who looks at the socket sees its bytes, and each request keeps its own AsyncLocalStorage', async () => {
  const server = await listen(http.createServer((request, response) => response.end(request.url)));
  const shared = agent();
  const storage = new AsyncLocalStorage();
  for (const path of ['/1', '/2', '/3']) {
    await storage.run(path, async () => {
      const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: shared, path });
      const raw = [];
      const listener = (data) => raw.push(data);
      request.on('socket', (socket) => { if (path === '/2') socket.on('data', listener); });
      await new Promise((resolve) => request.on('response', (response) => {
        assert.strictEqual(storage.getStore(), path);
        if (path === '/3') response.socket.on('data', listener);
        response.on('data', () => assert.strictEqual(storage.getStore(), path));
        response.on('end', resolve);
      }));
      if (path === '/2') assert.match(Buffer.concat(raw).toString(), /^HTTP\/1\.1 200 OK\r\n[^]*\/2$/);
      request.socket.removeListener('data', listener);
    });
    await new Promise(setImmediate);
  }
  shared.destroy();
  server.close();
});

test('a server tells the socket of a request when it closes an idle connection', async () => {
  const server = http.createServer((request, response) => {
    request.socket.on('close', () => server.close());
    response.end();
  });
  server.keepAliveTimeout = 20;
  server.keepAliveTimeoutBuffer = 0;
  await listen(server);
  const shared = agent();
  (await ask(server, { agent: shared })).resume();
  await once(server, 'close');
  shared.destroy();
});
