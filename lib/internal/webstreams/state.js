'use strict';
// What node:stream and util.inspect ask of web streams: whether one can still be read or written, has failed or was
// touched. The package that makes them keeps that in fields of its own.

const kInspect = Symbol.for('nodejs.util.inspect.custom');
const facts = {
  readable: Symbol.for('nodejs.stream.readable'),
  writable: Symbol.for('nodejs.stream.writable'),
  errored: Symbol.for('nodejs.stream.errored'),
  disturbed: Symbol.for('nodejs.stream.disturbed'),
};

function answer({ prototype }, fact, get) {
  Object.defineProperty(prototype, facts[fact], { configurable: true, get });
}

// What a program sees of an object of `Class` when it is printed.
function show(Class, fieldsOf) {
  Object.defineProperty(Class.prototype, kInspect, {
    configurable: true,
    writable: true,
    value(depth, options, inspect) {
      if (depth < 0) return this;
      const left = options.depth === null ? null : options.depth - 1;
      return `${Class.name} ${inspect(fieldsOf(this), { ...options, depth: left })}`;
    },
  });
}

// A chunk may still be on its way into a transformer whose stream was cancelled, which has forgotten its algorithms.
function tolerateLateChunks({ prototype }) {
  const kAlgorithm = Symbol('transform algorithm');
  const nothing = () => Promise.resolve();
  Object.defineProperty(prototype, '_transformAlgorithm', {
    configurable: true,
    get() { return this[kAlgorithm] ?? nothing; },
    set(value) { this[kAlgorithm] = value; },
  });
}

function makeStateVisible(streams) {
  const { ReadableStream, WritableStream, TransformStream } = streams;
  answer(ReadableStream, 'readable', function() { return this._state === 'readable'; });
  answer(ReadableStream, 'errored', function() { return this._state === 'errored'; });
  answer(ReadableStream, 'disturbed', function() { return this._disturbed; });
  answer(WritableStream, 'writable', function() { return this._state === 'writable'; });
  answer(WritableStream, 'errored', function() { return this._state === 'errored'; });

  show(ReadableStream, (stream) => ({
    locked: stream.locked,
    state: stream._state,
    supportsBYOB: stream._readableStreamController instanceof streams.ReadableByteStreamController,
  }));
  show(WritableStream, (stream) => ({ locked: stream.locked, state: stream._state }));
  show(TransformStream, (stream) => ({
    readable: stream.readable, writable: stream.writable, backpressure: stream._backpressure,
  }));
  show(streams.ReadableStreamDefaultReader, (reader) => ({
    stream: reader._ownerReadableStream, readRequests: reader._readRequests.length, close: reader._closedPromise,
  }));
  show(streams.ReadableStreamBYOBReader, (reader) => ({
    stream: reader._ownerReadableStream, readIntoRequests: reader._readIntoRequests.length, close: reader._closedPromise,
  }));
  show(streams.WritableStreamDefaultWriter, (writer) => ({
    stream: writer._ownerWritableStream,
    close: writer._closedPromise,
    ready: writer._readyPromise,
    desiredSize: writer.desiredSize,
  }));
  show(streams.ReadableStreamDefaultController, () => ({}));
  show(streams.ReadableByteStreamController, () => ({}));
  show(streams.WritableStreamDefaultController, (controller) => ({ stream: controller._controlledWritableStream }));
  show(streams.TransformStreamDefaultController, (controller) => ({ stream: controller._controlledTransformStream }));
  tolerateLateChunks(streams.TransformStreamDefaultController);
}

module.exports = { makeStateVisible, show };
