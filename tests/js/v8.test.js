// v8.serialize and back gives the same value; files open as blobs.
const assert = require('assert');
const fs = require('fs');
const v8 = require('v8');

const value = { text: 'h\u00e9llo', list: [1, 2.5, , null], map: new Map([[1, new Set(['x'])]]), date: new Date(5), big: 12345678901234567890n,
  bytes: new Uint8Array([1, 2, 3]), pattern: /a+/gi, nothing: undefined, error: new RangeError('far') };
value.self = value;
const back = v8.deserialize(v8.serialize(value));
assert.strictEqual(back.self, back);
assert.deepStrictEqual({ ...back, self: 0, error: 0 }, { ...value, self: 0, error: 0 });
assert.ok(back.error instanceof RangeError && back.error.message === 'far');
assert.throws(() => v8.serialize(() => {}), { name: 'Error', message: /could not be cloned/ });
assert.throws(() => v8.deserialize(Buffer.from([1, 2, 3])));
assert.throws(() => v8.deserialize('text'), { code: 'ERR_INVALID_ARG_TYPE' });

fs.openAsBlob(__filename, { type: 'text/javascript' }).then(async (blob) => {
  assert.strictEqual(blob.type, 'text/javascript');
  assert.strictEqual(await blob.text(), fs.readFileSync(__filename, 'utf8'));
  await assert.rejects(fs.openAsBlob('/nowhere/at/all'), { code: 'ENOENT' });
});
