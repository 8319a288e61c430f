'use strict';
// fs.openAsBlob: the file's bytes as they were when it was opened.

const { fromPieces } = require('internal/blob');

async function openAsBlob(path, type) {
  const bytes = await require('fs/promises').readFile(path);
  const piece = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return fromPieces(piece.length === 0 ? [] : [piece], type);
}

module.exports = { openAsBlob };
