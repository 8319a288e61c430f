'use strict';

// A line read from a stream or edited on a terminal. What a key does stands in tables; the methods below are their verbs.

const EventEmitter = require('events');
const { codes: { ERR_INVALID_ARG_VALUE, ERR_USE_AFTER_CLOSE } } = require('internal/errors');
const { validateAbortSignal, validateArray, validateNumber, validateString, validateUint32 } =
  require('internal/validators');
const { getStringWidth, stripVTControlCharacters } = require('internal/util/string_width');
const { characterLength, characterLengthBefore, emitKeypressEvents, kSawKeyPress } = require('internal/readline/keys');
const { clearScreenDown, cursorTo, moveCursor } = require('internal/readline/callbacks');
const { StringDecoder } = require('string_decoder');

const lineEnding = /\r?\n|\r(?!\n)|\u2028|\u2029/g;
const shortestCrlfDelay = 100;
const undoLimit = 2048;
const killRingLimit = 32;

const kState = Symbol('state');
const kLines = Symbol('lines');

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface))
    return new Interface(input, output, completer, terminal);
  Reflect.apply(initialize, this, [input, output, completer, terminal]);
}
Object.setPrototypeOf(Interface.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Interface, EventEmitter);

function initialize(input, output, completer, terminal) {
  EventEmitter.call(this);
  let history;
  let historySize;
  let removeHistoryDuplicates = false;
  let crlfDelay;
  let prompt = '> ';
  let signal;
  this[kState] = {
    sawReturnAt: 0, buffer: null, undo: [], redo: [], killRing: [], killIndex: 0, yanking: false, search: null,
    questionCallback: undefined, oldPrompt: undefined, previousKey: null, prompt: '', decoder: undefined,
  };
  this.isCompletionEnabled = true;
  this[kSawKeyPress] = false;
  this.escapeCodeTimeout = 500;
  this.tabSize = 8;
  if (input?.input) {
    const options = input;
    ({ output, completer, terminal, history, historySize, signal, crlfDelay } = options);
    if (options.tabSize !== undefined) {
      validateUint32(options.tabSize, 'tabSize', true);
      this.tabSize = options.tabSize;
    }
    removeHistoryDuplicates = options.removeHistoryDuplicates;
    if (options.prompt !== undefined)
      prompt = options.prompt;
    if (options.escapeCodeTimeout !== undefined) {
      if (!Number.isFinite(options.escapeCodeTimeout))
        throw new ERR_INVALID_ARG_VALUE('input.escapeCodeTimeout', options.escapeCodeTimeout);
      this.escapeCodeTimeout = options.escapeCodeTimeout;
    }
    if (signal)
      validateAbortSignal(signal, 'options.signal');
    input = options.input;
  }
  if (completer !== undefined && typeof completer !== 'function')
    throw new ERR_INVALID_ARG_VALUE('completer', completer);
  if (history === undefined)
    history = [];
  else
    validateArray(history, 'history');
  historySize ??= 30;
  validateNumber(historySize, 'historySize', 0);
  if (terminal === undefined && output !== null && output !== undefined)
    terminal = output.isTTY;

  this.line = '';
  this.output = output;
  this.input = input;
  this.history = history;
  this.historySize = historySize;
  this.historyIndex = -1;
  this.removeHistoryDuplicates = Boolean(removeHistoryDuplicates);
  this.crlfDelay = crlfDelay ? Math.max(shortestCrlfDelay, crlfDelay) : shortestCrlfDelay;
  this.completer = completer;
  this.closed = false;
  this.paused = false;
  this.setPrompt(prompt);
  this.terminal = Boolean(terminal);
  attach(this, input, output);
  if (signal) {
    const onAborted = () => this.close();
    if (signal.aborted) {
      process.nextTick(onAborted);
    } else {
      const disposable = EventEmitter.addAbortListener(signal, onAborted);
      this.once('close', disposable[Symbol.dispose]);
    }
  }
  this.line = '';
  input.resume();
}

