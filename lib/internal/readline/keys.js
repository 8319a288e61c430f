'use strict';

// What a terminal sends, as key presses: plain characters, control keys, and the escape sequences of many kinds of terminal.

const { StringDecoder } = require('string_decoder');

const escapeCharacter = '\x1b';
const kSawKeyPress = Symbol('saw-key-press');
const kDecoder = Symbol('keypress-decoder');
const kKeys = Symbol('escape-decoder');
const defaultEscapeTimeout = 500;

// Sequence after ESC -> [name, modifiers that the sequence itself implies].
const names = { __proto__: null };
function name(key, codes, modifiers) {
  for (const code of codes.split(' '))
    names[code] = [key, modifiers];
}
name('f1', '[P OP [11~ [[A');
name('f2', '[Q OQ [12~ [[B');
name('f3', '[R OR [13~ [[C');
name('f4', '[S OS [14~ [[D');
name('f5', '[15~ [[E');
name('f6', '[17~');
name('f7', '[18~');
name('f8', '[19~');
name('f9', '[20~');
name('f10', '[21~');
name('f11', '[23~');
name('f12', '[24~');
name('up', '[A OA');
name('down', '[B OB');
name('right', '[C OC');
name('left', '[D OD');
name('clear', '[E OE');
name('end', '[F OF [4~ [8~');
name('home', '[H OH [1~ [7~');
name('insert', '[2~');
name('delete', '[3~');
name('pageup', '[5~ [[5~');
name('pagedown', '[6~ [[6~');
name('up', '[a', 'shift');
name('down', '[b', 'shift');
name('right', '[c', 'shift');
name('left', '[d', 'shift');
name('clear', '[e', 'shift');
name('insert', '[2$', 'shift');
name('delete', '[3$', 'shift');
name('pageup', '[5$', 'shift');
name('pagedown', '[6$', 'shift');
name('home', '[7$', 'shift');
name('end', '[8$', 'shift');
name('up', 'Oa', 'ctrl');
name('down', 'Ob', 'ctrl');
name('right', 'Oc', 'ctrl');
name('left', 'Od', 'ctrl');
name('clear', 'Oe', 'ctrl');
name('insert', '[2^', 'ctrl');
name('delete', '[3^', 'ctrl');
name('pageup', '[5^', 'ctrl');
name('pagedown', '[6^', 'ctrl');
name('home', '[7^', 'ctrl');
name('end', '[8^', 'ctrl');
name('tab', '[Z', 'shift');
name('paste-start', '[200~');
name('paste-end', '[201~');

function isDigit(character) {
  return character >= '0' && character <= '9' && character.length === 1;
}

// A sequence that began with ESC O or ESC [ : its code and the modifiers that its number stands for.
function* readSequence(first, begun) {
  let text = begun;
  let code = first;
  let modifier = 0;
  let character;
  if (first === 'O') {
    text += (character = yield);
    if (isDigit(character)) {
      modifier = (character >> 0) - 1;
      text += (character = yield);
    }
    code += character;
    return { text, code, modifier };
  }
  text += (character = yield);
  if (character === '[') {
    code += character;
    text += (character = yield);
  }
  const start = text.length - 1;
  for (let digits = 0; digits < 3 && isDigit(character); digits++)
    text += (character = yield);
  if (character === ';') {
    text += (character = yield);
    if (isDigit(character))
      text += yield;
  }
  const command = text.slice(start);
  let match;
  if ((match = /^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/.exec(command)) !== null) {
    if (match[4] !== undefined) {
      code += match[4];
    } else {
      code += match[1] + match[3];
      modifier = (match[2] || 1) - 1;
    }
  } else if ((match = /^((\d;)?(\d))?([A-Za-z])$/.exec(command)) !== null) {
    code += match[4];
    modifier = (match[3] || 1) - 1;
  } else {
    code += command;
  }
  return { text, code, modifier };
}

