'use strict';
// Blob and File: bytes that do not change, in pieces that slices share.

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
  return pieces.filter((piece) => piece.length > 0);
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

  #join() {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  async arrayBuffer() {
    Blob.#check(this);
    return this.#join().buffer;
  }

  async bytes() {
    Blob.#check(this);
    return this.#join();
  }

  async text() {
    Blob.#check(this);
    return decoder.decode(this.#join());
  }

  stream() {
    Blob.#check(this);
    const { ReadableStream } = require('stream/web');
    const pieces = this.#pieces;
    let index = 0;
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (index === pieces.length) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        const piece = pieces[index];
        const room = controller.byobRequest?.view.byteLength ?? CHUNK;
        const chunk = piece.slice(at, at + room);
        at += chunk.length;
        if (at === piece.length) {
          index++;
          at = 0;
        }
        if (controller.byobRequest) {
          const { view } = controller.byobRequest;
          new Uint8Array(view.buffer, view.byteOffset, chunk.length).set(chunk);
          controller.byobRequest.respond(chunk.length);
        } else controller.enqueue(chunk);
      },
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

module.exports = { Blob, File, FileCopy, isBlob, blobPieces, fromPieces, createObjectURL, revokeObjectURL, resolveObjectURL };
