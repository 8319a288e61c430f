// What is opened and closed again leaves nothing behind: timers, files, hashes, sockets, promises.
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const net = require('net');

const turns = (n) => new Promise((resolve) => {
  const turn = () => n-- > 0 ? setImmediate(turn) : resolve();
  turn();
});

async function round() {
  for (let i = 0; i < 5000; i++) clearTimeout(setTimeout(() => {}, 100000));
  for (let i = 0; i < 300; i++) {
    const fd = fs.openSync(__filename);
    fs.closeSync(fd);
    crypto.createHash('sha256').update('x').digest();
  }
  for (let i = 0; i < 30; i++) await fs.promises.readFile(__filename);
  const server = net.createServer((socket) => socket.end('bye')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => net.connect(server.address().port, '127.0.0.1').on('close', resolve).resume());
  }
  await new Promise((resolve) => server.close(resolve));
  await Promise.all(Array.from({ length: 1000 }, (_, i) => new Promise((resolve) => setImmediate(resolve, i))));
  await turns(5);
}

(async () => {
  const descriptors = () => fs.readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 24; i++) await round();
  const open = descriptors();
  // The engine lets its heap grow in steps; what leaks grows every time.
  const growth = [];
  while (growth.length < 12 && !(growth.at(-1) < 1)) {
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 24; i++) await round();
    growth.push((process.memoryUsage.rss() - before) / 1048576);
  }
  assert.ok(growth.at(-1) < 1, `memory grew each time: ${growth.map((megabytes) => megabytes.toFixed(1)).join(', ')} MB`);
  assert.strictEqual(descriptors(), open);
})();
