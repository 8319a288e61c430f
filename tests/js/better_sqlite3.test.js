// require('better-sqlite3') gives Galley's own SQLite behind the package's interface.
const { test } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const Database = require('better-sqlite3');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-better-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const memory = (sql = '') => new Database(':memory:').exec(sql);
const people = () => memory("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO people (name) VALUES ('ann'), ('bob')");

test('a package of that name without an addon is left alone, the addon is not', () => {
  const write = (name, files) => {
    const home = path.join(folder, name, 'node_modules/better-sqlite3');
    fs.mkdirSync(home, { recursive: true });
    for (const file of Object.keys(files)) fs.writeFileSync(path.join(home, file), files[file]);
    return require('module').createRequire(path.join(folder, name, 'main.js'))('better-sqlite3');
  };
  const manifest = '{"name": "better-sqlite3", "main": "index.js"}';
  assert.strictEqual(write('own', { 'package.json': manifest, 'index.js': 'module.exports = 5' }), 5);
  assert.strictEqual(write('addon', { 'package.json': manifest, 'index.js': 'throw 1', 'binding.gyp': '' }), Database);
});

test('an import gives the same as require', async () => {
  const module = path.join(folder, 'own-module');
  fs.mkdirSync(module);
  fs.writeFileSync(path.join(module, 'main.mjs'), "export { default } from 'better-sqlite3';");
  assert.strictEqual((await import(path.join(module, 'main.mjs'))).default, Database);
});

test('rows come as objects, values, arrays, or objects a table', () => {
  const db = people();
  const all = () => db.prepare('SELECT people.*, 1 + 1 AS sum FROM people WHERE id = ?');
  assert.deepStrictEqual(all().get(1), { id: 1, name: 'ann', sum: 2 });
  assert.strictEqual(all().pluck().get(1), 1);
  assert.deepStrictEqual(all().raw().all(2), [[2, 'bob', 2]]);
  assert.deepStrictEqual(all().expand().get(1), { people: { id: 1, name: 'ann' }, $: { sum: 2 } });
  assert.deepStrictEqual(all().columns().map(({ name, table, type }) => [name, table, type]),
    [['id', 'people', 'INTEGER'], ['name', 'people', 'TEXT'], ['sum', null, null]]);
  assert.strictEqual(all().get(9), undefined);
  assert.deepStrictEqual([...db.prepare('SELECT name FROM people').pluck().iterate()], ['ann', 'bob']);
});

test('parameters go by position, by name and from arrays, and a wrong number of them is an error', () => {
  const db = memory();
  const of = (sql) => db.prepare(sql).raw();
  assert.deepStrictEqual(of('SELECT ?, ?').get(1, 'x'), [1, 'x']);
  assert.deepStrictEqual(of('SELECT ?, ?').get([1, 'x']), [1, 'x']);
  assert.deepStrictEqual(of('SELECT ?, :a, $b, @a').get({ a: 1, b: null }, [7]), [7, 1, null, 1]);
  assert.deepStrictEqual(of('SELECT ?, ?').bind(3, 4).get(), [3, 4]);
  assert.throws(() => of('SELECT ?').get(), { name: 'RangeError', message: 'Too few parameter values were provided' });
  assert.throws(() => of('SELECT ?').get(1, 2), { name: 'RangeError', message: 'Too many parameter values were provided' });
  assert.throws(() => of('SELECT :a').get({}), { name: 'RangeError', message: 'Missing named parameter "a"' });
  assert.throws(() => of('SELECT ?').get(Symbol()), { name: 'TypeError', message: 'SQLite3 can only bind numbers, strings, bigints, buffers, and null' });
  const bytes = of('SELECT ?').get(Buffer.from('abc'))[0];
  assert.ok(Buffer.isBuffer(bytes) && bytes.toString() === 'abc');
});

