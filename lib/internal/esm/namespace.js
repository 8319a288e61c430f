'use strict';
// What `import * as` and import() give: an object that shows what a module exports. A binding that nobody assigns to is a plain
// value once the module has run, which the engine reads as fast as any property; before that, and for others, a getter reads it.

const namespaces = new WeakSet();
const { create, defineProperty, getOwnPropertyDescriptor, preventExtensions } = Object;

function namespaceNew() {
  const namespace = create(null);
  namespaces.add(namespace);
  return namespace;
}

// Gives a namespace its properties, in the order of their names; each value is a property descriptor.
function fill(namespace, properties) {
  for (const name of [...properties.keys()].sort()) defineProperty(namespace, name, properties.get(name));
  defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
  preventExtensions(namespace);
}

const live = (get) => ({ get, enumerable: true, configurable: false });
const constant = (value) => ({ value, enumerable: true, writable: false, configurable: false });
// A value that a module of another kind may still change, see sync.
const changeable = (value) => ({ value, enumerable: true, writable: false, configurable: true });

// How a key of a CommonJS or built-in module's exports shows: a getter of theirs is asked when somebody reads.
function shown(exports, key) {
  const { get, value } = getOwnPropertyDescriptor(exports, key) ?? {};
  if (get === undefined) return changeable(value);
  return { get() { return exports[key]; }, enumerable: true, configurable: true };
}

module.exports = { namespaceNew, fill, live, constant, changeable, shown, isNamespace: (value) => namespaces.has(value) };
