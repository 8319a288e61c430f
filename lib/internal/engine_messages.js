'use strict';
// What the engine says, in the words that programs know from V8, wherever nothing has to be guessed for
// it. Programs compare messages, and people search for them.

const keyOf = (text) => /(?:\.|\?\.)([\w$]+)$/.exec(text)?.[1] ?? /\[(\d+)\]$/.exec(text)?.[1] ?? /\[(['"])(.*)\1\]$/.exec(text)?.[2];

// `undefined is not an object (evaluating 'a.b')`: reading, or writing where there is one `=`.
function propertyOf(message, value, text) {
  const assigned = /^([^=]*[^=!<>+\-*/%&|^?\s])\s*=(?!=|>)/.exec(text)?.[1];
  if (assigned !== undefined) {
    const key = keyOf(assigned);
    return key === undefined ? message : `Cannot set properties of ${value} (setting '${key}')`;
  }
  const iterated = /^[\w$]+ of (.+)$/.exec(text)?.[1];
  if (iterated !== undefined) return `${iterated} is not iterable`;
  const key = keyOf(text);
  return key === undefined ? message : `Cannot read properties of ${value} (reading '${key}')`;
}

const texts = {
  __proto__: null,
  ReferenceError: [
    [/^Can't find variable: (.+)$/, '$1 is not defined'],
    [/^'super\(\)' must be called in derived constructor before accessing \|this\| or returning non-object\.$/,
     "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"],
  ],
  TypeError: [
    [/^([^]+) is not a function\. \(In '[^]*', '[^]*' is [^]*\)$/, '$1 is not a function'],
    [/^(undefined|null) is not an object \(evaluating '([^]*)'\)$/, propertyOf],
    [/^\S+ is not a function \(near '\.\.\.[\w$]+ of (.*)\.\.\.'\)$/, '$1 is not iterable'],
    [/^\S+ is not a constructor \(evaluating 'new ([\w$.]+)(?:\([^]*\))?'\)$/, '$1 is not a constructor'],
    [/^JSON\.stringify cannot serialize cyclic structures\.$/, 'Converting circular structure to JSON'],
    [/^JSON\.stringify cannot serialize BigInt\.$/, 'Do not know how to serialize a BigInt'],
    [/^Cannot convert a symbol to a (string|number)$/, 'Cannot convert a Symbol value to a $1'],
    [/^Invalid mix of BigInt and other type/, 'Cannot mix BigInt and other types, use explicit conversions', true],
    [/^reduce of empty array with no initial value$/, 'Reduce of empty array with no initial value'],
    [/^Properties can only be defined on Objects\.$/, 'Object.defineProperty called on non-object'],
    [/^Right hand side of instanceof is not an object$/, "Right-hand side of 'instanceof' is not an object"],
    [/^Promise constructor takes a function argument$/, 'Promise resolver undefined is not a function'],
    [/^Cannot access invalid private field \(evaluating '.*(#[\w$]+)'\)$/,
     'Cannot read private member $1 from an object whose class did not declare it'],
  ],
  RangeError: [
    [/^Maximum call stack size exceeded\.$/, 'Maximum call stack size exceeded'],
    [/^Array (?:length must be a positive integer of safe magnitude|size is not a small enough positive integer)\.$/, 'Invalid array length'],
    [/^Invalid Date$/, 'Invalid time value'],
    [/^length too large$/, 'Array buffer allocation failed'],
    [/^toFixed\(\) argument must be/, 'toFixed() digits argument must be'],
    [/^argument does not match any normalization form$/, 'The normalization form should be one of NFC, NFD, NFKC, NFKD.'],
    [/^invalid language tag: /, 'Invalid language tag: '],
  ],
  SyntaxError: [
    [/^JSON Parse error: Unexpected EOF$/, 'Unexpected end of JSON input'],
    [/^Unexpected end of script$/, 'Unexpected end of input'],
    [/^Cannot declare an? [\w ]+ (?:twice|that shadows [^:]*): '([^']+)'\.$/, "Identifier '$1' has already been declared"],
  ],
  URIError: [[/^URI error$/, 'URI malformed']],
};

function wordsOf(name, message) {
  const list = texts[name];
  if (list === undefined) return message;
  for (const [pattern, text, isWhole] of list) {
    if (!pattern.test(message)) continue;
    return isWhole ? text : message.replace(pattern, text);
  }
  return message;
}

// Puts an error that the engine threw into these words.
function reword(error) {
  const { message, name } = error;
  if (typeof message !== 'string') return;
  const text = wordsOf(name, message);
  if (text !== message) Object.defineProperty(error, 'message', { value: text, writable: true, configurable: true, enumerable: false });
}

module.exports = { reword };
