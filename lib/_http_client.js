'use strict';

// The client's end of HTTP: a request that goes out on a connection of its agent, and the response that comes back on it.

const net = require('net');
const { finished } = require('stream');
const { Buffer } = require('buffer');
const Agent = require('_http_agent');
const {
  HTTPParser, _checkIsHttpToken: isToken, flag, freeParser, isLenient, parsers, prepareError,
} = require('_http_common');
const { OutgoingMessage, kErrored, kUniqueHeaders, parseUniqueHeadersOption } = require('_http_outgoing');
const { kNeedDrain, kOutHeaders } = require('internal/http');
const {
  ConnResetException,
  AbortError,
  codes: {
    ERR_HTTP_HEADERS_SENT,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_HTTP_TOKEN,
    ERR_INVALID_PROTOCOL,
    ERR_UNESCAPED_CHARACTERS,
  },
} = require('internal/errors');
const { validateBoolean, validateInteger, validateNumber } = require('internal/validators');

const kError = Symbol('kError');
const kPath = Symbol('kPath');
const badPathRegExp = /[^\u0021-\u00ff]/;
const nothing = () => {};

function validateHost(host, name) {
  if (host !== null && host !== undefined && typeof host !== 'string')
    throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ['string', 'undefined', 'null'], host);
  return host;
}

function checkPath(path) {
  if (badPathRegExp.test(path)) throw new ERR_UNESCAPED_CHARACTERS('Request path');
}

// What the old url.parse() gives also has an href, but a path and perhaps auth, too.
function isURL(input) {
  return Boolean(input?.href && input.protocol && input.auth === undefined && input.path === undefined);
}

