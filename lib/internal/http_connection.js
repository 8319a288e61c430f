'use strict';

// Connections of a plain server, which C accepts, or adopts once TLS stands, and then reads and writes
// (src/modules/http_connection.c). JavaScript is called once a
// request and calls back once with the whole answer; the socket and the streams that Node's interface promises are made when a
// program looks at them, and from then on the response goes the way of _http_outgoing.

const binding = internalBinding('http_server');
const net = require('net');
const { IncomingMessage, kConnection, kHead, kState } = require('_http_incoming');
const { isWaitedFor } = require('internal/http_arrived');
const { kSaw, kSocket, kUniqueHeaders, prepareLight, SAW } = require('_http_outgoing');
const { kIncomingMessage, methods } = require('_http_common');
const {
  ConnResetException,
  codes: { ERR_HTTP_REQUEST_TIMEOUT },
} = require('internal/errors');

const served = { requests: 0 }; // by all servers, for whoever reports it

const METHOD = 0xff, KEEPS_ALIVE = 1 << 8, IS_OLD = 1 << 9, COMPLETE = 1 << 10, HAS_HOST = 1 << 11, HAS_BODY_FIELDS = 1 << 12;
const DATE = 1, KEEP_ALIVE = 2, CLOSE = 4, LENGTH = 8, LAST = 16, NO_BODY = 32, HINT = 64, CHUNKED = 128;

const kLight = Symbol('light');
const servers = [];
const connections = [];

let inside; // of _http_server, which requires this file

class HTTPConnection {
  constructor(id, server) {
    this.id = id;
    this.server = server;
    this.socket = null;
    this.listeners = undefined;
    this.request = null;
    this.response = null;
    this.requestsCount = 0;
    this.isGone = false;
    this.isHandedOver = false; // _http_server reads it now
    this.isAdopted = false; // its socket was there first
  }

  // The socket that Node's interface has: made once, when it is asked for.
  materialize() {
    if (this.socket !== null) {
      // Whoever looks at a socket that was there first sees what was answered counted.
      if (this.isAdopted && !this.isGone && !this.isHandedOver) binding.flush(this.id);
      return this.socket;
    }
    const { server } = this;
    const handle = this.isGone ? null : binding.handle(this.id);
    const socket = makeSocket(server, handle);
    if (handle === null) socket.destroy();
    else this.listenTo(socket);
    this.socket = socket;
    return socket;
  }

  listenTo(socket) {
    this.listeners = {
      timeout: () => inside.socketTimedOut(socket, this.request, this.response),
      error: inside.socketOnError,
      close: () => {
        if (!this.isGone && !this.isHandedOver) binding.destroy(this.id);
      },
      drain: () => {
        if (this.response !== null) inside.messageDrained(this.response);
      },
    };
    for (const event of Object.keys(this.listeners)) socket.on(event, this.listeners[event]);
    socket.setEncoding = inside.refuseEncoding;
    socket.on = socket.addListener = takeBytesFirst('on');
    socket.prependListener = takeBytesFirst('prependListener');
    socket[kLight] = this;
  }

  // The clock of an idle socket begins anew whenever something comes; C does not tell the socket.
  refresh() {
    const { socket } = this;
    if (socket !== null && socket.timeout) socket.setTimeout(socket.timeout);
  }

  takeMore() {
    if (this.isGone) return;
    binding.resume(this.id);
    if (this.socket !== null && this.socket.isPaused()) this.socket.resume();
  }

  destroy(error) {
    if (this.socket !== null) this.socket.destroy(error);
    else if (!this.isGone) binding.destroy(this.id);
  }
}

function makeSocket(server, handle) {
  const socket = new net.Socket({ handle: handle ?? undefined, allowHalfOpen: true, readable: true, writable: true });
  socket.server = server;
  return socket;
}

// --- Requests

