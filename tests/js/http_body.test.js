'use strict';

// Bodies that came together with their request: whatever a program does with them, it sees what a stream would show.

const test = require('node:test');
const assert = require('node:assert');
const http = require('http');
const { once } = require('events');

// Posts a body to a server with this handler; what comes back.
async function post(body, handler) {
  const server = http.createServer(handler).listen(0);
  await once(server, 'listening');
  const request = http.request({ port: server.address().port, method: 'POST', headers: { 'Content-Length': Buffer.byteLength(body) } });
  request.end(body);
  try {
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return text;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const phase = (req) => [req.readable, req.readableFlowing, req.readableDidRead, req.readableEnded, req.destroyed, req.closed].map(Number).join('');

test('data, end and close come one after the other, and the request says how far it is', async () => {
  const story = await post('hello', (req, res) => {
    const seen = [phase(req)];
    req.on('data', (chunk) => seen.push(`data ${Buffer.isBuffer(chunk)} ${chunk} ${phase(req)}`));
    req.on('end', () => seen.push(`end ${phase(req)}`));
    req.on('close', () => {
      seen.push(`close ${phase(req)}`);
      res.end(seen.join(', '));
    });
    seen.push(phase(req));
  });
  assert.strictEqual(story, '100000, 110000, data true hello 111000, end 011100, close 011111');
});

test('a request that is paused in the middle goes on when it is resumed', async () => {
  const story = await post('hello', (req, res) => {
    const seen = [];
    req.on('data', (chunk) => {
      seen.push(String(chunk));
      req.pause();
      setTimeout(() => {
        seen.push('resumed');
        req.resume();
      }, 5);
    });
    req.on('end', () => res.end([...seen, 'end'].join()));
  });
  assert.strictEqual(story, 'hello,resumed,end');
});

test('a request that is paused before its body was told tells it later', async () => {
  const story = await post('hello', (req, res) => {
    const seen = [];
    req.on('data', (chunk) => seen.push(String(chunk)));
    req.on('end', () => res.end(seen.join()));
    req.pause();
    setTimeout(() => {
      seen.push('resumed');
      req.resume();
    }, 5);
  });
  assert.strictEqual(story, 'resumed,hello');
});

test('a request that is destroyed while its body is told does not end', async () => {
  let ended = false;
  await assert.rejects(post('hello', (req) => {
    req.on('data', () => req.destroy());
    req.on('end', () => ended = true);
  }), { code: 'ECONNRESET' });
  assert.strictEqual(ended, false);
});

test('whoever comes after the end finds a stream that ended', async () => {
  const story = await post('hello', (req, res) => {
    req.on('data', () => {});
    req.on('end', () => setTimeout(async () => {
      const seen = [];
      for await (const chunk of req) seen.push(chunk);
      const state = req._readableState;
      res.end([seen.length, req.read(), state.ended, state.endEmitted, state.closed].join());
    }, 5));
  });
  assert.strictEqual(story, '0,,true,true,true');
});

test('a body is read once however it is asked for', async () => {
  const ways = {
    once: (req, done) => req.once('data', (chunk) => done(String(chunk))),
    encoded: (req, done) => req.setEncoding('hex').on('data', done),
    readable: (req, done) => req.on('readable', () => {
      const chunk = req.read();
      if (chunk !== null) done(String(chunk));
    }),
    iterated: async (req, done) => { for await (const chunk of req) done(String(chunk)); },
    piped: (req, done) => req.pipe(new (require('stream').Writable)({ write(chunk, _, next) { done(String(chunk)); next(); } })),
    late: (req, done) => {
      req.on('close', () => {});
      setImmediate(() => req.on('data', (chunk) => done(String(chunk))));
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    const chunks = [];
    const text = await post('hello', (req, res) => {
      way(req, (chunk) => chunks.push(chunk));
      req.on('end', () => setImmediate(() => res.end(chunks.join(''))));
    });
    assert.strictEqual(text, name === 'encoded' ? '68656c6c6f' : 'hello', name);
  }
});

test('a request that was answered before its body was read still ends and closes for those who listen', async () => {
  const seen = [];
  let closed;
  const gone = new Promise((resolve) => closed = resolve);
  await post('hello', (req, res) => {
    req.on('end', () => seen.push('end'));
    req.on('close', () => {
      seen.push('close');
      closed();
    });
    res.end();
  });
  await gone;
  assert.deepStrictEqual(seen, ['end', 'close']);
});

test('a destroy of the program\'s own is what ends a request', async () => {
  const text = await post('hello', (req, res) => {
    const { destroy } = req;
    req.destroy = function(...args) {
      res.end('own');
      return destroy.apply(this, args);
    };
    req.on('data', () => {});
    req.on('end', () => {});
  });
  assert.strictEqual(text, 'own');
});
