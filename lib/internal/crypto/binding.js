'use strict';
// The native half, which loads OpenSSL when this is first required.

const binding = internalBinding('crypto');
if (binding.loadError !== undefined) {
  const error = new Error(`OpenSSL is not available: ${binding.loadError}`);
  error.code = 'ERR_NO_CRYPTO';
  throw error;
}
module.exports = binding;
