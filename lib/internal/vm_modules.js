'use strict';
// vm.SourceTextModule and vm.SyntheticModule: records of the ES loader (lib/internal/esm/) that a program links by itself.

const { SourceRecord, ExportsRecord, states } = require('internal/esm/record');
const { link: linkRecords, evaluate: evaluateRecord, findAwaiting } = require('internal/esm/evaluate');
const { syntaxError } = require('internal/esm/errors');
const { isNamespace } = require('internal/esm/namespace');
const { isContext, globalOf, runTimed } = require('internal/vm_contexts');
const { customInspectSymbol } = require('internal/util');
const { inspect } = require('util');
const {
  codes: {
    ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_THIS, ERR_MODULE_LINK_MISMATCH, ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING,
    ERR_VM_MODULE_ALREADY_LINKED, ERR_VM_MODULE_CACHED_DATA_REJECTED, ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA,
    ERR_VM_MODULE_DIFFERENT_CONTEXT, ERR_VM_MODULE_LINK_FAILURE, ERR_VM_MODULE_NOT_MODULE,
    ERR_VM_MODULE_STATUS,
  },
} = require('internal/errors');
const { validateArray, validateBoolean, validateBuffer, validateFunction, validateInt32, validateObject, validateString, validateUint32 } =
  require('internal/validators');

const esm = internalBinding('esm');
const counts = new WeakMap(); // context -> how many modules without a name it has

function nextName(context) {
  const key = context ?? globalThis;
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return `vm:module(${count})`;
}

function checkContext(context) {
  if (context === undefined) return;
  if (context === null || typeof context !== 'object' || !isContext(context))
    throw new ERR_INVALID_ARG_TYPE('options.context', 'vm.Context', context);
}

class Module {
  #context;
  #identifier;
  _record; // made unreachable below
  _isLinking = false;
  _failed = undefined; // { value } of linking

  constructor(options, secret) {
    if (secret !== Module) throw new TypeError('Module is not a constructor');
    const { context, identifier } = options;
    this.#context = context;
    this.#identifier = identifier ?? nextName(context);
    for (const key of ['_record', '_isLinking', '_failed']) Object.defineProperty(this, key, { enumerable: false });
  }

