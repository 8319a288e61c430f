'use strict';

// `util.inspect`: any value as the text that Node's programs, logs and tests expect.
// This file walks values and lays the text out; inspect_kinds knows what each kind of object shows.

// Programs that replace Object.keys do not mean us.
const objectKeys = Object.keys;
const { isStackOverflowError } = require('internal/errors');
const { objectKind, proxyKind, proxyParts } = require('internal/util/engine');
const { validateObject, validateString } = require('internal/validators');
const { getStringWidth, stripVTControlCharacters } = require('internal/util/string_width');

let kinds;
function lazyKinds() {
  kinds ??= require('internal/util/inspect_kinds');
  return kinds;
}

const kObject = 0;
const kArray = 1;
const kArrayExtras = 2;
const minLineWidth = 16;

const customInspect = Symbol.for('nodejs.util.inspect.custom');

const inspectDefaultOptions = Object.seal({
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
});

const identifier = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const mustEscapeSingle = /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const escapeSingle = new RegExp(mustEscapeSingle, 'g');
const mustEscape = /[\x00-\x1f\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const escapeAll = new RegExp(mustEscape, 'g');

const shortEscapes = {
  '__proto__': null, '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', "'": "\\'", '\\': '\\\\',
};

function escapeCharacter(character) {
  const short = shortEscapes[character];
  if (short !== undefined)
    return short;
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

function quoted(text) {
  let quote = "'";
  let must = mustEscapeSingle;
  let all = escapeSingle;
  if (text.includes("'")) {
    if (!text.includes('"'))
      quote = '"';
    else if (!text.includes('`') && !text.includes('${'))
      quote = '`';
    if (quote !== "'") {
      must = mustEscape;
      all = escapeAll;
    }
  }
  return must.test(text) ? `${quote}${text.replace(all, escapeCharacter)}${quote}` : `${quote}${text}${quote}`;
}

function withSeparators(digits) {
  return require('internal/errors').addNumericalSeparator(digits);
}

function withSeparatorsAfterPoint(digits) {
  return digits.replace(/(\d{3})(?=\d)/g, '$1_');
}

function formatNumber(number, numericSeparator) {
  if (!numericSeparator)
    return Object.is(number, -0) ? '-0' : `${number}`;
  const text = String(number);
  const integer = Math.trunc(number);
  if (integer === number)
    return !Number.isFinite(number) || text.includes('e') ? (Object.is(number, -0) ? '-0' : text) : withSeparators(text);
  if (Number.isNaN(number) || text.includes('e'))
    return text;
  const [whole, decimals] = text.split('.');
  return `${withSeparators(whole)}.${withSeparatorsAfterPoint(decimals)}`;
}

function formatBigInt(bigint, numericSeparator) {
  const text = String(bigint);
  return `${numericSeparator ? withSeparators(text) : text}n`;
}

function formatString(stylize, text, context) {
  let trailer = '';
  if (text.length > context.maxStringLength) {
    const remaining = text.length - context.maxStringLength;
    text = text.slice(0, context.maxStringLength);
    trailer = `... ${remaining} more character${remaining > 1 ? 's' : ''}`;
  }
  if (context.compact !== true && text.length > minLineWidth &&
      text.length > context.breakLength - context.indentationLvl - 4) {
    const lines = text.split(/(?<=\n)/);
    return lines.map((line) => stylize(quoted(line), 'string')).join(` +\n${' '.repeat(context.indentationLvl + 2)}`) +
           trailer;
  }
  return stylize(quoted(text), 'string') + trailer;
}

function formatPrimitive(stylize, value, context) {
  switch (typeof value) {
    case 'string':
      return formatString(stylize, value, context);
    case 'number':
      return stylize(formatNumber(value, context.numericSeparator), 'number');
    case 'bigint':
      return stylize(formatBigInt(value, context.numericSeparator), 'bigint');
    case 'boolean':
      return stylize(`${value}`, 'boolean');
    case 'undefined':
      return stylize('undefined', 'undefined');
    default:
      return stylize(Symbol.prototype.toString.call(value), 'symbol');
  }
}

function stylizeNoColor(text) {
  return text;
}

function stylizeWithColor(text, styleType) {
  const style = inspect.styles[styleType];
  if (style === undefined)
    return text;
  if (typeof style === 'function')
    return style(text);
  const color = inspect.colors[style];
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
}

function userOptions(context, isCrossContext) {
  const options = { stylize: context.stylize };
  for (const key of objectKeys(inspectDefaultOptions))
    options[key] = context[key];
  Object.assign(options, context.userOptions);
  if (isCrossContext) {
    // A foreign object must not reach this realm's prototypes through what it is given.
    Object.setPrototypeOf(options, null);
    options.stylize = Object.setPrototypeOf((value, flavour) => {
      try {
        return `${context.stylize(value, flavour)}`;
      } catch {
        return value;
      }
    }, null);
  }
  return options;
}

function isPrototypeObject(value) {
  const { constructor } = value;
  return constructor != null && constructor.prototype === value;
}

function formatCustom(context, value, recurseTimes, custom, isProxied) {
  const depth = context.depth === null ? null : context.depth - recurseTimes;
  const isCrossContext = isProxied || !(value instanceof Object);
  const shown = custom.call(value, depth, userOptions(context, isCrossContext), inspect);
  if (shown === value)
    return undefined;
  const text = typeof shown === 'object' ? formatValue(context, shown, recurseTimes) : `${shown}`;
  return text.replaceAll('\n', `\n${' '.repeat(context.indentationLvl)}`);
}

function formatProxy(context, target, handler, recurseTimes) {
  if (recurseTimes > context.depth && context.depth !== null)
    return context.stylize('Proxy [Array]', 'special');
  recurseTimes++;
  context.indentationLvl += 2;
  const parts = [
    formatValue(context, target, recurseTimes),
    formatValue(context, handler, recurseTimes),
  ];
  context.indentationLvl -= 2;
  return reduceToSingleString(context, parts, '', ['Proxy [', ']'], kArrayExtras, recurseTimes);
}

function formatValue(context, value, recurseTimes, typedArray) {
  if (value === null)
    return context.stylize('null', 'null');
  if (typeof value !== 'object' && typeof value !== 'function')
    return formatPrimitive(context.stylize, value, context);

  const original = value;
  let kind = objectKind(value);
  let proxies = 0;
  while (kind === proxyKind) {
    const [target, handler] = proxyParts(value) ?? [value];
    if (target === value)
      break;
    if (target === null)
      return wrapProxies(context.stylize('<Revoked Proxy>', 'special'), proxies);
    if (context.showProxy)
      return formatProxy(context, target, handler, recurseTimes);
    value = target;
    proxies++;
    kind = objectKind(value);
  }

  if (context.customInspect) {
    const custom = value[customInspect];
    if (typeof custom === 'function' && custom !== inspect && !isPrototypeObject(value)) {
      const shown = formatCustom(context, original, recurseTimes, custom, proxies > 0);
      if (shown !== undefined)
        return shown;
    }
  }

  if (context.seen.includes(value)) {
    let index = 1;
    if (context.circular === undefined) {
      context.circular = new Map([[value, index]]);
    } else {
      index = context.circular.get(value);
      if (index === undefined) {
        index = context.circular.size + 1;
        context.circular.set(value, index);
      }
    }
    return context.stylize(`[Circular *${index}]`, 'special');
  }
  return wrapProxies(formatRaw(context, value, recurseTimes, typedArray, kind), proxies);
}

function wrapProxies(text, proxies) {
  return proxies === 0 ? text : `${'Proxy('.repeat(proxies)}${text}${')'.repeat(proxies)}`;
}

function formatRaw(context, value, recurseTimes, typedArray, kind) {
  let prototypeProperties;
  if (context.showHidden && (recurseTimes <= context.depth || context.depth === null))
    prototypeProperties = [];
  const constructor = constructorName(value, context, recurseTimes, prototypeProperties);
  if (prototypeProperties !== undefined && prototypeProperties.length === 0)
    prototypeProperties = undefined;

  const shape = lazyKinds().shapeOf(context, value, kind, constructor, recurseTimes, typedArray,
                                     prototypeProperties !== undefined);
  if (typeof shape === 'string')
    return shape;

  if (recurseTimes > context.depth && context.depth !== null) {
    let name = prefixOf(constructor, shape.tag, shape.fallback ?? 'Object').slice(0, -1);
    if (constructor !== null)
      name = `[${name}]`;
    return context.stylize(name, 'special');
  }
  recurseTimes++;
  context.seen.push(value);
  context.currentDepth = recurseTimes;
  let output;
  let reference;
  const { keys, braces, extras } = shape;
  let { base } = shape;
  try {
    output = shape.format(context, value, recurseTimes);
    for (let i = 0; i < keys.length; i++)
      output.push(formatProperty(context, value, recurseTimes, keys[i], extras));
    if (prototypeProperties !== undefined)
      output.push(...prototypeProperties);
  } catch (error) {
    if (!isStackOverflowError(error))
      throw error;
    const name = prefixOf(constructor, shape.tag, 'Object').slice(0, -1);
    context.seen.pop();
    return context.stylize(
      `[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, 'special');
  }
  if (context.circular !== undefined) {
    const index = context.circular.get(value);
    if (index !== undefined) {
      reference = context.stylize(`<ref *${index}>`, 'special');
      if (context.compact === true)
        braces[0] = `${reference} ${braces[0]}`;
      else
        base = base === '' ? reference : `${reference} ${base}`;
    }
  }
  context.seen.pop();

  if (context.sorted) {
    const comparator = context.sorted === true ? undefined : context.sorted;
    if (extras === kObject) {
      output.sort(comparator);
    } else if (keys.length > 1) {
      const sorted = output.slice(output.length - keys.length).sort(comparator);
      output.splice(output.length - keys.length, keys.length, ...sorted);
    }
  }

  const text = reduceToSingleString(context, output, base, braces, extras, recurseTimes, value);
  const length = (context.budget[context.indentationLvl] || 0) + text.length;
  context.budget[context.indentationLvl] = length;
  // Beyond this much text no reader is left; what follows is only named, so that memory stays bounded.
  if (length > 2 ** 27)
    context.depth = -1;
  return text;
}

function isInstance(value, constructor) {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

// The two constructors that nearly all values have need no walk.
function isSimply(value, constructor) {
  const { prototype } = constructor;
  return Object.getPrototypeOf(value) === prototype && prototype.constructor === constructor &&
         !Object.hasOwn(value, 'constructor');
}

function constructorName(value, context, recurseTimes, prototypeProperties) {
  if (prototypeProperties === undefined) {
    if (isSimply(value, Object))
      return 'Object';
    if (isSimply(value, Array))
      return 'Array';
  }
  let firstPrototype;
  const original = value;
  while (value) {
    const descriptor = Object.getOwnPropertyDescriptor(value, 'constructor');
    if (descriptor !== undefined && typeof descriptor.value === 'function' && descriptor.value.name !== '' &&
        isInstance(original, descriptor.value)) {
      if (prototypeProperties !== undefined &&
          (firstPrototype !== value || !lazyKinds().builtInObjects.has(descriptor.value.name)))
        addPrototypeProperties(context, original, firstPrototype || original, recurseTimes, prototypeProperties);
      return String(descriptor.value.name);
    }
    value = Object.getPrototypeOf(value);
    if (firstPrototype === undefined)
      firstPrototype = value;
  }
  if (firstPrototype === null)
    return null;
  const kindName = lazyKinds().nameOfKind(original);
  if (recurseTimes > context.depth && context.depth !== null)
    return `${kindName} <Complex prototype>`;
  const prototypeName = constructorName(firstPrototype, context, recurseTimes + 1, prototypeProperties);
  if (prototypeName === null)
    return `${kindName} <${inspect(firstPrototype, { ...context, customInspect: false, depth: -1 })}>`;
  return `${kindName} <${prototypeName}>`;
}

// Getters and values that a class keeps on its prototype, up to three prototypes far.
function addPrototypeProperties(context, main, object, recurseTimes, output) {
  let depth = 0;
  let keys;
  let seenKeys;
  do {
    if (depth !== 0 || main === object) {
      object = Object.getPrototypeOf(object);
      if (object === null)
        break;
      const descriptor = Object.getOwnPropertyDescriptor(object, 'constructor');
      if (descriptor !== undefined && typeof descriptor.value === 'function' &&
          lazyKinds().builtInObjects.has(descriptor.value.name))
        break;
    }
    if (depth === 0)
      seenKeys = new Set();
    else
      keys.forEach((key) => seenKeys.add(key));
    keys = Reflect.ownKeys(object);
    context.seen.push(main);
    for (const key of keys) {
      if (key === 'constructor' || Object.hasOwn(main, key) || (depth !== 0 && seenKeys.has(key)))
        continue;
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (typeof descriptor.value === 'function')
        continue;
      const text = formatProperty(context, object, recurseTimes, key, kObject, descriptor, main);
      output.push(context.colors ? `\u001b[2m${text}\u001b[22m` : text);
    }
    context.seen.pop();
  } while (++depth !== 3);
}

function prefixOf(constructor, tag, fallback, size = '') {
  if (constructor === null) {
    if (tag !== '' && fallback !== tag)
      return `[${fallback}${size}: null prototype] [${tag}] `;
    return `[${fallback}${size}: null prototype] `;
  }
  if (tag !== '' && constructor !== tag)
    return tag.endsWith(`.${constructor}`) ? `${tag}${size} ` : `${constructor}${size} [${tag}] `;
  return `${constructor}${size} `;
}

function formatGetter(context, descriptor, original, recurseTimes) {
  const { stylize } = context;
  const label = descriptor.set !== undefined ? 'Getter/Setter' : 'Getter';
  const wanted = context.getters === true || (context.getters === 'get' && descriptor.set === undefined) ||
                 (context.getters === 'set' && descriptor.set !== undefined);
  if (!wanted)
    return stylize(`[${label}]`, 'special');
  try {
    const value = descriptor.get.call(original);
    context.indentationLvl += 2;
    let text;
    if (value === null)
      text = `${stylize(`[${label}:`, 'special')} ${stylize('null', 'null')}${stylize(']', 'special')}`;
    else if (typeof value === 'object')
      text = `${stylize(`[${label}]`, 'special')} ${formatValue(context, value, recurseTimes)}`;
    else
      text = `${stylize(`[${label}:`, 'special')} ${formatPrimitive(stylize, value, context)}${stylize(']', 'special')}`;
    context.indentationLvl -= 2;
    return text;
  } catch (error) {
    const shown = error !== null && typeof error === 'object' && 'message' in error ? error.message :
      formatValue(context, error, recurseTimes);
    return `${stylize(`[${label}:`, 'special')} <Inspection threw (${shown})>${stylize(']', 'special')}`;
  }
}

function formatKey(context, key, descriptor) {
  if (typeof key === 'symbol') {
    const text = context.stylize(Symbol.prototype.toString.call(key).replace(escapeAll, escapeCharacter), 'symbol');
    return descriptor.enumerable === false ? `[${text}]` : text;
  }
  if (key === '__proto__')
    return "['__proto__']";
  if (descriptor.enumerable === false)
    return `[${key.replace(escapeAll, escapeCharacter)}]`;
  if (identifier.test(key))
    return context.stylize(key, 'name');
  return context.stylize(quoted(key), 'string');
}

function formatProperty(context, value, recurseTimes, key, type, descriptor, original = value) {
  let text;
  let gap = ' ';
  descriptor ??= Object.getOwnPropertyDescriptor(value, key) ??
                 { value: value[key], configurable: true, enumerable: true };
  if (descriptor.value !== undefined) {
    const indentation = context.compact !== true || type !== kObject ? 2 : 3;
    context.indentationLvl += indentation;
    text = formatValue(context, descriptor.value, recurseTimes);
    if (indentation === 3 && context.breakLength < getStringWidth(text, context.colors))
      gap = `\n${' '.repeat(context.indentationLvl)}`;
    context.indentationLvl -= indentation;
  } else if (descriptor.get !== undefined) {
    text = formatGetter(context, descriptor, original, recurseTimes);
  } else if (descriptor.set !== undefined) {
    text = context.stylize('[Setter]', 'special');
  } else {
    text = context.stylize('undefined', 'undefined');
  }
  return type === kArray ? text : `${formatKey(context, key, descriptor)}:${gap}${text}`;
}

function widthOf(context, text) {
  return context.colors ? stripVTControlCharacters(text).length : text.length;
}

function fitsOnLine(context, output, start, base) {
  let length = output.length + start;
  if (length + output.length > context.breakLength)
    return false;
  for (let i = 0; i < output.length; i++) {
    length += widthOf(context, output[i]);
    if (length > context.breakLength)
      return false;
  }
  return base === '' || !base.includes('\n');
}

// As join() does it, but nothing is copied: what lies deep would be copied at every level.
function joined(output, separator) {
  if (output.length === 0)
    return '';
  let text = output[0];
  for (let i = 1; i < output.length; i++)
    text += separator + output[i];
  return text;
}

function reduceToSingleString(context, output, base, braces, extras, recurseTimes, value) {
  const indentation = `\n${' '.repeat(context.indentationLvl)}`;
  if (context.compact === true) {
    if (fitsOnLine(context, output, 0, base))
      return `${braces[0]}${base ? ` ${base}` : ''} ${output.join(', ')} ${braces[1]}`;
    const line = base === '' && braces[0].length === 1 ? ' ' : `${base ? ` ${base}` : ''}${indentation}  `;
    return `${braces[0]}${line}${joined(output, `,${indentation}  `)} ${braces[1]}`;
  }
  const head = base ? `${base} ` : '';
  if (typeof context.compact === 'number' && context.compact >= 1) {
    const entries = output.length;
    if (extras === kArrayExtras && entries > 6)
      output = groupArrayElements(context, output, value);
    if (context.currentDepth - recurseTimes < context.compact && entries === output.length) {
      const start = output.length + context.indentationLvl + braces[0].length + base.length + 10;
      if (fitsOnLine(context, output, start, base)) {
        const line = output.join(', ');
        if (!line.includes('\n'))
          return `${head}${braces[0]} ${line} ${braces[1]}`;
      }
    }
  }
  return `${head}${braces[0]}${indentation}  ${joined(output, `,${indentation}  `)}${indentation}${braces[1]}`;
}

// Many short entries read best as a table: as many columns as the line takes and the eye can follow.
function groupArrayElements(context, output, value) {
  let total = 0;
  let longest = 0;
  const count = context.maxArrayLength < output.length ? output.length - 1 : output.length;
  const gap = 2;
  const widths = new Array(count);
  for (let i = 0; i < count; i++) {
    const width = widthOf(context, output[i]);
    widths[i] = width;
    total += width + gap;
    if (longest < width)
      longest = width;
  }
  const widest = longest + gap;
  if (widest * 3 + context.indentationLvl >= context.breakLength || (total / widest <= 5 && longest > 6))
    return output;
  const bias = Math.sqrt(widest - total / output.length);
  const biased = Math.max(longest - 1 - bias, 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * biased * count) / biased),
    Math.floor((context.breakLength - context.indentationLvl) / widest),
    context.compact * 4,
    15);
  if (columns <= 1)
    return output;
  const columnWidths = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < count; i += columns) {
      if (widths[i] > width)
        width = widths[i];
    }
    columnWidths.push(width + gap);
  }
  let toRight = true;
  if (value !== undefined) {
    for (let i = 0; i < output.length; i++) {
      if (typeof value[i] !== 'number' && typeof value[i] !== 'bigint') {
        toRight = false;
        break;
      }
    }
  }
  const rows = [];
  for (let i = 0; i < count; i += columns) {
    const end = Math.min(i + columns, count);
    let row = '';
    let j = i;
    for (; j < end - 1; j++) {
      const width = columnWidths[j - i] + output[j].length - widths[j];
      const cell = `${output[j]}, `;
      row += toRight ? cell.padStart(width) : cell.padEnd(width);
    }
    row += toRight ? output[j].padStart(columnWidths[j - i] + output[j].length - widths[j] - gap) : output[j];
    rows.push(row);
  }
  if (context.maxArrayLength < output.length)
    rows.push(output[count]);
  return rows;
}

function inspect(value, options) {
  const context = {
    budget: {},
    indentationLvl: 0,
    seen: [],
    currentDepth: 0,
    stylize: stylizeNoColor,
    showHidden: inspectDefaultOptions.showHidden,
    depth: inspectDefaultOptions.depth,
    colors: inspectDefaultOptions.colors,
    customInspect: inspectDefaultOptions.customInspect,
    showProxy: inspectDefaultOptions.showProxy,
    maxArrayLength: inspectDefaultOptions.maxArrayLength,
    maxStringLength: inspectDefaultOptions.maxStringLength,
    breakLength: inspectDefaultOptions.breakLength,
    compact: inspectDefaultOptions.compact,
    sorted: inspectDefaultOptions.sorted,
    getters: inspectDefaultOptions.getters,
    numericSeparator: inspectDefaultOptions.numericSeparator,
    circular: undefined,
    userOptions: undefined,
  };
  if (arguments.length > 1) {
    // The old form: inspect(value, showHidden, depth, colors).
    if (arguments.length > 2) {
      if (arguments[2] !== undefined)
        context.depth = arguments[2];
      if (arguments.length > 3 && arguments[3] !== undefined)
        context.colors = arguments[3];
    }
    if (typeof options === 'boolean') {
      context.showHidden = options;
    } else if (options) {
      for (const key of objectKeys(options)) {
        if (key === 'stylize' || Object.hasOwn(inspectDefaultOptions, key))
          context[key] = options[key];
        else
          context.userOptions ??= options;
      }
    }
  }
  if (context.colors)
    context.stylize = stylizeWithColor;
  if (context.maxArrayLength === null)
    context.maxArrayLength = Infinity;
  if (context.maxStringLength === null)
    context.maxStringLength = Infinity;
  return formatValue(context, value, 0);
}

inspect.custom = customInspect;

Object.defineProperty(inspect, 'defaultOptions', {
  __proto__: null,
  get() {
    return inspectDefaultOptions;
  },
  set(options) {
    validateObject(options, 'options');
    Object.assign(inspectDefaultOptions, options);
  },
  configurable: true,
  enumerable: true,
});

for (const name of ['colors', 'styles']) {
  Object.defineProperty(inspect, name, {
    __proto__: null,
    get() {
      const value = require('internal/util/colors')[name];
      Object.defineProperty(inspect, name,
                            { __proto__: null, value, configurable: true, enumerable: true, writable: true });
      return value;
    },
    set(value) {
      Object.defineProperty(inspect, name,
                            { __proto__: null, value, configurable: true, enumerable: true, writable: true });
    },
    configurable: true,
    enumerable: true,
  });
}

function stripChecked(text) {
  validateString(text, 'str');
  return stripVTControlCharacters(text);
}

const { format, formatWithOptions, formatWithOptionsInternal, setDefaults } = require('internal/util/format');
setDefaults(inspectDefaultOptions);

module.exports = {
  format,
  formatBigInt,
  formatNumber,
  formatPrimitive,
  formatProperty,
  formatValue,
  formatWithOptions,
  formatWithOptionsInternal,
  getStringWidth,
  identifier,
  inspect,
  inspectDefaultOptions,
  kArray,
  kArrayExtras,
  kObject,
  objectKeys,
  prefixOf,
  quoted,
  reduceToSingleString,
  stripVTControlCharacters: stripChecked,
  stylizeNoColor,
};

Object.defineProperty(module.exports, 'hasBuiltInToString', {
  __proto__: null,
  enumerable: true,
  get() { return lazyKinds().hasBuiltInToString; },
});
