'use strict';
// Signals as events of `process`: the first listener for a signal's name starts watching it, the last
// one to leave gives the default disposition back.

const binding = internalBinding('process');
const watched = new Map();

function numberOf(name) {
  if (typeof name !== 'string' || !name.startsWith('SIG')) return undefined;
  return require('os').constants.signals[name];
}

process.on('newListener', (name) => {
  const number = numberOf(name);
  if (number === undefined || watched.has(name)) return;
  watched.set(name, binding.watchSignal(number, (which) => process.emit(name, name, which)));
});
process.on('removeListener', (name) => {
  if (!watched.has(name) || process.listenerCount(name) !== 0) return;
  watched.get(name).close();
  watched.delete(name);
});
