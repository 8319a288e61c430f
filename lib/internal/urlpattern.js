'use strict';
// URLPattern: patterns for addresses. The matching is the npm package urlpattern-polyfill's; what is
// checked before, and how it is told, is Node's.

const { URLPattern: Matcher } = require('urlpattern-polyfill');
const { codes: { ERR_CONSTRUCT_CALL_REQUIRED, ERR_INVALID_ARG_TYPE } } = require('internal/errors');

const parts = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash', 'hasRegExpGroups'];
const matchers = new WeakMap();

function matcherOf(pattern) {
  const matcher = matchers.get(pattern);
  if (matcher === undefined) throw new TypeError('Illegal invocation');
  return matcher;
}

const isObject = (value) => typeof value === 'object' && value !== null;

function checkInput(input, base) {
  if (input !== undefined && typeof input !== 'string' && !isObject(input)) throw new ERR_INVALID_ARG_TYPE('input', ['string', 'Object'], input);
  if (base !== undefined && typeof base !== 'string') throw new ERR_INVALID_ARG_TYPE('baseURL', 'string', base);
}

// Read here, so that what a getter throws arrives as it was thrown.
function plainInit(input) {
  const init = {};
  for (const part of [...parts, 'baseURL']) {
    const value = part === 'hasRegExpGroups' ? undefined : input[part];
    if (value !== undefined) init[part] = value;
  }
  return init;
}

// Reads the option once, as its getter may have something to say.
function checkOptions(options) {
  if (options === undefined || options === null) return undefined;
  if (!isObject(options)) throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  const { ignoreCase } = options;
  if (ignoreCase !== undefined && typeof ignoreCase !== 'boolean') throw new ERR_INVALID_ARG_TYPE('options.ignoreCase', 'boolean', ignoreCase);
  return { ignoreCase };
}

function URLPattern(input = {}, base, options) {
  if (new.target === undefined) throw new ERR_CONSTRUCT_CALL_REQUIRED('URLPattern');
  if (options === undefined && base !== undefined && typeof base !== 'string') {
    options = base;
    base = undefined;
  }
  checkInput(input, base);
  if (isObject(input)) input = plainInit(input);
  const chosen = checkOptions(options);
  matchers.set(this, base === undefined ? new Matcher(input, chosen) : new Matcher(input, base, chosen));
}

const { prototype } = URLPattern;
for (const part of parts) {
  Object.defineProperty(prototype, part, {
    configurable: true,
    enumerable: true,
    get: Object.getOwnPropertyDescriptor({ get [part]() { return matcherOf(this)[part]; } }, part).get,
  });
}

const methods = {
  exec(input = {}, base = undefined) {
    const matcher = matcherOf(this);
    checkInput(input, base);
    return matcher.exec(input, base);
  },
  test(input = {}, base = undefined) {
    const matcher = matcherOf(this);
    checkInput(input, base);
    return matcher.test(input, base);
  },
};
for (const name of Object.keys(methods)) Object.defineProperty(prototype, name, { configurable: true, enumerable: true, writable: true, value: methods[name] });

Object.defineProperty(prototype, Symbol.toStringTag, { configurable: true, value: 'URLPattern' });
Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
  configurable: true,
  value(depth, options, inspect) {
    if (depth < 0) return options.stylize('[URLPattern]', 'special');
    const shown = {};
    for (const part of parts) shown[part] = this[part];
    return `URLPattern ${inspect(shown, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  },
});

module.exports = { URLPattern };
