'use strict';
// Node's streams as web streams and the other way round.

const { Duplex, Readable, Writable, destroy, finished, isDestroyed, isReadable, isWritable } = require('stream');
const { ReadableStream, WritableStream, CountQueuingStrategy, ByteLengthQueuingStrategy } = require('stream/web');
const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { validateBoolean, validateObject } = require('internal/validators');

const noop = () => {};

const isWebReadable = (value) => value instanceof ReadableStream;
const isWebWritable = (value) => value instanceof WritableStream;
const plainBytes = (chunk) => new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);

// An early end is an abort to the world of web streams.
function webError(error) {
  return error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new AbortError(undefined, { cause: error }) : error;
}

// Calls back as a stream's method must: what the callback throws is no rejection but uncaught.
function settler(callback) {
  return (error) => {
    try {
      callback(error);
    } catch (thrown) {
      process.nextTick(() => { throw thrown; });
    }
  };
}

// --- Node's to web

function emptyReadable(options) {
  const readable = new ReadableStream({ type: options?.type });
  readable.cancel();
  return readable;
}

function readableStrategy(stream, options) {
  if (options.strategy) return options.strategy;
  const highWaterMark = stream.readableHighWaterMark;
  if (options.type === 'bytes') return { highWaterMark: 0 };
  return stream.readableObjectMode ? new CountQueuingStrategy({ highWaterMark }) :
    new ByteLengthQueuingStrategy({ highWaterMark });
}

function newReadableStreamFromStreamReadable(stream, options = {}) {
  if (typeof stream?._readableState !== 'object') throw new ERR_INVALID_ARG_TYPE('streamReadable', 'stream.Readable', stream);
  validateObject(options, 'options');
  if (options.type !== undefined && options.type !== 'bytes')
    throw new ERR_INVALID_ARG_VALUE('options.type', options.type);
  if (isDestroyed(stream) || !isReadable(stream)) return emptyReadable(options);
  const isBytes = options.type === 'bytes';
  const { readableObjectMode } = stream;
  let controller;
  let isClosed = false;
  stream.pause();
  const forget = finished(stream, (error) => {
    forget();
    stream.on('error', noop); // what comes later is nobody's business any more
    if (isClosed) return;
    isClosed = true;
    const reason = webError(error);
    if (reason) {
      controller.error(reason);
    } else {
      controller.close();
      if (isBytes) controller.byobRequest?.respond(0);
    }
  });
  stream.on('data', (chunk) => {
    if (isClosed) return;
    if (Buffer.isBuffer(chunk) && !readableObjectMode) chunk = isBytes ? new Uint8Array(chunk) : plainBytes(chunk);
    controller.enqueue(chunk);
    if (controller.desiredSize <= 0) stream.pause();
  });
  stream.pause();
  const source = {
    type: options.type,
    start(given) { controller = given; },
    pull() { stream.resume(); },
    cancel(reason) {
      isClosed = true;
      destroy(stream, reason);
    },
  };
  return new ReadableStream(source, readableStrategy(stream, options));
}

function newWritableStreamFromStreamWritable(stream) {
  if (typeof stream?.write !== 'function' || typeof stream.on !== 'function')
    throw new ERR_INVALID_ARG_TYPE('streamWritable', 'stream.Writable', stream);
  if (isDestroyed(stream) || !isWritable(stream)) {
    const writable = new WritableStream();
    writable.close();
    return writable;
  }
  const highWaterMark = stream.writableHighWaterMark;
  const strategy = stream.writableObjectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller;
  let drained;
  let closed;
  const forget = finished(stream, (error) => {
    forget();
    stream.on('error', noop);
    const reason = webError(error);
    if (reason !== undefined && reason !== null) {
      drained?.reject(reason);
      if (closed !== undefined) {
        closed.reject(reason);
        closed = undefined;
      }
      controller?.error(reason);
      controller = undefined;
    } else if (closed !== undefined) {
      closed.resolve();
      closed = undefined;
    } else {
      controller?.error(new AbortError());
      controller = undefined;
    }
  });
  stream.on('drain', () => drained?.resolve());
  return new WritableStream({
    start(given) { controller = given; },
    write(chunk) {
      if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) chunk = new Uint8Array(chunk);
      if (stream.writableNeedDrain || !stream.write(chunk)) {
        drained = Promise.withResolvers();
        return drained.promise.finally(() => { drained = undefined; });
      }
    },
    abort(reason) { destroy(stream, reason); },
    close() {
      if (closed === undefined && !stream.writableEnded) closed = Promise.withResolvers();
      stream.end();
      return closed?.promise;
    },
  }, strategy);
}

function newReadableWritablePairFromDuplex(duplex, options = {}) {
  if (typeof duplex?._writableState !== 'object' || typeof duplex._readableState !== 'object')
    throw new ERR_INVALID_ARG_TYPE('duplex', 'stream.Duplex', duplex);
  validateObject(options, 'options');
  const type = options.readableType ?? options.type;
  if (isDestroyed(duplex)) {
    const writable = new WritableStream();
    writable.close();
    return { readable: emptyReadable({ type }), writable };
  }
  const writable = isWritable(duplex) ? newWritableStreamFromStreamWritable(duplex) : new WritableStream();
  if (!isWritable(duplex)) writable.close();
  const readable = isReadable(duplex) ? newReadableStreamFromStreamReadable(duplex, { type }) : emptyReadable({ type });
  return { readable, writable };
}

