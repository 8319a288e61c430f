'use strict';

// What an assertion says about the place where it failed: the expression as it stands in the program's source.

const { callSites } = require('internal/stack');
const AssertionError = require('internal/assert/assertion_error');

// The end of the call that opens at `from`, or the end of the line if it goes on below.
function callEnd(line, from) {
  let depth = 0;
  let quote = '';
  for (let i = from; i < line.length; i++) {
    const character = line[i];
    if (quote !== '') {
      if (character === '\\')
        i++;
      else if (character === quote)
        quote = '';
    } else if (character === '"' || character === "'" || character === '`') {
      quote = character;
    } else if (character === '(' || character === '[' || character === '{') {
      depth++;
    } else if (character === ')' || character === ']' || character === '}') {
      if (--depth === 0)
        return i + 1;
    }
  }
  return line.length;
}

// The engine's column can lie elsewhere on the line; then the first call of an assertion's name is meant.
function openingOf(line, column, name) {
  if (line[column - 1] === '(')
    return column - 1;
  const called = new RegExp(`\\b(?:assert|${name})\\s*\\(`).exec(line);
  return called === null ? line.indexOf('(', column - 1) : called.index + called[0].length - 1;
}

function expressionAt(line, column, name) {
  const open = openingOf(line, column, name);
  if (open === -1)
    return undefined;
  const callee = /[\p{ID_Continue}$]+(?:\s*(?:\?\.|\.)\s*[\p{ID_Continue}$]+|\[[^\]]*\])*\s*$/u.exec(line.slice(0, open));
  if (callee === null)
    return undefined;
  return line.slice(callee.index, callEnd(line, open))
    .replace(/[\x00-\x1f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sourceLine(file, number) {
  const path = file.startsWith('file://') ? require('url').fileURLToPath(file) : file;
  const text = internalBinding('loader').readText(path);
  return typeof text === 'string' ? text.split('\n')[number - 1] : undefined;
}

function falsyMessage(stackStartFn) {
  const general = 'The expression evaluated to a falsy value';
  const [site] = callSites(1, stackStartFn);
  if (site === undefined || typeof site.file !== 'string' || typeof site.line !== 'number' || !site.file.includes('/'))
    return general;
  let expression;
  try {
    const line = sourceLine(site.file, site.line);
    expression = line === undefined ? undefined : expressionAt(line, site.column, stackStartFn.name);
  } catch {
    // A source that cannot be read says nothing.
  }
  return expression === undefined ? general : `${general}:\n\n  ${expression}\n`;
}

function throwUnwanted(error, stackStartFn, diff) {
  let message = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += require('internal/util/inspect').inspect(error);
  }
  const failure = new AssertionError({ actual: error, expected: null, operator: 'ifError', message, stackStartFn, diff });
  failure.generatedMessage = false;
  const original = error.stack;
  if (typeof original === 'string') {
    // Both stacks tell: where the error came from, and where it was noticed.
    const originalStart = original.indexOf('\n    at');
    if (originalStart !== -1) {
      const originalFrames = original.slice(originalStart + 1).split('\n');
      let frames = failure.stack.split('\n');
      for (const frame of originalFrames) {
        const position = frames.indexOf(frame);
        if (position !== -1) {
          frames = frames.slice(0, position);
          break;
        }
      }
      failure.stack = `${frames.join('\n')}\n${originalFrames.join('\n')}`;
    }
  }
  throw failure;
}

module.exports = { falsyMessage, throwUnwanted };
