'use strict';
// Secure contexts: what a program says about keys, certificates, ciphers and versions, checked and handed to
// OpenSSL.

const tls = require('tls');
const binding = internalBinding('tls');
const { codes: {
  ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_TLS_INVALID_PROTOCOL_METHOD,
  ERR_TLS_INVALID_PROTOCOL_VERSION,
  ERR_TLS_PROTOCOL_VERSION_CONFLICT,
} } = require('internal/errors');
const { validateBuffer, validateInt32, validateInteger, validateObject, validateString } = require('internal/validators');
const { plain } = require('internal/crypto/util');
const { legacyOf } = require('internal/crypto/x509');

const TLS1 = 0x301;
const TLS1_1 = 0x302;
const TLS1_2 = 0x303;
const TLS1_3 = 0x304;
const SSL_OP_CIPHER_SERVER_PREFERENCE = 0x400000;
const versions = { '__proto__': null, 'TLSv1': TLS1, 'TLSv1.1': TLS1_1, 'TLSv1.2': TLS1_2, 'TLSv1.3': TLS1_3 };

function versionOf(which, value, fallback) {
  value ??= fallback;
  const number = versions[value];
  if (number === undefined) throw new ERR_TLS_INVALID_PROTOCOL_VERSION(value, which);
  return number;
}

// The one version that an old-style method name stands for; [0, 0] leaves both ends open.
function methodVersions(name) {
  const match = /^(SSLv2|SSLv3|SSLv23|TLS|TLSv1|TLSv1_1|TLSv1_2|TLSv1_3)(?:_server|_client)?_method$/.exec(name);
  if (match === null) throw new ERR_TLS_INVALID_PROTOCOL_METHOD(`Unknown method: ${name}`);
  switch (match[1]) {
    case 'SSLv2': case 'SSLv3': throw new ERR_TLS_INVALID_PROTOCOL_METHOD(`${match[1]} methods disabled`);
    case 'SSLv23': return [0, TLS1_2];
    case 'TLS': return [0, TLS1_3];
    case 'TLSv1': return [TLS1, TLS1];
    case 'TLSv1_1': return [TLS1_1, TLS1_1];
    case 'TLSv1_2': return [TLS1_2, TLS1_2];
    default: throw new ERR_TLS_INVALID_PROTOCOL_METHOD(`Unknown method: ${name}`);
  }
}

function SecureContext(secureProtocol, secureOptions, minVersion, maxVersion) {
  if (!(this instanceof SecureContext)) return new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  let range;
  if (secureProtocol) {
    if (minVersion != null) throw new ERR_TLS_PROTOCOL_VERSION_CONFLICT(minVersion, secureProtocol);
    if (maxVersion != null) throw new ERR_TLS_PROTOCOL_VERSION_CONFLICT(maxVersion, secureProtocol);
    validateString(secureProtocol, 'secureProtocol');
    range = methodVersions(secureProtocol);
  } else {
    range = [versionOf('minimum', minVersion, tls.DEFAULT_MIN_VERSION), versionOf('maximum', maxVersion, tls.DEFAULT_MAX_VERSION)];
  }
  const native = binding.contextOpen(range[0], range[1]);
  native.getCertificate = () => native.certificate(false);
  native.getIssuer = () => native.certificate(true);
  this.context = native;
  if (secureOptions) {
    validateInteger(secureOptions, 'secureOptions');
    native.setOptions(secureOptions);
  }
}

function checkPem(value, name) {
  if (typeof value !== 'string' && !ArrayBuffer.isView(value))
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
  return typeof value === 'string' ? value : plain(value);
}

const listOf = (value) => (Array.isArray(value) ? value : [value]);

// 'A:TLS_B' -> the names before TLS 1.3 and those of it.
function splitCiphers(ciphers, name) {
  const all = (ciphers || tls.DEFAULT_CIPHERS).split(':');
  const old = all.filter((cipher) => cipher.length > 0 && !/^!?TLS_/.test(cipher)).join(':');
  const suites = all.filter((cipher) => cipher.startsWith('TLS_') && !all.includes(`!${cipher}`)).join(':');
  if (old === '' && suites === '') throw new ERR_INVALID_ARG_VALUE(name, ciphers);
  return [old, suites];
}

function setKeys(context, options, name) {
  const { cert, key, passphrase } = options;
  if (cert) for (const one of listOf(cert)) context.setCert(checkPem(one, `${name}.cert`));
  if (key) {
    for (const one of listOf(key)) {
      const isPair = Array.isArray(key) && one && typeof one === 'object' && one.pem !== undefined;
      const pem = isPair ? one.pem : one;
      const phrase = isPair && one.passphrase !== undefined ? one.passphrase : passphrase;
      checkPem(pem, `${name}.key`);
      if (phrase !== undefined && phrase !== null) validateString(phrase, `${name}.passphrase`);
      context.setKey(checkPem(pem, `${name}.key`), phrase);
    }
  }
}

function setAuthorities(context, options, name) {
  const { ca } = options;
  if (ca) {
    for (const one of listOf(ca)) context.addCACert(checkPem(one, `${name}.ca`));
    return;
  }
  if (require('internal/tls_certificates').prepareRoots()) context.addPreparedRoots();
  else context.addRootCerts();
}