function attach(self, input, output) {
  const listeners = [['error', (error) => self.emit('error', error)]];
  const removals = [];
  const on = (stream, name, listener) => {
    stream.on(name, listener);
    removals.push(() => stream.removeListener(name, listener));
  };
  for (const [name, listener] of listeners)
    on(input, name, listener);
  if (!self.terminal) {
    self[kState].decoder = new StringDecoder('utf8');
    on(input, 'data', (data) => self._normalWrite(data));
    on(input, 'end', () => {
      const { buffer } = self[kState];
      if (typeof buffer === 'string' && buffer.length > 0)
        self.emit('line', buffer);
      self.close();
    });
  } else {
    emitKeypressEvents(input, self);
    on(input, 'keypress', (text, key) => {
      self._ttyWrite(text, key);
      if (key?.sequence) {
        // Half of a surrogate pair shows only when the other half has come.
        const code = key.sequence.codePointAt(0);
        if (code >= 0xd800 && code <= 0xdfff)
          self._refreshLine();
      }
    });
    on(input, 'end', () => {
      if (typeof self.line === 'string' && self.line.length > 0)
        self.emit('line', self.line);
      self.close();
    });
    self._setRawMode(true);
    self.cursor = 0;
    if (output !== null && output !== undefined)
      on(output, 'resize', () => self._refreshLine());
  }
  self.once('close', () => {
    for (const remove of removals)
      remove();
  });
}