function optionsOfURL(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url, // what a program hung on it
    protocol: url.protocol,
    hostname: hostname?.[0] === '[' ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

function ClientRequest(input, options, callback) {
  OutgoingMessage.call(this);
  if (typeof input === 'string') {
    input = optionsOfURL(new URL(input));
  } else if (isURL(input)) {
    input = optionsOfURL(input);
  } else {
    callback = options;
    options = input;
    input = null;
  }
  if (typeof options === 'function') {
    callback = options;
    options = input || {};
  } else {
    options = Object.assign(input || {}, options);
  }

  let { agent } = options;
  const defaultAgent = options._defaultAgent || Agent.globalAgent;
  if (agent === false) {
    agent = new defaultAgent.constructor();
  } else if (agent === null || agent === undefined) {
    if (typeof options.createConnection !== 'function') agent = defaultAgent;
  } else if (typeof agent.addRequest !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
  }
  this.agent = agent;

  const protocol = options.protocol || defaultAgent.protocol;
  const expectedProtocol = this.agent?.protocol ?? defaultAgent.protocol;
  if (options.path) checkPath(String(options.path));
  if (protocol !== expectedProtocol) throw new ERR_INVALID_PROTOCOL(protocol, expectedProtocol);

  const defaultPort = options.defaultPort || this.agent?.defaultPort;
  const port = options.port = options.port || defaultPort || 80;
  const host = options.host = validateHost(options.hostname, 'hostname') || validateHost(options.host, 'host') || 'localhost';
  const setHost = options.setHost !== undefined ? Boolean(options.setHost) : options.setDefaultHeaders !== false;

  this._removedConnection = options.setDefaultHeaders === false;
  this._removedContLen = options.setDefaultHeaders === false;
  this._removedTE = options.setDefaultHeaders === false;

  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) this.timeout = getTimeout(options.timeout, 'timeout');
  const { signal } = options;
  if (signal) require('stream').addAbortSignal(signal, this);

  let { method } = options;
  if (method !== null && method !== undefined && typeof method !== 'string')
    throw new ERR_INVALID_ARG_TYPE('options.method', 'string', method);
  if (method) {
    if (!isToken(method)) throw new ERR_INVALID_HTTP_TOKEN('Method', method);
    method = this.method = method.toUpperCase();
  } else {
    method = this.method = 'GET';
  }

  const { maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders } = options;
  if (maxHeaderSize !== undefined) validateInteger(maxHeaderSize, 'maxHeaderSize', 0);
  this.maxHeaderSize = maxHeaderSize;
  if (insecureHTTPParser !== undefined) validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser');
  this.insecureHTTPParser = insecureHTTPParser;
  if (joinDuplicateHeaders !== undefined) validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders');
  this.joinDuplicateHeaders = joinDuplicateHeaders;

  this[kPath] = options.path || '/';
  if (callback) this.once('response', callback);

  this.useChunkedEncodingByDefault =
    !(method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT');
  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = host;
  this.protocol = protocol;

  if (this.agent) {
    // Whoever keeps no connections says so, unless the queue for one is bounded.
    if (!this.agent.keepAlive && !Number.isFinite(this.agent.maxSockets)) {
      this._last = true;
      this.shouldKeepAlive = false;
    } else {
      this._last = false;
      this.shouldKeepAlive = true;
    }
  }

  const { headers } = options;
  const isList = Array.isArray(headers);
  if (!isList) {
    if (headers) {
      for (const key of Object.keys(headers)) this.setHeader(key, headers[key]);
    }
    if (host && !this.getHeader('host') && setHost) {
      let hostHeader = host;
      // An IPv6 address wants brackets.
      const at = hostHeader.indexOf(':');
      if (at !== -1 && hostHeader.includes(':', at + 1) && hostHeader[0] !== '[') hostHeader = `[${hostHeader}]`;
      if (port && +port !== defaultPort) hostHeader += `:${port}`;
      this.setHeader('Host', hostHeader);
    }
    if (options.auth && !this.getHeader('Authorization'))
      this.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
    if (this.getHeader('expect')) {
      if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
      this._storeHeader(firstLine(this), this[kOutHeaders]);
    }
  } else {
    this._storeHeader(firstLine(this), headers);
  }
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);

  // Now the connection.
  let optionsWithoutSignal = options;
  if (signal) {
    optionsWithoutSignal = { ...options };
    delete optionsWithoutSignal.signal;
  }
  if (this.agent) {
    this.agent.addRequest(this, optionsWithoutSignal);
  } else {
    this._last = true;
    this.shouldKeepAlive = false;
    let opts = optionsWithoutSignal;
    if (opts.path || opts.socketPath) {
      opts = { ...optionsWithoutSignal };
      if (opts.socketPath) opts.path = opts.socketPath;
      else opts.path &&= undefined;
    }
    if (typeof opts.createConnection === 'function') {
      let called = false;
      const oncreate = (error, socket) => {
        if (called) return;
        called = true;
        if (error) process.nextTick(() => emitError(this, error));
        else this.onSocket(socket);
      };
      try {
        const socket = opts.createConnection(opts, oncreate);
        if (socket) oncreate(null, socket);
      } catch (error) {
        oncreate(error);
      }
    } else {
      this.onSocket(net.createConnection(opts));
    }
  }
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

function getTimeout(ms, name) {
  validateNumber(ms, name);
  if (ms < 0 || Number.isNaN(ms)) {
    const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
    throw new ERR_OUT_OF_RANGE(name, 'a non-negative finite number', ms);
  }
  const most = 2 ** 31 - 1;
  if (ms <= most) return ms;
  process.emitWarning(`${ms} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${most}.`,
    'TimeoutOverflowWarning');
  return most;
}

function firstLine(request) {
  return `${request.method} ${request.path} HTTP/1.1\r\n`;
}

function emitError(request, error) {
  request[kErrored] = error;
  request.emit('error', error);
}

Object.defineProperty(ClientRequest.prototype, 'path', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return this[kPath]; },
  set(value) {
    const path = String(value);
    checkPath(path);
    this[kPath] = path;
  },
});

