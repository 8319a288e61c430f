// Express 4 and 5 with the packages that everyone puts beside them run unmodified.
const assert = require('assert');
const http = require('http');
const path = require('path');
const { createRequire } = require('module');
const need = createRequire(path.join(__dirname, '../package.json'));

function request(port, options, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ port, host: '127.0.0.1', ...options }, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks) }));
    });
    req.on('error', reject);
    req.end(body);
  });
}

async function check(name) {
  const express = need(name);
  const app = express();
  app.use(need('compression')({ threshold: 100 }));
  app.use(need('cookie-session')({ keys: ['secret'] }));
  app.use(express.json());
  app.use(express.urlencoded({ extended: true }));
  app.use('/files', express.static(__dirname));
  app.get('/', (req, res) => res.send('Hello'));
  app.get('/items/:id', (req, res) => res.json({ id: req.params.id, query: req.query }));
  app.post('/echo', (req, res) => res.status(201).json(req.body));
  app.get('/count', (req, res) => res.json(req.session.count = (req.session.count || 0) + 1));
  app.get('/big', (req, res) => res.type('text').send('big '.repeat(1000)));
  app.get('/broken', () => { throw new Error('it broke'); });
  app.use((error, req, res, next) => res.status(500).send(error.message));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  const ask = (options, body) => request(port, options, body);

  assert.strictEqual((await ask({ path: '/' })).body.toString(), 'Hello');
  assert.deepStrictEqual(JSON.parse((await ask({ path: '/items/7?a=b' })).body), { id: '7', query: { a: 'b' } });
  const json = await ask({ path: '/echo', method: 'POST', headers: { 'content-type': 'application/json' } }, '{"a":[1,2]}');
  assert.strictEqual(json.status, 201);
  assert.strictEqual(json.body.toString(), '{"a":[1,2]}');
  const form = await ask({ path: '/echo', method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 'x[y]=1');
  assert.strictEqual(form.body.toString(), '{"x":{"y":"1"}}');
  const first = await ask({ path: '/count' });
  const cookie = first.headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');
  assert.strictEqual((await ask({ path: '/count', headers: { cookie } })).body.toString(), '2');
  const big = await ask({ path: '/big', headers: { 'accept-encoding': 'gzip' } });
  assert.strictEqual(big.headers['content-encoding'], 'gzip');
  assert.strictEqual(require('zlib').gunzipSync(big.body).toString(), 'big '.repeat(1000));
  const file = await ask({ path: '/files/express.test.js' });
  assert.strictEqual(file.body.toString(), require('fs').readFileSync(__filename, 'utf8'));
  assert.strictEqual((await ask({ path: '/files/express.test.js', headers: { 'if-none-match': file.headers.etag } })).status, 304);
  assert.strictEqual((await ask({ path: '/nowhere' })).status, 404);
  const broken = await ask({ path: '/broken' });
  assert.strictEqual(`${broken.status} ${broken.body}`, '500 it broke');
  await new Promise((resolve) => server.close(resolve));
}

(async () => {
  await check('express');
  await check('express4');
})();
