'use strict';
// Names: looked up by the system, and asked of a name server that this test runs itself.
const test = require('node:test');
const assert = require('node:assert');
const dgram = require('node:dgram');
const dns = require('node:dns');
const { once } = require('node:events');

// A name server that gives the same records to every question, as bytes.
async function serve(answerTo) {
  const server = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('message', (question, { address, port }) => {
    const answer = answerTo(question);
    if (answer) server.send(answer, port, address);
  });
  const resolver = new dns.promises.Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  return { server, resolver };
}

function answerWith(question, records) {
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt16BE(0, 10);
  const parts = [header, question.subarray(12, question.indexOf(0, 12) + 5)];
  for (const [type, data] of records) {
    const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 1, 44, 0, 0]);
    head.writeUInt16BE(data.length, 10);
    parts.push(head, Buffer.from(data));
  }
  return Buffer.concat(parts);
}

test('records of a server are read, each in its form', async () => {
  const records = {
    1: [[1, [10, 0, 0, 7]]],
    28: [[28, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]],
    15: [[15, [0, 10, 4, 109, 97, 105, 108, 0xc0, 12]]],
    16: [[16, [2, 104, 105, 3, 121, 111, 117]]],
    33: [[33, [0, 1, 0, 2, 0x1f, 0x90, 0xc0, 12]]],
  };
  const { server, resolver } = await serve((question) => {
    const type = question.readUInt16BE(question.indexOf(0, 12) + 1);
    return answerWith(question, records[type] ?? []);
  });
  assert.deepStrictEqual(await resolver.resolve4('a.test', { ttl: true }), [{ address: '10.0.0.7', ttl: 300 }]);
  assert.deepStrictEqual(await resolver.resolve6('a.test'), ['2001:db8::1']);
  assert.deepStrictEqual(await resolver.resolveMx('a.test'), [{ exchange: 'mail.a.test', priority: 10 }]);
  assert.deepStrictEqual(await resolver.resolveTxt('a.test'), [['hi', 'you']]);
  assert.deepStrictEqual(await resolver.resolveSrv('a.test'), [{ name: 'a.test', port: 8080, priority: 1, weight: 2 }]);
  await assert.rejects(resolver.resolveNs('a.test'), { code: 'ENODATA', syscall: 'queryNs', hostname: 'a.test' });
  server.close();
});

test('an answer that points into itself or ends early is refused', async () => {
  for (const data of [[0, 1, 0xc0, 60], [0, 1, 0xff, 0xff], [0, 1, 63, 97], [0]]) {
    const { server, resolver } = await serve((question) => answerWith(question, [[15, data]]));
    await assert.rejects(resolver.resolveMx('b.test'), { code: 'EBADRESP' }, `${data}`);
    server.close();
  }
});

test('a server that does not answer is a timeout, cancel() ends the wait', async () => {
  const { server, resolver } = await serve(() => undefined);
  await assert.rejects(resolver.resolve4('slow.test'), { code: 'ETIMEOUT' });
  const waiting = resolver.resolve4('slow.test');
  resolver.cancel();
  await assert.rejects(waiting, { code: 'ECANCELLED' });
  server.close();
});

test('localhost is found without a name server, an address is its own answer', async () => {
  assert.deepStrictEqual(await dns.promises.lookup('localhost', 4), { address: '127.0.0.1', family: 4 });
  assert.deepStrictEqual(await dns.promises.lookup('::1', { all: true }), [{ address: '::1', family: 6 }]);
  await assert.rejects(dns.promises.lookup('no-such-name.invalid'), { syscall: 'getaddrinfo', hostname: 'no-such-name.invalid' });
  assert.throws(() => dns.lookup('x', { family: 5 }, () => {}), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('servers are set as addresses with ports', () => {
  const resolver = new dns.Resolver();
  resolver.setServers(['127.0.0.1', '[::1]:5353', '10.0.0.1:99']);
  assert.deepStrictEqual(resolver.getServers(), ['127.0.0.1', '[::1]:5353', '10.0.0.1:99']);
  assert.throws(() => resolver.setServers(['name']), { code: 'ERR_INVALID_IP_ADDRESS' });
});
