'use strict';

const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const { clearLine, clearScreenDown, cursorTo, moveCursor } = require('internal/readline/callbacks');
const { emitKeypressEvents } = require('internal/readline/keys');
const { Interface } = require('internal/readline/interface');
const { promisify } = require('internal/util');
const { addAbortListener } = require('events');

Interface.prototype.question = function question(query, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  options = options !== null && typeof options === 'object' ? options : {};
  if (options.signal) {
    validateAbortSignal(options.signal, 'options.signal');
    if (options.signal.aborted)
      return;
    const disposable = addAbortListener(options.signal, () => this._questionCancel());
    const original = callback;
    callback = typeof original === 'function' ? (answer) => {
      disposable[Symbol.dispose]();
      return original(answer);
    } : () => disposable[Symbol.dispose]();
  }
  if (typeof callback === 'function')
    this._question(query, callback);
};

Interface.prototype.question[promisify.custom] = function question(query, options) {
  options = options !== null && typeof options === 'object' ? options : {};
  if (options.signal?.aborted)
    return Promise.reject(new AbortError(undefined, { cause: options.signal.reason }));
  return new Promise((resolve, reject) => {
    let callback = resolve;
    if (options.signal) {
      const disposable = addAbortListener(options.signal, () => {
        reject(new AbortError(undefined, { cause: options.signal.reason }));
      });
      callback = (answer) => {
        disposable[Symbol.dispose]();
        resolve(answer);
      };
    }
    this.question(query, options, callback);
  });
};

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = { Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor };

Object.defineProperty(module.exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    return require('readline/promises');
  },
});
