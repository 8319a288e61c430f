'use strict';
// CommonJS as Node resolves and runs it. lib/module.js is its public face.

const builtin = require('internal/builtin');
const disk = internalBinding('loader');
const path = require('path');
const codes = require('internal/codes');

const FILE = 0, FOLDER = 1;

// What the disk said during one outermost require; files may change between two.
let kinds = null;
let depth = 0;

function kindOf(name) {
  if (kinds === null) return disk.kind(name);
  let kind = kinds.get(name);
  if (kind === undefined) kinds.set(name, kind = disk.kind(name));
  return kind;
}

const realpaths = new Map();
function realpath(name) {
  let real = realpaths.get(name);
  if (real === undefined) {
    real = disk.realpath(name);
    if (typeof real !== 'string') return name;
    realpaths.set(name, real);
  }
  return real;
}

function Module(id = '', parent) {
  this.id = id;
  this.path = path.dirname(id);
  this.exports = {};
  Object.defineProperty(this, parentSymbol, { value: parent, writable: true, configurable: true, enumerable: false });
  if (parent?.children && !parent.children.includes(this)) parent.children.push(this);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}
const parentSymbol = Symbol('parent');
let parentWarned = false;
function warnOfParent(module) {
  if (parentWarned || require('internal/options').get('pending-deprecation') !== true || module.filename?.includes('/node_modules/')) return;
  parentWarned = true;
  process.emitWarning('module.parent is deprecated due to accuracy issues. Please use require.main to find program ' +
    'entry point instead.', 'DeprecationWarning', 'DEP0144');
}
Object.defineProperty(Module.prototype, 'parent', {
  configurable: true,
  get() {
    warnOfParent(this);
    return this[parentSymbol];
  },
  set(value) {
    warnOfParent(this);
    this[parentSymbol] = value;
  },
});
Object.defineProperty(Module.prototype, 'isPreloading', { configurable: true, get: () => preloading });
let preloading = false;

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
Module.globalPaths = [];
Module.Module = Module;

// ---- package.json

const packages = new Map();

function readPackage(folder) {
  const file = `${folder === '/' ? '' : folder}/package.json`;
  let found = packages.get(file);
  if (found !== undefined) return found;
  const text = kindOf(file) === FILE ? disk.readText(file) : -1;
  found = null;
  if (typeof text === 'string') {
    let data;
    try {
      data = JSON.parse(text);
    } catch (error) {
      const { ERR_INVALID_PACKAGE_CONFIG } = codes;
      throw new ERR_INVALID_PACKAGE_CONFIG(file, null, error.message);
    }
    if (data !== null && typeof data === 'object') {
      // What a program did to Object.prototype is nothing that a package says.
      const own = (key) => Object.hasOwn(data, key) ? data[key] : undefined;
      found = { file, folder, data: { __proto__: null, name: own('name'), main: own('main'), exports: own('exports'),
        imports: own('imports'), type: own('type') } };
    }
  }
  packages.set(file, found);
  return found;
}

// The nearest package that a file belongs to.
function packageScope(from) {
  let folder = from;
  for (;;) {
    folder = path.dirname(folder);
    if (folder.endsWith('/node_modules')) return null;
    const found = readPackage(folder);
    if (found !== null) return found;
    if (folder === '/' || folder === '.') return null;
  }
}

const conditionSets = { __proto__: null };
let givenConditions; // by a hook that resolves
function withConditions(conditions, work) {
  const before = givenConditions;
  givenConditions = conditions;
  try {
    return work();
  } finally {
    givenConditions = before;
  }
}
const areConditionsGiven = () => givenConditions !== undefined;
function conditionsFor(kind) {
  if (givenConditions !== undefined) return givenConditions;
  if (conditionSets[kind] === undefined) {
    const own = require('internal/options').get('conditions');
    const set = conditionSets[kind] = new Set();
    const names = `${kind},node,node-addons,module-sync${own ? ',' + own : ''}`.split(',');
    for (let i = 0; i < names.length; i++) set.add(names[i]);
  }
  return conditionSets[kind];
}

// How require() reads "exports" and "imports"; import has rules of its own, see lib/internal/esm/resolve.js.
const requireRules = {
  conditions: () => conditionsFor('require'),
  bare: (name, file) => resolveBare(name, file, []),
};

