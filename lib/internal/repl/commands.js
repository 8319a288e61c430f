'use strict';
// The words with a dot in front that every prompt knows.

const fs = require('fs');

const commands = {
  break: {
    help: 'Sometimes you get stuck, this gets you out',
    action() {
      this.clearBufferedCommand();
      this.displayPrompt();
    },
  },
  clear: {
    help: 'Break, and also clear the local context',
    action() {
      this.clearBufferedCommand();
      if (!this.useGlobal) {
        this.output.write('Clearing context...\n');
        this.resetContext();
      }
      this.displayPrompt();
    },
  },
  exit: {
    help: 'Exit the REPL',
    action() { this.close(); },
  },
  help: {
    help: 'Print this help message',
    action() {
      const names = Object.keys(this.commands).sort();
      const width = Math.max(...names.map((name) => name.length)) + 3;
      for (const name of names) this.output.write(`.${name.padEnd(width)}${this.commands[name].help ?? ''}\n`.replace(/ +\n/, '\n'));
      this.output.write('\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n');
      this.displayPrompt();
    },
  },
  save: {
    help: 'Save all evaluated commands in this REPL session to a file',
    action(file) {
      try {
        if (file === '') {
          this.output.write('The "file" argument must be specified\n');
        } else {
          fs.writeFileSync(file, this.lines.join('\n'));
          this.output.write(`Session saved to: ${file}\n`);
        }
      } catch {
        this.output.write(`Failed to save: ${file}\n`);
      }
      this.displayPrompt();
    },
  },
  load: {
    help: 'Load JS from a file into the REPL session',
    action(file) {
      try {
        if (file === '') {
          this.output.write('The "file" argument must be specified\n');
        } else if (fs.statSync(file).isFile()) {
          this.enterEditor();
          this.write(fs.readFileSync(file, 'utf8'));
          this.leaveEditor();
          this.write('\n');
          return;
        } else {
          this.output.write(`Failed to load: ${file} is not a valid file\n`);
        }
      } catch {
        this.output.write(`Failed to load: ${file}\n`);
      }
      this.displayPrompt();
    },
  },
};

const editor = {
  help: 'Enter editor mode',
  action() {
    this.enterEditor();
    this.output.write('// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n');
  },
};

function define(repl) {
  for (const name of Object.keys(commands)) repl.defineCommand(name, commands[name]);
  if (repl.useGlobal) repl.commands.clear.help = 'Alias for .break';
  if (repl.terminal) repl.defineCommand('editor', editor);
}

module.exports = { define };
