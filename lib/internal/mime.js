'use strict';

// MIME types as the web's standard reads and writes them.

const { codes: { ERR_INVALID_MIME_SYNTAX } } = require('internal/errors');

const notTokenCharacter = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/g;
const notQuotedCharacter = /[^\t\u0020-~\u0080-\u00FF]/g;
const leadingSpace = /^[\r\n\t ]*/;
const trailingSpace = /[\r\n\t ]*$/;

function firstMatch(pattern, text) {
  pattern.lastIndex = 0;
  const match = pattern.exec(text);
  return match === null ? -1 : match.index;
}

function lowerAscii(text) {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function parseTypeAndSubtype(text) {
  let position = leadingSpace.exec(text)[0].length;
  const slashAt = text.indexOf('/', position);
  const type = slashAt === -1 ? text.slice(position) : text.slice(position, slashAt);
  const badInType = firstMatch(notTokenCharacter, type);
  if (type === '' || badInType !== -1 || slashAt === -1)
    throw new ERR_INVALID_MIME_SYNTAX('type', text, badInType);
  position = slashAt + 1;
  const semicolon = text.indexOf(';', position);
  const raw = semicolon === -1 ? text.slice(position) : text.slice(position, semicolon);
  position += raw.length;
  if (semicolon !== -1)
    position++;
  const subtype = raw.replace(trailingSpace, '');
  const badInSubtype = firstMatch(notTokenCharacter, subtype);
  if (subtype === '' || badInSubtype !== -1)
    throw new ERR_INVALID_MIME_SYNTAX('subtype', text, badInSubtype);
  return { type: lowerAscii(type), subtype: lowerAscii(subtype), position };
}

function encoded(value) {
  if (value.length === 0)
    return '""';
  return firstMatch(notTokenCharacter, value) === -1 ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

class MIMEParams {
  #data = new Map();
  #text;

  // Parameters are read when the first of them is asked for.
  static fromText(text) {
    const params = new MIMEParams();
    params.#text = text;
    return params;
  }

  #read() {
    const text = this.#text;
    if (text === undefined)
      return this.#data;
    this.#text = undefined;
    let position = 0;
    while (position < text.length) {
      position += leadingSpace.exec(text.slice(position))[0].length;
      const name = /^[^;=]*/.exec(text.slice(position))[0];
      position += name.length;
      const key = lowerAscii(name);
      if (text[position] !== '=') {
        position++;
        continue;
      }
      position++;
      if (position >= text.length)
        break;
      let value;
      if (text[position] === '"') {
        value = '';
        position++;
        while (position < text.length && text[position] !== '"') {
          if (text[position] === '\\' && position + 1 < text.length)
            position++;
          value += text[position++];
        }
        const end = text.indexOf(';', position);
        position = end === -1 ? text.length : end + 1;
      } else {
        const end = text.indexOf(';', position);
        const raw = text.slice(position, end === -1 ? text.length : end);
        position += raw.length + 1;
        value = raw.replace(trailingSpace, '');
        if (value === '')
          continue;
      }
      if (key !== '' && firstMatch(notTokenCharacter, key) === -1 && firstMatch(notQuotedCharacter, value) === -1 &&
          !this.#data.has(key))
        this.#data.set(key, value);
    }
    return this.#data;
  }

  delete(name) {
    this.#read().delete(`${name}`);
  }

  get(name) {
    return this.#read().get(`${name}`) ?? null;
  }

  has(name) {
    return this.#read().has(`${name}`);
  }

  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    const badInName = firstMatch(notTokenCharacter, name);
    if (name.length === 0 || badInName !== -1)
      throw new ERR_INVALID_MIME_SYNTAX('parameter name', name, badInName);
    const badInValue = firstMatch(notQuotedCharacter, value);
    if (badInValue !== -1)
      throw new ERR_INVALID_MIME_SYNTAX('parameter value', value, badInValue);
    this.#read().set(name, value);
  }

  * entries() {
    yield* this.#read().entries();
  }

  * keys() {
    yield* this.#read().keys();
  }

  * values() {
    yield* this.#read().values();
  }

  toString() {
    return [...this.#read()].map(([name, value]) => `${name}=${encoded(value)}`).join(';');
  }
}
Object.defineProperties(MIMEParams.prototype, {
  [Symbol.iterator]: { __proto__: null, configurable: true, value: MIMEParams.prototype.entries, writable: true },
  toJSON: { __proto__: null, configurable: true, value: MIMEParams.prototype.toString, writable: true },
});
const { fromText } = MIMEParams;
delete MIMEParams.fromText;

class MIMEType {
  #type;
  #subtype;
  #parameters;

  constructor(input) {
    const text = `${input}`;
    const { type, subtype, position } = parseTypeAndSubtype(text);
    this.#type = type;
    this.#subtype = subtype;
    this.#parameters = fromText(text.slice(position));
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    value = `${value}`;
    const bad = firstMatch(notTokenCharacter, value);
    if (value.length === 0 || bad !== -1)
      throw new ERR_INVALID_MIME_SYNTAX('type', value, bad);
    this.#type = lowerAscii(value);
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    value = `${value}`;
    const bad = firstMatch(notTokenCharacter, value);
    if (value.length === 0 || bad !== -1)
      throw new ERR_INVALID_MIME_SYNTAX('subtype', value, bad);
    this.#subtype = lowerAscii(value);
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#parameters;
  }

  toString() {
    const parameters = this.#parameters.toString();
    return parameters === '' ? this.essence : `${this.essence};${parameters}`;
  }
}
Object.defineProperty(MIMEType.prototype, 'toJSON',
                      { __proto__: null, configurable: true, value: MIMEType.prototype.toString, writable: true });

module.exports = { MIMEParams, MIMEType };