function setPfx(context, options, name) {
  for (const one of listOf(options.pfx)) {
    const isPair = one && typeof one === 'object' && one.buf !== undefined;
    const raw = isPair ? one.buf : one;
    const phrase = (isPair && one.passphrase) || options.passphrase;
    const { toBuf } = require('internal/crypto/tls_util');
    context.loadPKCS12(toBuf(raw), phrase ? `${phrase}` : undefined);
  }
}

function configSecureContext(context, options = {}, name = 'options') {
  validateObject(options, name);
  const { allowPartialTrustChain, ciphers, clientCertEngine, crl, dhparam, ecdhCurve = tls.DEFAULT_ECDH_CURVE, pfx,
    privateKeyIdentifier, privateKeyEngine, sessionIdContext, sessionTimeout, sigalgs, ticketKeys } = options;
  // First of all: how strict OpenSSL is with certificates depends on it.
  if (ciphers !== undefined && ciphers !== null) validateString(ciphers, `${name}.ciphers`);
  const [old, suites] = splitCiphers(ciphers, `${name}.ciphers`);
  if (suites !== '') context.setCipherSuites(suites);
  context.setCiphers(old);
  setAuthorities(context, options, name);
  if (allowPartialTrustChain) context.setAllowPartialTrustChain();
  setKeys(context, options, name);
  if (sigalgs !== undefined && sigalgs !== null) {
    validateString(sigalgs, `${name}.sigalgs`);
    if (sigalgs === '') throw new ERR_INVALID_ARG_VALUE(`${name}.sigalgs`, sigalgs);
    context.setSigalgs(sigalgs);
  }
  if (privateKeyIdentifier !== undefined && privateKeyIdentifier !== null) {
    if (privateKeyEngine === undefined || privateKeyEngine === null)
      throw new ERR_INVALID_ARG_VALUE(`${name}.privateKeyEngine`, privateKeyEngine);
    if (typeof privateKeyEngine !== 'string')
      throw new ERR_INVALID_ARG_TYPE(`${name}.privateKeyEngine`, ['string', 'null', 'undefined'], privateKeyEngine);
    if (typeof privateKeyIdentifier !== 'string')
      throw new ERR_INVALID_ARG_TYPE(`${name}.privateKeyIdentifier`, ['string', 'null', 'undefined'], privateKeyIdentifier);
    throw new ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
  }
  const [min, max] = context.getVersions();
  if (old === '' && min < TLS1_3 && max > TLS1_2) context.setVersions(TLS1_3, max);
  validateString(ecdhCurve, `${name}.ecdhCurve`);
  context.setECDHCurve(ecdhCurve);
  if (dhparam !== undefined && dhparam !== null) {
    const warning = context.setDHParam(dhparam === 'auto' || dhparam === true ? true : checkPem(dhparam, `${name}.dhparam`));
    if (warning) process.emitWarning(warning, 'SecurityWarning');
  }
  if (crl !== undefined && crl !== null) for (const one of listOf(crl)) context.addCRL(checkPem(one, `${name}.crl`));
  if (sessionIdContext !== undefined && sessionIdContext !== null) {
    validateString(sessionIdContext, `${name}.sessionIdContext`);
    context.setSessionIdContext(sessionIdContext);
  }
  if (pfx !== undefined && pfx !== null) setPfx(context, options, name);
  if (typeof clientCertEngine === 'string') throw new ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
  if (clientCertEngine !== undefined && clientCertEngine !== null)
    throw new ERR_INVALID_ARG_TYPE(`${name}.clientCertEngine`, ['string', 'null', 'undefined'], clientCertEngine);
  if (ticketKeys !== undefined && ticketKeys !== null) {
    validateBuffer(ticketKeys, `${name}.ticketKeys`);
    if (ticketKeys.byteLength !== 48)
      throw new ERR_INVALID_ARG_VALUE(`${name}.ticketKeys`, ticketKeys.byteLength, 'must be exactly 48 bytes');
    context.setTicketKeys(plain(ticketKeys));
  }
  if (sessionTimeout !== undefined && sessionTimeout !== null) {
    validateInt32(sessionTimeout, `${name}.sessionTimeout`, 0);
    context.setSessionTimeout(sessionTimeout);
  }
}

function createSecureContext(options) {
  options ||= {};
  const { honorCipherOrder, maxVersion, minVersion, secureProtocol } = options;
  let { secureOptions } = options;
  if (honorCipherOrder) secureOptions |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  const made = new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  configSecureContext(made.context, options);
  return made;
}

function translatePeerCertificate(certificate) {
  if (!certificate) return null;
  const issuer = certificate.issuerCertificate;
  if (issuer != null && issuer !== certificate) certificate.issuerCertificate = translatePeerCertificate(issuer);
  if (certificate.infoAccess != null && typeof certificate.infoAccess === 'string') legacyOf(certificate);
  return certificate;
}

module.exports = { SecureContext, createSecureContext, translatePeerCertificate };
