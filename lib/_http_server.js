'use strict';

// The server's end of HTTP over any stream that carries bytes both ways: which request waits for which response, what keeps a
// connection alive and what ends it. Connections that the kernel hands to a plain server are read and answered in C instead
// (internal/http_connection), with the same objects.

const net = require('net');
const EventEmitter = require('events');
const {
  CRLF, HTTPParser, continueExpression, chunkExpression, flag, freeParser, isLenient, kIncomingMessage, parsers, prepareError,
  _checkInvalidHeaderChar: hasBadChar,
} = require('_http_common');
const { IncomingMessage, kConnection } = require('_http_incoming');
const {
  OutgoingMessage, SAW, collectHeaders, completeHeader, kErrored, kSaw, kSocket, kHighWaterMark, kRejectNonStandardBodyWrites, kUniqueHeaders, parseUniqueHeadersOption,
  validateHeaderName, validateHeaderValue,
} = require('_http_outgoing');
const { kOutHeaders, kNeedDrain } = require('internal/http');
const {
  ConnResetException,
  codes: {
    ERR_HTTP_HEADERS_SENT,
    ERR_HTTP_INVALID_STATUS_CODE,
    ERR_HTTP_REQUEST_TIMEOUT,
    ERR_HTTP_SOCKET_ASSIGNED,
    ERR_HTTP_SOCKET_ENCODING,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_CHAR,
    ERR_OUT_OF_RANGE,
  },
} = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger, validateObject, validateOneOf, validateLinkHeaderValue } =
  require('internal/validators');

// Milliseconds of a clock that nobody sets.
function monotonicMs() {
  const [seconds, ns] = process.hrtime();
  return seconds * 1000 + ns / 1e6;
}

const STATUS_CODES = Object.fromEntries(internalBinding('http').statuses);

const kServerResponse = Symbol('ServerResponse');
const kConnections = Symbol('http.server.connections');
const kConnectionsCheckingInterval = Symbol('http.server.connectionsCheckingInterval');
const kConn = Symbol('connection');

// --- ServerResponse

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
    if (light.answer(this, connection, chunk, encoding)) {
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
    const text = memoizedHeader(this, statusCode, headers);
    this._headerSent = false;
    if ((this[kSaw] & SAW.TRAILER) !== 0) {
      light.materializeResponse(this);
      this._header = completeHeader(this, text);
    } else {
      this._header = text;
    }
    return this;
  }
  this._storeHeader(`HTTP/1.1 ${statusCode} ${this.statusMessage}\r\n`, headers);
  return this;
};

// Handlers answer with the same few headers again and again: as long as they do, the text of the last time serves, and C knows
// its bytes already.
const memo = new Array(16);

class MemoizedHeader {
  constructor(statusCode, statusMessage, entries, text) {
    this.statusCode = statusCode;
    this.statusMessage = statusMessage;
    this.entries = entries;
    this.text = text;
  }
}

