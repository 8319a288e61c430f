'use strict';
const { after, test } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-fs-'));
const at = (name) => path.join(home, name);
after(() => fs.rmSync(home, { recursive: true, force: true }));

test('what is written is read back, as text and as bytes, whole or from a place', async () => {
  fs.writeFileSync(at('text'), 'gr\u00fc\u00dfe');
  assert.strictEqual(fs.readFileSync(at('text'), 'utf8'), 'gr\u00fc\u00dfe');
  assert.strictEqual(fs.readFileSync(at('text')).length, 7);
  const fd = fs.openSync(at('text'), 'r+');
  const pooled = Buffer.from('XY');
  assert.strictEqual(fs.writeSync(fd, pooled, 1, 1, 0), 1);
  const bytes = Buffer.alloc(3);
  assert.strictEqual(fs.readSync(fd, bytes, 1, 2, 0), 2);
  assert.strictEqual(bytes.toString('latin1'), '\0Yr');
  fs.closeSync(fd);
});

test('a file that is written again holds exactly the new text, be it shorter, longer or empty', async () => {
  const file = at('again');
  for (const text of ['12345', 'abcde', 'abc', '', 'a much longer text', 'x']) {
    fs.writeFileSync(file, text);
    assert.strictEqual(fs.readFileSync(file, 'utf8'), text);
    await fs.promises.writeFile(file, `${text}+`);
    assert.strictEqual(fs.readFileSync(file, 'utf8'), `${text}+`);
  }
  const { ino } = fs.statSync(file);
  fs.writeFileSync(file, 'the same file');
  assert.strictEqual(fs.statSync(file).ino, ino);
});

test('a write that fails leaves nothing old behind the new', async () => {
  const file = at('full');
  fs.writeFileSync(file, 'o'.repeat(3000));
  const { status, stdout } = require('child_process').spawnSync('sh', ['-c', 'ulimit -f 1; exec "$0" "$@"',
    process.execPath, '-e', 'try { fs.writeFileSync(process.argv[1], "n".repeat(5000)) } catch (e) { console.log(e.code) }', file]);
  assert.deepStrictEqual([status, `${stdout}`], [0, 'EFBIG\n']);
  assert.match(fs.readFileSync(file, 'utf8'), /^n{512,1024}$/);
});

test('a path with NUL in it is refused by name', async () => {
  for (const call of [fs.statSync, fs.readFileSync, fs.openSync, fs.unlinkSync, (path) => fs.writeFileSync(path, ''),
    (path) => fs.readFileSync(path, 'utf8')])
    assert.throws(() => call('a\0b'), { code: 'ERR_INVALID_ARG_VALUE', message: /^The argument 'path' must be a string, .* without null bytes/ });
  assert.strictEqual(fs.existsSync('a\0b'), false);
  assert.throws(() => fs.stat('a\0b', () => {}), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('a folder lists its entries in order, more than fit into one answer too', async () => {
  const folder = at('many');
  fs.mkdirSync(folder);
  assert.deepStrictEqual(fs.readdirSync(folder), []);
  const names = Array.from({ length: 1500 }, (_, i) => `entry with a rather long name ${String(i).padStart(5, '0')}`);
  for (const name of names) fs.closeSync(fs.openSync(path.join(folder, name), 'w'));
  assert.deepStrictEqual(fs.readdirSync(folder), names);
  assert.throws(() => fs.readdirSync(at('text')), { code: 'ENOTDIR', syscall: 'scandir' });
});

test('errors tell the call, the path and the number', async () => {
  assert.throws(() => fs.openSync(at('nowhere')), {
    code: 'ENOENT', syscall: 'open', path: at('nowhere'), errno: -2,
    message: `ENOENT: no such file or directory, open '${at('nowhere')}'`,
  });
  await assert.rejects(fs.promises.rename(at('nowhere'), at('x')), { code: 'ENOENT', syscall: 'rename', dest: at('x') });
  assert.throws(() => fs.readFileSync(home), { code: 'EISDIR', syscall: 'read' });
  assert.throws(() => fs.statSync('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => fs.statSync(3), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('many operations under way at once all end, each with its own result', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, i) => fs.promises.writeFile(at(`many-${i}`), `${i}`)));
  const texts = await Promise.all(Array.from({ length: 200 }, (_, i) => fs.promises.readFile(at(`many-${i}`), 'utf8')));
  assert.deepStrictEqual(texts, Array.from({ length: 200 }, (_, i) => `${i}`));
});

test('a reader that blocks does not hold back the others', async () => {
  const fd = fs.openSync('/dev/ptmx', 'r+');
  const read = new Promise((done) => fs.read(fd, Buffer.alloc(1), 0, 1, null, done));
  let isRead = false;
  read.then(() => { isRead = true; });
  await fs.promises.stat(home);
  assert.strictEqual(isRead, false);
  fs.writeSync(fd, '\n');
  await read;
  fs.closeSync(fd);
});

test('folders are made with their parents, listed, copied and removed', async () => {
  assert.strictEqual(fs.mkdirSync(at('a/b/c'), { recursive: true }), at('a'));
  fs.writeFileSync(at('a/b/file'), 'x');
  fs.symlinkSync('file', at('a/b/link'));
  assert.deepStrictEqual(fs.readdirSync(at('a'), { recursive: true }).sort(), ['b', 'b/c', 'b/file', 'b/link']);
  fs.cpSync(at('a'), at('copy'), { recursive: true });
  assert.strictEqual(fs.readFileSync(at('copy/b/link'), 'utf8'), 'x');
  assert.throws(() => fs.cpSync(at('a'), at('a/b/d'), { recursive: true }), { code: 'ERR_FS_CP_EINVAL' });
  assert.throws(() => fs.rmSync(at('copy')), { code: 'ERR_FS_EISDIR' });
  fs.rmSync(at('copy'), { recursive: true });
  assert.strictEqual(fs.existsSync(at('copy')), false);
  assert.deepStrictEqual(fs.globSync('a/**/f*', { cwd: home }), ['a/b/file']);
});

test('statistics are numbers, dates and big integers of the same file', async () => {
  fs.writeFileSync(at('stat'), '12345');
  fs.utimesSync(at('stat'), 1000.5, -3.25 + 2000);
  const stats = fs.statSync(at('stat'));
  assert.strictEqual(stats.size, 5);
  assert.strictEqual(stats.atimeMs, 1000500);
  assert.strictEqual(stats.mtime.getTime(), 1996750);
  const big = await fs.promises.stat(at('stat'), { bigint: true });
  assert.strictEqual(big.mtimeNs, 1996750000000n);
  assert.strictEqual(BigInt(stats.ino), big.ino);
});

test('streams copy a file, in order, and close what they opened', async () => {
  const bytes = Buffer.alloc(300000, 'abcdefg');
  fs.writeFileSync(at('from'), bytes);
  const before = fs.readdirSync('/proc/self/fd').length;
  await require('stream/promises').pipeline(fs.createReadStream(at('from')), fs.createWriteStream(at('to')));
  assert.ok(fs.readFileSync(at('to')).equals(bytes));
  assert.strictEqual(fs.readdirSync('/proc/self/fd').length, before);
});

test('a watcher hears of new files in new folders', async () => {
  const heard = Promise.withResolvers();
  const watcher = fs.watch(home, { recursive: true }, (event, name) => name === 'new/file' && heard.resolve());
  fs.mkdirSync(at('new'));
  setTimeout(() => fs.writeFileSync(at('new/file'), ''), 20);
  await heard.promise;
  watcher.close();
});
