'use strict';

// What happens between a request and the socket that it got: the response is read, the end of both is noticed, and the socket
// goes back to its agent. On a plain socket C reads and writes (src/modules/http_client.c); any other stream is listened to and
// its bytes given to a parser.

const binding = internalBinding('http_client');
const net = require('net');
const {
  HTTPParser, flag, freeParser, isLenient, maxHeaderSizeOption, parsers, prepareError,
} = require('_http_common');
const { IncomingMessage, kConnection, kHead, kState } = require('_http_incoming');
const { OutgoingMessage, kErrored, kSocket } = require('_http_outgoing');
const { kNeedDrain, kWhole } = require('internal/http');
const { ConnResetException, ErrnoException } = require('internal/errors');
const { isPlain } = require('internal/net/plain');
const context = require('internal/async_context');

const STATUS = 0x3ff, IS_OLD = 1 << 10, KEEPS_ALIVE = 1 << 11, COMPLETE = 1 << 12, UPGRADES = 1 << 13, HAS_MORE = 1 << 14;
const HINT_SHIFT = 15;
const NO_BODY = 1, CONNECT = 2, LENIENT = 4, LIMIT_SHIFT = 3;
const UV_EBUSY = -16;

const kExpects = Symbol('expects'); // of a socket: the request that will have it
const kFrame = Symbol('frame'); // what AsyncLocalStorage held when the request was made
const kHint = Symbol('keepAliveHint'); // of a response: how long the server waits in seconds, plus one; 0 if it does not say
const kListens = Symbol('listens'); // of a socket: what becomes of it is heard here
const kNative = Symbol('native'); // of a socket: its NativeEnd, or null if C cannot read it
const kOwnTimeout = Symbol('ownTimeout'); // of a request: its socket's time is not the agent's

// --- The two ways to read

// What a response that C reads asks of its connection.
class NativeEnd {
  constructor(socket) {
    this.socket = socket;
  }
  materialize() { return this.socket; }
  takeMore() {
    const handle = this.socket._handle;
    if (handle) binding.resume(handle);
  }
}
NativeEnd.prototype.waitsForSocket = true;

function nativeEndOf(socket) {
  let native = socket[kNative];
  if (native === undefined) {
    native = isPlain(socket) && socket.push === net.Socket.prototype.push ? new NativeEnd(socket) : null;
    socket[kNative] = native;
    if (native !== null) {
      for (const name of ['on', 'addListener', 'prependListener']) socket[name] = echoFirst(name);
    }
  }
  // Whoever wants the bytes of the socket gets them in Node's way.
  if (native === null || socket.listenerCount('data') > 0 || socket.readableLength > 0 || socket.writableLength > 0) return null;
  return native;
}

function echoFirst(name) {
  const method = net.Socket.prototype[name];
  return function(event, listener) {
    if (event === 'data' && this._handle) binding.echo(this._handle);
    return method.call(this, event, listener);
  };
}

function useParser(request, socket) {
  const parser = parsers.alloc();
  parser.initialize(HTTPParser.RESPONSE, undefined, request.maxHeaderSize || 0, lenient(request));
  parser.socket = socket;
  parser.outgoing = request;
  parser.joinDuplicateHeaders = request.joinDuplicateHeaders;
  parser.onIncoming = parserOnIncoming;
  if (typeof request.maxHeadersCount === 'number') parser.maxHeaderPairs = request.maxHeadersCount << 1;
  socket.parser = parser;
  request.parser = parser;
  socket.on('data', onSocketData);
}

function lenient(request) {
  return request.insecureHTTPParser === undefined ? isLenient() : request.insecureHTTPParser;
}

// --- Out

// The socket is the request's in a moment: what goes wrong with it until then is the request's as well.
function expect(request, socket) {
  if (socket[kListens] === true) return;
  socket[kListens] = true;
  socket[kExpects] = request;
  socket.on('error', onSocketError);
  socket.on('close', onSocketClose);
}

function attach(request, socket) {
  socket._httpMessage = request;
  socket[kExpects] = undefined;
  request.socket = socket;
  expect(request, socket);
  socket.on('end', onSocketEnd);
  if (nativeEndOf(socket) === null) useParser(request, socket);
  else socket.parser = null;
  if (request[kWhole] === undefined) socket.on('drain', onDrain);
  if (request.timeout !== undefined || request.agent?.options?.timeout) listenTimeout(request);
  if (request.timeoutPending !== undefined) {
    const ms = request.timeoutPending;
    request.timeoutPending = undefined;
    setSocketTimeout(request, socket, ms);
  }
  request.emit('socket', socket);
  request._flush();
}

