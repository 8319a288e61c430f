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

  const fs = require('fs');
  const folder = fs.mkdtempSync(require('path').join(require('os').tmpdir(), 'galley-blob-'));
  try {
    const path = `${folder}/sea`;
    fs.writeFileSync(path, 'a'.repeat(100000) + 'b'.repeat(100000));
    const inFile = await fs.openAsBlob(path, { type: 'text/plain' });
    assert.deepStrictEqual([inFile.size, inFile.type], [200000, 'text/plain']);
    assert.strictEqual(await new Blob(['<', inFile.slice(99998, 100002).slice(1), '>']).text(), '<abb>');
    assert.strictEqual((await inFile.arrayBuffer()).byteLength, 200000);
    let length = 0;
    for await (const chunk of new Blob([inFile, 'end']).stream()) length += chunk.length;
    assert.strictEqual(length, 200003);
    assert.strictEqual(await new Response(inFile.stream()).text(), fs.readFileSync(path, 'latin1'));
    assert.throws(() => structuredClone(inFile), { code: 'ERR_INVALID_STATE' });
    const begun = inFile.stream().getReader();
    await begun.read();
    const left = inFile.stream().getReader();
    await left.read();
    await left.cancel();
    fs.writeFileSync(path, 'other');
    await assert.rejects(begun.read(), { name: 'NotReadableError' });
    await assert.rejects(inFile.text(), { name: 'NotReadableError' });
    fs.rmSync(path);
    await assert.rejects(inFile.bytes(), { name: 'NotReadableError' });
    assert.deepStrictEqual(fs.readdirSync('/proc/self/fd').filter((fd) => {
      try { return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder); } catch { return false; }
    }), []);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  process.exitCode = 0;
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
process.exitCode = 3; // unless everything above came to its end
