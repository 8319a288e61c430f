'use strict';

// What the console must know of others without loading them: the channels on which diagnostics_channel publishes what it is
// told, and the getters that process.stdout and stderr have as long as nobody has asked for them.

module.exports = {
  channels: { log: undefined, warn: undefined, error: undefined, info: undefined, debug: undefined },
  untouchedStreams: { __proto__: null, stdin: undefined, stdout: undefined, stderr: undefined },
};
