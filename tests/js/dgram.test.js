'use strict';
// Datagram sockets.
const test = require('node:test');
const assert = require('node:assert');
const dgram = require('node:dgram');
const { once } = require('node:events');

test('a datagram arrives whole, with its sender', async () => {
  const receiver = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const sender = dgram.createSocket('udp4');
  const sent = new Promise((resolve, reject) =>
    sender.send(['a', Buffer.from('b'), new DataView(new Uint8Array([99]).buffer)], receiver.address().port, '127.0.0.1',
                (error, bytes) => (error ? reject(error) : resolve(bytes))));
  const [message, from] = await once(receiver, 'message');
  assert.strictEqual(message.toString(), 'abc');
  assert.deepStrictEqual(from, { address: '127.0.0.1', family: 'IPv4', port: sender.address().port, size: 3 });
  assert.strictEqual(await sent, 3);
  sender.close();
  receiver.close();
});

test('a connected socket needs no address and takes none', async () => {
  const receiver = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address();
  const sender = dgram.createSocket('udp4');
  sender.connect(port, '127.0.0.1');
  await once(sender, 'connect');
  assert.strictEqual(sender.remoteAddress().port, port);
  assert.throws(() => sender.send('x', 0, 1, port, '127.0.0.1'), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  sender.send('');
  const [message] = await once(receiver, 'message');
  assert.strictEqual(message.length, 0);
  sender.close();
  receiver.close();
});

test('what is sent before a failing bind is dropped with the error', async () => {
  const first = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(first, 'listening');
  const second = dgram.createSocket('udp4').bind(first.address().port, '127.0.0.1');
  const [error] = await once(second, 'error');
  assert.strictEqual(error.code, 'EADDRINUSE');
  assert.strictEqual(error.syscall, 'bind');
  first.close();
  second.close();
});

test('a closed socket says so', () => {
  const socket = dgram.createSocket('udp4');
  socket.close();
  assert.throws(() => socket.send('x', 1), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  assert.throws(() => dgram.createSocket('udp5'), { code: 'ERR_SOCKET_BAD_TYPE' });
});
