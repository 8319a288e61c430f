// The smaller tools: arguments, environment files, MIME types, paths, query strings, lines from a stream.
const { test } = require('node:test');
const assert = require('assert');
const path = require('path');
const querystring = require('querystring');
const util = require('util');
const { Readable } = require('stream');

test('parseArgs reads groups, inline values and what follows the end of options', () => {
  const options = { verbose: { type: 'boolean', short: 'v' }, file: { type: 'string', short: 'f', multiple: true } };
  const { values, positionals } = util.parseArgs({
    args: ['-vfone', '--file=two', 'rest', '--', '--verbose'], options, allowPositionals: true,
  });
  assert.deepStrictEqual({ ...values }, { verbose: true, file: ['one', 'two'] });
  assert.deepStrictEqual(positionals, ['rest', '--verbose']);
  assert.throws(() => util.parseArgs({ args: ['--nope'], options }), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
  assert.throws(() => util.parseArgs({ args: ['-f', '-v'], options }), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
});

test('parseEnv reads quotes, comments and values of several lines', () => {
  assert.deepStrictEqual({ ...util.parseEnv('A=1 # one\nexport B="x\\ny"\n# no\nC=\'#\'\nD=`a\nb`\nE = spaced ') },
                         { A: '1', B: 'x\ny', C: '#', D: 'a\nb', E: 'spaced' });
});

test('MIME types are read and written', () => {
  const type = new util.MIMEType('Text/HTML; charset="ut\\"f"; x=y');
  assert.strictEqual(type.essence, 'text/html');
  assert.strictEqual(type.params.get('charset'), 'ut"f');
  type.params.delete('x');
  assert.strictEqual(`${type}`, 'text/html;charset="ut\\"f"');
  assert.throws(() => new util.MIMEType('text'), { code: 'ERR_INVALID_MIME_SYNTAX' });
});

test('promisify and callbackify undo each other', async () => {
  const twice = util.promisify(util.callbackify(async (x) => x * 2));
  assert.strictEqual(await twice(4), 8);
  await assert.rejects(util.promisify((callback) => callback(new Error('no')))(), { message: 'no' });
});

test('diff tells the shortest way', () => {
  assert.deepStrictEqual(util.diff('ace', 'abce'), [[0, 'a'], [-1, 'b'], [0, 'c'], [0, 'e']]);
});

test('paths of both manners', () => {
  assert.strictEqual(path.normalize('/a/./b/../../c//d/'), '/c/d/');
  assert.strictEqual(path.relative('/a/b/c', '/a/d'), '../../d');
  assert.deepStrictEqual(path.parse('/x/.hidden.txt'),
                         { root: '/', dir: '/x', base: '.hidden.txt', ext: '.txt', name: '.hidden' });
  assert.strictEqual(path.win32.resolve('C:\\a', '..\\b'), 'C:\\b');
  assert.strictEqual(path.win32.relative('C:\\a\\b', 'c:\\A\\d'), '..\\d');
  assert.strictEqual(path.win32.join('\\\\server\\share', '..', 'x'), '\\\\server\\share\\x');
});

test('query strings keep what repeats and survive what is broken', () => {
  assert.deepStrictEqual({ ...querystring.parse('a=1&a=2&b=%zz&c+d=%20&=e') },
                         { 'a': ['1', '2'], 'b': '%zz', 'c d': ' ', '': 'e' });
  assert.strictEqual(querystring.stringify({ a: [1, 'x y'], b: 'ü' }), 'a=1&a=x%20y&b=%C3%BC');
  assert.throws(() => querystring.escape('\ud800'), { code: 'ERR_INVALID_URI' });
});

test('readline yields the lines of a stream, whatever ends them', async () => {
  const input = Readable.from([Buffer.from('one\r'), Buffer.from('\ntwo\nthr'), Buffer.from('ee\u2028four')]);
  const lines = [];
  for await (const line of require('readline').createInterface({ input }))
    lines.push(line);
  assert.deepStrictEqual(lines, ['one', 'two', 'three', 'four']);
});

test('readline edits a line on a terminal', async () => {
  const { PassThrough } = require('stream');
  const input = new PassThrough();
  const output = new PassThrough();
  const rl = require('readline').createInterface({ input, output, terminal: true });
  const answer = new Promise((resolve) => rl.question('name? ', resolve));
  // Type, jump to the beginning, type more, delete the last word.
  input.write('world tail\x01hello \x05\x17\x7f\r');
  assert.strictEqual(await answer, 'hello world');
  assert.deepStrictEqual(rl.history, ['hello world']);
  rl.close();
});

test('punycode and channels', () => {
  process.removeAllListeners('warning');
  assert.strictEqual(require('punycode').toASCII('mañana.com'), 'xn--maana-pta.com');
  const { channel } = require('diagnostics_channel');
  const got = [];
  const subscriber = (message, name) => got.push([name, message]);
  channel('c').subscribe(subscriber);
  channel('c').publish(1);
  channel('c').unsubscribe(subscriber);
  channel('c').publish(2);
  assert.deepStrictEqual(got, [['c', 1]]);
});
