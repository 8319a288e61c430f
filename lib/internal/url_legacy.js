'use strict';

// url.parse, format and resolve: the interface from before the URL Standard, more lenient than it, and kept
// because programs depend on exactly what it makes of odd input.

const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_URL,
} = require('internal/errors').codes;
const { validateString } = require('internal/validators');
const { toASCII } = require('internal/url');

const protocolText = /^[a-z0-9.+-]+:/i;
const portText = /:[0-9]*$/;
const hostText = /^\/\/[^@/]+@[^@/]+/;
const simplePath = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const forbiddenInHost = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const forbiddenInIpv6 = /[\0\t\n\r #%/<>?@\\^|]/;
const escaped = /[\t\n\r "'<>\\^`{|}]/g;
const maxHostname = 255;

const unsafeProtocols = new Set(['javascript', 'javascript:']); // neither escaped nor unescaped
const hostlessProtocols = unsafeProtocols; // never with a host
const slashedProtocols = new Set(['http', 'http:', 'https', 'https:', 'ftp', 'ftp:', 'gopher', 'gopher:',
  'file', 'file:', 'ws', 'ws:', 'wss', 'wss:']); // always with //

const escapeCharacter = (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
const querystring = () => require('querystring');

function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

// Blanks around go; backslashes before the query become slashes, as browsers have it.
function normalize(text) {
  const trimmed = text.replace(/^[\s\ufeff\u00a0]+|[\s\ufeff\u00a0]+$/g, '');
  const query = trimmed.search(/[?#]/);
  if (query === -1) return trimmed.replace(/\\/g, '/');
  return trimmed.slice(0, query).replace(/\\/g, '/') + trimmed.slice(query);
}

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, 'url');
  let rest = normalize(url);
  if (!slashesDenoteHost && !rest.includes('#') && !rest.includes('@')) {
    const simple = simplePath.exec(rest);
    if (simple !== null) {
      this.path = rest;
      this.href = rest;
      this.pathname = simple[1];
      if (simple[2]) {
        this.search = simple[2];
        this.query = parseQueryString ? querystring().parse(this.search.slice(1)) : this.search.slice(1);
      } else if (parseQueryString) {
        this.search = null;
        this.query = { __proto__: null };
      }
      return this;
    }
  }

  let protocol = protocolText.exec(rest)?.[0];
  let lowerProtocol;
  if (protocol) {
    lowerProtocol = protocol.toLowerCase();
    this.protocol = lowerProtocol;
    rest = rest.slice(protocol.length);
  }
  let slashes = false;
  if (slashesDenoteHost || protocol || hostText.test(rest)) {
    slashes = rest.startsWith('//');
    if (slashes && !hostlessProtocols.has(lowerProtocol)) {
      rest = rest.slice(2);
      this.slashes = true;
    }
  }
  if (!hostlessProtocols.has(lowerProtocol) && (slashes || (protocol && !slashedProtocols.has(protocol))))
    rest = this.takeHost(rest, url);

  if (!unsafeProtocols.has(lowerProtocol)) rest = rest.replace(escaped, escapeCharacter);

  const hashAt = rest.indexOf('#');
  if (hashAt !== -1) this.hash = rest.slice(hashAt);
  const beforeHash = hashAt === -1 ? rest : rest.slice(0, hashAt);
  const queryAt = beforeHash.indexOf('?');
  if (queryAt !== -1) {
    this.search = beforeHash.slice(queryAt);
    this.query = beforeHash.slice(queryAt + 1);
    if (parseQueryString) this.query = querystring().parse(this.query);
  } else if (parseQueryString) {
    this.search = null;
    this.query = { __proto__: null };
  }
  const pathname = queryAt === -1 ? beforeHash : beforeHash.slice(0, queryAt);
  if (pathname !== '') this.pathname = pathname;
  if (slashedProtocols.has(lowerProtocol) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = (this.pathname || '') + (this.search || '');
  this.href = this.format();
  return this;
};

// The host is at the front of `rest`; returns what follows it.
Url.prototype.takeHost = function takeHost(rest, url) {
  let hostEnd = -1, at = -1, nonHost = -1;
  for (let i = 0; i < rest.length && hostEnd === -1; i++) {
    switch (rest[i]) {
      case '\t': case '\n': case '\r': case ' ': case '"': case '%': case "'": case ';': case '<': case '>':
      case '\\': case '^': case '`': case '{': case '|': case '}':
        if (nonHost === -1) nonHost = i;
        break;
      case '#': case '/': case '?':
        if (nonHost === -1) nonHost = i;
        hostEnd = i;
        break;
      case '@': // the last one before the path ends the credentials
        at = i;
        nonHost = -1;
        break;
    }
  }
  let start = 0;
  if (at !== -1) {
    this.auth = decodeURIComponent(rest.slice(0, at));
    start = at + 1;
  }
  if (nonHost === -1) {
    this.host = rest.slice(start);
    rest = '';
  } else {
    this.host = rest.slice(start, nonHost);
    rest = rest.slice(nonHost);
  }
  this.parseHost();
  if (typeof this.hostname !== 'string') this.hostname = '';
  const isIpv6 = this.hostname.startsWith('[') && this.hostname.endsWith(']');
  if (!isIpv6) rest = this.cutHostname(rest, url);
  this.hostname = this.hostname.length > maxHostname ? '' : this.hostname.toLowerCase();
  if (this.hostname !== '') {
    if (isIpv6) {
      if (forbiddenInIpv6.test(this.hostname)) throw new ERR_INVALID_URL(url);
    } else {
      // eslint-disable-next-line no-control-regex
      const ascii = /^[\x00-\x7f]*$/.test(this.hostname) ? this.hostname : toASCII(this.hostname);
      if (ascii === undefined || ascii === '' || forbiddenInHost.test(ascii)) throw new ERR_INVALID_URL(url);
      this.hostname = ascii;
    }
  }
  this.host = this.hostname + (this.port ? ':' + this.port : '');
  if (isIpv6) {
    this.hostname = this.hostname.slice(1, -1);
    if (rest[0] !== '/') rest = '/' + rest;
  }
  return rest;
};

// What cannot be in a name belongs to the path.
Url.prototype.cutHostname = function cutHostname(rest, url) {
  const { hostname } = this;
  for (let i = 0; i < hostname.length; i++) {
    const c = hostname.charCodeAt(i);
    const isValid = (c >= 0x61 && c <= 0x7a) || c === 0x2e || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) ||
      c === 0x2d || c === 0x2b || c === 0x5f || c > 0x7f;
    if (c === 0x3a) throw new ERR_INVALID_ARG_VALUE('url', url, 'has an invalid port');
    if (!isValid) {
      this.hostname = hostname.slice(0, i);
      return '/' + hostname.slice(i) + rest;
    }
  }
  return rest;
};

Url.prototype.parseHost = function parseHost() {
  let { host } = this;
  const port = portText.exec(host)?.[0];
  if (port) {
    if (port !== ':') this.port = port.slice(1);
    host = host.slice(0, host.length - port.length);
  }
  if (host) this.hostname = host;
};

function urlParse(url, parseQueryString, slashesDenoteHost) {
  if (url instanceof Url) return url;
  return new Url().parse(url, parseQueryString, slashesDenoteHost);
}

// Like encodeURIComponent, but a colon stays.
const authEscape = (text) => querystring().escape(text).replace(/%3A/gi, ':');

Url.prototype.format = function format() {
  let auth = this.auth || '';
  if (auth) auth = authEscape(auth) + '@';
  let protocol = this.protocol || '';
  let pathname = this.pathname || '';
  let hash = this.hash || '';
  let host = '';
  let query = '';
  if (this.host) host = auth + this.host;
  else if (this.hostname) {
    const isIpv6 = this.hostname.includes(':') && !(this.hostname.startsWith('[') && this.hostname.endsWith(']'));
    host = auth + (isIpv6 ? `[${this.hostname}]` : this.hostname);
    if (this.port) host += ':' + this.port;
  }
  if (this.query !== null && typeof this.query === 'object') query = querystring().stringify(this.query);
  let search = this.search || (query && '?' + query) || '';
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  pathname = pathname.replace(/[#?]/g, (c) => (c === '#' ? '%23' : '%3F'));
  if (this.slashes || slashedProtocols.has(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = '/' + pathname;
      host = '//' + host;
    } else if (protocol === 'file:' || protocol === 'file') host = '//';
  }
  search = search.replace(/#/g, '%23');
  if (hash && hash[0] !== '#') hash = '#' + hash;
  if (search && search[0] !== '?') search = '?' + search;
  return protocol + host + pathname + search + hash;
};

Url.prototype.resolve = function resolve(relative) { return this.resolveObject(urlParse(relative, false, true)).format(); };

Url.prototype.resolveObject = function resolveObject(relative) {
  if (typeof relative === 'string') {
    const parsed = new Url();
    parsed.parse(relative, false, true);
    relative = parsed;
  }
  const result = Object.assign(new Url(), this);
  result.hash = relative.hash; // the hash is always the relative's, even an empty one
  if (relative.href === '') {
    result.href = result.format();
    return result;
  }
  if (relative.slashes && !relative.protocol) {
    const { protocol } = result;
    Object.assign(result, relative);
    result.protocol = protocol;
    if (slashedProtocols.has(result.protocol) && result.hostname && !result.pathname) {
      result.pathname = '/';
      result.path = '/';
    }
    result.href = result.format();
    return result;
  }
  if (relative.protocol && relative.protocol !== result.protocol) return otherProtocol(result, relative);

  const { isAbsolute, mustEndAbsolute, parts, removesAll } = joinPaths(result, relative);
  if (removesAll !== undefined) return removesAll;
  let segments = parts;
  if (segments.length === 0) {
    result.pathname = null;
    result.path = result.search ? '/' + result.search : null;
    result.href = result.format();
    return result;
  }
  return finishPath(result, relative, segments, isAbsolute, mustEndAbsolute);
};

// Another protocol: all of the relative, but for one with slashes missing the host may come from its path.
function otherProtocol(result, relative) {
  if (!slashedProtocols.has(relative.protocol)) {
    Object.assign(result, relative);
    result.href = result.format();
    return result;
  }
  result.protocol = relative.protocol;
  if (!relative.host && !/^file:?$/.test(relative.protocol) && !hostlessProtocols.has(relative.protocol)) {
    const segments = (relative.pathname || '').split('/');
    while (segments.length > 0 && !(relative.host = segments.shift()));
    relative.host ||= '';
    relative.hostname ||= '';
    if (segments[0] !== '') segments.unshift('');
    if (segments.length < 2) segments.unshift('');
    result.pathname = segments.join('/');
  } else result.pathname = relative.pathname;
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || '';
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = (result.pathname || '') + (result.search || '');
  result.slashes = result.slashes || relative.slashes;
  result.href = result.format();
  return result;
}

function joinPaths(result, relative) {
  const isSourceAbsolute = result.pathname && result.pathname[0] === '/';
  const isRelativeAbsolute = relative.host || (relative.pathname && relative.pathname[0] === '/');
  let mustEndAbsolute = isRelativeAbsolute || isSourceAbsolute || (result.host && relative.pathname);
  const removeAllDots = mustEndAbsolute;
  let source = (result.pathname && result.pathname.split('/')) || [];
  const segments = (relative.pathname && relative.pathname.split('/')) || [];
  const hasNoSlashes = result.protocol && !slashedProtocols.has(result.protocol);

  if (hasNoSlashes) { // the host is the first segment of the path
    result.hostname = '';
    result.port = null;
    if (result.host) {
      if (source[0] === '') source[0] = result.host;
      else source.unshift(result.host);
    }
    result.host = '';
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      if (relative.host) {
        if (segments[0] === '') segments[0] = relative.host;
        else segments.unshift(relative.host);
      }
      relative.host = null;
    }
    mustEndAbsolute &&= segments[0] === '' || source[0] === '';
  }

  if (isRelativeAbsolute) {
    if (relative.host || relative.host === '') {
      if (result.host !== relative.host) result.auth = null;
      result.host = relative.host;
      result.port = relative.port;
    }
    if (relative.hostname || relative.hostname === '') {
      if (result.hostname !== relative.hostname) result.auth = null;
      result.hostname = relative.hostname;
    }
    result.search = relative.search;
    result.query = relative.query;
    source = segments;
  } else if (segments.length > 0) {
    source.pop();
    source = source.concat(segments);
    result.search = relative.search;
    result.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) { // only the query is new
    if (hasNoSlashes) takeHostFromPath(result, source);
    result.search = relative.search;
    result.query = relative.query;
    if (result.pathname !== null || result.search !== null)
      result.path = (result.pathname ? result.pathname : '') + (result.search ? result.search : '');
    result.href = result.format();
    return { removesAll: result };
  }
  return { isAbsolute: removeAllDots, mustEndAbsolute, parts: source, hasNoSlashes };
}

function takeHostFromPath(result, source) {
  result.hostname = result.host = source.shift();
  const at = result.host && result.host.indexOf('@') > 0 ? result.host.split('@') : false;
  if (at) {
    result.auth = at.shift();
    result.host = result.hostname = at.shift();
  }
}

function finishPath(result, relative, source, removeAllDots, mustEndAbsolute) {
  const last = source.at(-1);
  const hasTrailingSlash = ((result.host || relative.host || source.length > 1) && (last === '.' || last === '..')) || last === '';
  let up = 0;
  for (let i = source.length - 1; i >= 0; i--) {
    if (source[i] === '.') source.splice(i, 1);
    else if (source[i] === '..') {
      source.splice(i, 1);
      up++;
    } else if (up > 0) {
      source.splice(i, 1);
      up--;
    }
  }
  if (!mustEndAbsolute && !removeAllDots) while (up-- > 0) source.unshift('..');
  if (mustEndAbsolute && source[0] !== '' && (!source[0] || source[0][0] !== '/')) source.unshift('');
  if (hasTrailingSlash && source.join('/').at(-1) !== '/') source.push('');
  const isAbsolute = source[0] === '' || (source[0] && source[0][0] === '/');
  const hasNoSlashes = result.protocol && !slashedProtocols.has(result.protocol);
  if (hasNoSlashes) {
    result.hostname = result.host = isAbsolute ? '' : source.length > 0 ? source.shift() : '';
    const at = result.host && result.host.indexOf('@') > 0 ? result.host.split('@') : false;
    if (at) {
      result.auth = at.shift();
      result.host = result.hostname = at.shift();
    }
  }
  mustEndAbsolute ||= result.host && source.length > 0;
  if (mustEndAbsolute && !isAbsolute) source.unshift('');
  if (source.length === 0) {
    result.pathname = null;
    result.path = null;
  } else result.pathname = source.join('/');
  if (result.pathname !== null || result.search !== null)
    result.path = (result.pathname ? result.pathname : '') + (result.search ? result.search : '');
  result.auth = relative.auth || result.auth;
  result.slashes = result.slashes || relative.slashes;
  result.href = result.format();
  return result;
}

module.exports = { Url, urlParse };
