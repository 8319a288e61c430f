'use strict';

const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { isBytes, plain } = require('internal/crypto/util');

// Bytes of a PFX, which may also come as a string of them.
function toBuf(value, encoding = 'latin1') {
  if (typeof value === 'string') return Buffer.from(value, encoding);
  if (!isBytes(value)) throw new ERR_INVALID_ARG_TYPE('pfx', ['string', 'Buffer', 'TypedArray', 'DataView'], value);
  return plain(value);
}

module.exports = { toBuf };
