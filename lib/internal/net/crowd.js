'use strict';
// What a program is told when its descriptors are used up: src/modules/crowd.c.

module.exports = function warn(used) {
  process.emitWarning(
    `File descriptors are used up (${used} are open or kept): new connections wait until others are closed`, {
      type: 'DescriptorWarning',
      code: 'GALLEY_DESCRIPTORS',
      detail: 'Allow more (ulimit -n, LimitNOFILE= of a systemd service), or fewer connections (server.maxConnections, ' +
        'server.keepAliveTimeout).',
    });
};
