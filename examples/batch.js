// A batch job: every property that is 'dated' becomes 'date-given', a statement each, either in one process or spread
// over workers. On SQLite as it stands (npm install knex); the database may be another one, see knex's documentation.
//
//   galley examples/batch.js --mode=single
//   galley examples/batch.js --mode=cluster
const cluster = require('cluster');
const os = require('os');
const config = { client: 'better-sqlite3', connection: { filename: 'properties.db' }, useNullAsDefault: true };
const knex = require('knex');

const mode = process.argv.find((word) => word.startsWith('--mode='))?.slice('--mode='.length) ?? 'cluster';
const workers = mode === 'cluster' ? os.cpus().length : 1;

async function giveDates(database, properties) {
  for (const { uuid } of properties) await database('properties').where({ uuid }).update({ property_date_type: 'date-given' });
}

async function lead() {
  const database = knex(config);
  try {
    const properties = await database('properties').select('uuid').where({ property_date_type: 'dated' });
    console.time('Duration');
    if (mode === 'single') await giveDates(database, properties);
    else await Promise.all(shares(properties).map(handOver));
    console.timeEnd('Duration');
  } finally {
    await database.destroy();
  }
}

function shares(list) {
  const size = Math.ceil(list.length / workers);
  return Array.from({ length: workers }, (_, i) => list.slice(i * size, (i + 1) * size));
}

function handOver(share) {
  const worker = cluster.fork();
  worker.send(share);
  worker.on('message', (text) => console.error(`Worker ${worker.process.pid}: ${text}`));
  return new Promise((resolve, reject) =>
    worker.on('exit', (code) => code === 0 ? resolve() : reject(new Error(`worker ${worker.id} ended with ${code}`))));
}

async function follow(share) {
  const database = knex(config);
  try {
    await giveDates(database, share);
  } catch (error) {
    process.exitCode = 1;
    process.send(error.message);
  } finally {
    await database.destroy();
    process.disconnect();
  }
}

if (cluster.isPrimary) {
  lead().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
} else process.once('message', follow);
