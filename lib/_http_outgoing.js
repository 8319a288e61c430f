'use strict';

// A message that goes out: a response on a server, a request on a client. It decides how the message is framed and holds back
// what its connection cannot take yet.

const Stream = require('stream');
const { Buffer } = require('buffer');
const { kOutHeaders, kNeedDrain, kSendingFile, utcDate } = require('internal/http');
const { _checkIsHttpToken: isToken, _checkInvalidHeaderChar: hasBadChar, chunkExpression: isChunked } = require('_http_common');
const {
  codes: {
    ERR_HTTP_BODY_NOT_ALLOWED,
    ERR_HTTP_CONTENT_LENGTH_MISMATCH,
    ERR_HTTP_HEADERS_SENT,
    ERR_HTTP_INVALID_HEADER_VALUE,
    ERR_HTTP_TRAILER_INVALID,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_CHAR,
    ERR_INVALID_HTTP_TOKEN,
    ERR_METHOD_NOT_IMPLEMENTED,
    ERR_STREAM_ALREADY_FINISHED,
    ERR_STREAM_CANNOT_PIPE,
    ERR_STREAM_DESTROYED,
    ERR_STREAM_NULL_VALUES,
    ERR_STREAM_WRITE_AFTER_END,
  },
  hideStackFrames = (f) => f,
} = require('internal/errors');
const { validateString } = require('internal/validators');

const kCorked = Symbol('corked');
const kSocket = Symbol('kSocket');
const kChunkedBuffer = Symbol('kChunkedBuffer');
const kChunkedLength = Symbol('kChunkedLength');
const kUniqueHeaders = Symbol('kUniqueHeaders');
const kBytesWritten = Symbol('kBytesWritten');
const kErrored = Symbol('errored');
const kHighWaterMark = Symbol('kHighWaterMark');
const kRejectNonStandardBodyWrites = Symbol('kRejectNonStandardBodyWrites');
const kConnection = require('_http_incoming').kConnection;
const kSaw = Symbol('saw'); // which of the headers that frame a message the program gave: SAW bits

const SAW = { CONNECTION: 1, LENGTH: 2, CODING: 4, DATE: 8, EXPECT: 16, TRAILER: 32 };

const DEFAULT_HIGH_WATER_MARK = 65536;
const nothing = () => {};

