// A pool of threads: a hundred thousand empty tasks, and a thousand buffers of 1 MB to hash. Under Node the pool is piscina.
const { createHash } = require('crypto');
const path = require('path');
const now = () => Number(process.hrtime.bigint()) / 1e6;

module.exports = (task) => {
  if (task === 0) return 0;
  return createHash('sha256').update(task).digest('hex');
};

async function measure(pool, name, count, make) {
  await Promise.all(Array.from({ length: 50 }, () => pool.run(make())));
  const begun = now();
  for (let done = 0; done < count; done += 1000) {
    const some = [];
    for (let i = 0; i < Math.min(1000, count); i++) some.push(pool.run(make()));
    await Promise.all(some);
  }
  console.log(`${name}_ms`, (now() - begun).toFixed(1));
}

function open() {
  if (process.versions.galley === undefined) {
    const Piscina = require(path.join(process.env.GALLEY_PEERS, 'piscina'));
    const pool = new Piscina({ filename: __filename, maxThreads: 2, minThreads: 2 });
    return { run: (task) => pool.run(task), close: () => pool.destroy() };
  }
  const { WorkerPool } = require('galley');
  return new WorkerPool(__filename, { maxThreads: 2, minThreads: 2 });
}

if (require.main === module && require('worker_threads').isMainThread) {
  (async () => {
    const pool = open();
    await measure(pool, 'empty', 100000, () => 0);
    const bytes = new Uint8Array(1 << 20).fill(7);
    await measure(pool, 'hash', 1000, () => bytes);
    await pool.close();
  })();
}
