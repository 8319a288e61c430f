'use strict';
// db.backup() of better-sqlite3: its progress function says how many pages come next.

const { OPEN, FAULT } = require('internal/sqlite/native');

const BUSY = 5, LOCKED = 6, DONE = 101, DEFAULT_PAGES = 100;

module.exports = function backup(native, filename, attached, progress, makeError) {
  const copy = native.backup(filename, OPEN.READWRITE | OPEN.CREATE, attached, 'main');
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      copy.close();
      settle(value);
    };
    const step = (pages) => {
      if (pages === 0) return setImmediate(ask, 0, 0);
      copy.step(pages, (code, message, totalPages, remainingPages) => {
        if (code === DONE) return end(resolve, { totalPages, remainingPages });
        if ((code & 0xff) === BUSY || (code & 0xff) === LOCKED) return setTimeout(step, 5, pages);
        if (code !== 0) return end(reject, makeError(FAULT.SQLITE, message, code, message));
        ask(totalPages, remainingPages);
      });
    };
    const ask = (totalPages, remainingPages) => {
      if (progress === null) return step(DEFAULT_PAGES);
      try {
        const pages = progress({ totalPages, remainingPages });
        if (pages !== undefined && (typeof pages !== 'number' || pages !== pages))
          throw new TypeError('Expected progress callback to return a number or undefined');
        step(pages === undefined ? DEFAULT_PAGES : Math.max(0, Math.min(0x7fffffff, Math.round(pages))));
      } catch (error) {
        end(reject, error);
      }
    };
    step(DEFAULT_PAGES);
  });
};
