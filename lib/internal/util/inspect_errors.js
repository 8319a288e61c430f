'use strict';

// Errors as text: the stack with its first line put right, without the lines that the cause repeats.

const { stackOf } = require('internal/stack');
const { formatValue, prefixOf } = require('internal/util/inspect');

function stackText(context, error) {
  let stack;
  try {
    stack = stackOf(error);
  } catch {
    stack = undefined;
  }
  if (stack)
    return typeof stack === 'string' ? stack : formatValue(context, stack, 0);
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return '[object Error]';
  }
}

// A property that the stack already shows is not listed again.
function dropShownKeys(context, keys, error, stack) {
  if (context.showHidden || keys.length === 0)
    return;
  for (const name of ['name', 'message', 'stack']) {
    const position = keys.indexOf(name);
    if (position !== -1 && (typeof error[name] !== 'string' || stack.includes(error[name])))
      keys.splice(position, 1);
  }
}

function nameOf(error, constructor) {
  try {
    if (error.name != null && typeof error.name !== 'symbol')
      return String(error.name);
  } catch {
    // A name that throws is no name.
  }
  return constructor ?? 'Error';
}

function withTrueName(stack, constructor, name, tag) {
  let { length } = name;
  const startsWithName = name.endsWith('Error') && stack.startsWith(name) &&
                         (stack.length === length || stack[length] === ':' || stack[length] === '\n');
  if (constructor !== null && !startsWithName)
    return stack;
  let fallback = 'Error';
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) || /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    fallback = (start && start[1]) || '';
    ({ length } = fallback);
    fallback ||= 'Error';
  }
  const prefix = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (name === prefix)
    return stack;
  if (prefix.includes(name))
    return length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
  return `${prefix} [${name}]${stack.slice(length)}`;
}

// The longest run of frames that both stacks share.
function overlap(frames, causeFrames) {
  let best = { length: 0, start: 0 };
  for (let i = 0; i < frames.length - 3; i++) {
    const at = causeFrames.indexOf(frames[i]);
    if (at === -1)
      continue;
    let length = 1;
    while (i + length < frames.length && at + length < causeFrames.length && frames[i + length] === causeFrames[at + length])
      length++;
    if (length > best.length)
      best = { length, start: i };
  }
  return best;
}

function framesOf(context, error, text) {
  const frames = text.split('\n');
  let cause;
  try {
    ({ cause } = error);
  } catch {
    return frames;
  }
  if (cause == null || !(cause instanceof Error))
    return frames;
  const causeStack = stackText(context, cause);
  const start = causeStack.indexOf('\n    at');
  if (start === -1)
    return frames;
  const { length, start: from } = overlap(frames, causeStack.slice(start + 1).split('\n'));
  if (length > 3) {
    const skipped = length - 2;
    frames.splice(from + 1, skipped,
                  context.stylize(`    ... ${skipped} lines matching cause stack trace ...`, 'undefined'));
  }
  return frames;
}

const coreFrame = /^ {4}at (?:[^/\\(]+ \(|)node:(.+):\d+:\d+(?:\)|$)/;

// Frames of the runtime step back, the names of packages stand out.
function colouredFrame(context, line, directory) {
  if (coreFrame.test(line))
    return context.stylize(line, 'undefined');
  let text = '';
  let position = 0;
  for (const match of line.matchAll(/node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)(?=[/\\])/g)) {
    const start = match.index + 'node_modules/'.length;
    text += line.slice(position, start) + context.stylize(match[1], 'module');
    position = start + match[1].length;
  }
  text += line.slice(position);
  const at = directory === undefined ? -1 : text.indexOf(directory);
  if (at === -1)
    return text;
  const openParenthesis = text[at - 1] === '(' ? at - 1 : at;
  const end = at + directory.length + 1;
  const close = openParenthesis !== at && text.endsWith(')') ? -1 : text.length;
  return text.slice(0, openParenthesis) + context.stylize(text.slice(openParenthesis, end), 'undefined') +
         text.slice(end, close) + (close === -1 ? context.stylize(')', 'undefined') : '');
}

function workingDirectory() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function errorBase(context, error, constructor, tag, keys) {
  const name = nameOf(error, constructor);
  let stack = stackText(context, error);
  dropShownKeys(context, keys, error, stack);
  if ('cause' in error && !keys.includes('cause'))
    keys.push('cause');
  if (Array.isArray(error.errors) && !keys.includes('errors'))
    keys.push('errors');
  stack = withTrueName(stack, constructor, name, tag);

  let position = -1;
  if (typeof error.message === 'string' && error.message !== '') {
    position = stack.indexOf(error.message);
    if (position !== -1)
      position += error.message.length;
  }
  const stackStart = stack.indexOf('\n    at', position);
  if (stackStart === -1) {
    stack = `[${stack}]`;
  } else {
    let frames = framesOf(context, error, stack.slice(stackStart + 1));
    if (context.colors) {
      const directory = workingDirectory();
      frames = frames.map((line) => colouredFrame(context, line, directory));
    }
    stack = `${stack.slice(0, stackStart)}\n${frames.join('\n')}`;
  }
  if (context.indentationLvl !== 0)
    stack = stack.replaceAll('\n', `\n${' '.repeat(context.indentationLvl)}`);
  return stack;
}

module.exports = { errorBase };
