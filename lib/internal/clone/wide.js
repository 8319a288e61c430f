'use strict';

// Objects of many keys in messages: the keys travel as one text that both sides remember, the values in one piece.

const shapes = internalBinding('shapes');

const tag = 2; // clone's tag.wide
const asJson = 0, asInts = 1, asDoubles = 2;

let sentKeys = [], sentText = '', sentObject;
let liesInOrder = false; // the objects with the keys that were sent last: C can read their values

// An object that is sent again and again gets a table from which its keys are known at once.
function noteSent(object) {
  if (sentObject === undefined || sentObject.deref() !== object) sentObject = new WeakRef(object);
  else if (!shapes.areSame(Object.keys(object), Object.keys(object))) {
    liesInOrder = shapes.settleKeys(object) && Reflect.ownKeys(object).length === sentKeys.length;
    Object.keys(object); // the engine keeps this list, and gives it to whoever asks next
    sentKeys = Object.keys(object);
  }
}

// The text of the keys: the same one for the same keys.
function textOf(object, keys) {
  if (shapes.areSame(keys, sentKeys)) return sentText;
  let same = sentKeys.length === keys.length;
  for (let i = 0; same && i < keys.length; i++) same = keys[i] === sentKeys[i];
  if (!same) sentText = JSON.stringify(keys);
  sentKeys = keys;
  liesInOrder = model != null && shapes.isOf(object, model);
  if (same && !liesInOrder) noteSent(object);
  return sentText;
}

// How all of the values can travel, or undefined if they cannot in one piece.
function formOf(values) {
  let ints = true, numbers = true, finite = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'number') {
      if (value !== (value | 0) || (value === 0 && 1 / value < 0)) {
        ints = false;
        if (value - value !== 0 || value === 0) finite = false;
      }
    } else {
      ints = numbers = false;
      if (typeof value !== 'string' && typeof value !== 'boolean' && value !== null) return undefined;
    }
  }
  return ints ? asInts : numbers ? asDoubles : finite ? asJson : undefined;
}

function bytesOf(values, Class) {
  const { length } = values;
  const array = new Class(length);
  for (let i = 0; i < length; i++) array[i] = values[i]; // several times as fast as new Class(values)
  return new Uint8Array(array.buffer);
}

function packed(writer, object, count, text) {
  const start = writer.at;
  writer.byte(tag);
  writer.string(text);
  writer.reserve(count * 8 + 1);
  const form = shapes.pack(object, count, writer.bytes, writer.at + 1);
  if (form === 0) {
    writer.at = start;
    return false;
  }
  writer.byte(form);
  writer.at += count * (form === asInts ? 4 : 8);
  return true;
}

function writeWide(writer, object, keys) {
  const text = textOf(object, keys);
  if (liesInOrder && packed(writer, object, keys.length, text)) return true;
  const values = Object.values(object);
  if (values.length !== keys.length) return false;
  const form = formOf(values);
  if (form === undefined || (form === asJson && values.toJSON !== undefined)) return false;
  writer.byte(tag);
  writer.string(text);
  writer.byte(form);
  if (form === asJson) writer.string(JSON.stringify(values));
  else writer.raw(bytesOf(values, form === asInts ? Int32Array : Float64Array));
  return true;
}

// What is known about the keys that came last, and an object that has them, of which others are copies.
let readText = '', readKeys = [], areSafe = true, model;

function learn(text) {
  readKeys = JSON.parse(text);
  if (!Array.isArray(readKeys) || !readKeys.every((key) => typeof key === 'string')) return false;
  readText = text;
  areSafe = !readKeys.includes('__proto__');
  model = undefined;
  return true;
}

function modelOf(keys) {
  const object = shapes.model();
  for (let i = 0; i < keys.length; i++) object[keys[i]] = i;
  return shapes.settle(object, keys.length) ? object : null;
}

function objectOf(values) {
  const object = {};
  for (let i = 0; i < values.length; i++) {
    if (areSafe) object[readKeys[i]] = values[i];
    else Object.defineProperty(object, readKeys[i], { value: values[i], writable: true, enumerable: true, configurable: true });
  }
  return object;
}

function objectOfNumbers(reader, Class, form) {
  const { at } = reader, { length } = readKeys;
  const size = length * Class.BYTES_PER_ELEMENT;
  if (at + size > reader.end) reader.bad();
  if (model == null) return objectOf(new Class(reader.raw(size).buffer));
  reader.at = at + size;
  return shapes.unpack(model, length, reader.bytes, at, form);
}

function readWide(reader) {
  const text = reader.text();
  if (text !== readText) {
    if (!learn(text)) reader.bad();
  } else if (model === undefined) model = areSafe ? modelOf(readKeys) : null;
  const form = reader.byte();
  if (form === asInts) return reader.keep(objectOfNumbers(reader, Int32Array, form));
  if (form === asDoubles) return reader.keep(objectOfNumbers(reader, Float64Array, form));
  if (form !== asJson) reader.bad();
  const values = JSON.parse(reader.text());
  if (!Array.isArray(values) || values.length !== readKeys.length) reader.bad();
  return reader.keep((model != null && shapes.copy(model, values.length, values)) || objectOf(values));
}

module.exports = { writeWide, readWide };
