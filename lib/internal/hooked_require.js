'use strict';
// require() in a program that has hooks (module.registerHooks): they say which URL is meant and what is there, and what they leave to
// the loader is found and read as ever.

const { Module, builtinName, loadBuiltin, loadNew } = require('internal/cjs');
const { toURL, toPath } = require('internal/esm/resolve');

const isBuiltin = (url) => url.startsWith('node:');

function urlOf(filename) {
  if (filename[0] === '/') return toURL(filename);
  return filename.startsWith('node:') ? filename : 'node:' + filename;
}
const fileOf = (url) => url.startsWith('file:') ? toPath(url) : url;

function resolveURL(hooks, request, parent, isMain, options) {
  const parentURL = parent?.filename ? urlOf(parent.filename) : undefined;
  return hooks.resolve('require', request, parentURL, {}, (specifier) => ({
    url: urlOf(Module._resolveFilename(specifier.startsWith('file:') ? toPath(specifier) : specifier, parent, isMain, options)),
  }));
}

// What require.resolve() says: a path, or a built-in's name as it was asked for.
function resolve(hooks, request, parent, options) {
  const { url } = resolveURL(hooks, request, parent, false, options);
  if (!isBuiltin(url)) return fileOf(url);
  return builtinName(request) === url.slice(5) ? request : url;
}

// As the loader itself would: of a file whose format nothing says, whoever compiles it finds out.
function loadPlainly(url, format) {
  if (isBuiltin(url)) return { format: 'builtin', source: null };
  const { formatOf, readPlainly } = require('internal/esm/load');
  const told = format ?? formatOf(url);
  return { format: told === 'detect' ? undefined : told, source: readPlainly(url) };
}

function fill(module, url, format, text) {
  const file = module.filename;
  if (format?.endsWith('-typescript')) text = require('internal/typescript').strip(text, file);
  switch (format?.replace('-typescript', '')) {
    case 'json':
      module.exports = JSON.parse(text);
      break;
    case 'module':
      require('internal/esm/require').load(module, file, text, url);
      break;
    default:
      module._compile(text, file);
  }
}

function load(hooks, request, parent, isMain) {
  const { url, format } = resolveURL(hooks, request, parent, isMain);
  const file = fileOf(url);
  const cached = Module._cache[file];
  if (cached !== undefined) {
    if (parent?.children && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  if (!hooks.haveLoad()) {
    if (isBuiltin(url)) return loadBuiltin(url.slice(5));
    return loadNew(file, parent, isMain);
  }
  const { format: told, text } = hooks.load('require', url, format, {}, loadPlainly);
  if (told === 'builtin') return loadBuiltin(url.slice(5));
  if (!isBuiltin(url)) return loadNew(file, parent, isMain, (module) => fill(module, url, told, text));
  const module = new Module(file, parent);
  module.filename = file;
  fill(module, url, told, text);
  return module.exports;
}

module.exports = { load, resolve };
