'use strict';
// What packages need of worker_threads, without threads.

module.exports = { markAsUncloneable: require('internal/untransferable').markUncloneable };
