'use strict';
const base = 'readable-stream/lib/';
require('stream');
module.exports = require(base + 'stream/promises');
