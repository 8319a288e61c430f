// Options that say what to run: -e, -p, -c, and what is known of Node's.
const assert = require('assert');
const { test } = require('node:test');
const { spawnSync } = require('child_process');

function run(args, input = '') {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', input });
  return { out: stdout.trim(), err: stderr, status };
}

test('-p takes its text from the next word, from --eval, or from standard input', () => {
  assert.strictEqual(run(['-p', '1 + 1']).out, '2');
  assert.strictEqual(run(['--print', '--eval', '2']).out, '2');
  assert.strictEqual(run(['-pe', '3']).out, '3');
  assert.strictEqual(run(['-p'], '4').out, '4');
  assert.strictEqual(run(['-p', '\\-5']).out, '-5');
});

test('-p prints when the program is done', () => {
  assert.strictEqual(run(['-p', 'Promise.resolve().then(() => 1)']).out, 'Promise { 1 }');
  assert.strictEqual(run(['-p', 'setImmediate(() => console.log("first")), 2']).out, 'first\n2');
});

test('an ES module has no require, and nothing to print', () => {
  assert.strictEqual(run(['--input-type=module', '-e', 'console.log(typeof require, typeof module, typeof __filename)']).out,
    'undefined undefined undefined');
  const { err, status } = run(['--input-type=module', '-p', '1']);
  assert.match(err, /--print cannot be used with ESM input/);
  assert.strictEqual(status, 9);
});

test('-c reads standard input too, and runs nothing', () => {
  assert.deepStrictEqual(run(['-c'], 'console.log(1)'), { out: '', err: '', status: 0 });
  assert.strictEqual(run(['-c'], 'export const a = 1').status, 0);
  const { err, status } = run(['-c'], 'let a b');
  assert.match(err, /^\[stdin\]:1\n/);
  assert.strictEqual(status, 1);
  assert.strictEqual(run(['-c', '-e', '1']).status, 9);
});

test('options that only tune V8 are taken, those that would be missed are refused, others are wrong', () => {
  assert.strictEqual(run(['--max-semi-space-size=64', '--no-opt', '--harmony', '-p', '1']).out, '1');
  assert.deepStrictEqual([run(['--permission', '-p', '1']), run(['--inspect', '-p', '1'])].map(({ status }) => status), [9, 9]);
  assert.match(run(['--permission', '-p', '1']).err, /--permission is an option of Node's that Galley does not have/);
  assert.match(run(['--none-such', '-p', '1']).err, /bad option: --none-such/);
  assert.match(run(['--no-title', '-p', '1']).err, /--no-title is an invalid negation because it is not a boolean option/);
});

test('process.argv[1] is whole before anything is preloaded', () => {
  const fs = require('fs');
  const path = require('path');
  const file = path.join(require('os').tmpdir(), `galley-preloaded-${process.pid}.js`);
  fs.writeFileSync(file, 'console.log(process.argv[1]); process.exit()');
  assert.strictEqual(run(['-r', file, 'no-such-file.js']).out, path.resolve('no-such-file.js'));
  fs.unlinkSync(file);
});
