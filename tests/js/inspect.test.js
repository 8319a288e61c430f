// util.inspect and util.format show values in Node's layout.
const { test } = require('node:test');
const assert = require('assert');
const { format, inspect, types, stripVTControlCharacters } = require('util');

function shows(value, text, options) {
  assert.strictEqual(inspect(value, options), text);
}

test('plain values', () => {
  shows({ a: 1, 'b-c': [1, , 3], [Symbol('s')]: null }, "{ a: 1, 'b-c': [ 1, <1 empty item>, 3 ], Symbol(s): null }");
  shows("it's", '"it\'s"');
  shows(-0, '-0');
  shows(123456789.125, '123_456_789.125', { numericSeparator: true });
  shows({ a: { b: { c: {} } } }, '{ a: { b: { c: {} } } }');
  shows({ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: [Object] } } }');
  shows({ a: { b: { c: { d: 1 } } } }, '{\n  a: { b: { c: { d: 1 } } }\n}', { depth: 3 });
});

test('classes, functions and prototypes are named', () => {
  class Base {}
  shows(class Heir extends Base {}, '[class Heir extends Base]');
  shows(async () => {}, '[AsyncFunction (anonymous)]');
  shows(function* gen() {}, '[GeneratorFunction: gen]');
  shows(Object.create(null), '[Object: null prototype] {}');
  shows(new (class Tagged { get [Symbol.toStringTag]() { return 'T'; } })(), 'Tagged [T] {}');
});

test('collections, what their iterators have yet to yield, proxies and promises', () => {
  const map = new Map([['a', 1], ['b', new Set([2])]]);
  shows(map, "Map(2) { 'a' => 1, 'b' => Set(1) { 2 } }");
  const iterator = map.entries();
  iterator.next();
  shows(iterator, "[Map Entries] { [ 'b', Set(1) { 2 } ] }");
  assert.deepStrictEqual([...iterator].length, 1);
  shows(new Proxy({ a: 1 }, { get: () => 2 }), 'Proxy [ { a: 1 }, { get: [Function: get] } ]', { showProxy: true });
  shows(Promise.resolve(3), 'Promise { 3 }');
  const rejected = Promise.reject(4);
  rejected.catch(() => {});
  shows(rejected, 'Promise { <rejected> 4 }');
  shows(new Promise(() => {}), 'Promise { <pending> }');
});

test('circles are marked where they close', () => {
  const circle = { name: 'c' };
  circle.self = circle;
  shows(circle, "<ref *1> { name: 'c', self: [Circular *1] }");
});

test('errors show their stack, their cause and what was put on them', () => {
  const error = new TypeError('broken', { cause: new Error('why') });
  error.code = 'E_X';
  const text = inspect(error);
  assert.match(text, /^TypeError: broken\n {4}at /);
  assert.match(text, /\[cause\]: Error: why\n {6}at /);
  assert.match(text, /code: 'E_X'/);
});

test('long lists are cut and short entries set in columns', () => {
  const lines = inspect(Array.from({ length: 120 }, (_, i) => i)).split('\n');
  assert.match(lines[1], /^ {3}0, {2}1, {2}2, {2}3, {2}4, {2}5, {2}6, {2}7, {2}8, {2}9, 10, 11,$/);
  assert.strictEqual(lines.at(-2), '  ... 20 more items');
});

test('colours can be taken out again', () => {
  const value = { a: 'x', b: /(\d+)-[a-z]/g, c: undefined };
  assert.strictEqual(stripVTControlCharacters(inspect(value, { colors: true })), inspect(value));
});

test('a custom inspect method has its way, and an infinite one does not hang', () => {
  shows({ [inspect.custom]: (depth, options) => `at ${depth} ${typeof options.stylize}` }, 'at 2 function');
  shows({ a: { [inspect.custom]: () => 'x\ny' } }, '{\n  a: x\n  y\n}');
});

test('format knows the directives', () => {
  assert.strictEqual(format('%s %d %i %f %j %%', 'a', '1.5', 1.9, '2.5', { x: 1 }), 'a 1.5 1 2.5 {"x":1} %');
  assert.strictEqual(format('%s', { toString() { return 'own'; } }), 'own');
  assert.strictEqual(format('%o', [1]), '[ 1, [length]: 1 ]');
  assert.strictEqual(format('%j', (() => { const a = {}; a.a = a; return a; })()), '[Circular]');
  assert.strictEqual(format('a', 'b', { c: 1 }, -0), 'a b { c: 1 } -0');
});

test('types see through changed tags and prototypes', () => {
  const map = new Map();
  Object.setPrototypeOf(map, null);
  assert.ok(types.isMap(map) && !types.isSet(map));
  assert.ok(!types.isDate({ [Symbol.toStringTag]: 'Date' }));
  assert.ok(types.isProxy(new Proxy(() => {}, {})) && !types.isProxy(globalThis));
  assert.ok(types.isAsyncFunction(async (x) => x) && !types.isAsyncFunction({ async() {} }.async));
});

test('text that lies deep is not copied at every level', () => {
  let last = {};
  const top = last;
  for (let i = 0; i < 300; i++) {
    last.next = { top, last };
    top[i] = last = last.next;
  }
  const start = process.cpuUsage();
  const { length } = inspect(top, { depth: Infinity });
  const { user, system } = process.cpuUsage(start);
  assert.ok(length > 2 ** 26, `${length}`);
  assert.ok(user + system < 2e6, `took ${user + system} us`);
});
