'use strict';
// The errors that the readable-stream package throws, with today's words where they differ.

const errors = require('internal/errors');
const { ERR_INVALID_ARG_TYPE } = errors.codes;

const chunkTypes = ['string', 'Buffer', 'TypedArray', 'DataView'];

function InvalidArgType(name, expected, actual) {
  return new ERR_INVALID_ARG_TYPE(name, name === 'chunk' ? chunkTypes : expected, actual);
}

module.exports = {
  AbortError: errors.AbortError,
  aggregateTwoErrors: errors.aggregateTwoErrors,
  hideStackFrames: errors.hideStackFrames,
  codes: Object.create(errors.codes, { ERR_INVALID_ARG_TYPE: { value: InvalidArgType } }),
};
