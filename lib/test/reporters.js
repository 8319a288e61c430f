'use strict';

const { defineLazyProperties } = require('internal/util');

module.exports = {};
defineLazyProperties(module.exports, 'internal/test_runner/reporters', ['dot', 'junit', 'spec', 'tap', 'lcov']);
