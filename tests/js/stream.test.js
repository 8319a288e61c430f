'use strict';
// What Galley adds to the stream package: today's Node where the two differ.
const test = require('node:test');
const assert = require('node:assert');
const stream = require('node:stream');
const { pipeline } = require('node:stream/promises');
const consumers = require('node:stream/consumers');

test('streams hold 64 KiB before they say stop', () => {
  assert.strictEqual(stream.getDefaultHighWaterMark(false), 65536);
  assert.strictEqual(new stream.PassThrough().writableHighWaterMark, 65536);
});

test('any view of bytes can be written and read', async () => {
  const through = new stream.PassThrough();
  through.write(new DataView(new Uint8Array([65]).buffer));
  through.end(new Uint16Array([0x4342]));
  assert.strictEqual(await consumers.text(through), 'ABC');
  assert.throws(() => through.write({}), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('a pipeline of iterators, transforms and functions', async () => {
  let text = '';
  await pipeline(
    ['a', 'b', 'c'],
    new stream.Transform({ objectMode: true, transform(chunk, encoding, callback) { callback(null, chunk.toUpperCase()); } }),
    async function* (source) { for await (const chunk of source) yield `<${chunk}>`; },
    async (source) => { for await (const chunk of source) text += chunk; });
  assert.strictEqual(text, '<A><B><C>');
});

test('an error anywhere in a pipeline destroys all of it', async () => {
  const source = new stream.Readable({ read() { this.push('x'); } });
  const target = new stream.Writable({ write(chunk, encoding, callback) { callback(new Error('full')); } });
  await assert.rejects(pipeline(source, target), { message: 'full' });
  assert.ok(source.destroyed && target.destroyed);
});

test('operators work as on arrays', async () => {
  const numbers = stream.Readable.from([1, 2, 3, 4, 5]);
  assert.deepStrictEqual(await numbers.filter((n) => n % 2).map(async (n) => n * 10).drop(1).toArray(), [30, 50]);
});

test('streams become web streams and come back', async () => {
  const web = stream.Readable.toWeb(stream.Readable.from([Buffer.from('he'), Buffer.from('llo')]));
  const back = stream.Readable.fromWeb(web);
  assert.strictEqual(await consumers.text(back), 'hello');
  const parts = [];
  const writer = stream.Writable.fromWeb(new WritableStream({ write(chunk) { parts.push(Buffer.from(chunk).toString()); } }));
  writer.write('a');
  writer.end('b');
  await stream.promises.finished(writer);
  assert.deepStrictEqual(parts, ['a', 'b']);
});

test('each end of a pair reads what the other was given', async () => {
  const [one, other] = stream.duplexPair();
  one.end('ping');
  assert.strictEqual(await consumers.text(other), 'ping');
});

test('a stream lists its events and forgets those without listeners', () => {
  const readable = new stream.Readable({ read() {} });
  const listener = () => {};
  readable.on('custom', listener).on('data', listener).on('error', listener);
  assert.deepStrictEqual(readable.eventNames(), ['error', 'data', 'custom']);
  readable.removeListener('data', listener);
  assert.deepStrictEqual(readable.eventNames(), ['error', 'custom']);
});

test('the end of a web stream is seen by finished()', async () => {
  let controller;
  const web = new ReadableStream({ start(given) { controller = given; } });
  const seen = new Promise((resolve) => stream.finished(web, resolve));
  controller.error(new Error('broken'));
  assert.strictEqual((await seen).message, 'broken');
});
