'use strict';

// URL and URLSearchParams as the web has them. C parses; an URL keeps its serialized text and the places of
// its parts, so reading one is a slice.

const binding = internalBinding('url');
const {
  ERR_ARG_NOT_ITERABLE,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_FILE_URL_HOST,
  ERR_INVALID_FILE_URL_PATH,
  ERR_INVALID_THIS,
  ERR_INVALID_TUPLE,
  ERR_INVALID_URL,
  ERR_INVALID_URL_SCHEME,
  ERR_MISSING_ARGS,
} = require('internal/errors').codes;
const { validateFunction, validateString } = require('internal/validators');

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const { fields } = binding;

// As in src/base/url.h.
const PROTOCOL_END = 0, USERNAME = 1, USERNAME_END = 2, PASSWORD = 3, PASSWORD_END = 4, HOST = 5, HOSTNAME_END = 6,
  HOST_END = 7, PATH = 8, PATH_END = 9, QUERY_END = 10, FIELDS = 13;
const part = { protocol: 0, username: 1, password: 2, host: 3, hostname: 4, port: 5, pathname: 6, search: 7, hash: 8 };

function toText(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`;
}

// --- query strings ---------------------------------------------------------------------------------------

const needsDecoding = /[%+]/;
const needsEncoding = /[^A-Za-z0-9*\-._]/;
const decodeForm = (text) => (needsDecoding.test(text) ? binding.decodeForm(text) : text);
const encodeForm = (text) => (needsEncoding.test(text) ? binding.encodeForm(text) : text);

function parseQuery(text) {
  const list = [];
  if (text === '') return list;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals < 0) list.push(decodeForm(pair).toWellFormed(), '');
    else list.push(decodeForm(pair.slice(0, equals)).toWellFormed(), decodeForm(pair.slice(equals + 1)).toWellFormed());
  }
  return list;
}

function serializeQuery(list) {
  let text = '';
  for (let i = 0; i < list.length; i += 2) text += `${i > 0 ? '&' : ''}${encodeForm(list[i])}=${encodeForm(list[i + 1])}`;
  return text;
}

const usv = (value) => toText(value).toWellFormed();

let paramsOf; // the private list of a URLSearchParams
let isParams;
let attach;
let refill;

class URLSearchParams {
  #list = [];
  #url = null;

  static {
    isParams = (object) => object !== null && typeof object === 'object' && #list in object;
    paramsOf = (params) => params.#list;
    attach = (params, url, text) => {
      params.#url = url;
      params.#list = parseQuery(text);
      return params;
    };
    refill = (params, text) => { params.#list = parseQuery(text); };
  }

  constructor(init = undefined) {
    if (init == null) return;
    if (typeof init === 'object' || typeof init === 'function') {
      const method = init[Symbol.iterator];
      if (method === this[Symbol.iterator] && isParams(init)) {
        this.#list = init.#list.slice();
      } else if (method != null) {
        if (typeof method !== 'function') throw new ERR_ARG_NOT_ITERABLE('Query pairs');
        for (const pair of init) {
          if (pair == null) throw new ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          if ((typeof pair !== 'object' && typeof pair !== 'function') || typeof pair[Symbol.iterator] !== 'function')
            throw new ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          const two = [];
          for (const item of pair) two.push(usv(item));
          if (two.length !== 2) throw new ERR_INVALID_TUPLE('Each query pair', '[name, value]');
          this.#list.push(two[0], two[1]);
        }
      } else {
        const places = new Map();
        for (const key of Reflect.ownKeys(init)) {
          const descriptor = Reflect.getOwnPropertyDescriptor(init, key);
          if (descriptor === undefined || !descriptor.enumerable) continue;
          const name = usv(key), value = usv(init[key]);
          const place = places.get(name);
          if (place !== undefined) this.#list[place] = value;
          else places.set(name, this.#list.push(name, value) - 1);
        }
      }
      return;
    }
    const text = usv(init);
    this.#list = parseQuery(text[0] === '?' ? text.slice(1) : text);
  }

  #changed() {
    if (this.#url !== null) updateFromParams(this.#url, this.#list);
  }

  [inspectCustom](recurseTimes, context) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (typeof recurseTimes === 'number' && recurseTimes < 0) return context.stylize('[Object]', 'special');
    const { inspect } = require('internal/util/inspect');
    const output = [];
    const options = { ...context };
    if (recurseTimes !== null) options.depth = recurseTimes - 1;
    for (let i = 0; i < this.#list.length; i += 2)
      output.push(`${inspect(this.#list[i], options)} => ${inspect(this.#list[i + 1], options)}`);
    return braced('URLSearchParams', output, context);
  }

  get size() {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    return this.#list.length / 2;
  }

  append(name, value) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('name', 'value');
    name = usv(name);
    value = usv(value);
    this.#list.push(name, value);
    this.#changed();
  }

  delete(name, value = undefined) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = usv(name);
    if (value !== undefined) value = usv(value);
    const list = this.#list;
    for (let i = 0; i < list.length;) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) list.splice(i, 2);
      else i += 2;
    }
    this.#changed();
  }

  get(name) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = usv(name);
    for (let i = 0; i < this.#list.length; i += 2)
      if (this.#list[i] === name) return this.#list[i + 1];
    return null;
  }

  getAll(name) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = usv(name);
    const values = [];
    for (let i = 0; i < this.#list.length; i += 2)
      if (this.#list[i] === name) values.push(this.#list[i + 1]);
    return values;
  }

  has(name, value = undefined) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (arguments.length < 1) throw new ERR_MISSING_ARGS('name');
    name = usv(name);
    if (value !== undefined) value = usv(value);
    for (let i = 0; i < this.#list.length; i += 2)
      if (this.#list[i] === name && (value === undefined || this.#list[i + 1] === value)) return true;
    return false;
  }

  set(name, value) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('name', 'value');
    name = usv(name);
    value = usv(value);
    const list = this.#list;
    let found = false;
    for (let i = 0; i < list.length;) {
      if (list[i] !== name) i += 2;
      else if (found) list.splice(i, 2);
      else {
        found = true;
        list[i + 1] = value;
        i += 2;
      }
    }
    if (!found) list.push(name, value);
    this.#changed();
  }

  sort() {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    const pairs = [];
    for (let i = 0; i < this.#list.length; i += 2) pairs.push([this.#list[i], this.#list[i + 1]]);
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#list = pairs.flat();
    this.#changed();
  }

  entries() {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    return new ParamsIterator(this, 'key+value');
  }

  forEach(callback, thisArg = undefined) {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    validateFunction(callback, 'callback');
    for (let i = 0; i < this.#list.length; i += 2) callback.call(thisArg, this.#list[i + 1], this.#list[i], this);
  }

  keys() {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    return new ParamsIterator(this, 'key');
  }

  values() {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    return new ParamsIterator(this, 'value');
  }

  toString() {
    if (!isParams(this)) throw new ERR_INVALID_THIS('URLSearchParams');
    return serializeQuery(this.#list);
  }
}

function braced(name, output, context) {
  if (output.length === 0) return `${name} {}`;
  const { length } = output.join(', ').replace(/\x1b\[\d\d?m/g, '');
  if (length + 4 + output.length > (context.breakLength ?? 80)) return `${name} {\n  ${output.join(',\n  ')} }`;
  return `${name} { ${output.join(', ')} }`;
}

class ParamsIterator {
  #params;
  #kind;
  #index = 0;

  constructor(params, kind) {
    this.#params = params;
    this.#kind = kind;
  }

  next() {
    if (typeof this !== 'object' || this === null || !(#params in this)) throw new ERR_INVALID_THIS('URLSearchParamsIterator');
    const list = paramsOf(this.#params);
    const index = this.#index;
    if (index >= list.length) return { value: undefined, done: true };
    this.#index += 2;
    const value = this.#kind === 'key' ? list[index] : this.#kind === 'value' ? list[index + 1] : [list[index], list[index + 1]];
    return { value, done: false };
  }

  [inspectCustom](recurseTimes, context) {
    if (!(#params in this)) throw new ERR_INVALID_THIS('URLSearchParamsIterator');
    if (typeof recurseTimes === 'number' && recurseTimes < 0) return context.stylize('[Object]', 'special');
    const { inspect } = require('internal/util/inspect');
    const options = { ...context };
    if (recurseTimes !== null) options.depth = recurseTimes - 1;
    const list = paramsOf(this.#params).slice(this.#index);
    const output = [];
    for (let i = 0; i < list.length; i += 2) {
      if (this.#kind === 'key') output.push(list[i]);
      else if (this.#kind === 'value') output.push(list[i + 1]);
      else output.push([list[i], list[i + 1]]);
    }
    const text = inspect(output, options).replace(/^\[/, '{').replace(/\]$/, '}');
    return `${context.stylize('URLSearchParams Iterator', 'special')} ${output.length === 0 ? '{  }' : text}`;
  }
}
Object.setPrototypeOf(ParamsIterator.prototype, Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
Object.defineProperties(ParamsIterator.prototype, {
  [Symbol.toStringTag]: { __proto__: null, configurable: true, value: 'URLSearchParams Iterator' },
  next: { enumerable: true },
  constructor: { __proto__: null, value: undefined, configurable: true, writable: true, enumerable: false },
});
delete ParamsIterator.prototype.constructor;

const enumerable = { __proto__: null, enumerable: true };
Object.defineProperties(URLSearchParams.prototype, {
  append: enumerable, delete: enumerable, get: enumerable, getAll: enumerable, has: enumerable, set: enumerable,
  sort: enumerable, entries: enumerable, forEach: enumerable, keys: enumerable, values: enumerable,
  toString: enumerable, size: enumerable,
  [Symbol.toStringTag]: { __proto__: null, configurable: true, value: 'URLSearchParams' },
  [Symbol.iterator]: { __proto__: null, configurable: true, writable: true, value: URLSearchParams.prototype.entries },
});

// --- URL -------------------------------------------------------------------------------------------------

let isURLObject;
let updateFromParams;

class URL {
  #href = '';
  #at = null; // the places of the parts
  #searchParams = null;

  static {
    isURLObject = (object) => object !== null && typeof object === 'object' && #href in object;
    updateFromParams = (url, list) => {
      const text = serializeQuery(list);
      const changed = binding.set(url.#href, part.search, text);
      if (changed !== undefined) url.#take(changed);
    };
  }

  constructor(input, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    const text = toText(input);
    const baseText = base === undefined ? undefined : toText(base);
    const href = binding.parse(text, baseText);
    if (typeof href !== 'string') throw invalid(text, baseText);
    this.#take(href);
  }

  static parse(input, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    const text = toText(input);
    const baseText = base === undefined ? undefined : toText(base);
    return typeof binding.parse(text, baseText) === 'string' ? new URL(text, baseText) : null;
  }

  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    return typeof binding.parse(toText(url), base === undefined ? undefined : toText(base)) === 'string';
  }

  #take(href) {
    this.#href = href;
    const at = new Array(FIELDS);
    for (let i = 0; i < FIELDS; i++) at[i] = fields[i];
    this.#at = at;
  }

  #slice(from, to) { return this.#href.slice(this.#at[from], this.#at[to]); }

  #set(which, value) {
    const text = toText(value);
    const href = binding.set(this.#href, which, text);
    if (href !== undefined) this.#take(href);
  }

  [inspectCustom](depth, options) {
    if (typeof depth === 'number' && depth < 0) return this;
    const shown = Object.create({ constructor: this.constructor === URL || this.constructor == null ? URL : this.constructor });
    for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search'])
      shown[name] = this[name];
    shown.searchParams = this.searchParams;
    shown.hash = this.hash;
    const { inspect } = require('internal/util/inspect');
    return `${shown.constructor.name} ${inspect(Object.assign({ __proto__: null }, shown), options).replace(/^\[Object: null prototype\] /, '')}`;
  }

  toString() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#href;
  }

  get href() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#href;
  }

  set href(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    const text = toText(value);
    const href = binding.parse(text, undefined);
    if (typeof href !== 'string') throw invalid(text);
    this.#take(href);
    this.#refresh();
  }

  #refresh() {
    if (this.#searchParams !== null) refill(this.#searchParams, this.#queryText());
  }

  #queryText() {
    const search = this.#slice(PATH_END, QUERY_END);
    return search === '' ? '' : search.slice(1);
  }

  get origin() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    const protocol = this.#href.slice(0, this.#at[PROTOCOL_END]);
    switch (protocol) {
      case 'http:': case 'https:': case 'ws:': case 'wss:': case 'ftp:':
        return `${protocol}//${this.#slice(HOST, HOST_END)}`;
      case 'blob:': {
        const inner = URL.parse(this.#slice(PATH, PATH_END));
        return inner !== null && (inner.protocol === 'http:' || inner.protocol === 'https:') ? inner.origin : 'null';
      }
      default:
        return 'null';
    }
  }

  get protocol() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#href.slice(0, this.#at[PROTOCOL_END]);
  }

  set protocol(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.protocol, value);
  }

  get username() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#slice(USERNAME, USERNAME_END);
  }

  set username(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.username, value);
  }

  get password() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#slice(PASSWORD, PASSWORD_END);
  }

  set password(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.password, value);
  }

  get host() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#slice(HOST, HOST_END);
  }

  set host(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.host, value);
  }

  get hostname() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#slice(HOST, HOSTNAME_END);
  }

  set hostname(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.hostname, value);
  }

  get port() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    const text = this.#slice(HOSTNAME_END, HOST_END);
    return text === '' ? '' : text.slice(1);
  }

  set port(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.port, value);
  }

  get pathname() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#slice(PATH, PATH_END);
  }

  set pathname(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.pathname, value);
  }

  get search() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    const text = this.#slice(PATH_END, QUERY_END);
    return text.length === 1 ? '' : text;
  }

  set search(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.search, usv(value));
    this.#refresh();
  }

  get searchParams() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    if (this.#searchParams === null) this.#searchParams = attach(new URLSearchParams(), this, this.#queryText());
    return this.#searchParams;
  }

  get hash() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    const text = this.#href.slice(this.#at[QUERY_END]);
    return text.length === 1 ? '' : text;
  }

  set hash(value) {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    this.#set(part.hash, value);
  }

  toJSON() {
    if (!isURLObject(this)) throw new ERR_INVALID_THIS('URL');
    return this.#href;
  }
}

