'use strict';
// Buffer: every coding there and back, at lengths where JavaScript, C and the engine do the work.
const { test } = require('node:test');
const assert = require('assert');
const { Buffer, isUtf8, isAscii, transcode } = require('buffer');

const lengths = [0, 1, 2, 3, 5, 16, 23, 24, 25, 33, 64, 65, 127, 129, 1000, 2049, 4097, 70001];
const bytesOf = (length) => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff));

test('bytes survive hex, base64, base64url and latin1', () => {
  for (const length of lengths)
    for (const coding of ['hex', 'base64', 'base64url', 'latin1'])
      assert.ok(Buffer.from(bytesOf(length).toString(coding), coding).equals(bytesOf(length)), `${coding} ${length}`);
});

test('texts of every width survive utf8 and utf16le', () => {
  for (const length of lengths) {
    for (const piece of ['a', '\u00e9', '\u20ac', '\ud83d\ude00', 'a\u00e9\u20ac\ud83d\ude00']) {
      const text = piece.repeat(length);
      assert.strictEqual(Buffer.from(text).toString(), text);
      assert.strictEqual(Buffer.from(text, 'utf16le').toString('utf16le'), text);
      assert.strictEqual(Buffer.byteLength(text), Buffer.from(text).length);
    }
  }
});

test('half a pair becomes U+FFFD, malformed UTF-8 one for each maximal part', () => {
  for (const rest of ['', 'x'.repeat(100)]) assert.strictEqual(Buffer.from('\ud83d' + rest).toString(), '\ufffd' + rest);
  assert.strictEqual(Buffer.from([0xe2, 0x82, 0x41, 0xff, 0xf0, 0x9f, 0x98]).toString(), '\ufffdA\ufffd\ufffd');
  assert.strictEqual(isUtf8(Buffer.from([0xe2, 0x82])), false);
  assert.strictEqual(isUtf8(Buffer.from('\u20ac\ufffd')), true);
  assert.strictEqual(isAscii(Buffer.from('\u20ac')), false);
});

test('writing stops before a character that does not fit', () => {
  const buffer = Buffer.alloc(4, 0x2e);
  assert.strictEqual(buffer.write('a\u20ac\u20ac'), 4);
  assert.strictEqual(buffer.fill('.').write('\u20ac\u20ac'), 3);
  assert.strictEqual(buffer.toString('latin1', 3), '.');
});

test('base64 and hex are read as leniently as Node reads them', () => {
  assert.strictEqual(Buffer.from('aGVs bG8\n=junk', 'base64').toString(), 'hello');
  assert.strictEqual(Buffer.from('_-8', 'base64').toString('hex'), 'ffef');
  assert.strictEqual(Buffer.from('abxxcd', 'hex').toString('hex'), 'ab');
});

test('searching finds what is there, from either end', () => {
  const buffer = Buffer.from('abc'.repeat(1000) + 'needle' + 'abc'.repeat(1000));
  assert.strictEqual(buffer.indexOf('needle'), 3000);
  assert.strictEqual(buffer.lastIndexOf('needle'), 3000);
  assert.strictEqual(buffer.indexOf('needle', 3001), -1);
  assert.strictEqual(buffer.lastIndexOf('abc', -4), buffer.length - 6);
  assert.ok(buffer.includes(Buffer.from('aneedle'.slice(1))) && !buffer.includes('nowhere'));
  assert.strictEqual(Buffer.from('\u0102\u0201', 'utf16le').indexOf('\u0201', 0, 'utf16le'), 2);
});

test('numbers of every size are written and read back, and bad ones refused', () => {
  const buffer = Buffer.alloc(16);
  for (const [name, value, size] of [['Int8', -5], ['UInt16LE', 65000], ['Int32BE', -123456], ['DoubleLE', 1.25], ['FloatBE', -2.5], ['BigInt64LE', -5n], ['BigUInt64BE', 2n ** 63n]]) {
    buffer[`write${name}`](value, 3, size);
    assert.strictEqual(buffer[`read${name}`](3), value);
  }
  for (let size = 1; size <= 6; size++) {
    buffer.writeIntBE(-100, 1, size);
    assert.strictEqual(buffer.readIntBE(1, size), -100);
  }
  assert.throws(() => buffer.writeUInt8(256), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => buffer.readUInt32LE(13), { code: 'ERR_OUT_OF_RANGE' });
});

test('slices share memory, copies do not', () => {
  const buffer = Buffer.from('hello world');
  buffer.slice(0, 5).fill('x');
  assert.strictEqual(buffer.toString(), 'xxxxx world');
  assert.strictEqual(Buffer.from(buffer).buffer === buffer.buffer && Buffer.from(buffer).byteOffset === buffer.byteOffset, false);
  assert.strictEqual(transcode(Buffer.from('\u20ac\u00e9'), 'utf8', 'latin1').toString('hex'), '3fe9');
  assert.strictEqual(Buffer.concat([Buffer.from('a'), Buffer.from('bc')], 2).toString(), 'ab');
  assert.strictEqual(Buffer.alloc(7, 'abc').toString(), 'abcabca');
});

test('what comes out of a file is a Buffer, also in a program that never names Buffer', () => {
  const { execFileSync } = require('child_process');
  const script = 'require("fs").readFileSync(process.execPath).constructor.name';
  assert.strictEqual(execFileSync(process.execPath, ['-p', script], { encoding: 'utf8' }), 'Buffer\n');
});
