'use strict';

// util.styleText: text in colours, where the stream can show them.

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateBoolean, validateObject, validateOneOf, validateString } = require('internal/validators');
const { inspect } = require('internal/util/inspect');
const { shouldColorize } = require('internal/util/colors');

function isStream(value) {
  return value !== null && typeof value === 'object' &&
         (typeof value.pipe === 'function' || typeof value.write === 'function' || typeof value.getReader === 'function' ||
          typeof value.getWriter === 'function' || value._readableState !== undefined || value._writableState !== undefined);
}

const hexPattern = /^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/;

function codesOf(name) {
  const known = inspect.colors[name];
  if (known != null)
    return known;
  if (typeof name === 'string' && hexPattern.test(name)) {
    const digits = name.length === 4 ? [...name.slice(1)].map((digit) => digit + digit).join('') : name.slice(1);
    const [red, green, blue] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
    return [`38;2;${red};${green};${blue}`, 39];
  }
  validateOneOf(name, 'format', Object.getOwnPropertyNames(inspect.colors));
  return undefined;
}

function styleText(format, text, options) {
  const { validateStream = true, stream = process.stdout } = options ?? {};
  validateString(text, 'text');
  if (options !== undefined)
    validateObject(options, 'options');
  validateBoolean(validateStream, 'options.validateStream');
  let plain = false;
  if (validateStream) {
    if (!isStream(stream))
      throw new ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
    plain = !shouldColorize(stream);
  }
  const names = Array.isArray(format) ? format : [format];
  let before = '';
  let after = '';
  let shown = text;
  for (const name of names) {
    if (name === 'none')
      continue;
    const codes = codesOf(name);
    const open = `\u001b[${codes[0]}m`;
    const close = `\u001b[${codes[1]}m`;
    before += open;
    after = close + after;
    // Text that ends the same style inside must take it up again; bold and dim share their end, so both are kept.
    if (shown.includes(close)) {
      const reopened = codes[1] === 22 ? `${close}${open}` : open;
      shown = shown.replaceAll(close, (match, at) => (at + close.length < shown.length ? reopened : match));
    }
  }
  return plain ? text : `${before}${shown}${after}`;
}

module.exports = { styleText };
