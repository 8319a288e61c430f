// Query strings as odd as programs and strangers send them.
const assert = require('node:assert');
const querystring = require('node:querystring');
const test = require('node:test');

test('an empty separator parts nothing', () => {
  assert.deepStrictEqual({ ...querystring.parse('a=1&b', []) }, { a: '1&b' });
});

test('maxKeys counts empty pairs too', () => {
  assert.deepStrictEqual({ ...querystring.parse('&a=1', '&', '=', { maxKeys: 1 }) }, {});
  assert.deepStrictEqual({ ...querystring.parse('a=1&b=2', '&', '=', { maxKeys: 1 }) }, { a: '1' });
});
