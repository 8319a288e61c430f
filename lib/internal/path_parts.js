'use strict';

// What paths of both manners have in common: how their parts are found and put together.

const { validateObject } = require('internal/validators');

const slash = 47;
const backslash = 92;
const dot = 46;
const colon = 58;

function isPosixSeparator(code) {
  return code === slash;
}

function isWindowsSeparator(code) {
  return code === slash || code === backslash;
}

function isDriveLetter(code) {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

// Resolves `.` and `..` between separators; leading `..` survive only where the path is not absolute.
function collapse(path, allowAboveRoot, separator, isSeparator) {
  if (separator === '/' && path[0] !== '.' && !path.includes('//') && !path.includes('/.')) { // as most paths are
    const last = path.length - 1;
    return path.slice(path[0] === '/' ? 1 : 0, last > 0 && path[last] === '/' ? last : path.length);
  }
  const parts = [];
  const { length } = path;
  for (let start = 0, end; start <= length; start = end + 1) {
    end = start;
    if (separator === '/') {
      end = path.indexOf('/', start);
      if (end === -1) end = length;
    } else {
      while (end < length && !isSeparator(path.charCodeAt(end))) end++;
    }
    const size = end - start;
    if (size === 2 && path.charCodeAt(start) === dot && path.charCodeAt(start + 1) === dot) {
      if (parts.length > 0 && parts[parts.length - 1] !== '..')
        parts.pop();
      else if (allowAboveRoot)
        parts.push('..');
    } else if (size > 0 && !(size === 1 && path.charCodeAt(start) === dot)) {
      parts.push(path.slice(start, end));
    }
  }
  return parts.join(separator);
}

function formatPath(separator, object) {
  validateObject(object, 'pathObject');
  const folder = object.dir || object.root;
  const extension = object.ext ? `${object.ext[0] === '.' ? '' : '.'}${object.ext}` : '';
  const base = object.base || `${object.name || ''}${extension}`;
  if (!folder)
    return base;
  return folder === object.root ? `${folder}${base}` : `${folder}${separator}${base}`;
}

// Where the last part of a path begins and ends, trailing separators left out; begin === end says that there is none.
function lastPart(path, from, isSeparator) {
  let end = path.length;
  while (end > from && isSeparator(path.charCodeAt(end - 1)))
    end--;
  let begin = end;
  while (begin > from && !isSeparator(path.charCodeAt(begin - 1)))
    begin--;
  return [begin, end];
}

function lastPosixPart(path) {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === slash)
    end--;
  return [end === 0 ? 0 : path.lastIndexOf('/', end - 1) + 1, end];
}

function withoutSuffix(name, path, suffix) {
  if (suffix === undefined || suffix.length === 0 || suffix.length > path.length)
    return name;
  if (suffix === path)
    return '';
  return name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

// The position of the dot that begins the extension, or -1: a leading dot makes a hidden file, not an extension.
function extensionAt(name) {
  const at = name.lastIndexOf('.');
  return at <= 0 || name === '..' ? -1 : at;
}

function extensionOf(name) {
  const at = extensionAt(name);
  return at === -1 ? '' : name.slice(at);
}

module.exports = { lastPosixPart, backslash, collapse, colon, extensionAt, extensionOf, formatPath, isDriveLetter, isPosixSeparator,
                   isWindowsSeparator, lastPart, slash, withoutSuffix };
