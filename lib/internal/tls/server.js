'use strict';
// tls.Server: handshakes of those who connect, contexts for the names they ask for.

const net = require('net');
const tls = require('tls');
const common = require('_tls_common');
const { Buffer } = require('buffer');
const { validateBuffer, validateFunction, validateNumber, validateObject, validateString } = require('internal/validators');
const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS,
  ERR_TLS_REQUIRED_SERVER_NAME,
}, connResetException } = require('internal/errors');
const { kErrorEmitted, kPskCallback, kSNICallback } = require('internal/tls/symbols');
const { SNICallback, TLSSocket } = require('internal/tls/socket');

function onServerSocketSecure() {
  if (this._requestCert) {
    const failed = this.ssl.verifyError();
    if (failed) {
      this.authorizationError = failed.code;
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

module.exports = { Server, createServer };