function memoizedHeader(response, statusCode, headers) {
  const { statusMessage } = response;
  const line = () => `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  if (response[kOutHeaders] !== null || Array.isArray(headers)) return collectHeaders(response, line(), headers);
  let count = 0;
  for (const key in headers) {
    if (typeof headers[key] !== 'string' || !Object.hasOwn(headers, key)) return collectHeaders(response, line(), headers);
    count++;
  }
  const slot = (statusCode + count * 5) & 15;
  const known = memo[slot];
  if (known !== undefined && known.statusCode === statusCode && known.statusMessage === statusMessage &&
      known.entries.length === count * 2) {
    const { entries } = known;
    let i = 0;
    for (const key in headers) {
      if (entries[i] !== key || entries[i + 1] !== headers[key]) break;
      i += 2;
    }
    if (i === count * 2) {
      response[kSaw] = 0;
      return known.text;
    }
  }
  const text = collectHeaders(response, line(), headers);
  if (response[kSaw] === 0 && response._defaultKeepAlive) memo[slot] = new MemoizedHeader(statusCode, statusMessage, Object.entries(headers ?? {}).flat(), text);
  return text;
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

// --- Server

function storeHTTPOptions(options) {
  this[kIncomingMessage] = options.IncomingMessage || IncomingMessage;
  this[kServerResponse] = options.ServerResponse || ServerResponse;
  const { maxHeaderSize, insecureHTTPParser, requestTimeout, headersTimeout, keepAliveTimeout, connectionsCheckingInterval,
          keepAliveTimeoutBuffer, requireHostHeader, joinDuplicateHeaders, rejectNonStandardBodyWrites,
          shouldUpgradeCallback, optimizeEmptyRequests } = options;
  if (optimizeEmptyRequests !== undefined) validateBoolean(optimizeEmptyRequests, 'options.optimizeEmptyRequests');
  this.optimizeEmptyRequests = optimizeEmptyRequests ?? false;
  if (maxHeaderSize !== undefined) validateInteger(maxHeaderSize, 'maxHeaderSize', 0);
  this.maxHeaderSize = maxHeaderSize;
  if (insecureHTTPParser !== undefined) validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser');
  this.insecureHTTPParser = insecureHTTPParser;
  if (requestTimeout !== undefined) {
    validateInteger(requestTimeout, 'requestTimeout', 0);
    this.requestTimeout = requestTimeout;
  } else {
    this.requestTimeout = 300_000;
  }
  if (headersTimeout !== undefined) {
    validateInteger(headersTimeout, 'headersTimeout', 0);
    this.headersTimeout = headersTimeout;
  } else {
    this.headersTimeout = Math.min(60_000, this.requestTimeout);
  }
  if (this.requestTimeout > 0 && this.headersTimeout > 0 && this.headersTimeout > this.requestTimeout)
    throw new ERR_OUT_OF_RANGE('headersTimeout', '<= requestTimeout', headersTimeout);
  if (keepAliveTimeout !== undefined) {
    validateInteger(keepAliveTimeout, 'keepAliveTimeout', 0);
    this.keepAliveTimeout = keepAliveTimeout;
  } else {
    this.keepAliveTimeout = 5_000;
  }
  if (keepAliveTimeoutBuffer !== undefined) validateInteger(keepAliveTimeoutBuffer, 'keepAliveTimeoutBuffer', 0);
  this.keepAliveTimeoutBuffer = keepAliveTimeoutBuffer ?? 1000;
  if (connectionsCheckingInterval !== undefined) {
    validateInteger(connectionsCheckingInterval, 'connectionsCheckingInterval', 0);
    this.connectionsCheckingInterval = connectionsCheckingInterval;
  } else {
    this.connectionsCheckingInterval = 30_000;
  }
  if (requireHostHeader !== undefined) validateBoolean(requireHostHeader, 'options.requireHostHeader');
  this.requireHostHeader = requireHostHeader ?? true;
  if (joinDuplicateHeaders !== undefined) validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders');
  this.joinDuplicateHeaders = joinDuplicateHeaders;
  if (rejectNonStandardBodyWrites !== undefined)
    validateBoolean(rejectNonStandardBodyWrites, 'options.rejectNonStandardBodyWrites');
  this.rejectNonStandardBodyWrites = rejectNonStandardBodyWrites ?? false;
  if (shouldUpgradeCallback !== undefined) {
    validateFunction(shouldUpgradeCallback, 'options.shouldUpgradeCallback');
    this.shouldUpgradeCallback = shouldUpgradeCallback;
  } else {
    this.shouldUpgradeCallback = function() { return this.listenerCount('upgrade') > 0; };
  }
}

function setupConnectionsTracking() {
  this[kConnections] ??= new Set();
  if (this[kConnectionsCheckingInterval]) clearInterval(this[kConnectionsCheckingInterval]);
  this[kConnectionsCheckingInterval] =
    setInterval(checkConnections.bind(this), this.connectionsCheckingInterval || 30_000).unref();
}

function checkConnections() {
  if (this.headersTimeout === 0 && this.requestTimeout === 0) return;
  const now = monotonicMs();
  for (const connection of this[kConnections]) {
    const { started, headDone } = connection;
    if (started === 0) continue;
    const age = now - started;
    const late = (this.requestTimeout > 0 && age > this.requestTimeout) ||
      (!headDone && this.headersTimeout > 0 && age > this.headersTimeout);
    if (late) {
      this[kConnections].delete(connection);
      onRequestTimeout(connection.socket);
    }
  }
}

function onRequestTimeout(socket) {
  socketOnError.call(socket, new ERR_HTTP_REQUEST_TIMEOUT());
}

function httpServerPreClose(server) {
  server.closeIdleConnections();
  clearInterval(server[kConnectionsCheckingInterval]);
}

function Server(options, requestListener) {
  if (!(this instanceof Server)) return new Server(options, requestListener);
  if (typeof options === 'function') {
    requestListener = options;
    options = {};
  } else if (options == null) {
    options = {};
  } else {
    validateObject(options, 'options');
  }
  storeHTTPOptions.call(this, options);
  net.Server.call(this, {
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    highWaterMark: options.highWaterMark,
  });
  if (requestListener) this.on('request', requestListener);
  this.httpAllowHalfOpen = false;
  this.on('connection', connectionListener);
  this.on('listening', startServing);
  this.timeout = 0;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

// C takes the connections of servers whose class does not do so itself.
Server.prototype.isPlainHTTP = true;

function startServing() {
  setupConnectionsTracking.call(this);
  if (this.isPlainHTTP) light.serve(this);
}

Server.prototype.on = function on(event, listener) {
  net.Server.prototype.on.call(this, event, listener);
  if (event === 'connection') light?.configure(this);
  return this;
};
Server.prototype.addListener = Server.prototype.on;

Server.prototype._emitCloseIfDrained = function _emitCloseIfDrained() {
  if (light.countConnections(this) > 0) return;
  net.Server.prototype._emitCloseIfDrained.call(this);
};

Server.prototype.getConnections = function getConnections(callback) {
  return net.Server.prototype.getConnections.call(this, (error, count) => {
    callback(error, error ? count : count + light.countConnections(this));
  });
};

Server.prototype.close = function close(...args) {
  httpServerPreClose(this);
  light.stopServing(this);
  Reflect.apply(net.Server.prototype.close, this, args);
  return this;
};

Server.prototype[Symbol.asyncDispose] = function() {
  return new Promise((resolve, reject) => this.close((error) => error ? reject(error) : resolve()));
};

Server.prototype.closeAllConnections = function closeAllConnections() {
  for (const { socket } of this[kConnections] ?? []) socket.destroy();
  light.closeConnections(this, true);
};

Server.prototype.closeIdleConnections = function closeIdleConnections() {
  light.closeConnections(this, false);
  for (const { socket, started } of this[kConnections] ?? []) {
    // Not in the middle of a request, nor of an answer.
    if (started === 0 && (!socket._httpMessage || socket._httpMessage.finished)) socket.destroy();
  }
};

// For a worker that another takes the place of: whoever is connected learns of it with his next answer, and is
// hung up on only once he is surely idle, since a request may be on its way over what looks idle.
Server.prototype.isLeavingCluster = false;
Server.prototype.leaveCluster = function leaveCluster() {
  this.isLeavingCluster = true;
  this.keepAliveTimeout = 250;
  this.keepAliveTimeoutBuffer = 0;
  this.closeIdleConnections = () => {};
  light.configure(this);
};
for (const name of ['isLeavingCluster', 'leaveCluster']) Object.defineProperty(Server.prototype, name, { enumerable: false });

Server.prototype.setTimeout = function setTimeout(ms, callback) {
  this.timeout = ms;
  light.configure(this);
  if (callback) this.on('timeout', callback);
  return this;
};

Server.prototype[EventEmitter.captureRejectionSymbol] = function(error, event, ...args) {
  if (event !== 'request') {
    net.Server.prototype[Symbol.for('nodejs.rejection')].call(this, error, event, ...args);
    return;
  }
  const response = args[1];
  if (!response.headersSent && !response.writableEnded) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(STATUS_CODES[500]);
  } else {
    response.destroy();
  }
};

// --- A connection

class Connection {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    this.parser = null;
    this.outgoing = []; // responses that wait for those before them
    this.incoming = []; // requests whose responses are not finished
    this.outgoingSize = 0;
    this.requestsCount = 0;
    this.keepAliveTimeoutSet = false;
    this.started = monotonicMs(); // when the message that is being read began; 0 between messages
    this.headDone = false;
    this.reading = false; // in the middle of a message
    this.idle = false; // kept alive
    this.onData = (data) => socketOnData(this, data);
    this.onEnd = () => socketOnEnd(this);
    this.onClose = () => socketOnClose(this);
    this.onDrain = () => socketOnDrain(this);
  }
}

function connectionListener(socket) {
  const server = this;
  // Streams that are no net.Socket do not know their server, but requests ask for it.
  socket.server ??= server;
  const connection = new Connection(server, socket);
  socket[kConn] = connection;
  const parser = connection.parser = parsers.alloc();
  const lenient = server.insecureHTTPParser === undefined ? isLenient() : server.insecureHTTPParser;
  parser.initialize(HTTPParser.REQUEST, undefined, server.maxHeaderSize || 0, lenient);
  parser.socket = socket;
  socket.parser = parser;
  if (typeof server.maxHeadersCount === 'number') parser.maxHeaderPairs = server.maxHeadersCount << 1;
  (server[kConnections] ??= new Set()).add(connection);

  if (server.timeout && typeof socket.setTimeout === 'function') socket.setTimeout(server.timeout);
  socket.on('timeout', socketOnTimeout);
  socket.on('error', socketOnError);
  socket.on('end', connection.onEnd);
  socket.on('close', connection.onClose);
  socket.on('drain', connection.onDrain);
  socket.on('data', connection.onData);
  parser.onMessageEnd = () => {
    connection.reading = false;
    connection.headDone = false;
    connection.started = 0;
  };
  parser.onIncoming = (request, keepAlive, flags) => parserOnIncoming(connection, request, keepAlive, flags);
  socket.setEncoding = refuseEncoding;
  // Whoever sends an answer by hand must not wait for a request that fails to come.
  socket._paused = false;
}

function refuseEncoding() {
  throw new ERR_HTTP_SOCKET_ENCODING();
}

function socketOnTimeout() {
  socketTimedOut(this, this[kConn]?.parser?.incoming, this._httpMessage);
}

function socketTimedOut(socket, request, response) {
  const requestTimedOut = request && !request.complete && request.emit('timeout', socket);
  const responseTimedOut = response && response.emit('timeout', socket);
  const serverTimedOut = socket.server.emit('timeout', socket);
  if (!requestTimedOut && !responseTimedOut && !serverTimedOut) socket.destroy();
}

function socketOnDrain(connection) {
  const { socket } = connection;
  const needsPause = connection.outgoingSize > socket.writableHighWaterMark;
  // The other side may send requests again once it has taken the answers.
  if (socket._paused && !needsPause) {
    socket._paused = false;
    socket.resume();
  }
  if (socket._httpMessage) messageDrained(socket._httpMessage);
}

function messageDrained(message) {
  if (message.finished || !message[kNeedDrain]) return;
  message[kNeedDrain] = false;
  message.emit('drain');
}

function socketOnClose(connection) {
  const { socket, server, parser } = connection;
  server[kConnections]?.delete(connection);
  if (parser) freeParser(parser, null, socket);
  connection.parser = null;
  abortIncoming(connection.incoming);
  // Responses that waited for their turn will not get one.
  for (const response of connection.outgoing) if (!response._closed) process.nextTick(emitClose, response);
}

function abortIncoming(incoming) {
  while (incoming.length) incoming.shift().destroy(new ConnResetException('aborted'));
}

function socketOnEnd(connection) {
  const { server, socket, parser } = connection;
  if (!parser) return;
  const result = parser.finish();
  if (result instanceof Error) {
    socketOnError.call(socket, result);
  } else if (!server.httpAllowHalfOpen) {
    abortIncoming(connection.incoming);
    socket.end();
  } else if (connection.outgoing.length) {
    connection.outgoing[connection.outgoing.length - 1]._last = true;
  } else if (socket._httpMessage) {
    socket._httpMessage._last = true;
  } else {
    socket.end();
  }
}

function socketOnData(connection, data) {
  const { parser, socket } = connection;
  if (!parser) return;
  if (connection.started === 0) connection.started = monotonicMs();
  connection.reading = true;
  const result = parser.execute(data);
  onParserExecuteCommon(connection, result, data);
}

function resetSocketTimeout(connection) {
  if (!connection.keepAliveTimeoutSet) return;
  connection.socket.setTimeout(connection.server.timeout || 0);
  connection.keepAliveTimeoutSet = false;
}

function onParserExecuteCommon(connection, result, data) {
  const { server, socket } = connection;
  resetSocketTimeout(connection);
  if (result instanceof Error) {
    prepareError(result, connection.parser, data);
    socketOnError.call(socket, result);
    return;
  }
  const { parser } = connection;
  const request = parser?.incoming;
  if (!request?.upgrade) {
    // Another program may have taken the socket over while it was told of the request.
    if (socket._paused && parser) socket.pause();
    return;
  }
  // The protocol changes: the socket is the program's now.
  const rest = data.subarray(result);
  const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
  if (server.listenerCount(event) > 0) {
    detachFromHTTP(connection);
    socket.readableFlowing = null;
    server.emit(event, request, socket, rest);
  } else {
    // Nobody wants it; a client must not wait forever.
    socket.destroy();
  }
}

function detachFromHTTP(connection) {
  const { server, socket, parser } = connection;
  server[kConnections]?.delete(connection);
  socket.removeListener('data', connection.onData);
  socket.removeListener('end', connection.onEnd);
  socket.removeListener('close', connection.onClose);
  socket.removeListener('drain', connection.onDrain);
  socket.removeListener('error', socketOnError);
  socket.removeListener('timeout', socketOnTimeout);
  delete socket.setEncoding;
  connection.parser = null;
  connection.incoming.length = 0;
  freeParser(parser, null, socket);
}

function refusal(status) {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`;
}
const badRequest = Buffer.from(refusal(400), 'latin1');
const requestTimedOut = Buffer.from(refusal(408), 'latin1');
const payloadTooLarge = Buffer.from(refusal(413), 'latin1');
const headersTooLarge = Buffer.from(refusal(431), 'latin1');
const nothing = () => {};

