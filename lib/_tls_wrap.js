'use strict';
// Sockets and servers that speak TLS. The records are read and written in C (src/modules/crypto/tls_wrap.c); here is
// what a program sees of them.

const binding = internalBinding('tls');
const net = require('net');
const tls = require('tls');
const common = require('_tls_common');
const { Buffer } = require('buffer');
const { onRead, onShutdown, onWritten, initHandle } = require('internal/net/socket');
const { validateAbortSignal, validateBuffer, validateFunction, validateInt32, validateNumber, validateObject, validateString,
  validateUint32 } = require('internal/validators');
const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_MULTIPLE_CALLBACK,
  ERR_SOCKET_CLOSED,
  ERR_TLS_ALPN_CALLBACK_INVALID_RESULT,
  ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS,
  ERR_TLS_DH_PARAM_SIZE,
  ERR_TLS_HANDSHAKE_TIMEOUT,
  ERR_TLS_INVALID_STATE,
  ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED,
  ERR_TLS_RENEGOTIATION_DISABLED,
  ERR_TLS_REQUIRED_SERVER_NAME,
  ERR_TLS_SESSION_ATTACK,
  ERR_TLS_SNI_FROM_SERVER,
}, connResetException } = require('internal/errors');
const { legacyOf } = require('internal/crypto/x509');

const HOOK_HELLO = 1, HOOK_CERT = 2, HOOK_ALPN = 4, HOOK_KEYLOG = 8, HOOK_SESSION = 16, HOOK_PSK = 32;

const kConnectOptions = Symbol('connect-options');
const kDisableRenegotiation = Symbol('disable-renegotiation');
const kErrorEmitted = Symbol('error-emitted');
const kLastHandshake = Symbol('lastHandshake');
const kUnderlying = Symbol('underlying');
const kIsCarried = Symbol('isCarried');
const kPendingSession = Symbol('pendingSession');
const kIsVerified = Symbol('verified');
const kALPNCallback = Symbol('alpncallback');
const kPskCallback = Symbol('pskcallback');
const kSNICallback = Symbol('snicallback');

const noop = () => {};

// --- The native half, with what it passes on to the stream below it.

const { TLSWrap } = binding;
const hidden = (name, value) => Object.defineProperty(TLSWrap, name, { __proto__: null, value, writable: true, configurable: true });
const figure = (name, method) =>
  Object.defineProperty(TLSWrap, name, { __proto__: null, get() { return this[method](); }, configurable: true });
figure('bytesRead', 'getBytesRead');
figure('bytesWritten', 'getBytesWritten');
figure('writeQueueSize', 'getWriteQueueSize');
for (const name of ['ref', 'unref', 'setNoDelay', 'setKeepAlive', 'getpeername', 'getsockname', 'setTypeOfService',
  'getTypeOfService']) {
  hidden(name, function(...args) { return this.below?.[name]?.(...args); });
}
hidden('hasRef', function() { return this.below?.hasRef?.() ?? false; });
Object.defineProperty(TLSWrap, 'fd', { __proto__: null, get() { return this.below?.fd ?? -1; }, configurable: true });
hidden('getAsyncId', () => 0);
hidden('close', function(callback) {
  const { below, parent } = this;
  this.below = undefined;
  this._close();
  if (parent !== undefined) {
    // The socket below was somebody's: it goes with this one.
    if (parent.destroyed && parent.closed) process.nextTick(callback);
    else parent.once('close', callback);
    parent.destroy();
  } else if (below) {
    below.close(callback);
  } else if (callback) {
    process.nextTick(callback);
  }
});
hidden('reset', function(callback) {
  const { below } = this;
  this._close();
  if (below?.reset) return below.reset(callback);
  process.nextTick(callback);
  return 0;
});
hidden('shutdown', function() {
  const result = this._shutdown();
  if (result !== 2) return result;
  const socket = this.socket;
  this.parent.end(() => Reflect.apply(onShutdown, socket, [0]));
  return 0;
});
hidden('destroySSL', function() { this._close(); });

// --- What C calls. `this` is the TLSSocket.

