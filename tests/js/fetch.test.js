'use strict';
// fetch and WebSocket's classes against a server of this test's own.
const test = require('node:test');
const assert = require('node:assert');
const http = require('node:http');
const { once } = require('node:events');

async function serve(handler) {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

function stop(server) {
  server.close();
  server.closeAllConnections();
}

test('a request with a body, headers and a JSON answer', async () => {
  const { server, url } = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; }).on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, body, x: request.headers['x-test'] }));
    });
  });
  const response = await fetch(`${url}/path`, { method: 'POST', body: 'h\u00e9', headers: new Headers({ 'X-Test': '1' }) });
  assert.strictEqual(response.status, 200);
  assert.deepStrictEqual(await response.json(), { method: 'POST', body: 'h\u00e9', x: '1' });
  stop(server);
});

test('redirects are followed, forms are encoded, streams are read as they come', async () => {
  const { server, url } = await serve((request, response) => {
    if (request.url === '/old') {
      response.writeHead(302, { location: '/new' }).end();
    } else {
      response.write('first ');
      setTimeout(() => response.end('second'), 10);
    }
  });
  const response = await fetch(`${url}/old`);
  assert.ok(response.redirected && response.url.endsWith('/new'));
  const parts = [];
  for await (const part of response.body) parts.push(Buffer.from(part).toString());
  assert.strictEqual(parts.join(''), 'first second');
  const form = new FormData();
  form.set('name', 'value');
  assert.match(await new Request(url, { method: 'POST', body: form }).text(), /name="name"\r\n\r\nvalue\r\n/);
  stop(server);
});

test('an abort ends the wait, a refused connection is told with its cause', async () => {
  const { server, url } = await serve(() => {});
  await assert.rejects(fetch(url, { signal: AbortSignal.timeout(30) }), { name: 'TimeoutError' });
  stop(server);
  await assert.rejects(fetch(url), (error) => error instanceof TypeError && error.cause.code === 'ECONNREFUSED');
});

test('a body that does not decompress, and a server that leaves in the middle, are told to the reader', async () => {
  const { server, url } = await serve((request, response) => {
    if (request.url === '/gzip') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all');
    } else {
      response.writeHead(200, { 'content-length': 100 });
      response.write('some', () => request.socket.destroy());
    }
  });
  const terminated = (code) => (error) => error.message === 'terminated' && error.cause.code === code;
  await assert.rejects(fetch(`${url}/gzip`).then((response) => response.text()), terminated('Z_DATA_ERROR'));
  await assert.rejects(fetch(`${url}/cut`).then((response) => response.text()), terminated('UND_ERR_SOCKET'));
  stop(server);
});

test('an upload that is aborted, or whose source fails, ends with that', async () => {
  const { server, url } = await serve((request) => request.resume());
  const upload = (pull, signal) => fetch(url, { method: 'POST', duplex: 'half', signal, body: new ReadableStream({ pull }) });
  const abort = new AbortController();
  const drip = async (controller) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!abort.signal.aborted) controller.enqueue(new Uint8Array(10));
  };
  setTimeout(() => abort.abort(), 30);
  await assert.rejects(upload(drip, abort.signal), { name: 'AbortError' });
  await assert.rejects(upload(() => { throw new RangeError('no more'); }), (error) => error.cause.message === 'no more');
  stop(server);
});

test('web streams say in which state they are, to node:stream, in errors and when shown', async () => {
  const { isDisturbed, isErrored, isReadable, isWritable } = require('node:stream');
  const stream = new ReadableStream({ start(controller) { controller.enqueue('a'); } });
  assert.ok(isReadable(stream) && !isErrored(stream) && !isDisturbed(stream));
  assert.strictEqual(require('node:util').inspect(stream), "ReadableStream { locked: false, state: 'readable', supportsBYOB: false }");
  const reader = stream.getReader();
  await assert.rejects(stream.cancel(), { name: 'TypeError', code: 'ERR_INVALID_STATE' });
  await reader.read();
  assert.ok(isDisturbed(stream));
  const failed = new WritableStream({ start(controller) { controller.error(new Error('broken')); } });
  await assert.rejects(failed.getWriter().closed, { message: 'broken' });
  assert.ok(isErrored(failed) && !isWritable(failed));
});

test('a chunk that comes late into a cancelled transform is no error of the program', async () => {
  const { readable, writable } = new TransformStream({ transform(chunk, controller) { controller.enqueue(chunk); } });
  const reader = readable.getReader();
  const first = reader.read();
  const cancelled = reader.cancel('enough');
  const late = writable.getWriter().write('late').catch((reason) => reason);
  assert.deepStrictEqual(await first, { value: undefined, done: true });
  await cancelled;
  assert.ok(!((await late) instanceof TypeError));
});

test('a stream reads into a Buffer and gives a Buffer back, without a warning', async () => {
  const warn = process.emitWarning;
  process.emitWarning = () => assert.fail('a warning');
  try {
    const reader = new Blob(['four score']).stream().getReader({ mode: 'byob' });
    const { value } = await reader.read(Buffer.alloc(4));
    assert.ok(Buffer.isBuffer(value));
    assert.strictEqual(value.toString(), 'four');
  } finally {
    process.emitWarning = warn;
  }
});
