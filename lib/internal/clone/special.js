'use strict';

// What is neither a plain object nor an ordinary array, written one kind at a time. The engine says which kind it is, so
// that no property of the object can.

const binding = internalBinding('messaging');
const types = require('internal/util/types');
const { objectKind } = require('internal/util/engine');
const { isIndex } = require('internal/clone/writer');
const { tag, viewKinds, errorKinds, flagBits, domExceptionName } = require('internal/clone/format');
const { kClone, kTransfer } = require('internal/transferable');
const { shared, isUncloneable: isMarkedUncloneable } = require('internal/untransferable');

const { kindOf } = types;
const { keys: ownKeys, getOwnPropertyDescriptor } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const viewName = getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const regexpSource = getOwnPropertyDescriptor(RegExp.prototype, 'source').get;
const flagGetters = Object.keys(flagBits).map((name) => [getOwnPropertyDescriptor(RegExp.prototype, name).get, flagBits[name]]);
const getTime = Date.prototype.getTime;
const bytesPart = 1024; // bigger buffers travel beside a message

const byKind = new Map([
  [kindOf.Date, date], [kindOf.Map, map], [kindOf.Set, set], [kindOf.RegExp, regexp], [kindOf.NativeError, error],
]);

function writeSpecial(writer, object) {
  const move = writer.transferred?.get(object);
  if (move !== undefined) {
    move(writer, object);
    return;
  }
  const write = byKind.get(objectKind(object));
  if (write !== undefined && object[kClone] === undefined) write(writer, object);
  else rare(writer, object);
}

function rare(writer, object) {
  if (object === process.env) {
    environment(writer, object);
    return;
  }
  if (types.isProxy(object)) writer.fail(object);
  if (isArray(object)) array(writer, object);
  else if (isView(object)) view(writer, object);
  else if (types.isArrayBuffer(object)) arrayBuffer(writer, object);
  else if (typeof object[kClone] === 'function' || typeof object[kTransfer] === 'function' || types.isSharedArrayBuffer(object)) host(writer, object);
  else if (types.isBoxedPrimitive(object)) boxed(writer, object);
  else if (isUncloneable(object)) writer.fail(object);
  else if (writer.delegate !== undefined && binding.isHandle(object)) host(writer, object);
  else writer.plain(object);
}

// A proxy, but to programs an object like others.
function environment(writer, object) {
  if (writer.delegate !== undefined) host(writer, object);
  else writer.plain(object);
}

function date(writer, object) {
  writer.byte(tag.date);
  writer.double(getTime.call(object));
}

function regexp(writer, object) {
  writer.byte(tag.regexp);
  writer.string(regexpSource.call(object));
  let bits = 0;
  for (const [get, bit] of flagGetters) if (get.call(object)) bits |= bit;
  writer.varint(bits);
}

function map(writer, object) {
  const entries = [];
  Map.prototype.forEach.call(object, (value, key) => { entries.push(key, value); });
  writer.byte(tag.map);
  for (let i = 0; i < entries.length; i++) writer.value(entries[i]);
  writer.byte(tag.mapEnd);
  writer.varint(entries.length);
}

function set(writer, object) {
  const entries = [];
  Set.prototype.forEach.call(object, (value) => { entries.push(value); });
  writer.byte(tag.set);
  for (let i = 0; i < entries.length; i++) writer.value(entries[i]);
  writer.byte(tag.setEnd);
  writer.varint(entries.length);
}

// An array with more than its elements, or of another realm or class.
function array(writer, object) {
  const { length } = object;
  const keys = ownKeys(object);
  if (length > 1024 && keys.length < length >>> 2) writer.sparse(object, keys);
  else writer.elements(object, keys.length > 0 && !isIndex(keys[keys.length - 1], length) ? keys.filter((key) => !isIndex(key, length)) : undefined);
}

function view(writer, object) {
  if (writer.treatViewsAsHost) {
    host(writer, object);
    return;
  }
  writer.byte(tag.view);
  writer.byte(viewKinds[types.isDataView(object) ? 'DataView' : viewName.call(object)]);
  writer.varint(object.byteOffset);
  writer.varint(object.byteLength);
  writer.varint(0);
}

