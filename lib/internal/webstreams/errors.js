'use strict';
// The TypeError that the package of web streams throws: undici and other programs tell a stream that is in the wrong state
// from a wrong argument by `code`.

const { codes } = require('internal/errors');

const isOfOther = / can only be used on a /;
const isAboutArgument = / is not an? |is required in |outside the accepted range|valid enumeration value|array buffer view/;

function codeOf(message) {
  if (message === 'Illegal constructor') return 'ERR_ILLEGAL_CONSTRUCTOR';
  if (isOfOther.test(message)) return 'ERR_INVALID_THIS';
  return isAboutArgument.test(message) ? 'ERR_INVALID_ARG_TYPE' : 'ERR_INVALID_STATE';
}

exports.TypeError = function(message) {
  const code = codeOf(message);
  if (code === 'ERR_INVALID_STATE') return new codes.ERR_INVALID_STATE.TypeError(message);
  const error = new TypeError(message);
  Object.defineProperty(error, 'code', { value: code, configurable: true, enumerable: true, writable: true });
  return error;
};
