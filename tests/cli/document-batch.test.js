// The documents' batch job, with knex from npm: alone and in a cluster, on SQLite, PostgreSQL and MariaDB; and its end
// when the database refuses it or goes away.
const { test, before, after } = require('node:test');
const assert = require('assert');
const { randomUUID } = require('crypto');
const fs = require('fs');
const path = require('path');
const { root, folder, start, write, until, documentText, fenced } = require('./lib.js');
const { postgres, mariadb } = require('./databases.js');

const ROWS = 200;
fs.symlinkSync(path.join(root, 'tests/node_modules'), path.join(folder, 'node_modules'));
// knex hides the password of the configuration that it is given.
const knex = (config) => require(path.join(root, 'tests/node_modules/knex'))(structuredClone(config));

// Its text names the database in a comment, or in one line of the example.
const text = documentText('002');
const source = text === undefined ? fs.readFileSync(path.join(root, 'examples/batch.js'), 'utf8') : fenced(text, 0);
const said = text === undefined ? { single: /Duration: /, cluster: /Duration: / } :
  { single: /^Running in SINGLE-threaded mode\nSingle-threaded duration: .*s\n$/, cluster: /^Running in CLUSTER mode\nMaster \d+ is running\nCluster duration: .*s\n$/ };
function job(config) {
  const value = JSON.stringify(config);
  return write('job.js', text === undefined ? source.replace(/const config = .*;/, () => `const config = ${value};`) :
    source.replace('//DB_Connections', () => value));
}

async function fill(config, rows = ROWS) {
  const database = knex(config);
  if (config.client === 'better-sqlite3') await database.raw('PRAGMA journal_mode = WAL');
  await database.schema.dropTableIfExists('properties');
  await database.schema.createTable('properties', (table) => {
    table.uuid('uuid').primary();
    table.string('property_date_type');
  });
  const all = Array.from({ length: rows }, () => ({ uuid: randomUUID(), property_date_type: 'dated' }));
  await database.batchInsert('properties', all, 100);
  await database.destroy();
}

async function given(config) {
  const database = knex(config);
  const [{ n }] = await database('properties').where('property_date_type', 'date-given').count({ n: '*' });
  await database.destroy();
  return Number(n);
}

async function runs(config) {
  for (const mode of ['single', 'cluster']) {
    await fill(config);
    const program = start([job(config), `--mode=${mode}`]);
    assert.deepStrictEqual(await program.ended, { code: 0, signal: null }, program.output);
    assert.match(program.output, said[mode]);
    assert.strictEqual(await given(config), ROWS);
  }
}

const sqlite = () => ({ client: 'better-sqlite3', useNullAsDefault: true, connection: { filename: path.join(folder, 'properties.db') } });
let server;
const pg = (change) => ({ client: 'pg', connection: { ...server.connection, ...change } });

before(async () => server = await postgres());
after(() => server.stop());

test('the batch job changes every row on SQLite, also when its workers write at the same time', () => runs(sqlite()));

test('the batch job changes every row on PostgreSQL', () => runs(pg()));

test('the batch job changes every row on MariaDB', async () => {
  const other = await mariadb();
  await runs({ client: 'mysql2', connection: other.connection });
  await other.stop();
});

test('a wrong password and a missing table are told, and the job ends', async () => {
  for (const [config, message] of [[pg({ password: 'no' }), /password authentication failed for user "galley"/],
    [{ ...sqlite(), connection: { filename: ':memory:' } }, /no such table: properties/]]) {
    for (const mode of ['single', 'cluster']) {
      const program = start([job(config), `--mode=${mode}`]);
      assert.deepStrictEqual(await program.ended, { code: 1, signal: null });
      assert.match(program.output, message);
    }
  }
});

test('a server that stops in the middle ends the job and its workers', async () => {
  await fill(pg(), 20000);
  const [single, many] = ['single', 'cluster'].map((mode) => start([job(pg()), `--mode=${mode}`]));
  await until('rows are changed', async () => await given(pg()) > 200);
  await server.cut();
  const lost = /terminating connection|Connection terminated unexpectedly|ECONNREFUSED|ECONNRESET/;
  assert.deepStrictEqual([(await single.ended).code, (await many.ended).signal], [1, null]);
  assert.match(single.output, lost);
  assert.match(many.output, lost);
});
