/** Health checks of backends: `option httpchk` and the `http-check` lines (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Word } from '../keyword/words.ts';
import { BACKENDS } from './sections.ts';

/** The request line and Host field that `option httpchk` asks for. */
export interface HttpCheckRequest {
  readonly kind: 'http';
  readonly method: string;
  readonly uri: string;
  /** As `HTTP/1.0`. */
  readonly version: string;
  /** Complete header lines, without the final line end, as old files put them behind the version; '' for none. */
  readonly headerLines: string;
}

/** One `http-check` line. Fields of `send` that are not written are null and keep what stands. */
export type HttpCheckLine =
  | {
      readonly kind: 'send';
      readonly method: string | null;
      readonly uri: string | null;
      readonly version: string | null;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
      readonly body: string | null;
    }
  | {
      readonly kind: 'expect';
      readonly isNegated: boolean;
      readonly match: ExpectMatch;
      readonly pattern: string;
    };

export type ExpectMatch = 'status' | 'rstatus' | 'string' | 'rstring';

const EXPECT_MATCHES: readonly ExpectMatch[] = ['status', 'rstatus', 'string', 'rstring'];

/** Matches that HAProxy has beside those. */
const UNSUPPORTED_MATCHES: readonly string[] = ['string-lf', 'hdr', 'fhdr'];

type ExpectLine = Extract<HttpCheckLine, { kind: 'expect' }>;

/** `[!] <match> <pattern>`; the `!` may stand alone or before the match. */
function expectArg(): Arg<ExpectLine> {
  return {
    kind: 'positional',
    usage: '[!] { status | rstatus | string | rstring } <pattern>',
    isOptional: false,
    schema: { type: 'string' },
    good: [],
    bad: ['colour'],
    parse(words) {
      const first = words.take('<match>');
      const isNegated = first.text.startsWith('!');
      const match = first.text === '!' ? words.take('<match>') : first;
      const name = matchName(match);
      const pattern = words.take('<pattern>');
      PATTERN_CHECKS[name]?.(pattern);
      return { kind: 'expect', isNegated, match: name, pattern: pattern.text };
    },
    form: { kind: 'words' },
  };
}

function matchName(word: Word): ExpectMatch {
  const text = word.text.replace(/^!/, '');
  const found = EXPECT_MATCHES.find((name) => name === text);
  if (found !== undefined) return found;
  if (UNSUPPORTED_MATCHES.includes(text))
    throw new ArgumentError(
      word.at,
      `'http-check expect ${text}' is something Fairlead does not support yet`,
    );
  throw new ArgumentError(word.at, `'${word.text}' is not a match of http-check expect`, {
    remedy: `allowed: ${EXPECT_MATCHES.join(', ')}, each with ! before it to negate it`,
  });
}

/** `<low>` or `<low>-<high>`, several with commas. */
function checkStatusPattern(pattern: Word): void {
  const isGood = pattern.text.split(',').every((part) => {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part);
    return match !== null && Number(match[2] ?? match[1]) >= Number(match[1]);
  });
  if (isGood) return;
  throw new ArgumentError(pattern.at, `'${pattern.text}' is not a list of statuses for <pattern>`, {
    remedy: 'write statuses or ranges with commas between them: 200,301-308',
  });
}

