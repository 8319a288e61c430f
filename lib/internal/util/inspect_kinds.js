'use strict';

// What each kind of object shows when it is inspected: its braces, its entries, and which of its properties.

const { hasOnlyElements, proxyParts, promiseState, remainingItems } = require('internal/util/engine');
const types = require('internal/util/types');
const { argumentsKinds, kindOf } = types;
const inspector = require('internal/util/inspect');
const { formatPrimitive, formatNumber, formatBigInt, formatValue, formatProperty, kArray, kArrayExtras, kObject, objectKeys, prefixOf,
        reduceToSingleString, stylizeNoColor } = inspector;

const builtInObjects = new Set([
  'AggregateError', 'Array', 'ArrayBuffer', 'AsyncDisposableStack', 'Atomics', 'BigInt', 'BigInt64Array',
  'BigUint64Array', 'Boolean', 'DataView', 'Date', 'DisposableStack', 'Error', 'EvalError', 'FinalizationRegistry',
  'Float16Array', 'Float32Array', 'Float64Array', 'Function', 'Infinity', 'Int16Array', 'Int32Array', 'Int8Array', 'Intl',
  'Iterator', 'JSON', 'Map', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'Proxy', 'RangeError', 'ReferenceError',
  'Reflect', 'RegExp', 'Set', 'SharedArrayBuffer', 'String', 'SuppressedError', 'Symbol', 'SyntaxError', 'TypeError',
  'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet',
  'WebAssembly',
]);

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size').get;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size').get;
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayTag = Object.getOwnPropertyDescriptor(typedArrayPrototype, Symbol.toStringTag).get;
const typedArrayLength = Object.getOwnPropertyDescriptor(typedArrayPrototype, 'length').get;

function hasBuiltInToString(value) {
  const parts = proxyParts(value);
  if (parts !== undefined) {
    if (parts[0] === null)
      return true;
    value = parts[0];
    if (proxyParts(value) !== undefined)
      return hasBuiltInToString(value);
  }
  if (typeof value[Symbol.toPrimitive] === 'function' && !types.isDate(value))
    return false;
  if (typeof value.toString !== 'function')
    return true;
  if (Object.hasOwn(value, 'toString'))
    return false;
  let pointer = value;
  do {
    pointer = Object.getPrototypeOf(pointer);
  } while (!Object.hasOwn(pointer, 'toString'));
  const descriptor = Object.getOwnPropertyDescriptor(pointer, 'constructor');
  return descriptor !== undefined && typeof descriptor.value === 'function' && builtInObjects.has(descriptor.value.name);
}

const namedKinds = ['Map', 'Set', 'Promise', 'WeakMap', 'WeakSet', 'Date', 'RegExp', 'DataView'];

function nameOfKind(value) {
  if (typeof value === 'function')
    return 'Function';
  if (Array.isArray(value))
    return 'Array';
  if (types.isNativeError(value))
    return 'Error';
  const typed = typedArrayTag.call(value);
  if (typed !== undefined)
    return typed;
  for (const name of namedKinds) {
    if (types[`is${name}`](value))
      return name;
  }
  return 'Object';
}

function keysOf(value, showHidden) {
  const symbols = Object.getOwnPropertySymbols(value);
  const keys = showHidden ? Object.getOwnPropertyNames(value) : objectKeys(value);
  for (const symbol of symbols) {
    if (showHidden || Object.prototype.propertyIsEnumerable.call(value, symbol))
      keys.push(symbol);
  }
  return keys;
}

function isArrayIndex(key) {
  return typeof key === 'string' && key.charCodeAt(0) <= 57 && /^(?:0|[1-9]\d{0,9})$/.test(key) && +key < 4294967295;
}

// The engine lists indices first, so what is left after them are the names.
function nonIndexKeys(value, showHidden, length) {
  if (!showHidden && hasOnlyElements(value))
    return [];
  const keys = keysOf(value, showHidden);
  let start = 0;
  if (keys.length >= length && keys[length - 1] === `${length - 1}`)
    start = length;
  while (start < keys.length && isArrayIndex(keys[start]))
    start++;
  return start === 0 ? keys : keys.slice(start);
}

function formatNothing() {
  return [];
}