const methods = {
  get columns() {
    return this.output?.columns ? this.output.columns : Infinity;
  },

  setPrompt(prompt) {
    this[kState].prompt = prompt;
  },

  getPrompt() {
    return this[kState].prompt;
  },

  get _prompt() {
    return this[kState].prompt;
  },

  set _prompt(value) {
    this[kState].prompt = value;
  },

  _setRawMode(mode) {
    const was = this.input.isRaw;
    if (typeof this.input.setRawMode === 'function')
      this.input.setRawMode(mode);
    return was;
  },

  prompt(preserveCursor) {
    if (this.paused)
      this.resume();
    if (this.terminal && process.env.TERM !== 'dumb') {
      if (!preserveCursor)
        this.cursor = 0;
      this._refreshLine();
    } else {
      this._writeToOutput(this[kState].prompt);
    }
  },

  _question(query, callback) {
    if (this.closed)
      throw new ERR_USE_AFTER_CLOSE('readline');
    if (this[kState].questionCallback) {
      this.prompt();
      return;
    }
    this[kState].oldPrompt = this[kState].prompt;
    this.setPrompt(query);
    this[kState].questionCallback = callback;
    this.prompt();
  },

  _questionCancel() {
    if (this[kState].questionCallback) {
      this[kState].questionCallback = null;
      this.setPrompt(this[kState].oldPrompt);
      this.clearLine();
    }
  },

  _onLine(line) {
    const { questionCallback } = this[kState];
    if (questionCallback) {
      this[kState].questionCallback = null;
      this.setPrompt(this[kState].oldPrompt);
      questionCallback(line);
    } else {
      this.emit('line', line);
    }
  },

  _beforeEdit(line, cursor) {
    this._pushToUndo(line, cursor);
  },

  _pushToUndo(text, cursor) {
    const { undo } = this[kState];
    if (undo.push({ text, cursor }) > undoLimit)
      undo.shift();
  },

  _writeToOutput(text) {
    validateString(text, 'stringToWrite');
    if (this.output !== null && this.output !== undefined)
      this.output.write(text);
  },

  _addHistory() {
    const { history, line } = this;
    if (line.length === 0)
      return '';
    if (history === undefined || this.historySize === 0 || line.trim().length === 0)
      return line;
    if (history.length === 0 || history[0] !== line) {
      if (this.removeHistoryDuplicates) {
        const duplicate = history.indexOf(line);
        if (duplicate !== -1)
          history.splice(duplicate, 1);
      }
      history.unshift(line);
      if (history.length > this.historySize)
        history.pop();
    }
    this.historyIndex = -1;
    const added = history[0];
    this.emit('history', history);
    return added;
  },

  _refreshLine() {
    const text = this[kState].prompt + this.line;
    const end = this._getDisplayPos(text);
    const cursor = this.getCursorPos();
    const previousRows = this.prevRows || 0;
    if (previousRows > 0)
      moveCursor(this.output, 0, -previousRows);
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    this._writeToOutput(text);
    // A line that fills the last column makes the terminal open the next one only when something is written there.
    if (end.cols === 0)
      this._writeToOutput(' ');
    cursorTo(this.output, cursor.cols);
    const below = end.rows - cursor.rows;
    if (below > 0)
      moveCursor(this.output, 0, -below);
    this.prevRows = cursor.rows;
  },

  close() {
    if (this.closed)
      return;
    this.pause();
    if (this.terminal)
      this._setRawMode(false);
    this.closed = true;
    this.emit('close');
  },

  pause() {
    if (this.closed)
      throw new ERR_USE_AFTER_CLOSE('readline');
    if (this.paused)
      return this;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  },

  resume() {
    if (this.closed)
      throw new ERR_USE_AFTER_CLOSE('readline');
    if (!this.paused)
      return this;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  },

  write(data, key) {
    if (this.closed)
      throw new ERR_USE_AFTER_CLOSE('readline');
    if (this.paused)
      this.resume();
    if (this.terminal)
      this._ttyWrite(data, key);
    else
      this._normalWrite(data);
  },

  _normalWrite(bytes) {
    if (bytes === undefined)
      return;
    const state = this[kState];
    let text = state.decoder.write(bytes);
    if (state.sawReturnAt && Date.now() - state.sawReturnAt <= this.crlfDelay) {
      if (text.codePointAt(0) === 10)
        text = text.slice(1);
      state.sawReturnAt = 0;
    }
    lineEnding.lastIndex = 0;
    if (!lineEnding.test(text)) {
      if (text)
        state.buffer = state.buffer ? state.buffer + text : text;
      return;
    }
    if (state.buffer) {
      text = state.buffer + text;
      state.buffer = null;
    }
    state.sawReturnAt = text.endsWith('\r') ? Date.now() : 0;
    const lines = [];
    let start = 0;
    lineEnding.lastIndex = 0;
    for (const match of text.matchAll(lineEnding)) {
      lines.push(text.slice(start, match.index));
      start = match.index + match[0].length;
    }
    state.buffer = text.slice(start);
    for (const line of lines)
      this._onLine(line);
  },

  _insertString(text) {
    this._beforeEdit(this.line, this.cursor);
    if (this.cursor < this.line.length) {
      this.line = this.line.slice(0, this.cursor) + text + this.line.slice(this.cursor);
      this.cursor += text.length;
      this._refreshLine();
      return;
    }
    const before = this.getCursorPos();
    this.line += text;
    this.cursor += text.length;
    const after = this.getCursorPos();
    if (before.rows < after.rows)
      this._refreshLine();
    else
      this._writeToOutput(text);
  },

  _tabComplete(lastKeypressWasTab) {
    this.pause();
    const text = this.line.slice(0, this.cursor);
    const finish = (error, value) => {
      this.resume();
      if (error) {
        this._writeToOutput(`Tab completion error: ${require('internal/util/inspect').inspect(error)}`);
        return;
      }
      this._tabCompleter(lastKeypressWasTab, value);
    };
    if (this.completer.length === 2 && !this.completesByPromise) {
      this.completer(text, finish);
      return;
    }
    let value;
    try {
      value = this.completer(text);
    } catch (error) {
      if (!this.completesByPromise)
        throw error;
      finish(error);
      return;
    }
    if (this.completesByPromise)
      Promise.resolve(value).then((done) => finish(null, done), finish);
    else
      finish(null, value);
  },

  _tabCompleter(lastKeypressWasTab, [completions, completeOn]) {
    if (!completions || completions.length === 0)
      return;
    const prefix = commonPrefix(completions.filter((each) => each !== ''));
    if (prefix.startsWith(completeOn) && prefix.length > completeOn.length) {
      this._insertString(prefix.slice(completeOn.length));
      return;
    }
    if (!completeOn.startsWith(prefix)) {
      this.line = this.line.slice(0, this.cursor - completeOn.length) + prefix + this.line.slice(this.cursor);
      this.cursor = this.cursor - completeOn.length + prefix.length;
      this._refreshLine();
      return;
    }
    if (!lastKeypressWasTab)
      return;
    this._beforeEdit(this.line, this.cursor);
    const widths = completions.map((each) => getStringWidth(each));
    const width = Math.max(...widths) + 2;
    let perLine = Math.floor(this.columns / width) || 1;
    if (perLine === Infinity)
      perLine = 1;
    let text = '\r\n';
    let inLine = 0;
    let gap = 0;
    completions.forEach((completion, i) => {
      if (completion === '' || inLine === perLine) {
        text += '\r\n';
        inLine = 0;
        gap = 0;
      } else {
        text += ' '.repeat(gap);
      }
      if (completion !== '') {
        text += completion;
        gap = width - widths[i];
        inLine++;
      } else {
        text += '\r\n';
      }
    });
    if (inLine !== 0)
      text += '\r\n\r\n';
    this._writeToOutput(text);
    this._refreshLine();
  },

  _wordLeft() {
    if (this.cursor > 0)
      this._moveCursor(-wordBefore(this.line.slice(0, this.cursor)).length);
  },

  _wordRight() {
    if (this.cursor < this.line.length)
      this._moveCursor(/^(?:\s+|[^\w\s]+|\w+)\s*/.exec(this.line.slice(this.cursor))[0].length);
  },

  _deleteLeft() {
    if (this.cursor > 0 && this.line.length > 0) {
      this._beforeEdit(this.line, this.cursor);
      const size = characterLengthBefore(this.line, this.cursor);
      this.line = this.line.slice(0, this.cursor - size) + this.line.slice(this.cursor);
      this.cursor -= size;
      this._refreshLine();
    }
  },

  _deleteRight() {
    if (this.cursor < this.line.length) {
      this._beforeEdit(this.line, this.cursor);
      const size = characterLength(this.line, this.cursor);
      this.line = this.line.slice(0, this.cursor) + this.line.slice(this.cursor + size);
      this._refreshLine();
    }
  },

  _deleteWordLeft() {
    if (this.cursor > 0) {
      this._beforeEdit(this.line, this.cursor);
      const leading = this.line.slice(0, this.cursor);
      const kept = leading.slice(0, leading.length - wordBefore(leading).length);
      this.line = kept + this.line.slice(this.cursor);
      this.cursor = kept.length;
      this._refreshLine();
    }
  },

  _deleteWordRight() {
    if (this.cursor < this.line.length) {
      this._beforeEdit(this.line, this.cursor);
      const trailing = this.line.slice(this.cursor);
      const word = /^(?:\s+|\W+|\w+)\s*/.exec(trailing)[0];
      this.line = this.line.slice(0, this.cursor) + trailing.slice(word.length);
      this._refreshLine();
    }
  },

  _deleteLineLeft() {
    this._beforeEdit(this.line, this.cursor);
    const removed = this.line.slice(0, this.cursor);
    this.line = this.line.slice(this.cursor);
    this.cursor = 0;
    this._pushToKillRing(removed);
    this._refreshLine();
  },

  _deleteLineRight() {
    this._beforeEdit(this.line, this.cursor);
    const removed = this.line.slice(this.cursor);
    this.line = this.line.slice(0, this.cursor);
    this._pushToKillRing(removed);
    this._refreshLine();
  },

  _pushToKillRing(text) {
    const state = this[kState];
    if (!text || text === state.killRing[0])
      return;
    state.killRing.unshift(text);
    state.killIndex = 0;
    if (state.killRing.length > killRingLimit)
      state.killRing.pop();
  },

  _yank() {
    const state = this[kState];
    if (state.killRing.length > 0) {
      state.yanking = true;
      this._insertString(state.killRing[state.killIndex]);
    }
  },

  _yankPop() {
    const state = this[kState];
    if (!state.yanking || state.killRing.length <= 1)
      return;
    const last = state.killRing[state.killIndex];
    state.killIndex = (state.killIndex + 1) % state.killRing.length;
    const next = state.killRing[state.killIndex];
    const start = this.line.slice(0, this.cursor - last.length);
    this.line = start + next + this.line.slice(this.cursor);
    this.cursor = start.length + next.length;
    this._refreshLine();
  },

  clearLine() {
    this._moveCursor(+Infinity);
    this._writeToOutput('\r\n');
    this.line = '';
    this.cursor = 0;
    this.prevRows = 0;
  },

  _line() {
    const line = this._addHistory();
    this[kState].undo = [];
    this[kState].redo = [];
    this.clearLine();
    this._onLine(line);
  },

  _undo() {
    const { undo, redo } = this[kState];
    if (undo.length === 0)
      return;
    redo.push({ text: this.line, cursor: this.cursor });
    const entry = undo.pop();
    this.line = entry.text;
    this.cursor = entry.cursor;
    this._refreshLine();
  },

  _redo() {
    const { undo, redo } = this[kState];
    if (redo.length === 0)
      return;
    undo.push({ text: this.line, cursor: this.cursor });
    const entry = redo.pop();
    this.line = entry.text;
    this.cursor = entry.cursor;
    this._refreshLine();
  },

  _historyNext() {
    if (this.historyIndex < 0)
      return;
    this._beforeEdit(this.line, this.cursor);
    const search = this[kState].search || '';
    let index = this.historyIndex - 1;
    while (index >= 0 && (!this.history[index].startsWith(search) || this.line === this.history[index]))
      index--;
    this._showHistory(index === -1 ? search : this.history[index], index);
  },

  _historyPrev() {
    if (this.historyIndex >= this.history.length || this.history.length === 0)
      return;
    this._beforeEdit(this.line, this.cursor);
    const search = this[kState].search || '';
    let index = this.historyIndex + 1;
    while (index < this.history.length &&
           (!this.history[index].startsWith(search) || this.line === this.history[index]))
      index++;
    this._showHistory(index === this.history.length ? search : this.history[index], index);
  },

  _showHistory(line, index) {
    this.line = line;
    this.historyIndex = index;
    this.cursor = line.length;
    this._refreshLine();
  },

  _getDisplayPos(text) {
    let offset = 0;
    const { columns } = this;
    let rows = 0;
    for (const character of stripVTControlCharacters(text)) {
      if (character === '\n') {
        rows += Math.ceil(offset / columns) || 1;
        offset = 0;
      } else if (character === '\t') {
        offset += this.tabSize - (offset % this.tabSize);
      } else {
        const width = getStringWidth(character, false);
        // A wide character does not start in the last column.
        if (width === 2 && (offset + 1) % columns === 0)
          offset++;
        offset += width;
      }
    }
    const cols = offset % columns;
    rows += (offset - cols) / columns;
    return { cols, rows };
  },

  getCursorPos() {
    return this._getDisplayPos(this[kState].prompt + this.line.slice(0, this.cursor));
  },

  _moveCursor(dx) {
    if (dx === 0)
      return;
    const before = this.getCursorPos();
    this.cursor = Math.min(Math.max(0, this.cursor + dx), this.line.length);
    const after = this.getCursorPos();
    if (before.rows === after.rows)
      moveCursor(this.output, after.cols - before.cols, 0);
    else
      this._refreshLine();
  },

  _ttyWrite(text, key) {
    const state = this[kState];
    const previousKey = state.previousKey;
    key = key || {};
    state.previousKey = key;
    if (!key.meta || key.name !== 'y')
      state.yanking = false;
    if ((key.name === 'up' || key.name === 'down') && !key.ctrl && !key.meta && !key.shift) {
      // Going through history looks for what stood before the cursor when it began.
      if (state.search === null)
        state.search = this.line.slice(0, this.cursor);
    } else if (state.search !== null) {
      state.search = null;
      if (this.history.length === this.historyIndex)
        this.historyIndex = -1;
    }
    if (typeof key.sequence === 'string') {
      switch (key.sequence.codePointAt(0)) {
        case 0x1f:
          this._undo();
          return;
        case 0x1e:
          this._redo();
          return;
      }
    }
    if (key.name === 'escape')
      return;
    if (key.ctrl && key.shift) {
      if (key.name === 'backspace')
        this._deleteLineLeft();
      else if (key.name === 'delete')
        this._deleteLineRight();
    } else if (key.ctrl) {
      this._controlKey(key, text);
    } else if (key.meta) {
      metaKeys[key.name]?.(this);
    } else {
      this._plainKey(text, key, previousKey);
    }
  },

  _controlKey(key) {
    switch (key.name) {
      case 'c':
        if (this.listenerCount('SIGINT') > 0)
          this.emit('SIGINT');
        else
          this.close();
        break;
      case 'd':
        if (this.cursor === 0 && this.line.length === 0)
          this.close();
        else
          this._deleteRight();
        break;
      case 'z':
        if (process.platform === 'win32')
          break;
        if (this.listenerCount('SIGTSTP') > 0) {
          this.emit('SIGTSTP');
        } else {
          process.once('SIGCONT', () => {
            // Paused means that nobody waits for this line now.
            if (!this.paused) {
              this.pause();
              this.emit('SIGCONT');
            }
            this._setRawMode(true);
            this._refreshLine();
          });
          this._setRawMode(false);
          process.kill(process.pid, 'SIGTSTP');
        }
        break;
      default:
        controlKeys[key.name]?.(this);
    }
  },

  _plainKey(text, key, previousKey) {
    const state = this[kState];
    if (state.sawReturnAt && key.name !== 'enter')
      state.sawReturnAt = 0;
    switch (key.name) {
      case 'return':
        state.sawReturnAt = Date.now();
        this._line();
        break;
      case 'enter':
        // A line feed that follows a carriage return is the second half of one line end.
        if (state.sawReturnAt === 0 || Date.now() - state.sawReturnAt > this.crlfDelay)
          this._line();
        state.sawReturnAt = 0;
        break;
      case 'backspace':
        this._deleteLeft();
        break;
      case 'delete':
        this._deleteRight();
        break;
      case 'left':
        this._moveCursor(-characterLengthBefore(this.line, this.cursor));
        break;
      case 'right':
        this._moveCursor(+characterLength(this.line, this.cursor));
        break;
      case 'home':
        this._moveCursor(-Infinity);
        break;
      case 'end':
        this._moveCursor(+Infinity);
        break;
      case 'up':
        this._historyPrev();
        break;
      case 'down':
        this._historyNext();
        break;
      case 'tab':
        if (typeof this.completer === 'function' && this.isCompletionEnabled) {
          this._tabComplete(previousKey !== null && previousKey.name === 'tab');
          break;
        }
      // A tab without completion is text.
      // eslint-disable-next-line no-fallthrough
      default:
        this._insertText(text);
    }
  },

  _insertText(text) {
    if (typeof text !== 'string' || text === '')
      return;
    let start = 0;
    lineEnding.lastIndex = 0;
    for (const match of text.matchAll(lineEnding)) {
      this._insertString(text.slice(start, match.index));
      start = match.index + match[0].length;
      this._line();
    }
    if (start === 0)
      this._insertString(text);
    else if (start < text.length)
      this._insertString(text.slice(start));
  },

  [Symbol.asyncIterator]() {
    const { kFirstEventParam } = require('internal/events/iterator');
    return this[kLines] ??= EventEmitter.on(this, 'line', { close: ['close'], highWaterMark: 1024, [kFirstEventParam]: true });
  },

  [Symbol.dispose]() {
    this.close();
  },
};

