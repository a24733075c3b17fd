/** Health checks of backends: `option httpchk` and the `http-check` lines (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Word } from '../keyword/words.ts';
import {
  CONNECT_ARGS,
  type CommentLine,
  type ConnectLine,
  connectLine,
  type ExpectLine,
  expectArg,
  readFormat,
  readHeader,
  readRegex,
  readStatuses,
  readText,
} from './check-words.ts';
import { BACKENDS } from './sections.ts';
import { tcpCheckOptions } from './tcp-checks.ts';

/** How servers are checked, beyond that a connection opens. */
export type CheckMethod =
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly uri: string;
      /** As `HTTP/1.0`. */
      readonly version: string;
      /** Complete header lines, without the final line end, as old files put them behind the version; '' for none. */
      readonly headerLines: string;
    }
  | { readonly kind: 'tcp' };

export type HttpExpectMatch = 'status' | 'rstatus' | 'string' | 'rstring' | 'string-lf' | 'hdr' | 'fhdr';

/** A text, or a format that is made a text with each check. */
export type CheckText = string | LogFormatModel;

/** What `http-check send` says. Fields that are not written are null and keep what stands. */
export interface HttpSendLine {
  readonly kind: 'send';
  readonly method: string | null;
  readonly uri: CheckText | null;
  readonly version: string | null;
  readonly headers: readonly { readonly name: string; readonly value: LogFormatModel }[];
  readonly body: CheckText | null;
  readonly comment: string;
}

/** One `http-check` line. */
export type HttpCheckLine = HttpSendLine | ConnectLine | CommentLine | ExpectLine<HttpExpectMatch>;

const httpExpect = expectArg<HttpExpectMatch>({
  status: readStatuses,
  rstatus: readRegex,
  string: readText,
  rstring: readRegex,
  'string-lf': readFormat,
  hdr: readHeader,
  fhdr: readHeader,
});

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

/** An expect line without options, for examples. */
const WRITTEN = {
  kind: 'expect',
  isNegated: false,
  comment: '',
  minReceived: -1,
  okStatus: '',
  errorStatus: '',
  timeoutStatus: '',
  onSuccess: null,
  onError: null,
  statusCode: null,
};

export const checkOptions = [
  defineProxyOption({
    name: 'option httpchk',
    key: 'checkMethod',
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
    value: ({ first, uri, version, host }, site): CheckMethod => ({
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
      'uri-lf': arg.named(arg.logFormat()),
      ver: arg.named(arg.word('version')),
      hdr: arg.repeated(arg.named(arg.group({ name: arg.word('name'), value: arg.logFormat() }))),
      body: arg.named(arg.word('string')),
      'body-lf': arg.named(arg.logFormat()),
      comment: arg.named(arg.word('msg')),
    },
    examples: [
      {
        text: 'http-check send meth GET uri /health ver HTTP/1.1 body hello',
        result: {
          kind: 'send',
          method: 'GET',
          uri: '/health',
          version: 'HTTP/1.1',
          headers: [],
          body: 'hello',
          comment: '',
        },
      },
    ],
    value: ({ meth, uri, ver, hdr, body, comment, ...formats }): HttpCheckLine => ({
      kind: 'send',
      method: meth ?? null,
      uri: uri ?? formats['uri-lf'] ?? null,
      version: ver ?? null,
      headers: hdr,
      body: body ?? formats['body-lf'] ?? null,
      comment: comment ?? '',
    }),
  }),
  defineProxyOption({
    name: 'http-check expect',
    key: 'httpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Says which response of an HTTP health check is healthy.',
    differences: [
      'Formats and expressions know the process and constants; what was received is not available to them.',
    ],
    args: { expectation: httpExpect },
    examples: [
      {
        text: 'http-check expect status 200-399',
        result: { ...WRITTEN, match: 'status', pattern: { kind: 'text', text: '200-399' } },
      },
      {
        text: 'http-check expect ! string SQL\\ Error comment database',
        result: {
          ...WRITTEN,
          isNegated: true,
          match: 'string',
          pattern: { kind: 'text', text: 'SQL Error' },
          comment: 'database',
        },
      },
      {
        text: 'http-check expect hdr name set-cookie value -m beg sessid=',
        result: {
          ...WRITTEN,
          match: 'hdr',
          pattern: {
            kind: 'header',
            name: { method: 'str', text: 'set-cookie' },
            value: { method: 'beg', text: 'sessid=' },
          },
        },
      },
    ],
    value: ({ expectation }): HttpCheckLine => expectation,
  }),
  defineProxyOption({
    name: 'http-check connect',
    key: 'httpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Opens a connection for the lines behind it, to another port or address where it says so.',
    args: CONNECT_ARGS,
    examples: [
      {
        text: 'http-check connect port 8080 addr 127.0.0.1 linger',
        result: { kind: 'connect', port: 8080, host: '127.0.0.1', lingers: true, comment: '' },
      },
    ],
    value: (values): HttpCheckLine => connectLine(values),
  }),
  defineProxyOption({
    name: 'http-check comment',
    key: 'httpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'A comment for the line behind it, told when that fails.',
    args: { comment: arg.word('string') },
    examples: [{ text: 'http-check comment database', result: { kind: 'comment', comment: 'database' } }],
    value: ({ comment }): HttpCheckLine => ({ kind: 'comment', comment }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'http-check disable-on-404',
      key: 'httpCheckDisablesOn404',
      sections: BACKENDS,
      summary: 'A server in use that answers checks with 404 takes no new traffic, but is not down.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'http-check send-state',
      key: 'httpCheckSendsState',
      sections: BACKENDS,
      summary: 'Sends with each HTTP check how the server is seen, in X-Haproxy-Server-State.',
    }),
  }),
  ...tcpCheckOptions,
] as const;