function socketOnError(error) {
  // What comes after the first problem is of no interest.
  this.removeListener('error', socketOnError);
  if (this.listenerCount('error') === 0) this.on('error', nothing);
  if (this.server.emit('clientError', error, this)) return;
  // A response that has begun cannot be replaced by another.
  if (this.writable && (!this._httpMessage || !this._httpMessage._headerSent)) {
    switch (error.code) {
      case 'HPE_HEADER_OVERFLOW': this.write(headersTooLarge); break;
      case 'HPE_CHUNK_EXTENSIONS_OVERFLOW': this.write(payloadTooLarge); break;
      case 'ERR_HTTP_REQUEST_TIMEOUT': this.write(requestTimedOut); break;
      default: this.write(badRequest); break;
    }
    if (this.writableLength > 0 && typeof this.destroySoon === 'function') {
      this.destroySoon();
      return;
    }
  }
  this.destroy(error);
}

// --- A request and its response

function parserOnIncoming(connection, request, keepAlive, flags) {
  const { server, socket } = connection;
  connection.headDone = true;
  connection.idle = false;
  resetSocketTimeout(connection);
  if (request.upgrade) {
    request.upgrade = request.method === 'CONNECT' || !!server.shouldUpgradeCallback(request);
    if (request.upgrade) return 2;
  }
  connection.incoming.push(request);
  if (server.optimizeEmptyRequests && (flags & (flag.HAS_LENGTH | flag.HAS_CODING)) === 0) request._dumpAndCloseReadable();

  // A client that sends requests and does not read answers is made to wait.
  if (!socket._paused) {
    if (socket.writableNeedDrain || connection.outgoingSize >= socket.writableHighWaterMark) {
      socket._paused = true;
      socket.pause();
    }
  }

  const response = new server[kServerResponse](request, {
    highWaterMark: socket.writableHighWaterMark,
    rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
  });
  response._keepAliveTimeout = server.keepAliveTimeout;
  response._maxRequestsPerSocket = server.maxRequestsPerSocket;
  response._onPendingData = (size) => {
    connection.outgoingSize += size;
    socketOnDrain(connection);
  };
  response.shouldKeepAlive = keepAlive && !server.isLeavingCluster;
  response[kUniqueHeaders] = server[kUniqueHeaders];

  if (socket._httpMessage) connection.outgoing.push(response);
  else response.assignSocket(socket);

  response.on('finish', () => responseOnFinish(connection, request, response));

  let handled = false;
  if (request.httpVersionMajor === 1 && request.httpVersionMinor === 1) {
    // RFC 9112 3.2: a request says who it is for, once.
    if (server.requireHostHeader && (flags & flag.HAS_HOST) === 0 && request.headers.host === undefined) {
      response.writeHead(400, { Connection: 'close' });
      response.end();
      return 0;
    }
    connection.requestsCount++;
    const isLimited = typeof server.maxRequestsPerSocket === 'number' && server.maxRequestsPerSocket > 0;
    if (isLimited) response.maxRequestsOnConnectionReached = server.maxRequestsPerSocket <= connection.requestsCount;
    if (isLimited && server.maxRequestsPerSocket < connection.requestsCount) {
      handled = true;
      server.emit('dropRequest', request, socket);
      response.writeHead(503);
      response.end();
    } else if (flags & (flag.EXPECTS_CONTINUE | flag.EXPECTS_OTHER)) {
      handled = true;
      if (flags & flag.EXPECTS_CONTINUE || continueExpression.test(request.headers.expect)) {
        response._expect_continue = true;
        if (server.listenerCount('checkContinue') > 0) {
          server.emit('checkContinue', request, response);
        } else {
          response.writeContinue();
          server.emit('request', request, response);
        }
      } else if (server.listenerCount('checkExpectation') > 0) {
        server.emit('checkExpectation', request, response);
      } else {
        response.writeHead(417);
        response.end();
      }
    }
  } else {
    connection.requestsCount++;
  }
  if (!handled) server.emit('request', request, response);
  return 0;
}

