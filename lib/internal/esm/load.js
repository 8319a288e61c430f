'use strict';
// From a URL to a module that can be linked, once for each URL: ES modules, CommonJS, JSON and what is built in.

const { SourceRecord, SyntheticRecord } = require('internal/esm/record');
const { changeable, shown } = require('internal/esm/namespace');
const { resolve, toPath, toURL } = require('internal/esm/resolve');
const { syntaxError } = require('internal/esm/errors');
const { Module, loadNew, packageScope, useHooks } = require('internal/cjs');
const path = require('path');
const codes = require('internal/codes');
const builtin = require('internal/builtin');
const binding = internalBinding('esm');
const disk = internalBinding('loader');

const records = new Map(); // type and URL -> record
const prefixes = new Map(); // URL -> by how much the columns of its first line are off

const formats = { '__proto__': null, '.mjs': 'module', '.cjs': 'commonjs', '.json': 'json', '.mts': 'module-typescript',
  '.cts': 'commonjs-typescript', '.wasm': 'wasm', '.node': 'addon' };
const mediaTypes = { '__proto__': null, 'text/javascript': 'module', 'application/javascript': 'module', 'application/json': 'json',
  'application/wasm': 'wasm' };

function fileFormat(file, url) {
  const extension = path.extname(file);
  const known = formats[extension];
  const typed = extension.endsWith('ts') && typescript().isTyped(file);
  if (known !== undefined && (typed || !extension.endsWith('ts'))) return known;
  if (extension === '.js' || extension === '' || typed) {
    const type = packageScope(file)?.data.type;
    if (type !== 'module' && type !== 'commonjs') return 'detect';
    return typed ? type + '-typescript' : type;
  }
  throw new codes.ERR_UNKNOWN_FILE_EXTENSION(extension, file);
}

