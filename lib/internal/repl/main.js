'use strict';
// The prompt that `galley` opens on a terminal without a program.

const repl = require('repl');

const environment = (name) => process.env[name] ?? '';

function open() {
  const { kStandalone } = repl[Symbol.for('galley.internal')];
  const terminal = environment('NODE_NO_READLINE') === '' ? undefined : false;
  process.stdout.write(`Welcome to Galley ${process.versions.galley} (Node.js ${process.version}).\nType ".help" for more information.\n`);
  const size = Number(environment('NODE_REPL_HISTORY_SIZE'));
  const server = repl.start({
    prompt: '> ', terminal, useGlobal: true, breakEvalOnSigint: true, ignoreUndefined: false, [kStandalone]: true,
    replMode: environment('NODE_REPL_MODE').toLowerCase().trim() === 'strict' ? repl.REPL_MODE_STRICT : repl.REPL_MODE_SLOPPY,
    historySize: size > 0 ? size : 1000,
  });
  if (server.terminal) server.setupHistory(process.env.NODE_REPL_HISTORY);
  server.on('exit', () => process.exit());
}

module.exports = { open };