function checkRegexPattern(pattern: Word): void {
  try {
    new RegExp(pattern.text);
  } catch (error) {
    throw new ArgumentError(pattern.at, `'${pattern.text}' is not a regular expression for <pattern>`, {
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

const PATTERN_CHECKS: { readonly [M in ExpectMatch]?: (pattern: Word) => void } = {
  status: checkStatusPattern,
  rstatus: checkRegexPattern,
  rstring: checkRegexPattern,
};

/** Old files put header lines behind the version, after a line end. */
function versionAndHeaders(version: Word | undefined, host: string | undefined, site: ParseSite) {
  const text = version?.text ?? 'HTTP/1.0';
  const lineEnd = text.search(/[\r\n]/);
  const hostLine = host === undefined ? '' : `host: ${host}`;
  if (version === undefined || lineEnd < 0) return { version: text, headerLines: hostLine };
  const lines = text
    .slice(lineEnd)
    .split(/\r\n|\n/)
    .slice(1)
    .filter((line) => line !== '');
  const wrong = lines.find((line) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*$/.test(line));
  if (wrong !== undefined)
    throw new ArgumentError(version.at, `'${wrong}' behind the version is not a header line`, {
      remedy: "write the version alone, and the headers on a line 'http-check send hdr <name> <value>'",
    });
  site.warn(version.at, 'header lines behind the version of option httpchk are an old form', {
    remedy: "write them as 'http-check send hdr <name> <value>'",
  });
  return {
    version: text.slice(0, lineEnd),
    headerLines: [hostLine, ...lines].filter((line) => line !== '').join('\r\n'),
  };
}

/** A word with its place, for values that are looked at once more. */
function placedWord(what: string): Arg<Word> {
  return { ...arg.custom({ what, good: ['example'], read: (word) => word }) };
}

export const checkOptions = [
  defineProxyOption({
    name: 'option httpchk',
    key: 'httpCheck',
    sections: BACKENDS,
    summary: 'Checks servers with an HTTP request; statuses 2xx and 3xx are healthy.',
    args: {
      first: arg.optional(arg.word('method or uri')),
      uri: arg.optional(arg.word('uri')),
      version: arg.optional(placedWord('version')),
      host: arg.optional(arg.word('host')),
    },
    examples: [
      {
        text: 'option httpchk',
        result: { kind: 'http', method: 'OPTIONS', uri: '/', version: 'HTTP/1.0', headerLines: '' },
      },
      {
        text: 'option httpchk /health',
        result: { kind: 'http', method: 'OPTIONS', uri: '/health', version: 'HTTP/1.0', headerLines: '' },
      },
      {
        text: 'option httpchk GET /health',
        result: { kind: 'http', method: 'GET', uri: '/health', version: 'HTTP/1.0', headerLines: '' },
      },
      {
        text: 'option httpchk HEAD / HTTP/1.1 www.example.com',
        result: {
          kind: 'http',
          method: 'HEAD',
          uri: '/',
          version: 'HTTP/1.1',
          headerLines: 'host: www.example.com',
        },
      },
    ],
    value: ({ first, uri, version, host }, site): HttpCheckRequest => ({
      kind: 'http',
      method: uri === undefined ? 'OPTIONS' : (first ?? 'OPTIONS'),
      uri: uri ?? first ?? '/',
      ...versionAndHeaders(version, host, site),
    }),
  }),
  defineProxyOption({
    name: 'http-check send',
    key: 'httpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Says what the request of an HTTP health check is made of.',
    args: {
      meth: arg.named(arg.word('method')),
      uri: arg.named(arg.word('uri')),
      ver: arg.named(arg.word('version')),
      hdr: arg.repeated(arg.named(arg.group({ name: arg.word('name'), value: arg.word('value') }))),
      body: arg.named(arg.word('string')),
      comment: arg.named(arg.word('msg')),
    },
    examples: [
      {
        text: 'http-check send meth GET uri /health ver HTTP/1.1 hdr Host example.com',
        result: {
          kind: 'send',
          method: 'GET',
          uri: '/health',
          version: 'HTTP/1.1',
          headers: [{ name: 'Host', value: 'example.com' }],
          body: null,
        },
      },
    ],
    value: ({ meth, uri, ver, hdr, body }): HttpCheckLine => ({
      kind: 'send',
      method: meth ?? null,
      uri: uri ?? null,
      version: ver ?? null,
      headers: hdr,
      body: body ?? null,
    }),
  }),
  defineProxyOption({
    name: 'http-check expect',
    key: 'httpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Says which response of an HTTP health check is healthy.',
    args: { expectation: expectArg(), comment: arg.named(arg.word('msg')) },
    examples: [
      {
        text: 'http-check expect status 200-399',
        result: { kind: 'expect', isNegated: false, match: 'status', pattern: '200-399' },
      },
      {
        text: 'http-check expect ! string SQL\\ Error',
        result: { kind: 'expect', isNegated: true, match: 'string', pattern: 'SQL Error' },
      },
    ],
    value: ({ expectation }): HttpCheckLine => expectation,
  }),
] as const;