const invalidSegment = /(^|\\|\/)((\.|%2e)(\.|%2e)?|(n|%6e|%4e)(o|%6f|%4f)(d|%64|%44)(e|%65|%45)(_|%5f)(m|%6d|%4d)(o|%6f|%4f)(d|%64|%44)(u|%75|%55)(l|%6c|%4c)(e|%65|%45)(s|%73|%53))(\\|\/|$)/i;

function resolveTarget(pkg, target, star, key, isImports, from, rules) {
  if (typeof target === 'string') {
    const invalid = () => new codes.ERR_INVALID_PACKAGE_TARGET(pkg.folder + '/', key, target, isImports, from);
    if (!target.startsWith('./')) {
      if (isImports && !target.startsWith('../') && !target.startsWith('/')) {
        const name = star === null ? target : target.replaceAll('*', star);
        return rules.bare(name, pkg.file);
      }
      throw invalid();
    }
    if (invalidSegment.test(target.slice(2))) throw invalid();
    if (star !== null && invalidSegment.test(star)) {
      const request = key.replace('*', star);
      throw new codes.ERR_INVALID_MODULE_SPECIFIER(request, `request is not a valid match in pattern "${key}" for the "${isImports ? 'imports' : 'exports'}" resolution of ${pkg.file}`, from);
    }
    return path.join(pkg.folder, star === null ? target : target.replaceAll('*', star));
  }
  if (Array.isArray(target)) {
    let last = null;
    for (const one of target) {
      let resolved;
      try {
        resolved = resolveTarget(pkg, one, star, key, isImports, from, rules);
      } catch (error) {
        if (error.code !== 'ERR_INVALID_PACKAGE_TARGET') throw error;
        last = error;
        continue;
      }
      if (resolved === undefined) continue;
      if (resolved === null) {
        last = null;
        continue;
      }
      return resolved;
    }
    if (last) throw last;
    return last;
  }
  if (target === null) return null;
  if (typeof target === 'object') {
    for (const name of Object.keys(target)) {
      if (/^(?:0|[1-9]\d*)$/.test(name))
        throw new codes.ERR_INVALID_PACKAGE_CONFIG(pkg.file, from, '"exports" cannot contain numeric property keys.');
      if (name !== 'default' && !rules.conditions().has(name)) continue;
      const resolved = resolveTarget(pkg, target[name], star, key, isImports, from, rules);
      if (resolved !== undefined) return resolved;
    }
    return undefined;
  }
  throw new codes.ERR_INVALID_PACKAGE_TARGET(pkg.folder + '/', key, target, isImports, from);
}

// The most specific pattern key (with one *) that matches.
function matchPattern(map, request) {
  let best, bestStar;
  for (const key of Object.keys(map)) {
    const at = key.indexOf('*');
    if (at < 0 || !request.startsWith(key.slice(0, at)) || key.lastIndexOf('*') !== at) continue;
    const tail = key.slice(at + 1);
    if (request.length < key.length || !request.endsWith(tail)) continue;
    if (best !== undefined && (best.indexOf('*') > at || (best.indexOf('*') === at && best.length >= key.length))) continue;
    best = key;
    bestStar = request.slice(at, request.length - tail.length);
  }
  return best === undefined ? null : { key: best, star: bestStar };
}

function resolveExports(pkg, subpath, from, rules = requireRules) {
  let map = pkg.data.exports;
  if (typeof map === 'string' || Array.isArray(map) || map === null) map = { '.': map };
  else {
    const dots = Object.keys(map).filter((key) => key[0] === '.').length;
    if (dots === 0) map = { '.': map };
    else if (dots !== Object.keys(map).length) {
      throw new codes.ERR_INVALID_PACKAGE_CONFIG(pkg.file, from, '"exports" cannot contain some keys starting with \'.\' and some not. The exports object must either be an object of package subpath keys or an object of main entry condition name keys only.');
    }
  }
  if (Object.hasOwn(map, subpath) && !subpath.includes('*') && !subpath.endsWith('/')) {
    const found = resolveTarget(pkg, map[subpath], null, subpath, false, from, rules);
    if (found !== null && found !== undefined) return found;
  } else {
    const match = matchPattern(map, subpath);
    if (match !== null) {
      const found = resolveTarget(pkg, map[match.key], match.star, match.key, false, from, rules);
      if (found !== null && found !== undefined) return found;
    }
  }
  throw new codes.ERR_PACKAGE_PATH_NOT_EXPORTED(pkg.folder + '/', subpath, from);
}

