// node:test itself, watched from outside: what runs, in which order, what is reported and how the process ends.
const { test } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function runText(text, ...options) {
  const file = path.join(folder, `case-${Math.random().toString(36).slice(2)}.js`);
  fs.writeFileSync(file, text);
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const { stdout, stderr, status } = spawnSync(process.execPath, [...options, file], { encoding: 'utf8', env });
  return { stdout, stderr, status, file };
}

test('hooks run around tests in the order of their suites', () => {
  const { stdout, status } = runText(`
    const { describe, it, before, after, beforeEach, afterEach } = require('node:test');
    const log = [];
    process.on('exit', () => console.log(log.join(' ')));
    describe('outer', () => {
      before(() => log.push('before'));
      after(() => log.push('after'));
      beforeEach(() => log.push('each'));
      afterEach(() => log.push('done'));
      it('a', () => log.push('a'));
      describe('inner', () => { beforeEach(() => log.push('inner-each')); it('b', async () => log.push('b')); });
    });`);
  assert.match(stdout, /before each a done each inner-each b done after/);
  assert.strictEqual(status, 0);
});

test('a failure is counted, shown with its place, and ends in exit code 1', () => {
  const { stdout, status, file } = runText(`
    const test = require('node:test');
    test('good', () => {});
    test('bad', async (t) => { await t.test('deep', () => { throw new Error('boom'); }); });
    test('skipped', { skip: 'later' }, () => { throw new Error(); });
    test('planned', { todo: true }, () => { throw new Error(); });`, '--test-reporter=tap');
  assert.strictEqual(status, 1);
  assert.match(stdout, /^TAP version 13\n/);
  assert.match(stdout, /\n {4}not ok 1 - deep\n/);
  assert.match(stdout, /\nnot ok 2 - bad\n/);
  assert.match(stdout, /\nok 3 - skipped # SKIP later\n/);
  assert.match(stdout, /\nnot ok 4 - planned # TODO\n/);
  assert.ok(stdout.includes(`location: '${file}:4:`), stdout);
  assert.match(stdout, /# tests 5\n# suites 0\n# pass 1\n# fail 2\n# cancelled 0\n# skipped 1\n# todo 1\n/);
});

test('a test that never ends is cancelled when nothing is left to wait for, or when its time is up', () => {
  const { stdout, status } = runText(`
    const test = require('node:test');
    test('slow', { timeout: 20 }, () => new Promise((resolve) => setTimeout(resolve, 300)));
    test('stuck', () => new Promise(() => {}));`, '--test-reporter=tap');
  assert.strictEqual(status, 1);
  assert.match(stdout, /test timed out after 20ms/);
  assert.match(stdout, /event loop has already resolved/);
  assert.match(stdout, /# cancelled 2/);
});

test('mocks remember calls and give everything back', (t) => {
  const object = { add(a, b) { return a + b; }, get size() { return 1; } };
  const add = t.mock.method(object, 'add', (a, b) => a * b);
  t.mock.getter(object, 'size', () => 7);
  assert.strictEqual(object.add(2, 5), 10);
  assert.strictEqual(object.size, 7);
  assert.deepStrictEqual(add.mock.calls[0].arguments, [2, 5]);
  t.mock.reset();
  assert.strictEqual(object.add(2, 5), 7);
  assert.strictEqual(object.size, 1);
});

test('mocked timers move only when they are told to', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1000 });
  const log = [];
  setTimeout(() => log.push(['timeout', Date.now()]), 50);
  const interval = setInterval(() => log.push(['interval', Date.now()]), 20);
  t.mock.timers.tick(45);
  clearInterval(interval);
  t.mock.timers.tick(100);
  assert.deepStrictEqual(log, [['interval', 1020], ['interval', 1040], ['timeout', 1050]]);
});

test('--test runs every file in its own process and adds up', () => {
  fs.writeFileSync(path.join(folder, 'one.test.js'), "require('node:test')('one', () => {});");
  fs.writeFileSync(path.join(folder, 'two.test.js'), "require('node:test')('two', () => { throw new Error('no'); });");
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const { stdout, status } = spawnSync(
    process.execPath, ['--test', '--test-reporter=tap', path.join(folder, 'one.test.js'), path.join(folder, 'two.test.js')],
    { encoding: 'utf8', env });
  assert.strictEqual(status, 1);
  assert.match(stdout, /\nok 1 - one\n/);
  assert.match(stdout, /\nnot ok 2 - two\n/);
  assert.match(stdout, /# pass 1\n# fail 1\n/);
});
