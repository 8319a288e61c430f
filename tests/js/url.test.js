'use strict';
// URLs as the standard has them, and url.parse for programs from before it.
const { test } = require('node:test');
const assert = require('assert');
const url = require('url');

const href = (input, base) => URL.canParse(input, base) ? new URL(input, base).href : null;

test('URLs are normalized as the standard says', () => {
  for (const [input, base, expected] of [
    ['HTTP://User:P%40ss@EXAMPLE.com:80/a/./b/../c?q=1#f', undefined, 'http://User:P%40ss@example.com/a/c?q=1#f'],
    ['../x?y', 'http://a/b/c/d', 'http://a/b/x?y'], ['//h', 'https://a/b', 'https://h/'], ['#f', 'mailto:x', 'mailto:x#f'],
    ['file:///C|/x/../..', undefined, 'file:///C:/'], ['http://0x7f.1/', undefined, 'http://127.0.0.1/'],
    ['http://[2001:DB8:0:0:1::]', undefined, 'http://[2001:db8:0:0:1::]/'], ['http://b\u00fccher.example', undefined, 'http://xn--bcher-kva.example/'],
    ['non-special:/..//p', undefined, 'non-special:/.//p'], ['  http://a\t/b\n  ', undefined, 'http://a/b'], ['http:\\\\a\\b', undefined, 'http://a/b'],
    ['data:a b  #c', undefined, 'data:a b %20#c'],
    ['http://a b', undefined, null], ['http://1.2.3.4.5', undefined, null], ['http://[::1', undefined, null], ['http://a:70000', undefined, null], ['relative', undefined, null],
  ]) assert.strictEqual(href(input, base), expected, input);
});

test('setters change their part or nothing', () => {
  const u = new URL('http://a.com:8080/p?q#h');
  u.host = 'b.org:9';
  u.port = '80';
  u.pathname = 'x y';
  u.search = '?a=\u00e9';
  u.hash = '';
  u.protocol = 'https';
  u.protocol = 'mailto';
  u.hostname = 'bad host';
  assert.strictEqual(u.href, 'https://b.org/x%20y?a=%C3%A9'.replace('b.org/', 'b.org/'));
  u.searchParams.append('b', '1 &');
  assert.strictEqual(u.search, '?a=%C3%A9&b=1+%26');
  u.search = '?z=1';
  assert.deepStrictEqual([...u.searchParams], [['z', '1']]);
});

test('query parameters keep order and decode', () => {
  const params = new URLSearchParams('?a=1&b=%20+&a=2&c');
  assert.deepStrictEqual(params.getAll('a'), ['1', '2']);
  assert.strictEqual(params.get('b'), '  ');
  params.delete('a', '1');
  params.sort();
  assert.strictEqual(params.toString(), 'a=2&b=++&c=');
  assert.throws(() => new URLSearchParams([['x']]), { code: 'ERR_INVALID_TUPLE' });
});

test('paths and file URLs turn into each other', () => {
  for (const path of ['/a b/c#d?e%', '/\u00e9', '/x\\y']) assert.strictEqual(url.fileURLToPath(url.pathToFileURL(path)), path);
  assert.throws(() => url.fileURLToPath('http://a'), { code: 'ERR_INVALID_URL_SCHEME' });
  assert.throws(() => url.fileURLToPath('file:///a%2fb'), { code: 'ERR_INVALID_FILE_URL_PATH' });
});

test('url.parse, format and resolve do as they always did', () => {
  process.noDeprecation = true;
  const parsed = url.parse('http://u:p@h.com:8/p/a?q=1#x', true);
  assert.deepStrictEqual([parsed.auth, parsed.host, parsed.port, parsed.path, parsed.hash, parsed.query.q], ['u:p', 'h.com:8', '8', '/p/a?q=1', '#x', '1']);
  assert.strictEqual(url.format({ protocol: 'http', host: 'a', pathname: 'b', query: { c: 1 } }), 'http://a/b?c=1');
  assert.strictEqual(url.resolve('/one/two/three', '../four'), '/one/four');
  assert.strictEqual(url.resolve('http://a.com/b', '//c.d/e'), 'http://c.d/e');
});

test('URLPattern matches addresses and names their parts', () => {
  const pattern = new URLPattern({ pathname: '/books/:id' });
  assert.strictEqual(pattern.test('https://example.com/books/12'), true);
  assert.deepStrictEqual({ ...pattern.exec('https://example.com/books/12').pathname.groups }, { id: '12' });
  assert.strictEqual(pattern.test('https://example.com/books'), false);
  assert.strictEqual(new URLPattern('/A', 'https://example.com', { ignoreCase: true }).test('https://example.com/a'), true);
  assert.throws(() => new URLPattern(1), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => URLPattern(), { code: 'ERR_CONSTRUCT_CALL_REQUIRED' });
});