function resolveImports(request, from, rules = requireRules) {
  if (request === '#' || request.endsWith('/'))
    throw new codes.ERR_INVALID_MODULE_SPECIFIER(request, 'is not a valid internal imports specifier name', from);
  const pkg = packageScope(from);
  const map = pkg?.data.imports;
  if (map !== null && typeof map === 'object') {
    let found;
    if (Object.hasOwn(map, request) && !request.includes('*')) found = resolveTarget(pkg, map[request], null, request, true, from, rules);
    else {
      const match = matchPattern(map, request);
      if (match !== null) found = resolveTarget(pkg, map[match.key], match.star, match.key, true, from, rules);
    }
    if (found !== null && found !== undefined) return found;
  }
  throw new codes.ERR_PACKAGE_IMPORT_NOT_DEFINED(request, pkg && pkg.folder + '/', from);
}

// ---- files and folders

function tryFile(name) {
  return kindOf(name) === FILE && (preserveLinks() ? path.resolve(name) : realpath(name));
}
let preserve;
const preserveLinks = () => preserve ??= require('internal/options').get('preserve-symlinks') === true;

// Arrays are walked by index here: a program may take their iterator away, and still require.
function tryExtensions(name, extensions) {
  for (let i = 0; i < extensions.length; i++) {
    const found = tryFile(name + extensions[i]);
    if (found) return found;
  }
  return false;
}

function tryFolder(folder, extensions, request) {
  const pkg = readPackage(folder);
  const main = pkg?.data.main;
  if (typeof main === 'string' && main !== '') {
    const name = path.resolve(folder, main);
    const found = tryFile(name) || tryExtensions(name, extensions) || tryExtensions(path.resolve(name, 'index'), extensions);
    if (found) return found;
    const index = tryExtensions(path.resolve(folder, 'index'), extensions);
    if (!index) {
      const error = new Error(`Cannot find module '${name}'. Please verify that the package.json has a valid "main" entry`);
      error.code = 'MODULE_NOT_FOUND';
      error.path = pkg.file;
      error.requestPath = request;
      throw error;
    }
    process.emitWarning(`Invalid 'main' field in '${pkg.file}' of '${main}'. Please either fix that or report it to the module author`,
      'DeprecationWarning', 'DEP0128');
    return index;
  }
  return tryExtensions(path.resolve(folder, 'index'), extensions);
}

const packageName = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;

function findInPackage(folder, request) {
  const match = packageName.exec(request);
  if (match === null) return undefined;
  const pkg = readPackage(path.join(folder, match[1]));
  if (pkg === null || pkg.data.exports === null || pkg.data.exports === undefined) return undefined;
  return resolveExports(pkg, '.' + (match[2] ?? ''), null);
}

Module._stat = (name) => disk.kind(name);

Module._findPath = function (request, paths, isMain) {
  const absolute = path.isAbsolute(request);
  if (absolute) paths = [''];
  else if (!paths || paths.length === 0) return false;
  let cacheKey = request + '\0' + paths.join('\0');
  if (givenConditions !== undefined) cacheKey += '\0\0' + [...givenConditions].join('\0');
  const cached = Module._pathCache[cacheKey];
  if (cached) return cached;
  const trailingSlash = /(?:^|\/)\.?\.?$/.test(request) && (request.endsWith('/') || request === '.' || request === '..' ||
    request.endsWith('/.') || request.endsWith('/..'));
  let extensions;
  for (let i = 0; i < paths.length; i++) {
    const folder = paths[i];
    if (folder && kindOf(folder) !== FOLDER) continue;
    if (!absolute) {
      const found = findInPackage(folder, request);
      if (found !== undefined) {
        const real = kindOf(found) === FILE ? realpath(found) : false;
        if (!real) {
          const error = new Error(`Cannot find module '${found}'`);
          error.code = 'MODULE_NOT_FOUND';
          throw error;
        }
        return Module._pathCache[cacheKey] = real;
      }
    }
    const base = path.resolve(folder, request);
    const kind = kindOf(base);
    let found;
    if (!trailingSlash) {
      if (kind === FILE) {
        found = isMain ? (require('internal/options').get('preserve-symlinks-main') ? path.resolve(base) : realpath(base)) : tryFile(base);
      }
      if (!found) {
        extensions ??= Object.keys(Module._extensions);
        found = tryExtensions(base, extensions);
      }
    }
    if (!found && kind === FOLDER) {
      extensions ??= Object.keys(Module._extensions);
      found = tryFolder(base, extensions, request);
    }
    if (found) return Module._pathCache[cacheKey] = found;
  }
  return false;
};

