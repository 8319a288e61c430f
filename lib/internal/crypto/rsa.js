'use strict';

const binding = require('internal/crypto/binding');
const { validateString } = require('internal/validators');
const { bytesFrom } = require('internal/crypto/util');
const { privateHandle, publicOrPrivateHandle } = require('internal/crypto/keys');
const constants = require('internal/crypto/constants');

function rsa(operation, defaultPadding, handleOf) {
  return (options, buffer) => {
    const padding = options?.padding || defaultPadding;
    const { oaepHash, encoding } = options ?? {};
    if (oaepHash !== undefined) {
      validateString(oaepHash, 'key.oaepHash');
      if (binding.hashSize(oaepHash) === undefined)
        throw Object.assign(new Error(`Invalid digest: ${oaepHash}`), { code: 'ERR_OSSL_EVP_INVALID_DIGEST' });
    }
    let { oaepLabel } = options ?? {};
    if (oaepLabel !== undefined) oaepLabel = bytesFrom(oaepLabel, 'key.oaepLabel', encoding);
    const handle = handleOf(options);
    buffer = bytesFrom(buffer, 'buffer', encoding);
    return binding.rsaJob(undefined, operation, handle, buffer, padding, oaepHash, oaepLabel);
  };
}

const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = constants;

module.exports = {
  publicEncrypt: rsa(0, RSA_PKCS1_OAEP_PADDING, publicOrPrivateHandle),
  privateDecrypt: rsa(1, RSA_PKCS1_OAEP_PADDING, privateHandle),
  privateEncrypt: rsa(2, RSA_PKCS1_PADDING, privateHandle),
  publicDecrypt: rsa(3, RSA_PKCS1_PADDING, publicOrPrivateHandle),
};
for (const name of Object.keys(module.exports)) Object.defineProperty(module.exports[name], 'name', { value: name });
