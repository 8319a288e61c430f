'use strict';

// What must not leave this thread: pools that many Buffers share, and what programs mark so.

const marked = new WeakSet();
const uncloneable = new WeakSet();

module.exports = {
  mark(object) { marked.add(object); },
  isMarked: (object) => marked.has(object),
  markUncloneable(object) { uncloneable.add(object); },
  isUncloneable: (object) => uncloneable.has(object),
};
