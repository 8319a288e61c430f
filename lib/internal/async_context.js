'use strict';
// The variables that AsyncLocalStorage and async_hooks live on. `frame` is the Map of stores in force
// now, or undefined; whatever calls a callback later keeps the frame of the moment and puts it back.
// `track` is undefined until somebody asks for asynchronous ids: internal/async_tracker then.

const context = module.exports = { frame: undefined, inUse: false, track: undefined, use };

const then = Promise.prototype.then;
let settled; // a promise is dear to make first: only if somebody wants it
let looking = false;

// The engine runs promise jobs by itself, without a place to put a frame back. But it reads the
// promise's `constructor` whenever something waits for it, be it then() or await: at that moment a
// reaction of ours is put in front of the one that waits, and restores the frame just before it runs.
function use() {
  if (context.inUse) return;
  context.inUse = true;
  const NativePromise = Promise;
  Object.defineProperty(Promise.prototype, 'constructor', {
    configurable: true,
    enumerable: false,
    get() {
      if (looking) return NativePromise;
      looking = true;
      try {
        const { frame } = context;
        const restore = () => { context.frame = frame; };
        then.call(this, restore, restore);
      } catch {
        // Not a promise: somebody looks at the prototype.
      }
      looking = false;
      return NativePromise;
    },
    set(value) {
      Object.defineProperty(this, 'constructor', { value, configurable: true, enumerable: true, writable: true });
    },
  });
}

// Promise jobs that do not come from a promise (`await 1`) run in the frame that this leaves behind.
context.settle = function settle(frame) {
  looking = true;
  then.call(settled ??= Promise.resolve(), () => { context.frame = frame; });
  looking = false;
};
