'use strict';

// What both ends of HTTP need: which characters may be sent, the pool of parsers, and how a parser's findings become an IncomingMessage.

const { methods: methodNames, createParser, setParserCallbacks, fieldInfo } = internalBinding('http');

const kIncomingMessage = Symbol('IncomingMessage');
const MAX_HEADER_PAIRS = 2000;

// Positions in fieldInfo, which C fills in before it calls: see src/modules/http_parser.c.
const METHOD = 0, STATUS = 1, MAJOR = 2, MINOR = 3, FLAGS = 4, COUNT = 5, TARGET_AT = 6, TARGET_LEN = 7, FIELDS = 8;

const flag = {
  KEEP_ALIVE: 1 << 0,
  HAS_LENGTH: 1 << 1,
  CHUNKED: 1 << 2,
  HAS_CODING: 1 << 3,
  EXPECTS_CONTINUE: 1 << 4,
  EXPECTS_OTHER: 1 << 5,
  UPGRADE: 1 << 6,
  HAS_HOST: 1 << 7,
  HOST_TWICE: 1 << 8,
  SAYS_CLOSE: 1 << 9,
};

const tokenRegExp = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// Control characters but tab, DEL, and what is no byte.
const badValueRegExp = /[^\t\x20-\x7e\x80-\xff]/;

function checkIsHttpToken(text) {
  return tokenRegExp.test(text);
}

function checkInvalidHeaderChar(text) {
  return badValueRegExp.test(text);
}

// name, value, name, value … from the text of a head, where C said they are.
function readFields(text) {
  const count = fieldInfo[COUNT];
  const pairs = new Array(count * 2);
  for (let i = 0, at = FIELDS; i < count; i++, at += 4) {
    pairs[i * 2] = text.substring(fieldInfo[at], fieldInfo[at] + fieldInfo[at + 1]);
    pairs[i * 2 + 1] = text.substring(fieldInfo[at + 2], fieldInfo[at + 2] + fieldInfo[at + 3]);
  }
  return pairs;
}

function onHead(text) {
  const parser = this;
  const { socket } = parser;
  const pairs = readFields(text);
  const flags = fieldInfo[FLAGS];
  const target = text.substring(fieldInfo[TARGET_AT], fieldInfo[TARGET_AT] + fieldInfo[TARGET_LEN]);
  const Incoming = socket?.server?.[kIncomingMessage] || require('_http_incoming').IncomingMessage;
  const incoming = parser.incoming = new Incoming(socket);
  incoming.httpVersionMajor = fieldInfo[MAJOR];
  incoming.httpVersionMinor = fieldInfo[MINOR];
  incoming.httpVersion = `${fieldInfo[MAJOR]}.${fieldInfo[MINOR]}`;
  incoming.joinDuplicateHeaders = socket?.server?.joinDuplicateHeaders || parser.joinDuplicateHeaders;
  incoming.upgrade = (flags & flag.UPGRADE) !== 0;
  if (parser.isResponse) {
    incoming.statusCode = fieldInfo[STATUS];
    incoming.statusMessage = target;
  } else {
    incoming.method = methodNames[fieldInfo[METHOD]];
    incoming.url = target;
  }
  if (parser.maxHeaderPairs > 0 && parser.maxHeaderPairs < pairs.length) pairs.length = parser.maxHeaderPairs;
  incoming._addHeaderLines(pairs, pairs.length);
  return parser.onIncoming(incoming, (flags & flag.KEEP_ALIVE) !== 0, flags);
}

function onBody(chunk) {
  const stream = this.incoming;
  if (stream === null || stream._dumped) return;
  if (!stream.push(chunk)) {
    const { socket } = this;
    if (socket && !socket._paused) readStop(socket);
  }
}

function onTrailers(text) {
  const stream = this.incoming;
  if (stream === null) return;
  stream._addTrailers(readFields(text));
}

function onEnd() {
  const stream = this.incoming;
  if (stream !== null) {
    stream.complete = true;
    stream.push(null);
  }
  this.onMessageEnd?.();
  readStart(this.socket);
}

