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