function OutgoingMessage(options) {
  Stream.call(this);
  this.outputData = [];
  this[kChunkedBuffer] = [];
  this[kHighWaterMark] = options?.highWaterMark ?? DEFAULT_HIGH_WATER_MARK;
  this[kRejectNonStandardBodyWrites] = options?.rejectNonStandardBodyWrites ?? false;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

// What a message has until it gets its own.
Object.assign(OutgoingMessage.prototype, {
  outputData: undefined,
  outputSize: 0,
  writable: true,
  destroyed: false,
  _last: false,
  chunkedEncoding: false,
  shouldKeepAlive: true,
  maxRequestsOnConnectionReached: false,
  _defaultKeepAlive: true,
  useChunkedEncodingByDefault: true,
  sendDate: false,
  _removedConnection: false,
  _removedContLen: false,
  _removedTE: false,
  strictContentLength: false,
  _contentLength: null,
  _hasBody: true,
  _trailer: '',
  finished: false,
  _headerSent: false,
  _closed: false,
  _header: null,
  _keepAliveTimeout: 0,
  _onPendingData: nothing,
  [kBytesWritten]: 0,
  [kNeedDrain]: false,
  [kCorked]: 0,
  [kChunkedBuffer]: undefined,
  [kChunkedLength]: 0,
  [kSocket]: null,
  [kConnection]: undefined,
  [kSaw]: 0,
  [kOutHeaders]: null,
  [kErrored]: null,
  [kSendingFile]: false,
  [kUniqueHeaders]: null,
  [kHighWaterMark]: DEFAULT_HIGH_WATER_MARK,
  [kRejectNonStandardBodyWrites]: false,
});

function getter(get, set) {
  return { __proto__: null, configurable: true, enumerable: true, get, set };
}

Object.defineProperties(OutgoingMessage.prototype, {
  errored: getter(function() { return this[kErrored]; }),
  closed: getter(function() { return this._closed; }),
  writableFinished: getter(function() {
    return this.finished && this.outputSize === 0 && (!this[kSocket] || this[kSocket].writableLength === 0);
  }),
  writableObjectMode: getter(() => false),
  writableLength: getter(function() {
    return this.outputSize + this[kChunkedLength] + (this[kSocket] ? this[kSocket].writableLength : 0);
  }),
  writableHighWaterMark: getter(function() {
    return this[kSocket] ? this[kSocket].writableHighWaterMark : this[kHighWaterMark];
  }),
  writableCorked: getter(function() { return this[kCorked]; }),
  writableEnded: getter(function() { return this.finished; }),
  writableNeedDrain: getter(function() { return !this.destroyed && !this.finished && this[kNeedDrain]; }),
  headersSent: getter(function() { return !!this._header; }),
  connection: getter(function() { return this.socket; }, function(value) { this.socket = value; }),
  socket: getter(function() {
    if (this[kConnection] !== undefined && this[kSocket] === null && !this._closed) {
      if (this.finished) return this[kConnection].materialize();
      needSocket(this);
    }
    return this[kSocket];
  }, function(value) {
    for (let i = 0; i < this[kCorked]; i++) {
      value?.cork();
      this[kSocket]?.uncork();
    }
    this[kSocket] = value;
  }),
});

OutgoingMessage.prototype._renderHeaders = function _renderHeaders() {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
  const headers = {};
  const map = this[kOutHeaders];
  if (map !== null) for (const key of Object.keys(map)) headers[map[key][0]] = map[key][1];
  return headers;
};

OutgoingMessage.prototype.cork = function cork() {
  needSocket(this);
  this[kCorked]++;
  if (this[kSocket]) this[kSocket].cork();
};

OutgoingMessage.prototype.uncork = function uncork() {
  needSocket(this);
  this[kCorked]--;
  if (this[kSocket]) this[kSocket].uncork();
  if (this[kCorked] || this[kChunkedLength] === 0) return;
  const parts = this[kChunkedBuffer];
  this._send(this[kChunkedLength].toString(16), 'latin1', null);
  this._send('\r\n', 'latin1', null);
  let callbacks;
  for (const { data, encoding, callback } of parts) {
    this._send(data, encoding, null);
    if (callback) (callbacks ??= []).push(callback);
  }
  this._send('\r\n', 'latin1', callbacks && ((error) => { for (const callback of callbacks) callback(error); }));
  parts.length = 0;
  this[kChunkedLength] = 0;
};

OutgoingMessage.prototype.setTimeout = function setTimeout(ms, callback) {
  needSocket(this);
  if (callback) this.on('timeout', callback);
  if (this[kSocket]) this[kSocket].setTimeout(ms);
  else this.once('socket', (socket) => socket.setTimeout(ms));
  return this;
};

// Destroying a message takes its connection along: half a message cannot be followed by another.
OutgoingMessage.prototype.destroy = function destroy(error) {
  if (this.destroyed) return this;
  needSocket(this);
  this.destroyed = true;
  this[kErrored] = error;
  if (this[kSocket]) this[kSocket].destroy(error);
  else this.once('socket', (socket) => socket.destroy(error));
  return this;
};

// The head goes in front of the first bytes of the body, in one write where both are text.
OutgoingMessage.prototype._send = function _send(data, encoding, callback, byteLength) {
  byteLength ??= data.length;
  if (!this._headerSent) {
    const header = this._header;
    // A head with bytes beyond ASCII must not be sent as UTF-8.
    if (typeof data === 'string' && (encoding === 'latin1' || ((encoding === 'utf8' || !encoding) && !/[\x80-\xff]/.test(header)))) {
      data = header + data;
    } else {
      this.outputData.unshift({ data: header, encoding: 'latin1', callback: null });
      this.outputSize += header.length;
      this._onPendingData(header.length);
    }
    this._headerSent = true;
  }
  return this._writeRaw(data, encoding, callback, byteLength);
};

OutgoingMessage.prototype._writeRaw = function _writeRaw(data, encoding, callback, size) {
  needSocket(this);
  const socket = this[kSocket];
  if (socket?.destroyed) return false; // the socket was hung up while the message was under way
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (socket && socket._httpMessage === this && socket.writable && !this[kSendingFile]) {
    if (this.outputData.length) this._flushOutput(socket);
    return socket.write(data, encoding, callback);
  }
  this.outputData.push({ data, encoding, callback });
  size ??= data.length;
  this.outputSize += size;
  this._onPendingData(size);
  return this.outputSize < this[kHighWaterMark];
};

// Puts the head together: what the program said, then what the protocol wants besides.
OutgoingMessage.prototype._storeHeader = function _storeHeader(firstLine, headers) {
  const given = collectHeaders(this, firstLine, headers);
  if (this[kConnection] !== undefined && this[kSocket] === null) {
    // C adds the rest when the answer is complete.
    this._header = given;
    this._headerSent = false;
    return;
  }
  this._header = completeHeader(this, given);
  this._headerSent = false;
  // Whoever expects 100-continue wants the head before the body.
  if ((this[kSaw] & SAW.EXPECT) !== 0) this._send('');
};

// What the program said, as text; what of it frames the message is remembered in kSaw.
function collectHeaders(self, firstLine, headers) {
  self[kSaw] = 0;
  let text = firstLine;
  if (headers) {
    if (headers === self[kOutHeaders]) {
      for (const key in headers) text += headerLines(self, headers[key][0], headers[key][1], false);
    } else if (Array.isArray(headers)) {
      if (headers.length && Array.isArray(headers[0])) {
        for (const entry of headers) text += headerLines(self, entry[0], entry[1], true);
      } else {
        if (headers.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', headers);
        for (let i = 0; i < headers.length; i += 2) text += headerLines(self, headers[i], headers[i + 1], true);
      }
    } else {
      for (const key in headers) {
        if (Object.hasOwn(headers, key)) text += headerLines(self, key, headers[key], true);
      }
    }
  }
  return text;
}

function completeHeader(self, header) {
  const saw = self[kSaw];
  if (self.sendDate && (saw & SAW.DATE) === 0) header += `Date: ${utcDate()}\r\n`;

  // 204 and 304 must not have a body, not even an empty chunk.
  if (self.chunkedEncoding && (self.statusCode === 204 || self.statusCode === 304)) {
    self.chunkedEncoding = false;
    self.shouldKeepAlive = false;
  }

  const hasLength = (saw & SAW.LENGTH) !== 0;
  if (self._removedConnection) {
    self._last = !self.shouldKeepAlive;
  } else if ((saw & SAW.CONNECTION) === 0) {
    const keepsAlive = self.shouldKeepAlive && (hasLength || self.useChunkedEncodingByDefault || self.agent);
    if (keepsAlive && self.maxRequestsOnConnectionReached) {
      header += 'Connection: close\r\n';
    } else if (keepsAlive) {
      header += 'Connection: keep-alive\r\n';
      if (self._keepAliveTimeout && self._defaultKeepAlive) {
        header += `Keep-Alive: timeout=${Math.floor(self._keepAliveTimeout / 1000)}`;
        if (~~self._maxRequestsPerSocket > 0) header += `, max=${self._maxRequestsPerSocket}`;
        header += '\r\n';
      }
    } else {
      self._last = true;
      header += 'Connection: close\r\n';
    }
  }

  const hasTrailer = (saw & SAW.TRAILER) !== 0;
  if (!hasLength && (saw & SAW.CODING) === 0) {
    if (!self._hasBody) {
      self.chunkedEncoding = false;
    } else if (!self.useChunkedEncodingByDefault) {
      self._last = true;
    } else if (!hasTrailer && !self._removedContLen && typeof self._contentLength === 'number') {
      header += `Content-Length: ${self._contentLength}\r\n`;
    } else if (!self._removedTE) {
      header += 'Transfer-Encoding: chunked\r\n';
      self.chunkedEncoding = true;
    } else {
      // Nothing may say where the body ends: the end of the connection does.
      self._last = true;
    }
  }
  // A message with trailers must be chunked.
  if (self.chunkedEncoding !== true && hasTrailer) throw new ERR_HTTP_TRAILER_INVALID();
  return header + '\r\n';
}

// A response of internal/http_connection becomes one that goes out in pieces.
function prepareLight(self) {
  self.outputData = [];
  self[kChunkedBuffer] = [];
  if (self._header && !self._headerSent) self._header = completeHeader(self, self._header);
}

// Whatever sends in pieces needs the socket first.
function needSocket(self) {
  if (self[kConnection] !== undefined && self[kSocket] === null && !self.finished)
    require('internal/http_connection').materializeResponse(self);
}

function headerLines(self, key, value, validate) {
  if (validate) validateHeaderName(key);
  if (Array.isArray(value)) {
    if ((value.length < 2 || !isCookie(key)) && (!self[kUniqueHeaders] || !self[kUniqueHeaders].has(key.toLowerCase()))) {
      let lines = '';
      for (let i = 0; i < value.length; i++) lines += headerLine(self, key, value[i], validate);
      return lines;
    }
    value = value.join('; ');
  }
  return headerLine(self, key, value, validate);
}

function isCookie(name) {
  return name.length === 6 && name.toLowerCase() === 'cookie';
}

function headerLine(self, key, value, validate) {
  if (validate) validateHeaderValue(key, value);
  matchHeader(self, key, value);
  return `${key}: ${value}\r\n`;
}

// Which of the headers that say how the message is framed this is.
function matchHeader(self, field, value) {
  switch (field.length) {
    case 4: case 6: case 7: case 10: case 14: case 17: break;
    default: return;
  }
  switch (field.toLowerCase()) {
    case 'connection':
      self[kSaw] |= SAW.CONNECTION;
      self._removedConnection = false;
      if (/(?:^|\W)close(?:$|\W)/i.test(value)) self._last = true;
      else self.shouldKeepAlive = true;
      break;
    case 'transfer-encoding':
      self[kSaw] |= SAW.CODING;
      self._removedTE = false;
      if (isChunked.test(value)) self.chunkedEncoding = true;
      break;
    case 'content-length':
      self[kSaw] |= SAW.LENGTH;
      self._contentLength = +value;
      self._removedContLen = false;
      break;
    case 'date': self[kSaw] |= SAW.DATE; break;
    case 'expect': self[kSaw] |= SAW.EXPECT; break;
    case 'trailer': self[kSaw] |= SAW.TRAILER; break;
    case 'keep-alive':
      self._defaultKeepAlive = false;
      break;
  }
}

const validateHeaderName = hideStackFrames((name, label) => {
  if (typeof name !== 'string' || !name || !isToken(name)) throw new ERR_INVALID_HTTP_TOKEN(label || 'Header name', name);
});

const validateHeaderValue = hideStackFrames((name, value) => {
  if (value === undefined) throw new ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (hasBadChar(value)) throw new ERR_INVALID_CHAR('header content', name);
});

function parseUniqueHeadersOption(headers) {
  if (!Array.isArray(headers)) return null;
  const unique = new Set();
  for (const name of headers) unique.add(name.toLowerCase());
  return unique;
}

// Names that may be sent, to themselves in lower case; bounded, for a program may make them up.
let knownNames = new Map();

function keyOf(name) {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  validateHeaderName(name);
  return learnName(name);
}

function learnName(name) {
  const key = name.toLowerCase();
  if (knownNames.size >= 500) knownNames = new Map();
  if (name.length < 64 && isToken(name)) knownNames.set(name, key);
  return key;
}

OutgoingMessage.prototype.setHeader = function setHeader(name, value) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('set');
  const key = keyOf(name);
  if (typeof value !== 'string' || hasBadChar(value)) validateHeaderValue(name, value);
  let headers = this[kOutHeaders];
  if (headers === null) this[kOutHeaders] = headers = Object.create(null);
  headers[key] = [name, value];
  return this;
};

OutgoingMessage.prototype.setHeaders = function setHeaders(headers) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('set');
  if (!headers || Array.isArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function')
    throw new ERR_INVALID_ARG_TYPE('headers', ['Headers', 'Map'], headers);
  // Several cookies come one by one, and must stay several headers.
  const cookies = [];
  for (const [name, value] of headers) {
    if (name === 'set-cookie') {
      if (Array.isArray(value)) cookies.push(...value);
      else cookies.push(value);
      continue;
    }
    this.setHeader(name, value);
  }
  if (cookies.length) this.setHeader('set-cookie', cookies);
  return this;
};

OutgoingMessage.prototype.appendHeader = function appendHeader(name, value) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('append');
  validateHeaderName(name);
  validateHeaderValue(name, value);
  const field = name.toLowerCase();
  const headers = this[kOutHeaders];
  if (headers === null || !headers[field]) return this.setHeader(name, value);
  const entry = headers[field];
  if (!Array.isArray(entry[1])) entry[1] = [entry[1]];
  if (Array.isArray(value)) entry[1].push(...value);
  else entry[1].push(value);
  return this;
};

