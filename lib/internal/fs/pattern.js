'use strict';
// Glob patterns: braces are unfolded, every part between slashes becomes a text, a regular expression
// or "any folders".

const { validateString } = require('internal/validators');
const ANY_FOLDERS = Symbol('**');

// The end of a bracketed group that starts at `from`; -1 if it never closes.
function closing(pattern, from, open, close) {
  let depth = 0;
  for (let i = from; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i++;
    else if (c === open) depth++;
    else if (c === close && --depth === 0) return i;
  }
  return -1;
}

function splitOutside(text, separator) {
  const parts = [];
  let depth = 0, start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === '{' || c === '(') depth++;
    else if (c === '}' || c === ')') depth--;
    else if (c === separator && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function sequence(inner) {
  const match = /^(-?\d+|[a-zA-Z])\.\.(-?\d+|[a-zA-Z])(?:\.\.(-?\d+))?$/.exec(inner);
  if (match === null) return undefined;
  const isNumber = /^-?\d+$/.test(match[1]);
  if (isNumber !== /^-?\d+$/.test(match[2])) return undefined;
  const from = isNumber ? +match[1] : match[1].charCodeAt(0);
  const to = isNumber ? +match[2] : match[2].charCodeAt(0);
  const step = Math.max(1, Math.abs(+(match[3] ?? 1)));
  const width = isNumber && /^-?0\d/.test(match[1] + ' ' + match[2]) ? Math.max(match[1].length, match[2].length) : 0;
  const values = [];
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    if (values.length > 10000) break;
    values.push(isNumber ? (n < 0 ? '-' : '') + String(Math.abs(n)).padStart(width - (n < 0 ? 1 : 0), '0') : String.fromCharCode(n));
  }
  return values;
}

function expandBraces(pattern) {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '\\') {
      i++;
      continue;
    }
    if (pattern[i] !== '{') continue;
    const end = closing(pattern, i, '{', '}');
    if (end === -1) continue;
    const inner = pattern.slice(i + 1, end);
    let choices = splitOutside(inner, ',');
    if (choices.length === 1) {
      choices = sequence(inner);
      if (choices === undefined) continue;
    } else {
      choices = choices.flatMap(expandBraces);
    }
    const before = pattern.slice(0, i);
    const rest = expandBraces(pattern.slice(end + 1));
    return choices.flatMap((choice) => rest.map((tail) => before + choice + tail));
  }
  return [pattern];
}

const escapeText = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const posixClasses = {
  '__proto__': null,
  'alnum': '\\p{L}\\p{Nl}\\p{Nd}', 'alpha': '\\p{L}\\p{Nl}', 'ascii': '\\x00-\\x7f', 'blank': '\\p{Zs}\\t',
  'cntrl': '\\p{Cc}', 'digit': '\\p{Nd}', 'lower': '\\p{Ll}', 'print': '\\P{C}', 'punct': '\\p{P}',
  'space': '\\p{Z}\\t\\r\\n\\v\\f', 'upper': '\\p{Lu}', 'word': '\\p{L}\\p{Nl}\\p{Nd}\\p{Pc}', 'xdigit': 'A-Fa-f0-9',
};

// A character class at pattern[at]: its expression and where it ends, or undefined if it is no class.
function classAt(pattern, at) {
  let i = at + 1;
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  let out = '';
  for (let first = true; i < pattern.length; first = false) {
    const c = pattern[i];
    if (c === ']' && !first) return { source: `[${negated ? '^/' : ''}${out}]`, end: i };
    if (c === '[' && pattern[i + 1] === ':') {
      const end = pattern.indexOf(':]', i);
      const name = end === -1 ? undefined : posixClasses[pattern.slice(i + 2, end)];
      if (name !== undefined) {
        out += name;
        i = end + 2;
        continue;
      }
    }
    if (c === '\\' && i + 1 < pattern.length) {
      out += escapeText(pattern[i + 1]);
      i += 2;
      continue;
    }
    out += c === '-' && out !== '' && pattern[i + 1] !== ']' ? '-' : escapeText(c);
    i++;
  }
  return undefined;
}

