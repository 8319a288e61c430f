'use strict';

// Options of the runner that may be given several times: the command line is read again, since the table of options keeps the last one.

const options = require('internal/options');

function listOf(name) {
  const flag = `--${name}`;
  const { execArgv } = process;
  const values = [];
  for (let i = 0; i < execArgv.length; i++) {
    if (execArgv[i] === flag && i + 1 < execArgv.length)
      values.push(execArgv[++i]);
    else if (execArgv[i].startsWith(`${flag}=`))
      values.push(execArgv[i].slice(flag.length + 1));
  }
  if (values.length > 0)
    return values;
  const single = options.get(name);
  return typeof single === 'string' ? [single] : [];
}

module.exports = { listOf };
