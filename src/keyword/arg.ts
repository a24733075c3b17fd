/**
 * The typed arguments that keyword declarations are made of.
 *
 * A declaration lists its arguments as a record; the record's keys name them in errors, in the manual and as
 * keys of YAML maps, and its order is the order on the line. Positional arguments come first; `named`, `flag` and
 * `options` arguments follow in any order.
 */
import type { Declaration, KeywordLookup } from './declaration.ts';
import type {
  CallModel,
  ConditionModel,
  ExpressionModel,
  LogFormatModel,
  Plain,
  RuleModel,
  SettingsModel,
} from './language-model.ts';
import { nearest } from './nearest.ts';
import type { ParseSite, ReferenceKind, RuleSetName } from './site.ts';
import { parseDuration, parseSize } from './units.ts';
import { ArgumentError, type Word, type Words } from './words.ts';

/** A JSON Schema fragment. */
export type JsonSchema = { readonly [key: string]: unknown };

export interface Arg<T> {
  /** Named and flag arguments are introduced by `word`; the others stand in order. */
  readonly kind: 'positional' | 'named' | 'flag' | 'rest';
  /** How it is shown in usage lines: `<timeout>`, `[ status <code> ]`. */
  readonly usage: string;
  /** The word that introduces a named argument or is a flag; undefined means the record's key. */
  readonly word?: string;
  readonly isOptional: boolean;
  readonly isRepeated?: boolean;
  /** True for `if …` / `unless …`: those two words end the optional arguments before it. */
  readonly isCondition?: boolean;
  /** The value used when an optional argument is absent; undefined where there is none. */
  readonly fallback?: T;
  /** What YAML accepts for it. */
  readonly schema: JsonSchema;
  /** Words that parse and words that must be refused: the keyword tests run them all. */
  readonly good: readonly string[];
  readonly bad: readonly string[];
  /** Throws ArgumentError. `name` is the key of the argument in its declaration. */
  parse(words: Words, site: ParseSite, name: string): T;
  /** How YAML writes it. Absent: as one word, or for `rest` arguments as words. */
  readonly form?: WrittenForm;
}

/**
 * How YAML writes an argument. `word`: a scalar, which is one word. `words`: a string that is cut as a line of
 * haproxy.cfg is, or a list of words. `condition`: the keys `if` and `unless`. `group`: a map of its parts. `call`:
 * a map of one name to its arguments. `options`: keys of the map around it, each with its arguments.
 */
export type WrittenForm =
  | { readonly kind: 'word' | 'words' | 'condition' }
  | { readonly kind: 'group'; readonly parts: Args }
  | {
      readonly kind: 'call';
      readonly takesCondition: boolean;
      find(lookup: KeywordLookup, name: string): Declaration | undefined;
    }
  | { readonly kind: 'options'; readonly family: 'bind' | 'server' };

/** The form of an argument, the absent one included. */
export function formOf(argument: Arg<unknown>): WrittenForm {
  return argument.form ?? { kind: argument.kind === 'rest' ? 'words' : 'word' };
}

export type Args = { readonly [name: string]: Arg<unknown> };
export type ValueOf<A> = A extends Arg<infer T> ? T : never;
export type ValuesOf<A extends Args> = { readonly [K in keyof A]: ValueOf<A[K]> };

interface WordArgOptions<T> {
  readonly what: string;
  readonly schema?: JsonSchema;
  readonly good: readonly string[];
  readonly bad?: readonly string[];
  read(word: Word, site: ParseSite, name: string): T;
}

/** An argument that is exactly one word. */
function oneWord<T>(options: WordArgOptions<T>): Arg<T> {
  return {
    kind: 'positional',
    usage: `<${options.what}>`,
    isOptional: false,
    schema: options.schema ?? { type: 'string' },
    good: options.good,
    bad: options.bad ?? [],
    parse: (words, site, name) => options.read(words.take(`<${name}>`), site, name),
  };
}

export interface IntegerLimits {
  readonly min?: number;
  readonly max?: number;
}

function integer(limits: IntegerLimits = {}): Arg<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = limits;
  const range =
    limits.min !== undefined && limits.max !== undefined
      ? `${min}..${max}`
      : limits.min !== undefined
        ? `${min} or more`
        : limits.max !== undefined
          ? `${max} or less`
          : 'an integer';
  return oneWord({
    what: 'number',
    schema: {
      type: 'integer',
      ...(limits.min !== undefined && { minimum: min }),
      ...(limits.max !== undefined && { maximum: max }),
    },
    good: [String(limits.min ?? limits.max ?? 1)],
    bad: [
      'x',
      '1x',
      ...(limits.min !== undefined ? [String(min - 1)] : []),
      ...(limits.max !== undefined ? [String(max + 1)] : []),
    ],
    read(word, _site, name) {
      const value = /^[+-]?\d{1,16}$/.test(word.text) ? Number(word.text) : Number.NaN;
      if (Number.isNaN(value))
        throw new ArgumentError(word.at, `'${word.text}' is not an integer for <${name}>`, {
          remedy: `write ${range}`,
        });
      if (value < min || value > max)
        throw new ArgumentError(word.at, `${word.text} is out of range for <${name}>`, {
          remedy: `write ${range}`,
        });
      return value;
    },
  });
}

