// An ES module is the program of a cluster's workers and of forked children, and may await before it serves.
import assert from 'node:assert';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import http from 'node:http';
import { fileURLToPath } from 'node:url';

async function lead() {
  const child = fork(fileURLToPath(import.meta.url), ['child']);
  assert.deepStrictEqual((await once(child, 'message'))[0], { main: true });
  const worker = cluster.fork();
  const [{ port }] = await once(worker, 'listening');
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  assert.strictEqual(await answer.text(), 'from a module');
  worker.disconnect();
  assert.deepStrictEqual(await once(worker, 'exit'), [0, null]);
}

if (process.argv[2] === 'child') {
  process.send({ main: import.meta.main });
} else if (cluster.isPrimary) {
  await lead();
} else {
  await new Promise(setImmediate);
  http.createServer((request, response) => response.setHeader('Connection', 'close').end('from a module')).listen(0);
}
