'use strict';
// What the process object says of its process, found out when a program first asks.

const binding = internalBinding('process');

const architectures = { '__proto__': null, 'x86_64': 'x64', 'aarch64': 'arm64' };

module.exports = {
  get version() { return 'v' + binding.versions().node; },
  get versions() { return Object.freeze(require('internal/versions').readFixed(binding.versions())); },
  get arch() { return architectures[binding.machine()] ?? binding.machine(); },
  get pid() { return binding.pid(); },
  get stdin() { return require('internal/stdio').open(0); },
  get stdout() { return require('internal/stdio').open(1); },
  get stderr() { return require('internal/stdio').open(2); },
  get features() { return require('internal/versions').features; },
  get config() { return require('internal/versions').config(); },
  get allowedNodeEnvironmentFlags() { return require('internal/versions').allowedFlags(); },
  get report() { return require('internal/report'); },
  get finalization() { return require('internal/finalization'); },
};