function moreItems(remaining) {
  return `... ${remaining} more item${remaining > 1 ? 's' : ''}`;
}

function shownLength(context, length) {
  return Math.min(Math.max(0, context.maxArrayLength), length);
}

function formatArray(context, value, recurseTimes) {
  const { length } = value;
  const shown = shownLength(context, length);
  const output = [];
  for (let i = 0; i < shown; i++) {
    const descriptor = Object.getOwnPropertyDescriptor(value, i);
    if (descriptor === undefined)
      return formatSparseArray(context, value, recurseTimes, shown, output, i);
    output.push(formatProperty(context, value, recurseTimes, i, kArray, descriptor));
  }
  if (length > shown)
    output.push(moreItems(length - shown));
  return output;
}

function emptyItems(context, count) {
  return context.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
}

function formatSparseArray(context, value, recurseTimes, shown, output, position) {
  const keys = objectKeys(value);
  let index = position;
  for (let i = position; i < keys.length && output.length < shown; i++) {
    const key = keys[i];
    if (!isArrayIndex(key))
      break;
    if (`${index}` !== key) {
      output.push(emptyItems(context, key - index));
      index = +key;
      if (output.length === shown)
        break;
    }
    output.push(formatProperty(context, value, recurseTimes, key, kArray));
    index++;
  }
  const remaining = value.length - index;
  if (remaining > 0)
    output.push(output.length === shown ? moreItems(remaining) : emptyItems(context, remaining));
  return output;
}