function* emitKeys(stream) {
  while (true) {
    let character = yield;
    let text = character;
    let escaped = false;
    const key = { sequence: null, name: undefined, ctrl: false, meta: false, shift: false };
    if (character === escapeCharacter) {
      escaped = true;
      text += (character = yield);
      if (character === escapeCharacter)
        text += (character = yield);
    }
    if (escaped && (character === 'O' || character === '[')) {
      const sequence = yield* readSequence(character, text);
      ({ text } = sequence);
      key.ctrl = Boolean(sequence.modifier & 4);
      key.meta = Boolean(sequence.modifier & 10);
      key.shift = Boolean(sequence.modifier & 1);
      key.code = sequence.code;
      const known = names[sequence.code];
      key.name = known === undefined ? 'undefined' : known[0];
      if (known?.[1] !== undefined)
        key[known[1]] = true;
    } else if (character === '\r') {
      key.name = 'return';
      key.meta = escaped;
    } else if (character === '\n') {
      key.name = 'enter';
      key.meta = escaped;
    } else if (character === '\t') {
      key.name = 'tab';
      key.meta = escaped;
    } else if (character === '\b' || character === '\x7f') {
      key.name = 'backspace';
      key.meta = escaped;
    } else if (character === escapeCharacter) {
      key.name = 'escape';
      key.meta = escaped;
    } else if (character === ' ') {
      key.name = 'space';
      key.meta = escaped;
    } else if (!escaped && character <= '\x1a') {
      key.name = String.fromCharCode(character.charCodeAt(0) + 96);
      key.ctrl = true;
    } else if (/^[0-9A-Za-z]$/.test(character)) {
      key.name = character.toLowerCase();
      key.shift = /^[A-Z]$/.test(character);
      key.meta = escaped;
    } else if (escaped) {
      key.name = character.length > 0 ? undefined : 'escape';
      key.meta = true;
    }
    key.sequence = text;
    if (text.length !== 0 && (key.name !== undefined || escaped))
      stream.emit('keypress', escaped ? undefined : text, key);
    else if (characterLength(text, 0) === text.length)
      stream.emit('keypress', text, key);
  }
}

function characterLength(text, position) {
  if (text.length <= position)
    return 1;
  return text.codePointAt(position) >= 0x10000 ? 2 : 1;
}

function characterLengthBefore(text, position) {
  if (position <= 0)
    return 0;
  if ((position > 1 && text.codePointAt(position - 2) >= 0x10000) || text.codePointAt(position - 1) >= 0x10000)
    return 2;
  return 1;
}

function emitKeypressEvents(stream, owner = {}) {
  if (stream[kDecoder])
    return;
  stream[kDecoder] = new StringDecoder('utf8');
  stream[kKeys] = emitKeys(stream);
  stream[kKeys].next();
  let timer;
  const endEscape = () => stream[kKeys].next('');
  const { escapeCodeTimeout = defaultEscapeTimeout } = owner;

  function onData(input) {
    if (stream.listenerCount('keypress') === 0) {
      stream.removeListener('data', onData);
      stream.on('newListener', onNewListener);
      return;
    }
    const text = stream[kDecoder].write(input);
    if (!text)
      return;
    clearTimeout(timer);
    owner[kSawKeyPress] = characterLength(text, 0) === text.length;
    owner.isCompletionEnabled = false;
    let length = 0;
    for (const character of text) {
      length += character.length;
      if (length === text.length)
        owner.isCompletionEnabled = true;
      try {
        stream[kKeys].next(character);
        // An escape at the very end may be the key, or the first of a sequence that is still on its way.
        if (length === text.length && character === escapeCharacter)
          timer = setTimeout(endEscape, escapeCodeTimeout);
      } catch (error) {
        stream[kKeys] = emitKeys(stream);
        stream[kKeys].next();
        throw error;
      }
    }
  }

  function onNewListener(event) {
    if (event === 'keypress') {
      stream.on('data', onData);
      stream.removeListener('newListener', onNewListener);
    }
  }

  if (stream.listenerCount('keypress') > 0)
    stream.on('data', onData);
  else
    stream.on('newListener', onNewListener);
}

module.exports = { characterLength, characterLengthBefore, emitKeypressEvents, kSawKeyPress };