/** A duration in milliseconds (manual section 2.5). `unit` is what a bare number counts. */
function duration(options: { readonly unit?: 'ms' | 's'; readonly min?: number } = {}): Arg<number> {
  return oneWord({
    what: 'timeout',
    schema: { type: ['string', 'integer'], pattern: '^[0-9]+(us|ms|s|m|h|d)?$' },
    good: ['5s', '100', '1m'],
    bad: ['5x', 'soon', '-1s', '5constructor'],
    read(word, _site, name) {
      const result = parseDuration(word.text, options.unit ?? 'ms');
      if (typeof result === 'string')
        throw new ArgumentError(word.at, `${result} for <${name}>`, {
          remedy: 'write a number with a unit: us, ms, s, m, h or d, for example 30s',
        });
      if (result < (options.min ?? 0))
        throw new ArgumentError(
          word.at,
          `${word.text} is below the minimum of ${options.min} ms for <${name}>`,
        );
      return result;
    },
  });
}

/** A size in bytes (manual section 2.6): a number with k, m or g. */
function size(): Arg<number> {
  return oneWord({
    what: 'size',
    schema: { type: ['string', 'integer'], pattern: '^[0-9]+[kKmMgG]?$' },
    good: ['16k', '1024', '1g'],
    bad: ['16q', 'big'],
    read(word, _site, name) {
      const result = parseSize(word.text);
      if (typeof result === 'string')
        throw new ArgumentError(word.at, `${result} for <${name}>`, {
          remedy: 'write bytes, or a number with k, m or g, for example 16k',
        });
      return result;
    },
  });
}

/** Any one word. `what` is its noun in usage lines. */
function word(what = 'string'): Arg<string> {
  return oneWord({ what, good: ['example'], read: (w) => w.text });
}

/** The name of a configuration object: letters, digits and `- _ . :` (manual section 4, names). */
function name(what = 'name'): Arg<string> {
  return oneWord({
    what,
    schema: { type: 'string', pattern: '^[-A-Za-z0-9_.:]+$' },
    good: ['web-1'],
    bad: ['sp ace', 'a/b'],
    read(w, _site, argument) {
      const wrong = /[^-A-Za-z0-9_.:]/.exec(w.text);
      if (wrong || w.text === '')
        throw new ArgumentError(
          w.at,
          `character '${wrong?.[0] ?? ''}' is not permitted in <${argument}> '${w.text}'`,
          { remedy: "use letters, digits, '-', '_', '.' and ':'" },
        );
      return w.text;
    },
  });
}

/** One of a fixed set of words. */
function oneOf<const T extends string>(...allowed: readonly T[]): Arg<T> {
  return {
    ...oneWord<T>({
      what: allowed.join('|'),
      schema: { enum: allowed },
      good: allowed,
      bad: ['no-such-word'],
      read(w, _site, argument) {
        const found = allowed.find((value) => value === w.text);
        if (found !== undefined) return found;
        const close = nearest(w.text, allowed);
        throw new ArgumentError(w.at, `'${w.text}' is not a value of <${argument}>`, {
          remedy: close
            ? `did you mean '${close}'? Allowed: ${allowed.join(', ')}`
            : `allowed: ${allowed.join(', ')}`,
        });
      },
    }),
    usage: `{ ${allowed.join(' | ')} }`,
  };
}

/** A reference that the link step checks: the name of a backend, table, userlist… */
function ref(kind: ReferenceKind): Arg<string> {
  return oneWord({
    what: kind,
    good: [],
    read(w, site) {
      site.refer(kind, w.text, w.at);
      return w.text;
    },
  });
}

/** A sample expression: a fetch with converters. It may span several words when it holds blanks in quotes. */
function expression(): Arg<ExpressionModel> {
  return {
    kind: 'positional',
    usage: '<sample>',
    isOptional: false,
    schema: { type: 'string' },
    good: [],
    bad: [],
    parse: (words, site) => site.parseExpression(words),
  };
}

/** A log format in one word (manual section 8.2.6). */
function logFormat(what = 'fmt'): Arg<LogFormatModel> {
  return {
    kind: 'positional',
    usage: `<${what}>`,
    isOptional: false,
    schema: { type: ['string', 'number'] },
    good: [],
    bad: [],
    parse: (words, site, argument) => site.parseLogFormat(words.take(`<${argument}>`)),
  };
}

/** `if …` or `unless …` to the end of the line. Absent means always. */
function condition(): Arg<ConditionModel | null> {
  return {
    kind: 'rest',
    isCondition: true,
    usage: '[ { if | unless } <condition> ]',
    isOptional: true,
    fallback: null,
    schema: { type: 'string' },
    good: [],
    bad: [],
    parse: (words, site) =>
      words.peek() === 'if' || words.peek() === 'unless' ? site.parseCondition(words) : null,
    form: { kind: 'condition' },
  };
}

