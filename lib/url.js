'use strict';

// require('url'): the web's URL and the interface from before it.

const {
  URL, URLSearchParams, isURLObject, domainToASCII, domainToUnicode, fileURLToPath, fileURLToPathBuffer, pathToFileURL,
  urlToHttpOptions: toHttpOptions,
} = require('internal/url');
const { Url, urlParse } = require('internal/url_legacy');
const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { validateObject } = require('internal/validators');

let hasWarned = false;

// Whose code asks: what lies in node_modules is not the program's to mend.
function calledByDependency() {
  const lines = (new Error().stack || '').split('\n').slice(1);
  for (const line of lines) {
    const match = /\(?((?:\/|file:)[^()]*?):\d+(?::\d+)?\)?$/.exec(line.trim());
    if (match !== null) return /[/\\]node_modules[/\\]/.test(match[1]);
  }
  return false;
}

function parse(url, parseQueryString, slashesDenoteHost) {
  if (!hasWarned && !process.noDeprecation && !calledByDependency()) {
    hasWarned = true;
    process.emitWarning('`url.parse()` behavior is not standardized and prone to errors that have security ' +
      'implications. Use the WHATWG URL API instead. CVEs are not issued for `url.parse()` vulnerabilities.',
      'DeprecationWarning', 'DEP0169');
  }
  return urlParse(url, parseQueryString, slashesDenoteHost);
}

function format(urlObject, options) {
  if (typeof urlObject === 'string') urlObject = urlParse(urlObject);
  else if (typeof urlObject !== 'object' || urlObject === null)
    throw new ERR_INVALID_ARG_TYPE('urlObject', ['Object', 'string'], urlObject);
  else if (isURLObject(urlObject)) return formatURL(urlObject, options);
  return Url.prototype.format.call(urlObject);
}

function formatURL(url, options) {
  let fragment = true, unicode = false, search = true, auth = true;
  if (options) {
    validateObject(options, 'options');
    if (options.fragment != null) fragment = Boolean(options.fragment);
    if (options.unicode != null) unicode = Boolean(options.unicode);
    if (options.search != null) search = Boolean(options.search);
    if (options.auth != null) auth = Boolean(options.auth);
  }
  const { protocol, username, password, host, hostname, port, pathname } = url;
  const afterProtocol = url.href.slice(protocol.length);
  let text = protocol;
  if (afterProtocol.startsWith('//') && (host !== '' || protocol === 'file:' || !afterProtocol.startsWith(pathname))) {
    text += '//';
    if (auth && (username !== '' || password !== '')) text += `${username}${password !== '' ? ':' + password : ''}@`;
    text += unicode ? domainToUnicode(hostname) : hostname;
    if (port !== '') text += ':' + port;
  }
  text += pathname;
  if (search) text += url.search;
  if (fragment) text += url.hash;
  return text;
}

function resolve(source, relative) { return urlParse(source, false, true).resolve(relative); }
function resolveObject(source, relative) { return source ? urlParse(source, false, true).resolveObject(relative) : relative; }

function urlToHttpOptions(url) {
  validateObject(url, 'url', require('internal/validators').kValidateObjectAllowObjects);
  return toHttpOptions(url);
}

module.exports = {
  Url,
  parse,
  resolve,
  resolveObject,
  format,
  URL,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer,
  urlToHttpOptions,
};
Object.defineProperty(module.exports, 'URLPattern', {
  __proto__: null, configurable: true, enumerable: true,
  get() { return require('internal/urlpattern').URLPattern; },
});