// The socket is there: what was held back goes out, and the response may come.
function flush(request) {
  const socket = request[kSocket];
  if (!socket?.writable || (request[kWhole] !== undefined && request._headerSent)) return;
  if (socket.parser) {
    flushInPieces(request);
  } else if (socket.connecting) {
    socket.once('connect', start);
    if (request[kWhole] === undefined) flushInPieces(request);
    else request._headerSent = true; // by this socket and no other
  } else {
    const inPieces = request[kWhole] === undefined; // start() sends what is whole
    start.call(socket);
    if (inPieces) flushInPieces(request);
  }
}

function flushInPieces(request) {
  const chunk = request[kWhole];
  if (chunk !== undefined) {
    request[kWhole] = undefined;
    request.outputSize = 0;
    request._headerSent = false;
    request._send(chunk, typeof chunk === 'string' ? 'utf8' : undefined, () => finish(request));
  }
  OutgoingMessage.prototype._flush.call(request);
}

// `this` is the socket, and connected.
function start() {
  const request = this._httpMessage;
  if (!request || this.destroyed || this.parser) return;
  const { method } = request;
  const how = (request.maxHeaderSize || maxHeaderSizeOption()) << LIMIT_SHIFT | (method === 'HEAD' ? NO_BODY : 0) |
    (method === 'CONNECT' ? CONNECT : 0) | (lenient(request) ? LENIENT : 0);
  const chunk = request[kWhole];
  if (chunk === undefined) {
    if (binding.begin(this._handle, how) === UV_EBUSY) useParser(request, this);
    else if (this.listenerCount('data') > 0) binding.echo(this._handle);
    return;
  }
  const result = binding.send(this._handle, how, request._header, chunk);
  if (this.listenerCount('data') > 0) binding.echo(this._handle);
  if (result === UV_EBUSY) {
    useParser(request, this);
    flushInPieces(request);
    return;
  }
  request._headerSent = true;
  request._finish();
  if (result < 0) {
    this.destroy(new ErrnoException(result, 'write'));
  } else if (result === 0) {
    request[kWhole] = undefined;
    request.outputSize = 0;
    if (request.listenerCount('finish') > 0) process.nextTick(finish, request);
  }
}

function onSent(status) {
  const request = this._httpMessage;
  if (!request || request[kWhole] === undefined || this.destroyed) return;
  if (status < 0) {
    this.destroy(new ErrnoException(status, 'write'));
    return;
  }
  refresh(this);
  context.frame = request[kFrame];
  request[kWhole] = undefined;
  request.outputSize = 0;
  finish(request);
  if (request._ended) requestOnFinish.call(request);
}

function finish(request) {
  if (request[kSocket]?._hadError) return;
  request.emit('finish');
}

function onDrain() {
  const request = this._httpMessage;
  if (request && !request.finished && request[kNeedDrain]) {
    request[kNeedDrain] = false;
    request.emit('drain');
  }
}

// --- Time

function listenTimeout(request) {
  if (request.timeoutCb) return;
  request.timeoutCb = emitRequestTimeout;
  if (request.socket) request.socket.once('timeout', emitRequestTimeout);
  else request.once('socket', (socket) => socket.once('timeout', emitRequestTimeout));
}

function emitRequestTimeout() {
  this._httpMessage?.emit('timeout');
}

// The clock starts with the connection, not with the wait for it.
function setSocketTimeout(request, socket, ms) {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(ms));
  else socket.setTimeout(ms);
}

function responseOnTimeout() {
  this._httpMessage?.res?.emit('timeout');
}

function refresh(socket) {
  if (socket.timeout) socket._unrefTimer();
}

// --- In, by C. `this` is the socket.

// A response that C has read: what it lacks comes from its prototype.
function LightResponse(native, request, info, reason, head) {
  this._events = Object.create(null);
  this._events.end = responseOnEnd;
  this._eventsCount = 1;
  this[kConnection] = native;
  this[kHead] = head;
  this[kHint] = info >>> HINT_SHIFT;
  this.req = request;
  this.httpVersionMajor = 1;
  this.httpVersionMinor = (info & IS_OLD) === 0 ? 1 : 0;
  this.httpVersion = (info & IS_OLD) === 0 ? '1.1' : '1.0';
  this.statusCode = info & STATUS;
  this.statusMessage = reason;
  this.upgrade = (info & UPGRADES) !== 0;
  this.complete = false;
}
LightResponse.prototype = IncomingMessage.prototype;

