'use strict';

// Streams that move to another thread: the standard's way, in which what arrives there is a new stream at one end of a
// channel and the old one is piped into the other.

const { MessageChannel } = require('internal/messaging');
const { kTransfer, kTransferList, kDeserialize } = require('internal/transferable');

function refused(what) {
  const DOMException = require('internal/domexception');
  return new DOMException(`Cannot transfer a locked ${what}`, 'DataCloneError');
}

function send(port, type, value) {
  try {
    port.postMessage({ type, value });
  } catch (error) { // the chunk cannot be cloned: both sides hear of it
    port.postMessage({ type: 'error', value: error });
    port.close();
    throw error;
  }
}

// Chunks come from the port. Where the program has this end, the loop lives while somebody waits for one.
function readableOver(port, isPrograms) {
  const { ReadableStream } = require('stream/web');
  let controller, wanted;
  const settle = () => {
    port.unref();
    wanted?.resolve();
    wanted = undefined;
  };
  port.onmessage = ({ data: { type, value } }) => {
    if (type === 'chunk') controller.enqueue(value);
    else if (type === 'close') controller.close();
    else if (type === 'error') controller.error(value);
    settle();
    if (type !== 'chunk') port.close();
  };
  port.onmessageerror = ({ data }) => {
    controller.error(data);
    settle();
    port.close();
  };
  port.unref();
  return new ReadableStream({
    start(its) { controller = its; },
    pull() {
      if (isPrograms) port.ref();
      wanted = Promise.withResolvers();
      send(port, 'pull');
      return wanted.promise;
    },
    cancel(reason) {
      send(port, 'error', reason);
      port.close();
    },
  }, { highWaterMark: 0 });
}

// Chunks go to the port, one for each that was asked for.
function writableOver(port, isPrograms) {
  const { WritableStream } = require('stream/web');
  let controller, asked = Promise.withResolvers();
  port.onmessage = ({ data: { type, value } }) => {
    if (type === 'error') {
      controller.error(value);
      port.close();
    }
    asked.resolve();
  };
  port.unref();
  return new WritableStream({
    start(its) { controller = its; },
    async write(chunk) {
      if (isPrograms) port.ref();
      await asked.promise;
      port.unref();
      asked = Promise.withResolvers();
      send(port, 'chunk', chunk);
    },
    close() {
      send(port, 'close');
      port.close();
    },
    abort(reason) {
      send(port, 'error', reason);
      port.close();
    },
  });
}

function ignore() {}

const ways = {
  ReadableStream: {
    isLocked: (stream) => stream.locked,
    leave: (stream, port) => stream.pipeTo(writableOver(port, false)).catch(ignore),
  },
  WritableStream: {
    isLocked: (stream) => stream.locked,
    leave: (stream, port) => readableOver(port, false).pipeTo(stream).catch(ignore),
  },
};

class ReadableStreamCopy {
  [kDeserialize]({ port }) { return readableOver(port, true); }
}

class WritableStreamCopy {
  [kDeserialize]({ port }) { return writableOver(port, true); }
}

// A pair of streams that came from another thread.
class TransformStreamCopy {
  [kDeserialize]({ readable, writable }) {
    const { TransformStream } = require('stream/web');
    return Object.setPrototypeOf(Object.defineProperties({}, {
      readable: { value: readable, configurable: true }, writable: { value: writable, configurable: true },
    }), TransformStream.prototype);
  }
}

const leaving = new WeakMap(); // stream -> the port that goes in its place

function hide(Class, key, value) { Object.defineProperty(Class.prototype, key, { __proto__: null, value, configurable: true, writable: true }); }

function install({ ReadableStream, WritableStream, TransformStream }) {
  for (const [name, Class] of Object.entries({ ReadableStream, WritableStream })) {
    const way = ways[name];
    hide(Class, kTransferList, function() {
      if (way.isLocked(this)) throw refused(name);
      const { port1, port2 } = new MessageChannel();
      leaving.set(this, { port1, port2 });
      return [port2];
    });
    hide(Class, kTransfer, function() {
      const { port1, port2 } = leaving.get(this);
      leaving.delete(this);
      way.leave(this, port1);
      return { data: { port: port2 }, deserializeInfo: `internal/webstreams/transfer:${name}Copy` };
    });
  }
  hide(TransformStream, kTransferList, function() {
    if (this.readable.locked || this.writable.locked) throw refused('TransformStream');
    return [this.readable, this.writable];
  });
  hide(TransformStream, kTransfer, function() {
    return { data: { readable: this.readable, writable: this.writable }, deserializeInfo: 'internal/webstreams/transfer:TransformStreamCopy' };
  });
}

module.exports = { install, ReadableStreamCopy, WritableStreamCopy, TransformStreamCopy };