function invalid(input, base) {
  return new ERR_INVALID_URL(input, base);
}

for (const name of ['createObjectURL', 'revokeObjectURL']) {
  Object.defineProperty(URL, name, {
    __proto__: null, configurable: true, writable: true, enumerable: true,
    value: { [name](object) { return Reflect.apply(require('internal/blob')[name], undefined, arguments); } }[name],
  });
}
Object.defineProperties(URL.prototype, {
  [Symbol.toStringTag]: { __proto__: null, configurable: true, value: 'URL' },
  toString: enumerable, href: enumerable, origin: enumerable, protocol: enumerable, username: enumerable,
  password: enumerable, host: enumerable, hostname: enumerable, port: enumerable, pathname: enumerable,
  search: enumerable, searchParams: enumerable, hash: enumerable, toJSON: enumerable,
});
Object.defineProperties(URL, { canParse: { __proto__: null, configurable: true, writable: true, enumerable: true }, parse: enumerable });

// --- between URLs and paths ------------------------------------------------------------------------------

// Not instanceof: URLs of other realms and polyfills count, legacy url.parse results do not.
function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

function pathFromPosix(url) {
  if (url.hostname !== '') throw new ERR_INVALID_FILE_URL_HOST(process.platform);
  const { pathname } = url;
  if (/%2f/i.test(pathname)) throw new ERR_INVALID_FILE_URL_PATH('must not include encoded / characters', url.input);
  return pathname.includes('%') ? decodeURIComponent(pathname) : pathname;
}