OutgoingMessage.prototype.getHeader = function getHeader(name) {
  if (typeof name !== 'string') validateString(name, 'name');
  const headers = this[kOutHeaders];
  if (headers === null) return undefined;
  return headers[knownNames.get(name) ?? learnName(name)]?.[1];
};

OutgoingMessage.prototype.getHeaderNames = function getHeaderNames() {
  return this[kOutHeaders] === null ? [] : Object.keys(this[kOutHeaders]);
};

OutgoingMessage.prototype.getRawHeaderNames = function getRawHeaderNames() {
  const headers = this[kOutHeaders];
  return headers === null ? [] : Object.keys(headers).map((key) => headers[key][0]);
};

OutgoingMessage.prototype.getHeaders = function getHeaders() {
  const headers = this[kOutHeaders];
  const result = { __proto__: null };
  if (headers) for (const key of Object.keys(headers)) result[key] = headers[key][1];
  return result;
};

OutgoingMessage.prototype.hasHeader = function hasHeader(name) {
  validateString(name, 'name');
  return this[kOutHeaders] !== null && !!this[kOutHeaders][knownNames.get(name) ?? learnName(name)];
};

OutgoingMessage.prototype.removeHeader = function removeHeader(name) {
  validateString(name, 'name');
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('remove');
  const key = knownNames.get(name) ?? learnName(name);
  switch (key) {
    case 'connection': this._removedConnection = true; break;
    case 'content-length': this._removedContLen = true; break;
    case 'transfer-encoding': this._removedTE = true; break;
    case 'date': this.sendDate = false; break;
  }
  if (this[kOutHeaders] !== null) delete this[kOutHeaders][key];
};

