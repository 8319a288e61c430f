// Errors that the engine throws say what programs expect them to say.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const test = require('node:test');

function messageOf(work) {
  try {
    work();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

test('what is missing is named as V8 names it', () => {
  let nothing;
  const empty = {};
  assert.strictEqual(messageOf(() => missing), 'ReferenceError: missing is not defined');
  assert.strictEqual(messageOf(() => empty.call(1)), 'TypeError: empty.call is not a function');
  assert.strictEqual(messageOf(() => nothing.a), "TypeError: Cannot read properties of undefined (reading 'a')");
  assert.strictEqual(messageOf(() => empty.a.b.c), "TypeError: Cannot read properties of undefined (reading 'b')");
  assert.strictEqual(messageOf(() => { null.a = 1; }), "TypeError: Cannot set properties of null (setting 'a')");
  assert.strictEqual(messageOf(() => nothing[0]), "TypeError: Cannot read properties of undefined (reading '0')");
  assert.strictEqual(messageOf(() => new empty.Thing()), 'TypeError: empty.Thing is not a constructor');
  assert.strictEqual(messageOf(() => { for (const one of empty) one(); }), 'TypeError: empty is not iterable');
});

test('conversions and limits complain as in V8', () => {
  const circle = {};
  circle.circle = circle;
  assert.strictEqual(messageOf(() => JSON.stringify(circle)), 'TypeError: Converting circular structure to JSON');
  assert.strictEqual(messageOf(() => JSON.stringify(1n)), 'TypeError: Do not know how to serialize a BigInt');
  assert.strictEqual(messageOf(() => JSON.parse('')), 'SyntaxError: Unexpected end of JSON input');
  assert.strictEqual(messageOf(() => `${Symbol('s')}`), 'TypeError: Cannot convert a Symbol value to a string');
  assert.strictEqual(messageOf(() => decodeURIComponent('%')), 'URIError: URI malformed');
  assert.strictEqual(messageOf(function again() { again(); }), 'RangeError: Maximum call stack size exceeded');
  assert.strictEqual(messageOf(() => new Date(NaN).toISOString()), 'RangeError: Invalid time value');
});

test("a program's own words are left alone", () => {
  assert.strictEqual(messageOf(() => { throw new ReferenceError("Can't find variable: x"); }), "ReferenceError: Can't find variable: x");
});

test('the words are the same in what is caught by others: assert, promises, the end of the process', async () => {
  assert.throws(() => missing, /^ReferenceError: missing is not defined$/);
  await assert.rejects(async () => missing, { message: 'missing is not defined' });
  const { stderr } = spawnSync(process.execPath, ['-e', 'process.on("uncaughtException", (e) => console.error(e.message)); missing'], { encoding: 'utf8' });
  assert.strictEqual(stderr, 'missing is not defined\n');
});
