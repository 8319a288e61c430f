'use strict';
// tls.connect: a connection to a server whose certificate is checked.

const net = require('net');
const tls = require('tls');
const { validateAbortSignal, validateFunction, validateNumber } = require('internal/validators');
const { codes: { ERR_INVALID_ARG_VALUE, ERR_TLS_DH_PARAM_SIZE }, connResetException } = require('internal/errors');
const { kConnectOptions, kPendingSession, kIsVerified } = require('internal/tls/symbols');
const { TLSSocket } = require('internal/tls/socket');

function onConnectSecure() {
  const options = this[kConnectOptions];
  const ephemeral = this.getEphemeralKeyInfo();
  if (ephemeral?.type === 'DH' && ephemeral.size < options.minDHSize) {
    this.emit('error', new ERR_TLS_DH_PARAM_SIZE(ephemeral.size));
    this.destroy();
    return;
  }
  let error = this.ssl.verifyError();
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
  const context = options.secureContext || tls.createSecureContext(options);
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

module.exports = { connect };