ClientRequest.prototype._finish = function _finish() {
  OutgoingMessage.prototype._finish.call(this);
};

ClientRequest.prototype._implicitHeader = function _implicitHeader() {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
  this._storeHeader(firstLine(this), this[kOutHeaders]);
};

ClientRequest.prototype.abort = function abort() {
  if (this.aborted) return;
  this.aborted = true;
  process.nextTick(() => this.emit('abort'));
  this.destroy();
};

ClientRequest.prototype.destroy = function destroy(error) {
  if (this.destroyed) return this;
  this.destroyed = true;
  // The response goes with its request; what was read of it may still be.
  this.res?._dump();
  this[kError] = error;
  this.socket?.destroy(error);
  return this;
};

ClientRequest.prototype.onSocket = function onSocket(socket, error) {
  process.nextTick(onSocketNT, this, socket, error);
};

function onSocketNT(request, socket, error) {
  if (!request.destroyed && !error) {
    tickOnSocket(request, socket);
    return;
  }
  const problem = error || request[kError];
  if (socket) {
    // The connection may serve another request, if nobody gave an error that it should die of.
    if (!problem && request.agent && !socket.destroyed) {
      socket.emit('free');
    } else {
      finished(socket.destroy(problem), (late) => {
        if (late?.code === 'ERR_STREAM_PREMATURE_CLOSE') late = null;
        closeUnsent(request, late || problem);
      });
      return;
    }
  }
  closeUnsent(request, problem);
}

// A request that never got to its connection.
function closeUnsent(request, error) {
  if (!request.aborted && !error) error = new ConnResetException('socket hang up');
  if (error) emitError(request, error);
  request.destroyed = true;
  request._closed = true;
  request.emit('close');
}

function tickOnSocket(request, socket) {
  const parser = parsers.alloc();
  const lenient = request.insecureHTTPParser === undefined ? isLenient() : request.insecureHTTPParser;
  parser.initialize(HTTPParser.RESPONSE, undefined, request.maxHeaderSize || 0, lenient);
  parser.socket = socket;
  parser.outgoing = request;
  parser.joinDuplicateHeaders = request.joinDuplicateHeaders;
  parser.onIncoming = parserOnIncomingClient;
  if (typeof request.maxHeadersCount === 'number') parser.maxHeaderPairs = request.maxHeadersCount << 1;
  socket.parser = parser;
  request.parser = parser;
  socket._httpMessage = request;
  request.socket = socket;
  socket.on('error', socketErrorListener);
  socket.on('data', socketOnData);
  socket.on('end', socketOnEnd);
  socket.on('close', socketCloseListener);
  socket.on('drain', onDrain);
  if (request.timeout !== undefined || request.agent?.options?.timeout) listenSocketTimeout(request);
  if (request.timeoutPending !== undefined) {
    const ms = request.timeoutPending;
    request.timeoutPending = undefined;
    setSocketTimeout(request, socket, ms);
  }
  request.emit('socket', socket);
  request._flush();
}

function listenSocketTimeout(request) {
  if (request.timeoutCb) return;
  request.timeoutCb = emitRequestTimeout;
  if (request.socket) request.socket.once('timeout', emitRequestTimeout);
  else request.once('socket', (socket) => socket.once('timeout', emitRequestTimeout));
}

function emitRequestTimeout() {
  this._httpMessage?.emit('timeout');
}

function onDrain() {
  const request = this._httpMessage;
  if (request && !request.finished && request[kNeedDrain]) {
    request[kNeedDrain] = false;
    request.emit('drain');
  }
}