test('integers are numbers unless BigInts are asked for', () => {
  const db = memory('CREATE TABLE t (n)');
  assert.strictEqual(db.prepare('SELECT 9007199254740993').pluck().get(), 9007199254740992);
  assert.strictEqual(db.prepare('SELECT 9007199254740993').pluck().safeIntegers().get(), 9007199254740993n);
  assert.deepStrictEqual(db.prepare('INSERT INTO t VALUES (?)').safeIntegers().run(2n ** 62n), { changes: 1, lastInsertRowid: 1n });
  assert.strictEqual(db.defaultSafeIntegers().prepare('SELECT n FROM t').pluck().get(), 2n ** 62n);
});

test('statements with the same text do not disturb each other', () => {
  const db = people();
  const sql = 'SELECT name FROM people WHERE id > ? ORDER BY id';
  const [one, two] = [db.prepare(sql), db.prepare(sql).pluck()];
  const rows = one.iterate(0);
  assert.deepStrictEqual(rows.next().value, { name: 'ann' });
  assert.strictEqual(two.get(1), 'bob');
  assert.deepStrictEqual(rows.next().value, { name: 'bob' });
  assert.throws(() => one.get(0), { message: 'This statement is busy executing a query' });
  assert.throws(() => db.exec('DELETE FROM people'), { message: 'This database connection is busy executing a query' });
  rows.return();
  db.exec('DROP TABLE people');
  assert.throws(() => db.prepare(sql), { code: 'SQLITE_ERROR', message: 'no such table: people' });
});

test('transactions commit, roll back, and nest', () => {
  const db = people();
  const add = db.prepare('INSERT INTO people (name) VALUES (?)');
  const count = () => db.prepare('SELECT count(*) FROM people').pluck().get();
  const each = db.transaction((names) => {
    assert.ok(db.inTransaction);
    for (const name of names) add.run(name);
    return names.length;
  });
  assert.strictEqual(each(['cid', 'dan']), 2);
  assert.throws(() => each.immediate(['eve', 'ann']), { code: 'SQLITE_CONSTRAINT_UNIQUE' });
  assert.deepStrictEqual([count(), db.inTransaction], [4, false]);
  db.transaction(() => {
    add.run('fay');
    assert.throws(() => each(['gil', 'ann']));
    each(['hal']);
  }).exclusive();
  assert.strictEqual(count(), 6);
  assert.throws(() => db.transaction(async () => add.run('ivy'))(), { message: 'Transaction function cannot return a promise' });
  assert.strictEqual(count(), 6);
});