  static is(value) { return typeof value === 'object' && value !== null && #context in value; }
  static check(value) { if (!Module.is(value)) throw new ERR_INVALID_THIS('Module'); }

  get identifier() {
    Module.check(this);
    return this.#identifier;
  }

  get context() {
    Module.check(this);
    return this.#context;
  }

  get status() {
    Module.check(this);
    if (this._failed !== undefined || this._record.error !== undefined) return 'errored';
    switch (this._record.state) {
      case states.NEW: return this._isLinking ? 'linking' : 'unlinked';
      case states.LINKING: return 'linking';
      case states.LINKED: return 'linked';
      case states.EVALUATING: return 'evaluating';
      default: return 'evaluated';
    }
  }

  get namespace() {
    const { status } = this;
    if (status === 'unlinked' || status === 'linking') throw new ERR_VM_MODULE_STATUS('must not be unlinked or linking');
    this._record.fill();
    return this._record.namespace;
  }

  get error() {
    if (this.status !== 'errored') throw new ERR_VM_MODULE_STATUS('must be errored');
    return (this._failed ?? this._record.error).value;
  }

  async link(linker) {
    Module.check(this);
    validateFunction(linker, 'linker');
    if (this.status === 'linked') throw new ERR_VM_MODULE_ALREADY_LINKED();
    if (this.status !== 'unlinked') throw new ERR_VM_MODULE_STATUS('must be unlinked');
    await linkAll(this, linker);
    instantiate(this);
  }

  // A module that nothing in waits is done when this returns.
  evaluate(options = {}) {
    try {
      Module.check(this);
      const running = this.#run(options);
      return running === undefined ? Promise.resolve() : running.then(() => {});
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #run(options) {
    validateObject(options, 'options');
    const { timeout, breakOnSigint = false } = options;
    if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
    validateBoolean(breakOnSigint, 'options.breakOnSigint');
    const { status } = this;
    if (status !== 'linked' && status !== 'evaluated' && status !== 'errored')
      throw new ERR_VM_MODULE_STATUS('must be one of linked, evaluated, or errored');
    if (this._failed !== undefined) throw this._failed.value;
    const run = () => evaluateRecord(this._record);
    return timeout === undefined && !breakOnSigint ? run() : runTimed(run, timeout ?? 0, breakOnSigint);
  }

  [customInspectSymbol](depth, options) {
    Module.check(this);
    if (typeof depth === 'number' && depth < 0) return `[${this.constructor.name}]`;
    const { status, identifier, context } = this;
    const shown = Object.create(this.constructor.prototype);
    for (const [key, value] of Object.entries({ status, identifier, context }))
      Object.defineProperty(shown, key, { value, enumerable: true });
    return inspect(shown, { ...options, customInspect: false });
  }
}

// Asks for every module that is requested, and for theirs.
async function linkAll(module, linker) {
  module._isLinking = true;
  try {
    await Promise.all(module._requests.map(async ({ specifier, attributes }, i) => {
      const found = await linker(specifier, module, { attributes, assert: attributes });
      checkLinked(module, specifier, found);
      module._found[i] = found;
      if (found.status === 'unlinked') await linkAll(found, linker);
    }));
  } catch (error) {
    module._failed = { value: error };
    throw error;
  }
  connect(module);
}

function checkLinked(module, specifier, found) {
  if (!Module.is(found)) throw new ERR_VM_MODULE_NOT_MODULE();
  if (found.context !== module.context) throw new ERR_VM_MODULE_DIFFERENT_CONTEXT();
  if (found.status === 'errored') throw new ERR_VM_MODULE_LINK_FAILURE(`request for '${specifier}' resolved to an errored module`, found.error);
}

// The records of what is requested, one for each time that the source says it.
function connect(module) {
  const { _record: record } = module;
  if (record.facts === undefined) return;
  const { requests } = record.facts;
  record.requested = [];
  for (let i = 0; i < requests.length; i += 2)
    record.requested.push(module._found[module._requests.findIndex((one) => isSame(one, requests[i], requests[i + 1]))]._record);
  module._isConnected = true;
}

const isSame = (request, specifier, attributes) => request.specifier === specifier &&
  JSON.stringify(request.attributes) === JSON.stringify(attributes ?? {});

function instantiate(module) {
  try {
    linkRecords(module._record);
  } catch (error) {
    module._failed = { value: error };
    throw error;
  }
}

function sourceOf(code, identifier, context) {
  const answer = context === undefined ? esm.compileText(code, identifier) : esm.transformText(code);
  if (typeof answer === 'string') return internalBinding('vm').run(globalOf(context), answer, identifier, 1, 0, false);
  if (typeof answer[0] === 'string') throw syntaxError(answer[0], identifier, answer[1]);
  return answer;
}

// The engine hands out no compiled code: what is cached only says whether the source is the same.
const dataOf = (source) => require('crypto').createHash('sha256').update(source).digest();

class SourceTextModule extends Module {
  #requests;
  #specifiers;
  #found = [];
  #source;
  _isConnected = false;

  constructor(sourceText, options = {}) {
    validateString(sourceText, 'sourceText');
    validateObject(options, 'options');
    const { context, identifier, lineOffset = 0, columnOffset = 0, initializeImportMeta, importModuleDynamically, cachedData } = options;
    checkContext(context);
    if (identifier !== undefined) validateString(identifier, 'options.identifier');
    validateInt32(lineOffset, 'options.lineOffset');
    validateInt32(columnOffset, 'options.columnOffset');
    if (initializeImportMeta !== undefined) validateFunction(initializeImportMeta, 'options.initializeImportMeta');
    if (importModuleDynamically !== undefined) validateFunction(importModuleDynamically, 'options.importModuleDynamically');
    if (cachedData !== undefined) {
      validateBuffer(cachedData, 'options.cachedData');
      if (!dataOf(sourceText).equals(cachedData)) throw new ERR_VM_MODULE_CACHED_DATA_REJECTED();
    }
    super({ context, identifier }, Module);
    Object.defineProperty(this, '_isConnected', { enumerable: false });
    this.#source = sourceText;
    const record = this._record = new SourceRecord(this.identifier, sourceOf(sourceText, this.identifier, context));
    record.importFunction = (specifier, { with: attributes = {} } = {}) => importFor(this, importModuleDynamically, specifier, attributes);
    if (record.facts.usesMeta) {
      const makeMeta = () => { // asked for when the module is linked
        const meta = { __proto__: null };
        initializeImportMeta?.(meta, this);
        return meta;
      };
      Object.defineProperty(record, 'meta', { get: makeMeta });
    }
    const { requests } = record.facts;
    const list = [];
    for (let i = 0; i < requests.length; i += 2) {
      if (list.some((one) => isSame(one, requests[i], requests[i + 1]))) continue;
      const attributes = Object.freeze({ __proto__: null, ...requests[i + 1] });
      list.push(Object.freeze({ __proto__: null, specifier: requests[i], attributes, phase: 'evaluation' }));
    }
    this.#requests = Object.freeze(list);
  }

  get _requests() { return this.#requests; }
  get _found() { return this.#found; }

  get moduleRequests() {
    Module.check(this);
    return this.#requests;
  }

  get dependencySpecifiers() {
    Module.check(this);
    return this.#specifiers ??= Object.freeze(this.#requests.map(({ specifier }) => specifier));
  }

  linkRequests(modules) {
    Module.check(this);
    validateArray(modules, 'modules');
    if (this.status !== 'unlinked') throw new ERR_VM_MODULE_STATUS('must be unlinked');
    if (modules.length !== this.#requests.length)
      throw new ERR_MODULE_LINK_MISMATCH(`Expected ${this.#requests.length} modules, got ${modules.length}`);
    modules.forEach((found, i) => checkLinked(this, this.#requests[i].specifier, found));
    this.#found = [...modules];
    connect(this);
  }

  instantiate() {
    Module.check(this);
    if (this.status !== 'unlinked') throw new ERR_VM_MODULE_STATUS('must be unlinked');
    checkConnected(this, new Set());
    instantiate(this);
  }

  hasTopLevelAwait() {
    Module.check(this);
    return this._record.awaits;
  }

  hasAsyncGraph() {
    const { status } = this;
    if (status === 'unlinked' || status === 'linking') throw new ERR_VM_MODULE_STATUS('must be instantiated');
    return findAwaiting(this._record) !== undefined;
  }

  createCachedData() {
    const { status } = this;
    if (status === 'evaluating' || status === 'evaluated' || status === 'errored') throw new ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA();
    return dataOf(this.#source);
  }
}

function checkConnected(module, visited) {
  if (visited.has(module) || module._requests === undefined) return;
  visited.add(module);
  if (!module._isConnected) {
    const [first] = module._requests;
    throw new ERR_VM_MODULE_LINK_FAILURE(first === undefined ? 'linkRequests() has not been called' :
      `request for '${first.specifier}' can not be resolved on module '${module.identifier}' that is not linked`);
  }
  for (const found of module._found) checkConnected(found, visited);
}

async function importFor(module, callback, specifier, attributes) {
  if (callback === undefined) throw new ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING();
  return importedNamespace(await callback(`${specifier}`, module, attributes, 'evaluation'));
}

// What a program's answer to import() gives: a namespace, or a module's.
async function importedNamespace(answer) {
  if (isNamespace(answer)) return answer;
  if (!Module.is(answer)) throw new ERR_VM_MODULE_NOT_MODULE();
  if (answer.status === 'errored') throw answer.error;
  if (answer.status === 'linked') await answer.evaluate();
  return answer.namespace;
}

class SyntheticModule extends Module {
  constructor(exportNames, evaluateCallback, options = {}) {
    if (!Array.isArray(exportNames) || exportNames.some((name) => typeof name !== 'string'))
      throw new ERR_INVALID_ARG_TYPE('exportNames', 'Array of unique strings', exportNames);
    exportNames.forEach((name, i) => {
      if (exportNames.indexOf(name) !== i) throw new ERR_INVALID_ARG_VALUE(`exportNames.${name}`, name, 'is duplicated');
    });
    validateFunction(evaluateCallback, 'evaluateCallback');
    validateObject(options, 'options');
    const { context, identifier } = options;
    checkContext(context);
    if (identifier !== undefined) validateString(identifier, 'options.identifier');
    super({ context, identifier }, Module);
    this._record = new ExportsRecord(this.identifier, exportNames, () => { evaluateCallback.call(this); });
    linkRecords(this._record);
  }

  async link(linker) {
    Module.check(this);
    validateFunction(linker, 'linker');
  }

  setExport(name, value) {
    if (!Module.is(this) || !(this._record instanceof ExportsRecord)) throw new ERR_INVALID_THIS('SyntheticModule');
    validateString(name, 'name');
    this._record.set(name, value);
  }
}

module.exports = { Module, SourceTextModule, SyntheticModule, importedNamespace };
