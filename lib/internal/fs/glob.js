'use strict';
// Finds the files that a pattern means, folder by folder, entering only those that can hold one.

const path = require('path');
const { validateFunction, validateObject, validateString, validateStringArray } = require('internal/validators');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { Dirent, direntTypeOf, toPathIfFileURL } = require('internal/fs/utils');
const { functions: { readdirSync, lstatSync, statSync } } = require('internal/fs/sync');
const { ANY_FOLDERS, Pattern, partMatches } = require('internal/fs/pattern');

let warned = false;
function warn() {
  if (warned) return;
  warned = true;
  process.emitWarning('glob is an experimental feature and might change at any time', 'ExperimentalWarning');
}

function patternsOf(pattern) {
  if (typeof pattern === 'object') validateStringArray(pattern, 'patterns');
  else validateString(pattern, 'patterns');
  return Array.isArray(pattern) ? pattern : [pattern];
}

function excluder(exclude, root) {
  if (exclude == null) return () => false;
  if (Array.isArray(exclude)) {
    validateStringArray(exclude, 'options.exclude');
    const patterns = exclude.map((one) => new Pattern(one, { dot: true }));
    return (relative, full) => patterns.some((one) => one.match(relative) || one.match(full));
  }
  if (typeof exclude !== 'function') throw new ERR_INVALID_ARG_TYPE('options.exclude', ['Function', 'string[]'], exclude);
  validateFunction(exclude, 'options.exclude');
  return undefined;
}

class Glob {
  constructor(pattern, options = {}) {
    validateObject(options, 'options');
    const { cwd, exclude, withFileTypes } = options;
    this.root = toPathIfFileURL(cwd) ?? '.';
    this.base = path.resolve(this.root);
    this.withFileTypes = Boolean(withFileTypes);
    const byPattern = excluder(exclude, this.base);
    this.excluded = byPattern ?? ((relative, full, dirent) => exclude(this.withFileTypes ? dirent : relative));
    this.sets = patternsOf(pattern).flatMap((one) => new Pattern(one).sets);
    this.found = new Map();
    this.listings = new Map();
    this.visited = new Set();
  }

  list(folder) {
    let entries = this.listings.get(folder);
    if (entries === undefined) {
      try {
        entries = readdirSync(folder, { withFileTypes: true });
      } catch {
        entries = [];
      }
      this.listings.set(folder, entries);
    }
    return entries;
  }

  stat(full) {
    const stats = lstatSync(full, { throwIfNoEntry: false });
    return stats === undefined ? undefined : new Dirent(path.basename(full), path.dirname(full), direntTypeOf(stats));
  }

  add(relative, full, dirent) {
    if (this.found.has(relative)) return;
    if (this.excluded(relative, full, dirent)) return;
    this.found.set(relative, this.withFileTypes ? dirent : relative);
  }

  isFolder(dirent, full, followLinks) {
    if (dirent.isDirectory()) return true;
    return followLinks && dirent.isSymbolicLink() && Boolean(statSync(full, { throwIfNoEntry: false })?.isDirectory());
  }

  // folder: absolute; relative: as it is shown; parts from `at` on are still to be found.
  walk(folder, relative, parts, at, dirent) {
    const key = `${folder}\u0000${this.sets.indexOf(parts)}\u0000${at}`;
    if (this.visited.has(key)) return;
    this.visited.add(key);
    const part = parts[at];
    const last = at === parts.length - 1;
    const join = (name) => (relative === '' ? name : relative.endsWith('/') ? relative + name : `${relative}/${name}`);
    if (part === '') { // a slash at the end: folders only
      if (last) this.add(relative.endsWith('/') ? relative : `${relative}/`, folder, dirent ?? this.stat(folder));
      return;
    }
    if (part === '..' || part === '.') {
      const full = path.join(folder, part);
      if (last) this.add(join(part), full, this.stat(full));
      else this.walk(full, join(part), parts, at + 1);
      return;
    }
    if (typeof part === 'string') {
      const full = path.join(folder, part);
      const found = this.stat(full);
      if (found === undefined) return;
      if (last) this.add(join(part), full, found);
      else if (this.isFolder(found, full, true) && !this.leaves(join(part), full, found)) this.walk(full, join(part), parts, at + 1, found);
      return;
    }
    if (part === ANY_FOLDERS) {
      if (last) this.add(relative === '' ? '.' : relative, folder, dirent ?? this.stat(folder));
      else this.walk(folder, relative, parts, at + 1, dirent);
      for (const entry of this.list(folder)) {
        if (entry.name[0] === '.') continue;
        const full = path.join(folder, entry.name);
        const shown = join(entry.name);
        if (last) this.add(shown, full, entry);
        if (this.isFolder(entry, full, false) && !this.leaves(shown, full, entry)) this.walk(full, shown, parts, at, entry);
        else if (!last && parts[at + 1] === '' && this.isFolder(entry, full, true)) this.add(`${shown}/`, full, entry);
      }
      return;
    }
    for (const entry of this.list(folder)) {
      if (!partMatches(part, entry.name)) continue;
      const full = path.join(folder, entry.name);
      const shown = join(entry.name);
      if (last) this.add(shown, full, entry);
      else if (this.isFolder(entry, full, true) && !this.leaves(shown, full, entry)) this.walk(full, shown, parts, at + 1, entry);
    }
  }

  // A folder that is excluded is not entered.
  leaves(relative, full, dirent) { return this.excluded(relative, full, dirent); }

  run() {
    for (const parts of this.sets) {
      if (parts[0] === '' && parts.length > 1) this.walk('/', '/', parts, 1);
      else this.walk(this.base, '', parts, 0);
    }
    return [...this.found.values()];
  }
}

function globSync(pattern, options) {
  return new Glob(pattern, options).run();
}

async function globAll(pattern, options) { return globSync(pattern, options); }

async function* globIterator(pattern, options) { yield* new Glob(pattern, options).run(); }

module.exports = { globAll, globIterator, globSync, warn };
