'use strict';

// require('galley'): what Galley has and Node has not.

module.exports = {};
lazy('WorkerPool', () => require('internal/worker_pool').WorkerPool);
lazy('watchLoop', () => require('internal/loop_watch').watchLoop);
lazy('sharedMemory', () => require('internal/shared_names').sharedMemory);

function lazy(name, get) {
  Object.defineProperty(module.exports, name, {
    __proto__: null, configurable: true, enumerable: true,
    get() {
      const value = get();
      Object.defineProperty(module.exports, name, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
      return value;
    },
  });
}