// --- Web's to Node's

function readFrom(reader, stream) {
  reader.read().then(({ done, value }) => {
    stream.push(done ? null : value);
  }, (error) => destroy(stream, error));
}

function checkEncoding(encoding) {
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) throw new ERR_INVALID_ARG_VALUE('options.encoding', encoding);
}

function newStreamReadableFromReadableStream(webStream, options = {}) {
  if (!isWebReadable(webStream)) throw new ERR_INVALID_ARG_TYPE('readableStream', 'ReadableStream', webStream);
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  checkEncoding(encoding);
  validateBoolean(objectMode, 'options.objectMode');
  const reader = webStream.getReader();
  let isClosed = false;
  const readable = new Readable({
    objectMode,
    highWaterMark,
    encoding,
    signal,
    read() { readFrom(reader, readable); },
    destroy(error, callback) {
      const done = settler(() => callback(error));
      if (isClosed) done();
      else reader.cancel(error).then(done, done);
    },
  });
  reader.closed.then(() => { isClosed = true; }, (error) => {
    isClosed = true;
    destroy(readable, error);
  });
  return readable;
}

function bytesToWrite(chunk, encoding, decodes) {
  if (typeof chunk !== 'string' || !decodes) return chunk;
  return encoding === 'utf8' || encoding === 'utf-8' ? new TextEncoder().encode(chunk) : plainBytes(Buffer.from(chunk, encoding));
}

// The halves of a stream that writes to a web stream's writer.
function writing(writer, decodes, isClosed) {
  return {
    writev(chunks, callback) {
      const done = settler(callback);
      writer.ready.then(() => Promise.all(chunks.map(({ chunk, encoding }) => writer.write(bytesToWrite(chunk, encoding, decodes)))))
        .then(() => done(), done);
    },
    write(chunk, encoding, callback) {
      const done = settler(callback);
      writer.ready.then(() => writer.write(bytesToWrite(chunk, encoding, decodes))).then(() => done(), done);
    },
    final(callback) {
      const done = settler(callback);
      if (isClosed()) done();
      else writer.close().then(() => done(), done);
    },
  };
}

function newStreamWritableFromWritableStream(webStream, options = {}) {
  if (!isWebWritable(webStream)) throw new ERR_INVALID_ARG_TYPE('writableStream', 'WritableStream', webStream);
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  const writer = webStream.getWriter();
  let isClosed = false;
  const writable = new Writable({
    highWaterMark,
    objectMode,
    decodeStrings,
    signal,
    ...writing(writer, decodeStrings && !objectMode, () => isClosed),
    destroy(error, callback) {
      const done = settler(() => callback(error));
      if (isClosed) done();
      else if (error !== null && error !== undefined) writer.abort(error).then(done, done);
      else writer.close().then(done, done);
    },
  });
  writer.closed.then(() => { isClosed = true; }, (error) => {
    isClosed = true;
    destroy(writable, error);
  });
  return writable;
}

function newStreamDuplexFromReadableWritablePair(pair = {}, options = {}) {
  validateObject(pair, 'pair');
  const { readable: webReadable, writable: webWritable } = pair;
  if (!isWebReadable(webReadable)) throw new ERR_INVALID_ARG_TYPE('pair.readable', 'ReadableStream', webReadable);
  if (!isWebWritable(webWritable)) throw new ERR_INVALID_ARG_TYPE('pair.writable', 'WritableStream', webWritable);
  validateObject(options, 'options');
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  checkEncoding(encoding);
  const writer = webWritable.getWriter();
  const reader = webReadable.getReader();
  let readableClosed = false, writableClosed = false;
  const duplex = new Duplex({
    allowHalfOpen,
    highWaterMark,
    objectMode,
    encoding,
    decodeStrings,
    signal,
    ...writing(writer, decodeStrings && !objectMode, () => writableClosed),
    read() { readFrom(reader, duplex); },
    destroy(error, callback) {
      const done = settler(() => callback(error));
      const waits = [];
      if (!writableClosed) waits.push(error ? writer.abort(error) : writer.close());
      if (!readableClosed) waits.push(reader.cancel(error));
      Promise.all(waits).then(done, done);
    },
  });
  writer.closed.then(() => { writableClosed = true; }, (error) => {
    writableClosed = true;
    readableClosed = true;
    destroy(duplex, error);
  });
  reader.closed.then(() => { readableClosed = true; }, (error) => {
    writableClosed = true;
    readableClosed = true;
    destroy(duplex, error);
  });
  return duplex;
}

module.exports = {
  newReadableStreamFromStreamReadable,
  newReadableWritablePairFromDuplex,
  newStreamDuplexFromReadableWritablePair,
  newStreamReadableFromReadableStream,
  newStreamWritableFromWritableStream,
  newWritableStreamFromStreamWritable,
};
