'use strict';
// Structured clone: what goes through a message comes out the same, and what cannot says why.
const { test } = require('node:test');
const assert = require('assert');

test('every type the standard names survives', () => {
  const values = [
    undefined, null, true, 0, -0, 1.5, NaN, Infinity, 2 ** 31, -(2 ** 31), 123n, -(2n ** 70n), '', 'text', 'h\u00e9', '\u20ac\ud83d\ude00', 'x'.repeat(100000),
    '\u20ac'.repeat(5000), [1, , 3], [], {}, { a: { b: [{}] } }, new Date(5), /a+/giu, new Map([[1, { a: 1 }], ['k', new Set([1])]]), new Set(),
    Object(1), Object('s'), Object(false), Object(5n), new Uint8Array([1, 2]), new Float64Array(3), new DataView(new ArrayBuffer(4), 1, 2), new ArrayBuffer(5000),
    Array.from({ length: 3000 }, (_, i) => i / 2), Object.assign([1, 2], { named: 'x' }),
  ];
  for (const value of values) assert.deepStrictEqual(structuredClone(value), value);
  const error = structuredClone(new TypeError('t', { cause: new Error('c') }));
  assert.ok(error instanceof TypeError && error.message === 't' && error.cause.message === 'c');
});

test('cycles and shared references stay what they are', () => {
  const shared = { x: 1 }, value = { a: shared, b: shared, list: [] };
  value.self = value;
  value.list.push(value);
  const copy = structuredClone(value);
  assert.ok(copy.self === copy && copy.a === copy.b && copy.list[0] === copy && copy !== value);
  const buffer = new ArrayBuffer(8);
  const views = structuredClone({ a: new Uint8Array(buffer, 1, 2), b: new Uint16Array(buffer) });
  assert.ok(views.a.buffer === views.b.buffer && views.a.byteOffset === 1);
});

test('what cannot be cloned is named with the way to it', () => {
  assert.throws(() => structuredClone({ a: [{ b() {} }] }), (error) => error.name === 'DataCloneError' && error.code === 25 &&
    /could not be cloned/.test(error.message) && error.path === 'a[0].b');
  for (const value of [Symbol('s'), () => {}, new WeakMap(), Promise.resolve(), new Proxy({}, {})])
    assert.throws(() => structuredClone(value), { name: 'DataCloneError' });
});

test('a transferred buffer is gone here, with its bytes there', () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const copy = structuredClone({ buffer }, { transfer: [buffer] });
  assert.deepStrictEqual([...new Uint8Array(copy.buffer)], [1, 2, 3]);
  assert.ok(buffer.byteLength === 0 && buffer.detached);
  assert.throws(() => structuredClone(1, { transfer: [buffer, buffer] }), { name: 'DataCloneError' });
});

test('deep and wide values go through', () => {
  let deep = {};
  for (let i = 0; i < 1000; i++) deep = { deep };
  let copy = structuredClone(deep), depth = 0;
  while (copy.deep) {
    copy = copy.deep;
    depth++;
  }
  assert.strictEqual(depth, 1000);
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i]));
  assert.deepStrictEqual(structuredClone(wide), wide);
  for (const odd of [-0, NaN, undefined, { a: 1 }, '\ud83d', 5n]) {
    const mixed = { ...wide, odd, ['__proto__']: 1 };
    assert.deepStrictEqual(structuredClone(mixed), mixed);
  }
});
