'use strict';
// Scripts in contexts of their own; C gives every contextified object a global that looks into it.

const binding = internalBinding('vm');
const { codes: {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_METHOD_NOT_IMPLEMENTED, ERR_SCRIPT_EXECUTION_INTERRUPTED,
  ERR_SCRIPT_EXECUTION_TIMEOUT, ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING, ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG,
} } = require('internal/errors');
const {
  kValidateObjectAllowObjects, kValidateObjectAllowObjectsAndNull, validateArray, validateBoolean, validateBuffer,
  validateInt32, validateObject, validateOneOf, validateString, validateStringArray, validateUint32,
} = require('internal/validators');

const constants = Object.freeze({
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
  DONT_CONTEXTIFY: Symbol('vm_context_no_contextify'),
});

const globals = new WeakMap(); // contextified object -> its global

function isContext(object) {
  validateObject(object, 'object', kValidateObjectAllowObjects);
  return globals.has(object);
}

function globalOf(object) {
  if (object === null || typeof object !== 'object' && typeof object !== 'function')
    throw new ERR_INVALID_ARG_TYPE('contextifiedObject', 'Object', object);
  const global = globals.get(object);
  if (global === undefined) throw new ERR_INVALID_ARG_TYPE('contextifiedObject', 'vm.Context', object);
  return global;
}

let contextCount = 0;

function createContext(contextObject = {}, options = {}) {
  const plain = contextObject === constants.DONT_CONTEXTIFY;
  if (!plain) {
    validateObject(contextObject, 'contextObject', kValidateObjectAllowObjects);
    if (globals.has(contextObject)) return contextObject;
  }
  validateObject(options, 'options');
  const { name = `VM Context ${++contextCount}`, origin, codeGeneration, microtaskMode, importModuleDynamically } = options;
  validateString(name, 'options.name');
  if (origin !== undefined) validateString(origin, 'options.origin');
  if (codeGeneration !== undefined) validateObject(codeGeneration, 'options.codeGeneration');
  const { strings = true, wasm = true } = codeGeneration ?? {};
  validateBoolean(strings, 'options.codeGeneration.strings');
  validateBoolean(wasm, 'options.codeGeneration.wasm');
  validateOneOf(microtaskMode, 'options.microtaskMode', ['afterEvaluate', undefined]);
  checkImporter(importModuleDynamically);
  const global = binding.createContext(plain ? undefined : contextObject, strings);
  const between = Object.getPrototypeOf(global);
  letPrototypesChange(global, plain ? between : contextObject);
  if (plain) {
    globals.set(global, global);
    return global;
  }
  shareSymbols(between, contextObject);
  globals.set(contextObject, global);
  return contextObject;
}

// C is not asked for properties whose keys are symbols: they are found behind the global. The engine takes no proxies there.
function shareSymbols(between, sandbox) {
  const { isProxy } = require('internal/util/types');
  for (let at = sandbox; at !== null; at = Object.getPrototypeOf(at)) if (isProxy(at)) return;
  Reflect.setPrototypeOf(between, sandbox);
}

// The engine's globals keep the prototype that they were made with; another object has it in their place.
const inPlaceOf = new WeakMap();
function letPrototypesChange(global, object) {
  if (!changesPrototypes) replaceSetPrototypeOf();
  inPlaceOf.set(global, object);
}

let changesPrototypes = false;
function replaceSetPrototypeOf() {
  changesPrototypes = true;
  for (const holder of [Object, Reflect]) {
    const own = holder.setPrototypeOf;
    const { setPrototypeOf } = {
      setPrototypeOf(object, prototype) {
        const other = inPlaceOf.get(object);
        if (other === undefined) return own(object, prototype);
        own(other, prototype);
        return holder === Object ? object : true;
      },
    };
    Object.defineProperty(holder, 'setPrototypeOf', { configurable: true, enumerable: false, value: setPrototypeOf, writable: true });
  }
}

function checkImporter(importer) {
  if (importer !== undefined && typeof importer !== 'function' && importer !== constants.USE_MAIN_CONTEXT_DEFAULT_LOADER)
    throw new ERR_INVALID_ARG_TYPE('options.importModuleDynamically', 'function', importer);
}

// import() in a script: the engine has none, so the script calls what stands in every context that runs one, saying first who
// answers: 0 and 1 are the two ways of having nobody, a text is the file that the main loader imports from.
const importName = '__galley_vm_import__';
const importing = new WeakSet(); // globals that have it

const FIRST_IMPORTER = 2;
const importers = []; // a program's functions, by the numbers in the scripts that they answer

function markImports(code, filename, importer, referrer) {
  if (!code.includes('import')) return code;
  const answers = importer === undefined ? '0' : importer === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER ? JSON.stringify(filename) :
    require('internal/options').get('experimental-vm-modules') === true ? FIRST_IMPORTER + importers.push({ importer, referrer }) - 1 : '1';
  return internalBinding('esm').markScript(code, importName, `${answers}`);
}