Module._nodeModulePaths = function (from) {
  from = path.resolve(from);
  if (from === '/') return ['/node_modules'];
  const paths = [];
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== 'node_modules') paths.push(folder === '/' ? '/node_modules' : folder + '/node_modules');
    if (folder === '/') return paths;
  }
};

const isRelative = (request) => request[0] === '.' && (request.length === 1 || request[1] === '/' ||
  (request[1] === '.' && (request.length === 2 || request[2] === '/')));

Module._resolveLookupPaths = function (request, parent) {
  if (builtinName(request) !== null) return null;
  if (!isRelative(request)) {
    let paths = Module.globalPaths;
    if (parent?.paths?.length) paths = parent.paths.concat(paths);
    return paths.length > 0 ? paths : null;
  }
  if (!parent?.id || !parent.filename) return ['.', ...Module._nodeModulePaths('.'), ...Module.globalPaths];
  return [path.dirname(parent.filename)];
};

// The built-in that a request means, or null.
function builtinName(request) {
  if (request.startsWith('node:')) {
    const id = request.slice(5);
    return builtin.has(id) ? id : null;
  }
  return builtin.canBeRequiredWithoutScheme(request) ? request : null;
}

function notFound(request, parent) {
  const stack = [];
  for (let at = parent; at; at = at[parentSymbol]) stack.push(at.filename || at.id);
  let message = `Cannot find module '${request}'`;
  if (stack.length > 0) message += '\nRequire stack:\n- ' + stack.join('\n- ');
  const error = new Error(message);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = stack;
  return error;
}

function resolveBare(request, fromFile, extraPaths) {
  const id = builtinName(request);
  if (id !== null) return request;
  const paths = [...extraPaths, ...Module._nodeModulePaths(path.dirname(fromFile))];
  const found = Module._findPath(request, paths, false);
  if (found) return found;
  throw notFound(request, null);
}

// A package that requires itself by its own name.
function resolveSelf(request, parentFile) {
  if (!parentFile) return false;
  const pkg = packageScope(parentFile);
  if (pkg === null || pkg.data.exports === undefined || pkg.data.exports === null || typeof pkg.data.name !== 'string') return false;
  const { name } = pkg.data;
  if (request !== name && !request.startsWith(name + '/')) return false;
  return realFile(resolveExports(pkg, request === name ? '.' : '.' + request.slice(name.length), parentFile), request);
}

function realFile(name, request, parent) {
  if (builtinName(name) !== null && !path.isAbsolute(name)) return name;
  if (kindOf(name) === FILE) return realpath(name);
  const error = notFound(name, parent);
  error.path = name;
  throw error;
}

// The npm package is an addon for V8; Galley has its interface (lib/better-sqlite3.js). A package of that
// name without an addon is somebody's own and is left to him.
function isAddonPackage(filename) {
  const pkg = packageScope(filename);
  return pkg?.data.name === 'better-sqlite3' && kindOf(path.join(pkg.folder, 'binding.gyp')) === FILE;
}

Module._resolveFilename = function (request, parent, isMain, options) {
  if (builtinName(request) !== null) return request;
  let paths;
  if (options !== null && typeof options === 'object') {
    if (Array.isArray(options.paths)) {
      options.paths.forEach((one, i) => require('internal/validators').validateString(one, `options.paths[${i}]`));
      if (isRelative(request)) paths = options.paths;
      else {
        paths = [];
        const fake = new Module('', null);
        for (const one of options.paths) {
          fake.paths = Module._nodeModulePaths(one);
          for (const found of Module._resolveLookupPaths(request, fake) ?? []) if (!paths.includes(found)) paths.push(found);
        }
      }
    } else if (options.paths === undefined) paths = Module._resolveLookupPaths(request, parent);
    else throw new codes.ERR_INVALID_ARG_VALUE('options.paths', options.paths);
  } else paths = Module._resolveLookupPaths(request, parent);

  const parentFile = parent?.filename ?? (parent?.id === '<repl>' || parent?.id === '[eval]' ? process.cwd() + '/' : undefined);
  if (request[0] === '#' && parentFile) {
    if (packageScope(parentFile)?.data.imports != null) return realFile(resolveImports(request, parentFile), request, parent);
  }
  const self = resolveSelf(request, parentFile);
  if (self) return self;
  const found = Module._findPath(request, paths, isMain);
  if (request === 'better-sqlite3' && (!found || isAddonPackage(found))) return request;
  if (found) return found;
  if (request === 'pm2') return request; // who has not installed it gets Galley's own (lib/pm2.js)
  throw notFound(request, parent);
};

