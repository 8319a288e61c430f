// The batch job of examples/batch.js on the database that the measurement prepared (BATCH, see bench/run), in the mode
// of the first argument. With `fill ROWS` it makes the table instead.
const cluster = require('cluster');
const os = require('os');
const path = require('path');
const packages = path.join(__dirname, '../../tests/node_modules');
const makeKnex = require(path.join(packages, 'knex'));
const given = JSON.parse(process.env.BATCH);

function open() {
  const config = { ...given, pool: { min: 0, max: 1 } };
  if (given.client === 'better-sqlite3') {
    config.useNullAsDefault = true;
    // A commit need not reach the disk, or all that is measured is the disk.
    config.pool.afterCreate = (connection, done) => done(connection.pragma('synchronous = NORMAL') && null, connection);
    if (!process.versions.galley) config.client = require('./node-sqlite-client.js')(packages);
  }
  return makeKnex(config);
}

async function giveDates(properties) {
  const knex = open();
  for (const { uuid } of properties) await knex('properties').where('uuid', uuid).update({ property_date_type: 'date-given' });
  await knex.destroy();
}

async function lead(mode) {
  const knex = open();
  const properties = await knex('properties').select('uuid', 'property_date_type').where('property_date_type', 'dated');
  const count = mode === 'single' ? 1 : os.cpus().length;
  if (mode === 'single') await giveDates(properties);
  else {
    const size = Math.ceil(properties.length / count);
    await Promise.all(Array.from({ length: count }, (_, i) => new Promise((resolve) => {
      const worker = cluster.fork();
      worker.send(properties.slice(i * size, (i + 1) * size));
      worker.on('exit', resolve);
    })));
  }
  const [{ left }] = await knex('properties').where('property_date_type', 'dated').count({ left: '*' });
  await knex.destroy();
  if (Number(left) !== 0) throw new Error(`${left} rows were left`);
}

async function fill(rows) {
  const knex = open();
  await knex.schema.dropTableIfExists('properties');
  if (given.client === 'better-sqlite3') await knex.raw('PRAGMA journal_mode = WAL');
  await knex.raw('CREATE TABLE properties (uuid TEXT PRIMARY KEY, property_date_type TEXT)');
  const source = given.client === 'pg' ? 'SELECT gen_random_uuid(), \'dated\' FROM generate_series(1, ?::int)' :
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT lower(hex(randomblob(16))), \'dated\' FROM n';
  await knex.raw(`INSERT INTO properties ${source}`, [rows]);
  await knex.destroy();
}

const [, , mode, rows] = process.argv;
if (!cluster.isPrimary) process.once('message', (share) => giveDates(share).then(() => process.exit(0)));
else if (mode === 'fill') fill(Number(rows));
else lead(mode).then(() => process.exit(0));