// An IncomingMessage that C has read: what it lacks comes from its prototype.
function LightRequest(connection, info, target, head) {
  this[kConnection] = connection;
  this[kHead] = head;
  this.httpVersionMajor = 1;
  this.httpVersionMinor = (info & IS_OLD) === 0 ? 1 : 0;
  this.httpVersion = (info & IS_OLD) === 0 ? '1.1' : '1.0';
  this.method = methods[info & METHOD];
  this.url = target;
  this.upgrade = false;
  this.complete = (info & COMPLETE) !== 0;
}
LightRequest.prototype = IncomingMessage.prototype;

function makeRequest(connection, server, info, target, head, body) {
  let request;
  if (server[kIncomingMessage] === IncomingMessage) {
    request = new LightRequest(connection, info, target, head);
  } else {
    request = new server[kIncomingMessage](connection.materialize());
    LightRequest.call(request, connection, info, target, head);
  }
  if (server.joinDuplicateHeaders) request.joinDuplicateHeaders = true;
  if (server.optimizeEmptyRequests === true && (info & HAS_BODY_FIELDS) === 0) request._dumpAndCloseReadable();
  if (typeof server.maxHeadersCount === 'number') request._limitHeaders(server.maxHeadersCount << 1);
  if (body !== undefined) request._arrived = body;
  return request;
}

function makeResponse(connection, server, request, info) {
  const response = inside.makeLightResponse(server, request);
  response[kConnection] = connection;
  if (request.method === 'HEAD') response._hasBody = false;
  if ((info & IS_OLD) !== 0) {
    response.useChunkedEncodingByDefault = inside.acceptsChunks(request);
    response.shouldKeepAlive = false;
  } else if ((info & KEEPS_ALIVE) === 0 || server.isLeavingCluster) {
    response.shouldKeepAlive = false;
  }
  response._keepAliveTimeout = server.keepAliveTimeout;
  if (server.maxRequestsPerSocket > 0) response._maxRequestsPerSocket = server.maxRequestsPerSocket;
  if (server[kUniqueHeaders] !== null) response[kUniqueHeaders] = server[kUniqueHeaders];
  return response;
}

function onRequest(serverId, id, info, target, head, body) {
  const server = servers[serverId];
  let connection = connections[id];
  if (connection === undefined) {
    connection = connections[id] = new HTTPConnection(id, server);
    configure(server);
  }
  const request = connection.request = makeRequest(connection, server, info, target, head, body);
  const response = connection.response = makeResponse(connection, server, request, info);
  connection.requestsCount++;
  served.requests++;
  connection.refresh();

  if ((info & (HAS_HOST | IS_OLD)) === 0 && server.requireHostHeader) {
    response.writeHead(400, { Connection: 'close' });
    response.end();
    return;
  }
  const most = server.maxRequestsPerSocket;
  if (most > 0) {
    response.maxRequestsOnConnectionReached = most <= connection.requestsCount;
    if (most < connection.requestsCount) {
      server.emit('dropRequest', request, connection.materialize());
      response.writeHead(503);
      response.end();
      return;
    }
  }
  server.emit('request', request, response);
}

function onBody(id, chunk) {
  const request = connections[id]?.request;
  if (!request || request._dumped) return;
  connections[id].refresh();
  if (request.push(chunk)) return;
  binding.pause(id);
  connections[id]?.socket?.pause();
}

function onTrailers(id, text) {
  connections[id]?.request?._addTrailerText(text);
}

function onEnd(id) {
  const request = connections[id]?.request;
  if (!request) return;
  request.complete = true;
  if (!request._dumped || request[kState] !== undefined) request.push(null);
}

// --- Answers

let finished = [];

function settle() {
  const list = finished;
  finished = [];
  for (let i = 0; i < list.length; i++) {
    const response = list[i];
    const { req: request } = response;
    if (response._events !== undefined) {
      response.emit('prefinish');
      response.emit('finish');
    }
    if (isWaitedFor(request)) finishRequest(request);
    else request._dumped = true;
    if (response._events !== undefined) {
      process.nextTick(inside.emitClose, response);
    } else {
      response.destroyed = true;
      response._closed = true;
    }
  }
}

