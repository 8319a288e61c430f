'use strict';

// TextEncoder and TextDecoder. UTF-8 is coded by Galley itself; every other encoding of the standard by ICU,
// which the engine has in memory anyway.

const {
  ERR_ENCODING_INVALID_ENCODED_DATA,
  ERR_ENCODING_NOT_SUPPORTED,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_THIS,
} = require('internal/errors').codes;
const { validateObject, kValidateObjectAllowObjectsAndNull } = require('internal/validators');
const binding = internalBinding('encoding');

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const { isView } = ArrayBuffer;
const { counts } = binding;

function inspectAs(object, name, fields, depth, options) {
  if (typeof depth === 'number' && depth < 0) return object;
  const { inspect } = require('internal/util/inspect');
  const plain = Object.create({ constructor: Object.defineProperty(function() {}, 'name', { value: name }) });
  for (const key of Object.keys(fields)) plain[key] = fields[key];
  return inspect(plain, options);
}

class TextEncoder {
  #brand;

  get encoding() {
    if (!(#brand in this)) throw new ERR_INVALID_THIS('TextEncoder');
    return 'utf-8';
  }

  encode(input = '') {
    if (!(#brand in this)) throw new ERR_INVALID_THIS('TextEncoder');
    const text = typeof input === 'string' ? input : `${input}`;
    const { length } = text;
    if (length <= 32) {
      const bytes = new Uint8Array(length);
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[i] = code;
      }
      if (i === length) return bytes;
    }
    return binding.encode(text);
  }

  encodeInto(source, destination) {
    if (!(#brand in this)) throw new ERR_INVALID_THIS('TextEncoder');
    if (typeof source !== 'string') throw new ERR_INVALID_ARG_TYPE('src', 'string', source);
    if (!(destination instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', destination);
    binding.encodeInto(source, destination);
    return { read: counts[0], written: counts[1] };
  }

  [inspectCustom](depth, options) {
    if (!(#brand in this)) throw new ERR_INVALID_THIS('TextEncoder');
    return inspectAs(this, 'TextEncoder', { encoding: 'utf-8' }, depth, options);
  }
}

function flag(options, name) {
  return !!options?.[name];
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #decoder; // C's state between pieces; made for the first piece that needs one
  #inStream = false;

  constructor(encoding = 'utf-8', options = {}) {
    const label = `${encoding}`;
    validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
    if (label === 'utf-8' || label === 'utf8') this.#encoding = 'utf-8';
    else {
      const name = require('internal/encoding_labels').nameOf(label);
      if (name === undefined) throw new ERR_ENCODING_NOT_SUPPORTED(encoding);
      this.#encoding = name;
    }
    this.#fatal = flag(options, 'fatal');
    this.#ignoreBOM = flag(options, 'ignoreBOM');
  }

  get encoding() {
    if (!(#encoding in this)) throw new ERR_INVALID_THIS('TextDecoder');
    return this.#encoding;
  }

  get fatal() {
    if (!(#fatal in this)) throw new ERR_INVALID_THIS('TextDecoder');
    return this.#fatal;
  }

  get ignoreBOM() {
    if (!(#ignoreBOM in this)) throw new ERR_INVALID_THIS('TextDecoder');
    return this.#ignoreBOM;
  }

  decode(input = undefined, options = undefined) {
    if (!(#encoding in this)) throw new ERR_INVALID_THIS('TextDecoder');
    let bytes = input;
    if (input === undefined) bytes = new Uint8Array(0);
    else if (!isView(input)) {
      if (!(input instanceof ArrayBuffer) && !(input instanceof SharedArrayBuffer) && !/^\[object (?:Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(input)))
        throw new ERR_INVALID_ARG_TYPE('list', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
      bytes = new Uint8Array(input);
    }
    if (options !== undefined) validateObject(options, 'options', kValidateObjectAllowObjectsAndNull);
    const stream = flag(options, 'stream');
    if (this.#encoding === 'utf-8' && !stream && !this.#inStream) {
      const text = binding.decodeUtf8(bytes, this.#ignoreBOM, this.#fatal);
      if (text === null) throw this.#invalid();
      return text;
    }
    this.#decoder ??= require('internal/encoding_single_byte').open(this.#encoding, this.#fatal, binding.open) ??
      binding.open(require('internal/encoding_labels').converterOf(this.#encoding), this.#fatal,
                   this.#ignoreBOM || !this.#encoding.startsWith('utf-'));
    this.#inStream = stream;
    const text = this.#decoder.decode(bytes, !stream);
    if (text === null) {
      this.#inStream = false;
      throw this.#invalid();
    }
    return text;
  }

  #invalid() {
    return new ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding, undefined);
  }

  [inspectCustom](depth, options) {
    if (!(#encoding in this)) throw new ERR_INVALID_THIS('TextDecoder');
    return inspectAs(this, 'TextDecoder', { encoding: this.#encoding, fatal: this.#fatal, ignoreBOM: this.#ignoreBOM }, depth, options);
  }
}

const enumerable = { enumerable: true };
Object.defineProperties(TextEncoder.prototype, {
  encode: enumerable,
  encodeInto: enumerable,
  encoding: enumerable,
  [Symbol.toStringTag]: { configurable: true, value: 'TextEncoder' },
});
Object.defineProperties(TextDecoder.prototype, {
  decode: enumerable,
  encoding: enumerable,
  fatal: enumerable,
  ignoreBOM: enumerable,
  [Symbol.toStringTag]: { configurable: true, value: 'TextDecoder' },
});

module.exports = { TextEncoder, TextDecoder };