test('errors are SqliteErrors with their names as codes', () => {
  const db = people();
  const put = db.prepare('INSERT INTO people (id, name) VALUES (?, ?)');
  assert.throws(() => put.run(1, 'x'), (error) => error instanceof Database.SqliteError && error instanceof Error &&
    error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY' && error.name === 'SqliteError' && error.message === 'UNIQUE constraint failed: people.id');
  assert.throws(() => db.prepare('SELECT 1; SELECT 2'), { name: 'RangeError', message: 'The supplied SQL string contains more than one statement' });
  assert.throws(() => db.prepare('-- nothing'), { name: 'RangeError', message: 'The supplied SQL string contains no statements' });
  assert.strictEqual(db.prepare('SELECT 1; -- the end').pluck().get(), 1);
  assert.throws(() => put.get(1, 'x'), { name: 'TypeError', message: 'This statement does not return data. Use run() instead' });
  assert.throws(() => new Database(path.join(folder, 'none.db'), { fileMustExist: true }), { code: 'SQLITE_CANTOPEN' });
  db.close();
  assert.throws(() => put.run(3, 'x'), { name: 'TypeError', message: 'The database connection is not open' });
});

test('functions, aggregates and pragmas', () => {
  const db = people();
  db.function('twice', { deterministic: true }, (text) => text + text);
  db.aggregate('longest', { start: '', step: (best, text) => text.length > best.length ? text : undefined });
  assert.strictEqual(db.prepare('SELECT twice(name) FROM people').pluck().get(), 'annann');
  assert.strictEqual(db.prepare("SELECT longest(name || id) FROM people").pluck().get(), 'ann1');
  db.function('odd', () => ({}));
  assert.throws(() => db.prepare('SELECT odd()').get(), { name: 'TypeError', message: 'User-defined function odd() returned an invalid value' });
  assert.strictEqual(db.pragma('foreign_keys', { simple: true }), 1);
  assert.deepStrictEqual(db.pragma('user_version = 7'), []);
  assert.deepStrictEqual(db.pragma('user_version'), [{ user_version: 7 }]);
});

test('copies: into a file step by step, and into a Buffer', async () => {
  const db = people();
  const steps = [];
  const file = path.join(folder, 'copy.db');
  assert.deepStrictEqual(await db.backup(file, { progress: (at) => steps.push(at) && 1 }), { totalPages: 3, remainingPages: 0 });
  const names = (from) => new Database(from, { readonly: true }).prepare('SELECT name FROM people').pluck().all();
  assert.deepStrictEqual(names(file), ['ann', 'bob']);
  assert.deepStrictEqual(names(db.serialize()), ['ann', 'bob']);
  assert.throws(() => new Database(file, { readonly: true }).exec('DELETE FROM people'), { code: 'SQLITE_READONLY' });
});

test('virtual tables: rows from a generator, with parameters, from a factory, and with what goes wrong', () => {
  const db = memory();
  db.table('count_to', { columns: ['n', 'text'], parameters: ['last', 'first'], *rows(last, first = 1) { for (let n = first; n <= last; n++) yield n & 1 ? { text: `no ${n}`, n } : [n, null]; } });
  assert.deepStrictEqual(db.prepare('SELECT * FROM count_to(?)').all(2), [{ n: 1, text: 'no 1' }, { n: 2, text: null }]);
  assert.strictEqual(db.prepare('SELECT sum(n) FROM count_to(4, 3)').pluck().get(), 7);
  assert.strictEqual(db.prepare('SELECT count(*) FROM count_to(3) a JOIN count_to(a.n) b').pluck().get(), 6);
  let ended = 0;
  db.table('words', (...words) => ({ columns: ['word'], *rows() { try { for (const word of words) yield [word]; } finally { ended++; } } }));
  db.exec('CREATE VIRTUAL TABLE mine USING words(oar, rudder)');
  assert.deepStrictEqual(db.prepare('SELECT rowid, word FROM mine').raw().all(), [[1, 'oar'], [2, 'rudder']]);
  assert.strictEqual(db.prepare('SELECT word FROM mine').pluck().get(), 'oar');
  for (const { word } of db.prepare('SELECT word FROM mine').iterate()) if (word === 'oar') break;
  assert.strictEqual(ended, 3);
  db.exec('DROP TABLE mine');
  db.table('big', { columns: ['n'], safeIntegers: true, *rows(n) { yield [n + 1n]; } });
  assert.strictEqual(db.prepare('SELECT n FROM big(9007199254740993)').safeIntegers().pluck().get(), 9007199254740994n);
  const failing = { other: { b: 1 }, many: [1, 2], object: [{}], number: 7 };
  for (const name of Object.keys(failing)) {
    db.table(name, { columns: ['a'], *rows() { yield failing[name]; } });
    assert.throws(() => db.prepare(`SELECT * FROM ${name}`).all(), TypeError);
  }
  db.table('thrower', { columns: ['a'], *rows() { throw new RangeError('mine'); } });
  assert.throws(() => db.prepare('SELECT * FROM thrower').all(), { name: 'RangeError', message: 'mine' });
  assert.throws(() => db.table('empty', { columns: [], *rows() {} }), RangeError);
  assert.throws(() => db.table('twice', { columns: ['a', 'a'], *rows() {} }), TypeError);
  assert.throws(() => db.table('plain', { columns: ['a'], rows() {} }), TypeError);
  db.close();
});
