// TLS and HTTPS between two ends in this process; the certificates are made with the openssl command.
const { test } = require('node:test');
const assert = require('assert');
const tls = require('tls');
const https = require('https');
const net = require('net');
const { spawnSync } = require('child_process');
const { once } = require('events');
const { PassThrough } = require('stream');

const { key, cert } = require('./certificate')('DNS:galley.test,DNS:*.deck.test,IP:127.0.0.1');

async function serve(options, onConnection) {
  const server = tls.createServer({ key, cert, ...options }, onConnection);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function connect(server, options) {
  return tls.connect({ port: server.address().port, host: '127.0.0.1', servername: 'galley.test', ca: cert, ...options });
}

test('plain bytes travel both ways, however many', async () => {
  const server = await serve({}, (socket) => socket.pipe(socket));
  const text = Buffer.alloc(3_000_000, 'oars ');
  const client = connect(server);
  client.end(text);
  const parts = [];
  for await (const part of client) parts.push(part);
  assert.ok(Buffer.concat(parts).equals(text));
  assert.strictEqual(client.authorized, true);
  server.close();
});

test('both versions of the protocol, names, and what was agreed on', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const server = await serve({ ALPNProtocols: ['b', 'a'], minVersion: version, maxVersion: version }, (socket) => socket.end());
    const client = connect(server, { ALPNProtocols: ['a', 'b'] });
    await once(client, 'secureConnect');
    assert.strictEqual(client.getProtocol(), version);
    assert.strictEqual(client.alpnProtocol, 'b');
    assert.strictEqual(client.getPeerCertificate().subject.CN, 'galley.test');
    client.end();
    server.close();
  }
});

