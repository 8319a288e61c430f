'use strict';
// module.registerHooks(): functions of the program that say where an import leads and what is there. The last registered is asked
// first and may ask the next one; behind all of them is the loader itself. They see what ES modules import, not require().

const { conditionsFor } = require('internal/cjs');
const { codes: { ERR_INVALID_RETURN_PROPERTY_VALUE, ERR_INVALID_RETURN_VALUE, ERR_LOADER_CHAIN_INCOMPLETE } } = require('internal/errors');
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
    if (!asked && result.shortCircuit !== true) throw new ERR_LOADER_CHAIN_INCOMPLETE(kind);
    check(result);
    return result;
  };
  return step(hooks.length - 1, value, context);
}

function checkResolved(result) {
  if (typeof result.url !== 'string' || !URL.canParse(result.url))
    throw new ERR_INVALID_RETURN_PROPERTY_VALUE('a URL string', 'resolve', 'url', result.url);
}

function checkLoaded({ format, source }) {
  if (typeof format !== 'string') throw new ERR_INVALID_RETURN_PROPERTY_VALUE('a string', 'load', 'format', format);
  const isText = typeof source === 'string' || ArrayBuffer.isView(source) || source instanceof ArrayBuffer;
  if (!isText && format !== 'builtin' && format !== 'commonjs')
    throw new ERR_INVALID_RETURN_PROPERTY_VALUE('a string, an ArrayBuffer, or a TypedArray', 'load', 'source', source);
}

// Where a specifier leads: { url, format }
function resolve(specifier, parent, attributes, last) {
  const context = { conditions: [...conditionsFor('import')], importAttributes: { ...attributes }, parentURL: parent };
  return ask('resolve', specifier, context, (specifier, { parentURL }) => ({ url: last(specifier, parentURL) }), checkResolved);
}

// What is there: { format, source }
function load(url, format, attributes, last) {
  const context = { conditions: [...conditionsFor('import')], format, importAttributes: { ...attributes } };
  const { format: told, source } = ask('load', url, context, (url, { format }) => last(url, format), checkLoaded);
  const text = typeof source === 'string' || source === null || source === undefined ? source :
    Buffer.from(source.buffer ?? source, source.byteOffset, source.byteLength).toString();
  return { format: told, text: text ?? undefined };
}

module.exports = { register, resolve, load, areThere: () => registered.length > 0 };
