'use strict';

// Regular expressions in colours: brackets, what stands in them and quantifiers differ, and each depth moves on through the palette.

const defaultPalette = ['green', 'red', 'yellow', 'cyan', 'magenta'];

function painter(palette, colors) {
  let text = '';
  return {
    put(piece, position) {
      const code = colors[palette[position % palette.length]];
      text += code === undefined ? piece : `\u001b[${code[0]}m${piece}\u001b[${code[1]}m`;
    },
    text: () => text,
  };
}

// Parts of a pattern in the order in which they are tried; `at` gives each captured piece its distance from the current depth.
const parts = [
  { pattern: /\\k<([^>]*)>/y, pieces: (match) => [['\\k<', 0], [match[1], 1], ['>', 0]], inClass: false },
  { pattern: /\\([pPu])\{([^}]*)\}/y, pieces: (match) => [[`\\${match[1]}{`, 1], [match[2], 2], ['}', 1]], inClass: true },
  { pattern: /\\[pP]\{/y, pieces: (match) => [[match[0], 2]], inClass: true, classAt: 1 },
  { pattern: /\\x[0-9a-fA-F]{2}|\\\d+|\\c[A-Za-z]|\\[^]/y, pieces: (match) => [[match[0], 2]], inClass: true, classAt: 1 },
  {
    pattern: /\{(\d+)(,?)(\d*)\}/y,
    pieces: (match) => [['{', 1], [match[1], 3], [match[2], 2], [match[3], 3], ['}', 1]],
    inClass: false,
  },
  { pattern: /[*+?|^$,]/y, pieces: (match) => [[match[0], 4]], inClass: false },
  { pattern: /\./y, pieces: (match) => [[match[0], 3]], inClass: false },
];

function highlightRegExp(source) {
  const { colors } = require('internal/util/colors');
  const chosen = highlightRegExp.colors;
  const palette = Array.isArray(chosen) && chosen.length > 0 ? chosen : defaultPalette;
  const { put, text } = painter(palette, colors);
  const end = source.lastIndexOf('/');
  let depth = 0;
  let inClass = false;
  put('/', 0);
  let i = 1;

  function part() {
    for (const { pattern, pieces, inClass: allowedInClass, classAt } of parts) {
      if (inClass && !allowedInClass)
        continue;
      pattern.lastIndex = i;
      const match = pattern.exec(source);
      if (match === null || i + match[0].length > end)
        continue;
      for (const [piece, distance] of pieces(match)) {
        if (piece !== '')
          put(piece, depth + (inClass && classAt !== undefined ? classAt : distance));
      }
      i += match[0].length;
      return true;
    }
    return false;
  }

  function group() {
    put('(', depth + 1);
    i++;
    const named = /\?<([^=!>][^>]*)>/y;
    const kind = /\?(?:<?[=!]|:)/y;
    named.lastIndex = kind.lastIndex = i;
    let match;
    if ((match = named.exec(source)) !== null) {
      put('?<', depth + 1);
      put(match[1], depth + 2);
      put('>', depth + 1);
    } else if ((match = kind.exec(source)) !== null) {
      put(match[0], depth + 1);
    } else if (source[i] === '?') {
      match = ['?'];
      put('?', depth + 2);
    }
    i += match?.[0].length ?? 0;
    depth++;
  }

  while (i < end) {
    const character = source[i];
    if (part())
      continue;
    if (inClass) {
      if (character === ']') {
        inClass = false;
        put(']', --depth + 1);
      } else {
        const isRange = character === '-' && source[i - 1] !== '[' && source[i + 1] !== ']' && isRangeAt(source, i);
        put(character, depth + (isRange ? 2 : 1));
      }
      i++;
    } else if (character === '[') {
      put('[', depth + 1);
      inClass = true;
      depth++;
      i++;
    } else if (character === '(') {
      group();
    } else if (character === ')') {
      depth = Math.max(0, depth - 1);
      put(')', depth + 1);
      i++;
    } else {
      put(character, depth + 2);
      i++;
    }
  }
  put('/', 0);
  if (end + 1 < source.length)
    put(source.slice(end + 1), 1);
  return text();
}

// Between two characters a hyphen is a range; after a class escape such as \d it stands for itself.
function isRangeAt(source, position) {
  const before = source.slice(0, position);
  return !/\\[dDwWsS]$/.test(before) && !/\\p\{[^}]*\}$/i.test(before) && !/(?:^|[^\\])[^\\]-[^\\]$/.test(before.slice(-3));
}

highlightRegExp.colors = [...defaultPalette];

module.exports = { highlightRegExp };
