'use strict';
// The command line's options, as src/runtime/options.c read them.

const values = internalBinding('options').get();

module.exports = { get: (name) => values[name], all: values };
