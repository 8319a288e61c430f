'use strict';
// How many colours the terminal shows, as its environment says.

const { validateInteger } = require('internal/validators');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');

const DEPTH_2 = 1, DEPTH_16 = 4, DEPTH_256 = 8, DEPTH_16M = 24;

const terminals = {
  '__proto__': null,
  'eterm': DEPTH_16, 'cons25': DEPTH_16, 'console': DEPTH_16, 'cygwin': DEPTH_16, 'dtterm': DEPTH_16, 'gnome': DEPTH_16,
  'hurd': DEPTH_16, 'jfbterm': DEPTH_16, 'konsole': DEPTH_16, 'kterm': DEPTH_16, 'mlterm': DEPTH_16, 'putty': DEPTH_16,
  'st': DEPTH_16, 'mosh': DEPTH_16M, 'rxvt-unicode-24bit': DEPTH_16M, 'terminator': DEPTH_16M, 'xterm-kitty': DEPTH_16M,
};
const terminalPatterns = [/ansi/, /color/, /linux/, /direct/, /^con\d*x\d/, /^rxvt/, /^screen/, /^xterm/, /^vt100/, /^vt220/];

// Build services that show colours without being terminals.
const services = [
  ['APPVEYOR', DEPTH_256], ['BUILDKITE', DEPTH_256], ['CIRCLECI', DEPTH_16M], ['DRONE', DEPTH_16], ['GITEA_ACTIONS', DEPTH_16M],
  ['GITHUB_ACTIONS', DEPTH_16M], ['GITLAB_CI', DEPTH_256], ['TRAVIS', DEPTH_256],
];

const programs = { '__proto__': null, 'HyperTerm': DEPTH_16M, 'MacTerm': DEPTH_16M, 'Apple_Terminal': DEPTH_256 };

let warned = false;
function warnOfContradiction(env) {
  if (warned) return;
  const ignored = env.NODE_DISABLE_COLORS !== undefined ? 'NODE_DISABLE_COLORS' : env.NO_COLOR !== undefined ? 'NO_COLOR' : '';
  if (ignored === '') return;
  warned = true;
  process.emitWarning(`The '${ignored}' env is ignored due to the 'FORCE_COLOR' env being set.`, 'Warning');
}

function serviceDepth(env) {
  for (const [name, depth] of services) if (name in env) return depth;
  return env.CI_NAME === 'codeship' ? DEPTH_256 : DEPTH_2;
}

function getColorDepth(env = process.env) {
  switch (env.FORCE_COLOR) {
    case undefined: break;
    case '': case '1': case 'true': warnOfContradiction(env); return DEPTH_16;
    case '2': warnOfContradiction(env); return DEPTH_256;
    case '3': warnOfContradiction(env); return DEPTH_16M;
    default: return DEPTH_2;
  }
  if ((env.NODE_DISABLE_COLORS !== undefined && env.NODE_DISABLE_COLORS !== '') ||
      (env.NO_COLOR !== undefined && env.NO_COLOR !== '') || env.TERM === 'dumb') return DEPTH_2;
  if (env.TMUX) return DEPTH_16M;
  if ('TF_BUILD' in env && 'AGENT_NAME' in env) return DEPTH_16;
  if ('CI' in env) return serviceDepth(env);
  if ('TEAMCITY_VERSION' in env) return /^(9\.(0*[1-9]\d*)\.|\d{2,}\.)/.test(env.TEAMCITY_VERSION) ? DEPTH_16 : DEPTH_2;
  if (env.TERM_PROGRAM === 'iTerm.app')
    return !env.TERM_PROGRAM_VERSION || /^[0-2]\./.test(env.TERM_PROGRAM_VERSION) ? DEPTH_256 : DEPTH_16M;
  if (programs[env.TERM_PROGRAM] !== undefined) return programs[env.TERM_PROGRAM];
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return DEPTH_16M;
  if (env.TERM) {
    if (/truecolor/.test(env.TERM)) return DEPTH_16M;
    if (/^xterm-256/.test(env.TERM)) return DEPTH_256;
    const name = env.TERM.toLowerCase();
    if (terminals[name] !== undefined) return terminals[name];
    if (terminalPatterns.some((pattern) => pattern.test(name))) return DEPTH_16;
  }
  return env.COLORTERM ? DEPTH_16 : DEPTH_2;
}

function hasColors(count, env) {
  if (env === undefined && (count === undefined || (typeof count === 'object' && count !== null))) {
    env = count;
    count = 16;
  } else {
    if (typeof count !== 'number') throw new ERR_INVALID_ARG_TYPE('count', 'number', count);
    validateInteger(count, 'count', 2);
  }
  return count <= 2 ** getColorDepth(env);
}

module.exports = { getColorDepth, hasColors };
