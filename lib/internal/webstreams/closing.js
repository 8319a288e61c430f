'use strict';
// Lets stream.finished, pipeline and abort signals watch web streams: a promise of a stream's end, made when somebody asks
// for it, and a way to make its controller fail.

const kIsClosedPromise = Symbol.for('nodejs.webstream.isClosedPromise');
const kControllerErrorFunction = Symbol.for('nodejs.webstream.controllerErrorFunction');
const kEnd = Symbol('end');

// The package keeps a stream's state in `_state`; from here on each change of it is seen.
function watch(stream) {
  const end = Promise.withResolvers();
  end.promise.catch(() => {});
  let state = stream._state;
  const look = () => {
    if (state === 'closed') end.resolve();
    else if (state === 'errored') end.reject(stream._storedError);
  };
  Object.defineProperty(stream, '_state', {
    configurable: true,
    enumerable: false,
    get: () => state,
    set(now) {
      state = now;
      // The error is stored beside the state, before or after it.
      if (now === 'closed' || now === 'errored') queueMicrotask(look);
    },
  });
  look();
  return end;
}

function makeWatchable({ prototype }, controllerName) {
  Object.defineProperty(prototype, kIsClosedPromise, {
    configurable: true,
    get() {
      if (this[kEnd] === undefined) Object.defineProperty(this, kEnd, { value: watch(this) });
      return this[kEnd];
    },
  });
  Object.defineProperty(prototype, kControllerErrorFunction, {
    configurable: true,
    get() { return (error) => this[controllerName].error(error); },
  });
}

module.exports = function makeClosingVisible(ReadableStream, WritableStream) {
  makeWatchable(ReadableStream, '_readableStreamController');
  makeWatchable(WritableStream, '_writableStreamController');
};
