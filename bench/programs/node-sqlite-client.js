// knex's better-sqlite3 dialect over node:sqlite, for a Node that has no addon of that name: as thin as can be.
const path = require('path');
const { DatabaseSync } = require('node:sqlite');

class Database {
  constructor(filename) { this.db = new DatabaseSync(filename, { timeout: 5000 }); }
  get open() { return this.db.isOpen; }
  prepare(sql) {
    const statement = this.db.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      run: (values = []) => statement.run(...values),
      all: (values = []) => statement.all(...values),
    };
  }
  pragma(text) { return this.db.prepare(`PRAGMA ${text}`).all(); }
  close() { this.db.close(); }
}

module.exports = (packages) => class extends require(path.join(packages, 'knex/lib/dialects/better-sqlite3')) {
  _driver() { return Database; }
};
