// What programs do with pg, mysql2 and knex every day, on servers of the test's own.
const { test, before, after } = require('node:test');
const assert = require('assert');
const { once } = require('events');
const path = require('path');
const { root } = require('./lib.js');
const { postgres, mariadb } = require('./databases.js');

const package_ = (name) => require(path.join(root, 'tests/node_modules', name));
const pg = package_('pg');
const QueryStream = package_('pg-query-stream');
const mysql = package_('mysql2/promise');
const knex = (config) => package_('knex')(structuredClone(config));

let server, maria;
before(async () => [server, maria] = await Promise.all([postgres(), mariadb()]));
after(() => Promise.all([server.stop(), maria.stop()]));

async function withClient(work) {
  const client = new pg.Client(server.connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test('pg: values of every type go there and back', () => withClient(async (client) => {
  await client.query('CREATE TABLE kinds (big bigint, doc jsonb, at timestamptz, raw bytea, list int[], num numeric, ok boolean, t text)');
  const at = new Date('2024-02-29T12:34:56.789Z');
  const values = ['9223372036854775807', { a: [1, null, 'x'] }, at, Buffer.from([0, 1, 255]), [1, 2, 3], '1.10', true, 'h\u00e9 \u2603'];
  await client.query('INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', values);
  const { rows, fields, command, rowCount } = await client.query('SELECT * FROM kinds');
  assert.deepStrictEqual(rows, [{ big: values[0], doc: values[1], at, raw: values[3], list: values[4], num: '1.10', ok: true, t: values[7] }]);
  assert.deepStrictEqual([fields.length, command, rowCount], [8, 'SELECT', 1]);
  const array = await client.query({ text: 'SELECT $1::int + 1, now() < $2', values: [41, new Date(Date.now() + 1e6)], rowMode: 'array' });
  assert.deepStrictEqual(array.rows, [[42, true]]);
}));

test('pg: a prepared statement is parsed once, an error leaves the connection usable', () => withClient(async (client) => {
  for (let i = 0; i < 5; i++) {
    const { rows } = await client.query({ name: 'double', text: 'SELECT $1::int * 2 AS n', values: [i] });
    assert.strictEqual(rows[0].n, i * 2);
  }
  assert.strictEqual((await client.query('SELECT count(*)::int AS n FROM pg_prepared_statements')).rows[0].n, 1);
  await assert.rejects(client.query('SELECT nothing FROM nowhere'), { code: '42P01', message: 'relation "nowhere" does not exist', severity: 'ERROR', position: '21' });
  await assert.rejects(client.query('SELECT 1 / $1::int', [0]), { code: '22012' });
  assert.strictEqual((await client.query('SELECT 1 AS one')).rows[0].one, 1);
}));

test('pg: a pool shares its connections, and a transaction keeps to one of them', async () => {
  const pool = new pg.Pool({ ...server.connection, max: 3 });
  await pool.query('CREATE TABLE counts (id int PRIMARY KEY, n int NOT NULL)');
  await pool.query('INSERT INTO counts VALUES (1, 0)');
  const pids = await Promise.all(Array.from({ length: 12 }, () => pool.query('SELECT pg_backend_pid() AS pid, pg_sleep(0.01)')));
  assert.ok(new Set(pids.map(({ rows }) => rows[0].pid)).size <= 3);
  const add = async (fails) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('UPDATE counts SET n = n + 1 WHERE id = 1');
      if (fails) throw new Error('no');
      await client.query('COMMIT');
    } catch {
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, i) => add(i % 4 === 0)));
  assert.strictEqual((await pool.query('SELECT n FROM counts')).rows[0].n, 15);
  assert.deepStrictEqual([pool.waitingCount, pool.totalCount <= 3], [0, true]);
  await pool.end();
});

test('pg: many rows stream with back pressure, and notifications arrive', () => withClient(async (client) => {
  let sum = 0;
  for await (const row of client.query(new QueryStream('SELECT generate_series(1, 5000) AS n', [], { batchSize: 100 }))) sum += row.n;
  assert.strictEqual(sum, 5000 * 5001 / 2);
  await client.query('LISTEN deck');
  const heard = once(client, 'notification');
  await withClient((other) => other.query("SELECT pg_notify('deck', 'all hands')"));
  const [{ channel, payload }] = await heard;
  assert.deepStrictEqual([channel, payload], ['deck', 'all hands']);
}));

