'use strict';

// The response of a server: its head in all the forms that programs give it, and the way through C for one that is whole
// (internal/http_connection).

const {
  CRLF, chunkExpression, _checkInvalidHeaderChar: hasBadChar,
} = require('_http_common');
const { kConnection } = require('_http_incoming');
const {
  OutgoingMessage, SAW, collectHeaders, completeHeader, kSaw, kSocket, validateHeaderName, validateHeaderValue,
} = require('_http_outgoing');
const { kOutHeaders } = require('internal/http');
const {
  codes: {
    ERR_HTTP_HEADERS_SENT,
    ERR_HTTP_INVALID_STATUS_CODE,
    ERR_HTTP_SOCKET_ASSIGNED,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_CHAR,
  },
} = require('internal/errors');
const { validateLinkHeaderValue, validateObject } = require('internal/validators');

const STATUS_CODES = Object.fromEntries(internalBinding('http').statuses);

let connections;

function light() {
  return connections ??= require('internal/http_connection');
}

function ServerResponse(request, options) {
  OutgoingMessage.call(this, options);
  if (request.method === 'HEAD') this._hasBody = false;
  this.req = request;
  this.sendDate = true;
  this._sent100 = false;
  this._expect_continue = false;
  if (request.httpVersionMajor < 1 || request.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = chunkExpression.test(request.headers.te);
    this.shouldKeepAlive = false;
  }
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

// A response to a request that C has read: what it lacks comes from its prototype.
function LightResponse(request) {
  this.req = request;
  this.sendDate = true;
}
LightResponse.prototype = ServerResponse.prototype;

ServerResponse.prototype._sent100 = false;
ServerResponse.prototype._expect_continue = false;
ServerResponse.prototype.statusCode = 200;
ServerResponse.prototype.statusMessage = undefined;

ServerResponse.prototype.end = function end(chunk, encoding, callback) {
  const connection = this[kConnection];
  if (connection !== undefined && this[kSocket] === null && !this.finished) {
    if (typeof chunk === 'function') {
      callback = chunk;
      chunk = encoding = undefined;
    } else if (typeof encoding === 'function') {
      callback = encoding;
      encoding = undefined;
    }
    if (light().answer(this, connection, chunk, encoding)) {
      if (typeof callback === 'function') this.once('finish', callback);
      return this;
    }
  }
  return OutgoingMessage.prototype.end.call(this, chunk, encoding, callback);
};

ServerResponse.prototype._finish = function _finish() {
  OutgoingMessage.prototype._finish.call(this);
};

function onResponseClose() {
  // `this` is the socket: it went before the response was finished.
  if (this._httpMessage) emitClose(this._httpMessage);
}

function emitClose(response) {
  response.destroyed = true;
  response._closed = true;
  response.emit('close');
}

ServerResponse.prototype.assignSocket = function assignSocket(socket) {
  if (socket._httpMessage) {
    throw new ERR_HTTP_SOCKET_ASSIGNED();
  }
  socket._httpMessage = this;
  socket.on('close', onResponseClose);
  this.socket = socket;
  this.emit('socket', socket);
  this._flush();
};

ServerResponse.prototype.detachSocket = function detachSocket(socket) {
  socket.removeListener('close', onResponseClose);
  socket._httpMessage = null;
  this.socket = null;
};

// 1xx: a head of its own before the real one.
ServerResponse.prototype.writeInformation = function writeInformation(statusCode, headers, callback) {
  if (typeof headers === 'function') {
    callback = headers;
    headers = undefined;
  }
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('write');
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 199 || statusCode === 101)
    throw new ERR_HTTP_INVALID_STATUS_CODE(statusCode);
  let head = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] || 'unknown'}\r\n`;
  if (headers !== undefined && headers !== null) {
    const pairs = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers);
    for (const [name, value] of pairs) {
      validateHeaderName(name);
      for (const one of Array.isArray(value) ? value : [value]) {
        validateHeaderValue(name, one);
        head += `${name}: ${one}\r\n`;
      }
    }
  }
  this._writeRaw(head + CRLF, 'latin1', callback);
};

function pairsOf(flat) {
  if (flat.length && Array.isArray(flat[0])) return flat;
  const pairs = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]]);
  return pairs;
}

ServerResponse.prototype.writeContinue = function writeContinue(callback) {
  this._writeRaw('HTTP/1.1 100 Continue\r\n\r\n', 'latin1', callback);
  this._sent100 = true;
};

ServerResponse.prototype.writeProcessing = function writeProcessing(callback) {
  this._writeRaw('HTTP/1.1 102 Processing\r\n\r\n', 'latin1', callback);
};

ServerResponse.prototype.writeEarlyHints = function writeEarlyHints(hints, callback) {
  let head = 'HTTP/1.1 103 Early Hints\r\n';
  validateObject(hints, 'hints');
  if (hints.link === null || hints.link === undefined) return;
  const link = validateLinkHeaderValue(hints.link);
  if (link.length === 0) return;
  if (hasBadChar(link)) throw new ERR_INVALID_ARG_VALUE('hints', hints.link);
  head += `Link: ${link}\r\n`;
  for (const key of Object.keys(hints)) {
    if (key === 'link') continue;
    validateHeaderName(key);
    const value = hints[key];
    validateHeaderValue(key, value);
    head += `${key}: ${value}\r\n`;
  }
  this._writeRaw(head + CRLF, 'latin1', callback);
};

ServerResponse.prototype._implicitHeader = function _implicitHeader() {
  this.writeHead(this.statusCode);
};

ServerResponse.prototype.writeHead = function writeHead(statusCode, reason, fields) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('write');
  const given = statusCode;
  statusCode |= 0;
  if (statusCode < 100 || statusCode > 999) throw new ERR_HTTP_INVALID_STATUS_CODE(given);
  if (typeof reason === 'string') {
    this.statusMessage = reason;
  } else {
    this.statusMessage ||= STATUS_CODES[statusCode] || 'unknown';
    fields ??= reason;
  }
  this.statusCode = statusCode;

  let headers;
  if (this[kOutHeaders]) {
    // What writeHead names replaces what setHeader said.
    if (Array.isArray(fields)) {
      const pairs = flatPairs(fields);
      // The first of a name replaces, the others of the same call are added.
      const seen = new Set();
      for (const [name, value] of pairs) {
        if (!name) continue;
        const key = String(name).toLowerCase();
        if (seen.has(key)) {
          this.appendHeader(name, value);
        } else {
          seen.add(key);
          this.removeHeader(name);
          this.setHeader(name, value);
        }
      }
    } else if (fields) {
      for (const key of Object.keys(fields)) if (key) this.setHeader(key, fields[key]);
    }
    headers = this[kOutHeaders];
  } else {
    headers = fields;
  }
  if (hasBadChar(this.statusMessage)) throw new ERR_INVALID_CHAR('statusMessage');

  if (statusCode === 204 || statusCode === 304 || (statusCode >= 100 && statusCode <= 199)) this._hasBody = false;
  // Whoever was not told to continue may never send the body: do not wait for it.
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  if (this[kConnection] !== undefined && this[kSocket] === null) {
    const text = memoizedHeader(this, headers);
    this._headerSent = false;
    if ((this[kSaw] & SAW.TRAILER) !== 0) {
      light().materializeResponse(this);
      this._header = completeHeader(this, text);
    } else {
      this._header = text;
    }
    return this;
  }
  this._storeHeader(`HTTP/1.1 ${statusCode} ${this.statusMessage}\r\n`, headers);
  return this;
};

// Handlers answer with the same few headers again and again: as long as they do, the text of the last time serves. What came
// once is only noted, so that headers which are never the same cost no more than their text.
class MemoizedHeader {
  constructor(response, entries, text) {
    this.statusCode = response.statusCode;
    this.statusMessage = response.statusMessage;
    this.entries = entries;
    this.text = text;
    this.saw = response[kSaw];
    this.contentLength = response._contentLength;
  }

  isFor(response) {
    return this.statusCode === response.statusCode && this.statusMessage === response.statusMessage;
  }

  serve(response) {
    response[kSaw] = this.saw;
    if (this.saw === SAW.LENGTH) {
      response._contentLength = this.contentLength;
      response._removedContLen = false;
    }
    return this.text;
  }
}

class HeaderMemo {
  constructor() {
    this.known = new Array(32);
    this.noted = new Array(32);
  }

  make(response, slot, headers, entriesOf) {
    const text = collectHeaders(response, statusLine(response), headers);
    const saw = response[kSaw];
    if (slot < 0 || (saw !== 0 && saw !== SAW.LENGTH) || !response._defaultKeepAlive) return text;
    if (this.noted[slot] === text) this.known[slot] = new MemoizedHeader(response, entriesOf(headers), text);
    else this.noted[slot] = text;
    return text;
  }
}

const givenMemo = new HeaderMemo(); // headers that writeHead is called with
const setMemo = new HeaderMemo(); // headers that were set one by one

function statusLine(response) {
  return `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n`;
}

function memoizedHeader(response, headers) {
  if (response[kOutHeaders] !== null) return memoizedSet(response, response[kOutHeaders]);
  if (Array.isArray(headers)) return collectHeaders(response, statusLine(response), headers);
  let slot = response.statusCode;
  for (const key in headers) {
    const value = headers[key];
    if (!Object.hasOwn(headers, key)) slot = NaN;
    else if (typeof value === 'string') slot += value.length + 7;
    else if (typeof value === 'number') slot += value;
    else slot = NaN;
  }
  slot = slot === slot ? slot & 31 : -1;
  const known = slot < 0 ? undefined : givenMemo.known[slot];
  if (known !== undefined && known.isFor(response)) {
    const { entries } = known;
    let i = 0;
    for (const key in headers) {
      if (entries[i] !== key || entries[i + 1] !== headers[key]) return givenMemo.make(response, slot, headers, flatEntries);
      i += 2;
    }
    if (i === entries.length) return known.serve(response);
  }
  return givenMemo.make(response, slot, headers, flatEntries);
}

function memoizedSet(response, headers) {
  let slot = response.statusCode;
  for (const key in headers) {
    const value = headers[key][1];
    if (typeof value === 'string') slot += value.length + 7;
    else if (typeof value === 'number') slot += value;
    else slot = NaN;
  }
  slot = slot === slot ? slot & 31 : -1;
  const known = slot < 0 ? undefined : setMemo.known[slot];
  if (known !== undefined && known.isFor(response)) {
    const { entries } = known;
    let i = 0;
    for (const key in headers) {
      const entry = headers[key];
      if (i >= entries.length || entries[i] !== entry[0] || entries[i + 1] !== entry[1])
        return setMemo.make(response, slot, headers, flatValues);
      i += 2;
    }
    if (i === entries.length) return known.serve(response);
  }
  return setMemo.make(response, slot, headers, flatValues);
}

function flatEntries(headers) {
  return headers === undefined || headers === null ? [] : Object.entries(headers).flat();
}

function flatValues(headers) {
  return Object.values(headers).flat();
}

function flatPairs(fields) {
  if (fields.length && Array.isArray(fields[0])) {
    for (const pair of fields) if (pair.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', fields);
    return fields;
  }
  if (fields.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', fields);
  return pairsOf(fields);
}

ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

module.exports = { LightResponse, STATUS_CODES, ServerResponse, emitClose };
