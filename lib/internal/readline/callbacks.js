'use strict';

// Moving and clearing on a terminal.

const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_CURSOR_POS } } = require('internal/errors');
const { validateFunction } = require('internal/validators');

const clearToBeginning = '\x1b[1K';
const clearToEnd = '\x1b[0K';
const clearWholeLine = '\x1b[2K';
const clearDown = '\x1b[0J';

function done(callback) {
  if (typeof callback === 'function')
    process.nextTick(callback, null);
  return true;
}

function checkCallback(callback) {
  if (callback !== undefined)
    validateFunction(callback, 'callback');
}

function cursorToText(x, y) {
  return typeof y !== 'number' ? `\x1b[${x + 1}G` : `\x1b[${y + 1};${x + 1}H`;
}

function moveCursorText(dx, dy) {
  let text = '';
  if (dx < 0)
    text += `\x1b[${-dx}D`;
  else if (dx > 0)
    text += `\x1b[${dx}C`;
  if (dy < 0)
    text += `\x1b[${-dy}A`;
  else if (dy > 0)
    text += `\x1b[${dy}B`;
  return text;
}

function clearLineText(direction) {
  return direction < 0 ? clearToBeginning : direction > 0 ? clearToEnd : clearWholeLine;
}

function cursorTo(stream, x, y, callback) {
  checkCallback(callback);
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  if (Number.isNaN(x))
    throw new ERR_INVALID_ARG_VALUE('x', x);
  if (Number.isNaN(y))
    throw new ERR_INVALID_ARG_VALUE('y', y);
  if (stream == null || (typeof x !== 'number' && typeof y !== 'number'))
    return done(callback);
  if (typeof x !== 'number')
    throw new ERR_INVALID_CURSOR_POS();
  return stream.write(cursorToText(x, y), callback);
}

function moveCursor(stream, dx, dy, callback) {
  checkCallback(callback);
  if (stream == null || !(dx || dy))
    return done(callback);
  return stream.write(moveCursorText(dx, dy), callback);
}

function clearLine(stream, direction, callback) {
  checkCallback(callback);
  if (stream === null || stream === undefined)
    return done(callback);
  return stream.write(clearLineText(direction), callback);
}

function clearScreenDown(stream, callback) {
  checkCallback(callback);
  if (stream === null || stream === undefined)
    return done(callback);
  return stream.write(clearDown, callback);
}

module.exports = { clearDown, clearLine, clearLineText, clearScreenDown, cursorTo, cursorToText, moveCursor, moveCursorText };
