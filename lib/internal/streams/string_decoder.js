'use strict';
// Most streams are never decoded: the decoder is loaded when one is.

function StringDecoder(encoding) {
  const { StringDecoder: Decoder } = require('string_decoder');
  return new Decoder(encoding);
}

module.exports = { StringDecoder };
