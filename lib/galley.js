'use strict';

// require('galley'): what Galley has and Node has not.

const { lazyProperty } = require('internal/builtin');

module.exports = {};
lazyProperty(module.exports, 'WorkerPool', () => require('internal/worker_pool').WorkerPool);
lazyProperty(module.exports, 'watchLoop', () => require('internal/loop_watch').watchLoop);
lazyProperty(module.exports, 'sharedMemory', () => require('internal/shared_names').sharedMemory);
