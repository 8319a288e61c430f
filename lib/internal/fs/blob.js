'use strict';
// fs.openAsBlob: a blob whose bytes stay in the file until somebody reads them, so that its size does not matter. A file
// that was changed since is not read.

const { codes: { ERR_INVALID_STATE } } = require('internal/errors');
const { FileBacked, fromPieces } = require('internal/blob');
const { open } = require('fs/promises');

const stampOf = ({ size, mtimeNs }) => `${size} ${mtimeNs}`;

function unreadable() {
  const DOMException = require('internal/domexception');
  return new DOMException('The blob could not be read', 'NotReadableError');
}

// Reads one piece from its start to its end.
class Reader {
  constructor(file, piece) {
    this.file = file;
    this.piece = piece;
    this.at = 0;
  }

  async read(room) {
    const { file, piece } = this;
    const wanted = Math.min(room, piece.length - this.at);
    const { bytesRead, buffer } = await file.read(new Uint8Array(wanted), 0, wanted, piece.start + this.at);
    this.at += bytesRead;
    if (bytesRead === 0 || (this.at === piece.length && !await piece.isUnchanged(file))) throw unreadable();
    return buffer.subarray(0, bytesRead);
  }

  close() { return this.file.close(); }
}

class FilePiece extends FileBacked {
  constructor(path, start, length, stamp) {
    super();
    this.path = path;
    this.start = start;
    this.length = length;
    this.stamp = stamp;
  }

  subarray(from, to) {
    return new FilePiece(this.path, this.start + from, to - from, this.stamp);
  }

  async isUnchanged(file) {
    return stampOf(await file.stat({ bigint: true })) === this.stamp;
  }

  async open() {
    let file;
    try {
      file = await open(this.path);
    } catch {
      throw unreadable();
    }
    if (await this.isUnchanged(file)) return new Reader(file, this);
    await file.close();
    throw unreadable();
  }

  refuseClone() {
    throw new ERR_INVALID_STATE('File-backed Blobs are not cloneable');
  }
}

async function openAsBlob(path, type) {
  const file = await open(path);
  try {
    const stat = await file.stat({ bigint: true });
    return fromPieces([new FilePiece(path, 0, Number(stat.size), stampOf(stat))], type);
  } finally {
    await file.close();
  }
}

module.exports = { openAsBlob };
