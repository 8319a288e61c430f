'use strict';

// The text of an .env file as Node reads it: `KEY=value` lines, quotes, comments, values over several lines.

function parseEnv(content) {
  const values = { __proto__: null };
  const text = content.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  let i = 0;
  while (i < text.length) {
    while (i < text.length && /\s/.test(text[i]))
      i++;
    let lineEnd = text.indexOf('\n', i);
    if (lineEnd === -1)
      lineEnd = text.length;
    const equals = text.indexOf('=', i);
    if (text[i] === '#' || equals === -1 || equals > lineEnd) {
      i = lineEnd + 1;
      continue;
    }
    let key = text.slice(i, equals).trim();
    if (key.startsWith('export '))
      key = key.slice(7).trim();
    let start = equals + 1;
    while (start < lineEnd && (text[start] === ' ' || text[start] === '\t'))
      start++;
    if (key === '') {
      i = lineEnd + 1;
      continue;
    }
    const quote = text[start];
    const close = quote === '"' || quote === "'" || quote === '`' ? text.indexOf(quote, start + 1) : -1;
    if (close !== -1) {
      const value = text.slice(start + 1, close);
      values[key] = quote === '"' ? value.replaceAll('\\n', '\n') : value;
      const after = text.indexOf('\n', close);
      i = after === -1 ? text.length : after + 1;
      continue;
    }
    let value = text.slice(start, lineEnd);
    const comment = value.indexOf('#');
    if (comment !== -1)
      value = value.slice(0, comment);
    values[key] = value.trim();
    i = lineEnd + 1;
  }
  return values;
}

module.exports = { parseEnv };
