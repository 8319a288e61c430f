'use strict';
// The first text to run in a realm: how built-in modules find each other, and what C calls.
// Everything else is loaded when somebody asks for it.

const inside = exports;
const { compileBuiltin, builtinIds, idsIn, setEntries } = inside;
internalBinding = inside.internalBinding;

const cache = { __proto__: null };
const waiting = { __proto__: null };

// Names under which npm packages inside Galley know built-in modules.
const aliases = {
  '__proto__': null,
  'process/': 'process',
  'string_decoder/': 'internal/streams/string_decoder',
  'abort-controller': 'internal/abort_controller',
};

// Parts of packages that Galley has itself.
const replaced = {
  '__proto__': null,
  'readable-stream/lib/stream': 'stream',
  'readable-stream/lib/internal/streams/legacy': 'internal/streams/legacy',
  'readable-stream/lib/ours/errors': 'internal/streams/errors',
  'readable-stream/lib/ours/primordials': 'internal/streams/primordials',
  'readable-stream/lib/ours/util': 'internal/streams/util',
  'readable-stream/lib/internal/validators': 'internal/validators',
  'node:worker_threads': 'internal/uncloneable',
};

function load(id) {
  const present = cache[id];
  if (present !== undefined) return present.exports;
  const compiled = compileBuiltin(id);
  if (compiled === undefined) {
    const alias = aliases[id];
    if (alias !== undefined) return load(alias);
    const error = new Error(`No such built-in module: ${id}`);
    error.code = 'ERR_UNKNOWN_BUILTIN_MODULE';
    throw error;
  }
  const module = { id, exports: {}, loaded: false };
  cache[id] = module;
  let done = false;
  try {
    // Packages are functions of three parameters, see tools/embed.py.
    compiled(module.exports, compiled.length === 3 ? requireFrom(id) : load, module, process, internalBinding);
    done = true;
  } finally {
    if (!done) delete cache[id];
  }
  module.loaded = true;
  const wait = waiting[id];
  if (wait !== undefined) wait(module.exports);
  return module.exports;
}

// A require that also knows relative names, for packages.
function requireFrom(id) {
  const folder = id.split('/').slice(0, -1);
  return (name) => {
    if (name[0] !== '.') return load(replaced[name] !== undefined ? replaced[name] : name.startsWith('node:') ? name.slice(5) : name);
    const parts = folder.slice();
    for (const part of name.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.' && part !== '') parts.push(part);
    }
    const path = parts.join('/').replace(/\.js$/, '');
    if (replaced[path] !== undefined) return load(replaced[path]);
    return load(ids.has(path) ? path : path + '/index');
  };
}

// A property that is made when it is first read, and replaceable like any other.
function lazyProperty(object, name, make, enumerable = true) {
  const settle = (value) => {
    Object.defineProperty(object, name, { __proto__: null, value, configurable: true, enumerable, writable: true });
    return value;
  };
  Object.defineProperty(object, name, { __proto__: null, configurable: true, enumerable, get: () => settle(make()), set: settle });
}

let idSet;
const ids = { has: (id) => (idSet ??= new Set(builtinIds())).has(id) };

// Packages from npm that are part of the program; programs cannot require these copies.
const isPublic = (id) => !id.startsWith('internal/') && !/^(?:readable-stream|web-streams-polyfill|undici|urlpattern-polyfill|npm)(?:\/|$)/.test(id);

// Built-in modules that only answer to their `node:` name; a package may have the other.
let schemeOnly;

const builtin = {
  require: load,
  whenLoaded(id, callback) { // calls back with the exports, now or later; one for each id
    const present = cache[id];
    if (present !== undefined && present.loaded) callback(present.exports);
    else waiting[id] = callback;
  },
  loaded: (id) => cache[id]?.exports, // undefined if nobody has asked for it yet
  has: (id) => isPublic(id) && (cache[id] !== undefined || ids.has(id)),
  canBeRequiredWithoutScheme: (id) => builtin.has(id) && !builtin.schemeOnly.has(id),
  publicIds: () => builtinIds().filter(isPublic),
  idsIn, // (text) -> the public ids that are words and occur in it
  get schemeOnly() { return schemeOnly ??= new Set(['test', 'test/reporters', 'sqlite', 'better-sqlite3', 'pm2', 'sea']); },
  lazyProperty,
  turn: inside.turn,
  clock: inside.clock,
  isMainThread: inside.isMainThread,
  setEntries,
  setProcess(object) { process = object; },
};
cache['internal/builtin'] = { id: 'internal/builtin', exports: builtin, loaded: true };

setEntries({ require: load });
load('internal/bootstrap');