function formatTypedArray(array, length, context, recurseTimes) {
  const shown = shownLength(context, length);
  const output = new Array(shown);
  const text = length > 0 && typeof array[0] === 'number' ? formatNumber : formatBigInt;
  const style = text === formatNumber ? 'number' : 'bigint';
  for (let i = 0; i < shown; i++)
    output[i] = context.stylize(text(array[i], context.numericSeparator), style);
  if (length > shown)
    output.push(moreItems(length - shown));
  if (context.showHidden) {
    context.indentationLvl += 2;
    for (const key of ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'])
      output.push(`[${key}]: ${formatValue(context, array[key], recurseTimes, true)}`);
    context.indentationLvl -= 2;
  }
  return output;
}

function hiddenProperties(context, value, recurseTimes, keys) {
  return keys.map((key) => {
    context.indentationLvl += 2;
    const text = formatValue(context, value[key], recurseTimes);
    context.indentationLvl -= 2;
    return `[${key}]: ${text}`;
  });
}

function formatArrayBuffer(context, value, recurseTimes, withContents) {
  const output = [];
  if (withContents) {
    let bytes;
    try {
      bytes = new Uint8Array(value);
    } catch {
      bytes = undefined;
    }
    if (bytes === undefined || value.detached === true)
      return [context.stylize('(detached)', 'special'), ...hiddenProperties(context, value, recurseTimes, ['byteLength'])];
    const shown = shownLength(context, bytes.length);
    let text = Array.from(bytes.subarray(0, shown), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const remaining = bytes.length - shown;
    if (remaining > 0)
      text += ` ... ${remaining} more byte${remaining > 1 ? 's' : ''}`;
    output.push(`${context.stylize('[Uint8Contents]', 'special')}: <${text}>`);
  }
  output.push(...hiddenProperties(context, value, recurseTimes, ['byteLength']));
  return output;
}

function formatEntries(context, iterable, length, entry) {
  const shown = shownLength(context, length);
  const output = [];
  context.indentationLvl += 2;
  let i = 0;
  for (const item of iterable) {
    if (i++ >= shown)
      break;
    output.push(entry(item));
  }
  context.indentationLvl -= 2;
  if (length > shown)
    output.push(moreItems(length - shown));
  return output;
}

function formatSet(context, value, recurseTimes) {
  return formatEntries(context, Set.prototype.values.call(value), setSize.call(value),
                       (item) => formatValue(context, item, recurseTimes));
}

function formatMap(context, value, recurseTimes) {
  return formatEntries(context, Map.prototype.entries.call(value), mapSize.call(value), ([key, item]) =>
    `${formatValue(context, key, recurseTimes)} => ${formatValue(context, item, recurseTimes)}`);
}

function formatIterator(context, value, recurseTimes, braces) {
  const remaining = remainingItems(value);
  if (remaining === undefined)
    return formatUnknownItems(context);
  const { items, isEntries } = remaining;
  if (!isEntries)
    return formatEntries(context, items, items.length, (item) => formatValue(context, item, recurseTimes));
  braces[0] = braces[0].replace(/ Iterator\] \{$/, ' Entries] {');
  return formatEntries(context, items, items.length, (pair) => reduceToSingleString(
    context, [formatValue(context, pair[0], recurseTimes), formatValue(context, pair[1], recurseTimes)],
    '', ['[', ']'], kArrayExtras, recurseTimes));
}

function formatUnknownItems(context) {
  return [context.stylize('<items unknown>', 'special')];
}

function formatPromise(context, value, recurseTimes) {
  const state = promiseState(value);
  if (state === undefined || state[0] === 0)
    return [context.stylize('<pending>', 'special')];
  context.indentationLvl += 2;
  const text = formatValue(context, state[1], recurseTimes);
  context.indentationLvl -= 2;
  return [state[0] === 2 ? `${context.stylize('<rejected>', 'special')} ${text}` : text];
}

const withoutComments = /(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g;
const classHead = /^(\s+[^(]*?)\s*{/;

function classBase(value, constructor, tag) {
  const name = (Object.hasOwn(value, 'name') && value.name) || '(anonymous)';
  let base = `class ${name}`;
  if (constructor !== 'Function' && constructor !== null)
    base += ` [${constructor}]`;
  if (tag !== '' && constructor !== tag)
    base += ` [${tag}]`;
  if (constructor === null) {
    base += ' extends null';
  } else {
    const superName = Object.getPrototypeOf(value).name;
    if (superName)
      base += ` extends ${superName}`;
  }
  return `[${base}]`;
}

function functionBase(context, value, constructor, tag) {
  const source = Function.prototype.toString.call(value);
  if (source.startsWith('class') && source.endsWith('}')) {
    const body = source.slice(5, -1);
    const brace = body.indexOf('{');
    if (brace !== -1 && (!body.slice(0, brace).includes('(') || classHead.test(body.replace(withoutComments, ''))))
      return classBase(value, constructor, tag);
  }
  let type = 'Function';
  if (types.isGeneratorFunction(value))
    type = `Generator${type}`;
  if (types.isAsyncFunction(value))
    type = `Async${type}`;
  let base = `[${type}`;
  if (constructor === null)
    base += ' (null prototype)';
  if (value.name === '')
    base += ' (anonymous)';
  else
    base += `: ${typeof value.name === 'string' ? value.name : formatValue(context, value.name)}`;
  base += ']';
  if (constructor !== type && constructor !== null)
    base += ` ${constructor}`;
  if (tag !== '' && constructor !== tag)
    base += ` [${tag}]`;
  return base;
}

const boxes = [
  ['Number', types.isNumberObject, Number.prototype.valueOf],
  ['String', types.isStringObject, String.prototype.valueOf],
  ['Boolean', types.isBooleanObject, Boolean.prototype.valueOf],
  ['BigInt', types.isBigIntObject, BigInt.prototype.valueOf],
  ['Symbol', types.isSymbolObject, Symbol.prototype.valueOf],
];

function boxedBase(context, value, keys, constructor, tag) {
  const [type, , valueOf] = boxes.find(([, is]) => is(value));
  const primitive = valueOf.call(value);
  if (type === 'String')
    keys.splice(0, primitive.length);
  let base = `[${type}`;
  if (type !== constructor)
    base += constructor === null ? ' (null prototype)' : ` (${constructor})`;
  base += `: ${formatPrimitive(stylizeNoColor, primitive, context)}]`;
  if (tag !== '' && tag !== constructor)
    base += ` [${tag}]`;
  if (keys.length !== 0 || context.stylize === stylizeNoColor)
    return base;
  return context.stylize(base, type.toLowerCase());
}

function iteratorBraces(type, tag) {
  if (tag !== `${type} Iterator`)
    tag = `${tag !== '' ? `${tag}] [` : ''}${type} Iterator`;
  return [`[${tag}] {`, '}'];
}

function tagOf(value, showHidden) {
  const tag = value[Symbol.toStringTag];
  // A tag that is listed among the properties anyway is not shown twice.
  if (typeof tag !== 'string' ||
      (tag !== '' && (showHidden ? Object.hasOwn(value, Symbol.toStringTag) :
        Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag))))
    return '';
  return tag;
}

function shape({ tag, fallback, keys, braces, base = '', extras = kObject, format = formatNothing }) {
  return { tag, fallback, keys, braces, base, extras, format };
}

// Lists: what can be iterated and is one of the engine's own containers.
function shapeOfContainer(context, value, kind, constructor, tag, bare) {
  const { showHidden } = context;
  if (Array.isArray(value)) {
    const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', `(${value.length})`) : '';
    const keys = nonIndexKeys(value, showHidden, value.length);
    if (value.length === 0 && keys.length === 0 && bare)
      return `${prefix}[]`;
    return shape({ tag, fallback: 'Array', keys, braces: [`${prefix}[`, ']'], extras: kArrayExtras, format: formatArray });
  }
  if (kind === kindOf.Set || kind === kindOf.Map) {
    const isSet = kind === kindOf.Set;
    const size = (isSet ? setSize : mapSize).call(value);
    const fallback = isSet ? 'Set' : 'Map';
    const prefix = prefixOf(constructor, tag, fallback, `(${size})`);
    const keys = keysOf(value, showHidden);
    if (size === 0 && keys.length === 0 && bare)
      return `${prefix}{}`;
    return shape({ tag, fallback, keys, braces: [`${prefix}{`, '}'], format: isSet ? formatSet : formatMap });
  }
  if (types.isTypedArray(value)) {
    const length = typedArrayLength.call(value);
    const fallback = typedArrayTag.call(value);
    const bound = constructor === null ? new globalThis[fallback](value) : value;
    const prefix = prefixOf(constructor, tag, fallback, `(${length})`);
    const keys = nonIndexKeys(value, showHidden, length);
    if (length === 0 && keys.length === 0 && !showHidden)
      return `${prefix}[]`;
    return shape({
      tag, fallback, keys, braces: [`${prefix}[`, ']'], extras: kArrayExtras,
      format: (_, __, recurseTimes) => formatTypedArray(bound, length, context, recurseTimes),
    });
  }
  if (kind === kindOf.MapIterator || kind === kindOf.SetIterator) {
    const isMap = kind === kindOf.MapIterator;
    const braces = iteratorBraces(isMap ? 'Map' : 'Set', tag);
    return shape({
      tag, keys: keysOf(value, showHidden), braces,
      format: (_, iterator, recurseTimes) => formatIterator(context, iterator, recurseTimes, braces),
    });
  }
  return undefined;
}

function shapeOf(context, value, kind, constructor, recurseTimes, typedArray, hasPrototypeProperties) {
  const { showHidden } = context;
  const bare = !hasPrototypeProperties;
  const tag = tagOf(value, showHidden);
  if (Symbol.iterator in value || constructor === null) {
    const container = shapeOfContainer(context, value, kind, constructor, tag, bare);
    if (container !== undefined)
      return container;
  }
  const keys = keysOf(value, showHidden);
  const isPlain = keys.length === 0 && bare;

  if (typeof value === 'function') {
    const base = functionBase(context, value, constructor, tag);
    return isPlain ? context.stylize(base, 'special') : shape({ tag, keys, base, braces: ['{', '}'] });
  }
  if (argumentsKinds.includes(kind)) {
    const prefix = constructor === 'Object' ? '[Arguments] ' : prefixOf(constructor, tag, 'Arguments');
    return isPlain ? `${prefix}{}` : shape({ tag, keys, braces: [`${prefix}{`, '}'] });
  }
  // Errors come before plain objects: a changed constructor must not hide them.
  if (kind === kindOf.NativeError || value instanceof Error) {
    const base = require('internal/util/inspect_errors').errorBase(context, value, constructor, tag, keys);
    return keys.length === 0 && bare ? base : shape({ tag, keys, base, braces: ['{', '}'] });
  }
  if (constructor === 'Object') {
    const prefix = tag !== '' ? prefixOf(constructor, tag, 'Object') : '';
    return isPlain ? `${prefix}{}` : shape({ tag, keys, braces: [`${prefix}{`, '}'] });
  }
  return shapeOfKind(context, value, kind, constructor, tag, keys, bare, recurseTimes, typedArray);
}

function shapeOfKind(context, value, kind, constructor, tag, keys, bare, recurseTimes, typedArray) {
  const isPlain = keys.length === 0 && bare;
  if (kind === kindOf.RegExp) {
    const prefix = prefixOf(constructor, tag, 'RegExp');
    let base = RegExp.prototype.toString.call(constructor !== null ? value : new RegExp(value));
    const stylize = (text) => context.stylize(text, 'regexp');
    base = prefix === 'RegExp ' ? stylize(base) : `${prefix}${stylize(base)}`;
    if (isPlain || (recurseTimes > context.depth && context.depth !== null))
      return base;
    return shape({ tag, keys, base, braces: ['{', '}'] });
  }
  if (kind === kindOf.Date) {
    const time = Date.prototype.getTime.call(value);
    const text = Number.isNaN(time) ? 'Invalid Date' : Date.prototype.toISOString.call(value);
    const prefix = prefixOf(constructor, tag, 'Date');
    const base = prefix === 'Date ' ? text : `${prefix}${text}`;
    return isPlain ? context.stylize(base, 'date') : shape({ tag, keys, base, braces: ['{', '}'] });
  }
  if (types.isAnyArrayBuffer(value)) {
    const fallback = types.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer';
    const prefix = prefixOf(constructor, tag, fallback);
    if (typedArray && isPlain)
      return `${prefix}{ [byteLength]: ${context.stylize(formatNumber(value.byteLength, false), 'number')} }`;
    return shape({
      tag, fallback, keys, braces: [`${prefix}{`, '}'],
      format: (_, buffer, times) => formatArrayBuffer(context, buffer, times, !typedArray),
    });
  }
  if (kind === kindOf.DataView) {
    return shape({
      tag, fallback: 'DataView', keys, braces: [`${prefixOf(constructor, tag, 'DataView')}{`, '}'],
      format: (_, view, times) => hiddenProperties(context, view, times, ['byteLength', 'byteOffset', 'buffer']),
    });
  }
  if (kind === kindOf.Promise) {
    return shape({ tag, fallback: 'Promise', keys, braces: [`${prefixOf(constructor, tag, 'Promise')}{`, '}'],
                   format: formatPromise });
  }
  if (kind === kindOf.WeakSet || kind === kindOf.WeakMap) {
    const fallback = kind === kindOf.WeakSet ? 'WeakSet' : 'WeakMap';
    return shape({ tag, fallback, keys, braces: [`${prefixOf(constructor, tag, fallback)}{`, '}'],
                   format: formatUnknownItems });
  }
  if (types.isModuleNamespaceObject(value))
    return shape({ tag: '', keys: [], braces: ['[Module: null prototype] {', '}'], format: formatNamespace });
  if (types.isBoxedPrimitive(value)) {
    const base = boxedBase(context, value, keys, constructor, tag);
    return keys.length === 0 && bare ? base : shape({ tag, keys, base, braces: ['{', '}'] });
  }
  if (value[Symbol.toStringTag] === 'URL' && value instanceof globalThis.URL) {
    const base = value.href;
    return isPlain ? base : shape({ tag, keys, base, braces: ['{', '}'] });
  }
  const prefix = prefixOf(constructor, tag, 'Object');
  return isPlain ? `${prefix}{}` : shape({ tag, keys, braces: [`${prefix}{`, '}'] });
}

// What a module exports, or that it cannot be read yet; the keys are done with then.
function formatNamespace(context, namespace, times) {
  const output = [];
  for (const key of objectKeys(namespace)) {
    let text;
    try {
      text = formatValue(context, namespace[key], times);
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      text = context.stylize('<uninitialized>', 'special');
    }
    output.push(`${/^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? context.stylize(key, 'name') : context.stylize(`'${key}'`, 'string')}: ${text}`);
  }
  return output;
}

module.exports = { builtInObjects, hasBuiltInToString, nameOfKind, shapeOf };