// ---- loading

let hooks; // internal/esm/hooks, once a program has registered some
function useHooks(used) { hooks = used; }
const hookedRequire = () => require('internal/hooked_require');

Module._load = function (request, parent, isMain) {
  if (hooks !== undefined && hooks.areThere()) return hookedRequire().load(hooks, request, parent, isMain);
  if (request.startsWith('node:')) {
    const id = request.slice(5);
    if (!builtin.has(id)) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(request);
    return loadBuiltin(id);
  }
  const filename = Module._resolveFilename(request, parent, isMain);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    if (parent?.children && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.loaded ? cached.exports : warnsWhenCircular(cached);
  }
  if (builtin.canBeRequiredWithoutScheme(filename)) return loadBuiltin(filename);
  if (filename === 'better-sqlite3' || filename === 'pm2') return loadBuiltin(filename);
  if (filename.startsWith('node:')) return loadBuiltin(filename.slice(5));
  return loadNew(filename, parent, isMain, undefined);
};

// A module that is not in the cache; `fill` gives it what its file would.
function loadNew(filename, parent, isMain, fill) {
  const module = new Module(filename, parent);
  if (isMain) {
    process.mainModule = module;
    module.id = '.';
  }
  Module._cache[filename] = module;
  let failed = true;
  try {
    if (fill === undefined) module.load(filename);
    else {
      module.filename = filename;
      module.paths = Module._nodeModulePaths(path.dirname(filename));
      fill(module);
      module.loaded = true;
    }
    failed = false;
    if (watched.delete(module.exports)) Object.setPrototypeOf(module.exports, Object.prototype);
  } finally {
    if (failed) {
      delete Module._cache[filename];
      const at = parent?.children?.indexOf(module) ?? -1;
      if (at >= 0) parent.children.splice(at, 1);
    }
  }
  return module.exports;
}

function loadBuiltin(id) {
  const exports = builtin.require(id);
  return exports;
}

// What a module that is still being loaded has exported so far. Asking it for more than that is most
// often a mistake, and is said; not to transpiled ES modules, and not for what their loaders look for.
const circularProto = new Proxy({}, {
  get(target, key) {
    if (key in target || key === '__esModule') return target[key];
    warnOfMissing(key);
    return undefined;
  },
  getOwnPropertyDescriptor(target, key) {
    if (Object.hasOwn(target, key) || key === '__esModule') return Object.getOwnPropertyDescriptor(target, key);
    warnOfMissing(key);
    return undefined;
  },
});
const watched = new Set(); // exports that have circularProto now
function warnOfMissing(key) {
  process.emitWarning(`Accessing non-existent property '${String(key)}' of module exports inside circular dependency`);
}
function warnsWhenCircular(module) {
  const { exports } = module;
  if (exports !== null && typeof exports === 'object' && !require('internal/util/types').isProxy(exports) &&
      Object.getPrototypeOf(exports) === Object.prototype && !exports.__esModule) {
    Object.setPrototypeOf(exports, circularProto);
    watched.add(exports);
  }
  return exports;
}

function longestExtension(filename) {
  const name = path.basename(filename);
  for (let at = name.indexOf('.', 0); at >= 0; at = name.indexOf('.', at + 1)) {
    if (at === 0) continue;
    const extension = name.slice(at);
    if (Module._extensions[extension]) return extension;
  }
  return '.js';
}

Module.prototype.load = function (filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(path.dirname(filename));
  Module._extensions[longestExtension(filename)](this, filename);
  this.loaded = true;
};

