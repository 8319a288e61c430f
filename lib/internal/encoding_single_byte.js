'use strict';
// Encodings of one byte a character that ICU does not have as the Encoding Standard does: its table with what differs.

const NONE = 0xfffd;
const none = (...bytes) => Object.fromEntries(bytes.map((byte) => [byte, NONE]));

// What ICU calls the table to start from, and where it differs.
const encodings = {
  '__proto__': null,
  'ibm866': ['ibm-866', { 0x1a: 0x1a, 0x1c: 0x1c, 0x7f: 0x7f }],
  'koi8-u': ['koi8-u', { 0xae: 0x45e, 0xbe: 0x40e }],
  'windows-874': ['windows-874', none(0xdb, 0xdc, 0xdd, 0xde, 0xfc, 0xfd, 0xfe, 0xff)],
  'windows-1253': ['windows-1253', none(0xaa)],
  'windows-1255': ['windows-1255', { 0xca: 0x5ba }],
  'iso-8859-16': ['iso-8859-1', {
    0xa1: 0x104, 0xa2: 0x105, 0xa3: 0x141, 0xa4: 0x20ac, 0xa5: 0x201e, 0xa6: 0x160, 0xa8: 0x161, 0xaa: 0x218, 0xac: 0x179,
    0xae: 0x17a, 0xaf: 0x17b, 0xb2: 0x10c, 0xb3: 0x142, 0xb4: 0x17d, 0xb5: 0x201d, 0xb8: 0x17e, 0xb9: 0x10d, 0xba: 0x219,
    0xbc: 0x152, 0xbd: 0x153, 0xbe: 0x178, 0xbf: 0x17c, 0xc3: 0x102, 0xc5: 0x106, 0xd0: 0x110, 0xd1: 0x143, 0xd5: 0x150,
    0xd7: 0x15a, 0xd8: 0x170, 0xdd: 0x118, 0xde: 0x21a, 0xe3: 0x103, 0xe5: 0x107, 0xf0: 0x111, 0xf1: 0x144, 0xf5: 0x151,
    0xf7: 0x15b, 0xf8: 0x171, 0xfd: 0x119, 0xfe: 0x21b,
  }],
  'x-user-defined': ['iso-8859-1', Object.fromEntries(Array.from({ length: 128 }, (_, i) => [128 + i, 0xf780 + i]))],
};

const tables = new Map();

function tableOf(encoding, open) {
  let table = tables.get(encoding);
  if (table === undefined) {
    const [base, differences] = encodings[encoding];
    const decoder = open(base, false, true);
    table = Uint16Array.from({ length: 256 }, (_, byte) => differences[byte] ?? decoder.decode(Uint8Array.of(byte), true).charCodeAt(0));
    tables.set(encoding, table);
  }
  return table;
}

const PART = 8192; // characters are made of at once

// A decoder like those of C, or undefined if ICU has the encoding as it should be.
exports.open = function(encoding, isFatal, open) {
  if (encodings[encoding] === undefined) return undefined;
  const table = tableOf(encoding, open);
  return {
    decode(input) {
      const bytes = input instanceof Uint8Array ? input : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
      const units = new Uint16Array(bytes.length);
      for (let i = 0; i < bytes.length; i++) {
        units[i] = table[bytes[i]];
        if (isFatal && units[i] === NONE) return null;
      }
      let text = '';
      for (let at = 0; at < units.length; at += PART) text += String.fromCharCode.apply(null, units.subarray(at, at + PART));
      return text;
    },
  };
};
