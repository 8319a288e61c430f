'use strict';
// The part of http2 that needs no connection: its numbers, names and packed settings. Many HTTP clients
// load the module for these and speak HTTP/1.1; a session itself is not there, and says so when asked for.

const constants = require('internal/http2_constants');
const {
  ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH, ERR_HTTP2_INVALID_SETTING_VALUE, ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED,
} = require('internal/errors').codes;
const { validateObject } = require('internal/validators');

const MAX_UINT32 = 4294967295;

// The settings in the order of their ids in the protocol; names of the same id are one setting.
const settings = [
  { id: 1, name: 'headerTableSize', min: 0, max: MAX_UINT32, initial: 4096 },
  { id: 2, name: 'enablePush', initial: true },
  { id: 4, name: 'initialWindowSize', min: 0, max: MAX_UINT32, initial: 65535 },
  { id: 5, name: 'maxFrameSize', min: constants.MIN_MAX_FRAME_SIZE, max: constants.MAX_MAX_FRAME_SIZE, initial: 16384 },
  { id: 3, name: 'maxConcurrentStreams', min: 0, max: MAX_UINT32, initial: MAX_UINT32 },
  { id: 6, name: 'maxHeaderSize', min: 0, max: MAX_UINT32, initial: 65535 },
  { id: 6, name: 'maxHeaderListSize', min: 0, max: MAX_UINT32, initial: 65535 },
  { id: 8, name: 'enableConnectProtocol', initial: false },
];

function checkNumber(name, value, min, max) {
  if (typeof value === 'number' && value >= min && value <= max) return;
  const error = new ERR_HTTP2_INVALID_SETTING_VALUE.RangeError(name, value);
  throw Object.assign(error, { actual: value, min, max });
}

function checkSettings(given) {
  for (const { name, min, max } of settings) {
    const value = given[name];
    if (value === undefined) continue;
    if (min !== undefined) checkNumber(name, value, min, max);
    else if (typeof value !== 'boolean') throw Object.assign(new ERR_HTTP2_INVALID_SETTING_VALUE(name, value), { actual: value });
  }
  for (const id in given.customSettings) {
    checkNumber('customSettings:id', Number(id), 0, 0xffff);
    checkNumber('customSettings:value', given.customSettings[id], 0, MAX_UINT32);
  }
}

function getDefaultSettings() {
  const all = { __proto__: null };
  for (const { name, initial } of settings) all[name] = initial;
  return all;
}

function getPackedSettings(given = {}) {
  validateObject(given, 'settings');
  checkSettings(given);
  const values = new Map();
  for (const { id, name } of settings) if (given[name] !== undefined) values.set(id, Number(given[name]));
  for (const id in given.customSettings) values.set(+id, given.customSettings[id]);
  const packed = Buffer.alloc(values.size * 6);
  let at = 0;
  for (const id of [...values.keys()].sort((a, b) => a - b)) {
    packed.writeUInt16BE(id, at);
    packed.writeUInt32BE(values.get(id), at + 2);
    at += 6;
  }
  return packed;
}

function getUnpackedSettings(packed, { validate = false } = {}) {
  if (!ArrayBuffer.isView(packed) || packed instanceof DataView)
    throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray'], packed);
  if (packed.length % 6 !== 0) throw new ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH();
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const found = {};
  for (let at = 0; at < bytes.length; at += 6) {
    const id = bytes.readUInt16BE(at);
    const value = bytes.readUInt32BE(at + 2);
    const known = settings.filter((one) => one.id === id);
    for (const { name, min } of known) found[name] = min === undefined ? value !== 0 : value;
    if (known.length === 0) (found.customSettings ??= {})[id] = value;
  }
  if (validate) checkSettings(found);
  return found;
}

// A function that is part of http2's interface, and cannot be served.
const refuse = (name) => ({ [name]() { throw new ERR_METHOD_NOT_IMPLEMENTED(`http2.${name}()`); } })[name];
const refuseClass = (name) => ({ [name]: class { constructor() { throw new ERR_METHOD_NOT_IMPLEMENTED(`http2.${name}`); } } })[name];

module.exports = {
  connect: refuse('connect'),
  constants,
  createServer: refuse('createServer'),
  createSecureServer: refuse('createSecureServer'),
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake: refuse('performServerHandshake'),
  sensitiveHeaders: Symbol('sensitiveHeaders'),
  Http2ServerRequest: refuseClass('Http2ServerRequest'),
  Http2ServerResponse: refuseClass('Http2ServerResponse'),
};
