'use strict';

// A connection to the manager's root or to an app's keeper: JSON behind four bytes of length (src/base/frame.h).
// Answers carry the number of their request; what has none is an event.

const fs = require('fs');
const net = require('net');

const LONGEST_PATH = 107; // of a UNIX socket's address

class Wire {
  #socket;
  #lastId = 0;
  #waiting = new Map();
  #rest = Buffer.alloc(0);

  constructor(socket, heard) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes, heard));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const [, reject] of this.#waiting.values()) reject(new Error('the manager went away before it answered'));
      this.#waiting.clear();
      this.closed?.();
    });
  }

  #read(bytes, heard) {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readUInt32BE(0);
      if (this.#rest.length < end) return;
      const message = JSON.parse(this.#rest.toString('utf8', 4, end));
      this.#rest = this.#rest.subarray(end);
      const waiting = this.#waiting.get(message.id);
      if (message.event !== undefined || waiting === undefined) {
        heard?.(message);
        continue;
      }
      this.#waiting.delete(message.id);
      const [resolve, reject] = waiting;
      if (message.error) reject(new Error(message.error));
      else resolve(message);
    }
  }

  call(request) {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the manager is not connected'));
      const id = ++this.#lastId;
      const text = Buffer.from(JSON.stringify({ ...request, id }));
      const head = Buffer.alloc(4);
      head.writeUInt32BE(text.length);
      this.#waiting.set(id, [resolve, reject]);
      this.#socket.write(Buffer.concat([head, text]));
    });
  }

  close() {
    this.#socket.destroy();
  }
}

// Rejects when nobody listens there. heard(event) is called for what was not asked for.
function connect(folder, name, heard) {
  return new Promise((resolve, reject) => {
    const isLong = Buffer.byteLength(folder + name) >= LONGEST_PATH;
    let fd = -1;
    try {
      if (isLong) fd = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    } catch (error) {
      return reject(error);
    }
    const socket = net.connect(fd >= 0 ? `/proc/self/fd/${fd}/${name}` : `${folder}/${name}`);
    const closeFolder = () => { if (fd >= 0) fs.closeSync(fd); };
    const failed = (error) => {
      closeFolder();
      reject(error);
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      closeFolder();
      socket.off('error', failed);
      resolve(new Wire(socket, heard));
    });
  });
}

module.exports = { connect };
