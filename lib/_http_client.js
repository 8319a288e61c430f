'use strict';

// The client's end of HTTP: a request that goes out on a connection of its agent, and the response that comes back on it.

const net = require('net');
const { finished } = require('stream');
const { Buffer } = require('buffer');
const Agent = require('_http_agent');
const { _checkIsHttpToken: isToken } = require('_http_common');
const { OutgoingMessage, kSocket, kUniqueHeaders, parseUniqueHeadersOption } = require('_http_outgoing');
const { kOutHeaders, kWhole } = require('internal/http');
const context = require('internal/async_context');
const exchange = require('internal/http_exchange');
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
    options = input === null ? { ...options } : Object.assign(input, options);
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
  this._freed = false;
  this[exchange.kFrame] = context.frame;
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
        if (error) process.nextTick(() => exchange.emitError(this, error));
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

ClientRequest.prototype._flush = function _flush() {
  exchange.flush(this);
};

// A request that is complete before it has its connection goes out in one piece: see internal/http_exchange.
ClientRequest.prototype.end = function end(chunk, encoding, callback) {
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = encoding = undefined;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = undefined;
  }
  if (!canBeWhole(this, chunk, encoding)) return OutgoingMessage.prototype.end.call(this, chunk, encoding, callback);
  if (!this._header) {
    this._contentLength = !chunk ? 0 : typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
    this._implicitHeader();
  }
  // Somebody who listened for the head may have had more in mind, and some heads go ahead.
  if (this._headerSent || this.chunkedEncoding || this[kSocket] !== null)
    return OutgoingMessage.prototype.end.call(this, chunk, encoding, callback);
  if (typeof callback === 'function') this.once('finish', callback);
  if (typeof chunk === 'string' && !chunk.isWellFormed()) chunk = chunk.toWellFormed();
  this[kWhole] = chunk && this._hasBody ? chunk : '';
  this.outputSize = this._header.length + this[kWhole].length;
  this.finished = true;
  return this;
};

function canBeWhole(request, chunk, encoding) {
  if (request[kSocket] !== null || request.finished || request.destroyed || request._headerSent || request._trailer !== '' ||
      request.strictContentLength || request.writableCorked !== 0 || request.outputData.length > 0) return false;
  if (!chunk) return true;
  if (typeof chunk === 'string') return !encoding || encoding === 'utf8' || encoding === 'utf-8';
  return chunk instanceof Uint8Array;
}

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
  if (socket && !error) exchange.expect(this, socket);
  process.nextTick(onSocketNT, this, socket, error);
};

function onSocketNT(request, socket, error) {
  if (!request.destroyed && !error) {
    exchange.attach(request, socket);
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
  if (error) exchange.emitError(request, error);
  request.destroyed = true;
  request._closed = true;
  request.emit('close');
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
  exchange.listenTimeout(this);
  this[exchange.kOwnTimeout] = true;
  ms = getTimeout(ms, 'msecs');
  if (callback) this.once('timeout', callback);
  if (this.socket) exchange.setSocketTimeout(this, this.socket, ms);
  else this.timeoutPending = ms;
  return this;
};

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
