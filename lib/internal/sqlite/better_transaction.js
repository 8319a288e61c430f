'use strict';
// db.transaction(): a function that runs in a transaction, or within one in a savepoint.

const BEGIN = { deferred: 'BEGIN DEFERRED', immediate: 'BEGIN IMMEDIATE', exclusive: 'BEGIN EXCLUSIVE' };
const savepoint = '`\t_galley.\t`';

module.exports = function makeTransaction(database, run) {
  const variants = {};
  for (const kind of ['default', 'deferred', 'immediate', 'exclusive']) {
    variants[kind] = function sqliteTransaction(...args) {
      return within(database, kind === 'default' ? 'BEGIN' : BEGIN[kind], () => run.apply(this, args));
    };
  }
  const properties = { database: { value: database, enumerable: true } };
  for (const kind of Object.keys(variants)) properties[kind] = { value: variants[kind] };
  for (const kind of Object.keys(variants)) Object.defineProperties(variants[kind], properties);
  return variants.default;
};

const does = (database, sql) => database.prepare(sql).run();

function within(database, begin, work) {
  const nested = database.inTransaction;
  does(database, nested ? `SAVEPOINT ${savepoint}` : begin);
  try {
    const result = work();
    if (typeof result?.then === 'function') throw new TypeError('Transaction function cannot return a promise');
    does(database, nested ? `RELEASE ${savepoint}` : 'COMMIT');
    return result;
  } catch (error) {
    // An error may have ended the transaction already.
    if (database.inTransaction) {
      does(database, nested ? `ROLLBACK TO ${savepoint}` : 'ROLLBACK');
      if (nested) does(database, `RELEASE ${savepoint}`);
    }
    throw error;
  }
}
