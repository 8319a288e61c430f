// Assertions: what counts as the same, and what a failure says.
const { test } = require('node:test');
const assert = require('assert');

function messageOf(fn) {
  try {
    fn();
  } catch (error) {
    return error.message;
  }
  throw new Error('did not fail');
}

test('a failed comparison shows the lines that differ', () => {
  assert.strictEqual(messageOf(() => assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] })),
                     'Expected values to be strictly deep-equal:\n+ actual - expected\n\n' +
                     '  {\n    a: 1,\n    b: [\n      1,\n+     2\n-     3\n    ]\n  }\n');
  assert.strictEqual(messageOf(() => assert.strictEqual(1, 2)), 'Expected values to be strictly equal:\n\n1 !== 2\n');
  assert.strictEqual(messageOf(() => assert.strictEqual(1, 2, 'mine')), 'mine\n\n1 !== 2\n');
});

test('a falsy value is shown as the expression that made it', () => {
  const nothing = [];
  assert.strictEqual(messageOf(() => assert.ok(nothing.length > 0)),
                     'The expression evaluated to a falsy value:\n\n  assert.ok(nothing.length > 0)\n');
});

test('strict, loose and partial equality', () => {
  const same = [
    [new Map([[{ a: 1 }, 'x']]), new Map([[{ a: 1 }, 'x']])],
    [new Set([[1], { b: 2 }]), new Set([{ b: 2 }, [1]])],
    [[1, , 3], [1, , 3]],
    [new Date(5), new Date(5)],
    [/a/gi, /a/gi],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [Object(1n), Object(1n)],
    [NaN, NaN],
  ];
  for (const [a, b] of same)
    assert.deepStrictEqual(a, b);
  const different = [
    [[1, , 3], [1, undefined, 3]],
    [{ a: undefined }, {}],
    [0, -0],
    [new Set([1]), new Set(['1'])],
    [Object.create(null), {}],
    [new Error('a'), new Error('b')],
    [new WeakMap(), new WeakMap()],
    [{ [Symbol.for('x')]: 1 }, {}],
  ];
  for (const [a, b] of different)
    assert.notDeepStrictEqual(a, b);
  assert.deepEqual({ a: 1 }, { a: '1' });
  assert.deepEqual(new Set([1, null]), new Set(['1', undefined]));
  assert.partialDeepStrictEqual({ a: 1, b: { c: [1, 2, 3] } }, { b: { c: [1, 3] } });
  assert.throws(() => assert.partialDeepStrictEqual({ a: [1, 2] }, { a: [2, 1] }), assert.AssertionError);
});

test('circles compare by where they close', () => {
  const a = { x: {} };
  a.x.up = a;
  const b = { x: {} };
  b.x.up = b;
  assert.deepStrictEqual(a, b);
  const c = { x: {} };
  c.x.up = c.x;
  assert.notDeepStrictEqual(a, c);
});

test('throws and rejects check what was thrown', async () => {
  const fails = () => { throw new RangeError('far'); };
  assert.throws(fails, RangeError);
  assert.throws(fails, /far/);
  assert.throws(fails, { name: 'RangeError', message: /^fa/ });
  assert.throws(() => assert.throws(fails, TypeError), assert.AssertionError);
  assert.throws(() => assert.throws(() => {}), { message: 'Missing expected exception.' });
  await assert.rejects(Promise.reject(new Error('x')), { message: 'x' });
  await assert.rejects(assert.rejects(Promise.resolve()), { message: 'Missing expected rejection.' });
});

test('a property beside the elements of a list counts, however long the list is and whatever its elements are', () => {
  class Mine extends Array {}
  const makers = [() => Array.from({ length: 1000 }, (_, i) => i), () => [0.5, 1], () => ['a', {}], () => [, 1],
    () => Buffer.from('some bytes'), () => new Float64Array(1000), () => new Mine(1, 2)];
  for (const make of makers) {
    for (const name of ['name', Symbol.for('name')]) {
      const [plain, same, named] = [make(), make(), make()];
      named[name] = 1;
      assert.deepStrictEqual(plain, same);
      assert.notDeepStrictEqual(plain, named);
      assert.notDeepStrictEqual(named, plain);
      same[name] = 1;
      assert.deepStrictEqual(same, named);
      same[name] = 2;
      assert.notDeepStrictEqual(same, named);
    }
  }
});

test('megabytes and long lists are compared in a moment', () => {
  const start = process.cpuUsage();
  assert.deepStrictEqual(new Uint8Array(1 << 24), new Uint8Array(1 << 24));
  assert.deepStrictEqual(new Float64Array(1 << 20).fill(0.1), new Float64Array(1 << 20).fill(0.1));
  assert.match(require('util').inspect(new Array(1 << 20).fill(7)), /more items/);
  const { user } = process.cpuUsage(start);
  assert.ok(user < 1e6, `took ${user} us`);
});

test('collections are the same if every entry finds a partner of its own', () => {
  assert.deepStrictEqual(new Map([[{ a: 1 }, new Map([[1, [2]]])], ['k', 3]]), new Map([['k', 3], [{ a: 1 }, new Map([[1, [2]]])]]));
  assert.notDeepStrictEqual(new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { b: 1 }]));
  assert.notDeepStrictEqual(new Map([[{ a: 1 }, 1], [2, 2]]), new Map([[{ a: 1 }, 1], [3, 2]]));
  assert.deepEqual(new Map([[1, '1'], ['2', 2]]), new Map([['1', 1], [2, '2']]));
  assert.notDeepEqual(new Set([1, 2]), new Set(['1', 3]));
  assert.partialDeepStrictEqual(new Map([[{ a: 1 }, [1, 2]], ['k', 3]]), new Map([[{ a: 1 }, [2]]]));
});
