// Blobs keep bytes, slices share them, and they can be read whole or as a stream.
const assert = require('assert');

(async () => {
  const blob = new Blob(['h\u00e9llo ', new Uint8Array([119, 111]), new Blob(['rld'])], { type: 'Text/PLAIN' });
  assert.strictEqual(blob.size, 12);
  assert.strictEqual(blob.type, 'text/plain');
  assert.strictEqual(await blob.text(), 'h\u00e9llo world');
  assert.strictEqual(await blob.slice(-5, -1).text(), 'worl');
  assert.strictEqual((await blob.arrayBuffer()).byteLength, 12);
  const chunks = [];
  for await (const chunk of new Blob(['x'.repeat(200000)]).stream()) chunks.push(chunk.length);
  assert.strictEqual(chunks.reduce((a, b) => a + b), 200000);

  const file = new File(['a'], 'name.txt', { lastModified: 5 });
  assert.ok(file instanceof Blob && file.name === 'name.txt' && file.lastModified === 5);
  assert.throws(() => new Blob('text'), { code: 'ERR_INVALID_ARG_TYPE' });

  const upper = new TransformStream({ transform(chunk, to) { to.enqueue(chunk.toUpperCase()); } });
  const out = [];
  const stream = new Blob(['str', 'eam']).stream().pipeThrough(new TextDecoderStream()).pipeThrough(upper);
  for await (const text of stream) out.push(text);
  assert.strictEqual(out.join(''), 'STREAM');

  const packed = new Blob(['z'.repeat(10000)]).stream().pipeThrough(new CompressionStream('gzip'));
  const back = [];
  for await (const bytes of packed.pipeThrough(new DecompressionStream('gzip'))) back.push(Buffer.from(bytes));
  assert.strictEqual(Buffer.concat(back).toString(), 'z'.repeat(10000));
  process.exitCode = 0;
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
process.exitCode = 3; // unless everything above came to its end
