'use strict';

// A message that came in: a request on a server, a response on a client. Most are never read as streams nor asked for their
// headers, so both are made when somebody looks.

const { Readable, finished } = require('stream');
const { catchUp, isWaitedFor, kConnection, kState, teach } = require('internal/http_arrived');

const kHeaders = Symbol('kHeaders');
const kHeadersDistinct = Symbol('kHeadersDistinct');
const kHeadersCount = Symbol('kHeadersCount');
const kRawHeaders = Symbol('kRawHeaders');
const kTrailers = Symbol('kTrailers');
const kTrailersDistinct = Symbol('kTrailersDistinct');
const kTrailersCount = Symbol('kTrailersCount');
const kRawTrailers = Symbol('kRawTrailers');
const kHead = Symbol('head');
const kSocket = Symbol('socket');
const kAbortController = Symbol('abortController');

function readStart(socket) {
  if (socket && !socket._paused && socket.readable) socket.resume();
}

function readStop(socket) {
  if (socket) socket.pause();
}

function IncomingMessage(socket) {
  if (!(this instanceof IncomingMessage)) return new IncomingMessage(socket);
  this.socket = socket;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

// What a message has until it gets its own.
Object.assign(IncomingMessage.prototype, {
  httpVersionMajor: null,
  httpVersionMinor: null,
  httpVersion: null,
  complete: false,
  joinDuplicateHeaders: false,
  aborted: false,
  upgrade: null,
  url: '',
  method: null,
  statusCode: null,
  statusMessage: null,
  _consuming: false,
  _dumped: false,
  _arrived: undefined, // a body that came together with its request
  [kConnection]: undefined,
  [kSocket]: undefined,
  [kState]: undefined,
  [kHead]: undefined,
  [kHeaders]: null,
  [kHeadersDistinct]: null,
  [kHeadersCount]: 0,
  [kRawHeaders]: undefined,
  [kTrailers]: null,
  [kTrailersDistinct]: null,
  [kTrailersCount]: 0,
  [kRawTrailers]: undefined,
  [kAbortController]: undefined,
});

// name, value, name, value … of a head whose lines are known to be well-formed.
function parseHead(text) {
  return parseFields(text, text.indexOf('\r\n') + 2);
}

function parseFields(text, at) {
  const pairs = [];
  for (;;) {
    const end = text.indexOf('\r\n', at);
    if (end <= at) return pairs;
    const colon = text.indexOf(':', at);
    let from = colon + 1;
    let to = end;
    for (let c; from < to && ((c = text.charCodeAt(from)) === 32 || c === 9); from++);
    for (let c; to > from && ((c = text.charCodeAt(to - 1)) === 32 || c === 9); to--);
    pairs.push(text.substring(at, colon), text.substring(from, to));
    at = end + 2;
  }
}

function field(symbol, make) {
  return {
    __proto__: null,
    configurable: true,
    get() {
      const value = this[symbol];
      return value === undefined ? this[symbol] = make(this) : value;
    },
    set(value) { this[symbol] = value; },
  };
}

Object.defineProperties(IncomingMessage.prototype, {
  _readableState: {
    __proto__: null,
    configurable: true,
    get() {
      const state = this[kState];
      if (state !== undefined || !(this instanceof IncomingMessage) || this === IncomingMessage.prototype) return state;
      const highWaterMark = this[kSocket]?.readableHighWaterMark;
      Readable.call(this, highWaterMark === undefined ? undefined : { highWaterMark });
      this[kState].readingMore = true;
      if (this[kConnection] !== undefined && this.complete) catchUp(this);
      return this[kState];
    },
    set(state) { this[kState] = state; },
  },
  socket: {
    __proto__: null,
    configurable: true,
    get() {
      const socket = this[kSocket];
      if (socket !== undefined || this[kConnection] === undefined) return socket;
      return this[kSocket] = this[kConnection].materialize();
    },
    set(value) { this[kSocket] = value; },
  },
  client: {
    __proto__: null,
    configurable: true,
    get() { return this.socket; },
    set(value) { Object.defineProperty(this, 'client', { __proto__: null, value, writable: true, configurable: true, enumerable: true }); },
  },
  connection: {
    __proto__: null,
    configurable: true,
    get() { return this.socket; },
    set(value) { this.socket = value; },
  },
  rawHeaders: field(kRawHeaders, (message) => {
    const head = message[kHead];
    if (head === undefined) return [];
    const pairs = parseHead(head);
    message[kHeadersCount] = pairs.length;
    return pairs;
  }),
  rawTrailers: field(kRawTrailers, () => []),
  headers: {
    __proto__: null,
    configurable: true,
    get() {
      let headers = this[kHeaders];
      if (!headers) {
        headers = this[kHeaders] = {};
        const { rawHeaders } = this; // sets the count
        for (let i = 0, count = this[kHeadersCount]; i < count; i += 2) this._addHeaderLine(rawHeaders[i], rawHeaders[i + 1], headers);
      }
      return headers;
    },
    set(value) { this[kHeaders] = value; },
  },
  headersDistinct: {
    __proto__: null,
    configurable: true,
    get() {
      let headers = this[kHeadersDistinct];
      if (!headers) {
        headers = this[kHeadersDistinct] = { __proto__: null };
        const { rawHeaders } = this;
        for (let i = 0, count = this[kHeadersCount]; i < count; i += 2)
          this._addHeaderLineDistinct(rawHeaders[i], rawHeaders[i + 1], headers);
      }
      return headers;
    },
    set(value) { this[kHeadersDistinct] = value; },
  },
  trailers: {
    __proto__: null,
    configurable: true,
    get() {
      let trailers = this[kTrailers];
      if (!trailers) {
        trailers = this[kTrailers] = {};
        const { rawTrailers } = this;
        for (let i = 0, count = this[kTrailersCount]; i < count; i += 2) this._addHeaderLine(rawTrailers[i], rawTrailers[i + 1], trailers);
      }
      return trailers;
    },
    set(value) { this[kTrailers] = value; },
  },
  trailersDistinct: {
    __proto__: null,
    configurable: true,
    get() {
      let trailers = this[kTrailersDistinct];
      if (!trailers) {
        trailers = this[kTrailersDistinct] = { __proto__: null };
        const { rawTrailers } = this;
        for (let i = 0, count = this[kTrailersCount]; i < count; i += 2)
          this._addHeaderLineDistinct(rawTrailers[i], rawTrailers[i + 1], trailers);
      }
      return trailers;
    },
    set(value) { this[kTrailersDistinct] = value; },
  },
  // Aborted when the message's connection is gone before the message is done with.
  signal: {
    __proto__: null,
    configurable: true,
    get() {
      let controller = this[kAbortController];
      if (controller === undefined) {
        controller = this[kAbortController] = new AbortController();
        if (this.destroyed) controller.abort();
        else this.once('close', () => controller.abort());
      }
      return controller.signal;
    },
  },
});

teach(IncomingMessage.prototype);

IncomingMessage.prototype.setTimeout = function setTimeout(ms, callback) {
  if (callback) this.on('timeout', callback);
  this.socket.setTimeout(ms);
  return this;
};

IncomingMessage.prototype._read = function _read() {
  if (!this._consuming) {
    this._readableState.readingMore = false;
    this._consuming = true;
  }
  if (this[kConnection] !== undefined) {
    this[kConnection].takeMore();
    return;
  }
  // The socket may be gone when a stream that was kept is read later.
  if (this.socket?.readable) readStart(this.socket);
};

IncomingMessage.prototype._destroy = function _destroy(error, callback) {
  if (!this.readableEnded || !this.complete) {
    this.aborted = true;
    this.emit('aborted');
  }
  if (this[kConnection] !== undefined && !this[kConnection].waitsForSocket) {
    if (this.aborted) this[kConnection].destroy(error);
    process.nextTick(destroyed, this, error, callback);
    return;
  }
  const { socket } = this;
  // A message that ended leaves its socket to the next one; one that did not can only take it along.
  if (socket && !socket.destroyed && this.aborted) {
    socket.destroy(error);
    const stop = finished(socket, (problem) => {
      if (problem?.code === 'ERR_STREAM_PREMATURE_CLOSE') problem = null;
      stop();
      process.nextTick(destroyed, this, error || problem, callback);
    });
  } else {
    process.nextTick(destroyed, this, error, callback);
  }
};

function destroyed(message, error, callback) {
  // An error that nobody listens for ends a message, not the program.
  if (message.listenerCount('error') === 0) callback();
  else callback(error);
}

IncomingMessage.prototype._addHeaderLines = function _addHeaderLines(pairs, count) {
  if (!pairs || pairs.length === 0) return;
  let target;
  if (this.complete) {
    this.rawTrailers = pairs;
    this[kTrailersCount] = count;
    target = this[kTrailers];
  } else {
    this.rawHeaders = pairs;
    this[kHeadersCount] = count;
    target = this[kHeaders];
  }
  if (target) for (let i = 0; i < count; i += 2) this._addHeaderLine(pairs[i], pairs[i + 1], target);
};

IncomingMessage.prototype._addTrailers = function addTrailers(pairs) {
  this.rawTrailers = pairs;
  this[kTrailersCount] = pairs.length;
};

IncomingMessage.prototype._addTrailerText = function addTrailerText(text) {
  this._addTrailers(parseFields(text, 0));
};

IncomingMessage.prototype._limitHeaders = function limitHeaders(count) {
  const { rawHeaders } = this;
  if (count <= 0 || rawHeaders.length <= count) return;
  rawHeaders.length = count;
  this[kHeadersCount] = count;
};

const ONCE = 1, COOKIE = 2, LIST = 3;
const rules = new Map([
  ...['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since',
    'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer', 'retry-after', 'server',
    'user-agent'].map((name) => [name, ONCE]),
  ['cookie', COOKIE],
  ['set-cookie', LIST],
]);

// Names as they come, to names in lower case; bounded, for names are sent by strangers.
let lowered = new Map();

function lower(name) {
  let known = lowered.get(name);
  if (known === undefined) {
    known = name.toLowerCase();
    if (lowered.size > 500) lowered = new Map();
    if (name.length < 40) lowered.set(name, known);
  }
  return known;
}

IncomingMessage.prototype._addHeaderLine = function _addHeaderLine(name, value, target) {
  name = lower(name);
  const present = target[name];
  const rule = rules.get(name);
  if (rule === LIST) {
    if (present !== undefined) present.push(value);
    else target[name] = [value];
    return;
  }
  if (present === undefined || (rule === undefined && typeof present !== 'string')) {
    if (name === '__proto__') Object.defineProperty(target, name, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
    else target[name] = value;
    return;
  }
  if (rule === COOKIE) target[name] = `${present}; ${value}`;
  else if (rule === undefined || this.joinDuplicateHeaders) target[name] = `${present}, ${value}`;
};

IncomingMessage.prototype._addHeaderLineDistinct = function _addHeaderLineDistinct(name, value, target) {
  name = lower(name);
  if (target[name]) target[name].push(value);
  else target[name] = [value];
};

// Reads the rest and throws it away, so that the connection can carry the next message.
IncomingMessage.prototype._dump = function _dump() {
  if (this._dumped) return;
  this._dumped = true;
  if (this.complete && !isWaitedFor(this)) return;
  // What is buffered must not reach the program any more.
  this.removeAllListeners('data');
  this.resume();
};

IncomingMessage.prototype._dumpAndCloseReadable = function _dumpAndCloseReadable() {
  this._dumped = true;
  const state = this._readableState;
  state.ended = true;
  state.endEmitted = true;
  state.destroyed = true;
  state.closed = true;
  state.closeEmitted = true;
};

module.exports = { IncomingMessage, readStart, readStop, kConnection, kHead, kState };