test('a certificate that nobody vouches for, or of another name, is refused', async () => {
  const server = await serve({}, (socket) => socket.end());
  const [unknown] = await once(connect(server, { ca: undefined }), 'error');
  assert.strictEqual(unknown.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
  const [wrong] = await once(connect(server, { servername: 'other.test' }), 'error');
  assert.strictEqual(wrong.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
  const client = connect(server, { ca: undefined, rejectUnauthorized: false });
  await once(client, 'secureConnect');
  assert.strictEqual(client.authorized, false);
  client.destroy();
  server.close();
});

test('names with a star match one label', () => {
  const certificate = { subject: { CN: 'x' }, subjectaltname: 'DNS:*.deck.test, IP Address:127.0.0.1' };
  assert.strictEqual(tls.checkServerIdentity('a.deck.test', certificate), undefined);
  assert.strictEqual(tls.checkServerIdentity('127.0.0.1', certificate), undefined);
  assert.strictEqual(tls.checkServerIdentity('a.b.deck.test', certificate).code, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a server asks clients for certificates and chooses its own by name', async () => {
  let asked;
  const server = await serve({
    requestCert: true,
    ca: cert,
    SNICallback(name, callback) {
      asked = name;
      setImmediate(callback, null, tls.createSecureContext({ key, cert, ca: cert }));
    },
  }, (socket) => socket.end(String(socket.authorized)));
  const client = connect(server, { key, cert });
  const [answer] = await once(client, 'data');
  assert.strictEqual(answer.toString(), 'true');
  assert.strictEqual(asked, 'galley.test');
  client.end();
  server.close();
});

test('a session is resumed', async () => {
  const server = await serve({ maxVersion: 'TLSv1.2' }, (socket) => socket.end());
  const first = connect(server);
  const [session] = await once(first, 'session');
  first.resume();
  await once(first, 'close');
  const second = connect(server, { session });
  await once(second, 'secureConnect');
  assert.strictEqual(second.isSessionReused(), true);
  second.end();
  server.close();
});

test('somebody who speaks no TLS is told and leaves no trace', async () => {
  const server = await serve({}, () => assert.fail('no connection expected'));
  const refused = once(server, 'tlsClientError');
  net.connect(server.address().port, '127.0.0.1').on('error', () => {}).end('GET / HTTP/1.1\r\n\r\n');
  const [error] = await refused;
  assert.strictEqual(error.code, 'ERR_SSL_HTTP_REQUEST');
  server.close();
});

test('TLS over any stream that JavaScript carries', async () => {
  const inner = await serve({}, (socket) => socket.end('inside'));
  // The outer connection hands the inner one's bytes on.
  const outer = await serve({}, (socket) => {
    const onward = net.connect(inner.address().port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => {});
    onward.on('error', () => {});
  });
  const carrier = connect(outer);
  await once(carrier, 'secureConnect');
  const client = tls.connect({ socket: carrier, servername: 'galley.test', ca: cert });
  const [chunk] = await once(client, 'data');
  assert.strictEqual(chunk.toString(), 'inside');
  client.destroy();
  carrier.destroy();
  inner.close();
  outer.close();
});

test('https serves, keeps connections and tells errors', async () => {
  const server = https.createServer({ key, cert }, (request, response) => response.end(`you asked for ${request.url}`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new https.Agent({ keepAlive: true, ca: cert });
  const get = (url) => new Promise((resolve, reject) => {
    https.get({ port: server.address().port, host: '127.0.0.1', servername: 'galley.test', path: url, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part) => { body += part; }).on('end', () => resolve([body, response.req.reusedSocket]));
    }).on('error', reject);
  });
  assert.deepStrictEqual(await get('/a'), ['you asked for /a', false]);
  await new Promise(setImmediate);
  assert.deepStrictEqual(await get('/b'), ['you asked for /b', true]);
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

test('connections that are collected after their sockets are gone touch nothing', () => {
  const program = `
    const tls = require('tls');
    const key = process.env.KEY, cert = process.env.CERT;
    const server = tls.createServer({ key, cert }, (socket) => socket.end('bye')).listen(0, '127.0.0.1', round);
    server.on('tlsClientError', () => {});
    let left = 6;
    function round() {
      if (left-- === 0) return server.close();
      let open = 24, greeted = 0;
      for (let i = 0; i < 24; i++) {
        const client = tls.connect({ port: server.address().port, host: '127.0.0.1', ca: cert, servername: 'galley.test' });
        // The sockets of this round have the memory of the last one's.
        client.once('connect', () => { if (i === 12) gc(); });
        client.resume().on('end', () => greeted++).on('close', () => {
          if (--open === 0) greeted === 24 ? setTimeout(round, 5) : process.exit(7);
        });
      }
    }`;
  const run = spawnSync(process.execPath, ['--expose-gc', '-e', program],
    { env: { ...process.env, KEY: key, CERT: cert, MALLOC_PERTURB_: '165', MALLOC_CHECK_: '3' }, encoding: 'utf8' });
  assert.strictEqual(run.signal, null, run.stderr);
  assert.strictEqual(run.status, 0, run.stderr);
});

test('who leaves in the middle of a handshake is told of and forgotten', async () => {
  const server = tls.createServer({ key, cert }, () => assert.fail('a connection'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const told = once(server, 'tlsClientError');
  net.connect(server.address().port, '127.0.0.1', function() { this.end(); });
  assert.strictEqual((await told)[0].code, 'ECONNRESET');
  // One that does not believe the certificate leaves before the server hears that all is well.
  const again = once(server, 'tlsClientError');
  await assert.rejects(once(tls.connect({ port: server.address().port, host: '127.0.0.1' }), 'secureConnect'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  await again;
  server.close();
  await once(server, 'close');
});

test('a server that pauses connections hands them over paused', async () => {
  const server = await serve({ pauseOnConnect: true }, (socket) => {
    assert.strictEqual(socket.isPaused(), true);
    setTimeout(() => socket.pipe(socket), 5);
  });
  const client = connect(server);
  client.end('oars');
  let text = '';
  for await (const part of client) text += part;
  assert.strictEqual(text, 'oars');
  server.close();
});

test('TLS goes through TLS, and begins before the outer one has connected', async () => {
  const inner = await serve({}, (socket) => socket.end('pull the oars'));
  const outer = await serve({}, (socket) => {
    const through = net.connect(inner.address().port, '127.0.0.1');
    through.pipe(socket).pipe(through);
  });
  const client = connect(outer, { socket: connect(outer) });
  let text = '';
  for await (const part of client) text += part;
  assert.strictEqual(text, 'pull the oars');
  for (const server of [inner, outer]) server.close();
});

test('sessions are kept and found by the program, at once or later', async () => {
  const sessions = new Map();
  const server = await serve({ maxVersion: 'TLSv1.2', secureOptions: require('constants').SSL_OP_NO_TICKET }, (socket) => socket.end());
  server.on('newSession', (id, session, done) => setImmediate(() => {
    sessions.set(id.toString('hex'), session);
    done();
  }));
  server.on('resumeSession', (id, found) => process.nextTick(() => found(null, sessions.get(id.toString('hex')))));
  const first = connect(server);
  await once(first, 'secureConnect');
  const session = first.getSession();
  first.resume();
  await once(first, 'close');
  assert.strictEqual(sessions.size, 1);
  const second = connect(server, { session });
  await once(second, 'secureConnect');
  assert.strictEqual(second.isSessionReused(), true);
  second.destroy();
  server.close();
});

test('a TLS socket over a stream shows libraries what is beneath it', () => {
  const below = new PassThrough();
  const socket = new tls.TLSSocket(below);
  assert.strictEqual(socket._handle._parentWrap, below);
  socket.destroy();
});

test('what came before a renegotiation is told before it', async () => {
  let handshakes = 0;
  const server = await serve({ maxVersion: 'TLSv1.2' }, (socket) => {
    socket.on('secure', () => { handshakes++; });
    socket.once('data', () => socket.disableRenegotiation());
    socket.on('error', (error) => server.emit('refused', error));
  });
  const client = connect(server);
  client.on('error', () => {});
  await once(client, 'secureConnect');
  client.write('from now on', () => client.renegotiate({}, () => assert.fail('it must not be done')));
  const [error] = await once(server, 'refused');
  assert.strictEqual(error.code, 'ERR_TLS_RENEGOTIATION_DISABLED');
  assert.strictEqual(handshakes, 0);
  client.destroy();
  server.close();
});

test('a socket that is closed has let go of its connection', async () => {
  const server = await serve({}, (socket) => socket.end('bye'));
  const client = tls.connect({ port: server.address().port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(client, 'secureConnect');
  const error = client.ssl.verifyError();
  assert.ok(error instanceof Error);
  assert.strictEqual(error.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
  client.resume();
  await once(client, 'close');
  assert.strictEqual(client.ssl, null);
  assert.throws(() => client.exportKeyingMaterial(8, 'label'), { code: 'ERR_TLS_INVALID_STATE' });
  server.close();
});

test('plain bytes come into the buffers that the program makes, one for each part', async () => {
  const server = await serve({}, (socket) => socket.end('abcde'));
  let made = 0;
  let text = '';
  const client = connect(server, { onread: {
    buffer: () => { made++; return Buffer.alloc(2); },
    callback: (length, buffer) => { text += buffer.toString('latin1', 0, length); },
  } });
  await once(client, 'end');
  assert.deepStrictEqual([text, made], ['abcde', 4]);
  server.close();
});
