'use strict';
// Node's streams: the readable-stream package, which is Node's own stream code as its maintainers publish it, put
// together so that a program loads only the parts that it uses. What today's Node does otherwise is set right here.

const { lazyProperty } = require('internal/builtin');
const base = 'readable-stream/lib/internal/streams/';
const { Stream } = require('internal/streams/legacy');
module.exports = Stream;

const utils = require(base + 'utils');
const state = require(base + 'state');
state.setDefaultHighWaterMark(false, 64 * 1024);

const define = Object.defineProperty;
const hidden = (object, name, value) => define(object, name, { __proto__: null, value, configurable: true, writable: true });

Stream.isDestroyed = utils.isDestroyed;
Stream.isDisturbed = utils.isDisturbed;
Stream.isErrored = utils.isErrored;
Stream.isReadable = utils.isReadable;
Stream.isWritable = utils.isWritable;
const Readable = Stream.Readable = require(base + 'readable');
const Writable = Stream.Writable = require(base + 'writable');
const Duplex = Stream.Duplex = require(base + 'duplex');
lazyProperty(Stream, 'Transform', () => require(base + 'transform'));
lazyProperty(Stream, 'PassThrough', () => require(base + 'passthrough'));
lazyProperty(Stream, 'duplexPair', () => require('internal/streams/duplex_pair'));

const promisified = Symbol.for('nodejs.util.promisify.custom');
const promises = () => require('stream/promises');
lazyProperty(Stream, 'pipeline', () => {
  const { pipeline } = require(base + 'pipeline');
  define(pipeline, promisified, { __proto__: null, enumerable: true, get: () => promises().pipeline });
  return pipeline;
});
const { addAbortSignal } = require(base + 'add-abort-signal');
Stream.addAbortSignal = addAbortSignal;
const endOfStream = require(base + 'end-of-stream');
const finished = Stream.finished = function finished(stream, options, callback) {
  const state = stream?._writableState;
  if (callback === undefined || options?.readable !== false || !(state?.pendingcb > 0) || !state.ended || state.finished || state.destroyed)
    return arguments.length === 2 ? endOfStream(stream, options) : endOfStream(stream, options, callback);
  // All has been written, but not all writes are done.
  let forget = () => { for (const event of events) stream.removeListener(event, start); };
  const start = () => {
    forget();
    forget = endOfStream(stream, options, callback);
  };
  const events = ['finish', 'error', 'close'];
  for (const event of events) stream.once(event, start);
  return () => forget();
};
define(finished, promisified, { __proto__: null, enumerable: true, get: () => promises().finished });
Stream.destroy = require(base + 'destroy').destroyer;
lazyProperty(Stream, 'compose', () => require(base + 'compose'));
Stream.setDefaultHighWaterMark = state.setDefaultHighWaterMark;
Stream.getDefaultHighWaterMark = state.getDefaultHighWaterMark;
define(Stream, 'promises', { __proto__: null, configurable: true, enumerable: true, get: promises });
Stream.Stream = Stream;
Stream._isArrayBufferView = ArrayBuffer.isView;
// What may be written and pushed: any view of bytes.
Stream._isUint8Array = ArrayBuffer.isView;
Stream._uint8ArrayToBuffer = (chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

// map, filter and their like: the methods are there, their code comes with the first call.
function operator(name, length, answersStream) {
  const method = { [name](...args) {
    const operators = require(base + 'operators');
    return answersStream ?
      Readable.from(operators.streamReturningOperators[name].apply(this, args)) :
      operators.promiseReturningOperators[name].apply(this, args);
  } }[name];
  define(method, 'length', { __proto__: null, value: length, configurable: true });
  hidden(Readable.prototype, name, method);
}
for (const name of ['drop', 'take']) operator(name, 1, true);
for (const name of ['filter', 'flatMap', 'map']) operator(name, 2, true);
for (const name of ['every', 'some']) operator(name, 1, false);
for (const name of ['forEach', 'find']) operator(name, 2, false);
operator('reduce', 3, false);
operator('toArray', 1, false);

// end(callback) is told null where nothing went wrong.
const { end } = Writable.prototype;
Writable.prototype.end = function (chunk, encoding, callback) {
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (typeof callback !== 'function') return end.call(this, chunk, encoding);
  return end.call(this, chunk, encoding, (error) => callback(error ?? null));
};
Object.defineProperty(Duplex.prototype, 'end', { __proto__: null, value: Writable.prototype.end, configurable: true, enumerable: true, writable: true });

hidden(Readable.prototype, 'compose', function compose(stream, options) {
  return require(base + 'operators').streamReturningOperators.compose.call(this, stream, options);
});

// Web streams
const adapters = () => require('internal/webstreams/adapters');
Readable.fromWeb = (stream, options) => adapters().newStreamReadableFromReadableStream(stream, options);
Readable.toWeb = (stream, options) => adapters().newReadableStreamFromStreamReadable(stream, options);
Writable.fromWeb = (stream, options) => adapters().newStreamWritableFromWritableStream(stream, options);
Writable.toWeb = (stream, options) => adapters().newWritableStreamFromStreamWritable(stream, options);
Duplex.fromWeb = (pair, options) => adapters().newStreamDuplexFromReadableWritablePair(pair, options);
Duplex.toWeb = (duplex, options) => adapters().newReadableWritablePairFromDuplex(duplex, options);

hidden(Writable.prototype, Symbol.asyncDispose, async function () {
  let error;
  if (!this.destroyed) {
    const { AbortError } = require('internal/errors');
    error = this.writableFinished ? null : new AbortError();
    this.destroy(error);
  }
  await new Promise((resolve, reject) =>
    finished(this, (reason) => (reason && reason !== error && reason.name !== 'AbortError' ? reject(reason) : resolve(null))));
});
