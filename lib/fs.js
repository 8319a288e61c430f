'use strict';
// Files and folders. The parts are in lib/internal/fs; what is rarely used is loaded when touched.

const sync = require('internal/fs/sync').functions;
const { Stats, Dirent, constants } = require('internal/fs/utils');

const fs = module.exports = { ...sync };
fs.Stats = Stats;
fs.Dirent = Dirent;
Object.defineProperty(fs, 'constants', { enumerable: true, value: constants });