function arrayBuffer(writer, buffer) {
  if (buffer.detached) {
    const message = 'An ArrayBuffer is detached and could not be cloned.';
    throw writer.delegate !== undefined ? writer.delegate._getDataCloneError(message) : require('internal/clone/errors').cloneError(message);
  }
  const length = buffer.byteLength;
  if (buffer.resizable) {
    writer.byte(tag.resizableArrayBuffer);
    writer.varint(length);
    writer.varint(buffer.maxByteLength);
    writer.raw(new Uint8Array(buffer));
    return;
  }
  if (writer.parts !== undefined && length >= bytesPart) {
    writer.byte(tag.part);
    writer.varint(writer.parts.push(binding.PART_BYTES, new Uint8Array(buffer)) / 2 - 1);
    return;
  }
  writer.byte(tag.arrayBuffer);
  writer.varint(length);
  writer.raw(new Uint8Array(buffer));
}

function error(writer, object) {
  if (Object.prototype.toString.call(object) === '[object DOMException]') {
    writer.byte(tag.host);
    writer.string(domExceptionName);
    writer.value({ name: object.name, message: object.message, stack: object.stack });
    return;
  }
  writer.byte(tag.error);
  let name = 'Error';
  try {
    name = `${object.name}`;
  } catch {
    // an error without a name is an Error
  }
  if (errorKinds[name] !== undefined) writer.byte(errorKinds[name]);
  const message = getOwnPropertyDescriptor(object, 'message');
  if (message !== undefined && 'value' in message) {
    writer.byte(0x6d);
    writer.string(`${message.value}`);
  }
  const { stack } = object;
  const cause = getOwnPropertyDescriptor(object, 'cause');
  if (cause !== undefined && 'value' in cause) {
    writer.byte(0x63);
    writer.value(cause.value);
  }
  if (typeof stack === 'string') {
    writer.byte(0x73);
    writer.string(stack);
  }
  writer.byte(0x2e);
}

function primitiveOf(object) {
  for (const Class of [Number, String, Boolean, BigInt, Symbol]) {
    try {
      return Class.prototype.valueOf.call(object);
    } catch {
      // not of that class
    }
  }
  return undefined;
}

function boxed(writer, object) {
  const primitive = primitiveOf(object);
  switch (typeof primitive) {
    case 'boolean':
      writer.byte(primitive ? tag.trueObject : tag.falseObject);
      return;
    case 'number':
      writer.byte(tag.numberObject);
      writer.double(primitive);
      return;
    case 'bigint':
      writer.byte(tag.bigintObject);
      writer.bigintDigits(primitive);
      return;
    case 'string':
      writer.byte(tag.stringObject);
      writer.string(primitive);
      return;
    default:
      writer.fail(object);
  }
}

// What only its own class, or the program's serializer, knows how to write.
function host(writer, object) {
  const { delegate } = writer;
  if (types.isSharedArrayBuffer(object)) {
    sharedMemory(writer, object);
    return;
  }
  if (delegate !== undefined) {
    if (typeof delegate._writeHostObject !== 'function') writer.fail(object);
    writer.byte(tag.host);
    delegate._writeHostObject(object);
    return;
  }
  if (typeof object[kClone] !== 'function' || isMarkedUncloneable(object)) {
    if (typeof object[kTransfer] !== 'function') writer.fail(object);
    const { missingTransferable, pathTo } = require('internal/clone/errors');
    throw missingTransferable(pathTo(writer.root, object));
  }
  described(writer, object[kClone]());
}

function sharedMemory(writer, object) {
  if (writer.delegate !== undefined) {
    if (typeof writer.delegate._getSharedArrayBufferId !== 'function') writer.fail(object);
    const id = writer.delegate._getSharedArrayBufferId(object);
    writer.byte(tag.sharedArrayBuffer);
    writer.varint(id >>> 0);
    return;
  }
  const handle = require('internal/shared_memory').handleOf(object);
  if (handle === undefined || writer.parts === undefined) {
    const { cloneError, pathTo } = require('internal/clone/errors');
    throw cloneError(handle === undefined ? 'A SharedArrayBuffer of WebAssembly cannot leave its thread.' : '#<SharedArrayBuffer> could not be cloned.', pathTo(writer.root, object));
  }
  writer.byte(tag.part);
  writer.varint(writer.parts.push(binding.PART_SHARED, handle) / 2 - 1);
}

function described(writer, { data, deserializeInfo }) {
  writer.byte(tag.host);
  writer.string(deserializeInfo);
  writer.value(data);
}

function isUncloneable(object) {
  return types.isPromise(object) || types.isWeakMap(object) || types.isWeakSet(object) || object instanceof WeakRef ||
    types.isGeneratorObject(object) || types.isModuleNamespaceObject(object) || isMarkedUncloneable(object) ||
    (typeof FinalizationRegistry === 'function' && object instanceof FinalizationRegistry);
}

module.exports = { writeSpecial, described };
