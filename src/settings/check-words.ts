/** What the lines of `http-check` and `tcp-check` have in common: where they connect and what they expect (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import type { ExpressionModel, LogFormatModel } from '../keyword/language-model.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Word, type Words } from '../keyword/words.ts';
import { parseIp } from '../net/ip.ts';
import { compileUserRegex } from '../sample/user-regex.ts';

/** `connect`: '' and 0 take the address and port of the server's checks. */
export interface ConnectLine {
  readonly kind: 'connect';
  readonly port: number | ExpressionModel;
  readonly host: string;
  readonly lingers: boolean;
  readonly comment: string;
}

export interface CommentLine {
  readonly kind: 'comment';
  readonly comment: string;
}

/** `expect`; `M` are the names of its matches. */
export interface ExpectLine<M extends string> {
  readonly kind: 'expect';
  readonly isNegated: boolean;
  readonly match: M;
  readonly pattern: ExpectPattern;
  readonly comment: string;
  /** -1 where it is not written. */
  readonly minReceived: number;
  /** '' where it is not written. */
  readonly okStatus: OkStatus | '';
  readonly errorStatus: ErrorStatus | '';
  readonly timeoutStatus: TimeoutStatus | '';
  readonly onSuccess: LogFormatModel | null;
  readonly onError: LogFormatModel | null;
  readonly statusCode: ExpressionModel | null;
}

export type ExpectPattern =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'format'; readonly format: LogFormatModel }
  | { readonly kind: 'header'; readonly name: HeaderPart; readonly value: HeaderPart | null };

export interface HeaderPart {
  readonly method: HeaderMethod;
  /** A text, or a format for `name-lf` and `value-lf`. */
  readonly text: string | LogFormatModel;
}

const HEADER_METHODS = ['str', 'beg', 'end', 'sub', 'reg'] as const;
export type HeaderMethod = (typeof HEADER_METHODS)[number];

const OK_STATUSES = ['L7OK', 'L7OKC', 'L6OK', 'L4OK'] as const;
const ERROR_STATUSES = ['L7OKC', 'L7RSP', 'L7STS', 'L6RSP', 'L4CON'] as const;
const TIMEOUT_STATUSES = ['L7TOUT', 'L6TOUT', 'L4TOUT'] as const;
export type OkStatus = (typeof OK_STATUSES)[number];
export type ErrorStatus = (typeof ERROR_STATUSES)[number];
export type TimeoutStatus = (typeof TIMEOUT_STATUSES)[number];

/** How the patterns of the matches are read. */
export type PatternReaders<M extends string> = {
  readonly [match in M]: (words: Words, site: ParseSite) => ExpectPattern;
};

/** `[options] [!] <match> <pattern> [options]`; the `!` may stand alone or before the match. */
export function expectArg<M extends string>(readers: PatternReaders<M>): Arg<ExpectLine<M>> {
  const matches = Object.keys(readers) as M[];
  return {
    kind: 'rest',
    usage: `[min-recv <int>] [comment <msg>] [ok-status <st>] [error-status <st>] [tout-status <st>] [on-success <fmt>] [on-error <fmt>] [status-code <expr>] [!] { ${matches.join(' | ')} } <pattern>`,
    isOptional: false,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
    good: [],
    bad: ['colour'],
    parse(words, site) {
      const found = { ...NOTHING_WRITTEN } as { -readonly [K in keyof Options]: Options[K] };
      while (readOption(words, site, found));
      const first = words.take('<match>');
      const isNegated = first.text.startsWith('!');
      const word = first.text === '!' ? words.take('<match>') : first;
      const match = matches.find((name) => name === word.text.replace(/^!/, ''));
      if (match === undefined)
        throw new ArgumentError(word.at, `'${word.text}' is not a match of this check`, {
          remedy: `allowed: ${matches.join(', ')}, each with ! before it to negate it`,
        });
      const pattern = readers[match](words, site);
      while (readOption(words, site, found));
      if (!words.isEmpty)
        throw new ArgumentError(words.at, `unknown argument '${words.peek()}'`, {
          remedy: `allowed here: ${[...OPTION_READERS.keys()].join(', ')}`,
        });
      return { kind: 'expect', isNegated, match, pattern, ...found };
    },
    form: { kind: 'words' },
  };
}

type Options = Omit<ExpectLine<never>, 'kind' | 'isNegated' | 'match' | 'pattern'>;
type OptionReader = (words: Words, site: ParseSite, name: string) => Partial<Options>;

const NOTHING_WRITTEN: Options = Object.freeze({
  comment: '',
  minReceived: -1,
  okStatus: '',
  errorStatus: '',
  timeoutStatus: '',
  onSuccess: null,
  onError: null,
  statusCode: null,
});

const minimum = arg.int({ min: -1, max: 0x7fffffff });
const okStatus = arg.oneOf(...OK_STATUSES);
const errorStatus = arg.oneOf(...ERROR_STATUSES);
const timeoutStatus = arg.oneOf(...TIMEOUT_STATUSES);

const OPTION_READERS: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ['comment', (words, _site, name) => ({ comment: words.take(`<${name}>`).text })],
  ['min-recv', (words, site, name) => ({ minReceived: minimum.parse(words, site, name) })],
  ['ok-status', (words, site, name) => ({ okStatus: okStatus.parse(words, site, name) })],
  ['error-status', (words, site, name) => ({ errorStatus: errorStatus.parse(words, site, name) })],
  ['tout-status', (words, site, name) => ({ timeoutStatus: timeoutStatus.parse(words, site, name) })],
  ['on-success', (words, site, name) => ({ onSuccess: site.parseLogFormat(words.take(`<${name}>`)) })],
  ['on-error', (words, site, name) => ({ onError: site.parseLogFormat(words.take(`<${name}>`)) })],
  ['status-code', (words, site) => ({ statusCode: site.parseExpression(words) })],
]);

