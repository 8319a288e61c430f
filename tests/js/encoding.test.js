// TextDecoder reads the encodings of the Encoding Standard, where ICU's tables differ from it too.
const { test } = require('node:test');
const assert = require('assert');

const decode = (encoding, ...bytes) => new TextDecoder(encoding).decode(Uint8Array.from(bytes));

test('old encodings of one byte a character are read as the standard has them', () => {
  assert.strictEqual(decode('windows-1252', 0x80, 0x41, 0xff), '\u20acA\u00ff');
  assert.strictEqual(decode('ibm866', 0x1a, 0x1c, 0x7f, 0x80), '\u001a\u001c\u007f\u0410');
  assert.strictEqual(decode('koi8-u', 0xae, 0xbe, 0xc1), '\u045e\u040e\u0430');
  assert.strictEqual(decode('iso-8859-16', 0xa4, 0xde, 0x61), '\u20ac\u021aa');
  assert.strictEqual(decode('x-user-defined', 0x61, 0x80, 0xff), 'a\uf780\uf7ff');
  assert.strictEqual(decode('windows-1255', 0xca), '\u05ba');
});

test('a byte that stands for nothing is replaced, or refused', () => {
  assert.strictEqual(decode('windows-1253', 0xaa, 0x61), '\ufffda');
  assert.strictEqual(decode('windows-874', 0xdb), '\ufffd');
  const fatal = new TextDecoder('windows-1253', { fatal: true });
  assert.throws(() => fatal.decode(Uint8Array.of(0xaa)), { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
  assert.strictEqual(fatal.decode(Uint8Array.of(0x61)), 'a');
});

test('long texts and texts in pieces are read whole', () => {
  const bytes = new Uint8Array(50000).fill(0xc1);
  assert.strictEqual(new TextDecoder('koi8-u').decode(bytes), '\u0430'.repeat(50000));
  const decoder = new TextDecoder('koi8-u');
  assert.strictEqual(decoder.decode(bytes.subarray(0, 2), { stream: true }) + decoder.decode(new DataView(bytes.buffer, 0, 1)), '\u0430\u0430\u0430');
});