function finishRequest(request) {
  if (request.complete && !request._consuming && (request._events === undefined || request._eventsCount === 0)) {
    request._dumpAndCloseReadable(); // nobody would hear of its end
    return;
  }
  if (!request._consuming) request._dump();
}

// Sends the whole response in one call, if it is one that can be. `response` is one of a connection without a socket.
function answer(response, connection, chunk, encoding) {
  if (chunk !== undefined && chunk !== null) {
    if (typeof chunk === 'string') {
      if (encoding !== undefined && encoding !== null && encoding !== 'utf8' && encoding !== 'utf-8') return false;
      if (!chunk.isWellFormed()) chunk = chunk.toWellFormed();
    } else if (!(chunk instanceof Uint8Array)) {
      return false;
    }
  }
  if (response.finished || response.destroyed || response._trailer !== '' || response.strictContentLength ||
      response._removedConnection || response._removedContLen || response._removedTE || connection.isGone ||
      response.writableCorked !== 0 || response._rejectsBody()) return false;
  // As in Node: who writes the head before the body is known gets chunks.
  const isWhole = !response._header;
  if (isWhole) {
    response._implicitHeader();
    // Somebody who listened for the head may have had more in mind.
    if (response[kSocket] !== null || !response._header) return false;
  }
  const saw = response[kSaw];
  if (response._headerSent || response.chunkedEncoding || (saw & (SAW.CODING | SAW.TRAILER | SAW.EXPECT)) !== 0) return false;
  let bits = 0;
  if (response.sendDate && (saw & SAW.DATE) === 0) bits |= DATE;
  let last = response._last;
  const chunks = response.useChunkedEncodingByDefault;
  if ((saw & SAW.CONNECTION) === 0) {
    if (response.shouldKeepAlive && (chunks || (saw & SAW.LENGTH) !== 0)) {
      if (response.maxRequestsOnConnectionReached) bits |= CLOSE;
      else bits |= response._keepAliveTimeout && response._defaultKeepAlive ? KEEP_ALIVE | HINT : KEEP_ALIVE;
    } else {
      last = true;
      bits |= CLOSE;
    }
  }
  if (!response._hasBody) {
    bits |= NO_BODY;
  } else if ((saw & SAW.LENGTH) === 0) {
    if (!chunks) last = true;
    else bits |= isWhole ? LENGTH : CHUNKED;
  }
  if (last) bits |= LAST;
  const { id } = connection;
  connection.response = null;
  if (connection.request === response.req && response.req.complete) connection.request = null;
  response.finished = true;
  response._headerSent = true;
  response._last = last;
  if (finished.push(response) === 1) process.nextTick(settle);
  binding.answer(id, response._header, chunk === null ? undefined : chunk, bits);
  return true;
}

// The response goes out in pieces, or somebody wants the socket: from here it is an OutgoingMessage on a net.Socket.
function materializeResponse(response) {
  const connection = response[kConnection];
  if (connection === undefined || response[kSocket] !== null || response.finished) return response[kSocket];
  prepareLight(response);
  const socket = connection.materialize();
  if (!connection.isGone) binding.flush(connection.id);
  response.prependListener('finish', () => {
    if (!connection.isHandedOver) responseOnFinish(connection, response);
  });
  socket._httpMessage = null;
  response.assignSocket(socket);
  return socket;
}

function responseOnFinish(connection, response) {
  const { req: request } = response;
  const socket = response[kSocket];
  if (isWaitedFor(request) || !request.complete) finishRequest(request);
  if (socket !== null) response.detachSocket(socket);
  connection.response = null;
  if (request.complete) connection.request = null;
  process.nextTick(inside.emitClose, response);
  if (response._last) {
    if (socket !== null) socket.destroySoon();
  } else {
    binding.answered(connection.id, false);
  }
}

