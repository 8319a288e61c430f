// node:sqlite: values go in and come out as they are, statements, transactions, functions, sessions and copies work.
const { test } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Worker } = require('worker_threads');
const { DatabaseSync, backup, constants } = require('node:sqlite');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-sqlite-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const memory = (sql = '') => {
  const db = new DatabaseSync(':memory:');
  db.exec(sql);
  return db;
};
const plain = (rows) => rows.map((row) => ({ ...row }));

test('every kind of value comes back as it went in', () => {
  const db = memory('CREATE TABLE t (v)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  const values = [null, 1, -1.5, 2 ** 40, 9007199254740991, 1e300, '', 'plain', 'h\u00e9 \u2603 \ud83d\ude00', 'a\0b', 'x'.repeat(100000),
    new Uint8Array(), new Uint8Array([0, 255, 7])];
  for (const value of values) put.run(value);
  assert.deepStrictEqual(db.prepare('SELECT v FROM t').all().map((row) => row.v), values);
  assert.deepStrictEqual(db.prepare('SELECT ? AS a, ? AS b').get(true, 2n ** 40n), { __proto__: null, a: 1, b: 2 ** 40 });
  const big = db.prepare('SELECT 9223372036854775807 AS n');
  assert.throws(() => big.get(), { code: 'ERR_OUT_OF_RANGE' });
  big.setReadBigInts(true);
  assert.strictEqual(big.get().n, 9223372036854775807n);
});

test('many rows come in batches without a gap', () => {
  const db = memory('CREATE TABLE t (a, b, c)');
  db.exec('BEGIN');
  const put = db.prepare('INSERT INTO t VALUES (?, ?, ?)');
  for (let i = 0; i < 5000; i++) put.run(i, `row ${i}`, i / 3);
  db.exec('COMMIT');
  const rows = db.prepare('SELECT * FROM t ORDER BY a').all();
  assert.strictEqual(rows.length, 5000);
  rows.forEach((row, i) => assert.deepStrictEqual(row, { __proto__: null, a: i, b: `row ${i}`, c: i / 3 }));
  let seen = 0;
  for (const row of db.prepare('SELECT a FROM t ORDER BY a').iterate()) assert.strictEqual(row.a, seen++);
  assert.strictEqual(seen, 5000);
  const wide = db.prepare(`SELECT ${Array.from({ length: 1500 }, (_, i) => `${i} AS c${i}`).join(', ')} FROM t LIMIT 3`);
  assert.deepStrictEqual(wide.all().map((row) => row.c1499), [1499, 1499, 1499]);
});

