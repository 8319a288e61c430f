'use strict';
// Promises as asynchronous work for createHook(): those that a program makes with new Promise, with
// Promise.resolve() and its like, and those that then() gives. What async functions make inside the
// engine cannot be seen.

const entries = new WeakMap();

let watching = false;

function watch(track) {
  if (watching) return;
  watching = true;
  const { then } = Promise.prototype;
  const NativePromise = Promise;

  const note = (promise, trigger) => {
    if (track.hooks().length === 0) return undefined;
    const entry = track.init('PROMISE', promise, trigger);
    entries.set(promise, entry);
    return entry;
  };

  const around = (callback, entryOf) => {
    if (typeof callback !== 'function') return callback;
    return (value) => {
      const entry = entryOf();
      if (entry === undefined) return callback(value);
      track.before(entry);
      try {
        return callback(value);
      } finally {
        if (track.current === entry) {
          track.promiseResolve(entry.id);
          track.after(entry);
        }
      }
    };
  };

  Object.defineProperty(Promise.prototype, 'then', {
    configurable: true,
    writable: true,
    value: function(onFulfilled, onRejected) {
      if (track.hooks().length === 0) return then.call(this, onFulfilled, onRejected);
      let entry;
      const derived = then.call(this, around(onFulfilled, () => entry), around(onRejected, () => entry));
      entry = note(derived, entries.get(this)?.id);
      return derived;
    },
  });

  for (const name of ['resolve', 'reject']) {
    const native = Promise[name];
    Object.defineProperty(Promise, name, {
      configurable: true,
      writable: true,
      value: function(value) {
        const promise = native.call(this === replacement ? NativePromise : this, value);
        if (promise !== value && track.hooks().length !== 0) {
          const entry = note(promise);
          track.promiseResolve(entry.id);
        }
        return promise;
      },
    });
  }

  const replacement = new Proxy(NativePromise, {
    construct(target, args, newTarget) {
      if (track.hooks().length === 0 || typeof args[0] !== 'function') return Reflect.construct(target, args, newTarget === replacement ? target : newTarget);
      let entry;
      let resolvedEarly = false;
      const executor = args[0];
      const promise = Reflect.construct(target, [(resolve, reject) => {
        const tell = (settle) => (value) => {
          if (entry === undefined) resolvedEarly = true;
          else track.promiseResolve(entry.id);
          settle(value);
        };
        return executor(tell(resolve), tell(reject));
      }], newTarget === replacement ? target : newTarget);
      entry = note(promise);
      if (resolvedEarly) track.promiseResolve(entry.id);
      return promise;
    },
  });
  globalThis.Promise = replacement;
}

module.exports = { watch };
