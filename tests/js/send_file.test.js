'use strict';
// Files that are piped into responses: the same bytes and events whether the kernel copies them or the program looks at them.
const { test, after } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');
const { pipeline, Transform } = require('stream');
const { once } = require('events');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'send-file-'));
after(() => fs.rmSync(folder, { recursive: true }));
const bytes = Buffer.from(Array.from({ length: 3_000_017 }, (_, i) => (i * 31 + (i >> 9)) & 0xff));
const big = path.join(folder, 'big');
const small = path.join(folder, 'small');
fs.writeFileSync(big, bytes);
fs.writeFileSync(small, 'hello file');

async function serve(handler) {
  const server = http.createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function get(server, options) {
  const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: false, ...options });
  const [response] = await once(request, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { response, body: Buffer.concat(chunks) };
}

test('a file comes whole, in chunks and with a length, in part, empty, and not at all after HEAD', async () => {
  const empty = path.join(folder, 'empty');
  fs.writeFileSync(empty, '');
  const events = [];
  const server = await serve((request, response) => {
    const { searchParams } = new URL(request.url, 'http://x');
    const options = {};
    for (const name of ['start', 'end']) if (searchParams.has(name)) options[name] = Number(searchParams.get(name));
    const file = { big, small, empty }[searchParams.get('file')];
    if (searchParams.has('length')) response.setHeader('Content-Length', fs.statSync(file).size);
    const stream = fs.createReadStream(file, options);
    for (const event of ['open', 'ready', 'end', 'close']) stream.on(event, () => events.push(event));
    response.on('finish', () => events.push(`finish ${stream.bytesRead}`));
    if (searchParams.has('pipeline')) pipeline(stream, response, (error) => events.push(`done ${error ?? ''}`));
    else stream.pipe(response);
  });
  const check = async (query, wanted, options) => {
    events.length = 0;
    const { response, body } = await get(server, { path: `/?${query}`, ...options });
    assert.ok(body.equals(wanted), `${query}: ${body.length} of ${wanted.length} bytes`);
    while (!events.includes('close') || !events.some((event) => event.startsWith('finish'))) await new Promise(setImmediate);
    assert.deepStrictEqual(events.filter((event) => !/finish|done/.test(event)), ['open', 'ready', 'end', 'close'], query);
    return response;
  };
  const hello = Buffer.from('hello file');
  for (const way of ['', '&length', '&pipeline']) {
    await check(`file=big${way}`, bytes);
    assert.ok(events.includes(`finish ${bytes.length}`));
    await check(`file=small${way}`, hello);
    await check(`file=empty${way}`, Buffer.alloc(0));
  }
  await check('file=big&start=1000000&end=2500000', bytes.subarray(1_000_000, 2_500_001));
  await check('file=small&start=6', Buffer.from('file'));
  await check('file=small&start=9&end=400', Buffer.from('e'));
  assert.strictEqual((await check('file=small&length', Buffer.alloc(0), { method: 'HEAD' })).headers['content-length'], '10');
  server.close();
});

test('whoever looks at the bytes sees them, and what is written around a file stays around it', async () => {
  const seen = [];
  const server = await serve((request, response) => {
    const stream = fs.createReadStream(small);
    if (request.url === '/data') {
      stream.on('data', (chunk) => seen.push(chunk.toString()));
      stream.pipe(response);
    } else if (request.url === '/transform') {
      stream.pipe(new Transform({ transform(chunk, _, done) { done(null, chunk.toString().toUpperCase()); } })).pipe(response);
    } else if (request.url === '/encoding') {
      stream.setEncoding('latin1').pipe(response);
    } else {
      response.write('<');
      stream.pipe(response, { end: false });
      stream.on('end', () => response.end('>'));
    }
  });
  assert.strictEqual((await get(server, { path: '/data' })).body.toString(), 'hello file');
  assert.deepStrictEqual(seen, ['hello file']);
  assert.strictEqual((await get(server, { path: '/transform' })).body.toString(), 'HELLO FILE');
  assert.strictEqual((await get(server, { path: '/encoding' })).body.toString(), 'hello file');
  assert.strictEqual((await get(server, { path: '/around' })).body.toString(), '<hello file>');
  server.close();
});

test('requests follow one another on a connection, and a slow reader gets every byte', async () => {
  const server = await serve((request, response) => fs.createReadStream(big).pipe(response));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 3; i++) assert.ok((await get(server, { agent })).body.equals(bytes));
  agent.destroy();
  const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: false });
  const [response] = await once(request, 'response');
  let at = 0;
  for await (const chunk of response) {
    assert.ok(bytes.subarray(at, at += chunk.length).equals(chunk));
    if (at % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.strictEqual(at, bytes.length);
  server.close();
});

test('a file that is not there, one that shrinks, and a client that leaves end the stream and nothing else', async () => {
  const shrinking = path.join(folder, 'shrinking');
  fs.writeFileSync(shrinking, Buffer.alloc(40_000_000));
  let closed = 0;
  const errors = [];
  const server = await serve((request, response) => {
    const stream = fs.createReadStream(request.url === '/none' ? path.join(folder, 'none') : shrinking);
    stream.on('error', (error) => {
      errors.push(error.code);
      if (!response.headersSent) {
        response.statusCode = 404;
        response.end();
      }
    });
    stream.on('close', () => closed++);
    response.on('close', () => stream.destroy());
    stream.pipe(response);
  });
  assert.strictEqual((await get(server, { path: '/none' })).response.statusCode, 404);
  assert.deepStrictEqual(errors, ['ENOENT']);

  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable'); // and reads no more than that
  socket.destroy();
  while (closed < 2) await new Promise((resolve) => setTimeout(resolve, 5));

  const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: false });
  const [response] = await once(request, 'response');
  response.pause();
  await new Promise((resolve) => setTimeout(resolve, 50));
  fs.truncateSync(shrinking, 1000);
  await assert.rejects(async () => { for await (const _ of response); }, { code: 'ECONNRESET' });
  while (closed < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.strictEqual((await get(server, { path: '/none' })).response.statusCode, 404);
  server.close();
});

test('a response whose write() was replaced gets every byte through it, as when it compresses', async () => {
  const file = path.join(folder, 'seen');
  fs.writeFileSync(file, 'seen by all');
  const server = http.createServer((request, response) => {
    const write = response.write;
    response.write = (chunk) => Reflect.apply(write, response, [chunk.toString().toUpperCase()]);
    fs.createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { body } = await get(server, {});
  assert.strictEqual(String(body), 'SEEN BY ALL');
  server.close();
});

test('clients that leave in the middle are no error of the program, however they leave', async () => {
  const server = await serve((request, response) => { fs.createReadStream(big).pipe(response); });
  const { port } = server.address();
  const left = [];
  for (let i = 0; i < 40; i++) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    left.push(once(socket, 'close'));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(4));
    if (i % 3 === 0) socket.once('data', () => socket.resetAndDestroy());
    else if (i % 3 === 1) socket.once('data', () => socket.destroy());
    else setTimeout(() => socket.destroy(), i / 4);
  }
  await Promise.all(left);
  const request = http.get({ port, host: '127.0.0.1', agent: false });
  const [response] = await once(request, 'response');
  let length = 0;
  for await (const chunk of response) length += chunk.length;
  assert.strictEqual(length, bytes.length);
  server.close();
});
