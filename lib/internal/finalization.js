'use strict';
// process.finalization: functions that are called when the process ends, for objects that were not
// collected before.

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateFunction } = require('internal/validators');

// For each event that ends the process, the objects that are to hear of it.
const waiting = { __proto__: null, exit: new Map(), beforeExit: new Map() };
const collected = new FinalizationRegistry(({ event, reference }) => waiting[event].delete(reference));
let listening = false;

function tell(event) {
  for (const [reference, callback] of waiting[event]) {
    waiting[event].delete(reference);
    const object = reference.deref();
    if (object !== undefined) callback(object, event);
  }
}

function add(event, object, callback) {
  if ((typeof object !== 'object' || object === null) && typeof object !== 'function')
    throw new ERR_INVALID_ARG_TYPE('obj', 'Object', object);
  validateFunction(callback, 'callback');
  if (!listening) {
    listening = true;
    for (const name in waiting) process.on(name, () => tell(name));
  }
  const reference = new WeakRef(object);
  waiting[event].set(reference, callback);
  collected.register(object, { event, reference }, object);
}

module.exports = {
  register(object, callback) { add('exit', object, callback); },
  registerBeforeExit(object, callback) { add('beforeExit', object, callback); },
  unregister(object) {
    for (const event in waiting)
      for (const reference of waiting[event].keys()) if (reference.deref() === object) waiting[event].delete(reference);
    collected.unregister(object);
  },
};
