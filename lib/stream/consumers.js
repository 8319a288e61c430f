'use strict';
// A whole stream as one value, for anything that can be iterated: Node's streams, web streams, generators.

// What somebody else reads cannot be read here.
function unlocked(stream) {
  if (stream?.locked !== true) return stream;
  const { codes: { ERR_INVALID_STATE } } = require('internal/errors');
  throw new ERR_INVALID_STATE.TypeError('The stream is locked');
}

async function blob(stream) {
  const { Blob } = require('buffer');
  const chunks = [];
  for await (const chunk of unlocked(stream)) chunks.push(chunk);
  return new Blob(chunks);
}

const asBytes = (chunk) => {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : Buffer.from(String(chunk));
};

async function buffer(stream) {
  const chunks = [];
  for await (const chunk of unlocked(stream)) chunks.push(asBytes(chunk));
  // Not from the pool: the bytes may be looked at through their ArrayBuffer.
  const all = Buffer.from(new ArrayBuffer(chunks.reduce((total, chunk) => total + chunk.length, 0)));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

async function bytes(stream) {
  const all = await buffer(stream);
  return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
}

async function arrayBuffer(stream) {
  const all = await buffer(stream);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength);
}

async function text(stream) {
  const decoder = new TextDecoder();
  let all = '';
  for await (const chunk of unlocked(stream))
    all += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return all + decoder.decode();
}

const json = async (stream) => JSON.parse(await text(stream));

module.exports = { arrayBuffer, blob, buffer, bytes, json, text };
