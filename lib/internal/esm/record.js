'use strict';
// Modules as the specification knows them: what they request, what they export, and how far they are. A SourceRecord is an ES
// module whose function the native half made; a SyntheticRecord is anything else that can be imported.

const { namespaceNew, fill, live, constant, changeable } = require('internal/esm/namespace');

const NEW = 0, LINKING = 1, LINKED = 2, EVALUATING = 3, EVALUATING_ASYNC = 4, EVALUATED = 5;
const states = { NEW, LINKING, LINKED, EVALUATING, EVALUATING_ASYNC, EVALUATED };

const AMBIGUOUS = Symbol('ambiguous');

class Record {
  constructor(url) {
    this.url = url;
    this.state = NEW;
    this.namespace = namespaceNew();
    this.isFilled = false;
    this.error = undefined; // { value }, once it has failed
    this.requested = [];
    // Of the evaluation, see lib/internal/esm/evaluate.js
    this.index = this.ancestor = -1;
    this.cycleRoot = undefined;
    this.awaits = false;
    this.asyncOrder = 0;
    this.pending = 0;
    this.asyncParents = [];
    this.promise = undefined;
    this.settle = undefined;
  }
}

class SyntheticRecord extends Record {
  // evaluate() answers with the Map of the namespace's properties; names are known before if it has run then.
  constructor(url, evaluate) {
    super(url);
    this.run = evaluate;
  }

  fill() {
    if (this.isFilled) return;
    this.isFilled = true;
    fill(this.namespace, this.run());
    this.run = undefined;
  }

  exportedNames() { return this.isFilled ? Object.keys(this.namespace) : []; }

  resolve(name) {
    if (!this.isFilled) return { record: this, name, isLate: true };
    return Object.hasOwn(this.namespace, name) ? { record: this, name } : null;
  }

  link() { this.state = LINKED; }
  execute() { this.fill(); }

  describe(name) {
    const { namespace } = this;
    const property = Object.getOwnPropertyDescriptor(namespace, name);
    return property === undefined || property.get !== undefined ? live(() => namespace[name]) : changeable(property.value);
  }
}

class SourceRecord extends Record {
  constructor(url, [body, facts]) {
    super(url);
    this.body = body;
    this.facts = facts;
    this.awaits = facts.awaits;
    this.constants = this.changing = undefined; // name -> function that reads it
    this.late = undefined; // imports of modules that say what they export when they have run
    this.importFunction = this.meta = undefined; // set by whoever made the record
  }

  indirect(name) {
    const { indirect } = this.facts;
    for (let i = 0; i < indirect.length; i += 4) if (indirect[i] === name) return i;
    return -1;
  }

  exportedNames(visited = new Set()) {
    if (visited.has(this)) return [];
    visited.add(this);
    const names = new Set([...Object.keys(this.constants), ...Object.keys(this.changing)]);
    const { indirect, stars } = this.facts;
    for (let i = 0; i < indirect.length; i += 4) names.add(indirect[i]);
    for (const star of stars)
      for (const name of this.requested[star].exportedNames(visited)) if (name !== 'default') names.add(name);
    return [...names];
  }

  // Where an export really is: { record, name }, or { record, namespace: true }; null if there is none.
  resolve(name, visited = []) {
    for (const seen of visited) if (seen.record === this && seen.name === name) return null;
    visited.push({ record: this, name });
    if (name in this.constants || name in this.changing) return { record: this, name };
    const at = this.indirect(name);
    if (at >= 0) {
      const { indirect } = this.facts;
      const record = this.requested[indirect[at + 1]];
      return indirect[at + 2] === null ? { record, namespace: true } : record.resolve(indirect[at + 2], visited);
    }
    if (name === 'default') return null;
    let found = null;
    for (const star of this.facts.stars) {
      const one = this.requested[star].resolve(name, visited);
      if (one === AMBIGUOUS) return AMBIGUOUS;
      if (one === null || (one.isLate && found !== null)) continue;
      if (found === null || found.isLate) found = one;
      else if (one.record !== found.record || one.name !== found.name || one.namespace !== found.namespace) return AMBIGUOUS;
    }
    return found;
  }

