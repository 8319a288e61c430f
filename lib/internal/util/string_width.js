'use strict';

// How many columns text takes on a terminal, and text without the codes that only colour it.

// OSC sequences (ended by BEL or ST), then CSI and the short escapes.
const controlSequences = new RegExp(
  '(?:\\u001B\\][\\s\\S]*?(?:\\u0007|\\u001B\\u005C|\\u009C))' +
  '|[\\u001B\\u009B][[\\]()#;?]*(?:\\d{1,4}(?:[;:]\\d{0,4})*)?[\\dA-PR-TZcf-nq-uy=><~]', 'g');

function stripVTControlCharacters(text) {
  if (!text.includes('\u001B') && !text.includes('\u009B'))
    return text;
  return text.replace(controlSequences, '');
}

const wideRanges = [
  0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3040, 0x3247, 0x3250, 0x4dbf, 0x4e00, 0xa4c6, 0xa960, 0xa97c,
  0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x1b000, 0x1b001,
  0x1f200, 0x1f251, 0x1f300, 0x1f64f, 0x1f680, 0x1f6ff, 0x1f900, 0x1f9ff, 0x20000, 0x3fffd,
];

const zeroRanges = [
  0x0000, 0x001f, 0x007f, 0x009f, 0x00ad, 0x00ad, 0x0300, 0x036f, 0x200b, 0x200f, 0x20d0, 0x20ff, 0xfe00, 0xfe0f,
  0xfe20, 0xfe2f, 0xe0100, 0xe01ef,
];

function inRanges(ranges, code) {
  for (let i = 0; i < ranges.length && code >= ranges[i]; i += 2) {
    if (code <= ranges[i + 1])
      return true;
  }
  return false;
}

const onlyPrintableAscii = /^[\x20-\x7e]*$/;

function getStringWidth(text, removeControlCharacters = true) {
  if (removeControlCharacters)
    text = stripVTControlCharacters(text);
  if (onlyPrintableAscii.test(text))
    return text.length;
  let width = 0;
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0);
    if (inRanges(wideRanges, code))
      width += 2;
    else if (!inRanges(zeroRanges, code))
      width++;
  }
  return width;
}

module.exports = { getStringWidth, stripVTControlCharacters };