OutgoingMessage.prototype._implicitHeader = function _implicitHeader() {
  throw new ERR_METHOD_NOT_IMPLEMENTED('_implicitHeader()');
};

OutgoingMessage.prototype.write = function write(chunk, encoding, callback) {
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  const result = writeChunk(this, chunk, encoding, callback, false);
  if (!result) this[kNeedDrain] = true;
  return result;
};

function failWrite(message, error, callback) {
  if (!message.destroyed) {
    process.nextTick(() => {
      callback?.(error);
      if (message._closed) return;
      message[kErrored] ??= error;
      message.emit('error', error);
    });
  } else {
    process.nextTick(callback ?? nothing, error);
  }
}

function strictlyTooLong(message, len, fromEnd) {
  return message.strictContentLength && message._contentLength != null && message._hasBody &&
    (fromEnd ? message[kBytesWritten] + len !== message._contentLength : message[kBytesWritten] + len > message._contentLength) &&
    !message.chunkedEncoding && !message.hasHeader('transfer-encoding');
}

function chunkLength(chunk, encoding) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function writeChunk(message, chunk, encoding, callback, fromEnd) {
  needSocket(message);
  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array))
    throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
  let len;
  if (message.strictContentLength) {
    len = chunkLength(chunk, encoding);
    if (strictlyTooLong(message, len, fromEnd))
      throw new ERR_HTTP_CONTENT_LENGTH_MISMATCH(len + message[kBytesWritten], message._contentLength);
    message[kBytesWritten] += len;
  }
  const problem = message.finished ? new ERR_STREAM_WRITE_AFTER_END() :
    message.destroyed ? new ERR_STREAM_DESTROYED('write') : undefined;
  if (problem) {
    if (!message.destroyed) failWrite(message, problem, callback);
    else process.nextTick(callback ?? nothing, problem);
    return false;
  }
  if (!message._header) {
    if (fromEnd) message._contentLength ??= len ??= chunkLength(chunk, encoding);
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message[kRejectNonStandardBodyWrites]) throw new ERR_HTTP_BODY_NOT_ALLOWED();
    process.nextTick(callback ?? nothing);
    return true;
  }
  // What is written in one turn goes out in one packet.
  if (!fromEnd && message.socket && !message.socket.writableCorked) {
    message.socket.cork();
    process.nextTick((socket) => socket.uncork(), message.socket);
  }
  if (!message.chunkedEncoding || chunk.length === 0) return message._send(chunk, encoding, callback, len);
  len ??= chunkLength(chunk, encoding);
  if (message[kCorked] && message._headerSent) {
    message[kChunkedBuffer].push({ data: chunk, encoding, callback });
    message[kChunkedLength] += len;
    return message[kChunkedLength] < message[kHighWaterMark];
  }
  message._send(len.toString(16), 'latin1', null);
  message._send('\r\n', 'latin1', null);
  message._send(chunk, encoding, null, len);
  return message._send('\r\n', 'latin1', callback);
}