function onHandshakeStart() {
  const now = Date.now();
  const isFirst = this[kLastHandshake] === 0;
  if (now - this[kLastHandshake] >= tls.CLIENT_RENEG_WINDOW * 1000) this.ssl.handshakes = 0;
  this[kLastHandshake] = now;
  if (isFirst || this.ssl?.getProtocol() === 'TLSv1.3') return;
  if (this._tlsOptions.isServer && ++this.ssl.handshakes > tls.CLIENT_RENEG_LIMIT) this._emitTLSError(new ERR_TLS_SESSION_ATTACK());
  if (this[kDisableRenegotiation]) this._emitTLSError(new ERR_TLS_RENEGOTIATION_DISABLED());
}

// Also after a renegotiation: whoever asked for a certificate looks again.
function onHandshakeDone() {
  this._finishInit();
}

function onError(error) {
  if (this._hadError) return;
  this._hadError = true;
  if (!this._secureEstablished) {
    this.destroy(error);
  } else if (this._tlsOptions.isServer && this._rejectUnauthorized &&
             /peer did not return a certificate/.test(error.message)) {
    this.destroy();
  } else {
    this._emitTLSError(error);
  }
}

function onSession(id, session) {
  if (!this._tlsOptions.isServer) {
    if (this[kIsVerified]) this.emit('session', session);
    else this[kPendingSession] = session;
    return;
  }
  const { server } = this;
  if (!server || !server.listenerCount('newSession')) return;
  let called = false;
  const done = () => {
    if (called) return;
    called = true;
    this._newSessionPending = false;
    if (this._securePending) this._finishInit();
    this._securePending = false;
  };
  this._newSessionPending = true;
  if (!server.emit('newSession', id, session, done)) done();
}

