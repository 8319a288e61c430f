'use strict';
// What the tab key offers: commands, names of modules and files, and what objects have.

const fs = require('fs');
const path = require('path');
const { builtinModules } = require('module');

const words = ['async', 'await', 'break', 'case', 'catch', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else',
  'export', 'false', 'finally', 'for', 'if', 'import', 'in', 'instanceof', 'let', 'new', 'null', 'return', 'switch', 'this',
  'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with', 'yield'];

const isName = (key) => typeof key === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(key);

// The names that an object and its prototypes have, a group each.
function groupsOf(object) {
  const groups = [];
  for (let at = Object(object); at !== null; at = Object.getPrototypeOf(at)) groups.push(Object.getOwnPropertyNames(at).filter(isName));
  return groups;
}

// Groups of what begins with the word: sorted, each name once, an empty line between groups.
function choose(groups, word, prefix = '') {
  const seen = new Set();
  const chosen = [];
  const lower = word.toLowerCase();
  for (const group of groups) {
    const fitting = group.map((name) => prefix + name).filter((name) => name.toLowerCase().startsWith(lower) && !seen.has(name));
    for (const name of fitting) seen.add(name);
    if (fitting.length === 0) continue;
    if (chosen.length > 0) chosen.unshift('');
    chosen.unshift(...[...new Set(fitting)].sort());
  }
  return [chosen, word];
}

function modulesFor(word) {
  const folder = path.dirname(word.endsWith('/') ? `${word}.` : word);
  let files = [];
  if (/^\.{0,2}\//.test(word)) {
    try {
      files = fs.readdirSync(path.resolve(folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() || /\.(?:js|json|cjs|node)$/.test(entry.name))
        .map((entry) => word.slice(0, word.lastIndexOf('/') + 1) + (entry.isDirectory() ? `${entry.name}/` : entry.name.replace(/\.js$/, '')));
    } catch {
      // No such folder: nothing to offer.
    }
    return choose([files], word);
  }
  return choose([[...builtinModules.filter((name) => !name.startsWith('node:')).map((name) => `node:${name}`)],
    builtinModules.filter((name) => !name.startsWith('_'))], word);
}

const access = /((?:[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\??\.))*)([\p{ID_Start}$_][\p{ID_Continue}$]*)?$/u;

// What the words of `a.b.c` lead to. A getter is not called: to ask must change nothing.
function withOwner(repl, [first, ...rest], found) {
  const global = repl.useGlobal ? globalThis : repl.context;
  const step = (object, key) => {
    for (let at = Object(object); at !== null; at = Object.getPrototypeOf(at)) {
      const property = Object.getOwnPropertyDescriptor(at, key);
      if (property !== undefined) return builtinModules.includes(key) && at === global ? at[key] : property.value;
    }
    return undefined;
  };
  const follow = (object) => {
    for (const key of rest) {
      if (object === undefined || object === null) break;
      object = step(object, key);
    }
    found(object);
  };
  const known = step(global, first);
  if (known !== undefined) follow(known);
  else if (!isName(first) || !(repl.declaredNames.has(first) || first === 'this')) found(undefined);
  else repl.eval(first, repl.context, 'REPL', (error, object) => follow(error ? undefined : object));
}

// Gives [names, what they complete] to the callback, as readline wants it.
function complete(repl, line, callback) {
  const trimmed = line.trimStart();
  const command = /^\.(\w*)$/.exec(trimmed);
  if (command !== null) return callback(null, choose([Object.keys(repl.commands).map((name) => `.${name}`)], trimmed));
  const required = /\brequire\s*\(\s*(['"`])([\w@./:-]*)$/.exec(line);
  if (required !== null) return callback(null, modulesFor(required[2]));
  const match = access.exec(line);
  const [whole, owner, word = ''] = match;
  if (whole === '' && line.trim() !== '') return callback(null, [[], undefined]);
  if (owner === '') {
    const global = repl.useGlobal ? globalThis : repl.context;
    return callback(null, choose([words, ...groupsOf(globalThis).slice(1).reverse(), Object.getOwnPropertyNames(globalThis).filter(isName),
      ...(repl.useGlobal ? [] : [Object.getOwnPropertyNames(global).filter(isName)]), [...repl.declaredNames]], word));
  }
  withOwner(repl, owner.split(/\??\./).slice(0, -1), (object) => {
    if (object === undefined || object === null) callback(null, [[], undefined]);
    else callback(null, choose(groupsOf(object), whole, owner));
  });
}

module.exports = { complete };