// --- Ends

function onLost(id, status) {
  const connection = connections[id];
  if (connection === undefined) return;
  connections[id] = undefined;
  connection.isGone = true;
  const { request, response } = connection;
  connection.request = connection.response = null;
  if (request !== null && request !== undefined && !request.destroyed) request.destroy(new ConnResetException('aborted'));
  if (response !== null && !response._closed && response[kSocket] === null) inside.emitClose(response);
  const { socket } = connection;
  if (socket === null || socket.destroyed) return;
  if (connection.isAdopted && status === 0) {
    socket.destroySoon();
    return;
  }
  if (status === 0) socket._handle = null; // closed already: nobody would tell that again
  socket.destroy();
}

function onProblem(id, code, reason, bytesParsed, rawPacket) {
  const connection = connections[id];
  if (connection === undefined) return;
  const error = new Error(`Parse Error: ${reason}`);
  error.code = code;
  error.reason = reason;
  error.bytesParsed = bytesParsed;
  error.rawPacket = rawPacket;
  const socket = connection.materialize();
  inside.socketOnError.call(socket, error, connection.response);
}

// A request that is out of the ordinary, or one that came before the last was answered: the connection becomes one of
// _http_server, with the bytes that were read.
function onHandOver(serverId, id, handle, raw) {
  handOver(servers[serverId], id, handle)?.onData(raw);
}

function handOver(server, id, handle) {
  const connection = id < 0 ? undefined : connections[id];
  let socket;
  if (connection === undefined) {
    socket = makeSocket(server, handle);
  } else {
    connections[id] = undefined;
    connection.isHandedOver = true;
    socket = connection.socket;
    if (socket === null) {
      socket = connection.socket = makeSocket(server, handle);
    } else {
      for (const event of Object.keys(connection.listeners)) socket.removeListener(event, connection.listeners[event]);
      delete socket.on;
      delete socket.addListener;
      delete socket.prependListener;
    }
  }
  if (connection?.isAdopted) {
    inside.listen(server, socket);
  } else {
    server._connections++;
    socket._server = server;
    server.emit('connection', socket);
  }
  if (connection !== undefined && connection.response !== null) {
    const { response } = connection;
    const { req: request } = response;
    if (response[kSocket] === null) materializeResponse(response);
    request[kConnection] = undefined;
    request.socket = socket;
    inside.adopt(socket, request, response);
  }
  return inside.connectionOf(socket);
}

// Whoever wants the bytes of the socket itself gets them from now on, as they come.
function takeBytesFirst(method) {
  return function(event, listener) {
    const connection = this[kLight];
    if ((event === 'data' || event === 'readable') && !connection.isGone && !connection.isHandedOver) {
      const { id, server, request } = connection;
      const rest = request === null || request.complete ? binding.letGo(id) : null;
      if (rest !== null) {
        handOver(server, id, null);
        if (rest.length > 0) process.nextTick(() => this.emit('data', rest));
      }
    }
    return net.Socket.prototype[method].call(this, event, listener);
  };
}

// A request that takes too long: `handle` is JavaScript's again if its head was not complete.
function onLate(serverId, id, handle) {
  const connection = id < 0 ? undefined : connections[id];
  let socket;
  if (handle === null) {
    socket = connection.materialize();
  } else {
    socket = connection?.socket ?? makeSocket(servers[serverId], handle);
    if (connection !== undefined) {
      connections[id] = undefined;
      connection.isHandedOver = true;
    }
  }
  inside.socketOnError.call(socket, new ERR_HTTP_REQUEST_TIMEOUT());
}

function onDrained(serverId) {
  const server = servers[serverId];
  servers[serverId] = undefined;
  binding.forget(serverId);
  server?._emitCloseIfDrained();
}

