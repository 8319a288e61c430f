'use strict';

// Query strings in Node's old manner: what cannot be decoded is taken as it is, and keys may repeat.

const { codes: { ERR_INVALID_URI } } = require('internal/errors');

const hexPairs = Array.from({ length: 256 }, (_, i) => `%${(i < 16 ? '0' : '') + i.toString(16).toUpperCase()}`);

// The characters that need no escape: letters, digits and - . _ ~ ! ' ( ) *
const unescaped = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!'()*")
  unescaped[character.charCodeAt(0)] = 1;

const needsNoEscape = /^[A-Za-z0-9\-._~!'()*]*$/;

function encode(text) {
  if (needsNoEscape.test(text))
    return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      out += unescaped[code] === 1 ? text[i] : hexPairs[code];
    } else if (code < 0x800) {
      out += hexPairs[0xC0 | (code >> 6)] + hexPairs[0x80 | (code & 0x3F)];
    } else if (code < 0xD800 || code >= 0xE000) {
      out += hexPairs[0xE0 | (code >> 12)] + hexPairs[0x80 | ((code >> 6) & 0x3F)] + hexPairs[0x80 | (code & 0x3F)];
    } else {
      // A surrogate without its other half has no bytes.
      if (++i >= text.length)
        throw new ERR_INVALID_URI();
      code = 0x10000 + (((code & 0x3FF) << 10) | (text.charCodeAt(i) & 0x3FF));
      out += hexPairs[0xF0 | (code >> 18)] + hexPairs[0x80 | ((code >> 12) & 0x3F)] +
             hexPairs[0x80 | ((code >> 6) & 0x3F)] + hexPairs[0x80 | (code & 0x3F)];
    }
  }
  return out;
}

function escape(text) {
  if (typeof text !== 'string') {
    if (typeof text === 'object')
      text = String(text);
    else
      text += '';
  }
  return encode(text);
}

function digitOf(code) {
  if (code >= 48 && code <= 57)
    return code - 48;
  if (code >= 65 && code <= 70)
    return code - 55;
  if (code >= 97 && code <= 102)
    return code - 87;
  return -1;
}

function unescapeBuffer(text, decodeSpaces) {
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 37 && i + 2 < text.length) {
      const high = digitOf(text.charCodeAt(i + 1));
      const low = digitOf(text.charCodeAt(i + 2));
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        i += 2;
        continue;
      }
    }
    out[length++] = code === 43 && decodeSpaces ? 32 : code;
  }
  return out.subarray(0, length);
}

function unescape(text, decodeSpaces) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

function primitiveText(value) {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) ? `${value}` : '';
    case 'bigint':
      return `${value}`;
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return '';
  }
}

function stringify(object, separator, equals, options) {
  separator ||= '&';
  equals ||= '=';
  const custom = options && typeof options.encodeURIComponent === 'function' ? options.encodeURIComponent :
    querystring.escape;
  const convert = custom === escape ? (value) => encode(primitiveText(value)) : (value) => custom(primitiveText(value));
  if (object === null || typeof object !== 'object')
    return '';
  let out = '';
  for (const key of Object.keys(object)) {
    const value = object[key];
    const start = `${convert(key)}${equals}`;
    if (Array.isArray(value)) {
      for (const each of value)
        out += `${out === '' ? '' : separator}${start}${convert(each)}`;
    } else {
      out += `${out === '' ? '' : separator}${start}${convert(value)}`;
    }
  }
  return out;
}

function add(object, key, value) {
  const present = object[key];
  if (present === undefined && !(key in object))
    object[key] = value;
  else if (Array.isArray(present))
    present.push(value);
  else
    object[key] = [present, value];
}

function safely(decode) {
  return (text) => {
    try {
      return decode(text);
    } catch {
      return querystring.unescape(text, true);
    }
  };
}

function parse(text, separator, equals, options) {
  const object = { __proto__: null };
  if (typeof text !== 'string' || text.length === 0)
    return object;
  separator = separator ? `${separator}` : '&';
  equals = equals ? `${equals}` : '=';
  let pairs = 1000;
  if (options && typeof options.maxKeys === 'number')
    pairs = options.maxKeys > 0 && Number.isFinite(options.maxKeys) ? options.maxKeys : -1;
  const custom = options && typeof options.decodeURIComponent === 'function' ? options.decodeURIComponent :
    querystring.unescape;
  const isCustom = custom !== unescape;
  const decode = safely(custom);
  const decoded = (part) => {
    part = part.includes('+') ? part.replaceAll('+', isCustom ? '%20' : ' ') : part;
    return isCustom || part.includes('%') ? decode(part) : part;
  };

  let start = 0;
  while (start <= text.length && pairs !== 0) {
    let end = separator === '' ? -1 : text.indexOf(separator, start);
    if (end === -1)
      end = text.length;
    if (end > start) {
      const part = text.slice(start, end);
      const at = part.indexOf(equals);
      const key = at === -1 ? part : part.slice(0, at);
      const value = at === -1 ? '' : part.slice(at + equals.length);
      add(object, decoded(key), decoded(value));
    }
    pairs--;
    start = end === text.length ? end + 1 : end + separator.length;
  }
  return object;
}

const querystring = module.exports = {
  unescapeBuffer,
  unescape,
  escape,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
};
