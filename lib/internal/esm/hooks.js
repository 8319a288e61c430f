'use strict';
// module.registerHooks(): functions of the program that say where an import leads and what is there. The last registered is asked
// first and may ask the next one; behind all of them is the loader itself.

const { conditionsFor, withConditions } = require('internal/cjs');
const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_PROPERTY_VALUE, ERR_INVALID_RETURN_VALUE } } = require('internal/errors');
const { isAnyArrayBuffer } = require('internal/util/types');
const { validateFunction, validateObject } = require('internal/validators');

const registered = [];

function register(hooks) {
  validateObject(hooks, 'hooks');
  const { resolve, load } = hooks;
  if (resolve !== undefined) validateFunction(resolve, 'hooks.resolve');
  if (load !== undefined) validateFunction(load, 'hooks.load');
  const own = { resolve, load };
  registered.push(own);
  return {
    deregister() {
      const at = registered.indexOf(own);
      if (at >= 0) registered.splice(at, 1);
    },
  };
}

// Asks the hooks of one kind, from the last to the first, and then `last`.
function ask(kind, value, context, last, check) {
  const hooks = registered.filter((one) => one[kind] !== undefined);
  const step = (at, value, context) => {
    if (at < 0) return last(value, context);
    let asked = false;
    const result = hooks[at][kind](value, context, (nextValue = value, nextContext = undefined) => {
      asked = true;
      return step(at - 1, nextValue, { ...context, ...nextContext });
    });
    if (result === null || typeof result !== 'object') throw new ERR_INVALID_RETURN_VALUE('an object', kind, result);
    if (!asked && result.shortCircuit !== true) throw new ERR_INVALID_RETURN_PROPERTY_VALUE('true', kind, 'shortCircuit', result.shortCircuit);
    check(result);
    return result;
  };
  return step(hooks.length - 1, value, context);
}

function checkResolved(result) {
  if (typeof result.url !== 'string' || !URL.canParse(result.url))
    throw new ERR_INVALID_RETURN_PROPERTY_VALUE('a URL string', 'resolve', 'url', result.url);
}

// What require() is given may be CommonJS without saying so, but has to be there.
function checkLoaded(kind, { format, source }) {
  if (typeof format !== 'string' && (kind === 'import' || (format !== undefined && format !== null)))
    throw new ERR_INVALID_RETURN_PROPERTY_VALUE('a string', 'load', 'format', format);
  const isText = typeof source === 'string' || isAnyArrayBuffer(source) || ArrayBuffer.isView(source);
  if (!isText && format !== 'builtin' && (kind === 'require' || format !== 'commonjs'))
    throw new ERR_INVALID_RETURN_PROPERTY_VALUE('a string, an ArrayBuffer, or a TypedArray', 'load', 'source', source);
}

// Where a specifier leads: { url, format }. The kind is what asks: import or require.
function resolve(kind, specifier, parent, attributes, last) {
  const conditions = [...conditionsFor(kind)];
  const context = { conditions, importAttributes: { ...attributes }, parentURL: parent };
  const lastOfAll = (specifier, context) => {
    if (context.conditions === conditions || context.conditions === undefined) return last(specifier, context);
    if (!Array.isArray(context.conditions)) throw new ERR_INVALID_ARG_VALUE('context.conditions', context.conditions, 'expected an array');
    return withConditions(new Set(context.conditions), () => last(specifier, context));
  };
  return ask('resolve', specifier, context, lastOfAll, checkResolved);
}

// What is there: { format, source }
function load(kind, url, format, attributes, last) {
  const context = { conditions: [...conditionsFor(kind)], format, importAttributes: { ...attributes } };
  const { format: told, source } = ask('load', url, context, (url, { format }) => last(url, format),
    (result) => checkLoaded(kind, result));
  const text = typeof source === 'string' || source === null || source === undefined ? source :
    Buffer.from(source.buffer ?? source, source.byteOffset, source.byteLength).toString();
  return { format: told, text: text ?? undefined };
}

const haveLoad = () => registered.some(({ load }) => load !== undefined);

module.exports = { register, resolve, load, haveLoad, areThere: () => registered.length > 0 };
