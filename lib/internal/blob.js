'use strict';
// Blob and File: bytes that do not change, in pieces that slices share. A piece is an Uint8Array, or stands for part of a
// file (internal/fs/blob).

const codes = require('internal/codes');
const { kClone, kDeserialize } = require('internal/transferable');
const { validateObject } = require('internal/validators');

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const CHUNK = 65536;

const bytesOf = (view) => ArrayBuffer.isView(view) ?
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view);
const isBuffer = (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer || ArrayBuffer.isView(value);

// A type is lower-case ASCII, or nothing.
const cleanType = (type) => /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : '';

// `length` and `subarray` as of an Uint8Array; open() promises a reader with read(room) and close().
class FileBacked {}
const isInFile = (piece) => piece instanceof FileBacked;

function piecesOf(sources, endings) {
  const pieces = [];
  for (const source of sources) {
    if (isBlob(source)) pieces.push(...blobPieces(source));
    else if (isBuffer(source)) pieces.push(bytesOf(source).slice());
    else {
      let text = `${source}`;
      if (endings === 'native') text = text.replace(/\r\n|\r/g, '\n');
      pieces.push(encoder.encode(text));
    }
  }
  return pieces.filter((piece) => piece.length > 0 || isInFile(piece));
}

let isBlob, blobPieces, fromPieces;

class Blob {
  #pieces;
  #size = 0;
  #type;

  static {
    isBlob = (value) => value !== null && typeof value === 'object' && #pieces in value;
    blobPieces = (blob) => blob.#pieces;
    fromPieces = (pieces, type) => {
      const blob = new Blob();
      blob.#set(pieces, type);
      return blob;
    };
  }

  #set(pieces, type) {
    this.#pieces = pieces;
    this.#size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#type = type;
  }

  constructor(sources = [], options = {}) {
    if (sources === null || typeof sources[Symbol.iterator] !== 'function' || typeof sources === 'string')
      throw new codes.ERR_INVALID_ARG_TYPE('sources', 'a sequence', sources);
    if (options !== undefined && options !== null) validateObject(options, 'options', 0);
    const { type = '', endings = 'transparent' } = options ?? {};
    if (`${endings}` !== 'transparent' && `${endings}` !== 'native')
      throw new codes.ERR_INVALID_ARG_VALUE('options.endings', endings, "must be one of 'transparent' or 'native'");
    this.#set(piecesOf(sources, endings), cleanType(`${type}`));
  }

  get size() {
    Blob.#check(this);
    return this.#size;
  }

  get type() {
    Blob.#check(this);
    return this.#type;
  }

  [kClone]() {
    this.#pieces.find(isInFile)?.refuseClone();
    return { data: { pieces: this.#pieces, type: this.#type }, deserializeInfo: 'internal/blob:Blob' };
  }

  [kDeserialize]({ pieces, type }) { this.#set(pieces, type); }

  static #check(value) {
    if (!isBlob(value)) throw new codes.ERR_INVALID_THIS('Blob');
  }

  slice(start = 0, end = this.size, contentType = '') {
    Blob.#check(this);
    const place = (n) => {
      n = Math.trunc(Number(n)) || 0;
      return n < 0 ? Math.max(this.#size + n, 0) : Math.min(n, this.#size);
    };
    const from = place(start);
    const to = Math.max(from, place(end));
    const pieces = [];
    let at = 0;
    for (const piece of this.#pieces) {
      const left = Math.max(from - at, 0);
      const right = Math.min(to - at, piece.length);
      if (left < right) pieces.push(piece.subarray(left, right));
      at += piece.length;
    }
    return fromPieces(pieces, cleanType(`${contentType}`));
  }

  // Bytes, or a promise of them if some are in files.
  #join() {
    const all = new Uint8Array(this.#size);
    if (this.#pieces.some(isInFile)) return this.#fill(all);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  async #fill(all) {
    let at = 0;
    for (const piece of this.#pieces) {
      if (isInFile(piece)) {
        const reader = await piece.open();
        try {
          for (const end = at + piece.length; at < end;) {
            const part = await reader.read(end - at);
            all.set(part, at);
            at += part.length;
          }
        } finally {
          await reader.close();
        }
      } else {
        all.set(piece, at);
        at += piece.length;
      }
    }
    return all;
  }

  async arrayBuffer() {
    Blob.#check(this);
    return (await this.#join()).buffer;
  }

  async bytes() {
    Blob.#check(this);
    return this.#join();
  }

  async text() {
    Blob.#check(this);
    return decoder.decode(await this.#join());
  }

  stream() {
    Blob.#check(this);
    const { ReadableStream } = require('stream/web');
    const pieces = this.#pieces;
    let index = 0;
    let at = 0;
    let reader; // of the file that has its turn
    const next = () => {
      index++;
      at = 0;
    };
    const nextPart = async (room) => {
      for (; index < pieces.length; next()) {
        const piece = pieces[index];
        if (isInFile(piece)) reader ??= await piece.open();
        if (at < piece.length) {
          const part = reader === undefined ? piece.slice(at, at + room) : await reader.read(room);
          at += part.length;
          return part;
        }
        await reader?.close();
        reader = undefined;
      }
      return undefined;
    };
    return new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        const { byobRequest } = controller;
        let part;
        try {
          part = await nextPart(byobRequest?.view.byteLength ?? CHUNK);
        } catch (error) {
          await reader?.close();
          throw error;
        }
        if (part === undefined) {
          controller.close();
          byobRequest?.respond(0);
        } else if (byobRequest) {
          const { view } = byobRequest;
          new Uint8Array(view.buffer, view.byteOffset, part.length).set(part);
          byobRequest.respond(part.length);
        } else controller.enqueue(part);
      },
      cancel() { return reader?.close(); },
    }, { highWaterMark: 0 });
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `Blob ${inspect({ size: this.size, type: this.type }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

class File extends Blob {
  #name;
  #lastModified;

  constructor(fileBits, fileName, options = {}) {
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('fileBits', 'fileName');
    super(fileBits, options);
    const { lastModified } = options ?? {};
    this.#name = `${fileName}`.toWellFormed();
    this.#lastModified = lastModified === undefined ? Date.now() : Math.trunc(Number(lastModified)) || 0;
  }

  get name() {
    if (!(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#name;
  }

  get lastModified() {
    if (!(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#lastModified;
  }

  [kClone]() {
    return { data: { blob: super[kClone]().data, name: this.#name, lastModified: this.#lastModified }, deserializeInfo: 'internal/blob:FileCopy' };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const { size, type, name, lastModified } = this;
    return `File ${inspect({ size, type, name, lastModified }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

for (const [Class, names] of [[Blob, ['size', 'type', 'slice', 'stream', 'text', 'arrayBuffer', 'bytes']], [File, ['name', 'lastModified']]]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

// What a File that was sent becomes; its class cannot be made without a name.
class FileCopy {
  [kDeserialize]({ blob, name, lastModified }) {
    const file = new File([], name, { lastModified });
    file[kDeserialize](blob);
    return file;
  }
}

// URL.createObjectURL: blobs by name, until they are revoked.
const urls = new Map();

function createObjectURL(blob) {
  if (!isBlob(blob)) throw new codes.ERR_INVALID_ARG_TYPE('obj', 'Blob', blob);
  const url = `blob:nodedata:${require('crypto').randomUUID()}`;
  urls.set(url, blob);
  return url;
}

function revokeObjectURL(url) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
  urls.delete(`${url}`);
}

function resolveObjectURL(url) {
  const blob = urls.get(`${url}`);
  return blob && fromPieces(blobPieces(blob), blob.type);
}

module.exports = { Blob, File, FileBacked, FileCopy, isBlob, blobPieces, fromPieces, createObjectURL, revokeObjectURL, resolveObjectURL };