function pathFromWindows(url) {
  let { pathname } = url;
  if (/%(?:2f|5c)/i.test(pathname))
    throw new ERR_INVALID_FILE_URL_PATH('must not include encoded \\ or / characters', url.input);
  pathname = decodeURIComponent(pathname.replace(/\//g, '\\'));
  if (url.hostname !== '') return `\\\\${domainToUnicode(url.hostname)}${pathname}`;
  const letter = pathname.charCodeAt(1) | 0x20;
  if (letter < 0x61 || letter > 0x7a || pathname[2] !== ':') throw new ERR_INVALID_FILE_URL_PATH('must be absolute', url.input);
  return pathname.slice(1);
}

function fileURLToPath(path, options = undefined) {
  const windows = options?.windows;
  if (typeof path === 'string') path = new URL(path);
  else if (!isURL(path)) throw new ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], path);
  if (path.protocol !== 'file:') throw new ERR_INVALID_URL_SCHEME('file');
  return windows ? pathFromWindows(path) : pathFromPosix(path);
}

function decodeBytes(text) {
  const { Buffer } = require('buffer');
  const bytes = Buffer.from(text);
  let n = 0;
  for (let i = 0; i < bytes.length; i++, n++) {
    const digits = bytes[i] === 0x25 ? bytes.latin1Slice(i + 1, i + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(digits)) {
      bytes[n] = parseInt(digits, 16);
      i += 2;
    } else bytes[n] = bytes[i];
  }
  return bytes.subarray(0, n);
}

