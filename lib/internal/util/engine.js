'use strict';

// The native half reads some facts from the words of the engine's objects. Each of those layouts is proved here on specimens
// whose answers are known; one that the engine has changed is never used, and what it would have told stays unknown.

const binding = internalBinding('util');

function holds(proof) {
  try {
    return proof() === true;
  } catch {
    return false;
  }
}

function unknown() {
  return undefined;
}

const proxyKind = binding.objectKind(new Proxy({}, {}));

function proxyTarget(value) {
  return binding.proxyTarget(value, proxyKind);
}

function proxyParts(value) {
  return binding.proxyParts(value, proxyKind);
}

const proxyIsKnown = holds(() => {
  const target = {};
  const handler = {};
  const parts = proxyParts(new Proxy(target, handler));
  return parts[0] === target && parts[1] === handler && proxyParts(target) === undefined;
});

const promiseIsKnown = holds(() => {
  const value = {};
  const rejected = Promise.reject(value);
  rejected.catch(() => {});
  const [done, failed, pending] = [Promise.resolve(value), rejected, new Promise(() => {})].map(binding.promiseState);
  return done[0] === 1 && done[1] === value && failed[0] === 2 && failed[1] === value && pending[0] === 0;
});

const iteratorKinds = ['keys', 'values', 'entries'];

function iteratorSource(iterator) {
  const source = binding.iteratorSource(iterator);
  return source === undefined ? undefined : [source[0], iteratorKinds[source[1]]];
}

const iteratorIsKnown = holds(() => {
  for (const kind of iteratorKinds) {
    for (const collection of [new Map([[1, 1], [2, 2], [3, 3]]), new Set([1, 2, 3])]) {
      if (collection instanceof Set && kind === 'keys')
        continue;
      const iterator = collection[kind]();
      iterator.next();
      collection.delete(1);
      const [source, found] = iteratorSource(iterator);
      if (source !== collection || found !== kind)
        return false;
      const fresh = collection[kind]();
      if (binding.iteratorMove(fresh, iterator) !== true)
        return false;
      const [left, original] = [[...fresh], [...iterator]];
      if (left.length !== 2 || String(left) !== String(original))
        return false;
    }
  }
  return true;
});

// Two lists of one shape have the same named properties; what elements they have, no shape tells.
const shapeIsKnown = holds(() => {
  const [simple, other, named, marked] = [[{}], [{}], [{}], [{}]];
  named.name = marked[Symbol.iterator] = undefined;
  const [shape, same, ...more] = [simple, other, named, marked].map(binding.shapeOf);
  return shape === same && !more.includes(shape) && more[0] !== more[1] &&
         binding.kindsOf(simple, other) >> 16 === 1 && binding.kindsOf(simple, named) >> 16 === 0;
});

function grown(...items) {
  const list = [];
  for (const item of items)
    list.push(item);
  return list;
}

// One list of every shape that lists have as long as nobody gives them a name. They live on, lest their shapes be forgotten and
// the numbers given to others.
function listSpecimens() {
  const scattered = [];
  scattered[1e6] = 0;
  const lists = [[], [0], [0.5], [''], [{}], new Array(1), grown(0), grown(0.5), grown(''), grown(0, 0.5), scattered];
  const { Buffer } = require('buffer');
  lists.push(Buffer.alloc(1), Buffer.from('x'), Buffer.from('x'.repeat(100000)));
  for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
                      Float64Array, BigInt64Array, BigUint64Array])
    lists.push(new type(1));
  return lists;
}

let specimens;
let bareShapes;

// Is it certain that a list has elements and no other property? Listing their names to find out would take a string for each.
function hasOnlyElements(list) {
  if (bareShapes === undefined) {
    specimens = shapeIsKnown ? listSpecimens() : [];
    bareShapes = new Set(specimens.map((each) => binding.shapeOf(each)));
  }
  return bareShapes.has(binding.shapeOf(list));
}

// What a Map's or Set's iterator has yet to yield, read from a copy so that the original does not move; undefined if it cannot be told.
function remainingItems(iterator) {
  if (!iteratorIsKnown)
    return undefined;
  const source = iteratorSource(iterator);
  if (source === undefined)
    return undefined;
  const isMap = binding.objectKind(source[0]) === binding.objectKind(new Map());
  const fresh = (isMap ? Map : Set).prototype[source[1]].call(source[0]);
  if (!binding.iteratorMove(fresh, iterator))
    return undefined;
  return { items: [...fresh], isEntries: source[1] === 'entries' };
}

module.exports = {
  hasOnlyElements,
  isConstructor: binding.isConstructor,
  kindsOf: binding.kindsOf,
  objectKind: binding.objectKind,
  proxyKind,
  proxyTarget: proxyIsKnown ? proxyTarget : unknown,
  proxyParts: proxyIsKnown ? proxyParts : unknown,
  promiseState: promiseIsKnown ? binding.promiseState : unknown,
  remainingItems,
  known: { proxyIsKnown, promiseIsKnown, iteratorIsKnown, shapeIsKnown },
};