binding.setCallbacks(onRequest, onBody, onEnd, onTrailers, onProblem, onLost, onHandOver, onLate, onDrained);

// --- Servers

const kServing = Symbol('serving');
const kSettings = Symbol('settings');

function isPlain(server) {
  return server.listenerCount('connection') === 1 && !server.timeout && server.maxConnections === undefined &&
    !server.insecureHTTPParser && !server.httpAllowHalfOpen && !server.pauseOnConnect && server.isPlainHTTP;
}

// Tells C what the program wants of its server now.
function configure(server) {
  const id = server[kServing];
  if (id === undefined) return;
  const accepts = isPlain(server);
  const keepAlive = server.keepAliveTimeout > 0 ? server.keepAliveTimeout + server.keepAliveTimeoutBuffer : 0;
  const most = server.maxRequestsPerSocket > 0 ? `, max=${server.maxRequestsPerSocket}` : '';
  const interval = Math.max(20, Math.min(1000, server.connectionsCheckingInterval || 1000, keepAlive > 0 ? keepAlive >> 2 : 1000));
  const refuses = server.listenerCount('clientError') === 0;
  const settings = `${interval} ${accepts} ${refuses} ${keepAlive} ${server.keepAliveTimeout} ${server.headersTimeout} ${server.requestTimeout}${most}`;
  if (settings === server[kSettings]) return;
  server[kSettings] = settings;
  binding.configure(id, accepts, keepAlive | 0, server.headersTimeout | 0, server.requestTimeout | 0,
    server.maxHeaderSize || require('_http_common').maxHeaderSizeOption(),
    `Keep-Alive: timeout=${Math.floor(server.keepAliveTimeout / 1000)}${most}\r\n`, interval, refuses);
}

// Called when a server listens: its connections are taken by C if nobody wants to see them come.
function serve(server) {
  inside ??= require('_http_server').inside;
  const handle = server._handle;
  if (!handle || typeof handle.listen !== 'function' || server[kServing] !== undefined) return;
  let id;
  try {
    id = binding.serve(handle);
  } catch {
    return; // a handle of another kind
  }
  server[kServing] = id;
  server[kSettings] = undefined;
  servers[id] = server;
  configure(server);
}

// A TLS connection that stands: C reads its requests and writes the answers, if the server is a plain one and nothing was
// read yet. False leaves the socket to _http_server.
function adopt(server, socket) {
  const stream = socket.ssl?.below;
  if (!stream || socket.readableLength > 0 || socket.readableFlowing || socket.timeout ||
      (socket.alpnProtocol && socket.alpnProtocol !== 'http/1.1')) return false;
  if (server.timeout || server.insecureHTTPParser || server.httpAllowHalfOpen || server.pauseOnConnect) return false;
  inside ??= require('_http_server').inside;
  if (server[kServing] === undefined) {
    const id = server[kServing] = binding.serve(undefined);
    servers[id] = server;
    server.once('close', stopServing.bind(undefined, server));
  }
  configure(server);
  let id;
  try {
    id = binding.adopt(server[kServing], stream);
  } catch {
    return false; // a stream of another kind
  }
  if (id < 0) return false;
  const connection = connections[id] = new HTTPConnection(id, server);
  connection.isAdopted = true;
  connection.socket = socket;
  connection.listenTo(socket);
  socket.server ??= server;
  return true;
}

function stopServing(server) {
  const id = server[kServing];
  if (id === undefined || servers[id] === undefined) return;
  if (binding.drain(id)) {
    servers[id] = undefined;
    binding.forget(id);
  }
}

function closeConnections(server, all) {
  if (server[kServing] !== undefined) binding.closeConnections(server[kServing], all);
}

function countConnections(server) {
  const id = server[kServing];
  return id === undefined || servers[id] === undefined ? 0 : binding.count(id);
}

module.exports = { adopt, answer, materializeResponse, serve, served, stopServing, configure, closeConnections, countConnections };
