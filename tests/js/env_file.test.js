// --env-file, --env-file-if-exists and process.loadEnvFile(): files whose lines become the environment.
const assert = require('assert');
const { test } = require('node:test');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { parseEnv } = require('util');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-env-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
fs.writeFileSync(path.join(root, 'one.env'), 'ONE=first\nTWO="two\nlines"\nHAVE=file\nNODE_OPTIONS=--stack-trace-limit=3\nTZ=Asia/Tokyo\n');
fs.writeFileSync(path.join(root, 'two.env'), 'ONE=second');

function run(...args) {
  const env = { ...process.env, HAVE: 'before' };
  delete env.TZ;
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
  return { out: stdout.trim(), err: stderr, status };
}

test('lines of a file are in the environment, unless the name was there before', () => {
  const show = 'const { ONE, TWO, HAVE } = process.env; JSON.stringify([ONE, TWO, HAVE])';
  assert.strictEqual(run('--env-file=one.env', '-p', show).out, '["first","two\\nlines","before"]');
  assert.strictEqual(run('--env-file', 'one.env', '--env-file', 'two.env', '-p', 'process.env.ONE').out, 'second');
});

test('NODE_OPTIONS and TZ may be in the file', () => {
  assert.strictEqual(run('--env-file=one.env', '-p', 'Error.stackTraceLimit + new Date(0).toString().slice(25, 33)').out, '3GMT+0900');
});

test('a file that is missing is an error, if it is not said that it may be', () => {
  const { err, status } = run('--env-file=none.env', '-p', '1');
  assert.match(err, /none\.env not found/);
  assert.strictEqual(status, 9);
  assert.strictEqual(run('--env-file-if-exists=none.env', '-p', '1').out, '1');
  assert.strictEqual(run('-p', 'process.argv.length', '--', '--env-file=none.env').out, '2');
});

test('loadEnvFile() loads one later, parseEnv() only reads', () => {
  process.loadEnvFile(path.join(root, 'two.env'));
  assert.strictEqual(process.env.ONE, 'second');
  assert.deepStrictEqual(parseEnv('A=1 # x\nexport B=`"`\nC="a\\nb"\nA=2'), { __proto__: null, A: '2', B: '"', C: 'a\nb' });
  assert.throws(() => process.loadEnvFile(path.join(root, 'none')), { code: 'ENOENT' });
});