function onResponse(info, reason, head, body) {
  const request = this._httpMessage;
  refresh(this);
  if (!request) return;
  context.frame = request[kFrame];
  const response = new LightResponse(this[kNative], request, info, reason, head);
  if (request.joinDuplicateHeaders) response.joinDuplicateHeaders = true;
  if (typeof request.maxHeadersCount === 'number') response._limitHeaders(request.maxHeadersCount << 1);
  request.res = response;
  if (response.upgrade) {
    switchProtocol(request, this, response, body);
  } else if (isInformational(response.statusCode)) {
    inform(request, response);
  } else {
    const isWhole = (info & COMPLETE) !== 0;
    if (isWhole) {
      response.complete = true;
      response._arrived = body;
    }
    deliver(request, this, response, (info & KEEPS_ALIVE) !== 0);
    if (isWhole && response._dumped && response[kState] === undefined) process.nextTick(responseEnded, response);
    if (!isWhole && body !== undefined) give(this, response, body);
    if ((info & HAS_MORE) !== 0) this.destroy(); // the server sent more than it was asked for
  }
}

function give(socket, response, chunk) {
  if (response._dumped || response.push(chunk)) return;
  if (socket._handle) binding.pause(socket._handle);
}

function onBody(chunk) {
  const request = this._httpMessage;
  refresh(this);
  if (!request?.res) return;
  context.frame = request[kFrame];
  give(this, request.res, chunk);
}

function onTrailers(text) {
  this._httpMessage?.res?._addTrailerText(text);
}

function onEnd(hasMore) {
  const request = this._httpMessage;
  const response = request?.res;
  if (!response) return;
  context.frame = request[kFrame];
  response.complete = true;
  response.push(null);
  if (hasMore) this.destroy();
}

function onProblem(code, reason, bytesParsed, rawPacket) {
  const request = this._httpMessage;
  if (!request) return;
  context.frame = request[kFrame];
  const error = new Error(`Parse Error: ${reason}`);
  error.code = code;
  error.reason = reason;
  error.bytesParsed = bytesParsed;
  error.rawPacket = rawPacket;
  failReading(request, this, error);
}

function onBytes(chunk) {
  this.emit('data', chunk);
}

binding.setCallbacks(onResponse, onBody, onEnd, onTrailers, onProblem, onBytes, onSent);

// --- In, by the parser

// `this` is the parser. 0: go on, 1: there is no body, 2: another protocol follows.
function parserOnIncoming(response, keepAlive, flags) {
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
  response.upgrade = request.method === 'CONNECT' || (response.statusCode === 101 && (flags & flag.UPGRADE) !== 0);
  if (response.upgrade) return 2;
  if (isInformational(response.statusCode)) {
    inform(request, response);
    return 1;
  }
  response.on('end', responseOnEnd);
  deliver(request, socket, response, keepAlive);
  return request.method === 'HEAD' ? 1 : 0;
}

function onSocketData(data) {
  const socket = this;
  const request = socket._httpMessage;
  const { parser } = socket;
  if (!parser || !request) return;
  const result = parser.execute(data);
  if (result instanceof Error) {
    prepareError(result, parser, data);
    freeParser(parser, request, socket);
    failReading(request, socket, result);
  } else if (parser.incoming?.upgrade) {
    const response = parser.incoming;
    request.res = response;
    switchProtocol(request, socket, response, data.subarray(result));
  } else if (parser.incoming?.complete && parser.incoming.statusCode !== 100 && request.res?.complete === true) {
    socket.removeListener('data', onSocketData);
    socket.removeListener('end', onSocketEnd);
    socket.removeListener('drain', onDrain);
    freeParser(parser, request, socket);
  }
}

// --- In, either way

function isInformational(status) {
  return status >= 100 && status < 200 && status !== 101;
}

// The real response is still to come.
function inform(request, response) {
  request.res = null;
  const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = response;
  if (statusCode === 100) request.emit('continue');
  request.emit('information', { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders });
}

function deliver(request, socket, response, keepAlive) {
  if (!keepAlive && request.shouldKeepAlive && !request.upgradeOrConnect) request.shouldKeepAlive = false;
  if (request.timeoutCb !== null) socket.on('timeout', responseOnTimeout);
  if (!request.writableFinished) request.on('finish', requestOnFinish);
  if (request.aborted || !request.emit('response', response)) response._dump();
}

