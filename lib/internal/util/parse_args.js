'use strict';

// util.parseArgs: first the arguments become tokens, whatever they mean; then the tokens are judged and collected.

const { codes: { ERR_INVALID_ARG_VALUE, ERR_PARSE_ARGS_INVALID_OPTION_VALUE, ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL,
                 ERR_PARSE_ARGS_UNKNOWN_OPTION } } = require('internal/errors');
const { validateArray, validateBoolean, validateBooleanArray, validateObject, validateString, validateStringArray,
        validateUnion } = require('internal/validators');

// The program's own arguments: what comes after the script, or after the options if there is none.
function mainArguments() {
  const { argv, execArgv } = process;
  if (process._eval !== undefined || execArgv.includes('-e') || execArgv.includes('--eval') || execArgv.includes('-p') || execArgv.includes('--print'))
    return argv.slice(1);
  return argv.slice(2);
}

function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function optionField(options, name, field) {
  const option = own(options, name);
  return option === undefined ? undefined : own(option, field);
}

function longNameOf(short, options) {
  for (const [name, option] of Object.entries(options)) {
    if (own(option, 'short') === short)
      return name;
  }
  return short;
}

function isOptionLike(value) {
  return value != null && value.length > 1 && value[0] === '-';
}

function tokenize(args, options) {
  const tokens = [];
  const rest = [...args];
  let index = -1;
  let grouped = 0;
  const takesValue = (name) => optionField(options, name, 'type') === 'string' && rest[0] != null;
  // An option whose value, if it takes one, is the next word.
  const take = (name, rawName) => {
    const value = takesValue(name) ? rest.shift() : undefined;
    tokens.push({ kind: 'option', name, rawName, index, value, inlineValue: value === undefined ? undefined : false });
    if (value !== undefined) index++;
  };
  while (rest.length > 0) {
    const arg = rest.shift();
    if (grouped > 0)
      grouped--;
    else
      index++;
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const value of rest)
        tokens.push({ kind: 'positional', index: ++index, value });
      break;
    }
    const isLong = arg.startsWith('--') && arg.length > 2;
    const isShort = !isLong && arg.length >= 2 && arg[0] === '-' && arg[1] !== '-';
    if (isShort && arg.length === 2) {
      take(longNameOf(arg[1], options), arg);
    } else if (isShort && optionField(options, longNameOf(arg[1], options), 'type') !== 'string') {
      const expanded = [];
      for (let i = 1; i < arg.length; i++) {
        const name = longNameOf(arg[i], options);
        if (optionField(options, name, 'type') === 'string' && i !== arg.length - 1) {
          expanded.push(`-${arg.slice(i)}`);
          break;
        }
        expanded.push(`-${arg[i]}`);
      }
      rest.unshift(...expanded);
      grouped = expanded.length;
    } else if (isShort) {
      tokens.push({ kind: 'option', name: longNameOf(arg[1], options), rawName: `-${arg[1]}`, index, value: arg.slice(2),
                    inlineValue: true });
    } else if (isLong && !arg.includes('=', 3)) {
      take(arg.slice(2), arg);
    } else if (isLong) {
      const equals = arg.indexOf('=', 3);
      const name = arg.slice(2, equals);
      tokens.push({ kind: 'option', name, rawName: `--${name}`, index, value: arg.slice(equals + 1), inlineValue: true });
    } else {
      tokens.push({ kind: 'positional', index, value: arg });
    }
  }
  return tokens;
}

function checkUsage({ options, allowPositionals, allowNegative }, token) {
  let { name } = token;
  if (!Object.hasOwn(options, name)) {
    const positive = allowNegative && name.startsWith('no-') ? name.slice(3) : undefined;
    if (positive === undefined || !Object.hasOwn(options, positive) || optionField(options, positive, 'type') !== 'boolean')
      throw new ERR_PARSE_ARGS_UNKNOWN_OPTION(token.rawName, allowPositionals);
    name = positive;
  }
  const short = optionField(options, name, 'short');
  const shown = `${short ? `-${short}, ` : ''}--${token.name}`;
  const type = optionField(options, name, 'type');
  if (type === 'string' && typeof token.value !== 'string')
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown} <value>' argument missing`);
  if (type === 'boolean' && token.value != null)
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown}' does not take an argument`);
}

function checkAmbiguity(token) {
  if (token.inlineValue || !isOptionLike(token.value))
    return;
  const { rawName, name } = token;
  const example = rawName.startsWith('--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(
    `Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${rawName}'?\n` +
    `To specify an option argument starting with a dash use ${example}.`);
}

function store(values, options, { name, value }, allowNegative) {
  if (name === '__proto__')
    return;
  if (allowNegative && name.startsWith('no-') && value === undefined) {
    name = name.slice(3);
    value = false;
  }
  const stored = value ?? true;
  if (optionField(options, name, 'multiple')) {
    values[name] ??= [];
    values[name].push(stored);
  } else {
    values[name] = stored;
  }
}

function checkOptions(options) {
  for (const [name, option] of Object.entries(options)) {
    const place = `options.${name}`;
    validateObject(option, place);
    const type = own(option, 'type');
    validateUnion(type, `${place}.type`, ['string', 'boolean']);
    if (Object.hasOwn(option, 'short')) {
      const { short } = option;
      validateString(short, `${place}.short`);
      if (short.length !== 1)
        throw new ERR_INVALID_ARG_VALUE(`${place}.short`, short, 'must be a single character');
    }
    const multiple = own(option, 'multiple');
    if (Object.hasOwn(option, 'multiple'))
      validateBoolean(multiple, `${place}.multiple`);
    const fallback = own(option, 'default');
    if (fallback !== undefined) {
      const validate = type === 'string' ? (multiple ? validateStringArray : validateString) :
        (multiple ? validateBooleanArray : validateBoolean);
      validate(fallback, `${place}.default`);
    }
  }
}

function parseArgs(config = {}) {
  const args = own(config, 'args') ?? mainArguments();
  const strict = own(config, 'strict') ?? true;
  const allowPositionals = own(config, 'allowPositionals') ?? !strict;
  const wantsTokens = own(config, 'tokens') ?? false;
  const allowNegative = own(config, 'allowNegative') ?? false;
  const options = own(config, 'options') ?? { __proto__: null };
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wantsTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  checkOptions(options);

  const tokens = tokenize(args, options);
  const result = { values: { __proto__: null }, positionals: [] };
  if (wantsTokens)
    result.tokens = tokens;
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (strict) {
        checkUsage({ options, allowPositionals, allowNegative }, token);
        checkAmbiguity(token);
      }
      store(result.values, options, token, allowNegative);
    } else if (token.kind === 'positional') {
      if (!allowPositionals)
        throw new ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      result.positionals.push(token.value);
    }
  }
  for (const [name, option] of Object.entries(options)) {
    const fallback = own(option, 'default');
    if (fallback !== undefined && result.values[name] === undefined && name !== '__proto__')
      result.values[name] = fallback;
  }
  return result;
}

module.exports = { parseArgs };