// The expression for a part, without anchors. `tail` is what follows it, for !(...) to look at.
function sourceOf(pattern, tail, depth = 0) {
  let out = '';
  let magic = false;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\' && i + 1 < pattern.length) {
      out += escapeText(pattern[++i]);
      continue;
    }
    if ('?*+@!'.includes(c) && pattern[i + 1] === '(') {
      const end = closing(pattern, i + 1, '(', ')');
      if (end !== -1) {
        magic = true;
        const choices = splitOutside(pattern.slice(i + 2, end), '|');
        const rest = sourceOf(pattern.slice(end + 1), tail, depth + 1).source;
        if (c === '!') {
          const inner = choices.map((choice) => sourceOf(choice, rest + tail, depth + 1).source).join('|');
          out += `(?:(?!(?:${inner})${rest}${tail}$)[^/]*?)`;
        } else {
          const inner = choices.map((choice) => sourceOf(choice, rest + tail, depth + 1).source).join('|');
          out += `(?:${inner})${c === '@' ? '' : c}`;
        }
        i = end;
        continue;
      }
    }
    if (c === '*') {
      magic = true;
      while (pattern[i + 1] === '*') i++;
      out += '[^/]*?';
    } else if (c === '?') {
      magic = true;
      out += '[^/]';
    } else if (c === '[') {
      const found = classAt(pattern, i);
      if (found === undefined) {
        out += '\\[';
      } else {
        magic = true;
        out += found.source;
        i = found.end;
      }
    } else {
      out += escapeText(c);
    }
  }
  return { source: out, magic };
}

function compilePart(part, { dot, nocase }) {
  if (part === '**') return ANY_FOLDERS;
  const { source, magic } = sourceOf(part, '');
  if (!magic) return part.replace(/\\(.)/g, '$1');
  const mayHide = dot || part[0] === '.' || /^[@+?*!]\((?:[^()]*\|)?\./.test(part);
  const guard = mayHide ? '(?!\\.{1,2}$)' : '(?!\\.)';
  try {
    return new RegExp(`^${guard}${source}$`, nocase ? 'ui' : 'u');
  } catch {
    return part;
  }
}

// `.` says nothing, `x/..` cancels itself, and one ** is as good as two.
function simplify(parts) {
  const result = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === '.' && parts.length > 1) continue;
    if (part === '' && i > 0 && i < parts.length - 1) continue;
    if (part === '..' && result.length > 0) {
      const last = result[result.length - 1];
      if (last !== '..' && last !== '**' && last !== '') {
        result.pop();
        continue;
      }
    }
    if (part === '**' && result[result.length - 1] === '**') continue;
    result.push(part);
  }
  return result;
}

const partMatches = (part, name) => (typeof part === 'string' ? part === name : part.test(name));

function matchParts(parts, names, options, p = 0, n = 0) {
  for (; p < parts.length; p++, n++) {
    const part = parts[p];
    if (part === ANY_FOLDERS) {
      if (p === parts.length - 1) {
        for (; n < names.length; n++)
          if (names[n] === '.' || names[n] === '..' || (!options.dot && names[n][0] === '.')) return false;
        return true;
      }
      for (let skip = n; skip <= names.length; skip++) {
        if (matchParts(parts, names, options, p + 1, skip)) return true;
        if (skip < names.length && (names[skip] === '.' || names[skip] === '..' || (!options.dot && names[skip][0] === '.'))) return false;
      }
      return false;
    }
    if (n >= names.length) return part === '' && p === parts.length - 1;
    if (!partMatches(part, names[n])) return false;
  }
  return n === names.length || (n === names.length - 1 && names[n] === '');
}

class Pattern {
  constructor(pattern, options = {}) {
    this.options = options;
    this.sets = expandBraces(pattern).map((one) => simplify(one.split('/')).map((part) => compilePart(part, options)));
  }

  match(path) {
    const names = path.split('/');
    if (names.length > 1) {
      for (let i = names.length - 2; i > 0; i--) if (names[i] === '' || names[i] === '.') names.splice(i, 1);
      if (names[0] === '.') names.shift();
    }
    for (const parts of this.sets) {
      // A pattern without a slash may speak of the last name only.
      const subject = this.options.matchBase && parts.length === 1 ? [names[names.length - 1] || names[names.length - 2]] : names;
      if (matchParts(parts, subject, this.options)) return true;
    }
    return false;
  }
}

// Whether a whole path fits; on Windows both kinds of slashes part its names.
function pathMatches(path, pattern, isWindows) {
  validateString(path, 'path');
  validateString(pattern, 'pattern');
  const plain = (text) => (isWindows ? text.replaceAll('\\', '/') : text);
  return new Pattern(plain(pattern)).match(plain(path));
}

module.exports = { ANY_FOLDERS, Pattern, expandBraces, partMatches, pathMatches };