/** All words that are left, as their texts. */
function rest(what = 'string'): Arg<readonly string[]> {
  return {
    kind: 'rest',
    usage: `<${what}>...`,
    isOptional: false,
    schema: { type: ['array', 'string'], items: { type: 'string' } },
    good: [],
    bad: [],
    parse: (words) => words.takeRest().map((w) => w.text),
  };
}

/** An argument that may be left out. */
function optional<T>(inner: Arg<T>): Arg<T | undefined>;
function optional<T, const F extends T>(inner: Arg<T>, fallback: F): Arg<T>;
function optional<T>(inner: Arg<T>, fallback?: T): Arg<T | undefined> {
  return {
    ...inner,
    isOptional: true,
    ...(fallback !== undefined && { fallback }),
    usage: `[ ${inner.usage} ]`,
  };
}

/** `status <code>`: a value behind a word of its own. `word` defaults to the argument's key. */
function named<T>(inner: Arg<T>, word?: string): Arg<T | undefined> {
  return {
    ...inner,
    kind: 'named',
    isOptional: true,
    ...(word !== undefined && { word }),
    usage: `[ ${word ?? ''} ${inner.usage} ]`,
  };
}

/** A word that is there or not. `word` defaults to the argument's key. */
function flag(word?: string): Arg<boolean> {
  return {
    kind: 'flag',
    ...(word !== undefined && { word }),
    usage: `[ ${word ?? ''} ]`,
    isOptional: true,
    fallback: false,
    schema: { type: 'boolean' },
    good: [],
    bad: [],
    parse: () => true,
  };
}

/** A named argument that may stand several times: `hdr <name> <fmt>` in `http-request return`. */
function repeated<T>(inner: Arg<T | undefined>): Arg<readonly T[]> {
  return {
    ...inner,
    isRepeated: true,
    fallback: [],
    schema: { type: 'array', items: inner.schema },
    parse: inner.parse as unknown as Arg<readonly T[]>['parse'],
  };
}

/** Several values in order, as one argument: `<name> <fmt>`. */
function group<A extends Args>(parts: A): Arg<ValuesOf<A>> {
  const entries = Object.entries(parts);
  return {
    kind: 'positional',
    usage: entries.map(([, part]) => part.usage).join(' '),
    isOptional: false,
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([key, part]) => [key, part.schema])),
      additionalProperties: false,
    },
    good: [],
    bad: [],
    parse: (words, site) =>
      Object.fromEntries(entries.map(([key, part]) => [key, part.parse(words, site, key)])) as ValuesOf<A>,
    form: { kind: 'group', parts },
  };
}

/** A rule of a rule set: its action, the action's arguments and its condition. YAML: a string, or `{ action: arguments }`. */
function rule(ruleSet: RuleSetName): Arg<RuleModel> {
  return {
    kind: 'rest',
    usage: '<action> [options...] [ { if | unless } <condition> ]',
    isOptional: false,
    schema: { $ref: `#/$defs/${ruleSet.replace(' ', '-')}-rule` },
    good: [],
    bad: [],
    parse: (words, site) => site.parseRule(ruleSet, words),
    form: { kind: 'call', takesCondition: true, find: (lookup, name) => lookup.findAction(ruleSet, name) },
  };
}

/** Options of a bind or server line. YAML: a string, or a map of option to value. */
function options(family: 'bind' | 'server'): Arg<SettingsModel> {
  return {
    kind: 'rest',
    usage: `[ ${family === 'bind' ? 'param' : 'option'}... ]`,
    isOptional: true,
    fallback: {},
    schema: { $ref: `#/$defs/${family}-options` },
    good: [],
    bad: [],
    parse: (words, site) => site.parseOptions(family, words),
    form: { kind: 'options', family },
  };
}

/** An entry of a family with its arguments, such as a balance algorithm. */
function call(family: 'balance'): Arg<CallModel> {
  return {
    kind: 'rest',
    usage: '<algorithm> [arguments...]',
    isOptional: false,
    schema: { $ref: `#/$defs/${family}` },
    good: [],
    bad: [],
    parse: (words, site) => site.parseCall(family, words),
    form: { kind: 'call', takesCondition: false, find: (lookup, name) => lookup.find(family, name) },
  };
}

/** The builders, as `arg.duration()` and so on. `arg.custom` makes a one-word argument of a domain's own. */
export const arg = {
  int: integer,
  duration,
  size,
  word,
  name,
  oneOf,
  ref,
  expression,
  logFormat,
  condition,
  rest,
  optional,
  named,
  flag,
  repeated,
  group,
  rule,
  options,
  call,
  custom: oneWord,
};

/** Values that arguments leave in the model must cross threads; a declaration whose values cannot is a type error. */
export type PlainArgs = { readonly [name: string]: Plain };
