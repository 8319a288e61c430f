// Servers and clients of http, with the real thing at both ends and raw bytes where a client would not send them.
const assert = require('node:assert');
const http = require('node:http');
const net = require('node:net');
const test = require('node:test');

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

// Sends bytes (and more, when the server has answered), and gives everything that came until the server hung up.
function talk(port, first, { then, end = false } = {}) {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1', () => end ? socket.end(first, 'latin1') : socket.write(first, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (data) => {
      text += data;
      if (then && text.includes(then.after)) {
        socket.write(then.send, 'latin1');
        then = undefined;
      }
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

function fetchText(options) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve({ response, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(options.body);
  });
}

const get = (path = '/', more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const close = 'Connection: close\r\n';

test('a body that is known when the head is written gets its length, another gets chunks', async () => {
  const server = http.createServer((req, res) => {
    if (req.url === '/late') res.writeHead(200, { 'X-A': 'b' });
    if (req.url === '/pieces') res.write('caf\u00e9 ');
    res.end('th\u00e9');
  });
  const port = await listening(server);
  assert.match(await talk(port, get('/', close)), /Connection: close\r\nContent-Length: 4\r\n\r\nth\xc3\xa9$/);
  assert.match(await talk(port, get('/late', close)), /^HTTP\/1.1 200 OK\r\nX-A: b\r\nDate: .* GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nth\xc3\xa9\r\n0\r\n\r\n$/);
  assert.strictEqual((await fetchText({ port, path: '/pieces' })).text, 'caf\u00e9 th\u00e9');
  server.close();
});

test('pipelined requests are answered in order, however late the first answer is', async () => {
  const seen = [];
  const server = http.createServer((req, res) => {
    seen.push(req.url);
    setTimeout(() => res.end(req.url), req.url === '/slow' ? 50 : 0);
  });
  const port = await listening(server);
  const text = await talk(port, get('/slow') + get('/quick') + get('/last', close));
  assert.deepStrictEqual(text.match(/\/\w+$|\/\w+(?=HTTP)/g), ['/slow', '/quick', '/last']);
  assert.deepStrictEqual(seen, ['/slow', '/quick', '/last']);
  server.close();
});

test('a body is read whole whether it comes with its request, in pieces, or too fast for its reader', async () => {
  const server = http.createServer(async (req, res) => {
    let length = 0;
    for await (const chunk of req) {
      length += chunk.length;
      if (req.url === '/slow') await new Promise((resolve) => setTimeout(resolve, 1));
    }
    res.end(`${length} ${JSON.stringify(req.trailers)}`);
  });
  const port = await listening(server);
  assert.strictEqual((await fetchText({ port, method: 'POST', body: 'abc' })).text, '3 {}');
  for (const path of ['/', '/slow'])
    assert.strictEqual((await fetchText({ port, path, method: 'POST', body: Buffer.alloc(3e6) })).text, '3000000 {}');
  const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nSum: 5\r\n\r\n';
  assert.match(await talk(port, chunked), /\r\n\r\n5 {"sum":"5"}$/);
  server.close();
});

test('a request that two programs could read differently is refused and its connection closed', async () => {
  const server = http.createServer((req, res) => {
    req.resume();
    req.on('error', () => {});
    req.on('end', () => res.end('fine'));
  });
  const port = await listening(server);
  const bad = [
    'get / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n',
    'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
  ];
  for (const text of bad) assert.match(await talk(port, text), /^HTTP\/1.1 400 Bad Request\r\n[^]*Connection: close\r\n/i, text);
  assert.match(await talk(port, get('/', `X: ${'y'.repeat(20000)}\r\n`)), /^HTTP\/1.1 431 /);
  const extension = `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${'e'.repeat(20000)}\r\na\r\n`;
  assert.match(await talk(port, extension), /^HTTP\/1.1 413 /);
  assert.strictEqual((await fetchText({ port })).text, 'fine');
  server.close();
});

test('heads and bodies that do not come in time are answered with 408', async () => {
  const server = http.createServer({ headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 30 }, (req, res) => {
    req.on('error', () => {});
    req.resume();
    req.on('end', () => res.end());
  });
  const port = await listening(server);
  assert.match(await talk(port, 'GET / HTTP/1.1\r\nHost:'), /^HTTP\/1.1 408 /);
  assert.match(await talk(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab'), /^HTTP\/1.1 408 /);
  server.close();
});

test('clientError lets the program answer itself', async () => {
  const server = http.createServer(() => assert.fail('no request'));
  let error;
  server.on('clientError', (err, socket) => {
    error = err;
    socket.end('HTTP/1.1 418 Mine\r\n\r\n');
  });
  const port = await listening(server);
  assert.strictEqual(await talk(port, 'GET / HTTP/1.1\r\nHost: a\r\nfoo bar\r\n\r\n'), 'HTTP/1.1 418 Mine\r\n\r\n');
  assert.strictEqual(error.code, 'HPE_INVALID_HEADER_TOKEN');
  assert.strictEqual(error.bytesParsed, 28);
  assert.ok(error.rawPacket.toString().startsWith('GET / HTTP/1.1'));
  server.close();
});

test('upgrades and CONNECT give the program the socket and what came behind the head', async () => {
  const server = http.createServer((req, res) => res.end('plain'));
  server.on('upgrade', (req, socket, head) => socket.end(`HTTP/1.1 101 Fine\r\n\r\n${head}`));
  server.on('connect', (req, socket, head) => socket.end(`HTTP/1.1 200 ${req.url}\r\n\r\n${head}`));
  const port = await listening(server);
  assert.strictEqual(await talk(port, get('/', 'Connection: Upgrade\r\nUpgrade: x\r\n') + 'raw'), 'HTTP/1.1 101 Fine\r\n\r\nraw');
  assert.strictEqual(await talk(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nraw'), 'HTTP/1.1 200 a:1\r\n\r\nraw');
  const after = { after: 'plain', send: get('/', 'Connection: Upgrade\r\nUpgrade: x\r\n') + 'later' };
  assert.match(await talk(port, get(), { then: after }), /plainHTTP\/1.1 101 Fine\r\n\r\nlater$/);
  server.close();
});

test('Expect: 100-continue is answered before the body is sent, another expectation with 417', async () => {
  const server = http.createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => { body += chunk; });
    req.on('end', () => res.end(body));
  });
  const port = await listening(server);
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\nExpect: ';
  assert.match(await talk(port, `${head}100-continue\r\n\r\n`, { then: { after: '100 Continue', send: 'abc' } }),
    /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n[^]*abc$/);
  assert.match(await talk(port, `${head}cake\r\n\r\nabc`), /^HTTP\/1.1 417 /);
  server.close();
});

test('a client that goes away is told of by close, and never by a crash', async () => {
  const heard = [];
  let gone;
  const all = new Promise((resolve) => { gone = resolve; });
  const server = http.createServer((req, res) => {
    req.on('aborted', () => heard.push('aborted'));
    req.on('error', (error) => heard.push(error.code));
    res.on('close', () => {
      heard.push('response closed');
      setImmediate(gone);
    });
    socket.destroy();
  });
  const port = await listening(server);
  const socket = net.connect(port, '127.0.0.1', () => socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab'));
  await all;
  assert.deepStrictEqual(heard.toSorted(), ['ECONNRESET', 'aborted', 'response closed']);
  server.close();
});

test('the socket of a request is a real one, made when it is looked at', async () => {
  const server = http.createServer((req, res) => {
    assert.ok(req.socket instanceof net.Socket);
    assert.strictEqual(req.socket, res.socket);
    assert.strictEqual(req.connection, req.socket);
    assert.strictEqual(req.socket.remoteAddress, '127.0.0.1');
    res.end(String(req.socket.remotePort > 0));
  });
  const port = await listening(server);
  const agent = new http.Agent({ keepAlive: true });
  for (let i = 0; i < 3; i++) assert.strictEqual((await fetchText({ port, agent })).text, 'true');
  agent.destroy();
  server.close();
});

test('an agent keeps connections, and a server that closes lets go of idle ones', async () => {
  const sockets = new Set();
  const server = http.createServer((req, res) => res.end('ok'));
  const port = await listening(server);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 5; i++) {
    const { response } = await fetchText({ port, agent });
    sockets.add(response.socket);
  }
  assert.strictEqual(sockets.size, 1);
  await new Promise((resolve) => server.close(resolve));
  agent.destroy();
  await assert.rejects(fetchText({ port, agent: false }), { code: 'ECONNREFUSED' });
});

test('a thousand broken and half-closed connections leave nothing behind', async () => {
  const server = http.createServer((req, res) => res.end('ok'));
  server.on('clientError', (error, socket) => socket.destroy());
  const port = await listening(server);
  const inputs = ['\x16\x03\x01', 'GET / HTTP/1.1\r\nHo', '', get(), 'GET / HTTP/9.9\r\n\r\n'];
  const round = (n) => Promise.all(Array.from({ length: n }, (_, i) => talk(port, inputs[i % inputs.length], { end: true }).catch(() => {})));
  for (let i = 0; i < 10; i++) await round(100);
  const count = await new Promise((resolve) => server.getConnections((error, n) => resolve(n)));
  assert.strictEqual(count, 0);
  server.close();
});

test('a request written in pieces goes out on a connection that served one before', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    response.end(`${request.method} ${text}`);
  });
  const port = await listening(server);
  const ask = (method, pieces) => new Promise((resolve, reject) => {
    const request = http.request({ agent, host: '127.0.0.1', port, method }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    });
    request.on('error', reject);
    for (const piece of pieces) request.write(piece);
    request.end();
  });
  assert.strictEqual(await ask('GET', []), 'GET ');
  assert.strictEqual(await ask('POST', ['ab', 'c']), 'POST abc');
  assert.strictEqual(await ask('POST', ['d']), 'POST d');
  agent.destroy();
  server.close();
});
