'use strict';
// tls.TLSSocket: a socket over a native TLS connection, and what a program asks of it.

const binding = internalBinding('tls');
const net = require('net');
const tls = require('tls');
const common = require('_tls_common');
const { Buffer } = require('buffer');
const { onWritten, initHandle } = require('internal/net/socket');
const {
  validateBuffer, validateFunction, validateInt32, validateObject, validateString, validateUint32,
} = require('internal/validators');
const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS,
  ERR_TLS_HANDSHAKE_TIMEOUT,
  ERR_TLS_INVALID_STATE,
  ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED,
  ERR_TLS_SNI_FROM_SERVER,
} } = require('internal/errors');
const { legacyOf } = require('internal/crypto/x509');
const {
  kDisableRenegotiation, kLastHandshake, kUnderlying, kIsCarried, kPendingSession, kIsVerified, kALPNCallback, kPskCallback,
  HOOK_HELLO, HOOK_CERT, HOOK_ALPN, HOOK_KEYLOG, HOOK_SESSION, HOOK_PSK,
} = require('internal/tls/symbols');
require('internal/tls/handle');

const noop = () => {};


function TLSSocket(socket, opts) {
  if (!(this instanceof TLSSocket)) return new TLSSocket(socket, opts);
  if (socket !== undefined && socket !== null && typeof socket.write !== 'function')
    throw new ERR_INVALID_ARG_TYPE('socket', 'Duplex', socket);
  const options = { ...opts };
  if (options.ALPNProtocols) tls.convertALPNProtocols(options.ALPNProtocols, options);
  this._tlsOptions = options;
  this._secureEstablished = false;
  this._securePending = false;
  this._newSessionPending = false;
  this._controlReleased = false;
  this.secureConnecting = true;
  this._SNICallback = null;
  this.servername = null;
  this.alpnProtocol = null;
  this.authorized = false;
  this.authorizationError = null;
  this._hadErrorBefore = false;
  this[kLastHandshake] = 0;
  this[kPendingSession] = null;
  this[kIsVerified] = false;
  this[kUnderlying] = undefined;
  this[kDisableRenegotiation] = false;
  // Certificates are made for connections that nobody has prepared a context for.
  const { context } = options.secureContext || common.createSecureContext(options);
  const { isServer } = options;

  Reflect.apply(net.Socket, this, [{
    allowHalfOpen: socket ? socket.allowHalfOpen : options.allowHalfOpen,
    pauseOnCreate: options.pauseOnConnect,
    manualStart: true,
    highWaterMark: options.highWaterMark,
    onread: !socket ? options.onread : null,
    signal: options.signal,
  }]);

  const ssl = binding.wrapOpen(context, Boolean(isServer));
  this.ssl = ssl;
  ssl.socket = this;
  ssl._secureContext = options.secureContext;
  this.on('error', this._tlsError);
  init(this, ssl);
  if (options.pauseOnConnect) this._readableState.flowing = false;

  if (!socket) {
    // It connects by itself: TLS begins on what it has then.
    this.prependOnceListener('connect', function() {
      const handle = this._handle;
      if (!handle) return;
      handle.attach(this);
      ssl.setStream(handle);
      ssl.below = handle;
      useHandle(this);
    });
    return;
  }
  this._parent = socket;
  this[kUnderlying] = socket;
  ssl.parent = socket;
  ssl._parentWrap = socket; // where libraries look for the stream beneath
  this.connecting = socket instanceof net.Socket && !(socket instanceof TLSSocket) && (socket.connecting || (!socket._handle && !socket.destroyed));
  if (!this.connecting && socket._handle && takeStream(this, socket)) {
    useHandle(this);
  } else if (this.connecting) {
    useHandle(this);
    socket.once('connect', () => {
      this.connecting = false;
      if (this.destroyed) return;
      if (!takeStream(this, socket)) carry(this, socket);
      if (this._started) ssl.start();
      this.emit('connect');
      this.read(0);
    });
  } else {
    useHandle(this);
    carry(this, socket);
  }
  socket.once('close', () => this.destroy());
  if (!(socket instanceof net.Socket && socket._handle)) socket.on('error', (error) => this.destroy(error));
  else socket.on('error', (error) => this._tlsError(error) ?? this.destroy(error));
  if (!this.connecting) process.nextTick(readFirst, this, socket);
}
Object.setPrototypeOf(TLSSocket.prototype, net.Socket.prototype);
Object.setPrototypeOf(TLSSocket, net.Socket);

