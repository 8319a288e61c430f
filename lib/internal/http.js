'use strict';

// What the files of http share and programs have no name for.

let dateText;
let dateSecond = 0;

// The value of a Date field: made once a second.
function utcDate() {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}

module.exports = {
  kOutHeaders: Symbol('kOutHeaders'),
  kNeedDrain: Symbol('kNeedDrain'),
  kSendingFile: Symbol('sendingFile'), // a message whose file is on its way: what else is written waits
  kWhole: Symbol('whole'), // the body of a request that is complete and waits for its socket
  utcDate,
};