function socketCloseListener() {
  const socket = this;
  const { parser } = socket;
  const request = socket._httpMessage;
  // What was read before the end is still to be understood.
  if (parser) parser.finish();
  if (!request) return;
  request.destroyed = true;
  const { res } = request;
  if (res) {
    if (!res.complete) res.destroy(new ConnResetException('aborted'));
    request._closed = true;
    request.emit('close');
    if (!res.aborted && res.readable) res.push(null);
  } else {
    if (!request.socket._hadError) {
      // The connection ended before there was an answer.
      request.socket._hadError = true;
      emitError(request, new ConnResetException('socket hang up'));
    }
    request._closed = true;
    request.emit('close');
  }
  // Nobody will take what was not sent.
  if (request.outputData) request.outputData.length = 0;
  if (parser) freeParser(parser, request, socket);
}

function socketErrorListener(error) {
  const request = this._httpMessage;
  if (request) {
    // Errors of the socket are the request's; the 'close' that follows must not tell another.
    request.socket._hadError = true;
    emitError(request, error);
  }
  const { parser } = this;
  if (parser) {
    parser.finish();
    freeParser(parser, request, this);
  }
  // The error may have come from reading, when nothing has been torn down yet.
  this.removeListener('data', socketOnData);
  this.removeListener('end', socketOnEnd);
  this.destroy();
}

function socketOnEnd() {
  const socket = this;
  const request = socket._httpMessage;
  const { parser } = socket;
  if (!request.res && !request.socket._hadError) {
    request.socket._hadError = true;
    emitError(request, new ConnResetException('socket hang up'));
  }
  if (parser) {
    parser.finish();
    freeParser(parser, request, socket);
  }
  socket.end();
}

function socketOnData(data) {
  const socket = this;
  const request = socket._httpMessage;
  const { parser } = socket;
  if (!parser || !request) return;
  const result = parser.execute(data);
  if (result instanceof Error) {
    prepareError(result, parser, data);
    freeParser(parser, request, socket);
    socket.removeListener('data', socketOnData);
    socket.removeListener('end', socketOnEnd);
    socket.destroy();
    request.socket._hadError = true;
    emitError(request, result);
  } else if (parser.incoming?.upgrade) {
    // The protocol changes: the socket is the program's now.
    const response = parser.incoming;
    request.res = response;
    socket.removeListener('data', socketOnData);
    socket.removeListener('end', socketOnEnd);
    socket.removeListener('drain', onDrain);
    if (request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
    socket.removeListener('timeout', responseOnTimeout);
    freeParser(parser, request, socket);
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
    if (request.listenerCount(event) > 0) {
      socket.removeListener('error', socketErrorListener);
      socket.removeListener('close', socketCloseListener);
      request.upgradeOrConnect = true;
      socket.emit('agentRemove');
      socket._httpMessage = null;
      socket.readableFlowing = null;
      request.emit(event, response, socket, data.subarray(result));
      request.destroyed = true;
      request._closed = true;
      request.emit('close');
    } else {
      // Nobody wants it.
      request.destroy();
    }
  } else if (parser.incoming?.complete && parser.incoming.statusCode !== 100 && isDone(request)) {
    socket.removeListener('data', socketOnData);
    socket.removeListener('end', socketOnEnd);
    socket.removeListener('drain', onDrain);
    freeParser(parser, request, socket);
  }
}

function isDone(request) {
  return request.res?.complete === true;
}

function isInformational(status) {
  return status >= 100 && status < 200 && status !== 101;
}

// `this` is the parser. 0: go on, 1: there is no body, 2: another protocol follows.
function parserOnIncomingClient(response, keepAlive, flags) {
  const { socket, outgoing } = this;
  const request = outgoing ?? socket._httpMessage;
  if (!request) return 0;
  if (request.res) {
    // The server sent more than it was asked for.
    socket.destroy();
    return 0;
  }
  request.res = response;
  response.req = request;
  if (request.method === 'CONNECT') {
    response.upgrade = true;
    return 2;
  }
  response.upgrade = response.statusCode === 101 && (flags & flag.UPGRADE) !== 0;
  if (response.upgrade) return 2;
  if (isInformational(response.statusCode)) {
    // The real response is still to come.
    request.res = null;
    if (response.statusCode === 100) request.emit('continue');
    request.emit('information', {
      statusCode: response.statusCode,
      statusMessage: response.statusMessage,
      httpVersion: response.httpVersion,
      httpVersionMajor: response.httpVersionMajor,
      httpVersionMinor: response.httpVersionMinor,
      headers: response.headers,
      rawHeaders: response.rawHeaders,
    });
    return 1;
  }
  if (request.shouldKeepAlive && !keepAlive && !request.upgradeOrConnect) request.shouldKeepAlive = false;
  // First ours, so that the connection is free before the program hears of the end.
  socket.on('timeout', responseOnTimeout);
  response.on('end', responseOnEnd);
  request.on('finish', requestOnFinish);
  if (request.aborted || !request.emit('response', response)) response._dump();
  return request.method === 'HEAD' ? 1 : 0;
}

function responseOnTimeout() {
  this._httpMessage?.res?.emit('timeout');
}

function responseOnEnd() {
  const request = this.req;
  const { socket } = request;
  if (socket && request.timeoutCb) socket.removeListener('timeout', emitRequestTimeout);
  request._ended = true;
  if (!request.shouldKeepAlive) {
    if (socket?.writable) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    }
  } else if (request.writableFinished && !this.aborted) {
    // The request was sent and answered: the connection is free.
    responseOnEndKeepAlive(request);
  }
}

