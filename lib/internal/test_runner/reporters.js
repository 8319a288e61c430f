'use strict';

// Reports as text. Each built-in reporter is a function that makes a writer: an event goes in, text comes out.

const { kUnwrapErrors } = require('internal/test_runner/test');
const { listOf } = require('internal/test_runner/options');
const { palette, refresh } = require('internal/util/colors');

function inspect(value, options) {
  return require('internal/util/inspect').inspect(value, options);
}

// The error that a reader wants to see: what the test threw, not what wraps it.
function unwrapped(error) {
  return error?.code === 'ERR_TEST_FAILURE' && kUnwrapErrors.has(error.failureType) && error.cause !== undefined ?
    error.cause : error;
}

// TAP

function tapEscape(text) {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r').replaceAll('\f', '\\f').replaceAll('\b', '\\b').replaceAll('\v', '\\v');
}

function yamlField(indent, name, value) {
  if (value === undefined)
    return '';
  if (typeof value === 'string' && value.includes('\n')) {
    const lines = value.split('\n').map((line) => `${indent}    ${line}\n`).join('');
    return `${indent}  ${name}: |-\n${lines}`;
  }
  if (value !== null && typeof value === 'object' && !(value instanceof Date) && !(value instanceof RegExp)) {
    const entries = Object.entries(value);
    if (entries.length === 0)
      return `${indent}  ${name}: ${Array.isArray(value) ? '[]' : '{}'}\n`;
    return `${indent}  ${name}:\n${entries.map(([key, each]) => yamlField(`${indent}  `, key, each)).join('')}`;
  }
  const text = typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : inspect(value);
  return `${indent}  ${name}: ${text}\n`;
}

function yamlError(indent, error) {
  if (error === undefined || error === null)
    return '';
  let text = '';
  let shown = error;
  if (error.code === 'ERR_TEST_FAILURE') {
    text += yamlField(indent, 'failureType', error.failureType);
    shown = unwrapped(error);
  }
  if (shown === null || typeof shown !== 'object') {
    text += yamlField(indent, 'error', typeof shown === 'string' ? shown : inspect(shown));
    return text + yamlField(indent, 'code', error.code);
  }
  text += yamlField(indent, 'error', shown.message ?? inspect(shown));
  text += yamlField(indent, 'code', shown.code);
  if (shown.name && shown.name !== 'Error')
    text += yamlField(indent, 'name', shown.name);
  if (shown.code === 'ERR_ASSERTION' || Object.hasOwn(shown, 'expected')) {
    text += yamlField(indent, 'expected', shown.expected);
    text += yamlField(indent, 'actual', shown.actual);
    text += yamlField(indent, 'operator', shown.operator);
  }
  if (typeof shown.stack === 'string' && shown.code !== 'ERR_TEST_FAILURE') {
    const frames = shown.stack.split('\n').map((line) => /^\s+at\s(.*)$/.exec(line)?.[1]).filter((line) => line !== undefined);
    if (frames.length > 0)
      text += `${indent}  stack: |-\n${frames.map((frame) => `${indent}    ${frame}\n`).join('')}`;
  }
  return text;
}

function tapWriter() {
  const line = (data, status) => {
    const indent = '    '.repeat(data.nesting);
    let text = `${indent}${status} ${data.testNumber}`;
    if (data.name)
      text += ` - ${tapEscape(data.name)}`;
    if (data.skip !== undefined)
      text += ` # SKIP${typeof data.skip === 'string' && data.skip.length > 0 ? ` ${tapEscape(data.skip)}` : ''}`;
    else if (data.todo !== undefined)
      text += ` # TODO${typeof data.todo === 'string' && data.todo.length > 0 ? ` ${tapEscape(data.todo)}` : ''}`;
    else if (data.expectFailure !== undefined)
      text += ` # EXPECTED FAILURE${typeof data.expectFailure === 'string' ? ` ${tapEscape(data.expectFailure)}` : ''}`;
    text += `\n${indent}  ---\n${yamlField(indent, 'duration_ms', data.details.duration_ms)}${
      yamlField(indent, 'type', data.details.type)}`;
    if (status === 'not ok' && data.file !== undefined)
      text += yamlField(indent, 'location', `${data.file}:${data.line}:${data.column}`);
    return `${text}${yamlError(indent, data.details.error)}${indent}  ...\n`;
  };
  let begun = false;
  return ({ type, data }) => {
    const start = begun ? '' : 'TAP version 13\n';
    begun = true;
    switch (type) {
      case 'test:start':
        return `${start}${'    '.repeat(data.nesting)}# Subtest: ${tapEscape(data.name)}\n`;
      case 'test:pass':
        return start + line(data, 'ok');
      case 'test:fail':
        return start + line(data, 'not ok');
      case 'test:plan':
        return `${start}${'    '.repeat(data.nesting)}1..${data.count}\n`;
      case 'test:diagnostic':
        return `${start}${'    '.repeat(data.nesting)}# ${tapEscape(data.message)}\n`;
      case 'test:stdout':
      case 'test:stderr':
        return start + data.message.split(/\r?\n/).filter((text) => text !== '').map((text) => `# ${tapEscape(text)}\n`).join('');
    }
    begun = start === '';
    return '';
  };
}