OutgoingMessage.prototype.addTrailers = function addTrailers(headers) {
  this._trailer = '';
  const isList = Array.isArray(headers);
  for (const key of isList ? headers.keys() : Object.keys(headers)) {
    const [name, value] = isList ? headers[key] : [key, headers[key]];
    validateHeaderName(name, 'Trailer name');
    for (const one of Array.isArray(value) && value.length > 1 && !this[kUniqueHeaders]?.has(name.toLowerCase()) ?
      value : [Array.isArray(value) ? value.join('; ') : value]) {
      if (hasBadChar(one)) throw new ERR_INVALID_CHAR('trailer content', name);
      this._trailer += `${name}: ${one}\r\n`;
    }
  }
};

function onFinish(message) {
  if (message?.socket?._hadError) return;
  message.emit('finish');
}

OutgoingMessage.prototype.end = function end(chunk, encoding, callback) {
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = null;
    encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (chunk) {
    if (this.finished) {
      failWrite(this, new ERR_STREAM_WRITE_AFTER_END(), typeof callback === 'function' ? callback : nothing);
      return this;
    }
    needSocket(this);
    this[kSocket]?.cork();
    writeChunk(this, chunk, encoding, null, true);
  } else if (this.finished) {
    if (typeof callback === 'function') {
      if (!this.writableFinished) this.on('finish', callback);
      else callback(new ERR_STREAM_ALREADY_FINISHED('end'));
    }
    return this;
  } else if (!this._header) {
    needSocket(this);
    this[kSocket]?.cork();
    this._contentLength = 0;
    this._implicitHeader();
  }
  needSocket(this);
  if (typeof callback === 'function') this.once('finish', callback);
  if (strictlyTooLong(this, 0, true)) throw new ERR_HTTP_CONTENT_LENGTH_MISMATCH(this[kBytesWritten], this._contentLength);

  const finish = () => onFinish(this);
  if (this._hasBody && this.chunkedEncoding) this._send('0\r\n' + this._trailer + '\r\n', 'latin1', finish);
  else if (!this._headerSent || this.writableLength || chunk) this._send('', 'latin1', finish);
  else process.nextTick(finish);

  if (this[kSocket]) {
    // Everything goes out now, however often it was corked.
    this[kSocket]._writableState.corked = 1;
    this[kSocket].uncork();
  }
  this[kCorked] = 1;
  this.uncork();
  this.finished = true;
  // There is nothing left to send: whoever waits for that need not wait for the callback.
  if (this.outputData.length === 0 && this[kSocket] && this[kSocket]._httpMessage === this) this._finish();
  return this;
};

