'use strict';
// globalThis.navigator: the machine as programs for browsers ask for it.

const kInside = Symbol('inside');

class Navigator {
  #concurrency;
  #language;

  constructor() {
    if (arguments[0] !== kInside) {
      const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
      throw new ERR_ILLEGAL_CONSTRUCTOR();
    }
  }

  get hardwareConcurrency() {
    this.#concurrency ??= require('os').availableParallelism();
    return this.#concurrency;
  }

  get language() {
    this.#language ??= new Intl.DateTimeFormat().resolvedOptions().locale;
    return this.#language;
  }

  get languages() {
    return Object.freeze([this.language]);
  }

  get userAgent() {
    return `Node.js/${process.version.slice(1).split('.')[0]}`;
  }

  get platform() {
    return process.platform === 'linux' ? `Linux ${require('os').machine()}` : process.platform;
  }
}

for (const name of ['hardwareConcurrency', 'language', 'languages', 'userAgent', 'platform'])
  Object.defineProperty(Navigator.prototype, name, { enumerable: true });

module.exports = { Navigator, navigator: new Navigator(kInside) };