// Spec

const symbols = {
  '__proto__': null,
  'test:pass': '\u2714 ',
  'test:fail': '\u2716 ',
  'test:diagnostic': '\u2139 ',
  'suite': '\u25B6 ',
  'skip': '\uFE63 ',
  'todo': '\u26A0 ',
};

function durationText(data) {
  const { duration_ms: duration } = data.details;
  return duration === undefined ? '' : ` ${palette.gray}(${duration}ms)${palette.white}`;
}

function errorText(error, indent) {
  const shown = unwrapped(error);
  const text = inspect(shown, { colors: palette.hasColors, breakLength: Infinity });
  return text.split('\n').map((line) => `${indent}${line}`).join('\n');
}

function specLine(type, data, prefix = '', indent = '  '.repeat(data.nesting), showError = false) {
  let color = type === 'test:fail' ? palette.red : palette.green;
  let symbol = symbols[type];
  let note = '';
  if (data.skip !== undefined) {
    color = palette.gray;
    symbol = symbols.skip;
    note = ` # ${typeof data.skip === 'string' && data.skip.length > 0 ? data.skip : 'SKIP'}`;
  } else if (data.todo !== undefined) {
    note = ` # ${typeof data.todo === 'string' && data.todo.length > 0 ? data.todo : 'TODO'}`;
    if (type === 'test:fail') {
      color = palette.yellow;
      symbol = symbols.todo;
    }
  } else if (data.expectFailure !== undefined) {
    note = ` # EXPECTED FAILURE${typeof data.expectFailure === 'string' ? ` ${data.expectFailure}` : ''}`;
  }
  const error = showError && data.details?.error ? `\n${errorText(data.details.error, `  ${indent}`)}\n` : '';
  return `${prefix}${indent}${color}${symbol}${palette.white}${data.name}${durationText(data)}${note}${error}\n`;
}

function relativePlace(data) {
  if (data.file === undefined)
    return undefined;
  return `${require('path').relative(process.cwd(), data.file)}:${data.line}:${data.column}`;
}

function specWriter() {
  // Tests that have begun and of which nothing has been shown yet.
  const begun = [];
  const failed = [];
  return ({ type, data }) => {
    switch (type) {
      case 'test:start':
        begun.push({ name: data.name, nesting: data.nesting, shown: false });
        return '';
      case 'test:pass':
      case 'test:fail': {
        let text = '';
        const own = begun.findLastIndex(({ name, nesting }) => name === data.name && nesting === data.nesting);
        for (let i = 0; i < own; i++) {
          if (!begun[i].shown) {
            begun[i].shown = true;
            text += `${'  '.repeat(begun[i].nesting)}${symbols.suite}${begun[i].name}\n`;
          }
        }
        begun.splice(own, 1);
        if (type === 'test:fail' && data.todo === undefined && data.details.error?.failureType !== 'subtestsFailed')
          failed.push(data);
        return text + specLine(type, data, '', undefined, type === 'test:fail' && data.todo !== undefined);
      }
      case 'test:stderr':
      case 'test:stdout':
        return data.message;
      case 'test:diagnostic':
        return `${'  '.repeat(data.nesting)}${palette.blue}${symbols[type]}${data.message}${palette.white}\n`;
      case 'end': {
        if (failed.length === 0)
          return '';
        let text = `\n${palette.red}${symbols['test:fail']}failing tests:${palette.white}\n`;
        for (const each of failed) {
          const place = relativePlace(each);
          text += `\n${place === undefined ? '' : `test at ${place}\n`}${specLine('test:fail', each, '', '', true)}`;
        }
        return text;
      }
    }
    return '';
  };
}