// The socket is the program's now.
function switchProtocol(request, socket, response, rest) {
  forget(request, socket);
  const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
  if (request.listenerCount(event) === 0) { // nobody wants it
    request.destroy();
    return;
  }
  socket.removeListener('error', onSocketError);
  socket.removeListener('close', onSocketClose);
  socket[kListens] = false;
  if (socket[kNative]) {
    socket[kNative] = undefined;
    for (const name of ['on', 'addListener', 'prependListener']) delete socket[name];
  }
  request.upgradeOrConnect = true;
  socket.emit('agentRemove');
  socket._httpMessage = null;
  socket.readableFlowing = null;
  request.emit(event, response, socket, rest);
  request.destroyed = true;
  request._closed = true;
  request.emit('close');
}

// --- Ends

function emitError(request, error) {
  request[kErrored] = error;
  request.emit('error', error);
}

function failReading(request, socket, error) {
  socket.removeListener('data', onSocketData);
  socket.removeListener('end', onSocketEnd);
  socket.destroy();
  socket._hadError = true;
  emitError(request, error);
}

// The request hears nothing of the socket any more, but for how it ends.
function forget(request, socket) {
  socket.removeListener('end', onSocketEnd);
  if (request.timeoutCb !== null) {
    socket.removeListener('timeout', request.timeoutCb);
    socket.removeListener('timeout', responseOnTimeout);
  }
  if (socket.listenerCount('drain') > 0) socket.removeListener('drain', onDrain);
  if (socket.parser) {
    socket.removeListener('data', onSocketData);
    freeParser(socket.parser, request, socket);
  } else if (socket.listenerCount('data') > 0) {
    socket.removeListener('data', onSocketData);
  }
}

function onSocketClose() {
  const { parser } = this;
  const request = this._httpMessage;
  // What was read before the end is still to be understood.
  if (parser) parser.finish();
  if (!request || request._freed) return;
  context.frame = request[kFrame];
  request.destroyed = true;
  const { res } = request;
  if (res) {
    if (!res.complete) res.destroy(new ConnResetException('aborted'));
    request._closed = true;
    request.emit('close');
    if (!res.aborted && res.readable) res.push(null);
  } else {
    if (!this._hadError) {
      // The connection ended before there was an answer.
      this._hadError = true;
      emitError(request, new ConnResetException('socket hang up'));
    }
    request._closed = true;
    request.emit('close');
  }
  // Nobody will take what was not sent.
  if (request.outputData) request.outputData.length = 0;
  if (parser) freeParser(parser, request, this);
}

function onSocketError(error) {
  const expected = this[kExpects];
  const request = this._httpMessage ?? expected;
  if (request === expected && expected?.destroyed) return; // it hears of it when its turn comes
  if (!request || request._freed) { // a kept socket that nobody uses
    this.destroy();
    this.emit('agentRemove');
    return;
  }
  context.frame = request[kFrame];
  // Errors of the socket are the request's; the 'close' that follows must not tell another.
  this._hadError = true;
  emitError(request, error);
  const { parser } = this;
  if (parser) {
    parser.finish();
    freeParser(parser, request, this);
  }
  // The error may have come from reading, when nothing has been torn down yet.
  this.removeListener('data', onSocketData);
  this.removeListener('end', onSocketEnd);
  this.destroy();
}

function onSocketEnd() {
  const request = this._httpMessage;
  const { parser } = this;
  if (request && !request.res && !this._hadError) {
    context.frame = request[kFrame];
    this._hadError = true;
    emitError(request, new ConnResetException('socket hang up'));
  }
  if (parser) {
    parser.finish();
    freeParser(parser, request, this);
  }
  this.end();
}

// First of those who listen for it, so that the connection is free before the program hears of the end.
function responseOnEnd() {
  responseEnded(this);
}

function responseEnded(response) {
  const request = response.req;
  const socket = request[kSocket];
  if (socket && request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
  request._ended = true;
  if (!request.shouldKeepAlive) {
    if (socket?.writable) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    }
  } else if (request.writableFinished && !response.aborted) {
    // The request was sent and answered: the connection is free.
    release(request);
  }
}

function requestOnFinish() {
  if (this.shouldKeepAlive && this._ended) release(this);
}

function release(request) {
  const socket = request[kSocket];
  if (request._freed || !socket) return;
  request._freed = true;
  if (request[kOwnTimeout] === true) socket.setTimeout(0);
  forget(request, socket);
  request.timeoutCb = null;
  request.destroyed = true;
  // Somebody may destroy the request in the turn in which it ends.
  process.nextTick(emitFree, request, socket);
}

function emitFree(request, socket) {
  socket.emit('free');
  // A response that is done has its own 'close' after this one's.
  if (request._closed) return;
  request._closed = true;
  request.emit('close');
}

module.exports = { attach, emitError, expect, flush, kFrame, kHint, kListens, kOwnTimeout, listenTimeout, setSocketTimeout };
