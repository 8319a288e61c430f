'use strict';
// require('tls'): secure connections over OpenSSL, which is loaded when this is first required.

const binding = internalBinding('tls');
if (binding.loadError !== undefined) {
  const error = new Error(`OpenSSL is not available: ${binding.loadError}`);
  error.code = 'ERR_NO_CRYPTO';
  throw error;
}

const { Buffer } = require('buffer');
const { codes: {
  ERR_OUT_OF_RANGE,
  ERR_TLS_CERT_ALTNAME_FORMAT,
  ERR_TLS_CERT_ALTNAME_INVALID,
} } = require('internal/errors');
const net = require('net');
const options = require('internal/options');
const constants = require('internal/crypto/constants');

exports.CLIENT_RENEG_LIMIT = 3;
exports.CLIENT_RENEG_WINDOW = 600;
exports.DEFAULT_CIPHERS = constants.defaultCipherList;
exports.DEFAULT_ECDH_CURVE = 'auto';
// The widest range that the command line asks for.
exports.DEFAULT_MIN_VERSION = options.get('tls-min-v1.0') ? 'TLSv1' : options.get('tls-min-v1.1') ? 'TLSv1.1'
  : options.get('tls-min-v1.2') || !options.get('tls-min-v1.3') ? 'TLSv1.2' : 'TLSv1.3';
exports.DEFAULT_MAX_VERSION = options.get('tls-max-v1.2') && !options.get('tls-max-v1.3') ? 'TLSv1.2' : 'TLSv1.3';

let cipherNames;
exports.getCiphers = () => (cipherNames ??= [...new Set(binding.cipherNames().split(' ').filter(Boolean)
  .map((name) => name.toLowerCase()))].sort()).slice();

Object.defineProperty(exports, 'rootCertificates', {
  __proto__: null,
  configurable: false,
  enumerable: true,
  get() { return require('internal/tls_certificates').systemRoots(); },
});
exports.getCACertificates = (type) => require('internal/tls_certificates').getCACertificates(type);
exports.setDefaultCACertificates = (certs) => require('internal/tls_certificates').setDefaultCACertificates(certs);

// ['h2', 'http/1.1'] -> the form of the wire: each name after its length.
function wireNames(names) {
  const parts = [];
  names.forEach((name, i) => {
    const length = Buffer.byteLength(name);
    if (length > 255)
      throw new ERR_OUT_OF_RANGE(`The byte length of the protocol at index ${i} exceeds the maximum length.`, '<= 255', length, true);
    parts.push(Buffer.from([length]), Buffer.from(name));
  });
  return Buffer.concat(parts);
}

exports.convertALPNProtocols = function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) out.ALPNProtocols = wireNames(protocols);
  else if (protocols instanceof Uint8Array) out.ALPNProtocols = Buffer.from(protocols);
  else if (ArrayBuffer.isView(protocols))
    out.ALPNProtocols = Buffer.from(protocols.buffer.slice(protocols.byteOffset, protocols.byteOffset + protocols.byteLength));
};

const withoutDot = (name) => (name.at(-1) === '.' ? name.slice(0, -1) : name);

function labels(name) {
  return withoutDot(name).split('.').map((label) => label.replace(/[A-Z]/g, (c) => c.toLowerCase()));
}

// Whether a name of a certificate, perhaps with a star in its first label, is that of the host.
function matches(hostLabels, pattern, allowsStar) {
  if (!pattern) return false;
  const parts = labels(pattern);
  if (hostLabels.length !== parts.length || parts.includes('')) return false;
  if (parts.some((label) => /[^\u0021-\u007F]/u.test(label))) return false;
  for (let i = parts.length - 1; i > 0; i--) if (hostLabels[i] !== parts[i]) return false;
  const [host] = hostLabels;
  const star = parts[0].split('*');
  if (star.length === 1 || parts[0].includes('xn--')) return host === parts[0];
  if (!allowsStar || star.length > 2 || parts.length <= 2) return false;
  const [before, after] = star;
  return before.length + after.length <= host.length && host.startsWith(before) && host.endsWith(after);
}

// "DNS:a, DNS:b" where a part may be a string in quotes.
function splitAltNames(text) {
  const parts = [];
  let current = '';
  let at = 0;
  while (at < text.length) {
    const comma = text.indexOf(', ', at);
    const quote = text.indexOf('"', at);
    if (quote !== -1 && (comma === -1 || quote < comma)) {
      current += text.slice(at, quote);
      const match = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/.exec(text.slice(quote));
      if (match === null) throw new ERR_TLS_CERT_ALTNAME_FORMAT();
      current += JSON.parse(match[0]);
      at = quote + match[0].length;
    } else if (comma !== -1) {
      current += text.slice(at, comma);
      at = comma + 2;
      parts.push(current);
      current = '';
    } else {
      current += text.slice(at);
      at = text.length;
    }
  }
  parts.push(current);
  return parts;
}

function canonicalIp(ip) {
  if (net.isIPv4(ip)) return ip;
  if (!net.isIPv6(ip)) return undefined;
  const [left, right] = ip.toLowerCase().split('::');
  const words = (side) => (side ? side.split(':').flatMap((word) => {
    if (!word.includes('.')) return [parseInt(word, 16)];
    const [a, b, c, d] = word.split('.').map(Number);
    return [a << 8 | b, c << 8 | d];
  }) : []);
  const start = words(left);
  const end = words(right);
  return [...start, ...Array(8 - start.length - end.length).fill(0), ...end].map((n) => n.toString(16)).join(':');
}

exports.checkServerIdentity = function checkServerIdentity(hostname, cert) {
  const { subject, subjectaltname } = cert;
  hostname = `${hostname}`;
  const dns = [];
  const ips = [];
  if (subjectaltname) {
    const names = subjectaltname.includes('"') ? splitAltNames(subjectaltname) : subjectaltname.split(', ');
    for (const name of names) {
      if (name.startsWith('DNS:')) dns.push(name.slice(4));
      else if (name.startsWith('IP Address:')) ips.push(canonicalIp(name.slice(11)));
    }
  }
  let reason = 'Unknown reason';
  hostname = withoutDot(hostname);
  if (net.isIP(hostname)) {
    if (ips.includes(canonicalIp(hostname))) return undefined;
    reason = `IP: ${hostname} is not in the cert's list: ${ips.join(', ')}`;
  } else if (dns.length > 0 || subject?.CN) {
    const host = labels(hostname);
    if (dns.length > 0) {
      if (dns.some((name) => matches(host, name, true))) return undefined;
      reason = `Host: ${hostname}. is not in the cert's altnames: ${subjectaltname}`;
    } else {
      const { CN } = subject;
      if (Array.isArray(CN) ? CN.some((name) => matches(host, name, true)) : matches(host, CN, true)) return undefined;
      reason = `Host: ${hostname}. is not cert's CN: ${CN}`;
    }
  } else {
    reason = 'Cert does not contain a DNS name';
  }
  return new ERR_TLS_CERT_ALTNAME_INVALID(reason, hostname, cert);
};

const common = require('_tls_common');
const wrap = require('_tls_wrap');
exports.createSecureContext = common.createSecureContext;
exports.SecureContext = common.SecureContext;
exports.TLSSocket = wrap.TLSSocket;
exports.Server = wrap.Server;
exports.createServer = wrap.createServer;
exports.connect = wrap.connect;
