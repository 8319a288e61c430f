'use strict';

// Every error that a program can tell apart by its `code` is made here.
// The texts live in internal/error_messages, which is read only when the first error is made, so that a program without errors pays nothing for them.

const { kIsNodeError } = require('internal/stack');
const hiddenTrue = { __proto__: null, value: true, enumerable: false, writable: true, configurable: true };

let messages;
let uvBinding;
let uvMap;
let inspectModule;

function lazyInspect() {
  inspectModule ??= require('internal/util/inspect');
  return inspectModule;
}

function uv() {
  uvBinding ??= internalBinding('uv');
  return uvBinding;
}

function uvEntry(errno) {
  if (uvMap === undefined) {
    uvMap = new Map();
    const list = uv().errorList();
    for (let i = 0; i < list.length; i += 3)
      uvMap.set(list[i], [list[i + 1], list[i + 2]]);
  }
  return uvMap.get(errno);
}

function uvErrorName(errno) {
  const entry = uvEntry(errno);
  return entry === undefined ? `Unknown system error ${errno}` : entry[0];
}

function messageOf(entry, args, fields) {
  const { text } = entry;
  if (typeof text === 'function')
    return Reflect.apply(text, fields, args);
  if (args.length === 0)
    return text;
  if (args.length === 1 && typeof args[0] === 'string' && text.includes('%s'))
    return text.replace('%s', () => args[0]);
  return lazyInspect().format(text, ...args);
}

function entryOf(code) {
  messages ??= require('internal/error_messages');
  const entry = messages.find(code);
  if (entry === undefined)
    throw new Error(`There is no error with the code ${code}`);
  return entry;
}

// The code belongs to the error, the way it prints to a prototype between it and its class; `constructor` is the class that programs know.
function nodeErrorClass(Base) {
  class NodeError extends Base {
    toString() {
      return `${this.name} [${this.code}]: ${this.message}`;
    }
  }
  Object.defineProperty(NodeError.prototype, 'constructor',
                        { __proto__: null, value: Base, enumerable: false, writable: true, configurable: true });
  Object.defineProperty(NodeError.prototype, kIsNodeError, hiddenTrue);
  return NodeError;
}

const bases = { __proto__: null, Error, TypeError, RangeError, SyntaxError, URIError };
const classes = { __proto__: null };

function nodeErrorNew(baseName, code, entry, args) {
  const fields = { code };
  const message = messageOf(entry, args, fields);
  const error = new (classes[baseName] ??= nodeErrorClass(bases[baseName]))(message);
  Object.assign(error, fields);
  return error;
}

