'use strict';
// What was typed, before it runs: is it complete, is it an object or a block, does it await?

const { Script } = require('vm');

// What the engine says of a text that only lacks its end.
const unfinished = /^(?:Unexpected end of (?:script|input)|Unexpected EOF|Multiline comment was not closed properly)/;

function errorOf(code) {
  try {
    new Script(code, { filename: 'REPL' });
  } catch (error) {
    return error;
  }
}

const parses = (code) => errorOf(code) === undefined;

// A quoted string that the line ends in cannot go on in the next, unless its last character is a backslash.
function endsInString(code) {
  const line = code.replace(/\n$/, '').split('\n').at(-1);
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (quote !== '' && character === '\\') {
      if (i === line.length - 1) return false;
      i++;
    } else if (character === quote) {
      quote = '';
    } else if (quote === '' && (character === '"' || character === "'" || character === '`')) {
      quote = character;
    } else if (quote === '' && character === '/' && line[i + 1] === '/') {
      return false;
    }
  }
  return quote === '"' || quote === "'";
}

function isRecoverable(error, code) {
  if (error?.name !== 'SyntaxError') return false;
  if (/^Unterminated string constant/.test(error.message)) return /\\\n?$/.test(code);
  return unfinished.test(error.message) && !(/^Unexpected EOF/.test(error.message) && endsInString(code));
}

// `{ a: 1 }` is meant as an object wherever it can be one.
function asExpression(code) {
  if (!/^\s*\{/.test(code) || /;\s*$/.test(code)) return code;
  const wrapped = `(${code.trim()})\n`;
  return parses(wrapped) ? wrapped : code;
}

const declaration = /^\s*(const|let|var)\s+([\w$]+|\{[^=]*\}|\[[^=]*\])\s*=([^]*)$/;
const named = /^\s*((?:async\s+)?function\b\s*\*?|class)\s+([\w$]+)/;

// The names that a pattern binds; good for the patterns that people type at a prompt.
function namesIn(pattern) {
  if (/^[\w$]+$/.test(pattern)) return [pattern];
  return pattern.slice(1, -1).split(',').map((part) => part.split('=')[0].split(':').at(-1).replace('...', '').trim()).filter(Boolean);
}

// Code that awaits at its top, as an expression of a promise whose value is { value } of the last expression;
// what it declares is declared outside, so that it is there for the next lines. Undefined if it cannot be.
function asAsync(code) {
  if (!/\bawait\b/.test(code)) return undefined;
  const text = code.trim().replace(/;$/, '');
  const tries = [];
  const declared = declaration.exec(text);
  if (declared !== null && !/;/.test(declared[3])) {
    const [, kind, pattern, value] = declared;
    const names = namesIn(pattern);
    const hoisted = `${kind === 'var' ? 'var' : 'let'} ${names.join(', ')}; `;
    tries.push(`${hoisted}(async () => { (${pattern} = ${value}\n); return { value: undefined }; })()`);
  }
  tries.push(`(async () => ({ value: (${text}\n) }))()`);
  const lines = text.split(/;|\n/);
  const last = lines.at(-1);
  const hoists = [];
  const inside = text.slice(0, text.length - last.length).replace(/(^|[;\n])(\s*)(?:const|let|var)\s+([\w$]+)\s*=/g, (all, start, space, name) => {
    hoists.push(name);
    return `${start}${space}${name} =`;
  });
  const before = hoists.length === 0 ? '' : `let ${hoists.join(', ')}; `;
  if (named.exec(text) === null) tries.push(`${before}(async () => { ${inside}; return { value: (${last}\n) }; })()`);
  tries.push(`(async () => { ${text}\n return { value: undefined }; })()`);
  return tries.find(parses);
}

module.exports = { asAsync, asExpression, errorOf, isRecoverable, parses };