  // Runs the module up to its first statement: its functions exist and its exports can be read.
  link() {
    if (this.constants !== undefined) return; // another graph that could not be linked had it already
    const namespaces = this.requested.map((record) => record.namespace);
    const { body, importFunction, meta } = this; // called without a `this`
    const { seen } = require('internal/cjs');
    let connect;
    if (this.awaits) {
      this.finished = body(importFunction, meta, seen, (link) => {
        connect = link;
        return new Promise((open) => { this.open = open; });
      });
    } else {
      this.running = body(importFunction, meta, seen);
      connect = this.running.next().value;
    }
    const [constants, changing, anonymous] = connect(namespaces);
    if (anonymous !== undefined) Object.defineProperty(anonymous, 'name', { value: 'default', configurable: true });
    this.constants = constants;
    this.changing = changing;
    this.body = undefined;
  }

  // Every import has to be there; of modules that have not run yet, that is seen later.
  checkImports() {
    const { imports, indirect } = this.facts;
    this.late = undefined;
    for (let i = 0; i < imports.length; i += 3) this.checkImport(imports[i], imports[i + 1], imports[i + 2]);
    for (let i = 0; i < indirect.length; i += 4)
      if (indirect[i + 2] !== null) this.checkImport(indirect[i + 1], indirect[i + 2], indirect[i + 3]);
  }

  checkImport(request, name, line) {
    const found = this.requested[request].resolve(name);
    if (found === null || found === AMBIGUOUS) throw this.missing(request, name, line, found);
    if (found.isLate) (this.late ??= []).push(request, name, line);
  }

  missing(request, name, line, found) {
    const specifier = this.facts.requests[request * 2];
    const target = this.requested[request];
    let text = found === AMBIGUOUS ?
      `The requested module '${specifier}' contains conflicting star exports for name '${name}'` :
      `The requested module '${specifier}' does not provide an export named '${name}'`;
    if (target.isCommonjs && found !== AMBIGUOUS) {
      text = `Named export '${name}' not found. The requested module '${specifier}' is a CommonJS module, which may not support ` +
        'all module.exports as named exports.\nCommonJS modules can always be imported via the default export, for example using:' +
        `\n\nimport pkg from '${specifier}';\nconst { ${name} } = pkg;\n`;
    }
    return require('internal/esm/errors').syntaxError(text, this.url, line);
  }

  checkLateImports() {
    if (this.late === undefined) return;
    for (let i = 0; i < this.late.length; i += 3)
      if (!(this.late[i + 1] in this.requested[this.late[i]].namespace)) throw this.missing(this.late[i], this.late[i + 1], this.late[i + 2]);
    this.late = undefined;
  }

  describe(name) {
    const get = this.constants[name];
    return get !== undefined && this.state === EVALUATED && this.error === undefined ? constant(get()) : live(get ?? this.changing[name]);
  }

  // In a cycle this happens before the module has run.
  fill() {
    if (this.isFilled) return;
    this.isFilled = true;
    const properties = new Map();
    for (const name of this.exportedNames()) {
      const found = this.resolve(name);
      if (found === null || found === AMBIGUOUS) continue;
      const { record, namespace } = found;
      properties.set(name, namespace ? constant(record.namespace) : record.describe(found.name));
    }
    fill(this.namespace, properties);
  }

  execute() {
    this.checkLateImports();
    this.running.next();
    this.running = undefined;
  }

  executeAsync() {
    this.checkLateImports();
    this.open();
    return this.finished;
  }
}

// Names that are known from the start, and values that may change at any time.
class ExportsRecord extends Record {
  constructor(url, names, evaluate) {
    super(url);
    this.values = new Map(names.map((name) => [name, undefined]));
    this.run = evaluate;
  }

  set(name, value) {
    if (!this.values.has(name)) throw new ReferenceError(`Export '${name}' is not defined in module`);
    this.values.set(name, value);
  }

  fill() {
    if (this.isFilled) return;
    this.isFilled = true;
    fill(this.namespace, new Map([...this.values.keys()].map((name) => [name, this.describe(name)])));
  }

  exportedNames() { return [...this.values.keys()]; }
  resolve(name) { return this.values.has(name) ? { record: this, name } : null; }
  link() {}
  execute() { this.run(); }
  describe(name) { return live(() => this.values.get(name)); }
}

module.exports = { ExportsRecord, SourceRecord, SyntheticRecord, states };
