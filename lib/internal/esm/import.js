'use strict';
// import(), import.meta and the main program: where ES modules are asked for.

const { resolveURL, toURL, toPath } = require('internal/esm/resolve');
const cjs = require('internal/cjs');
const { load, loadMain, loadText, request } = require('internal/esm/load');
const { link, evaluate } = require('internal/esm/evaluate');

let mainURL;
let mainPromise;
let mainRecord; // when it has run

function attributesOf(options) {
  if (options === undefined) return undefined;
  if (options === null || typeof options !== 'object') throw new TypeError('The second argument of import() must be an object');
  const attributes = options.with;
  if (attributes === undefined) return undefined;
  if (attributes === null || typeof attributes !== 'object') throw new TypeError("The 'with' option of import() must be an object");
  for (const key of Object.keys(attributes))
    if (typeof attributes[key] !== 'string') throw new TypeError('Import attribute value must be a string');
  return attributes;
}

// What import(specifier) gives: a promise for the namespace. The text of the specifier is asked for at once.
async function importModule(specifier, parent, options) {
  const record = request(`${specifier}`, parent, attributesOf(options));
  link(record);
  await evaluate(record);
  record.fill();
  return record.namespace;
}

// The same for a program, which others may watch.
function importTraced(specifier, parent, options) {
  const channels = cjs.importChannels;
  if (!channels?.hasSubscribers) return importModule(specifier, parent, options);
  return channels.tracePromise(importModule, { __proto__: null, parentURL: parent, url: specifier }, undefined, specifier, parent, options);
}

function importFrom(filename, specifier, options) {
  return importTraced(specifier, filename[0] === '/' ? toURL(filename) : toURL(process.cwd() + '/'), options);
}

function metaOf(url) {
  const meta = { __proto__: null };
  if (url.startsWith('file:')) {
    const file = toPath(url);
    meta.dirname = require('path').dirname(file);
    meta.filename = file;
  }
  meta.main = url === mainURL;
  meta.resolve = function resolve(specifier, parent = url) { return resolveURL(`${specifier}`, `${parent}`); };
  meta.url = url;
  return meta;
}

// Runs a main program, in a microtask as Node does: promise jobs come before ticks. `prepare` gives its module.
function runAsMain(prepare) {
  const { uncaught } = require('internal/fatal');
  mainPromise = Promise.resolve().then(async () => {
    const record = prepare();
    link(record);
    await evaluate(record);
    mainRecord = record;
  }).then(() => { mainPromise = undefined; }, (error) => {
    mainPromise = undefined;
    uncaught(error, true);
  });
}

// The main program's exports when it has run; undefined if it failed, which others are told of.
async function mainNamespace() {
  await mainPromise;
  mainRecord?.fill();
  return mainRecord?.namespace;
}

function runMain(file) {
  const { Module } = require('internal/cjs');
  mainURL = toURL(Module._resolveFilename(file, null, true));
  runAsMain(() => loadMain(mainURL));
}

function runURL(url) {
  mainURL = url;
  runAsMain(() => load(url));
}

function runText(text, name) {
  const url = `${toURL(process.cwd() + '/')}${name}`;
  mainURL = url;
  runAsMain(() => loadText(url, text));
}

// --import: one after the other, and then the program.
function importFirst(specifiers, next) {
  const { uncaught } = require('internal/fatal');
  specifiers.reduce((before, one) => before.then(() => importModule(one, toURL(process.cwd() + '/'))), Promise.resolve())
    .then(() => {
      try {
        next();
      } catch (error) {
        uncaught(error);
      }
    }, (error) => uncaught(error, true));
}

// At the end of the process: the main module waits for something that never comes.
function warnOfUnsettled() {
  if (mainPromise === undefined) return false;
  internalBinding('stdio').writeSync(2, `Warning: Detected unsettled top-level await at ${mainURL}\n`);
  return true;
}

module.exports = { importModule: importTraced, importFrom, metaOf, runMain, runText, importFirst, warnOfUnsettled, runURL, mainNamespace, get mainURL() { return mainURL; } };
