'use strict';

// What must not leave this thread: pools that many Buffers share, and what programs mark so. And the buffers whose
// memory all threads share, so that others can tell them without loading what makes them.

const marked = new WeakSet();
const uncloneable = new WeakSet();
const shared = new WeakMap(); // SharedArrayBuffer -> C's handle

module.exports = {
  mark(object) { marked.add(object); },
  isMarked: (object) => marked.has(object),
  markUncloneable(object) {
    uncloneable.add(object);
    module.exports.someUncloneable = true;
  },
  someUncloneable: false, // so that nobody looks for what was never marked
  isUncloneable: (object) => uncloneable.has(object),
  shared,
};
