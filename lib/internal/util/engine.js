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
  isConstructor: binding.isConstructor,
  objectKind: binding.objectKind,
  proxyKind,
  proxyTarget: proxyIsKnown ? proxyTarget : unknown,
  proxyParts: proxyIsKnown ? proxyParts : unknown,
  promiseState: promiseIsKnown ? binding.promiseState : unknown,
  remainingItems,
  known: { proxyIsKnown, promiseIsKnown, iteratorIsKnown },
};