OutgoingMessage.prototype._finish = function _finish() {
  this.emit('prefinish');
};

// The connection is this message's now: what was held back goes out.
OutgoingMessage.prototype._flush = function _flush() {
  const socket = this[kSocket];
  if (!socket?.writable) return;
  const result = this._flushOutput(socket);
  if (this.finished) {
    this._finish();
  } else if (result && this[kNeedDrain]) {
    this[kNeedDrain] = false;
    this.emit('drain');
  }
};

OutgoingMessage.prototype._flushOutput = function _flushOutput(socket) {
  const { outputData } = this;
  const count = outputData.length;
  if (count === 0) return undefined;
  for (let i = this[kCorked]; i > 0; i--) socket.cork();
  socket.cork();
  let result;
  for (let i = 0; i < count; i++) {
    const { data, encoding, callback } = outputData[i];
    outputData[i].data = null;
    result = socket.write(data, encoding, callback);
  }
  socket.uncork();
  this.outputData = [];
  this._onPendingData(-this.outputSize);
  this.outputSize = 0;
  return result;
};

// For streams of files that pipe into this: see internal/http_send_file.
OutgoingMessage.prototype._sendFile = function _sendFile(fd, offset, length, callback) {
  return require('internal/http_send_file').sendFile(this, fd, offset, length, callback);
};

OutgoingMessage.prototype.flushHeaders = function flushHeaders() {
  needSocket(this);
  if (!this._header) this._implicitHeader();
  this._send('');
};

OutgoingMessage.prototype._rejectsBody = function rejectsBody() {
  return this[kRejectNonStandardBodyWrites] && !this._hasBody;
};

OutgoingMessage.prototype.pipe = function pipe() {
  this.emit('error', new ERR_STREAM_CANNOT_PIPE());
};

OutgoingMessage.prototype[Symbol.for('nodejs.rejection')] = function(error) {
  this.destroy(error);
};

module.exports = {
  SAW,
  completeHeader,
  kSaw,
  prepareLight,
  collectHeaders,
  kHighWaterMark,
  kUniqueHeaders,
  kSocket,
  kErrored,
  kRejectNonStandardBodyWrites,
  parseUniqueHeadersOption,
  validateHeaderName,
  validateHeaderValue,
  OutgoingMessage,
};
