// Packages that many programs stand on run unmodified, each in the way it is used.
const assert = require('node:assert');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { Writable } = require('node:stream');
const test = require('node:test');
const need = require('node:module').createRequire(path.join(__dirname, '../package.json'));

// A server that says what it was asked.
async function echo(work) {
  const server = http.createServer(async (request, response) => {
    if (request.url === '/never') return;
    if (request.url === '/moved') return response.writeHead(302, { location: '/there' }).end();
    if (request.url === '/broken') return response.writeHead(500).end('no');
    let body = '';
    for await (const chunk of request) body += chunk;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, body }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('axios asks, posts, tells failures and gives up', () => echo(async (base) => {
  const axios = need('axios');
  assert.deepStrictEqual((await axios.get(`${base}/a`, { params: { b: [1, 2] } })).data, { method: 'GET', url: '/a?b%5B%5D=1&b%5B%5D=2', body: '' });
  assert.strictEqual((await axios.post(`${base}/p`, { a: 1 })).data.body, '{"a":1}');
  await assert.rejects(axios.get(`${base}/broken`), { message: 'Request failed with status code 500', code: 'ERR_BAD_RESPONSE' });
  await assert.rejects(axios.get(`${base}/never`, { timeout: 30 }), { code: 'ECONNABORTED' });
}));

test('got follows redirects, reads JSON and streams', () => echo(async (base) => {
  const got = need('got');
  assert.strictEqual((await got(`${base}/moved`).json()).url, '/there');
  assert.strictEqual((await got.post(`${base}/p`, { json: { a: 1 } }).json()).body, '{"a":1}');
  await assert.rejects(got(`${base}/broken`, { retry: 0 }), { message: 'Response code 500 (Internal Server Error)' });
  const chunks = [];
  for await (const chunk of got.stream(`${base}/s`)) chunks.push(chunk);
  assert.strictEqual(JSON.parse(Buffer.concat(chunks)).url, '/s');
}));

test('koa answers through its middleware', async () => {
  const Koa = need('koa');
  const app = new (Koa.default ?? Koa)();
  app.silent = true;
  app.use(async (context, next) => {
    await next();
    context.set('x-seen', 'yes');
  });
  app.use(async (context) => {
    if (context.path === '/tea') context.throw(418, 'short and stout');
    context.body = { query: context.query };
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const fine = await fetch(`${base}/x?y=1`);
  assert.deepStrictEqual([fine.status, fine.headers.get('x-seen'), await fine.json()], [200, 'yes', { query: { y: '1' } }]);
  const tea = await fetch(`${base}/tea`);
  assert.deepStrictEqual([tea.status, await tea.text()], [418, 'short and stout']);
  server.closeAllConnections();
  server.close();
});

test('winston and pino write their lines', async () => {
  const winston = need('winston');
  const pino = need('pino');
  const lines = [];
  const sink = () => new Writable({ write(chunk, encoding, done) { lines.push(JSON.parse(chunk)); done(); } });
  const { format } = winston;
  const logger = winston.createLogger({ format: format.combine(format.splat(), format.json()), transports: [new winston.transports.Stream({ stream: sink() })] });
  logger.info('hello %s', 'you', { meta: 1 });
  pino({ base: null, timestamp: false, redact: ['a.secret'] }, sink()).child({ id: 7 }).warn({ a: { secret: 1 } }, 'x %d', 3);
  await new Promise(setImmediate);
  assert.deepStrictEqual(lines.sort((a, b) => typeof a.level === 'number' ? 1 : -1), [
    { level: 'info', message: 'hello you', meta: 1 },
    { level: 40, id: 7, a: { secret: '[Redacted]' }, msg: 'x 3' },
  ]);
});

test('commander reads options and commands, and refuses others', () => {
  const { Command } = need('commander');
  const program = new Command().name('tool').exitOverride().configureOutput({ writeErr() {} });
  let seen;
  program.option('-p, --port <n>', 'port', (text) => +text, 80).command('serve <folder>').action((folder) => { seen = [folder, program.opts().port]; });
  program.parse(['node', 'tool', '-p', '8080', 'serve', 'public']);
  assert.deepStrictEqual(seen, ['public', 8080]);
  assert.throws(() => program.parse(['node', 'tool', '--nope']), { code: 'commander.unknownOption', exitCode: 1 });
});

test('ioredis speaks to a server', async () => {
  const answers = [[/\r\ninfo\r\n/i, '$0\r\n\r\n'], [/\r\nget\r\n/i, '$5\r\nhello\r\n'], [/./, '+OK\r\n']];
  const server = net.createServer((socket) => socket.on('data', (data) => {
    for (const command of String(data).split('*').slice(1)) socket.write(answers.find(([pattern]) => pattern.test(command))[1]);
  }));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const Redis = need('ioredis');
  const client = new Redis(server.address().port, '127.0.0.1');
  assert.strictEqual(await client.set('a', 1), 'OK');
  assert.deepStrictEqual(await client.pipeline().get('a').set('b', 2).exec(), [[null, 'hello'], [null, 'OK']]);
  client.disconnect();
  server.close();
});

test('jsonwebtoken signs and verifies, with secrets and with keys', () => {
  const jwt = need('jsonwebtoken');
  const { generateKeyPairSync } = require('node:crypto');
  const token = jwt.sign({ a: 1 }, 'secret', { noTimestamp: true });
  assert.deepStrictEqual(jwt.verify(token, 'secret'), { a: 1 });
  assert.throws(() => jwt.verify(token, 'other'), { name: 'JsonWebTokenError', message: 'invalid signature' });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.strictEqual(jwt.verify(jwt.sign({ b: 2 }, privateKey, { algorithm: 'ES256' }), publicKey).b, 2);
});

test('lodash clones, groups, fills templates and waits', async () => {
  const _ = need('lodash');
  const original = { when: new Date(0), map: new Map([[1, { deep: /x/g }]]) };
  assert.deepStrictEqual(_.cloneDeep(original), original);
  assert.deepStrictEqual(_.groupBy([1.2, 1.8, 2.1], Math.floor), { 1: [1.2, 1.8], 2: [2.1] });
  assert.strictEqual(_.template('hi <%= name %>')({ name: 'you' }), 'hi you');
  let calls = 0;
  const late = _.debounce(() => calls++, 5);
  late();
  late();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.strictEqual(calls, 1);
});

test('nodemailer writes a message', async () => {
  const transport = need('nodemailer').createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const { message } = await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'h\u00e9', text: 'body', attachments: [{ filename: 'a.txt', content: 'hi' }] });
  const text = message.toString();
  assert.match(text, /^Subject: =\?UTF-8\?[QB]\?(?:h=C3=A9|aMOp)\?=\r?$/m);
  assert.ok(text.includes(Buffer.from('hi').toString('base64')));
});
