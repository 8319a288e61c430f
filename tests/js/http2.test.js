// The part of http2 that clients of HTTP load without speaking it.
const assert = require('node:assert');
const test = require('node:test');
const http2 = require('node:http2');

test('settings are packed in the order of their ids, and unpacked again', () => {
  const packed = http2.getPackedSettings({ initialWindowSize: 65536, enablePush: false, customSettings: { 9999: 7 } });
  assert.strictEqual(packed.toString('hex'), '000200000000' + '000400010000' + '270f00000007');
  assert.deepStrictEqual(http2.getUnpackedSettings(packed), { enablePush: false, initialWindowSize: 65536, customSettings: { 9999: 7 } });
});

test('a setting that the protocol does not allow is refused', () => {
  assert.throws(() => http2.getPackedSettings({ maxFrameSize: 1 }), { name: 'RangeError', code: 'ERR_HTTP2_INVALID_SETTING_VALUE', min: 16384 });
  assert.throws(() => http2.getPackedSettings({ enablePush: 1 }), { name: 'TypeError', code: 'ERR_HTTP2_INVALID_SETTING_VALUE' });
  assert.throws(() => http2.getUnpackedSettings(Buffer.alloc(5)), { code: 'ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH' });
});

test('constants name headers, methods and statuses; a session is refused in words', () => {
  const { HTTP2_HEADER_PATH, HTTP2_METHOD_GET, HTTP_STATUS_NOT_FOUND, NGHTTP2_CANCEL } = http2.constants;
  assert.deepStrictEqual([HTTP2_HEADER_PATH, HTTP2_METHOD_GET, HTTP_STATUS_NOT_FOUND, NGHTTP2_CANCEL], [':path', 'GET', 404, 8]);
  assert.throws(() => http2.connect('http://localhost'), { code: 'ERR_METHOD_NOT_IMPLEMENTED', message: 'The http2.connect() method is not implemented' });
});