setParserCallbacks(onHead, onBody, onTrailers, onEnd);

function readStart(socket) {
  if (socket && !socket._paused && socket.readable) socket.resume();
}

function readStop(socket) {
  if (socket) socket.pause();
}

// One parser of one connection. `handle` is C's; the rest is what the two ends remember with it.
class HTTPParser {
  constructor() {
    this.handle = createParser();
    this.socket = null;
    this.incoming = null;
    this.outgoing = null;
    this.onIncoming = null;
    this.onMessageEnd = null;
    this.isResponse = false;
    this.pending = null; // what came while execute ran
    this.maxHeaderPairs = MAX_HEADER_PAIRS;
    this.joinDuplicateHeaders = false;
    this._headers = [];
    this._url = '';
  }
  initialize(type, _resource, maxHeaderSize, lenient) {
    this.isResponse = type === HTTPParser.RESPONSE;
    this.handle.initialize(this.isResponse, !!lenient, maxHeaderSize || maxHeaderSizeOption());
  }
  // The number of bytes understood, or an Error.
  execute(data) {
    if (this.pending !== null) { // called by what was called by execute
      this.pending.push(data);
      return data.length;
    }
    this.pending = [];
    try {
      let result = this.result(this.handle.execute(this, data));
      while (this.pending.length > 0 && !(result instanceof Error) && this.socket !== null) {
        const next = this.pending.shift();
        const late = next === null ? this.handle.finish(this) : this.handle.execute(this, next);
        if (late < 0) result = this.result(late);
      }
      return result;
    } finally {
      this.pending = null;
    }
  }
  finish() {
    if (this.pending !== null) {
      this.pending.push(null);
      return 0;
    }
    return this.result(this.handle.finish(this));
  }
  result(n) {
    if (n >= 0) return n;
    const [code, reason, bytesParsed] = this.handle.problem();
    const error = new Error(`Parse Error: ${reason}`);
    error.code = code;
    error.reason = reason;
    error.bytesParsed = bytesParsed;
    return error;
  }
  remove() {}
  // False while it is being read: then it must not be used again.
  free() {
    return this.handle.release();
  }
  close() {
    this.handle.release();
  }
}
HTTPParser.REQUEST = 1;
HTTPParser.RESPONSE = 2;
HTTPParser.methods = methodNames;

class ParserPool {
  constructor(max) {
    this.list = [];
    this.max = max;
  }
  alloc() {
    return this.list.pop() ?? new HTTPParser();
  }
  free(parser) {
    if (this.list.length >= this.max) return false;
    this.list.push(parser);
    return true;
  }
}

const parsers = new ParserPool(1000);

function cleanParser(parser) {
  parser.maxHeaderPairs = MAX_HEADER_PAIRS;
  parser.socket = null;
  parser.incoming = null;
  parser.outgoing = null;
  parser.onIncoming = null;
  parser.onMessageEnd = null;
  parser.joinDuplicateHeaders = false;
}

function freeParser(parser, request, socket) {
  if (parser) {
    parser.remove();
    cleanParser(parser);
    if (parser.free()) parsers.free(parser);
  }
  if (request) request.parser = null;
  if (socket) socket.parser = null;
}

function prepareError(error, parser, rawPacket) {
  error.rawPacket = rawPacket || undefined;
  if (typeof error.reason === 'string') error.message = `Parse Error: ${error.reason}`;
}

function isLenient() {
  return require('internal/options').get('insecure-http-parser') === true;
}

function maxHeaderSizeOption() {
  return Number(require('internal/options').get('max-http-header-size')) || 16384;
}

module.exports = {
  _checkInvalidHeaderChar: checkInvalidHeaderChar,
  _checkIsHttpToken: checkIsHttpToken,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  freeParser,
  methods: methodNames,
  parsers,
  kIncomingMessage,
  HTTPParser,
  isLenient,
  maxHeaderSizeOption,
  prepareError,
  flag,
  readFields,
  cleanParser,
};
