'use strict';

// Paths as text, in the manner of POSIX. Nothing here asks the disk; the manner of Windows is loaded when it is asked for.

const { collapse, extensionAt, extensionOf, formatPath, isPosixSeparator, lastPosixPart, slash, withoutSuffix } =
  require('internal/path_parts');
const { validateString } = require('internal/validators');

const posix = {
  resolve(...args) {
    let resolved = '';
    let isAbsolute = false;
    for (let i = args.length - 1; i >= 0 && !isAbsolute; i--) {
      const path = args[i];
      validateString(path, `paths[${i}]`);
      if (path.length === 0)
        continue;
      resolved = `${path}/${resolved}`;
      isAbsolute = path.charCodeAt(0) === slash;
    }
    if (!isAbsolute) {
      const cwd = process.cwd();
      resolved = `${cwd}/${resolved}`;
      isAbsolute = cwd.charCodeAt(0) === slash;
    }
    resolved = collapse(resolved, !isAbsolute, '/', isPosixSeparator);
    if (isAbsolute)
      return `/${resolved}`;
    return resolved.length > 0 ? resolved : '.';
  },

  normalize(path) {
    validateString(path, 'path');
    if (path.length === 0)
      return '.';
    const isAbsolute = path.charCodeAt(0) === slash;
    const trailing = path.charCodeAt(path.length - 1) === slash;
    let result = collapse(path, !isAbsolute, '/', isPosixSeparator);
    if (result.length === 0) {
      if (isAbsolute)
        return '/';
      return trailing ? './' : '.';
    }
    if (trailing)
      result += '/';
    return isAbsolute ? `/${result}` : result;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    return path.length > 0 && path.charCodeAt(0) === slash;
  },

  join(...args) {
    let joined = '';
    for (let i = 0; i < args.length; i++) {
      const part = args[i];
      validateString(part, 'path');
      if (part.length > 0)
        joined = joined === '' ? part : `${joined}/${part}`;
    }
    return joined === '' ? '.' : posix.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to)
      return '';
    from = posix.resolve(from);
    to = posix.resolve(to);
    if (from === to)
      return '';
    const fromParts = from === '/' ? [] : from.slice(1).split('/');
    const toParts = to === '/' ? [] : to.slice(1).split('/');
    let common = 0;
    while (common < fromParts.length && common < toParts.length && fromParts[common] === toParts[common])
      common++;
    return [...Array(fromParts.length - common).fill('..'), ...toParts.slice(common)].join('/');
  },

  toNamespacedPath(path) {
    return path;
  },

  dirname(path) {
    validateString(path, 'path');
    if (path.length === 0)
      return '.';
    const hasRoot = path.charCodeAt(0) === slash;
    let end = path.length - 1;
    while (end >= 1 && path.charCodeAt(end) === slash)
      end--;
    while (end >= 1 && path.charCodeAt(end) !== slash)
      end--;
    if (end < 1)
      return hasRoot ? '/' : '.';
    return hasRoot && end === 1 ? '//' : path.slice(0, end);
  },

  basename(path, suffix) {
    if (suffix !== undefined)
      validateString(suffix, 'suffix');
    validateString(path, 'path');
    const [begin, end] = lastPosixPart(path);
    return withoutSuffix(path.slice(begin, end), path, suffix);
  },

  extname(path) {
    validateString(path, 'path');
    const [begin, end] = lastPosixPart(path);
    return extensionOf(path.slice(begin, end));
  },

  format: formatPath.bind(null, '/'),

  parse(path) {
    validateString(path, 'path');
    const parsed = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path.length === 0)
      return parsed;
    const isAbsolute = path.charCodeAt(0) === slash;
    if (isAbsolute)
      parsed.root = '/';
    const [begin, end] = lastPosixPart(path);
    parsed.base = path.slice(begin, end);
    const at = extensionAt(parsed.base);
    parsed.ext = at === -1 ? '' : parsed.base.slice(at);
    parsed.name = at === -1 ? parsed.base : parsed.base.slice(0, at);
    if (begin > 1)
      parsed.dir = path.slice(0, begin - 1);
    else if (isAbsolute)
      parsed.dir = '/';
    return parsed;
  },

  matchesGlob(path, pattern) {
    return require('internal/fs/pattern').pathMatches(path, pattern, false);
  },

  sep: '/',
  delimiter: ':',
  win32: null,
  posix: null,
};

posix.posix = posix;
posix._makeLong = posix.toNamespacedPath;
Object.defineProperty(posix, 'win32', {
  __proto__: null,
  get() {
    const value = require('internal/path_win32');
    Object.defineProperty(posix, 'win32', { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    return value;
  },
  set(value) {
    Object.defineProperty(posix, 'win32', { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  },
  enumerable: true,
  configurable: true,
});

module.exports = posix;
