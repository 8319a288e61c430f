'use strict';
// The command line's options, as src/runtime/options.c read them. A template loads this before there is a command line.

let values;

module.exports = {
  get all() { return values ??= internalBinding('options').get(); },
  get(name) { return module.exports.all[name]; },
};
