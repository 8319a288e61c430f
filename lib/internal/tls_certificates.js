'use strict';
// Which authorities are believed when a program names none: the system's, more from NODE_EXTRA_CA_CERTS, or what the
// program set as the default.

const binding = internalBinding('tls');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateArray, validateOneOf, validateString } = require('internal/validators');

const bundlePaths = ['/etc/ssl/certs/ca-certificates.crt', '/usr/lib/ssl/cert.pem'];

let system, extra, chosen;

function systemRoots() {
  if (system !== undefined) return system;
  const fs = require('fs');
  system = [];
  const paths = process.env.SSL_CERT_FILE ? [process.env.SSL_CERT_FILE] : bundlePaths;
  for (const path of paths) {
    let text;
    try {
      text = fs.readFileSync(path);
    } catch {
      continue;
    }
    system = binding.pemSplit(text);
    break;
  }
  return Object.freeze(system);
}

function extraRoots() {
  if (extra !== undefined) return extra;
  extra = [];
  const path = process.env.NODE_EXTRA_CA_CERTS;
  if (path) {
    try {
      extra = binding.pemSplit(require('fs').readFileSync(path)).map((pem) => `${pem}\n`);
    } catch (error) {
      const reason = error.code === 'ENOENT' ? 'error:80000002:system library::No such file or directory' : error.message;
      process.emitWarning(`Ignoring extra certs from \`${path}\`, load failed: ${reason}`);
    }
  }
  return Object.freeze(extra);
}

// Whether contexts without a `ca` use a list that is read once; else OpenSSL looks the system's own up by itself.
let prepared;
function prepareRoots() {
  if (chosen === undefined && !process.env.NODE_EXTRA_CA_CERTS && !process.env.SSL_CERT_FILE) return false;
  const list = defaults();
  if (prepared !== list) {
    prepared = list;
    binding.rootsPrepare(list.join('\n'));
  }
  return true;
}

let both;
function defaults() {
  return chosen ?? (both ??= Object.freeze([...systemRoots(), ...extraRoots()]));
}

let defaultList;
function getCACertificates(type = 'default') {
  validateString(type, 'type');
  validateOneOf(type, 'type', ['default', 'system', 'bundled', 'extra']);
  if (type === 'extra') return extraRoots();
  if (type === 'default') return (defaultList ??= defaults());
  return systemRoots();
}

function setDefaultCACertificates(certs) {
  validateArray(certs, 'certs');
  const texts = [];
  certs.forEach((cert, i) => {
    if (typeof cert !== 'string' && !ArrayBuffer.isView(cert))
      throw new ERR_INVALID_ARG_TYPE(`certs[${i}]`, ['string', 'ArrayBufferView'], cert);
    const text = typeof cert === 'string' ? cert : Buffer.from(cert.buffer, cert.byteOffset, cert.byteLength);
    const split = binding.pemSplit(text);
    if (split.length === 0) {
      const { ERR_CRYPTO_OPERATION_FAILED } = require('internal/errors').codes;
      throw new ERR_CRYPTO_OPERATION_FAILED('No valid certificates found in the provided array');
    }
    texts.push(...split);
  });
  chosen = Object.freeze([...new Set(texts)]);
  defaultList = undefined;
}

module.exports = { getCACertificates, prepareRoots, setDefaultCACertificates, systemRoots };
