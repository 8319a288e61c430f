'use strict';

// console.table, and durations as console.timeEnd writes them.

const { inspect } = require('internal/util/inspect');
const { getStringWidth } = require('internal/util/string_width');
const { validateArray } = require('internal/validators');
const { remainingItems } = require('internal/util/engine');
const types = require('internal/util/types');

function renderRow(cells, widths) {
  const padded = cells.map((cell, i) => `${cell}${' '.repeat(widths[i] - 2 - getStringWidth(cell))}`);
  return `│ ${padded.join(' │ ')} │`;
}

function render(head, columns) {
  const widths = head.map((text) => getStringWidth(text));
  const height = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, () => []);
  for (let i = 0; i < head.length; i++) {
    for (let j = 0; j < height; j++) {
      const value = Object.hasOwn(columns[i], j) ? columns[i][j] : '';
      rows[j][i] = value;
      widths[i] = Math.max(widths[i], getStringWidth(value));
    }
    widths[i] += 2;
  }
  const lines = widths.map((width) => '─'.repeat(width));
  return [
    `┌${lines.join('┬')}┐`,
    renderRow(head, widths),
    `├${lines.join('┼')}┤`,
    ...rows.map((row) => renderRow(row, widths)),
    `└${lines.join('┴')}┘`,
  ].join('\n');
}

const indexHead = '(index)';
const iterationHead = '(iteration index)';

function tableOf(data, properties, inspectOptions) {
  if (properties !== undefined)
    validateArray(properties, 'properties');

  function show(value) {
    const isWide = value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2;
    return inspect(value, { maxArrayLength: 3, breakLength: Infinity, ...inspectOptions, depth: isWide ? -1 : 0 });
  }
  const indices = (length) => Array.from({ length }, (_, i) => show(i));

  function pairs(entries) {
    return render([iterationHead, 'Key', 'Values'],
                  [indices(entries.length), entries.map(([key]) => show(key)), entries.map(([, value]) => show(value))]);
  }
  function list(values) {
    return render([iterationHead, 'Values'], [indices(values.length), values.map(show)]);
  }

  if (types.isMap(data))
    return pairs([...data]);
  if (types.isSet(data))
    return list([...data]);
  if (types.isMapIterator(data) || types.isSetIterator(data)) {
    const { items, isEntries } = remainingItems(data) ?? { items: [...data], isEntries: false };
    return isEntries && types.isMapIterator(data) ? pairs(items) : list(items);
  }

  const keys = Object.keys(data);
  const columns = { __proto__: null };
  const primitives = [];
  let hasPrimitives = false;
  keys.forEach((key, row) => {
    const item = data[key];
    const isPrimitive = item === null || (typeof item !== 'function' && typeof item !== 'object');
    if (isPrimitive && properties === undefined) {
      hasPrimitives = true;
      primitives[row] = show(item);
      return;
    }
    for (const name of properties ?? Object.keys(item)) {
      columns[name] ??= [];
      columns[name][row] = !isPrimitive && Object.hasOwn(item, name) ? show(item[name]) : '';
    }
  });
  const head = [indexHead, ...Object.keys(columns)];
  const body = [keys, ...Object.values(columns)];
  if (hasPrimitives) {
    head.push('Values');
    body.push(primitives);
  }
  return render(head, body);
}

function pad(value) {
  return `${value}`.padStart(2, '0');
}

function formatTime(ms) {
  let hours = 0;
  let minutes = 0;
  let seconds = 0;
  if (ms >= 1000) {
    hours = Math.floor(ms / 3600000);
    minutes = Math.floor((ms % 3600000) / 60000);
    seconds = (ms % 60000) / 1000;
  }
  if (hours !== 0 || minutes !== 0) {
    const [whole, thousandths] = seconds.toFixed(3).split('.');
    const start = hours !== 0 ? `${hours}:${pad(minutes)}` : minutes;
    return `${start}:${pad(whole)}.${thousandths} (${hours !== 0 ? 'h:m' : ''}m:ss.mmm)`;
  }
  return seconds !== 0 ? `${seconds.toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
}

module.exports = { formatTime, tableOf };
