'use strict';
// The function that every CommonJS module's text becomes the body of. Its name never reaches programs:
// lib/internal/stack.js shows it as Object.<anonymous>.

module.exports = {
  prefix: '(function __galley_module__(exports, require, module, __filename, __dirname) {',
  suffix: '\n})',
};
