'use strict';

// Paths in the manner of Windows, for programs that handle them anywhere: drives, shares, devices, both separators.

const { backslash, collapse, colon, extensionAt, extensionOf, formatPath, isDriveLetter, isWindowsSeparator, lastPart, slash,
        withoutSuffix } = require('internal/path_parts');
const { validateString } = require('internal/validators');

// Device (drive or share) and root of a Windows path: how long the root is, and whether the path is absolute.
function windowsRoot(path, knowsDevices = true) {
  const { length } = path;
  const first = path.charCodeAt(0);
  if (isWindowsSeparator(first)) {
    if (length > 1 && isWindowsSeparator(path.charCodeAt(1))) {
      // \\server\share, \\.\device
      let i = 2;
      const serverStart = i;
      while (i < length && !isWindowsSeparator(path.charCodeAt(i)))
        i++;
      if (i < length && i !== serverStart) {
        const server = path.slice(serverStart, i);
        const gap = i;
        while (i < length && isWindowsSeparator(path.charCodeAt(i)))
          i++;
        if (i < length && i !== gap) {
          const shareStart = i;
          while (i < length && !isWindowsSeparator(path.charCodeAt(i)))
            i++;
          if (knowsDevices && (server === '.' || server === '?'))
            return { device: `\\\\${server}`, rootEnd: 4, isAbsolute: true, isShare: false, isDevice: true };
          const share = path.slice(shareStart, i);
          return { device: `\\\\${server}\\${share}`, rootEnd: i, isAbsolute: true, isShare: true, isDevice: false };
        }
      }
    }
    return { device: '', rootEnd: 1, isAbsolute: true, isShare: false, isDevice: false };
  }
  if (isDriveLetter(first) && length > 1 && path.charCodeAt(1) === colon) {
    const isAbsolute = length > 2 && isWindowsSeparator(path.charCodeAt(2));
    return { device: path.slice(0, 2), rootEnd: isAbsolute ? 3 : 2, isAbsolute, isShare: false, isDevice: false };
  }
  return { device: '', rootEnd: 0, isAbsolute: false, isShare: false, isDevice: false };
}

const reservedNames = /^(?:CON|PRN|AUX|NUL|COM[1-9\u00B9\u00B2\u00B3]|LPT[1-9\u00B9\u00B2\u00B3])$/i;

