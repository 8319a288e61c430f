'use strict';
class CryptoKey {}
module.exports = { CryptoKey };
