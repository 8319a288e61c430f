'use strict';
// From what an import says to a URL. Files and packages are found as require() finds them, but names are complete: no extension is
// tried, no folder has an index.

const { Module, builtinName, isAddonPackage, packageScope, readPackage, conditionsFor, areConditionsGiven, resolveExports, resolveImports, realpath, kindOf } =
  require('internal/cjs');
const path = require('path');
const codes = require('internal/codes');
const builtin = require('internal/builtin');

const FILE = 0, FOLDER = 1;
const plainPath = /^\/[\w\-./@+~=,]*$/;

const toURL = (file) => plainPath.test(file) ? 'file://' + file : require('url').pathToFileURL(file).href;
function toPath(url) {
  if (url.startsWith('file:///') && plainPath.test(url.slice(7))) return url.slice(7);
  return require('url').fileURLToPath(url.replace(/[?#].*$/s, ''));
}
const parentName = (parent) => parent?.startsWith('file:') ? toPath(parent) : parent;

const isRelative = (specifier) => specifier[0] === '/' || specifier.startsWith('./') || specifier.startsWith('../') ||
  specifier === '.' || specifier === '..';

function relativeURL(specifier, parent) {
  if (parent.startsWith('file://') && plainPath.test(parent.slice(7)) && /^[\w\-./@+~=,]+$/.test(specifier) &&
      !specifier.startsWith('//')) {
    const folder = specifier.endsWith('/') || specifier === '.' || specifier === '..' ? '/' : '';
    const file = path.resolve(parent.slice(7, parent.lastIndexOf('/') + 1), specifier);
    return 'file://' + (file === '/' ? file : file + folder);
  }
  if (!URL.canParse(specifier, parent)) throw new codes.ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, parent);
  return new URL(specifier, parent).href;
}

// A file: URL of something that is there, with the links on its way followed.
function existing(url, parent) {
  if (/%2f|%5c/i.test(url.replace(/[?#].*$/s, '')))
    throw new codes.ERR_INVALID_MODULE_SPECIFIER(toName(url), 'must not include encoded "/" or "\\" characters', parentName(parent));
  const file = toPath(url);
  const kind = kindOf(file.endsWith('/') && file !== '/' ? file.slice(0, -1) : file);
  if (kind === FOLDER) throw new codes.ERR_UNSUPPORTED_DIR_IMPORT(file, parentName(parent), url);
  if (kind !== FILE || file.endsWith('/')) throw new codes.ERR_MODULE_NOT_FOUND(file, parentName(parent), url);
  if (require('internal/options').get('preserve-symlinks') === true) return url;
  const real = realpath(file);
  return real === file ? url : toURL(real) + (/[?#].*$/s.exec(url)?.[0] ?? '');
}
const toName = (url) => new URL(url).pathname;

const rulesOf = (parent) => ({
  conditions: () => conditionsFor('import'),
  bare: (name) => packageURL(name, parent),
});

const asURL = (found) => found[0] === '/' ? toURL(found) : found;

function packageParts(specifier, parent) {
  const match = /^((?:@[^/\\%]+\/)?[^./\\%@][^/\\%]*)(\/.*)?$/.exec(specifier);
  if (match === null) throw new codes.ERR_INVALID_MODULE_SPECIFIER(specifier, 'is not a valid package name', parentName(parent));
  return { name: match[1], subpath: '.' + (match[2] ?? '') };
}

function packageURL(specifier, parent) {
  const id = builtinName(specifier);
  if (id !== null) return 'node:' + id;
  const { name, subpath } = packageParts(specifier, parent);
  const from = parent.startsWith('file:') ? toPath(parent) : process.cwd() + '/x';
  const own = packageScope(from);
  if (own !== null && own.data.name === name && own.data.exports !== undefined && own.data.exports !== null)
    return asURL(resolveExports(own, subpath, from, rulesOf(parent)));
  for (const folder of Module._nodeModulePaths(path.dirname(from))) {
    const place = path.join(folder, name);
    if (kindOf(place) !== FOLDER) continue;
    if (specifier === 'better-sqlite3' && isAddonPackage(place + '/x')) break;
    const pkg = readPackage(place);
    if (pkg !== null && pkg.data.exports !== undefined && pkg.data.exports !== null)
      return asURL(resolveExports(pkg, subpath, from, rulesOf(parent)));
    if (subpath !== '.') return toURL(path.join(place, subpath)) + (subpath.endsWith('/') ? '/' : '');
    return toURL(packageMain(place, pkg, parent));
  }
  if (specifier === 'better-sqlite3' || specifier === 'pm2') return 'node:' + specifier;
  throw new codes.ERR_MODULE_NOT_FOUND(name, parentName(parent), null);
}

function packageMain(place, pkg, parent) {
  const main = typeof pkg?.data.main === 'string' ? pkg.data.main : undefined;
  const tries = main === undefined ? [] : ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'].map((end) => main + end);
  for (const one of [...tries, 'index.js', 'index.json', 'index.node']) {
    const file = path.resolve(place, one);
    if (kindOf(file) === FILE) return file;
  }
  throw new codes.ERR_MODULE_NOT_FOUND(place, parentName(parent), null);
}

function resolveURL(specifier, parent) {
  if (isRelative(specifier)) return relativeURL(specifier, parent);
  if (specifier[0] === '#') return asURL(resolveImports(specifier, parentName(parent), rulesOf(parent)));
  if (specifier.startsWith('node:')) return specifier;
  if (/^[a-z][a-z\d+.-]*:/i.test(specifier) && URL.canParse(specifier)) return new URL(specifier).href;
  if (parent.startsWith('data:') && builtinName(specifier) === null) throw new codes.ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, parent);
  return packageURL(specifier, parent);
}

const found = new Map(); // parent -> specifier -> URL

// The URL of what an import means; of a file, one that exists, or did when it was first asked for.
function resolve(specifier, parent) {
  if (areConditionsGiven()) return find(specifier, parent);
  let known = found.get(parent);
  if (known === undefined) found.set(parent, known = new Map());
  let url = known.get(specifier);
  if (url === undefined) known.set(specifier, url = find(specifier, parent));
  return url;
}

function find(specifier, parent) {
  const url = resolveURL(specifier, parent);
  if (url.startsWith('file:')) return existing(url, parent);
  if (url.startsWith('node:')) {
    if (!builtin.has(url.slice(5))) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(url);
    return url;
  }
  if (!url.startsWith('data:')) throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(new URL(url), ['file', 'data', 'node']);
  return url;
}

module.exports = { resolve, resolveURL, toURL, toPath };
