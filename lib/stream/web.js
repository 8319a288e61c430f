'use strict';
// Web streams: npm's web-streams-polyfill, which is the standard's own algorithms, and the transforms that
// it leaves to platforms.

const streams = require('web-streams-polyfill');
const codes = require('internal/codes');
const { makeStateVisible, show } = require('internal/webstreams/state');
const { TransformStream } = streams;

// A class whose instances are a pair of streams made elsewhere.
class Pair {
  #transform;
  constructor(transform) { this.#transform = transform; }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}

class TextEncoderStream extends Pair {
  constructor() {
    const encoder = new TextEncoder();
    let high = ''; // half of a pair, whose other half may come with the next chunk
    super(new TransformStream({
      transform(chunk, controller) {
        let text = high + `${chunk}`;
        high = '';
        const last = text.charCodeAt(text.length - 1);
        if (last >= 0xd800 && last <= 0xdbff) {
          high = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
      flush(controller) { if (high !== '') controller.enqueue(encoder.encode(high)); },
    }));
  }
  get encoding() { return 'utf-8'; }
}

class TextDecoderStream extends Pair {
  #decoder;
  constructor(encoding = 'utf-8', options = {}) {
    const decoder = new TextDecoder(encoding, options);
    super(new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    }));
    this.#decoder = decoder;
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
}

function throughZlib(make, format) {
  const name = { '__proto__': null, 'deflate': 'Deflate', 'deflate-raw': 'DeflateRaw', 'gzip': 'Gzip', 'brotli': 'Brotli', 'zstd': 'Zstd' }[format];
  if (name === undefined) throw new codes.ERR_INVALID_ARG_VALUE('format', format);
  const stream = make(require('zlib'), name);
  const controllerOf = {};
  stream.on('data', (chunk) => controllerOf.it.enqueue(new Uint8Array(chunk)));
  return new TransformStream({
    start(controller) {
      controllerOf.it = controller;
      stream.on('error', (error) => controller.error(error instanceof TypeError ? error : Object.assign(new TypeError(error.message), { code: error.code, cause: error })));
    },
    transform(chunk) {
      if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk) && !(chunk instanceof ArrayBuffer))
        throw new codes.ERR_INVALID_ARG_TYPE('chunk', ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], chunk);
      const bytes = typeof chunk === 'string' ? chunk : Buffer.from(chunk.buffer ?? chunk, chunk.byteOffset, chunk.byteLength);
      return new Promise((resolve, reject) => stream.write(bytes, (error) => error ? reject(error) : resolve()));
    },
    flush() {
      return new Promise((resolve, reject) => {
        stream.once('error', reject);
        stream.once('end', resolve);
        stream.end();
      });
    },
  });
}

class CompressionStream extends Pair {
  constructor(format) {
    super(throughZlib((zlib, name) => zlib[name.startsWith('Brotli') || name.startsWith('Zstd') ? `create${name}Compress` : `create${name}`](), format));
  }
}

class DecompressionStream extends Pair {
  constructor(format) {
    const names = { '__proto__': null, 'Deflate': 'createInflate', 'DeflateRaw': 'createInflateRaw', 'Gzip': 'createGunzip',
      'Brotli': 'createBrotliDecompress', 'Zstd': 'createZstdDecompress' };
    super(throughZlib((zlib, name) => zlib[names[name]](), format));
  }
}

function showPair(Class, ...settings) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
  const names = [...settings, 'readable', 'writable'];
  show(Class, (pair) => Object.fromEntries(names.map((name) => [name, pair[name]])));
}

showPair(TextEncoderStream, 'encoding');
showPair(TextDecoderStream, 'encoding', 'fatal', 'ignoreBOM');
showPair(CompressionStream);
showPair(DecompressionStream);

require('internal/webstreams/transfer').install(streams);
require('internal/webstreams/closing')(streams.ReadableStream, streams.WritableStream);
makeStateVisible(streams);

// The package makes views of the class of the one that it was given, and a Buffer may not be made with `new`.
const { read } = streams.ReadableStreamBYOBReader.prototype;
streams.ReadableStreamBYOBReader.prototype.read = {
  read(view, options) {
    const { Buffer } = require('buffer');
    if (!(view instanceof Buffer)) return Reflect.apply(read, this, [view, options]);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    return Reflect.apply(read, this, [bytes, options]).then(({ value, done }) =>
      ({ value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength), done }));
  },
}.read;

module.exports = {
  ReadableStream: streams.ReadableStream,
  ReadableStreamDefaultReader: streams.ReadableStreamDefaultReader,
  ReadableStreamBYOBReader: streams.ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: streams.ReadableStreamBYOBRequest,
  ReadableByteStreamController: streams.ReadableByteStreamController,
  ReadableStreamDefaultController: streams.ReadableStreamDefaultController,
  TransformStream,
  TransformStreamDefaultController: streams.TransformStreamDefaultController,
  WritableStream: streams.WritableStream,
  WritableStreamDefaultController: streams.WritableStreamDefaultController,
  WritableStreamDefaultWriter: streams.WritableStreamDefaultWriter,
  ByteLengthQueuingStrategy: streams.ByteLengthQueuingStrategy,
  CountQueuingStrategy: streams.CountQueuingStrategy,
  TextEncoderStream,
  TextDecoderStream,
  CompressionStream,
  DecompressionStream,
};
