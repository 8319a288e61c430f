'use strict';
// Two streams, each reading what the other is given.

const { Duplex } = require('stream');

class Side extends Duplex {
  #other;
  #taken = null;

  constructor(options) {
    super(options);
  }

  join(other) {
    this.#other = other;
  }

  _read() {
    const taken = this.#taken;
    if (taken === null) return;
    this.#taken = null;
    taken();
  }

  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      process.nextTick(callback);
      return;
    }
    this.#other.push(chunk);
    this.#other.#taken = callback;
  }

  _final(callback) {
    this.#other.on('end', callback);
    this.#other.push(null);
  }

  _destroy(error, callback) {
    const other = this.#other;
    if (!other.destroyed) {
      process.nextTick(() => {
        if (other.destroyed) return;
        if (error) other.destroy();
        else if (other.readable) other.push(null);
      });
    }
    callback(error);
  }
}

module.exports = function duplexPair(options) {
  const first = new Side(options);
  const second = new Side(options);
  first.join(second);
  second.join(first);
  return [first, second];
};