function responseOnFinish(connection, request, response) {
  const { server, socket, incoming } = connection;
  // The request whose answer this was is always the first.
  if (incoming[0] === request) incoming.shift();
  // Nobody will read the rest of the request: throw it away so that the next one can be seen.
  if (!request._consuming) request._dump();
  response.detachSocket(socket);
  if (!request._dumped || request.complete) process.nextTick(closeRequest, request);
  process.nextTick(emitClose, response);

  if (response._last) {
    if (typeof socket.destroySoon === 'function') socket.destroySoon();
    else socket.end();
  } else if (connection.outgoing.length === 0) {
    connection.idle = true;
    if (server.keepAliveTimeout && typeof socket.setTimeout === 'function') {
      socket.setTimeout(server.keepAliveTimeout + server.keepAliveTimeoutBuffer);
      connection.keepAliveTimeoutSet = true;
    }
  } else {
    connection.outgoing.shift().assignSocket(socket);
  }
}

function closeRequest(request) {
  if (!request.destroyed && request.readableEnded) request.destroy();
}

// What internal/http_connection needs of this file.
const inside = {
  refuseEncoding,
  // A request and its response that C brought begin the list of a connection that is read here from now on.
  adopt(socket, request, response) {
    const connection = socket[kConn];
    connection.incoming.push(request);
    connection.requestsCount++;
    connection.headDone = false;
    response.on('finish', () => responseOnFinish(connection, request, response));
  },
  acceptsChunks: (request) => chunkExpression.test(request.headers.te),
  connectionOf: (socket) => socket[kConn],
  emitClose,
  makeLightResponse(server, request) {
    const Response = server[kServerResponse];
    if (Response === ServerResponse) {
      const response = new LightResponse(request);
      if (server.rejectNonStandardBodyWrites) response[kRejectNonStandardBodyWrites] = true;
      return response;
    }
    return new Response(request, { rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites });
  },
  messageDrained,
  socketOnError,
  socketTimedOut,
};

module.exports = {
  inside,
  STATUS_CODES,
  Server,
  ServerResponse,
  setupConnectionsTracking,
  storeHTTPOptions,
  _connectionListener: connectionListener,
  kServerResponse,
  kConnections,
  kConnectionsCheckingInterval,
  httpServerPreClose,
};

const light = require('internal/http_connection');