let requires; // the channels that tell of require() and import(), once a program can listen
let imports;
builtin.whenLoaded('diagnostics_channel', ({ tracingChannel }) => {
  requires = tracingChannel('module.require');
  imports = tracingChannel('module.import');
});

Module.prototype.require = function (id) {
  if (typeof id !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('id', 'string', id);
  if (id === '') throw new codes.ERR_INVALID_ARG_VALUE('id', id, 'must be a non-empty string');
  depth++;
  if (depth === 1) kinds = new Map();
  try {
    if (requires?.hasSubscribers)
      return requires.traceSync(Module._load, { __proto__: null, parentFilename: this.filename, id }, Module, id, this, false);
    return Module._load(id, this, false);
  } finally {
    if (--depth === 0) kinds = null;
  }
};

let wrap = (script) => Module.wrapper[0] + script + Module.wrapper[1];
const ownWrap = wrap;
let patched = false;
const defaultWrapper = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
Module.wrapper = new Proxy(defaultWrapper, {
  set(target, key, value) {
    patched = true;
    target[key] = value;
    return true;
  },
});
Object.defineProperty(Module, 'wrap', {
  configurable: true,
  enumerable: true,
  get() { return wrap; },
  set(value) {
    patched = value !== ownWrap;
    wrap = value;
  },
});

// Shown every error that a program catches: the engine's own get a stack in Node's form.
function seen(error) {
  if (typeof error === 'object' && error !== null) require('internal/stack').seen(error);
}

function compile(text, filename) {
  if (patched) return disk.run(wrap(text.startsWith('#!') ? '//' + text : text), filename, 1);
  return disk.compileText(text, filename);
}

// A main program may await at its top level, although it is no ES module: nobody waits for its exports.
function awaiting(module, content, filename) {
  if (module.id !== '.' || !/\bawait\b/.test(content)) return undefined;
  try {
    return disk.compileText(content, filename, true);
  } catch {
    return undefined;
  }
}

// The engine does not read `using` yet: what may have failed for it alone is tried without.
function withoutUsing(content, filename) {
  if (!/\busing\s+[\w$]/.test(content)) return undefined;
  const lowered = internalBinding('esm').lowerUsing(content);
  return lowered === undefined ? undefined : compile(lowered, filename);
}

// What no package.json calls CommonJS, and the engine cannot read as such, may be an ES module.
function isUndeclaredModule(filename, content, error) {
  return error instanceof SyntaxError && /\.[jt]s$|^[^.]*$/.test(path.basename(filename)) &&
    /\b(?:import|export|await)\b/.test(content) && packageScope(filename)?.data.type === undefined &&
    internalBinding('esm').isModule(content);
}

Module.prototype._compile = function (content, filename) {
  let body;
  try {
    body = compile(content, filename);
  } catch (error) {
    if (isUndeclaredModule(filename, content, error)) return require('internal/esm/require').load(this, filename, content);
    body = withoutUsing(content, filename);
    if (body === undefined) {
      seen(error);
      throw error;
    }
  }
  return runBody(this, body, filename);
};
const ownCompile = Module.prototype._compile;

function runBody(module, body, filename) {
  const outermost = depth === 0;
  if (outermost) kinds = new Map();
  try {
    return body.call(module.exports, module.exports, makeRequire(module), module, filename, path.dirname(filename), seen,
      (specifier, options) => require('internal/esm/import').importFrom(filename, specifier, options));
  } finally {
    if (outermost) kinds = null;
  }
}

function makeRequire(module) {
  const require = function require(id) { return module.require(id); };
  require.resolve = function resolve(request, options) {
    if (typeof request !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('request', 'string', request);
    if (hooks !== undefined && hooks.areThere()) return hookedRequire().resolve(hooks, request, module, options);
    return Module._resolveFilename(request, module, false, options);
  };
  require.resolve.paths = function paths(request) {
    if (typeof request !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('request', 'string', request);
    return Module._resolveLookupPaths(request, module);
  };
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function readSource(filename) {
  const text = disk.readText(filename);
  if (typeof text === 'string') return text;
  const { UVException } = require('internal/errors');
  throw new UVException({ errno: text, syscall: text === -21 ? 'read' : 'open', path: text === -21 ? undefined : filename });
}

// TypeScript: what is left without its types is run as JavaScript is.
function loadTyped(module, filename) {
  const { stripFile } = require('internal/typescript');
  if (filename.endsWith('.mts') || (filename.endsWith('.ts') && packageScope(filename)?.data.type === 'module'))
    require('internal/esm/require').load(module, filename);
  else module._compile(stripFile(readSource(filename), filename), filename);
}

Module._extensions['.js'] = function (module, filename) {
  if (filename.endsWith('ts') && require('internal/typescript').isTyped(filename)) {
    loadTyped(module, filename);
    return;
  }
  if (filename.endsWith('.js') && packageScope(filename)?.data.type === 'module') {
    require('internal/esm/require').load(module, filename);
    return;
  }
  if (module._compile !== ownCompile || patched) {
    module._compile(readSource(filename), filename);
    return;
  }
  let body;
  try {
    body = disk.compileFile(filename);
  } catch (error) {
    const content = readSource(filename);
    if (!/\brequire\s*\(/.test(content) && isUndeclaredModule(filename, content, error)) {
      require('internal/esm/require').load(module, filename);
      return;
    }
    body = awaiting(module, content, filename);
    if (body === undefined && isUndeclaredModule(filename, content, error)) {
      require('internal/esm/require').load(module, filename);
      return;
    }
    body ??= withoutUsing(content, filename);
    if (body === undefined) {
      seen(error);
      throw error;
    }
  }
  if (typeof body === 'number') readSource(filename);
  runBody(module, body, filename);
};

Module._extensions['.json'] = function (module, filename) {
  const content = readSource(filename);
  try {
    module.exports = JSON.parse(content);
  } catch (error) {
    error.message = filename + ': ' + error.message;
    throw error;
  }
};

Module._extensions['.node'] = function (module, filename) { return process.dlopen(module, filename); };

Module._extensions['.mjs'] = function (module, filename) { require('internal/esm/require').load(module, filename); };
Object.defineProperty(Module._extensions, '.mjs', { enumerable: false });

Module._initPaths = function () {
  const paths = [];
  const { envGet } = internalBinding('process');
  const nodePath = envGet('NODE_PATH');
  if (nodePath) paths.push(...nodePath.split(':').filter(Boolean));
  const home = envGet('HOME');
  if (home) paths.push(path.resolve(home, '.node_modules'), path.resolve(home, '.node_libraries'));
  paths.push(path.resolve(process.execPath, '..', '..', 'lib', 'node'));
  Module.globalPaths = paths;
};

Module._preloadModules = function (requests) {
  if (requests.length === 0) return;
  preloading = true;
  const parent = new Module('internal/preload', null);
  parent.paths = Module._nodeModulePaths(process.cwd());
  for (const request of requests) parent.require(request);
  preloading = false;
};

Module.runMain = function (main = process.argv[1]) {
  if (main.endsWith('.mjs') || (main.endsWith('.mts') && require('internal/typescript').isTyped(main))) return require('internal/esm/import').runMain(main);
  return Module._load(main, null, true);
};

Module.isBuiltin = (name) => builtinName(`${name}`) !== null;
Object.defineProperty(Module, 'builtinModules', {
  configurable: true,
  enumerable: true,
  get() {
    const list = builtin.publicIds().map((id) => builtin.schemeOnly.has(id) ? 'node:' + id : id).sort();
    Object.defineProperty(Module, 'builtinModules', { value: Object.freeze(list), enumerable: true, configurable: true, writable: true });
    return list;
  },
});

Module.createRequire = function createRequire(filename) {
  let name = filename;
  if (typeof filename === 'object' && filename !== null && typeof filename.href === 'string' ||
      (typeof filename === 'string' && !path.isAbsolute(filename))) {
    try {
      name = require('url').fileURLToPath(filename);
    } catch {
      throw new codes.ERR_INVALID_ARG_VALUE('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
    }
  } else if (typeof filename !== 'string') {
    throw new codes.ERR_INVALID_ARG_VALUE('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  }
  const file = name.endsWith('/') ? path.join(name, 'noop.js') : name;
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  return makeRequire(module);
};

module.exports = {
  get importChannels() { return imports; },
  Module, makeRequire, loadNew, loadBuiltin, useHooks, withConditions, areConditionsGiven, builtinName, isAddonPackage, packageScope, readPackage, conditionsFor, resolveExports, resolveImports, realpath, kindOf, seen,
};
