'use strict';
// Stacks as programs written for Node expect them. The engine writes `fn@file:line:col` lines into an
// own property when an error is made; the constructors here put an accessor in its place that shows
// them in the form `    at fn (file:line:col)`, or hands call sites to Error.prepareStackTrace.

const NativeError = globalThis.Error;
const nativeCapture = NativeError.captureStackTrace;
const { defineProperty, getPrototypeOf, setPrototypeOf, getOwnPropertyDescriptor } = Object;
const construct = Reflect.construct;
const moduleFunction = '__galley_module__';
const esmFunction = '__galley_esm__';
const modulePrefix = internalBinding('loader').wrapperLength();

let limit = 10;
const hiddenFrames = 4;
NativeError.stackTraceLimit = limit + hiddenFrames;

// Own state on any object, invisible to programs.
class Stash extends (function (object) { return object; }) {
  #raw;
  #shown;
  #isDerived;
  #limit;
  static put(object, raw, isDerived) {
    const kept = #raw in object ? object : new Stash(object);
    kept.#raw = raw;
    kept.#isDerived = isDerived;
    kept.#limit = limit;
    kept.#shown = undefined;
  }
  static show(object) {
    if (!(#raw in object)) return undefined;
    if (object.#shown === undefined) object.#shown = format(object, object.#raw, object.#isDerived, object.#limit);
    return object.#shown;
  }
  static has(object) { return #raw in object; }
}

class CallSite {
  #frame;
  constructor(frame) { this.#frame = frame; }
  getThis() { return undefined; }
  getTypeName() { return this.#frame.name.includes('.') ? this.#frame.name.split('.')[0] : 'Object'; }
  getFunction() { return undefined; }
  getFunctionName() { return this.#frame.name === '' ? null : this.#frame.name.replace(/^new /, ''); }
  getMethodName() { return this.getFunctionName(); }
  getFileName() { return this.#frame.file; }
  getLineNumber() { return this.#frame.line; }
  getColumnNumber() { return this.#frame.column; }
  getEvalOrigin() { return undefined; }
  getScriptNameOrSourceURL() { return this.#frame.file; }
  getScriptHash() { return ''; }
  getEnclosingColumnNumber() { return this.#frame.column; }
  getEnclosingLineNumber() { return this.#frame.line; }
  getPosition() { return 0; }
  getPromiseIndex() { return null; }
  isToplevel() { return this.#frame.name === '' || this.#frame.name === 'Object.<anonymous>'; }
  isEval() { return this.#frame.isEval; }
  isNative() { return this.#frame.isNative; }
  isConstructor() { return this.#frame.name.startsWith('new '); }
  isAsync() { return this.#frame.isAsync; }
  isPromiseAll() { return false; }
  toString() { return showFrame(this.#frame); }
}

// One line of the engine's stack, or undefined for what Node would not show.
function parseLine(line) {
  if (line === '') return undefined;
  const at = line.lastIndexOf('@');
  let name = at < 0 ? '' : line.slice(0, at);
  let place = at < 0 ? line : line.slice(at + 1);
  // A path may hold an @ of its own.
  const first = line.indexOf('@');
  if (first >= 0 && first !== at && (line[first + 1] === '/' || line.startsWith('file:', first + 1))) {
    name = line.slice(0, first);
    place = line.slice(first + 1);
  }
  const frame = { name, file: undefined, line: null, column: null, isNative: false, isEval: false, isAsync: false };
  if (name.startsWith('async ')) {
    frame.isAsync = true;
    frame.name = name.slice(6);
  }
  if (place === '[native code]') {
    frame.isNative = true;
    frame.file = 'native';
    return frame;
  }
  const match = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(place);
  frame.file = match[1] === '' ? undefined : match[1];
  if (match[2] !== undefined) frame.line = +match[2];
  if (match[3] !== undefined) frame.column = +match[3];
  if (name === 'global code' || name === 'module code') frame.name = '';
  else if (name === 'eval code') {
    frame.name = 'eval';
    frame.isEval = true;
  } else if (frame.name === esmFunction) {
    frame.name = '';
    frame.isAsync = false;
  } else if (name === moduleFunction) frame.name = 'Object.<anonymous>';
  if (frame.line === 1 && frame.column > modulePrefix && frame.file !== undefined && frame.file[0] === '/')
    frame.column -= modulePrefix;
  else if (frame.line === 1 && frame.file?.startsWith('file:'))
    frame.column -= require('internal/builtin').loaded('internal/esm/load')?.prefixes.get(frame.file) ?? 0;
  return frame;
}

function showFrame(frame) {
  let place;
  if (frame.isNative) place = 'native';
  else if (frame.file === undefined) place = '<anonymous>';
  else place = frame.line === null ? frame.file : `${frame.file}:${frame.line}:${frame.column ?? 1}`;
  const name = frame.isAsync ? `async ${frame.name}` : frame.name;
  return name === '' ? place : `${name} (${place})`;
}

// The names of the constructors of an error's own classes, the one that ran last, which is on top of the stack, first.
function constructorsOf(error) {
  const names = [];
  for (let prototype = getPrototypeOf(error); prototype !== null && prototype !== NativeError.prototype; prototype = getPrototypeOf(prototype)) {
    const name = getOwnPropertyDescriptor(prototype, 'constructor')?.value?.name;
    if (typeof name === 'string' && name !== '') names.unshift(name);
  }
  return names;
}

// `constructors` are left out where they are on top.
function parse(raw, skipInternal = true, constructors = undefined, most = limit) {
  const frames = [];
  let nextConstructor = 0;
  for (const line of raw.split('\n')) {
    const frame = parseLine(line);
    if (frame === undefined || (frame.file === undefined && !frame.isEval)) continue; // constructors nobody wrote
    if (skipInternal && (frame.isNative || frame.file === 'node:internal/stack' ||
        frame.file === 'node:internal/ticks' || frame.file === 'node:internal/bootstrap' ||
        frame.file === 'node:internal/errors' || frame.file === 'node:internal/validators')) continue;
    if (constructors !== undefined) {
      nextConstructor = constructors.indexOf(frame.name, nextConstructor) + 1;
      if (nextConstructor > 0) continue;
      constructors = undefined;
    }
    frames.push(frame);
    if (frames.length >= most) break;
  }
  return frames;
}

function format(object, raw, isDerived, most) {
  const frames = parse(raw, true, isDerived ? constructorsOf(object) : undefined, most);
  const prepare = Error.prepareStackTrace;
  if (typeof prepare === 'function') return prepare(object, frames.map((frame) => new CallSite(frame)));
  let text = headerOf(object);
  for (const frame of frames) text += `\n    at ${showFrame(frame)}`;
  return text;
}

// Set on the prototypes of errors that have a code, which their first line shows.
const kIsNodeError = Symbol('kIsNodeError');

// The first line is made when the stack is first read, so that a name or message given after construction shows.
function headerOf(error) {
  try {
    const { name, message } = error;
    let shownName = name === undefined ? 'Error' : String(name);
    if (error[kIsNodeError] === true) shownName = `${shownName} [${error.code}]`;
    const shownMessage = message === undefined ? '' : String(message);
    if (shownMessage === '') return shownName;
    return shownName === '' ? shownMessage : `${shownName}: ${shownMessage}`;
  } catch {
    return 'Error';
  }
}

const accessor = {
  configurable: true,
  enumerable: false,
  get() { return Stash.show(this); },
  set(value) { defineProperty(this, 'stack', { value, writable: true, configurable: true, enumerable: false }); },
};

function install(error, raw, isDerived = false) {
  Stash.put(error, raw, isDerived);
  defineProperty(error, 'stack', accessor);
}

// The engine's own idea of where an error was made; programs give errors such properties themselves.
function dropPlace(error) {
  delete error.line;
  delete error.column;
  delete error.sourceURL;
}

// With room for the constructors, which are not shown.
function constructDerived(Native, args, target) {
  const full = NativeError.stackTraceLimit;
  NativeError.stackTraceLimit = full + hiddenFrames;
  try {
    return construct(Native, args, target);
  } finally {
    NativeError.stackTraceLimit = full;
  }
}

function wrap(Native, length) {
  const name = Native.name;
  const Wrapped = {
    [name]: function () {
      const isDerived = new.target !== undefined && new.target !== Wrapped;
      const error = isDerived ? constructDerived(Native, arguments, new.target) : construct(Native, arguments, Wrapped);
      const raw = error.stack;
      if (typeof raw === 'string') {
        dropPlace(error);
        install(error, raw, isDerived);
      }
      return error;
    },
  }[name];
  defineProperty(Wrapped, 'prototype', { value: Native.prototype, writable: false, enumerable: false });
  defineProperty(Wrapped, 'length', { value: length, configurable: true });
  defineProperty(Native.prototype, 'constructor', { value: Wrapped, writable: true, configurable: true });
  defineProperty(globalThis, name, { value: Wrapped, writable: true, configurable: true });
  return Wrapped;
}

const Error = wrap(NativeError, 1);
for (const Native of [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])
  setPrototypeOf(wrap(Native, 1), Error);
setPrototypeOf(wrap(AggregateError, 2), Error);

defineProperty(Error, 'stackTraceLimit', {
  configurable: true,
  enumerable: true,
  get() { return limit; },
  set(value) {
    limit = value;
    NativeError.stackTraceLimit = typeof value === 'number' ? value + hiddenFrames : 0;
  },
});
if (NativeError.isError)
  defineProperty(Error, 'isError', { value: NativeError.isError, writable: true, configurable: true });

function captureStackTrace(object, above) {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function'))
    throw new TypeError('Invalid argument');
  const holder = {};
  const full = NativeError.stackTraceLimit;
  if (typeof above === 'function') NativeError.stackTraceLimit = 200;
  try {
    nativeCapture(holder, typeof above === 'function' ? above : captureStackTrace);
  } finally {
    NativeError.stackTraceLimit = full;
  }
  install(object, typeof holder.stack === 'string' ? holder.stack : '');
}
defineProperty(Error, 'captureStackTrace', { value: captureStackTrace, writable: true, configurable: true });

// The stack of an error in Node's form, also of one that the engine threw by itself.
function stackOf(error) {
  seen(error);
  return error.stack;
}

const rawLine = /^(?:async )?[^\s@]*(?: code)?@(?:\[native code\]|.*:\d+:\d+|)$|^[^\s@]+ code@/;
const looksRaw = (text) => {
  const end = text.indexOf('\n');
  const line = end < 0 ? text : text.slice(0, end);
  return line === '' ? false : !line.includes('    at ') && rawLine.test(line);
};

// A program caught this: if the engine threw it, its stack has to be put into Node's form.
function seen(error) {
  if (typeof error !== 'object' || error === null || Stash.has(error) || !NativeError.isError(error)) return;
  if (error instanceof SyntaxError) {
    for (const key of ['line', 'column', 'sourceURL'])
      if (Object.hasOwn(error, key)) defineProperty(error, key, { enumerable: false });
  }
  const descriptor = getOwnPropertyDescriptor(error, 'stack');
  if (descriptor === undefined || typeof descriptor.value !== 'string' || !looksRaw(descriptor.value)) return;
  require('internal/engine_messages').reword(error);
  if (!(error instanceof SyntaxError)) dropPlace(error); // which is where the text is wrong
  install(error, descriptor.value);
}

// Frames of the caller, for util.getCallSites and friends.
function callSites(count, above) {
  const holder = {};
  nativeCapture(holder, above);
  return parse(holder.stack ?? '').slice(0, count);
}

module.exports = { stackOf, seen, callSites, parse, install, looksRaw, Error, kIsNodeError };
