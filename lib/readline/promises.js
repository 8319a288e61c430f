'use strict';

const { AbortError, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateInteger } = require('internal/validators');
const { clearDown, clearLineText, cursorToText, moveCursorText } = require('internal/readline/callbacks');
const { Interface: BaseInterface } = require('internal/readline/interface');
const { addAbortListener } = require('events');

class Interface extends BaseInterface {
  constructor(input, output, completer, terminal) {
    super(input, output, completer, terminal);
    // Here a completer answers by its return value, a promise or not.
    Object.defineProperty(this, 'completesByPromise', { __proto__: null, value: true, enumerable: false });
  }

  question(query, options = {}) {
    return new Promise((resolve, reject) => {
      let callback = resolve;
      if (options?.signal) {
        const { signal } = options;
        validateAbortSignal(signal, 'options.signal');
        if (signal.aborted) {
          reject(new AbortError(undefined, { cause: signal.reason }));
          return;
        }
        const disposable = addAbortListener(signal, () => {
          this._questionCancel();
          reject(new AbortError(undefined, { cause: signal.reason }));
        });
        callback = (answer) => {
          disposable[Symbol.dispose]();
          resolve(answer);
        };
      }
      this.once('close', () => reject(new AbortError()));
      this._question(query, callback);
    });
  }
}

// Movements that are gathered and written at once.
class Readline {
  #autoCommit = false;
  #stream;
  #pending = [];

  constructor(stream, options = undefined) {
    const isWritable = stream !== null && typeof stream === 'object' && typeof stream.write === 'function' &&
                       typeof stream.on === 'function';
    if (!isWritable)
      throw new ERR_INVALID_ARG_TYPE('stream', 'Writable', stream);
    this.#stream = stream;
    if (options?.autoCommit != null) {
      validateBoolean(options.autoCommit, 'options.autoCommit');
      this.#autoCommit = options.autoCommit;
    }
  }

  #add(text) {
    if (this.#autoCommit)
      process.nextTick(() => this.#stream.write(text));
    else
      this.#pending.push(text);
    return this;
  }

  cursorTo(x, y = undefined) {
    validateInteger(x, 'x');
    if (y != null)
      validateInteger(y, 'y');
    return this.#add(cursorToText(x, y ?? undefined));
  }

  moveCursor(dx, dy) {
    if (dx || dy) {
      validateInteger(dx, 'dx');
      validateInteger(dy, 'dy');
      this.#add(moveCursorText(dx, dy));
    }
    return this;
  }

  clearLine(direction) {
    validateInteger(direction, 'dir', -1, 1);
    return this.#add(clearLineText(direction));
  }

  clearScreenDown() {
    return this.#add(clearDown);
  }

  commit() {
    return new Promise((resolve) => {
      this.#stream.write(this.#pending.join(''), resolve);
      this.#pending = [];
    });
  }

  rollback() {
    this.#pending = [];
    return this;
  }
}

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = { Interface, Readline, createInterface };
