'use strict';
// HTTP over TLS: the servers and requests of http on the sockets of tls, and an agent that resumes sessions.

const tls = require('tls');
const { Agent: HttpAgent } = require('_http_agent');
const { ClientRequest } = require('_http_client');
const { kUniqueHeaders, parseUniqueHeadersOption } = require('_http_outgoing');
const httpServer = require('_http_server');
const light = require('internal/http_connection');
const { validateObject } = require('internal/validators');

const { Server: HttpServer, httpServerPreClose, setupConnectionsTracking, storeHTTPOptions, _connectionListener } = httpServer;

function onSecureConnection(socket) {
  if (!light.adopt(this, socket)) _connectionListener.call(this, socket);
}

function Server(options, requestListener) {
  if (!(this instanceof Server)) return new Server(options, requestListener);
  let ALPNProtocols = ['http/1.1'];
  if (typeof options === 'function') {
    requestListener = options;
    options = {};
  } else if (options == null) {
    options = {};
  } else {
    validateObject(options, 'options');
    // Whoever chooses by himself is not told what to choose from.
    if (options.ALPNCallback) ALPNProtocols = undefined;
  }
  storeHTTPOptions.call(this, options);
  tls.Server.call(this, {
    noDelay: true,
    ALPNProtocols,
    ...options,
  }, onSecureConnection);
  this.httpAllowHalfOpen = false;
  if (requestListener) this.addListener('request', requestListener);
  this.addListener('tlsClientError', function(error, socket) {
    if (!this.emit('clientError', error, socket)) socket.destroy(error);
  });
  this.timeout = 0;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
  this.on('listening', setupConnectionsTracking);
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
}
Object.setPrototypeOf(Server.prototype, tls.Server.prototype);
Object.setPrototypeOf(Server, tls.Server);

Server.prototype.closeAllConnections = HttpServer.prototype.closeAllConnections;
Server.prototype.closeIdleConnections = HttpServer.prototype.closeIdleConnections;
Server.prototype.setTimeout = function setTimeout(ms, callback) {
  this.timeout = ms;
  if (callback) this.on('timeout', callback);
  return this;
};
Server.prototype.close = function close(...args) {
  httpServerPreClose(this);
  Reflect.apply(tls.Server.prototype.close, this, args);
  return this;
};
Server.prototype[Symbol.asyncDispose] = function() {
  return new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
};
Server.prototype[Symbol.for('nodejs.rejection')] = HttpServer.prototype[Symbol.for('nodejs.rejection')];

function createServer(options, requestListener) {
  return new Server(options, requestListener);
}

// --- The agent

function createConnection(...args) {
  // (options, callback), (port, host, options, callback) and what lies between.
  let options;
  const [first, second, third] = args;
  if (first !== null && typeof first === 'object') options = { ...first };
  else if (second !== null && typeof second === 'object') options = { ...second };
  else if (third !== null && typeof third === 'object') options = { ...third };
  else options = {};
  if (typeof first === 'number') options.port = first;
  if (typeof second === 'string') options.host = second;
  if (options._agentKey) {
    const session = this._getSession(options._agentKey);
    if (session) options = { session, ...options };
  }
  const socket = tls.connect(options);
  if (options._agentKey) {
    socket.on('session', (session) => this._cacheSession(options._agentKey, session));
    // A session that ended badly is not used again.
    socket.once('close', (failed) => {
      if (failed) this._evictSession(options._agentKey);
    });
  }
  return socket;
}

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  options = { __proto__: null, ...options };
  options.defaultPort ??= 443;
  options.protocol ??= 'https:';
  HttpAgent.call(this, options);
  this.maxCachedSessions = this.options.maxCachedSessions;
  if (this.maxCachedSessions === undefined) this.maxCachedSessions = 100;
  this._sessionCache = { map: {}, list: [] };
}
Object.setPrototypeOf(Agent.prototype, HttpAgent.prototype);
Object.setPrototypeOf(Agent, HttpAgent);
Agent.prototype.createConnection = createConnection;

// Two requests share a connection only if they would trust and prove the same.
Agent.prototype.getName = function getName(options = {}) {
  let name = HttpAgent.prototype.getName.call(this, options);
  const part = (value) => { name += ':'; if (value) name += value; };
  const given = (value) => { name += ':'; if (value !== undefined) name += value; };
  part(options.ca);
  part(options.cert);
  part(options.clientCertEngine);
  part(options.ciphers);
  part(options.key);
  part(options.pfx);
  given(options.rejectUnauthorized);
  part(options.servername && options.servername !== options.host ? options.servername : undefined);
  part(options.minVersion);
  part(options.maxVersion);
  part(options.secureProtocol);
  part(options.crl);
  given(options.honorCipherOrder);
  part(options.ecdhCurve);
  part(options.dhparam);
  given(options.secureOptions);
  part(options.sessionIdContext);
  part(options.sigalgs ? JSON.stringify(options.sigalgs) : undefined);
  part(options.privateKeyIdentifier);
  part(options.privateKeyEngine);
  return name;
};

Agent.prototype._getSession = function _getSession(key) {
  return this._sessionCache.map[key];
};

Agent.prototype._cacheSession = function _cacheSession(key, session) {
  if (this.maxCachedSessions === 0) return;
  const cache = this._sessionCache;
  if (cache.map[key]) {
    cache.map[key] = session;
    return;
  }
  if (cache.list.length >= this.maxCachedSessions) delete cache.map[cache.list.shift()];
  cache.list.push(key);
  cache.map[key] = session;
};

Agent.prototype._evictSession = function _evictSession(key) {
  const cache = this._sessionCache;
  const at = cache.list.indexOf(key);
  if (at === -1) return;
  cache.list.splice(at, 1);
  delete cache.map[key];
};

let globalAgent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });

// --- Requests

function request(...args) {
  let options = {};
  if (typeof args[0] === 'string') options = fromUrl(new URL(args.shift()));
  else if (args[0]?.href && args[0].protocol && args[0].auth === undefined && args[0].path === undefined)
    options = fromUrl(args.shift());
  if (args[0] && typeof args[0] !== 'function') Object.assign(options, args.shift());
  options._defaultAgent = module.exports.globalAgent;
  return Reflect.construct(ClientRequest, [options, ...args]);
}

function fromUrl(url) {
  return require('internal/url').urlToHttpOptions(url);
}

function get(input, options, callback) {
  const message = request(input, options, callback);
  message.end();
  return message;
}

module.exports = {
  Agent,
  Server,
  createServer,
  get,
  request,
};
Object.defineProperty(module.exports, 'globalAgent', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => globalAgent,
  set(value) { globalAgent = value; },
});