class SystemError extends Error {
  constructor(code, prefix, context) {
    let message = `${prefix}: ${context.syscall} returned ${context.code} (${context.message})`;
    if (context.path !== undefined)
      message += ` ${context.path}`;
    if (context.dest !== undefined)
      message += ` => ${context.dest}`;
    super(message);
    Object.defineProperty(this, kIsNodeError, hiddenTrue);
    Object.defineProperty(this, 'name',
                          { __proto__: null, value: 'SystemError', enumerable: false, writable: true, configurable: true });
    Object.defineProperty(this, 'info',
                          { __proto__: null, value: context, enumerable: true, configurable: true, writable: false });
    for (const key of ['errno', 'syscall']) {
      Object.defineProperty(this, key, {
        __proto__: null,
        get() { return context[key]; },
        set(value) { context[key] = value; },
        enumerable: true,
        configurable: true,
      });
    }
    for (const key of ['path', 'dest']) {
      if (context[key] === undefined)
        continue;
      Object.defineProperty(this, key, {
        __proto__: null,
        get() { return context[key] != null ? context[key].toString() : context[key]; },
        set(value) { context[key] = value ? Buffer.from(value.toString()) : undefined; },
        enumerable: true,
        configurable: true,
      });
    }
    this.code = code;
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

// What every class inherits: itself as an Error of another kind, made when somebody asks.
const kCode = Symbol('code');
const variants = Object.create(Function.prototype, { HideStackFramesError: { __proto__: null, get() { return this; } } });
for (const name of ['Error', 'TypeError', 'RangeError']) {
  Object.defineProperty(variants, name, {
    __proto__: null,
    get() {
      const value = classNew(this[kCode], name);
      Object.defineProperty(this, name, { __proto__: null, value });
      return value;
    },
  });
}

function classNew(code, baseName) {
  function NodeError(...args) {
    const entry = entryOf(code);
    if (entry.base === 'SystemError')
      return new SystemError(code, entry.text, args[0]);
    return nodeErrorNew(baseName ?? entry.base, code, entry, args);
  }
  NodeError.prototype = Error.prototype;
  NodeError[kCode] = code;
  return Object.setPrototypeOf(NodeError, variants);
}

const codes = Object.create(new Proxy(Object.create(null), {
  get(target, code) {
    if (typeof code !== 'string' || !code.startsWith('ERR_'))
      return undefined;
    return codes[code] = classNew(code);
  },
}));

function hideStackFrames(fn) {
  fn.withoutStackTrace ??= fn;
  return fn;
}

function uvException(context) {
  const { errno } = context;
  const entry = uvEntry(errno);
  const code = context.code ?? (entry === undefined ? 'UNKNOWN' : entry[0]);
  const text = context.message || (entry === undefined ? 'unknown error' : entry[1]);
  let message = `${code}: ${text}, ${context.syscall}`;
  let path;
  let dest;
  if (context.path) {
    path = context.path.toString();
    message += ` '${path}'`;
  }
  if (context.dest) {
    dest = context.dest.toString();
    message += ` -> '${dest}'`;
  }
  const error = new Error(message);
  error.errno = errno;
  error.code = code;
  error.syscall = context.syscall;
  if (path)
    error.path = path;
  if (dest)
    error.dest = dest;
  return error;
}
const UVException = uvException;

function uvExceptionWithHostPort(errno, syscall, address, port) {
  const entry = uvEntry(errno);
  const code = entry === undefined ? 'UNKNOWN' : entry[0];
  let details = '';
  if (port && port > 0)
    details = ` ${address}:${port}`;
  else if (address)
    details = ` ${address}`;
  const error = new Error(`${syscall} ${code}: ${entry === undefined ? 'unknown error' : entry[1]}${details}`);
  error.code = code;
  error.errno = errno;
  error.syscall = syscall;
  error.address = address;
  if (port)
    error.port = port;
  return error;
}

function errnoException(errno, syscall, original) {
  const code = uvErrorName(errno);
  const error = new Error(original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

function exceptionWithHostPort(errno, syscall, address, port, additional) {
  const code = uvErrorName(errno);
  let details = '';
  if (port && port > 0)
    details = ` ${address}:${port}`;
  else if (address)
    details = ` ${address}`;
  if (additional)
    details += ` - Local (${additional})`;
  const error = new Error(`${syscall} ${code}${details}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  error.address = address;
  if (port)
    error.port = port;
  return error;
}

// Programs may call these with `new`, so they must be able to stand as constructors.
function ErrnoException(errno, syscall, original) {
  return errnoException(errno, syscall, original);
}
function ExceptionWithHostPort(errno, syscall, address, port, additional) {
  return exceptionWithHostPort(errno, syscall, address, port, additional);
}
function UVExceptionWithHostPort(errno, syscall, address, port) {
  return uvExceptionWithHostPort(errno, syscall, address, port);
}

function DNSException(code, syscall, hostname) {
  let errno;
  if (typeof code === 'number') {
    errno = code;
    const { UV_EAI_NODATA, UV_EAI_NONAME } = uv();
    code = code === UV_EAI_NODATA || code === UV_EAI_NONAME ? 'ENOTFOUND' : uvErrorName(code);
  }
  const error = new Error(`${syscall} ${code}${hostname ? ` ${hostname}` : ''}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (hostname)
    error.hostname = hostname;
  return error;
}

function connResetException(message) {
  const error = new Error(message);
  error.code = 'ECONNRESET';
  return error;
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object')
      throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

function aggregateTwoErrors(inner, outer) {
  if (inner && outer && inner !== outer) {
    if (Array.isArray(outer.errors)) {
      outer.errors.push(inner);
      return outer;
    }
    const error = new AggregateError([outer, inner], outer.message);
    error.code = outer.code;
    return error;
  }
  return inner || outer;
}

class NodeAggregateError extends AggregateError {
  constructor(errors, message) {
    super(errors, message);
    this.code = errors[0]?.code;
  }

  get [kIsNodeError]() {
    return true;
  }

  get ['constructor']() {
    return AggregateError;
  }
}

function genericNodeError(message, properties) {
  const error = new Error(message);
  Object.assign(error, properties);
  return error;
}

function isErrorLike(value) {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'stack');
}

function isStackOverflowError(error) {
  return error instanceof RangeError && /^Maximum call stack size exceeded/.test(error.message);
}

function isErrorStackTraceLimitWritable() {
  const descriptor = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  if (descriptor === undefined)
    return Object.isExtensible(Error);
  return Object.hasOwn(descriptor, 'writable') ? descriptor.writable : descriptor.set !== undefined;
}

function addNumericalSeparator(digits) {
  let result = '';
  let i = digits.length;
  const start = digits[0] === '-' ? 1 : 0;
  for (; i >= start + 4; i -= 3)
    result = `_${digits.slice(i - 3, i)}${result}`;
  return `${digits.slice(0, i)}${result}`;
}

function determineSpecificType(value) {
  if (value === null)
    return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'bigint':
      return `type bigint (${value}n)`;
    case 'number':
      return `type number (${Object.is(value, -0) ? '-0' : value})`;
    case 'boolean':
      return `type boolean (${value})`;
    case 'symbol':
      return `type symbol (${String(value)})`;
    case 'function':
      return `function ${value.name}`;
    case 'string': {
      const shown = value.length > 28 ? `${value.slice(0, 25)}...` : value;
      return shown.includes("'") ? `type string (${JSON.stringify(shown)})` : `type string ('${shown}')`;
    }
  }
  if (value.constructor && 'name' in value.constructor)
    return `an instance of ${value.constructor.name}`;
  return `${lazyInspect().inspect(value, { depth: -1 })}`;
}

function formatList(items, conjunction = 'and') {
  switch (items.length) {
    case 0:
      return '';
    case 1:
      return `${items[0]}`;
    case 2:
      return `${items[0]} ${conjunction} ${items[1]}`;
    default:
      return `${items.slice(0, -1).join(', ')}, ${conjunction} ${items[items.length - 1]}`;
  }
}

module.exports = {
  AbortError,
  ConnResetException: connResetException,
  DNSException,
  ErrnoException,
  ExceptionWithHostPort,
  NodeAggregateError,
  SystemError,
  UVException,
  UVExceptionWithHostPort,
  addNumericalSeparator,
  aggregateTwoErrors,
  codes,
  connResetException,
  determineSpecificType,
  dnsException: DNSException,
  errnoException,
  exceptionWithHostPort,
  formatList,
  genericNodeError,
  hideStackFrames,
  isErrorLike,
  isErrorStackTraceLimitWritable,
  isStackOverflowError,
  kIsNodeError,
  uvErrmapGet: uvEntry,
  uvErrorName,
  uvException,
  uvExceptionWithHostPort,
};

Object.defineProperty(module.exports, 'DOMException', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('internal/domexception'); },
});
