'use strict';
// In which order modules run: the specification's two walks over a graph, the second of which waits for modules that await at
// their top level. A graph without such a module runs at once.

const { states: { NEW, LINKING, LINKED, EVALUATING, EVALUATING_ASYNC, EVALUATED } } = require('internal/esm/record');

function link(root) {
  const fresh = [];
  collect(root, fresh);
  try {
    for (const record of fresh) record.link();
    for (const record of fresh) record.checkImports?.();
  } catch (error) {
    for (const record of fresh) record.state = NEW;
    throw error;
  }
  for (const record of fresh) record.state = LINKED;
}

function collect(record, fresh) {
  if (record.state !== NEW) return;
  record.state = LINKING;
  for (const one of record.requested) collect(one, fresh);
  fresh.push(record);
}

let asyncCount = 0;

// Throws what the module throws. Gives a promise if something in the graph awaits, otherwise undefined.
function evaluate(root) {
  if (root.state === EVALUATED || root.state === EVALUATING_ASYNC) {
    if (root.error !== undefined) throw root.error.value;
    if (root.state === EVALUATED) return undefined;
    return promiseOf(root.cycleRoot ?? root);
  }
  const stack = [];
  try {
    visit(root, stack, 0);
  } catch (error) {
    for (const record of stack) {
      record.state = EVALUATED;
      record.error = { value: error };
    }
    throw error;
  }
  return root.asyncOrder !== 0 && root.state === EVALUATING_ASYNC ? promiseOf(root) : undefined;
}

function promiseOf(record) {
  record.promise ??= new Promise((resolve, reject) => { record.settle = { resolve, reject }; });
  return record.promise;
}

function visit(record, stack, index) {
  if (record.state === EVALUATING_ASYNC || record.state === EVALUATED) {
    if (record.error !== undefined) throw record.error.value;
    return index;
  }
  if (record.state === EVALUATING) return index;
  record.state = EVALUATING;
  record.index = record.ancestor = index++;
  record.pending = 0;
  stack.push(record);
  for (let one of record.requested) {
    index = visit(one, stack, index);
    if (one.state === EVALUATING) {
      record.ancestor = Math.min(record.ancestor, one.ancestor);
      fillEarly(one, new Set());
    } else {
      one = one.cycleRoot ?? one;
      if (one.error !== undefined) throw one.error.value;
    }
    if (one.asyncOrder > 0 && one.state !== EVALUATED) {
      record.pending++;
      one.asyncParents.push(record);
    }
  }
  if (record.pending > 0 || record.awaits) {
    record.asyncOrder = ++asyncCount;
    if (record.pending === 0) start(record);
  } else {
    record.execute();
  }
  if (record.ancestor === record.index) leaveCycle(record, stack);
  return index;
}

function leaveCycle(root, stack) {
  const members = [];
  for (;;) {
    const record = stack.pop();
    record.state = record.asyncOrder === 0 ? EVALUATED : EVALUATING_ASYNC;
    record.cycleRoot = root;
    members.push(record);
    if (record === root) break;
  }
  for (const record of members) if (record.state === EVALUATED) record.fill();
}

// In a cycle modules see each other before they have run, and what those import too.
function fillEarly(record, visited) {
  if (visited.has(record)) return;
  visited.add(record);
  if (record.constants !== undefined) record.fill();
  for (const one of record.requested) if (one.state !== EVALUATED) fillEarly(one, visited);
}

function start(record) {
  let promise;
  try {
    promise = record.executeAsync();
  } catch (error) {
    promise = Promise.reject(error);
  }
  promise.then(() => fulfilled(record), (error) => rejected(record, error));
}

function finish(record) {
  record.state = EVALUATED;
  record.fill();
  record.settle?.resolve();
}

function fulfilled(record) {
  if (record.state === EVALUATED) return;
  finish(record);
  const ready = [];
  gather(record, ready);
  ready.sort((a, b) => a.asyncOrder - b.asyncOrder);
  for (const parent of ready) {
    if (parent.state === EVALUATED) continue;
    if (parent.awaits) {
      start(parent);
      continue;
    }
    try {
      parent.execute();
    } catch (error) {
      rejected(parent, error);
      continue;
    }
    finish(parent);
  }
}

function gather(record, ready) {
  for (const parent of record.asyncParents) {
    if (ready.includes(parent) || parent.cycleRoot?.error !== undefined) continue;
    if (--parent.pending > 0) continue;
    ready.push(parent);
    if (!parent.awaits) gather(parent, ready);
  }
}

function rejected(record, error) {
  if (record.state === EVALUATED) return;
  record.state = EVALUATED;
  record.error = { value: error };
  for (const parent of record.asyncParents) rejected(parent, error);
  record.settle?.reject(error);
}

// A module of the graph that awaits at its top level, if there is one.
function findAwaiting(record, visited = new Set()) {
  if (visited.has(record)) return undefined;
  visited.add(record);
  if (record.awaits) return record;
  for (const one of record.requested) {
    const found = findAwaiting(one, visited);
    if (found !== undefined) return found;
  }
  return undefined;
}

module.exports = { link, evaluate, findAwaiting };
