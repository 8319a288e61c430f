// The prompt: what is typed runs, and what it gives is printed, line by line.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const repl = require('node:repl');
const test = require('node:test');
const { PassThrough } = require('node:stream');

// Types the lines; gives everything printed, without prompts.
function type(lines, options = {}) {
  return new Promise((resolve) => {
    const input = new PassThrough();
    const output = new PassThrough();
    let text = '';
    output.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
    const server = repl.start({ input, output, terminal: false, prompt: '', useColors: false, ...options });
    server.on('exit', () => setImmediate(() => resolve(text.replaceAll('| ', ''))));
    input.end(`${lines.join('\n')}\n`);
  });
}

test('values are printed, and names stay for the next lines', async () => {
  assert.strictEqual(await type(['const a = { b: 1 }', 'a', 'a.b + 1', '_']), 'undefined\n{ b: 1 }\n2\n2\n');
});

test('a text goes on until it is complete', async () => {
  assert.strictEqual(await type(['function f() {', 'return `x', 'y`', '}', 'f()']), "undefined\n'x\\ny'\n");
});

test('braces make an object where they can', async () => {
  assert.strictEqual(await type(['{ a: 1 }', '{ let b = 2; b }']), '{ a: 1 }\n2\n');
});

test('await works at the top, and keeps what it declares', async () => {
  assert.strictEqual(await type(['const q = await Promise.resolve(7)', 'q', 'await 5']), 'undefined\n7\n5\n');
});

test('an error is printed with the frames of what was typed, and kept in _error', async () => {
  const text = await type(['function g() { throw new TypeError("deep") }', 'g()', '_error.message']);
  assert.match(text, /^undefined\nUncaught TypeError: deep\n {4}at g \(REPL\d+:1:\d+\)\n'deep'\n$/);
  assert.strictEqual(await type(['throw null']), 'Uncaught null\n');
});

test('what a timer throws is printed as well', async () => {
  const { stdout } = spawnSync('sh', ['-c', `(echo 'void setImmediate(() => { throw new Error("late") })'; sleep 0.3; echo 1+1) | '${process.execPath}' -i`],
    { encoding: 'utf8' });
  assert.match(stdout, /Uncaught Error: late\n/);
  assert.match(stdout, /> 2\n/);
});

test('commands save and load a session, and complain about what they do not know', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'repl'));
  const file = path.join(folder, 'session.js');
  assert.strictEqual(await type(['var kept = 5', `.save ${file}`]), `undefined\nSession saved to: ${file}\n`);
  assert.match(await type([`.load ${file}`, 'kept']), /5\n$/);
  assert.strictEqual(await type(['.nothing']), 'Invalid REPL keyword\n');
  fs.rmSync(folder, { recursive: true });
});

test('the tab key offers properties without calling getters', async () => {
  const server = repl.start({ input: new PassThrough(), output: new PassThrough(), terminal: false });
  let called = false;
  server.context.thing = { apple: 1, apricot: { pit: 1 }, get trap() { called = true; return {}; } };
  const complete = (text) => new Promise((resolve) => server.complete(text, (error, [names]) => resolve(names)));
  assert.deepStrictEqual(await complete('thing.ap'), ['thing.apple', 'thing.apricot']);
  assert.deepStrictEqual(await complete('thing.apricot.pi'), ['thing.apricot.pit']);
  assert.deepStrictEqual(await complete('thing.trap.x'), []);
  assert.strictEqual(called, false);
  assert.ok((await complete('.he')).includes('.help'));
  server.close();
});
