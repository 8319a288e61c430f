'use strict';
// Objects of many keys that are copied again and again are read and made in place: whatever a program does to them in
// between, a copy is what the object is at that moment.
const { test } = require('node:test');
const assert = require('assert');
const vm = require('vm');

const collect = vm.runInThisContext('typeof gc') === 'function' ? gc : () => {
  for (let i = 0; i < 50; i++) new Array(1e5).fill(i);
};
const wide = (count, valueOf = (i) => i) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, valueOf(i)]));

function sameSeveralTimes(object) {
  let copy;
  for (let i = 0; i < 5; i++) {
    copy = structuredClone(object);
    assert.deepStrictEqual(copy, object);
    assert.deepStrictEqual(Object.keys(copy), Object.keys(object));
  }
  return copy;
}

test('copies follow changes of values, new keys, keys that go and keys that come back', () => {
  const object = wide(500);
  sameSeveralTimes(object);
  object.key7 = 'text';
  object.key8 = 1.5;
  sameSeveralTimes(object);
  object.key8 = -0;
  assert.ok(Object.is(structuredClone(object).key8, -0));
  object.added = NaN;
  sameSeveralTimes(object);
  delete object.key100;
  sameSeveralTimes(object);
  object.key100 = 'at the end';
  sameSeveralTimes(object);
  object.key7 = { deep: [1, { er: undefined }] };
  sameSeveralTimes(object);
});

test('numbers of every kind arrive as they are', () => {
  const kinds = [0, -0, 1, -1, 0.5, 2 ** 31, -(2 ** 31), 2 ** 53, 1e300, NaN, Infinity, -Infinity, 5e-324];
  const object = wide(200, (i) => kinds[i % kinds.length]);
  for (let i = 0; i < 5; i++) {
    const copy = structuredClone(object);
    for (const key in object) assert.ok(Object.is(copy[key], object[key]), key);
  }
});

test('properties that are not copied do not move those that are', () => {
  const object = wide(100);
  Object.defineProperty(object, 'hidden', { value: 1, enumerable: false, writable: true });
  object[Symbol('hidden')] = 2;
  object.last = 3;
  for (let i = 0; i < 6; i++) {
    object.hidden = i;
    object.last = 10 * i;
    const copy = structuredClone(object);
    assert.strictEqual(copy.last, 10 * i);
    assert.ok(!('hidden' in copy));
    assert.strictEqual(Object.keys(copy).length, 101);
  }
  let asked = 0;
  Object.defineProperty(object, 'asked', { get: () => ++asked, enumerable: true, configurable: true });
  for (let i = 1; i < 6; i++) assert.strictEqual(structuredClone(object).asked, i);
});

test('keys that look like numbers keep their place and __proto__ stays a key', () => {
  sameSeveralTimes({ ...wide(100), 5: 'five', 1: 'one' });
  const odd = { ...wide(100), ['__proto__']: 7 };
  const copy = sameSeveralTimes(odd);
  assert.strictEqual(Object.getPrototypeOf(copy), Object.prototype);
  assert.ok(Object.hasOwn(copy, '__proto__'));
});

test('a copy is an object like any other: it grows, shrinks and leaves the other copies alone', () => {
  const object = wide(300, (i) => (i % 3 ? i : `text ${i}`));
  const copies = Array.from({ length: 20 }, () => structuredClone(object));
  copies[3].key5 = 'changed';
  copies[4].added = 1;
  delete copies[5].key6;
  Object.freeze(copies[6]);
  Object.defineProperty(copies[7], 'key9', { get: () => 'asked' });
  collect();
  copies.forEach((copy, i) => {
    assert.strictEqual(copy.key5, i === 3 ? 'changed' : 5);
    assert.strictEqual('added' in copy, i === 4);
    assert.strictEqual('key6' in copy, i !== 5);
    assert.strictEqual(Object.isFrozen(copy), i === 6);
    assert.strictEqual(copy.key9, i === 7 ? 'asked' : 'text 9');
  });
  assert.deepStrictEqual(structuredClone(copies[8]), object);
  assert.deepStrictEqual(structuredClone(copies[4]), { ...object, added: 1 });
});

test('thousands of copies outlive collections', () => {
  const kept = [];
  for (let round = 0; round < 30; round++) {
    const object = wide(200 + round % 3, (i) => (round % 2 ? i + round : `${i} of ${round}`));
    for (let i = 0; i < 20; i++) kept.push([round, structuredClone(object)]);
    if (round % 5 === 0) collect();
  }
  for (const [round, copy] of kept) {
    assert.strictEqual(copy.key199, round % 2 ? 199 + round : `199 of ${round}`);
    assert.strictEqual(Object.keys(copy).length, 200 + round % 3);
  }
});
