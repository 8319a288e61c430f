'use strict';

// Objects of many keys in messages: the keys travel as one text that both sides remember, the values in one piece.

const tag = 2; // clone's tag.wide
const asJson = 0, asInts = 1, asDoubles = 2;

let sentKeys = [], sentText = '';

// The text of the keys: the same one for the same keys.
function textOf(keys) {
  let same = sentKeys.length === keys.length;
  for (let i = 0; same && i < keys.length; i++) same = keys[i] === sentKeys[i];
  if (!same) {
    sentKeys = keys;
    sentText = JSON.stringify(keys);
  }
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

function writeWide(writer, object, keys) {
  const values = Object.values(object);
  if (values.length !== keys.length) return false;
  const form = formOf(values);
  if (form === undefined || (form === asJson && values.toJSON !== undefined)) return false;
  writer.byte(tag);
  writer.string(textOf(keys));
  writer.byte(form);
  if (form === asJson) writer.string(JSON.stringify(values));
  else writer.raw(bytesOf(values, form === asInts ? Int32Array : Float64Array));
  return true;
}

// What is known about the keys that came last.
let readText = '', readKeys = [], areSafe = true;

function learn(text) {
  readKeys = JSON.parse(text);
  if (!Array.isArray(readKeys) || !readKeys.every((key) => typeof key === 'string')) return false;
  readText = text;
  areSafe = !readKeys.includes('__proto__');
  return true;
}

function objectOf(values) {
  const object = {};
  for (let i = 0; i < values.length; i++) {
    if (areSafe) object[readKeys[i]] = values[i];
    else Object.defineProperty(object, readKeys[i], { value: values[i], writable: true, enumerable: true, configurable: true });
  }
  return object;
}

function valuesOf(reader) {
  const form = reader.byte();
  if (form === asJson) return JSON.parse(reader.text());
  const Class = form === asInts ? Int32Array : form === asDoubles ? Float64Array : reader.bad();
  return new Class(reader.raw(readKeys.length * Class.BYTES_PER_ELEMENT).buffer);
}

function readWide(reader) {
  const text = reader.text();
  if (text !== readText && !learn(text)) reader.bad();
  const values = valuesOf(reader);
  if (values.length !== readKeys.length) reader.bad();
  return reader.keep(objectOf(values));
}

module.exports = { writeWide, readWide };