const typescript = () => require('internal/typescript');
const isTypedURL = (url) => /ts(?:[?#]|$)/.test(url) && url.startsWith('file:') && typescript().isTyped(toPath(url));

const dataURL = /^data:([^,;]*)((?:;[^,]*)?),(.*)$/s;
function formatOf(url) {
  if (url.startsWith('node:')) return 'builtin';
  if (url.startsWith('file:')) return fileFormat(toPath(url), url);
  const match = dataURL.exec(url);
  if (match === null) throw new codes.ERR_INVALID_URL(url);
  const format = mediaTypes[match[1]];
  if (format === undefined) throw new codes.ERR_UNKNOWN_MODULE_FORMAT(match[1], url);
  return format;
}

function dataText(url) {
  const [, , parameters, body] = dataURL.exec(url.replace(/#.*$/s, ''));
  const text = decodeURIComponent(body);
  return parameters.endsWith(';base64') ? Buffer.from(text, 'base64').toString() : text;
}

function checkAttributes(url, format, attributes) {
  const type = attributes?.type;
  for (const key in attributes)
    if (key !== 'type') throw new codes.ERR_IMPORT_ATTRIBUTE_UNSUPPORTED(key, attributes[key], url);
  if (type !== undefined && type !== 'json') throw new codes.ERR_IMPORT_ATTRIBUTE_UNSUPPORTED('type', type, url);
  if (format === 'json') {
    if (type === undefined) throw new codes.ERR_IMPORT_ATTRIBUTE_MISSING(url, 'type', 'json');
  } else if (type === 'json') throw new codes.ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE(url, 'json');
}

function failToRead(errno) {
  const { UVException } = require('internal/errors');
  throw new UVException({ errno, syscall: 'open' });
}

function readText(url) {
  if (url.startsWith('data:')) return dataText(url);
  const text = disk.readText(toPath(url));
  if (typeof text !== 'string') failToRead(text);
  return isTypedURL(url) ? typescript().stripFile(text, toPath(url), url) : text;
}

function compiled(url, answer) {
  if (typeof answer === 'number') failToRead(answer);
  if (typeof answer[0] === 'string') throw syntaxError(answer[0], url, answer[1]);
  prefixes.set(url, answer[2]);
  return answer;
}

function sourceRecord(url, text) {
  const answer = text === undefined && url.startsWith('file:') && !isTypedURL(url) ? binding.compileFile(toPath(url), url) :
    binding.compileText(text ?? readText(url), url);
  const record = new SourceRecord(url, compiled(url, answer));
  const context = require('internal/esm/import');
  record.importFunction = (specifier, options) => context.importModule(specifier, url, options);
  if (record.facts.usesMeta) record.meta = context.metaOf(url);
  return record;
}

// Whether a file is an ES module that can be read: throws the SyntaxError.
function check(file) {
  const url = toURL(file);
  compiled(file, isTypedURL(url) ? binding.compileText(readText(url), file) : binding.compileFile(file, file));
}

const checkText = (text, name) => { compiled(name, binding.compileText(text, name)); };

function builtinRecord(url) {
  const id = url.slice(5);
  const record = new SyntheticRecord(url, () => builtinProperties(builtin.require(id)));
  record.fill();
  record.builtinId = id;
  return record;
}

function builtinProperties(exports) {
  const properties = new Map();
  const keys = typeof exports === 'function' ? Object.keys(exports) : Object.getOwnPropertyNames(exports);
  for (const key of keys) properties.set(key, shown(exports, key));
  properties.set('default', changeable(exports));
  return properties;
}

// A file's value is the one that require() has or will have.
function jsonRecord(url) {
  const file = url.startsWith('file:') && !/[?#]/.test(url) ? toPath(url) : undefined;
  const cached = file === undefined ? undefined : Module._cache[file];
  let value;
  if (cached?.loaded) value = cached.exports;
  else {
    try {
      value = JSON.parse(readText(url));
    } catch (error) {
      error.message = `${file ?? url}: ${error.message}`;
      throw error;
    }
    if (file !== undefined) {
      const module = Module._cache[file] = new Module(file);
      module.filename = file;
      module.exports = value;
      module.loaded = true;
    }
  }
  return filled(url, value);
}

// Its names are known when it has run, which it does in its turn.
function commonjsRecord(url) {
  const file = toPath(url);
  const record = new SyntheticRecord(url, () => {
    const cached = Module._cache[file];
    const exports = cached !== undefined ? cached.exports : Module._load(file, undefined, false);
    return commonjsProperties(exports);
  });
  record.isCommonjs = true;
  return record;
}

function commonjsProperties(exports) {
  const properties = new Map();
  if ((typeof exports === 'object' && exports !== null) || typeof exports === 'function')
    for (const key of Object.keys(exports)) properties.set(key, shown(exports, key));
  properties.set('default', changeable(exports));
  properties.set('module.exports', changeable(exports));
  return properties;
}

function recordOf(url, format, attributes) {
  switch (format) {
    case 'module':
    case 'module-typescript': return sourceRecord(url);
    case 'builtin': return builtinRecord(url);
    case 'json': return jsonRecord(url);
    case 'commonjs':
    case 'commonjs-typescript':
    case 'addon': return commonjsRecord(url);
    case 'detect': {
      const text = readText(url);
      return /\b(?:import|export|await)\b/.test(text) && binding.isModule(text) && !isCommonjs(text, url) ? sourceRecord(url, text) :
        commonjsRecord(url);
    }
    default: throw new codes.ERR_UNKNOWN_MODULE_FORMAT(format, url);
  }
}

// What both could be is CommonJS.
function isCommonjs(text, url) {
  try {
    disk.compileText(text, toPath(url));
    return true;
  } catch {
    return false;
  }
}

let hooks; // of the program, once it has registered some
function registerHooks(options) {
  if (hooks === undefined) useHooks(hooks = require('internal/esm/hooks'));
  return hooks.register(options);
}
const hooked = () => hooks !== undefined && hooks.areThere();

// The module that an import means with everything that it requests, not yet linked.
function request(specifier, parent, attributes) {
  if (!hooked()) return load(resolve(specifier, parent), attributes);
  const { url, format } = hooks.resolve('import', specifier, parent, attributes,
    (specifier, { parentURL = parent }) => ({ url: resolve(specifier, parentURL ?? toURL(process.cwd() + '/')) }));
  let record = records.get(url);
  if (record === undefined) {
    const { format: told, text } = hooks.load('import', url, format, attributes, loadPlainly);
    checkAttributes(url, told, attributes);
    records.set(url, record = text === undefined ? recordOf(url, told) : recordOfText(url, told, text));
  }
  return requestAll(record);
}

// A file's text as it is there, types and all.
function readPlainly(url) {
  if (!isTypedURL(url)) return readText(url);
  typescript().refuseInPackages(toPath(url));
  return disk.readText(toPath(url));
}

// What the loader itself gives hooks that ask it.
function loadPlainly(url, format = formatOf(url)) {
  const told = format !== 'detect' ? format : binding.isModule(readText(url)) ? 'module' : 'commonjs';
  return { format: told, source: told === 'builtin' || told === 'addon' ? null : readPlainly(url) };
}

function recordOfText(url, told, text) {
  const format = told.replace('-typescript', '');
  if (format !== told || (told !== 'json' && isTypedURL(url))) text = typescript().strip(text, url);
  switch (format) {
    case 'module': return sourceRecord(url, text);
    case 'json': return filled(url, JSON.parse(text));
    case 'commonjs': return new SyntheticRecord(url, () => {
      const file = url.startsWith('file:') ? toPath(url) : url;
      const cached = Module._cache[file];
      return commonjsProperties(cached !== undefined ? cached.exports :
        loadNew(file, undefined, false, (module) => module._compile(text, file)));
    });
    default: return recordOf(url, format);
  }
}

function filled(url, value) {
  const record = new SyntheticRecord(url, () => new Map([['default', changeable(value)]]));
  record.fill();
  return record;
}

// The module at a URL.
function load(url, attributes, text) {
  let record = records.get(url);
  if (record === undefined && text !== undefined) records.set(url, record = sourceRecord(url, text));
  if (text === undefined) checkAttributes(url, formatOf(url), attributes);
  if (record === undefined) records.set(url, record = recordOf(url, formatOf(url), attributes));
  return requestAll(record);
}

function requestAll(record) {
  if (record.facts === undefined || record.isComplete) return record;
  record.isComplete = true;
  const { requests } = record.facts;
  const requested = [];
  try {
    for (let i = 0; i < requests.length; i += 2) requested.push(request(requests[i], record.url, requests[i + 1]));
  } catch (error) {
    record.isComplete = false;
    throw error;
  }
  record.requested = requested;
  return record;
}

// A module whose text is given: -e, standard input.
function loadText(url, text) {
  return requestAll(sourceRecord(url, text));
}

function syncBuiltins() {
  for (const record of records.values()) {
    if (record.builtinId === undefined) continue;
    const exports = builtin.require(record.builtinId);
    for (const key of Object.keys(record.namespace)) {
      if (key === 'default') continue;
      const property = shown(exports, key);
      if (Object.hasOwn(record.namespace, key)) Object.defineProperty(record.namespace, key, property);
    }
  }
}

// The main program: hooks that were registered before it see it.
const loadMain = (url) => hooked() ? request(url, undefined) : load(url);

module.exports = { load, loadMain, formatOf, readPlainly, request, registerHooks, loadText, records, prefixes, syncBuiltins, check, checkText };
