'use strict';
// The one variable that AsyncLocalStorage lives on. `frame` is the Map of stores in force now, or
// undefined; whatever calls a callback later keeps the frame of the moment and puts it back.

module.exports = { frame: undefined, inUse: false };