function offerImport(global) {
  if (importing.has(global ?? globalThis)) return;
  importing.add(global ?? globalThis);
  binding.run(global, `let ${importName}; (value) => { ${importName} = value; }`, 'node:vm', 1, 0, false)(importDynamically);
}

async function importDynamically(answers, specifier, options) {
  if (answers === 0) throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING();
  if (answers === 1) throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG();
  if (typeof answers === 'number') {
    const { importer, referrer } = importers[answers - FIRST_IMPORTER];
    const found = await importer(`${specifier}`, referrer.value, { __proto__: null, ...options?.with }, 'evaluation');
    return require('internal/vm_modules').importedNamespace(found);
  }
  const from = answers.startsWith('file:') ? require('url').fileURLToPath(answers) : answers;
  return require('internal/esm/import').importFrom(from, specifier, options);
}

function runOptions(options) {
  validateObject(options, 'options');
  const { timeout, displayErrors = true, breakOnSigint = false } = options;
  if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
  validateBoolean(displayErrors, 'options.displayErrors');
  validateBoolean(breakOnSigint, 'options.breakOnSigint');
  return { timeout: timeout ?? 0, breakOnSigint };
}

class Script {
  #source;
  #marked; // the source with its import() going to us
  #filename;
  #line;

  constructor(code, options = {}) {
    code = `${code}`;
    if (typeof options === 'string') options = { filename: options };
    else validateObject(options, 'options');
    const {
      filename = 'evalmachine.<anonymous>', lineOffset = 0, columnOffset = 0, cachedData, produceCachedData = false,
      importModuleDynamically,
    } = options;
    validateString(filename, 'options.filename');
    validateInt32(lineOffset, 'options.lineOffset');
    validateInt32(columnOffset, 'options.columnOffset');
    if (cachedData !== undefined && !ArrayBuffer.isView(cachedData))
      throw new ERR_INVALID_ARG_TYPE('options.cachedData', ['Buffer', 'TypedArray', 'DataView'], cachedData);
    validateBoolean(produceCachedData, 'options.produceCachedData');
    checkImporter(importModuleDynamically);
    this.#source = code;
    this.#filename = filename;
    this.#line = lineOffset + 1;
    binding.check(code, filename, this.#line);
    this.#marked = markImports(code, filename, importModuleDynamically, { value: this });
    if (cachedData !== undefined) this.cachedDataRejected = !sameCode(cachedData, code);
    if (produceCachedData) {
      this.cachedDataProduced = true;
      this.cachedData = this.createCachedData();
    }
    const comment = /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(code);
    this.sourceMapURL = comment === null ? undefined : comment[1];
  }

  runInThisContext(options = {}) { return this.#run(undefined, runOptions(options)); }

  runInContext(contextifiedObject, options = {}) {
    const global = globalOf(contextifiedObject);
    return this.#run(global, runOptions(options));
  }

  runInNewContext(contextObject, options = {}) {
    const context = createContext(contextObject, contextOptions(options));
    return this.runInContext(context, options);
  }

  #run(global, { timeout, breakOnSigint }) {
    if (this.#marked !== this.#source) offerImport(global);
    if (timeout === 0 && !breakOnSigint) return binding.run(global, this.#marked, this.#filename, this.#line, 0, false);
    // A script that catches whatever is thrown at it is stopped with everything that is on the stack, us included:
    // if that happens, nothing below runs, and the error comes from the loop.
    const guard = setImmediate(() => {
      throw timeout > 0 ? new ERR_SCRIPT_EXECUTION_TIMEOUT(timeout) : new ERR_SCRIPT_EXECUTION_INTERRUPTED();
    });
    let result;
    try {
      result = this.#runLimited(global, timeout, breakOnSigint);
    } catch (error) {
      clearImmediate(guard);
      throw error;
    }
    clearImmediate(guard);
    return result;
  }

  #runLimited(global, timeout, breakOnSigint) {
    if (!breakOnSigint) return binding.run(global, this.#marked, this.#filename, this.#line, timeout, false);
    // Listeners of the program do not hear of a SIGINT that stops the script.
    const listeners = process.listeners('SIGINT');
    process.removeAllListeners('SIGINT');
    try {
      return binding.run(global, this.#marked, this.#filename, this.#line, timeout, true);
    } finally {
      for (const listener of listeners) process.addListener('SIGINT', listener);
    }
  }

  // The engine keeps its own cache of code and hands none out: this says only which code it was.
  createCachedData() {
    const { createHash } = require('crypto');
    return createHash('sha256').update(this.#source).digest();
  }
}

function sameCode(cachedData, code) {
  const { createHash } = require('crypto');
  return Buffer.from(cachedData.buffer, cachedData.byteOffset, cachedData.byteLength).compare(createHash('sha256').update(code).digest()) === 0;
}

function contextOptions(options) {
  if (typeof options === 'string' || options === undefined) return {};
  validateObject(options, 'options');
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } = options;
  if (contextName !== undefined) validateString(contextName, 'options.contextName');
  if (contextOrigin !== undefined) validateString(contextOrigin, 'options.contextOrigin');
  if (contextCodeGeneration !== undefined) {
    validateObject(contextCodeGeneration, 'options.contextCodeGeneration');
    const { strings, wasm } = contextCodeGeneration;
    if (strings !== undefined) validateBoolean(strings, 'options.contextCodeGeneration.strings');
    if (wasm !== undefined) validateBoolean(wasm, 'options.contextCodeGeneration.wasm');
  }
  const result = {};
  if (contextName !== undefined) result.name = contextName;
  if (contextOrigin !== undefined) result.origin = contextOrigin;
  if (contextCodeGeneration !== undefined) result.codeGeneration = contextCodeGeneration;
  if (microtaskMode !== undefined) result.microtaskMode = microtaskMode;
  return result;
}

const asOptions = (options) => (typeof options === 'string' ? { filename: options } : options);


function runInContext(code, contextifiedObject, options = {}) {
  globalOf(contextifiedObject);
  options = asOptions(options);
  return new Script(code, options).runInContext(contextifiedObject, options);
}

function runInNewContext(code, contextObject, options = {}) {
  options = asOptions(options);
  const context = createContext(contextObject, contextOptions(options));
  return runInContext(code, context, options);
}

function runInThisContext(code, options = {}) {
  options = asOptions(options);
  return new Script(code, options).runInThisContext(options);
}

function compileFunction(code, params, options = {}) {
  validateString(code, 'code');
  validateObject(options, 'options');
  if (params !== undefined) validateStringArray(params, 'params');
  const {
    filename = '', columnOffset = 0, lineOffset = 0, cachedData, produceCachedData = false, parsingContext,
    contextExtensions = [], importModuleDynamically,
  } = options;
  validateString(filename, 'options.filename');
  validateInt32(columnOffset, 'options.columnOffset');
  validateInt32(lineOffset, 'options.lineOffset');
  if (cachedData !== undefined) validateBuffer(cachedData, 'options.cachedData');
  validateBoolean(produceCachedData, 'options.produceCachedData');
  if (parsingContext !== undefined) {
    if (parsingContext === null || typeof parsingContext !== 'object' || !isContext(parsingContext))
      throw new ERR_INVALID_ARG_TYPE('options.parsingContext', 'Context', parsingContext);
  }
  validateArray(contextExtensions, 'options.contextExtensions');
  contextExtensions.forEach((extension, i) =>
    validateObject(extension, `options.contextExtensions[${i}]`, kValidateObjectAllowObjectsAndNull));
  checkImporter(importModuleDynamically);
  const names = params ?? [];
  // Each part has to be whole by itself, so that `}, evil() {` is no way out of the function.
  for (const name of names) binding.check(`(function (${name}) {})`, filename, lineOffset + 1);
  binding.check(`function compiled() {${code}\n}`, filename, lineOffset + 1);
  const global = parsingContext === undefined ? undefined : globalOf(parsingContext);
  const referrer = { value: undefined };
  const marked = markImports(code, filename, importModuleDynamically, referrer);
  if (marked !== code) offerImport(global);
  const text = `(function (${names.join(', ')}) {${marked}\n})`;
  let result;
  if (contextExtensions.length === 0) {
    result = binding.run(global, text, filename, lineOffset + 1, 0, false);
  } else {
    const opening = contextExtensions.map((_, i) => `with (extensions[${i}] ?? {}) `).join('');
    const make = binding.run(global, `(function (extensions) { ${opening} return ${text} })`, filename, lineOffset + 1, 0, false);
    result = make(contextExtensions);
  }
  referrer.value = result;
  if (produceCachedData) {
    result.cachedDataProduced = true;
    const { createHash } = require('crypto');
    result.cachedData = createHash('sha256').update(code).digest();
  }
  if (cachedData !== undefined) result.cachedDataRejected = !sameCode(cachedData, code);
  return result;
}

const measureModes = { __proto__: null, summary: true, detailed: true };

async function measureMemory(options = {}) {
  validateObject(options, 'options');
  const { mode = 'summary', execution = 'default' } = options;
  if (measureModes[mode] === undefined) throw new ERR_INVALID_ARG_VALUE('options.mode', mode, "must be one of: 'summary', 'detailed'");
  validateOneOf(execution, 'options.execution', ['default', 'eager']);
  throw new ERR_METHOD_NOT_IMPLEMENTED('vm.measureMemory()');
}

module.exports = {
  Script,
  createContext,
  createScript: (code, options) => new Script(code, options),
  runInContext,
  runInNewContext,
  runInThisContext,
  isContext,
  compileFunction,
  measureMemory,
  constants,
};

// What lib/internal/vm_modules.js needs of this.
require('internal/vm_contexts').offer({ isContext, globalOf });
if (require('internal/options').get('experimental-vm-modules') === true) {
  const { lazyProperty } = require('internal/builtin');
  for (const name of ['Module', 'SourceTextModule', 'SyntheticModule'])
    lazyProperty(module.exports, name, () => require('internal/vm_modules')[name]);
}
