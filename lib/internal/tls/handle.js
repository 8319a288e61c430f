'use strict';
// The native half of a TLS connection: what it passes on to the stream below it, and what it calls.

const binding = internalBinding('tls');
const tls = require('tls');
const { Buffer } = require('buffer');
const { onRead, onShutdown, onWritten } = require('internal/net/socket');
const { validateBuffer, validateObject, validateString } = require('internal/validators');
const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_MULTIPLE_CALLBACK,
  ERR_SOCKET_CLOSED,
  ERR_TLS_ALPN_CALLBACK_INVALID_RESULT,
  ERR_TLS_RENEGOTIATION_DISABLED,
  ERR_TLS_SESSION_ATTACK,
} } = require('internal/errors');
const {
  kDisableRenegotiation, kLastHandshake, kUnderlying, kPendingSession, kIsVerified, kALPNCallback, kPskCallback,
} = require('internal/tls/symbols');

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
  const { below, parent, socket } = this;
  const closed = () => {
    socket.ssl = null;
    callback?.();
  };
  this.below = undefined;
  this._close();
  if (parent !== undefined) {
    // The socket below was somebody's: it goes with this one.
    if (parent.destroyed && parent.closed) process.nextTick(closed);
    else parent.once('close', closed);
    parent.destroy();
  } else if (below) {
    below.close(closed);
  } else {
    process.nextTick(closed);
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
hidden('verifyError', function() {
  const result = this.verifyResult();
  if (result === undefined) return undefined;
  const error = new Error(result[0]);
  error.code = result[1];
  if (error.code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    error.message += '; if the root CA is installed locally, try running Node.js with --use-system-ca';
  return error;
});
hidden('destroySSL', function() { this._close(); });

const noop = () => {};

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

// What a program calls back with an answer; more than one, an error, or one that comes too late ends the connection.
function answerOnce(socket, go) {
  let called = false;
  return (error, value) => {
    if (called) {
      socket.destroy(new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    if (error) socket.destroy(error);
    else if (socket._handle === null || socket.destroyed) socket.destroy(new ERR_SOCKET_CLOSED());
    else go(value);
  };
}

function onClientHello(sessionId, servername, hasTicket) {
  const { server, ssl } = this;
  if (sessionId.length === 0 || hasTicket || !server || !server.listenerCount('resumeSession')) {
    process.nextTick(() => this.ssl && !this.destroyed && ssl.helloDone(null));
    return;
  }
  server.emit('resumeSession', sessionId, answerOnce(this, (session) => ssl.helloDone(session ?? null)));
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
    return server.emit('OCSPRequest', context.getCertificate(), context.getIssuer(), answerOnce(this, (response) => {
      if (response) this.ssl.setOCSPResponse(response);
      finish();
    }));
  };
  if (servername) this.servername = servername;
  if (!servername || !this._SNICallback) return ocsp();
  const chosen = answerOnce(this, (context) => {
    const native = context ? context.context || context : undefined;
    if (native !== undefined && !this.ssl.useContext(native)) this.destroy(new Error('Invalid SNI context'));
    else ocsp(native);
  });
  try {
    this._SNICallback(servername, chosen);
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