function dotWriter() {
  let count = 0;
  const failed = [];
  return ({ type, data }) => {
    if (type === 'test:fail' && data.todo === undefined)
      failed.push(data);
    if (type === 'test:pass' || type === 'test:fail') {
      const dot = type === 'test:pass' ? `${palette.green}.${palette.reset}` : `${palette.red}X${palette.reset}`;
      return `${dot}${++count % 20 === 0 ? '\n' : ''}`;
    }
    if (type === 'end') {
      let text = '\n';
      if (failed.length > 0) {
        text += `\n${palette.red}Failed tests:${palette.white}\n\n`;
        for (const each of failed)
          text += specLine('test:fail', each, '', '', true);
      }
      return text;
    }
    return '';
  };
}

// JUnit

function xmlEscape(text) {
  return `${text}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function xmlNode({ tag, attributes, children, text }, depth) {
  const indent = '\t'.repeat(depth);
  if (tag === undefined)
    return `${indent}<!-- ${text.replaceAll('--', '&#45;&#45;')} -->\n`;
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlEscape(value)}"`).join('');
  if (text !== undefined)
    return `${indent}<${tag}${list}>\n${xmlEscape(text)}\n${indent}</${tag}>\n`;
  if (children.length === 0)
    return `${indent}<${tag}${list}/>\n`;
  return `${indent}<${tag}${list}>\n${children.map((child) => xmlNode(child, depth + 1)).join('')}${indent}</${tag}>\n`;
}

function junitWriter() {
  const top = [];
  const open = [];
  return ({ type, data }) => {
    switch (type) {
      case 'test:start':
        open[data.nesting] = { name: data.name, children: [] };
        open.length = data.nesting + 1;
        return '';
      case 'test:pass':
      case 'test:fail': {
        const { children } = open[data.nesting] ?? { children: [] };
        const time = (data.details.duration_ms / 1000).toFixed(6);
        let node;
        if (children.length > 0 || data.details.type === 'suite') {
          const cases = children.filter(({ tag }) => tag !== undefined);
          node = { tag: 'testsuite', attributes: {
            name: data.name, time, disabled: 0, errors: 0, tests: cases.length,
            failures: cases.filter((child) => child.children?.some(({ tag }) => tag === 'failure')).length,
            skipped: cases.filter((child) => child.children?.some(({ tag }) => tag === 'skipped')).length,
            hostname: require('os').hostname(),
          }, children };
        } else {
          node = { tag: 'testcase', attributes: { name: data.name, time, classname: 'test', ...(data.file && { file: data.file }) },
                   children: [] };
          if (data.skip !== undefined)
            node.children.push({ tag: 'skipped', attributes: { type: 'skipped', message: data.skip }, children: [] });
          if (data.todo !== undefined)
            node.children.push({ tag: 'skipped', attributes: { type: 'todo', message: data.todo }, children: [] });
          if (type === 'test:fail') {
            const { error } = data.details;
            node.children.push({
              tag: 'failure', attributes: { type: error?.failureType ?? error?.code, message: error?.message ?? '' }, children: [],
              text: inspect(error),
            });
          }
        }
        (data.nesting === 0 ? top : open[data.nesting - 1]?.children ?? top).push(node);
        return '';
      }
      case 'test:diagnostic':
        (data.nesting === 0 ? top : open[data.nesting - 1]?.children ?? top).push({ text: data.message });
        return '';
      case 'end':
        return `<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n${top.map((node) => xmlNode(node, 1)).join('')}</testsuites>\n`;
    }
    return '';
  };
}

const writers = { __proto__: null, dot: dotWriter, junit: junitWriter, spec: specWriter, tap: tapWriter };

