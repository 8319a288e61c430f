// Stacks read as in Node, also those of errors that the engine threw by itself.
const assert = (fact, text) => { if (!fact) throw new Error('not so: ' + text); };
const here = __filename.replaceAll('/', '\\/');
const frame = new RegExp(`^    at (?:\\S+ \\()?${here}:\\d+:\\d+\\)?$`);
const check = (error, first) => {
  const lines = error.stack.split('\n');
  assert(lines[0] === first, `${lines[0]} is ${first}`);
  assert(frame.test(lines[1]), `a frame: ${lines[1]}`);
};

check(new Error('mine'), 'Error: mine');
check(TypeError('called'), 'TypeError: called');
class Own extends Error { get name() { return 'Own'; } }
check(new Own('x'), 'Own: x');
try {
  null.property; // eslint-disable-line
} catch (error) {
  assert(error instanceof TypeError && error.constructor === TypeError, 'the engine throws a TypeError');
  check(error, `TypeError: ${error.message}`);
}

const holder = {};
(function outer() { (function inner() { Error.captureStackTrace(holder, inner); })(); })();
assert(/^Error\n    at outer \(/.test(holder.stack), 'frames above the given function are left out');

Error.prepareStackTrace = (error, sites) => sites;
const [site] = new Error('sites').stack;
assert(site.getFileName() === __filename && site.getLineNumber() === 27, `call sites know their place: ${site}`);
Error.prepareStackTrace = undefined;

Error.stackTraceLimit = 1;
assert(new Error('short').stack.split('\n').length === 2, 'stackTraceLimit is kept');
Error.stackTraceLimit = 10;

(async () => { undefined.x; })().catch((error) => {
  check(error, `TypeError: ${error.message}`);
  process.on('exit', (code) => assert(code === 0, 'exit code 0'));
});

// What Node does not give an error is the program's to set.
const plain = new Error('x');
assert(Object.getOwnPropertyNames(plain).sort().join() === 'message,stack', `own names: ${Object.getOwnPropertyNames(plain)}`);
plain.line = 7;
assert(Object.keys(plain).join() === 'line', 'a line that a program gives shows');
try {
  null.x;
} catch (thrown) {
  assert(Object.getOwnPropertyNames(thrown).sort().join() === 'message,stack', `own names: ${Object.getOwnPropertyNames(thrown)}`);
}

// Constructors of a program's own classes are not where an error happened.
class First extends Error { constructor(message) { super(message); this.first = true; } }
class Second extends First { constructor(message) { super(message); this.second = true; } }
function makeSecond() { return new Second('deep'); }
assert(/^Error: deep\n    at makeSecond \(/.test(makeSecond().stack), `constructors are left out: ${makeSecond().stack}`);
class Short extends Error {
  constructor() {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 1;
    super('short');
    Error.stackTraceLimit = before;
  }
}
assert(new Short().stack.split('\n').length === 2, 'the limit is that of the moment when an error is made');
function recurse(n) { return n === 0 ? new Second('far') : recurse(n - 1); }
assert(recurse(20).stack.split('\n').length === 11, 'constructors take no room from the others');
class Captured extends Error { constructor() { super(); Error.captureStackTrace(this); } }
assert(/^Error\n    at (new )?Captured \(/.test(new Captured().stack), 'a constructor that captures is part of what it captured');