const controlKeys = {
  __proto__: null,
  h: (self) => self._deleteLeft(),
  u: (self) => self._deleteLineLeft(),
  k: (self) => self._deleteLineRight(),
  a: (self) => self._moveCursor(-Infinity),
  e: (self) => self._moveCursor(+Infinity),
  b: (self) => self._moveCursor(-characterLengthBefore(self.line, self.cursor)),
  f: (self) => self._moveCursor(+characterLength(self.line, self.cursor)),
  l(self) {
    cursorTo(self.output, 0, 0);
    clearScreenDown(self.output);
    self._refreshLine();
  },
  n: (self) => self._historyNext(),
  p: (self) => self._historyPrev(),
  y: (self) => self._yank(),
  w: (self) => self._deleteWordLeft(),
  backspace: (self) => self._deleteWordLeft(),
  delete: (self) => self._deleteWordRight(),
  left: (self) => self._wordLeft(),
  right: (self) => self._wordRight(),
};

const metaKeys = {
  __proto__: null,
  b: (self) => self._wordLeft(),
  f: (self) => self._wordRight(),
  d: (self) => self._deleteWordRight(),
  delete: (self) => self._deleteWordRight(),
  backspace: (self) => self._deleteWordLeft(),
  y: (self) => self._yankPop(),
};

function wordBefore(text) {
  const reversed = [...text].reverse().join('');
  return /^\s*(?:[^\w\s]+|\w+)?/.exec(reversed)[0];
}

function commonPrefix(texts) {
  if (texts.length === 0)
    return '';
  if (texts.length === 1)
    return texts[0];
  const sorted = texts.toSorted();
  const [first] = sorted;
  const last = sorted[sorted.length - 1];
  let i = 0;
  while (i < first.length && first[i] === last[i])
    i++;
  return first.slice(0, i);
}

for (const key of Reflect.ownKeys(methods)) {
  Object.defineProperty(Interface.prototype, key,
                        { ...Object.getOwnPropertyDescriptor(methods, key), enumerable: typeof key === 'string', configurable: true });
}
Interface.prototype._getCursorPos = Interface.prototype.getCursorPos;

module.exports = { Interface };