const win32 = {
  resolve(...args) {
    let device = '';
    let tail = '';
    let isAbsolute = false;
    for (let i = args.length - 1; i >= -1; i--) {
      let path;
      if (i >= 0) {
        path = args[i];
        validateString(path, `paths[${i}]`);
        if (path.length === 0)
          continue;
      } else if (device.length === 0) {
        path = process.cwd();
      } else {
        // Each drive has its own working directory, which Windows keeps in the environment.
        path = process.env[`=${device}`] || process.cwd();
        if (path === undefined ||
            (path.slice(0, 2).toLowerCase() !== device.toLowerCase() && path.charCodeAt(2) === backslash))
          path = `${device}\\`;
      }
      const root = windowsRoot(path);
      if (root.device.length > 0) {
        if (device.length > 0) {
          if (root.device.toLowerCase() !== device.toLowerCase())
            continue;
        } else {
          device = root.device;
        }
      }
      if (isAbsolute) {
        if (device.length > 0)
          break;
      } else {
        tail = `${path.slice(root.rootEnd)}\\${tail}`;
        isAbsolute = root.isAbsolute;
        if (isAbsolute && device.length > 0)
          break;
      }
    }
    tail = collapse(tail, !isAbsolute, '\\', isWindowsSeparator);
    return isAbsolute ? `${device}\\${tail}` : `${device}${tail}` || '.';
  },

  normalize(path) {
    validateString(path, 'path');
    const { length } = path;
    if (length === 0)
      return '.';
    if (length === 1)
      return path.charCodeAt(0) === slash ? '\\' : path;
    const root = windowsRoot(path);
    if (root.isShare && root.rootEnd === length)
      return `${root.device}\\`;
    let tail = root.rootEnd < length ? collapse(path.slice(root.rootEnd), !root.isAbsolute, '\\', isWindowsSeparator) : '';
    if (tail.length === 0 && !root.isAbsolute)
      tail = '.';
    if (tail.length > 0 && isWindowsSeparator(path.charCodeAt(length - 1)))
      tail += '\\';
    if (!root.isAbsolute && root.device === '' && path.includes(':')) {
      // What only looks like a drive or a stream name after normalizing must not become one.
      if (tail.length >= 2 && isDriveLetter(tail.charCodeAt(0)) && tail.charCodeAt(1) === colon)
        return `.\\${tail}`;
      let at = path.indexOf(':');
      do {
        if (at === length - 1 || isWindowsSeparator(path.charCodeAt(at + 1)))
          return `.\\${tail}`;
      } while ((at = path.indexOf(':', at + 1)) !== -1);
    }
    const at = path.indexOf(':');
    if (root.device === '' && at > 0 && reservedNames.test(path.slice(0, at)))
      return `.\\${root.device}${tail}`;
    return root.isAbsolute ? `${root.device}\\${tail}` : `${root.device}${tail}`;
  },

  isAbsolute(path) {
    validateString(path, 'path');
    const { length } = path;
    if (length === 0)
      return false;
    return isWindowsSeparator(path.charCodeAt(0)) ||
           (length > 2 && isDriveLetter(path.charCodeAt(0)) && path.charCodeAt(1) === colon &&
            isWindowsSeparator(path.charCodeAt(2)));
  },

  join(...args) {
    const parts = [];
    for (const part of args) {
      validateString(part, 'path');
      if (part.length > 0)
        parts.push(part);
    }
    if (parts.length === 0)
      return '.';
    const first = parts[0];
    let joined = parts.join('\\');
    // Two separators at the start name a share only if the first part says so itself.
    const leading = /^[\\/]+/.exec(joined)?.[0].length ?? 0;
    const firstLeading = /^[\\/]+/.exec(first)?.[0].length ?? 0;
    const firstIsShare = firstLeading === 2 && first.length > 2;
    if (!firstIsShare && leading >= 2)
      joined = `\\${joined.slice(leading)}`;
    // What follows a device's name and a colon would climb out of the folder if it were resolved.
    if (joined.split(/[\\/]/).some((part) => part.includes(':') && reservedNames.test(part.slice(0, part.indexOf(':')))))
      return joined.replaceAll('/', '\\');
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to)
      return '';
    const fromWhole = win32.resolve(from);
    const toWhole = win32.resolve(to);
    if (fromWhole === toWhole || fromWhole.toLowerCase() === toWhole.toLowerCase())
      return '';
    const trim = (path) => path.replace(/^\\+/, '').replace(/\\+$/, '');
    const fromParts = trim(fromWhole).split('\\').filter((part) => part !== '');
    const toParts = trim(toWhole).split('\\').filter((part) => part !== '');
    let common = 0;
    while (common < fromParts.length && common < toParts.length &&
           fromParts[common].toLowerCase() === toParts[common].toLowerCase())
      common++;
    if (common === 0)
      return toWhole;
    return [...Array(fromParts.length - common).fill('..'), ...toParts.slice(common)].join('\\');
  },

  toNamespacedPath(path) {
    if (typeof path !== 'string' || path.length === 0)
      return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2)
      return path;
    if (resolved.startsWith('\\\\')) {
      const third = resolved[2];
      if (third !== '?' && third !== '.')
        return `\\\\?\\UNC\\${resolved.slice(2)}`;
    } else if (isDriveLetter(resolved.charCodeAt(0)) && resolved.charCodeAt(1) === colon &&
               resolved.charCodeAt(2) === backslash) {
      return `\\\\?\\${resolved}`;
    }
    return resolved;
  },

  dirname(path) {
    validateString(path, 'path');
    const { length } = path;
    if (length === 0)
      return '.';
    if (length === 1)
      return isWindowsSeparator(path.charCodeAt(0)) ? path : '.';
    const { isShare, rootEnd: shareEnd } = windowsRoot(path, false);
    let rootEnd = shareEnd;
    if (isShare) {
      if (rootEnd === length)
        return path;
      rootEnd++;
    }
    let end = length;
    while (end > rootEnd && isWindowsSeparator(path.charCodeAt(end - 1)))
      end--;
    while (end > rootEnd && !isWindowsSeparator(path.charCodeAt(end - 1)))
      end--;
    if (end <= rootEnd)
      return rootEnd === 0 ? '.' : path.slice(0, rootEnd);
    return path.slice(0, end - 1);
  },

  basename(path, suffix) {
    if (suffix !== undefined)
      validateString(suffix, 'suffix');
    validateString(path, 'path');
    const from = path.length >= 2 && isDriveLetter(path.charCodeAt(0)) && path.charCodeAt(1) === colon ? 2 : 0;
    const [begin, end] = lastPart(path, from, isWindowsSeparator);
    return withoutSuffix(path.slice(begin, end), path, suffix);
  },

  extname(path) {
    return extensionOf(win32.basename(path));
  },

  format: formatPath.bind(null, '\\'),

  parse(path) {
    validateString(path, 'path');
    const parsed = { root: '', dir: '', base: '', ext: '', name: '' };
    const { length } = path;
    if (length === 0)
      return parsed;
    const root = windowsRoot(path, false);
    let { rootEnd } = root;
    if (root.isShare && rootEnd < length)
      rootEnd++;
    if (length === 1 && rootEnd === 0) {
      parsed.base = parsed.name = path;
      return parsed;
    }
    parsed.root = path.slice(0, rootEnd);
    const [begin, end] = lastPart(path, rootEnd, isWindowsSeparator);
    parsed.base = path.slice(begin, end);
    const at = extensionAt(parsed.base);
    parsed.ext = at === -1 ? '' : parsed.base.slice(at);
    parsed.name = at === -1 ? parsed.base : parsed.base.slice(0, at);
    parsed.dir = begin > 0 && begin !== rootEnd ? path.slice(0, begin - 1) : parsed.root;
    return parsed;
  },

  matchesGlob(path, pattern) {
    return require('internal/fs/pattern').pathMatches(path, pattern, true);
  },

  sep: '\\',
  delimiter: ';',
  win32: null,
  posix: null,
};

const posix = require('path');
win32.win32 = win32;
win32.posix = posix;
win32._makeLong = win32.toNamespacedPath;

module.exports = win32;
