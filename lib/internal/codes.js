'use strict';
// Error classes by code, for modules that most programs load and few make fail: the classes are made
// with the first of them.

module.exports = new Proxy({}, { get: (target, code) => require('internal/errors').codes[code] });