/** Takes an option and its value, if one is next. */
function readOption(
  words: Words,
  site: ParseSite,
  found: { -readonly [K in keyof Options]: Options[K] },
): boolean {
  const name = words.peek() ?? '';
  const reader = OPTION_READERS.get(name);
  if (reader === undefined) return false;
  words.take(name);
  Object.assign(found, reader(words, site, name));
  return true;
}

// Patterns.

export function readText(words: Words): ExpectPattern {
  return { kind: 'text', text: words.take('<pattern>').text };
}

export function readFormat(words: Words, site: ParseSite): ExpectPattern {
  return { kind: 'format', format: site.parseLogFormat(words.take('<fmt>')) };
}

export function readRegex(words: Words): ExpectPattern {
  const word = words.take('<regex>');
  checkRegex(word);
  return { kind: 'text', text: word.text };
}

function checkRegex(word: Word): void {
  const compiled = compileUserRegex(word.text, { ignoreCase: false });
  if (typeof compiled === 'string')
    throw new ArgumentError(word.at, `'${word.text}' is not a regular expression for <pattern>`, {
      reason: compiled,
    });
}

/** An even number of hexadecimal digits. */
export function readHex(words: Words): ExpectPattern {
  return { kind: 'text', text: hexWord(words.take('<hexstring>'), 'hexstring') };
}

/** Throws an ArgumentError that names the argument. */
export function hexWord(word: Word, name: string): string {
  if (/^(?:[0-9a-fA-F]{2})+$/.test(word.text)) return word.text;
  throw new ArgumentError(
    word.at,
    `'${word.text}' is not an even number of hexadecimal digits for <${name}>`,
    {
      remedy: 'write two digits for each byte: 50494e47',
    },
  );
}

/** `<low>` or `<low>-<high>`, several with commas. */
export function readStatuses(words: Words): ExpectPattern {
  const pattern = words.take('<codes>');
  const isGood = pattern.text.split(',').every((part) => {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part);
    return match !== null && Number(match[2] ?? match[1]) >= Number(match[1]);
  });
  if (isGood) return { kind: 'text', text: pattern.text };
  throw new ArgumentError(pattern.at, `'${pattern.text}' is not a list of statuses for <pattern>`, {
    remedy: 'write statuses or ranges with commas between them: 200,301-308',
  });
}

/** `{ name | name-lf } [-m <meth>] <name> [ { value | value-lf } [-m <meth>] <value> ]`. */
export function readHeader(words: Words, site: ParseSite): ExpectPattern {
  const name = readHeaderPart('name', words, site);
  if (name === null)
    throw new ArgumentError(words.at, "'name' or 'name-lf' is missing", {
      remedy: 'write the header as: name <name>',
    });
  return { kind: 'header', name, value: readHeaderPart('value', words, site) };
}

function readHeaderPart(what: 'name' | 'value', words: Words, site: ParseSite): HeaderPart | null {
  const isFormat = words.takeIf(`${what}-lf`);
  if (!isFormat && !words.takeIf(what)) return null;
  const method = words.takeIf('-m') ? headerMethod.parse(words, site, 'meth') : 'str';
  const at = words.at;
  const word = words.take(`<${what}>`);
  if (method === 'reg' && isFormat)
    throw new ArgumentError(at, `'${what}-lf' cannot be used with the regex matching method`);
  if (method === 'reg') checkRegex(word);
  return { method, text: isFormat ? site.parseLogFormat(word) : word.text };
}

const headerMethod = arg.oneOf(...HEADER_METHODS);

// Connections.

/** The arguments of `http-check connect` and `tcp-check connect`. */
export const CONNECT_ARGS = {
  default: arg.flag(),
  port: arg.named(portArg()),
  addr: arg.named(ipArg()),
  linger: arg.flag(),
  comment: arg.named(arg.word('msg')),
};

export function connectLine(values: {
  readonly port: number | ExpressionModel | undefined;
  readonly addr: string | undefined;
  readonly linger: boolean;
  readonly comment: string | undefined;
}): ConnectLine {
  const { port = 0, addr = '', linger, comment = '' } = values;
  return { kind: 'connect', port, host: addr, lingers: linger, comment };
}

/** A port, or an expression that yields one. */
function portArg(): Arg<number | ExpressionModel> {
  return {
    kind: 'positional',
    usage: '<expr>',
    isOptional: false,
    schema: { type: ['string', 'integer'] },
    good: ['8080'],
    bad: ['0', '65536', 'no_such_fetch'],
    parse(words, site) {
      const text = words.peek() ?? '';
      if (!/^\d+$/.test(text)) return site.parseExpression(words);
      const word = words.take('<port>');
      if (Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
      throw new ArgumentError(word.at, `${text} is not a port`, { remedy: 'write 1 to 65535' });
    },
  };
}

/** An address without a port, as numbers: checks resolve no names of their own. */
export function ipArg(): Arg<string> {
  return arg.custom({
    what: 'ip',
    good: ['127.0.0.1', '::1'],
    bad: ['127.0.0.1:80', '10.0.0', ''],
    read(word, _site, name) {
      const text = word.text.replace(/^ipv[46]@/, '');
      if (parseIp(text) !== null) return text;
      throw new ArgumentError(word.at, `'${word.text}' is not an IP address for <${name}>`, {
        remedy: "write an IPv4 or IPv6 address without port; the port goes to 'port <number>'",
      });
    },
  });
}