function onClientHello(sessionId, servername, hasTicket) {
  const { server, ssl } = this;
  if (sessionId.length === 0 || hasTicket || !server || !server.listenerCount('resumeSession')) {
    process.nextTick(() => this.ssl && !this.destroyed && ssl.helloDone(null));
    return;
  }
  let called = false;
  server.emit('resumeSession', sessionId, (error, session) => {
    if (called) {
      this.destroy(new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    if (error) {
      this.destroy(error);
      return;
    }
    if (this._handle === null || this.destroyed) {
      this.destroy(new ERR_SOCKET_CLOSED());
      return;
    }
    ssl.helloDone(session ?? null);
  });
}

function onCertificateWanted(servername, wantsOCSP) {
  const finish = () => {
    if (this._handle === null || this.destroyed) {
      this.destroy(new ERR_SOCKET_CLOSED());
      return;
    }
    this.ssl.certDone();
  };
  const ocsp = (context) => {
    const { server } = this;
    if (!wantsOCSP || !server || server.listenerCount('OCSPRequest') === 0) return finish();
    context ??= server._sharedCreds.context;
    let called = false;
    server.emit('OCSPRequest', context.getCertificate(), context.getIssuer(), (error, response) => {
      if (called) {
        this.destroy(new ERR_MULTIPLE_CALLBACK());
        return;
      }
      called = true;
      if (error) {
        this.destroy(error);
        return;
      }
      if (this._handle === null || this.destroyed) {
        this.destroy(new ERR_SOCKET_CLOSED());
        return;
      }
      if (response) this.ssl.setOCSPResponse(response);
      finish();
    });
  };
  if (servername) this.servername = servername;
  if (!servername || !this._SNICallback) return ocsp();
  let called = false;
  const answered = (error, context) => {
    if (called) {
      this.destroy(new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    if (error) {
      this.destroy(error);
      return;
    }
    if (this._handle === null || this.destroyed) {
      this.destroy(new ERR_SOCKET_CLOSED());
      return;
    }
    let native;
    if (context) {
      native = context.context || context;
      if (!this.ssl.useContext(native)) {
        this.destroy(new Error('Invalid SNI context'));
        return;
      }
    }
    ocsp(native);
  };
  try {
    this._SNICallback(servername, answered);
  } catch (error) {
    process.nextTick(() => { throw error; });
  }
}

function onKeylog(line) {
  this.emit('keylog', line);
}

function onOCSPResponse(response) {
  this.emit('OCSPResponse', response);
}

function onALPN(servername, wire) {
  const protocols = [];
  const places = [];
  for (let at = 0; at < wire.length; at += wire[at] + 1) {
    places.push(at);
    protocols.push(wire.latin1Slice(at + 1, at + 1 + wire[at]));
  }
  const chosen = this[kALPNCallback]({ servername, protocols });
  if (chosen === undefined) return undefined;
  if (!protocols.includes(chosen)) throw new ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(chosen, protocols);
  return places[protocols.indexOf(chosen)];
}

function onPskServer(identity, room) {
  const answer = this[kPskCallback](this, identity);
  if (answer == null) return undefined;
  let psk = answer;
  if (!ArrayBuffer.isView(answer)) {
    if (typeof answer !== 'object') {
      throw new ERR_INVALID_ARG_TYPE('ret', ['Object', 'Buffer', 'TypedArray', 'DataView'], answer);
    }
    ({ psk } = answer);
    validateBuffer(psk, 'psk');
  }
  if (psk.length > room) throw new ERR_INVALID_ARG_VALUE('psk', psk, `Pre-shared key exceeds ${room} bytes`);
  return psk;
}

function onPskClient(hint, room, identityRoom) {
  const answer = this[kPskCallback](hint);
  if (answer == null) return undefined;
  validateObject(answer, 'ret');
  validateBuffer(answer.psk, 'psk');
  if (answer.psk.length > room) throw new ERR_INVALID_ARG_VALUE('psk', answer.psk, `Pre-shared key exceeds ${room} bytes`);
  validateString(answer.identity, 'identity');
  if (Buffer.byteLength(answer.identity) > identityRoom)
    throw new ERR_INVALID_ARG_VALUE('identity', answer.identity, `PSK identity exceeds ${identityRoom} bytes`);
  return [answer.identity, answer.psk];
}

// Bytes for a stream that only JavaScript knows.
function onOutput(bytes) {
  const { ssl } = this;
  const stream = this[kUnderlying];
  if (stream.destroyed || !stream.writable) {
    process.nextTick(() => ssl.outputDone(-32));
    return;
  }
  stream.write(bytes, (error) => ssl.outputDone(error ? -32 : 0));
}

binding.setHooks(onRead, onWritten, onShutdown, onHandshakeStart, onHandshakeDone, onError, onSession, onClientHello,
                 onCertificateWanted, onKeylog, onOCSPResponse, onALPN, onPskServer, onPskClient, onOutput, noop);

// --- TLSSocket

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
  if (!this._secureEstablished) throw new ERR_TLS_INVALID_STATE();
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

// --- Server

function onServerSocketSecure() {
  if (this._requestCert) {
    const failed = this.ssl.verifyError();
    if (failed) {
      this.authorizationError = failed[1];
      if (this._rejectUnauthorized) this.destroy();
    } else {
      this.authorized = true;
    }
  }
  if (!this.destroyed && this._releaseControl()) {
    this.secureConnecting = false;
    this._tlsOptions.server.emit('secureConnection', this);
  }
}

function onServerSocketError(error) {
  if (!this._controlReleased && !this[kErrorEmitted]) {
    this[kErrorEmitted] = true;
    this._tlsOptions.server.emit('tlsClientError', error, this);
  }
}

function onServerSocketClose() {
  if (!this._controlReleased && !this[kErrorEmitted]) {
    this[kErrorEmitted] = true;
    this._tlsOptions.server.emit('tlsClientError', connResetException('socket hang up'), this);
  }
}

function onConnection(rawSocket) {
  const socket = new TLSSocket(rawSocket, {
    secureContext: this._sharedCreds,
    isServer: true,
    server: this,
    requestCert: this.requestCert,
    rejectUnauthorized: this.rejectUnauthorized,
    handshakeTimeout: this[kHandshakeTimeout],
    ALPNProtocols: this.ALPNProtocols,
    ALPNCallback: this.ALPNCallback,
    SNICallback: this[kSNICallback] || SNICallback,
    enableTrace: this[kEnableTrace],
    pauseOnConnect: this.pauseOnConnect,
    pskCallback: this[kPskCallback],
    pskIdentityHint: this[kPskIdentityHint],
    highWaterMark: this.highWaterMark,
  });
  socket.on('secure', onServerSocketSecure);
  socket[kErrorEmitted] = false;
  socket.on('close', onServerSocketClose);
  socket.on('_tlsError', onServerSocketError);
  socket._start();
}

const kHandshakeTimeout = Symbol('handshake-timeout');
const kEnableTrace = Symbol('enableTrace');
const kPskIdentityHint = Symbol('pskidentityhint');

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

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') {
    listener = options;
    options = {};
  } else if (options == null || typeof options === 'object') {
    options ??= {};
  } else {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  this._contexts = [];
  this.requestCert = options.requestCert === true;
  this.rejectUnauthorized = options.rejectUnauthorized !== false;
  this.ALPNCallback = options.ALPNCallback;
  if (this.ALPNCallback) {
    validateFunction(this.ALPNCallback, 'options.ALPNCallback');
    if (options.ALPNProtocols) throw new ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
  }
  if (options.sessionTimeout) this.sessionTimeout = options.sessionTimeout;
  if (options.ticketKeys) this.ticketKeys = options.ticketKeys;
  if (options.ALPNProtocols) tls.convertALPNProtocols(options.ALPNProtocols, this);
  this.setSecureContext(options);
  this[kHandshakeTimeout] = options.handshakeTimeout || 120000;
  this[kSNICallback] = options.SNICallback;
  this[kPskCallback] = options.pskCallback;
  this[kPskIdentityHint] = options.pskIdentityHint;
  this[kEnableTrace] = options.enableTrace;
  validateNumber(this[kHandshakeTimeout], 'options.handshakeTimeout');
  if (this[kSNICallback]) validateFunction(this[kSNICallback], 'options.SNICallback');
  if (this[kPskCallback]) validateFunction(this[kPskCallback], 'options.pskCallback');
  if (this[kPskIdentityHint]) validateString(this[kPskIdentityHint], 'options.pskIdentityHint');
  Reflect.apply(net.Server, this, [options, onConnection]);
  if (listener) this.on('secureConnection', listener);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

function createServer(options, listener) {
  return new Server(options, listener);
}

const contextOptions = ['pfx', 'key', 'passphrase', 'cert', 'clientCertEngine', 'ca', 'minVersion', 'maxVersion',
  'secureProtocol', 'crl', 'ciphers', 'ecdhCurve', 'dhparam', 'sigalgs', 'privateKeyIdentifier', 'privateKeyEngine',
  'allowPartialTrustChain', 'sessionTimeout', 'ticketKeys'];

Server.prototype.setSecureContext = function(options) {
  validateObject(options, 'options');
  for (const name of contextOptions) this[name] = options[name] || undefined;
  if (options.secureOptions) this.secureOptions = options.secureOptions;
  else this.secureOptions = undefined;
  if (options.honorCipherOrder !== undefined) this.honorCipherOrder = Boolean(options.honorCipherOrder);
  else this.honorCipherOrder = true;
  if (options.sessionIdContext) {
    this.sessionIdContext = options.sessionIdContext;
  } else {
    const { createHash } = require('internal/crypto/hash');
    this.sessionIdContext = createHash('sha1').update(process.argv.join(' ')).digest('hex').slice(0, 32);
  }
  const given = {};
  for (const name of [...contextOptions, 'secureOptions', 'honorCipherOrder', 'sessionIdContext']) given[name] = this[name];
  if (options.sessionTimeout !== undefined) given.sessionTimeout = options.sessionTimeout;
  if (options.ticketKeys !== undefined) given.ticketKeys = options.ticketKeys;
  given.ecdhCurve = options.ecdhCurve;
  this._sharedCreds = common.createSecureContext(given);
};

Server.prototype._getServerData = function() {
  return { ticketKeys: this.getTicketKeys().toString('hex') };
};
Server.prototype._setServerData = function(data) {
  this.setTicketKeys(Buffer.from(data.ticketKeys, 'hex'));
};
Server.prototype.getTicketKeys = function() {
  return this._sharedCreds.context.getTicketKeys();
};
Server.prototype.setTicketKeys = function(keys) {
  validateBuffer(keys);
  if (keys.byteLength !== 48) {
    const { ERR_INTERNAL_ASSERTION } = require('internal/errors').codes;
    throw new ERR_INTERNAL_ASSERTION('Session ticket keys must be a 48-byte buffer');
  }
  this._sharedCreds.context.setTicketKeys(keys);
};

Server.prototype.addContext = function(servername, context) {
  if (!servername) throw new ERR_TLS_REQUIRED_SERVER_NAME();
  const pattern = servername.replace(/([.^$+?\-\\[\]{}])/g, '\\$1').replaceAll('*', '[^.]*');
  const made = context instanceof common.SecureContext ? context : common.createSecureContext(context);
  this._contexts.push([new RegExp(`^${pattern}$`), made.context]);
};

Server.prototype[Symbol.for('nodejs.rejection')] = function(error, event, socket) {
  if (event === 'secureConnection') socket.destroy(error);
  else Reflect.apply(net.Server.prototype[Symbol.for('nodejs.rejection')], this, [error, event, socket]);
};

// --- Connecting

function onConnectSecure() {
  const options = this[kConnectOptions];
  const ephemeral = this.getEphemeralKeyInfo();
  if (ephemeral?.type === 'DH' && ephemeral.size < options.minDHSize) {
    this.emit('error', new ERR_TLS_DH_PARAM_SIZE(ephemeral.size));
    this.destroy();
    return;
  }
  let failed = this.ssl.verifyError();
  let error;
  if (failed) {
    error = new Error(failed[0]);
    error.code = failed[1];
    failed = error;
    if (error.code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
      error.message += '; if the root CA is installed locally, try running Node.js with --use-system-ca';
    }
  }
  if (!error && !this.isSessionReused()) {
    const certificate = this.getPeerCertificate(true);
    const hostname = options.servername || options.host || (options.socket && options.socket._host) || 'localhost';
    // Without a certificate a shared key vouches for the server.
    if (certificate.raw !== undefined) error = options.checkServerIdentity(hostname, certificate);
  }
  if (error) {
    this.authorized = false;
    this.authorizationError = error.code || error.message;
    if (options.rejectUnauthorized !== false) {
      this.destroy(error);
      return;
    }
  } else {
    this.authorized = true;
  }
  this.secureConnecting = false;
  this.emit('secureConnect');
  this[kIsVerified] = true;
  const session = this[kPendingSession];
  this[kPendingSession] = null;
  if (session) this.emit('session', session);
  this.removeListener('end', onConnectEnd);
}

function onConnectEnd() {
  if (this._hadError) return;
  const options = this[kConnectOptions];
  this._hadError = true;
  const error = connResetException('Client network socket disconnected before secure TLS connection was established');
  error.path = options.path;
  error.host = options.host;
  error.port = options.port;
  error.localAddress = options.localAddress;
  this.destroy(error);
}

let warnedOfReject = true;

function allowsUnauthorized() {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return false;
  if (warnedOfReject) {
    warnedOfReject = false;
    process.emitWarning("Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and " +
      'HTTPS requests insecure by disabling certificate verification.');
  }
  return true;
}

function connectArgs(args) {
  const [options, callback] = net._normalizeArgs(args);
  // connect(port, host, options) and the like: the last object says the rest.
  const more = {};
  for (const at of [1, 2]) if (args[at] !== null && typeof args[at] === 'object') Object.assign(more, args[at]);
  return [{ ...options, ...more }, callback];
}

function connect(...args) {
  const [given, callback] = connectArgs(args);
  const options = {
    rejectUnauthorized: !allowsUnauthorized(),
    ciphers: tls.DEFAULT_CIPHERS,
    checkServerIdentity: tls.checkServerIdentity,
    minDHSize: 1024,
    ...given,
  };
  if (!options.keepAlive) options.singleUse = true;
  validateFunction(options.checkServerIdentity, 'options.checkServerIdentity');
  validateNumber(options.minDHSize, 'options.minDHSize', 1);
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  const { socket } = options;
  const context = options.secureContext || common.createSecureContext(options);
  const self = new TLSSocket(socket, {
    allowHalfOpen: socket ? socket.allowHalfOpen : Boolean(options.allowHalfOpen),
    pipe: Boolean(options.path),
    secureContext: context,
    isServer: false,
    requestCert: true,
    rejectUnauthorized: options.rejectUnauthorized !== false,
    session: options.session,
    ALPNProtocols: options.ALPNProtocols,
    requestOCSP: options.requestOCSP,
    enableTrace: options.enableTrace,
    pskCallback: options.pskCallback,
    highWaterMark: options.highWaterMark,
    onread: options.onread,
    signal: options.signal,
  });
  options.rejectUnauthorized = options.rejectUnauthorized !== false;
  self[kConnectOptions] = options;
  if (callback) self.once('secureConnect', callback);
  if (options.servername) {
    if (net.isIP(options.servername)) {
      throw new ERR_INVALID_ARG_VALUE('options.servername', options.servername,
                                      'Setting the TLS ServerName to an IP address is not permitted by RFC 6066.');
    }
    self.setServername(options.servername);
  }
  if (!socket) {
    if (options.timeout) self.setTimeout(options.timeout);
    self.connect(options, self._start);
  }
  self._releaseControl();
  if (socket) self._start();
  self.on('secure', onConnectSecure);
  self.prependListener('end', onConnectEnd);
  return self;
}

module.exports = { Server, TLSSocket, connect, createServer };