function requestOnFinish() {
  const request = this;
  if (request.shouldKeepAlive && request._ended) responseOnEndKeepAlive(request);
}

function responseOnEndKeepAlive(request) {
  const { socket } = request;
  if (request._freed || !socket) return;
  request._freed = true;
  if (request.timeoutCb) {
    socket.setTimeout(0, request.timeoutCb);
    request.timeoutCb = null;
  }
  socket.removeListener('timeout', responseOnTimeout);
  socket.removeListener('close', socketCloseListener);
  socket.removeListener('error', socketErrorListener);
  socket.removeListener('data', socketOnData);
  socket.removeListener('end', socketOnEnd);
  socket.removeListener('drain', onDrain);
  if (socket.parser) freeParser(socket.parser, request, socket);
  // Somebody may destroy the request in the turn in which it ends.
  process.nextTick(emitFree, request, socket);
  request.destroyed = true;
  if (request.res) {
    // A response that is done has its own 'close' after this one's.
    process.nextTick(() => {
      if (request._closed) return;
      request._closed = true;
      request.emit('close');
    });
  }
}

function emitFree(request, socket) {
  socket.emit('free');
}

ClientRequest.prototype._deferToConnect = function _deferToConnect(method, args) {
  const call = () => {
    const { socket } = this;
    if (socket.writable) {
      if (method) socket[method](...args);
    } else {
      socket.once('connect', () => { if (method) socket[method](...args); });
    }
  };
  if (this.socket) call();
  else this.once('socket', call);
};

ClientRequest.prototype.setTimeout = function setTimeout(ms, callback) {
  if (this._ended) return this;
  listenSocketTimeout(this);
  ms = getTimeout(ms, 'msecs');
  if (callback) this.once('timeout', callback);
  if (this.socket) setSocketTimeout(this, this.socket, ms);
  else this.timeoutPending = ms;
  return this;
};

// The clock starts with the connection, not with the wait for it.
function setSocketTimeout(request, socket, ms) {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(ms));
  else socket.setTimeout(ms);
}

ClientRequest.prototype.setNoDelay = function setNoDelay(noDelay) {
  this._deferToConnect('setNoDelay', [noDelay]);
};

ClientRequest.prototype.setSocketKeepAlive = function setSocketKeepAlive(enable, initialDelay) {
  this._deferToConnect('setKeepAlive', [enable, initialDelay]);
};

ClientRequest.prototype.clearTimeout = function clearTimeout(callback) {
  this.setTimeout(0, callback);
};

module.exports = { ClientRequest };
