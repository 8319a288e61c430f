'use strict';

// The escape codes of inspect and styleText, and the question whether a stream should get any.

const colors = {
  __proto__: null,
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  doubleunderline: [21, 24],
  black: [30, 39],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  white: [37, 39],
  bgBlack: [40, 49],
  bgRed: [41, 49],
  bgGreen: [42, 49],
  bgYellow: [43, 49],
  bgBlue: [44, 49],
  bgMagenta: [45, 49],
  bgCyan: [46, 49],
  bgWhite: [47, 49],
  framed: [51, 54],
  overlined: [53, 55],
  gray: [90, 39],
  redBright: [91, 39],
  greenBright: [92, 39],
  yellowBright: [93, 39],
  blueBright: [94, 39],
  magentaBright: [95, 39],
  cyanBright: [96, 39],
  whiteBright: [97, 39],
  bgGray: [100, 49],
  bgRedBright: [101, 49],
  bgGreenBright: [102, 49],
  bgYellowBright: [103, 49],
  bgBlueBright: [104, 49],
  bgMagentaBright: [105, 49],
  bgCyanBright: [106, 49],
  bgWhiteBright: [107, 49],
};

const aliases = [
  ['gray', 'grey'],
  ['gray', 'blackBright'],
  ['bgGray', 'bgGrey'],
  ['bgGray', 'bgBlackBright'],
  ['dim', 'faint'],
  ['strikethrough', 'crossedout'],
  ['strikethrough', 'strikeThrough'],
  ['strikethrough', 'crossedOut'],
  ['hidden', 'conceal'],
  ['inverse', 'swapColors'],
  ['inverse', 'swapcolors'],
  ['doubleunderline', 'doubleUnderline'],
];

for (const [name, alias] of aliases) {
  Object.defineProperty(colors, alias, {
    __proto__: null,
    get() {
      return this[name];
    },
    set(value) {
      this[name] = value;
    },
    configurable: true,
    enumerable: false,
  });
}

const styles = {
  __proto__: null,
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: require('internal/util/regexp_colors').highlightRegExp,
  module: 'underline',
};

// How many colours the environment asks for beyond what the stream can do: undefined leaves it to the stream.
function forcedColorDepth() {
  return require('internal/tty').getColorDepth();
}

function shouldColorize(stream) {
  if (process.env.FORCE_COLOR !== undefined)
    return forcedColorDepth() > 2;
  return Boolean(stream?.isTTY) && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2);
}

const codes = { red: '\u001b[31m', green: '\u001b[32m', blue: '\u001b[34m', white: '\u001b[39m', yellow: '\u001b[33m',
                gray: '\u001b[90m', bold: '\u001b[1m', reset: '\u001b[0m', clear: '\u001bc' };

const palette = { __proto__: null, shouldColorize, refresh, undefined: '', hasColors: false };
for (const name in codes)
  palette[name] = '';

// A stderr that nobody has opened is asked for its kind without opening it.
function errorsHaveColors() {
  const { untouchedStreams } = require('internal/console_state');
  const { get } = Object.getOwnPropertyDescriptor(process, 'stderr') ?? {};
  if (get !== undefined && get === untouchedStreams.stderr && process.env.FORCE_COLOR === undefined &&
      internalBinding('stdio').kind(2) !== 'TTY')
    return false;
  return shouldColorize(process.stderr);
}

function refresh() {
  const wanted = errorsHaveColors();
  for (const name in codes)
    palette[name] = wanted ? codes[name] : '';
  palette.undefined = wanted ? codes.gray : '';
  palette.hasColors = wanted;
}

module.exports = { colors, palette, refresh, shouldColorize, styles };