test('pg: a large value comes whole, a cut connection is an error for every query that waits', () => withClient(async (client) => {
  const text = 'galley '.repeat(300000);
  assert.strictEqual((await client.query('SELECT $1::text || $1 AS t', [text])).rows[0].t, text + text);
  const lost = new pg.Client(server.connection);
  lost.on('error', () => {});
  await lost.connect();
  const { rows: [{ pid }] } = await lost.query('SELECT pg_backend_pid() AS pid');
  const waiting = [lost.query('SELECT pg_sleep(30)'), lost.query('SELECT 1')].map((query) => assert.rejects(query));
  await client.query('SELECT pg_terminate_backend($1)', [pid]);
  await Promise.all(waiting);
}));

test('mysql2: values, prepared statements, transactions and pools', async () => {
  const pool = mysql.createPool({ ...maria.connection, connectionLimit: 2, supportBigNumbers: true, timezone: 'Z' });
  await pool.query('CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, big BIGINT, doc JSON, at DATETIME(3), raw BLOB, t TEXT)');
  const at = new Date('2024-02-29T12:34:56.789Z');
  const [{ insertId }] = await pool.execute('INSERT INTO kinds (big, doc, at, raw, t) VALUES (?, ?, ?, ?, ?)',
    ['9223372036854775807', '{"a": 1}', at, Buffer.from([0, 255]), 'h\u00e9 \u2603']);
  const [[row]] = await pool.execute('SELECT * FROM kinds WHERE id = ?', [insertId]);
  assert.deepStrictEqual([row.big, row.at.getTime(), row.raw, row.t], ['9223372036854775807', at.getTime(), Buffer.from([0, 255]), 'h\u00e9 \u2603']);
  const connection = await pool.getConnection();
  await connection.beginTransaction();
  await connection.query("UPDATE kinds SET t = 'gone'");
  await connection.rollback();
  connection.release();
  assert.strictEqual((await pool.query('SELECT t FROM kinds'))[0][0].t, 'h\u00e9 \u2603');
  await assert.rejects(pool.query('SELECT * FROM nowhere'), { code: 'ER_NO_SUCH_TABLE', errno: 1146 });
  await assert.rejects(mysql.createConnection({ ...maria.connection, password: 'no' }), { code: 'ER_ACCESS_DENIED_ERROR' });
  await pool.end();
});

test('knex: schemas, joins, transactions and streams on all three', async () => {
  const configs = [{ client: 'pg', connection: server.connection }, { client: 'mysql2', connection: maria.connection },
    { client: 'better-sqlite3', useNullAsDefault: true, connection: { filename: ':memory:' } }];
  for (const config of configs) {
    const db = knex(config);
    await db.schema.createTable('crews', (t) => { t.increments('id'); t.string('name').unique(); });
    await db.schema.createTable('rowers', (t) => {
      t.increments('id');
      t.integer('crew').unsigned().references('crews.id');
      t.string('name');
    });
    await db('crews').insert([{ name: 'port' }, { name: 'starboard' }]);
    await db.transaction(async (trx) => {
      for (let i = 0; i < 20; i++) await trx('rowers').insert({ crew: 1 + i % 2, name: `rower ${i}` });
    });
    await assert.rejects(db.transaction(async (trx) => {
      await trx('rowers').delete();
      throw new Error('no');
    }), { message: 'no' });
    await assert.rejects(db('crews').insert({ name: 'port' }), /UNIQUE|unique|Duplicate/);
    const counts = await db('rowers').join('crews', 'crews.id', 'rowers.crew').groupBy('crews.name').orderBy('crews.name')
      .select('crews.name').count({ n: '*' });
    assert.deepStrictEqual(counts.map((row) => [row.name, Number(row.n)]), [['port', 10], ['starboard', 10]]);
    let seen = 0;
    await once(db('rowers').select('name').stream().on('data', () => seen++), 'close');
    assert.strictEqual(seen, 20);
    await db.destroy();
  }
});