// The public form: an async generator over the events of a test stream.
function generatorOf(name) {
  return { async *[name](source) {
    refresh();
    const write = writers[name]();
    for await (const event of source) {
      const text = write(event);
      if (text !== '')
        yield text;
    }
    const text = write({ type: 'end' });
    if (text !== '')
      yield text;
  } }[name];
}

function specReporter() {
  const { Transform } = require('stream');
  refresh();
  const write = specWriter();
  return new Transform({
    writableObjectMode: true,
    transform(event, encoding, callback) {
      callback(null, write(event));
    },
    flush(callback) {
      callback(null, write({ type: 'end' }));
    },
  });
}

const linePrefix = '\u0001galley-test ';

// Between a test file's process and the runner: one event a line.
function childWriter() {
  return ({ type, data }) => (type === 'end' ? '' : `${linePrefix}${JSON.stringify({ type, data }, plainErrors)}\n`);
}

function plainErrors(key, value) {
  if (value instanceof Error) {
    const { name, message, stack, code, failureType, cause } = value;
    return { __error: true, ...value, name, message, stack, code, failureType, cause };
  }
  return typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function' ? inspect(value) : value;
}

function reviveErrors(key, value) {
  if (value === null || typeof value !== 'object' || value.__error !== true)
    return value;
  const { message, stack, name, cause, ...rest } = value;
  const error = new Error(message);
  delete rest.__error;
  Object.assign(error, rest);
  for (const [field, given] of [['stack', stack], ['name', name], ['cause', cause]]) {
    if (given !== undefined)
      Object.defineProperty(error, field, { __proto__: null, value: given, configurable: true, writable: true, enumerable: false });
  }
  return error;
}

function parseChildLine(line) {
  if (!line.startsWith(linePrefix))
    return undefined;
  try {
    return JSON.parse(line.slice(linePrefix.length), reviveErrors);
  } catch {
    return undefined;
  }
}

function outputFor(destination) {
  if (destination === 'stdout')
    return (text) => process.stdout.write(text);
  if (destination === 'stderr')
    return (text) => process.stderr.write(text);
  const fs = require('fs');
  const fd = fs.openSync(destination, 'w');
  return (text) => fs.writeSync(fd, text);
}

function loadReporter(name) {
  const { createRequire } = require('module');
  const path = require('path');
  const fromHere = createRequire(path.join(process.cwd(), 'noop.js'));
  const id = name.startsWith('file:') ? require('url').fileURLToPath(name) : name;
  const loaded = fromHere(id);
  return loaded?.default ?? loaded;
}

// Connects a harness, or the runner of files, with the reporters that the command line asks for.
function attach(source) {
  if (process.env.NODE_TEST_CONTEXT !== undefined) {
    const write = childWriter();
    source.listeners.push((event) => {
      const text = write(event);
      if (text !== '')
        process.stdout.write(text);
    });
    return;
  }
  const names = listOf('test-reporter');
  const destinations = listOf('test-reporter-destination');
  if (names.length === 0 && destinations.length === 0)
    names.push('spec');
  if (destinations.length === 0 && names.length === 1)
    destinations.push('stdout');
  if (names.length !== destinations.length) {
    const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
    throw new ERR_INVALID_ARG_VALUE('--test-reporter', names, 'must match the number of specified \'--test-reporter-destination\'');
  }
  refresh();
  names.forEach((name, i) => {
    const output = outputFor(destinations[i]);
    if (writers[name] !== undefined) {
      const write = writers[name]();
      source.listeners.push((event) => {
        const text = write(event);
        if (text !== '')
          output(text);
      });
      return;
    }
    const reporter = loadReporter(name);
    const { Readable, compose } = require('stream');
    const events = new Readable({ objectMode: true, read() {} });
    source.listeners.push((event) => events.push(event.type === 'end' ? null : event));
    const isClass = typeof reporter === 'function' && reporter.prototype?.constructor === reporter &&
                    typeof reporter.prototype.on === 'function';
    const text = compose(events, isClass ? new reporter() : reporter);
    text.on('data', (chunk) => output(typeof chunk === 'string' || ArrayBuffer.isView(chunk) ? chunk : `${chunk}`));
  });
}

module.exports = {
  attach,
  dot: generatorOf('dot'),
  junit: generatorOf('junit'),
  parseChildLine,
  spec: specReporter,
  tap: generatorOf('tap'),
};
