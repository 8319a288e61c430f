// Workers share ports, are dealt connections evenly, and are replaced when they die.
const assert = require('assert');
const cluster = require('cluster');
const http = require('http');

if (cluster.isWorker) {
  process.on('message', (message) => process.send(message));
  http.createServer((request, response) => {
    if (request.url === '/die') process.kill(process.pid, 'SIGKILL');
    else response.end(String(cluster.worker.id));
  }).listen(0, '127.0.0.1');
  return;
}

const WORKERS = 4, REQUESTS = 200;
const next = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));

function get(port, path = '/') {
  return new Promise((resolve, reject) => {
    http.get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function run() {
  const order = [];
  for (const event of ['fork', 'online', 'listening']) cluster.on(event, () => order.push(event));
  let port;
  const up = Array.from({ length: WORKERS }, () => next(cluster.fork(), 'listening').then(([address]) => {
    port ??= address.port;
    assert.strictEqual(address.port, port); // listen(0) is the same server in each
  }));
  await Promise.all(up);
  assert.deepStrictEqual(order.slice(0, WORKERS), Array(WORKERS).fill('fork'));

  const served = {};
  for (let i = 0; i < REQUESTS; i++) {
    const id = await get(port);
    served[id] = (served[id] || 0) + 1;
  }
  const share = REQUESTS / WORKERS;
  for (const id in cluster.workers) assert(Math.abs(served[id] - share) <= 1, `an even spread: ${JSON.stringify(served)}`);

  const worker = cluster.workers[1];
  worker.send({ hello: 1 });
  assert.deepStrictEqual((await next(worker, 'message'))[0], { hello: 1 });

  // One after another is killed while others ask: nobody but who was in the dead worker's hands notices.
  cluster.on('exit', (gone, code, signal) => {
    assert.strictEqual(signal, 'SIGKILL');
    cluster.fork();
  });
  for (let i = 0; i < 5; i++) {
    const replaced = next(cluster, 'listening');
    await assert.rejects(get(port, '/die'), { code: 'ECONNRESET' });
    for (let n = 0; n < 10; n++) await get(port);
    await replaced;
  }
  cluster.removeAllListeners('exit');

  const exits = Object.values(cluster.workers).map((one) => next(one, 'exit'));
  await new Promise((resolve) => cluster.disconnect(resolve));
  for (const [code, signal] of await Promise.all(exits)) assert.deepStrictEqual([code, signal], [0, null]);
  await assert.rejects(get(port), { code: 'ECONNREFUSED' });
}

const alarm = setTimeout(() => { throw new Error('this takes too long'); }, 40000);
run().then(() => clearTimeout(alarm));
