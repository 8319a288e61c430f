'use strict';

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { validateBoolean, validateObject, validateString } = require('internal/validators');
const { bytesFrom, kHandle, plain } = require('internal/crypto/util');

const X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT = 0x1;
const X509_CHECK_FLAG_NO_WILDCARDS = 0x2;
const X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 0x4;
const X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS = 0x8;
const X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS = 0x10;
const X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;

function flagsOf(options = {}) {
  validateObject(options, 'options');
  const { subject = 'default', wildcards = true, partialWildcards = true, multiLabelWildcards = false,
    singleLabelSubdomains = false } = options;
  validateString(subject, 'options.subject');
  let flags = 0;
  for (const [name, value] of Object.entries({ wildcards, partialWildcards, multiLabelWildcards, singleLabelSubdomains }))
    validateBoolean(value, `options.${name}`);
  if (subject === 'always') flags |= X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT;
  else if (subject === 'never') flags |= X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  else if (subject !== 'default') throw new ERR_INVALID_ARG_VALUE('options.subject', subject);
  if (!wildcards) flags |= X509_CHECK_FLAG_NO_WILDCARDS;
  if (!partialWildcards) flags |= X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  if (multiLabelWildcards) flags |= X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS;
  if (singleLabelSubdomains) flags |= X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS;
  return flags;
}

// "OCSP - URI:http://x\n…" -> { 'OCSP - URI': ['http://x'] }
function infoAccessObject(text) {
  const info = { __proto__: null };
  for (const line of text.split('\n')) {
    const at = line.indexOf(':');
    if (at === -1) continue;
    let key = line.slice(0, at);
    let value = line.slice(at + 1);
    if (key.includes('"')) {
      // A name with characters that could be mistaken stands in quotes as a whole.
      key = key.replace('"', '');
      value = JSON.parse(`"${value.replace(/^"/, '')}`);
    }
    (info[key] ??= []).push(value);
  }
  return info;
}

function legacyOf(raw) {
  if (typeof raw.infoAccess === 'string') raw.infoAccess = infoAccessObject(raw.infoAccess);
  return raw;
}

const kCache = Symbol('cache');

class X509Certificate {
  constructor(buffer) {
    if (typeof buffer === 'string') buffer = Buffer.from(buffer);
    if (buffer !== null && typeof buffer === 'object' && typeof buffer.legacy === 'function') {
      Object.defineProperty(this, kHandle, { __proto__: null, value: buffer });
    } else {
      if (!ArrayBuffer.isView(buffer))
        throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
      Object.defineProperty(this, kHandle, { __proto__: null, value: binding.certificateParse(plain(buffer)) });
    }
    Object.defineProperty(this, kCache, { __proto__: null, value: new Map() });
  }

  toString() {
    return cached(this, 'pem');
  }

  toJSON() {
    return this.toString();
  }

  get publicKey() {
    const cache = this[kCache];
    let key = cache.get('publicKey');
    if (key === undefined) {
      const { PublicKeyObject } = require('internal/crypto/keys');
      key = new PublicKeyObject(this[kHandle].get('publicKey'));
      cache.set('publicKey', key);
    }
    return key;
  }

  get validFromDate() {
    return new Date(this.validFrom);
  }

  get validToDate() {
    return new Date(this.validTo);
  }

  checkHost(name, options) {
    validateString(name, 'name');
    return this[kHandle].check('host', name, flagsOf(options));
  }

  checkEmail(email, options) {
    validateString(email, 'email');
    return this[kHandle].check('email', email, flagsOf(options));
  }

  checkIP(ip, options) {
    validateString(ip, 'ip');
    return this[kHandle].check('ip', ip, 0);
  }

  checkIssued(other) {
    if (!(other instanceof X509Certificate)) throw new ERR_INVALID_ARG_TYPE('otherCert', 'X509Certificate', other);
    return this[kHandle].checkIssued(other[kHandle]);
  }

  checkPrivateKey(key) {
    const { KeyObject } = require('internal/crypto/keys');
    if (!(key instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
    if (key.type !== 'private') throw new ERR_INVALID_ARG_VALUE('pkey', key);
    return this[kHandle].checkPrivateKey(key[kHandle]);
  }

  verify(key) {
    const { KeyObject } = require('internal/crypto/keys');
    if (!(key instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
    if (key.type !== 'public') throw new ERR_INVALID_ARG_VALUE('pkey', key);
    return this[kHandle].verify(key[kHandle]);
  }

  get issuerCertificate() {
    return undefined;
  }

  toLegacyObject() {
    return legacyOf(this[kHandle].legacy());
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    const { inspect } = require('internal/util/inspect');
    const { subject, subjectAltName, issuer, infoAccess, validFrom, validTo, fingerprint, fingerprint256, fingerprint512,
      keyUsage, serialNumber } = this;
    return `X509Certificate ${inspect({ subject, subjectAltName, issuer, infoAccess, validFrom, validTo, fingerprint,
      fingerprint256, fingerprint512, keyUsage, serialNumber }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

function cached(certificate, name) {
  const cache = certificate[kCache];
  if (!cache.has(name)) cache.set(name, certificate[kHandle].get(name));
  return cache.get(name);
}
for (const name of ['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'fingerprint',
  'fingerprint256', 'fingerprint512', 'keyUsage', 'serialNumber', 'raw', 'ca', 'signatureAlgorithm',
  'signatureAlgorithmOid']) {
  Object.defineProperty(X509Certificate.prototype, name, {
    __proto__: null, configurable: true, enumerable: false, get() { return cached(this, name); },
  });
}

function spkac(value, encoding) {
  const bytes = bytesFrom(value, 'spkac', encoding);
  if (bytes.byteLength > 2 ** 31 - 1) throw new ERR_OUT_OF_RANGE('spkac', '<= 2147483647', bytes.byteLength);
  return bytes;
}

function Certificate() {
  if (!(this instanceof Certificate)) return new Certificate();
}
Certificate.verifySpkac = Certificate.prototype.verifySpkac =
  function verifySpkac(value, encoding) { return binding.spkacVerify(spkac(value, encoding)); };
Certificate.exportPublicKey = Certificate.prototype.exportPublicKey =
  function exportPublicKey(value, encoding) { return binding.spkacPublicKey(spkac(value, encoding)); };
Certificate.exportChallenge = Certificate.prototype.exportChallenge =
  function exportChallenge(value, encoding) { return binding.spkacChallenge(spkac(value, encoding)); };

module.exports = { Certificate, X509Certificate, infoAccessObject, legacyOf };
