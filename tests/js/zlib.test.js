// Compression: what goes in comes out, in every format and piece by piece, and broken texts say so.
const { test } = require('node:test');
const assert = require('assert');
const zlib = require('zlib');
const { pipeline } = require('stream/promises');
const { Readable } = require('stream');
const { promisify } = require('util');

const text = Buffer.from('all hands on deck, '.repeat(5000));
const formats = [['deflate', 'inflate'], ['gzip', 'gunzip'], ['deflateRaw', 'inflateRaw'],
  ['brotliCompress', 'brotliDecompress'], ['zstdCompress', 'zstdDecompress']];

test('every format gives back what it took, at once, later and as a stream', async () => {
  for (const [there, back] of formats) {
    const small = zlib[`${there}Sync`](text);
    assert.ok(small.length < text.length / 20, there);
    assert.deepStrictEqual(zlib[`${back}Sync`](small), text);
    assert.deepStrictEqual(await promisify(zlib[back])(await promisify(zlib[there])(text)), text);
    const name = (id) => `create${id[0].toUpperCase()}${id.slice(1)}`;
    const parts = [];
    await pipeline(Readable.from([text.subarray(0, 7), text.subarray(7)]), zlib[name(there)](), zlib[name(back)](),
                   async (source) => { for await (const part of source) parts.push(part); });
    assert.deepStrictEqual(Buffer.concat(parts), text);
  }
});

test('gzip members one after another are one text', () => {
  const two = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')]);
  assert.strictEqual(zlib.gunzipSync(two).toString(), 'one two');
});

test('a dictionary has to be the same on both sides', () => {
  const dictionary = Buffer.from('all hands on deck');
  const small = zlib.deflateSync('all hands on deck', { dictionary });
  assert.strictEqual(zlib.inflateSync(small, { dictionary }).toString(), 'all hands on deck');
  assert.throws(() => zlib.inflateSync(small), { code: 'Z_NEED_DICT', message: 'Missing dictionary' });
  assert.throws(() => zlib.inflateSync(small, { dictionary: Buffer.from('other') }), { message: 'Bad dictionary' });
});

test('broken and endless texts are refused', async () => {
  assert.throws(() => zlib.gunzipSync(Buffer.from('no gzip')), { code: 'Z_DATA_ERROR', errno: -3 });
  for (const [there, back] of formats) {
    const small = zlib[`${there}Sync`](text);
    assert.throws(() => zlib[`${back}Sync`](small.subarray(0, small.length - 5)), { code: 'Z_BUF_ERROR' }, back);
    assert.throws(() => zlib[`${back}Sync`](small, { maxOutputLength: 100 }), { code: 'ERR_BUFFER_TOO_LARGE' });
    await assert.rejects(promisify(zlib[back])(small, { maxOutputLength: 100 }), { code: 'ERR_BUFFER_TOO_LARGE' });
  }
});

test('a flush sends what was written so far', (t, done) => {
  const gzip = zlib.createGzip();
  const gunzip = zlib.createGunzip();
  gzip.pipe(gunzip);
  gzip.write('first');
  gzip.flush();
  gunzip.once('data', (chunk) => {
    assert.strictEqual(chunk.toString(), 'first');
    gzip.end();
    gunzip.resume().once('end', done);
  });
});

test('checksums go on where the last one ended', () => {
  assert.strictEqual(zlib.crc32('123456789'), 0xcbf43926);
  assert.strictEqual(zlib.crc32('6789', zlib.crc32('12345')), 0xcbf43926);
});

test('one zstd frame after another is one text, wherever the pieces end', async () => {
  const frames = Buffer.concat([zlib.zstdCompressSync('pull '), zlib.zstdCompressSync('the oars')]);
  for (let at = 1; at < frames.length; at++) {
    const reader = zlib.createZstdDecompress();
    reader.write(frames.subarray(0, at));
    reader.end(frames.subarray(at));
    let text = '';
    for await (const part of reader) text += part;
    assert.strictEqual(text, 'pull the oars', `cut at ${at}`);
  }
});