function useHandle(self) {
  self._handle = self.ssl;
  initHandle(self, true);
}

// The native stream of a socket becomes this connection's. False if it has none that C knows, or one that is TLS already
// or will be.
function takeStream(self, socket) {
  const handle = socket._handle;
  if (!handle || socket instanceof TLSSocket || typeof handle.attach !== 'function') return false;
  if (!self.ssl.setStream(handle)) return false;
  self.ssl.below = handle;
  return true;
}

// JavaScript carries the bytes between any other stream and C.
function carry(self, stream) {
  const { ssl } = self;
  ssl.carry();
  self[kIsCarried] = true;
  stream.on('data', (chunk) => {
    if (self._handle !== null) ssl.receive(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  });
  stream.once('end', () => {
    if (self._handle !== null) ssl.receive(-4095);
  });
}

// What the socket had already read before it became TLS.
function readFirst(self, socket) {
  if (self.destroyed) return;
  if (self._tlsOptions.isServer && !self._started) self._start();
  if (self[kIsCarried]) {
    self.read(0);
    return;
  }
  if (socket?.readableLength) {
    let chunk;
    while ((chunk = socket.read()) !== null) self.ssl.receive(chunk);
  }
  self.read(0);
}

// --tls-keylog
const keylogFile = require('internal/options').get('tls-keylog');
let warnedOfKeylog = false;

function appendKeylog(line) {
  if (!warnedOfKeylog) {
    warnedOfKeylog = true;
    process.emitWarning(`Using --tls-keylog makes TLS connections insecure by writing secret key material to file ${keylogFile}`);
  }
  require('fs').appendFileSync(keylogFile, line, { mode: 0o600 });
}

function init(self, ssl) {
  const options = self._tlsOptions;
  const requestCert = Boolean(options.requestCert) || !options.isServer;
  const rejectUnauthorized = Boolean(options.rejectUnauthorized);
  self._requestCert = requestCert;
  self._rejectUnauthorized = rejectUnauthorized;
  if (requestCert || rejectUnauthorized) ssl.setVerifyMode(requestCert, rejectUnauthorized);
  let hooks = 0;
  if (options.isServer) {
    const { server } = options;
    if (server && (server.listenerCount('resumeSession') > 0 || server.listenerCount('newSession') > 0)) hooks |= HOOK_HELLO | HOOK_SESSION;
    if (server && server.listenerCount('OCSPRequest') > 0) hooks |= HOOK_CERT;
    if (server && server.listenerCount('keylog') > 0) hooks |= HOOK_KEYLOG;
    if (options.SNICallback) validateFunction(options.SNICallback, 'options.SNICallback');
    if (options.SNICallback &&
        (options.SNICallback !== SNICallback || server?._contexts.length)) {
      self._SNICallback = options.SNICallback;
      hooks |= HOOK_CERT;
    }
  } else {
    hooks |= HOOK_SESSION;
    // Somebody may listen to 'keylog' later; the agent copies it.
    self.on('newListener', function keylog(event) {
      if (event !== 'keylog') return;
      ssl.enable(HOOK_KEYLOG);
      self.removeListener('newListener', keylog);
    });
  }
  if (keylogFile !== undefined) {
    hooks |= HOOK_KEYLOG;
    self.on('keylog', appendKeylog);
  }
  if (options.ALPNCallback) {
    validateFunction(options.ALPNCallback, 'options.ALPNCallback');
    if (options.ALPNProtocols) throw new ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
    self[kALPNCallback] = options.ALPNCallback;
    hooks |= HOOK_ALPN;
  }
  if (options.pskCallback) {
    validateFunction(options.pskCallback, 'pskCallback');
    self[kPskCallback] = options.pskCallback;
    hooks |= HOOK_PSK;
    if (options.pskIdentityHint && options.isServer) {
      validateString(options.pskIdentityHint, 'options.pskIdentityHint');
      if (!ssl.setPskHint(options.pskIdentityHint)) process.nextTick(() => self.destroy(new ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED()));
    }
  }
  if (options.ALPNProtocols) ssl.setALPN(options.ALPNProtocols);
  if (options.handshakeTimeout > 0) self.setTimeout(options.handshakeTimeout, self._handleTimeout);
  if (hooks) ssl.enable(hooks);
  if (options.session) ssl.setSession(options.session);
  if (options.requestOCSP && !options.isServer) ssl.requestOCSP();
  if (options.isServer && options.server) {
    self.server = options.server;
    const { server } = options;
    if (server.listenerCount('keylog') > 0) self.on('keylog', (line) => server.emit('keylog', line, self));
  }
}

const { prototype } = TLSSocket;

// A write is never done before it returns: what is written in the same turn goes together, and programs that write until
// they are told to wait are told.
function sendBytes(self, bytes) {
  const result = self.ssl.write(bytes);
  if (result !== 0) return result;
  process.nextTick(writtenLater, self);
  return 1;
}

function writtenLater(self) {
  Reflect.apply(onWritten, self, [0]);
}

prototype._sendOne = function(data, encoding) {
  if (typeof data === 'string' && encoding !== 'utf8' && encoding !== 'utf-8') data = Buffer.from(data, encoding);
  return sendBytes(this, data);
};

prototype._sendAll = function(chunks) {
  return sendBytes(this, Buffer.concat(chunks.map(({ chunk, encoding }) =>
    (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk))));
};

// The end waits for the handshake, unless the other side is gone already.
prototype._final = function(callback) {
  if (this.secureConnecting && !this._secureEstablished && !this.destroyed && this._handle === this.ssl &&
      !this._readableState.ended) {
    let called = false;
    const go = () => {
      if (called) return;
      called = true;
      for (const event of ['secure', 'end', 'close']) this.removeListener(event, go);
      if (this._handle) Reflect.apply(net.Socket.prototype._final, this, [callback]);
      else callback();
    };
    for (const event of ['secure', 'end', 'close']) this.once(event, go);
    return;
  }
  return Reflect.apply(net.Socket.prototype._final, this, [callback]);
};

prototype._tlsError = function(error) {
  this.emit('_tlsError', error);
  return this._controlReleased ? error : null;
};

prototype._emitTLSError = function(error) {
  const told = this._tlsError(error);
  if (told) this.destroy(told);
};

prototype._releaseControl = function() {
  if (this._controlReleased) return false;
  this._controlReleased = true;
  this.removeListener('error', this._tlsError);
  return true;
};

prototype._handleTimeout = function() {
  this._emitTLSError(new ERR_TLS_HANDSHAKE_TIMEOUT());
};

prototype._finishInit = function() {
  if (this._newSessionPending) {
    this._securePending = true;
    return;
  }
  if (this.destroyed || !this._handle) return;
  this.alpnProtocol = this.ssl.getALPN();
  this.servername ??= this.ssl.getServername();
  this._secureEstablished = true;
  if (this._tlsOptions.handshakeTimeout > 0) this.setTimeout(0, this._handleTimeout);
  this.emit('secure');
};

prototype._start = function() {
  this._started = true;
  if (this.connecting) {
    if (!this[kUnderlying]) this.once('connect', this._start);
    return;
  }
  if (!this._handle) return;
  this.ssl.start();
};

prototype._init = noop;
prototype._destroySSL = function() {
  this.ssl?._close();
};
prototype._wrapHandle = noop;

prototype.setServername = function(name) {
  validateString(name, 'name');
  if (this._tlsOptions.isServer) throw new ERR_TLS_SNI_FROM_SERVER();
  this.ssl.setServername(name);
};

prototype.setSession = function(session) {
  if (typeof session === 'string') session = Buffer.from(session, 'latin1');
  this.ssl.setSession(session);
};

prototype.getPeerCertificate = function(detailed) {
  if (!this._handle) return null;
  return common.translatePeerCertificate(this.ssl.peerCertificate(Boolean(detailed))) || {};
};

prototype.getCertificate = function() {
  if (!this._handle) return null;
  const certificate = this.ssl.ownCertificate();
  return certificate ? legacyOf(certificate) : {};
};

function x509Of(self, ofPeer) {
  const native = self._handle ? self.ssl.x509(ofPeer) : undefined;
  if (native === undefined) return undefined;
  const { X509Certificate } = require('internal/crypto/x509');
  return new X509Certificate(native);
}

// A certificate and, behind it, those that issued it.
function x509WithIssuers(self) {
  const { X509Certificate } = require('internal/crypto/x509');
  const [first, ...issuers] = (self._handle ? self.ssl.peerChain() : []).map((native) => new X509Certificate(native));
  let last = first;
  for (const issuer of issuers) {
    Object.defineProperty(last, 'issuerCertificate', { __proto__: null, value: issuer, configurable: true, enumerable: true });
    last = issuer;
  }
  return first;
}
prototype.getPeerX509Certificate = function() { return x509WithIssuers(this); };
prototype.getX509Certificate = function() { return x509Of(this, false); };

prototype.setKeyCert = function(context) {
  if (this._handle) {
    const made = context instanceof common.SecureContext ? context : common.createSecureContext(context);
    this.ssl.useContext(made.context);
  }
};

prototype.exportKeyingMaterial = function(length, label, context) {
  validateUint32(length, 'length', true);
  validateString(label, 'label');
  if (context !== undefined) validateBuffer(context, 'context');
  if (!this._secureEstablished || !this._handle) throw new ERR_TLS_INVALID_STATE();
  return this.ssl.exportKeyingMaterial(length, label, context);
};

prototype.setMaxSendFragment = function(size) {
  validateInt32(size, 'size');
  return this._handle ? this.ssl.setMaxSendFragment(size) : false;
};

prototype.disableRenegotiation = function() {
  this[kDisableRenegotiation] = true;
  this.ssl?.disableRenegotiation?.();
};

prototype.renegotiate = function(options, callback) {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (this.destroyed) return undefined;
  let requestCert = this._requestCert !== undefined ? this._requestCert : true;
  let rejectUnauthorized = this._rejectUnauthorized !== undefined ? this._rejectUnauthorized : true;
  if (options.requestCert !== undefined) requestCert = Boolean(options.requestCert);
  if (options.rejectUnauthorized !== undefined) rejectUnauthorized = Boolean(options.rejectUnauthorized);
  if (requestCert !== this._requestCert || rejectUnauthorized !== this._rejectUnauthorized) {
    this.ssl.setVerifyMode(requestCert, rejectUnauthorized);
    this._requestCert = requestCert;
    this._rejectUnauthorized = rejectUnauthorized;
  }
  try {
    this.ssl.renegotiate();
  } catch (error) {
    if (callback) process.nextTick(callback, error);
    return false;
  }
  if (callback) this.once('secure', () => callback(null));
  return true;
};

prototype.getCipher = function() {
  const values = this._handle ? this.ssl.getCipher() : undefined;
  if (values === undefined) return this._handle ? {} : null;
  return { name: values[0], standardName: values[1], version: values[2] };
};

prototype.getEphemeralKeyInfo = function() {
  if (!this._handle) return null;
  if (this._tlsOptions.isServer) return null;
  const values = this.ssl.getEphemeralKeyInfo();
  if (values === undefined) return {};
  const [type, name, size] = values;
  return name === undefined ? { type, size } : { type, name, size };
};

prototype.getSession = function() {
  return this._handle ? this.ssl.getSession() : null;
};

prototype.getProtocol = function() {
  return this._handle ? this.ssl.getProtocol() : null;
};

for (const name of ['getTLSTicket', 'getFinished', 'getPeerFinished', 'isSessionReused', 'getSharedSigalgs']) {
  prototype[name] = function() { return this._handle ? this.ssl[name]() : null; };
}

prototype.enableTrace = function() {
  process.emitWarning('TLS tracing is not offered: Debian builds OpenSSL without it; use the \'keylog\' event');
};

Object.defineProperty(prototype, 'encrypted', { __proto__: null, configurable: true, enumerable: true, value: true, writable: true });
Object.defineProperty(prototype, 'getSessionTicket', { __proto__: null, configurable: true, value() { return this.getTLSTicket(); } });

// The context that a server was given for a name.
function SNICallback(servername, callback) {
  const contexts = this.server._contexts;
  for (let i = contexts.length - 1; i >= 0; i--) {
    if (contexts[i][0].test(servername)) {
      callback(null, contexts[i][1]);
      return;
    }
  }
  callback(null, undefined);
}

module.exports = { SNICallback, TLSSocket };
