'use strict';

// printf for programs. Text and numbers, which is what servers log, are written without loading the inspector.

const nestedOptions = { compact: 3, colors: false, depth: 0 };
const wholeOptions = { showHidden: true, showProxy: true, depth: 4 };

function inspector() {
  return require('internal/util/inspect');
}

function inspectWith(options, inspectOptions, value) {
  return inspector().inspect(value, { ...inspectOptions, ...options });
}

// What inspect shows by default; known when it has been loaded, and nobody can have changed it before.
let defaults;

function setDefaults(options) {
  defaults = options;
}

function separates(inspectOptions) {
  return inspectOptions?.numericSeparator ?? defaults?.numericSeparator;
}

function numberText(number, inspectOptions) {
  if (separates(inspectOptions))
    return inspector().formatNumber(number, true);
  return Object.is(number, -0) ? '-0' : `${number}`;
}

function bigintText(bigint, inspectOptions) {
  if (separates(inspectOptions))
    return inspector().formatBigInt(bigint, true);
  return `${bigint}n`;
}

let circularText;
function jsonText(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (circularText === undefined) {
      try {
        const circle = {};
        circle.self = circle;
        JSON.stringify(circle);
      } catch (expected) {
        circularText = expected.message.split('\n', 1)[0];
      }
    }
    if (error?.name === 'TypeError' && error.message.split('\n', 1)[0] === circularText)
      return '[Circular]';
    throw error;
  }
}

function stringOf(value, inspectOptions) {
  switch (typeof value) {
    case 'number':
      return numberText(value, inspectOptions);
    case 'bigint':
      return bigintText(value, inspectOptions);
    case 'object':
      if (value !== null && inspector().hasBuiltInToString(value))
        return inspectWith(nestedOptions, inspectOptions, value);
      return String(value);
    default:
      return String(value);
  }
}

function numberOf(value, parse, inspectOptions) {
  if (typeof value === 'bigint')
    return bigintText(value, inspectOptions);
  if (typeof value === 'symbol')
    return 'NaN';
  return numberText(parse(value), inspectOptions);
}

function directive(letter, value, inspectOptions) {
  switch (letter) {
    case 's':
      return stringOf(value, inspectOptions);
    case 'j':
      return jsonText(value);
    case 'd':
      return numberOf(value, Number, inspectOptions);
    case 'i':
      return numberOf(value, Number.parseInt, inspectOptions);
    case 'f':
      return typeof value === 'symbol' ? 'NaN' : numberText(Number.parseFloat(value), inspectOptions);
    case 'O':
      return inspector().inspect(value, inspectOptions);
    case 'o':
      return inspectWith(wholeOptions, inspectOptions, value);
    case 'c':
      return '';
    default:
      return null;
  }
}

// Any argument that has no directive of its own.
function plainText(value, inspectOptions) {
  if (typeof value === 'string')
    return value;
  if (inspectOptions !== undefined || typeof value === 'function' || (typeof value === 'object' && value !== null))
    return inspector().inspect(value, inspectOptions);
  switch (typeof value) {
    case 'number':
      return numberText(value);
    case 'bigint':
      return bigintText(value);
    default:
      return String(value);
  }
}

function formatWithOptionsInternal(inspectOptions, args) {
  const first = args[0];
  let used = 0;
  let text = '';
  let join = '';
  if (typeof first === 'string') {
    if (args.length === 1)
      return first;
    let written = 0;
    let at = first.indexOf('%');
    while (at !== -1 && at < first.length - 1) {
      const letter = first[at + 1];
      if (letter === '%') {
        text += first.slice(written, at + 1);
        written = at + 2;
        at = first.indexOf('%', written);
        continue;
      }
      if (used + 1 < args.length) {
        const shown = directive(letter, args[used + 1], inspectOptions);
        // JSON has no text for some values; what is no directive stays as it is.
        if (shown !== null) {
          text += first.slice(written, at) + shown;
          written = at + 2;
          used++;
          at = first.indexOf('%', written);
          continue;
        }
      }
      at = first.indexOf('%', at + 1);
    }
    used++;
    join = ' ';
    text += written === 0 ? first : first.slice(written);
  }
  for (; used < args.length; used++) {
    text += join + plainText(args[used], inspectOptions);
    join = ' ';
  }
  return text;
}

function format(...args) {
  return formatWithOptionsInternal(undefined, args);
}

function formatWithOptions(inspectOptions, ...args) {
  require('internal/validators').validateObject(inspectOptions, 'inspectOptions',
                                                require('internal/validators').kValidateObjectAllowObjects);
  return formatWithOptionsInternal(inspectOptions, args);
}

module.exports = { format, formatWithOptions, formatWithOptionsInternal, setDefaults };