test('columns that a change of the schema adds appear in statements that exist', () => {
  const db = memory('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  const all = db.prepare('SELECT * FROM t');
  assert.deepStrictEqual(plain(all.all()), [{ a: 1 }]);
  db.exec('ALTER TABLE t ADD COLUMN b DEFAULT 2');
  assert.deepStrictEqual({ ...all.get() }, { a: 1, b: 2 });
  assert.deepStrictEqual(plain(all.all()), [{ a: 1, b: 2 }]);
});

test('names of columns cannot do harm', () => {
  const names = ['__proto__', 'a\u2028\\"', 'constructor', 'x]', '${0}', "'"];
  const columns = names.map((name, i) => `${i} AS "${name.replaceAll('"', '""')}"`);
  const row = memory().prepare(`SELECT ${columns.join(', ')}, 6 AS "x]"`).get();
  assert.deepStrictEqual(Object.keys(row), names);
  assert.deepStrictEqual([row.constructor, row['x]'], Object.getPrototypeOf(row)], [2, 6, null]);
});

test('an error says what SQLite said, and the statement can be used again', () => {
  const db = memory('CREATE TABLE t (a UNIQUE)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  put.run(1);
  assert.throws(() => put.run(1), { code: 'ERR_SQLITE_ERROR', errcode: 2067, errstr: 'constraint failed', message: 'UNIQUE constraint failed: t.a' });
  assert.throws(() => put.run({}, Symbol()), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.deepStrictEqual(put.run(2), { changes: 1, lastInsertRowid: 2 });
  assert.throws(() => db.prepare('SELEC'), { code: 'ERR_SQLITE_ERROR', errcode: 1 });
  assert.throws(() => new DatabaseSync(path.join(folder, 'no/such/folder.db')), { code: 'ERR_SQLITE_ERROR', errcode: 14 });
});

test('functions and aggregates see values, throw through SQL, and may use other statements', () => {
  const db = memory('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)');
  const count = db.prepare('SELECT count(*) AS n FROM t');
  db.function('shout', (text) => `${text}!${count.get().n}`);
  assert.strictEqual(db.prepare('SELECT shout(a) AS s FROM t LIMIT 1').get().s, '1!3');
  const boom = new Error('boom');
  db.function('boom', () => { throw boom; });
  assert.throws(() => db.prepare('SELECT boom() FROM t').all(), boom);
  db.aggregate('list', { start: () => [], step: (list, value) => [...list, value], result: (list) => list.join() });
  assert.strictEqual(db.prepare('SELECT list(a) AS l FROM t').get().l, '1,2,3');
  assert.strictEqual(db.prepare('SELECT list(a) AS l FROM t WHERE a > 9').get().l, '');
  db.aggregate('total_of', { start: 0, step: (sum, n) => sum + n, inverse: (sum, n) => sum - n });
  assert.deepStrictEqual(db.prepare('SELECT total_of(a) OVER (ORDER BY a ROWS 1 PRECEDING) AS s FROM t').all().map((row) => row.s), [1, 3, 5]);
  let again;
  db.function('again', () => again.get().x);
  again = db.prepare('SELECT again() AS x');
  assert.throws(() => again.get(), { code: 'ERR_INVALID_STATE' });
  db.function('shut', () => db.close());
  assert.throws(() => db.prepare('SELECT shut()').get(), { code: 'ERR_INVALID_STATE', message: 'database cannot be closed while in a callback' });
});

test('a closed database ends its statements, and an iterator that is left half way holds nothing', () => {
  const db = memory('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)');
  const all = db.prepare('SELECT a FROM t');
  for (const row of all.iterate()) {
    assert.strictEqual(row.a, 1);
    break;
  }
  db.exec('DROP TABLE t');
  db.close();
  assert.throws(() => all.all(), { code: 'ERR_INVALID_STATE', message: 'statement has been finalized' });
  assert.throws(() => db.exec(''), { code: 'ERR_INVALID_STATE', message: 'database is not open' });
});

test('changes are recorded, sent to another database, and conflicts decided', () => {
  const [from, to] = [0, 1].map(() => memory('CREATE TABLE t (id INTEGER PRIMARY KEY, v)'));
  const session = from.createSession({ table: 't' });
  from.exec("INSERT INTO t VALUES (1, 'here'), (2, 'also')");
  to.exec("INSERT INTO t VALUES (1, 'there')");
  const changes = session.changeset();
  assert.strictEqual(to.applyChangeset(changes), false);
  const kinds = [];
  const onConflict = (kind) => {
    kinds.push(kind);
    return constants.SQLITE_CHANGESET_REPLACE;
  };
  assert.strictEqual(to.applyChangeset(changes, { onConflict }), true);
  assert.deepStrictEqual(kinds, [constants.SQLITE_CHANGESET_CONFLICT]);
  assert.deepStrictEqual(plain(to.prepare('SELECT v FROM t').all()), [{ v: 'here' }, { v: 'also' }]);
});

test('a copy is taken while the database is in use, and outlives its closing', async () => {
  const db = memory('CREATE TABLE t (v)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  for (let i = 0; i < 200; i++) put.run('x'.repeat(1000));
  const steps = [];
  const file = path.join(folder, 'copy.db');
  const pages = await backup(db, file, { rate: 10, progress: (at) => steps.push(at.remainingPages) });
  assert.ok(steps.length >= 4 && pages > 40, `${steps}`);
  const copy = new DatabaseSync(file, { readOnly: true });
  assert.strictEqual(copy.prepare('SELECT count(*) AS n FROM t').get().n, 200);
  const second = backup(copy, path.join(folder, 'second.db'));
  copy.close();
  assert.strictEqual(await second, pages);
  const bytes = db.serialize();
  const third = memory();
  third.deserialize(bytes);
  assert.strictEqual(third.prepare('SELECT count(*) AS n FROM t').get().n, 200);
});

test('threads that write to one file wait for each other', async () => {
  const file = path.join(folder, 'shared.db');
  new DatabaseSync(file).exec('PRAGMA journal_mode = WAL; CREATE TABLE t (v)');
  const source = `const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(file)}, { timeout: 10000 });
    db.exec('PRAGMA synchronous = OFF');
    const put = db.prepare('INSERT INTO t VALUES (?)');
    for (let i = 0; i < 200; i++) put.run(i);`;
  const ends = [1, 2, 3].map(() => new Promise((resolve, reject) =>
    new Worker(source, { eval: true }).on('exit', resolve).on('error', reject)));
  assert.deepStrictEqual(await Promise.all(ends), [0, 0, 0]);
  assert.strictEqual(new DatabaseSync(file).prepare('SELECT count(*) AS n FROM t').get().n, 600);
});

test('databases that nobody holds are collected, also when their functions mention them', () => {
  for (let i = 0; i < 300; i++) {
    const db = memory('CREATE TABLE t (v)');
    db.function('self', () => db.isOpen);
    db.setAuthorizer(() => db.isOpen ? constants.SQLITE_OK : constants.SQLITE_DENY);
    db.prepare('INSERT INTO t VALUES (self())').run();
  }
});
