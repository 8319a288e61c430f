'use strict';

// The server's end of HTTP over any stream that carries bytes both ways: which request waits for which response, what keeps a
// connection alive and what ends it. Connections that the kernel hands to a plain server are read and answered in C instead
// (internal/http_connection), with the same objects.

const net = require('net');
const EventEmitter = require('events');
const {
  HTTPParser, continueExpression, chunkExpression, flag, freeParser, isLenient, kIncomingMessage, parsers, prepareError,
} = require('_http_common');
const { IncomingMessage } = require('_http_incoming');
const { kRejectNonStandardBodyWrites, kUniqueHeaders, parseUniqueHeadersOption } = require('_http_outgoing');
const { kNeedDrain } = require('internal/http');
const { LightResponse, STATUS_CODES, ServerResponse, emitClose } = require('internal/http_response');
const {
  ConnResetException,
  codes: {
    ERR_HTTP_REQUEST_TIMEOUT,
    ERR_HTTP_SOCKET_ENCODING,
    ERR_OUT_OF_RANGE,
  },
} = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger, validateObject } = require('internal/validators');

// Milliseconds of a clock that nobody sets.
function monotonicMs() {
  const [seconds, ns] = process.hrtime();
  return seconds * 1000 + ns / 1e6;
}

const kServerResponse = Symbol('ServerResponse');
const kConnections = Symbol('http.server.connections');
const kConnectionsCheckingInterval = Symbol('http.server.connectionsCheckingInterval');
const kConn = Symbol('connection');

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

function tellListener(method) {
  return function(event, listener) {
    method.call(this, event, listener);
    if (event === 'connection' || event === 'clientError') light?.configure(this);
    return this;
  };
}

Server.prototype.on = Server.prototype.addListener = tellListener(net.Server.prototype.on);
Server.prototype.prependListener = tellListener(net.Server.prototype.prependListener);

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
  light.served.requests++;
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
  listen: (server, socket) => connectionListener.call(server, socket),
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