function fileURLToPathBuffer(path, options = undefined) {
  const windows = options?.windows;
  if (typeof path === 'string') path = new URL(path);
  else if (!isURL(path)) throw new ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], path);
  if (path.protocol !== 'file:') throw new ERR_INVALID_URL_SCHEME('file');
  if (windows) return require('buffer').Buffer.from(pathFromWindows(path));
  if (path.hostname !== '') throw new ERR_INVALID_FILE_URL_HOST(process.platform);
  if (/%2f/i.test(path.pathname)) throw new ERR_INVALID_FILE_URL_PATH('must not include encoded / characters', path.input);
  return decodeBytes(path.pathname);
}

const pathCharacters = { '%': '%25', '\\': '%5C', '\n': '%0A', '\r': '%0D', '\t': '%09', '?': '%3F', '#': '%23' };

function pathToFileURL(filepath, options = undefined) {
  validateString(filepath, 'path');
  const windows = options?.windows;
  const path = require('path');
  if (windows && filepath.startsWith('\\\\')) {
    const isDevice = filepath.startsWith('\\\\?\\UNC\\');
    const hostAt = isDevice ? 8 : 2;
    const hostEnd = filepath.indexOf('\\', hostAt);
    if (hostEnd === -1) throw invalidPath(filepath, 'Missing UNC resource path');
    if (hostEnd === 2) throw invalidPath(filepath, 'Empty UNC servername');
    const url = new URL(`file://${filepath.slice(hostAt, hostEnd)}`);
    url.pathname = filepath.slice(hostEnd).replace(/\\/g, '/').replace(/[%\n\r\t?#]/g, (c) => pathCharacters[c]);
    return url;
  }
  let resolved = windows ? path.win32.resolve(filepath) : path.posix.resolve(filepath);
  const last = filepath.at(-1);
  if ((last === '/' || (windows && last === '\\')) && !/[/\\]$/.test(resolved)) resolved += '/';
  if (windows) resolved = resolved.replace(/\\/g, '/').replace(/[%\n\r\t?#]/g, (c) => pathCharacters[c]);
  else resolved = resolved.replace(/[%\\\n\r\t?#]/g, (c) => pathCharacters[c]);
  return new URL(windows ? `file:///${resolved}` : `file://${resolved}`);
}

function invalidPath(path, reason) {
  const { ERR_INVALID_ARG_VALUE } = require('internal/errors').codes;
  return new ERR_INVALID_ARG_VALUE('path', path, reason);
}

function toPathIfFileURL(value) { return isURL(value) ? fileURLToPath(value) : value; }

function domainToASCII(domain) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS('domain');
  return binding.domainToASCII(`${domain}`);
}

function domainToUnicode(domain) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS('domain');
  return binding.domainToUnicode(`${domain}`);
}

function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === '[' ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

module.exports = {
  URL,
  URLSearchParams,
  isURL,
  isURLObject,
  fileURLToPath,
  fileURLToPathBuffer,
  pathToFileURL,
  toPathIfFileURL,
  domainToASCII,
  domainToUnicode,
  toASCII: (name) => binding.toASCII(name),
  urlToHttpOptions,
  decodePercent: (text) => binding.decodePercent(text),
};
