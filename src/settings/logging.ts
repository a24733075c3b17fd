/** Proxy keywords about log lines (manual sections 4.2 and 8). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption, switchOf } from '../keyword/declaration.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import { type LogTarget, logExamples, logTargetArgs, logTargetOf } from './log-target.ts';
import { ANY_PROXY, BACKENDS, FRONTENDS } from './sections.ts';
import { withoutEffect } from './without-effect.ts';

/** A line of a proxy's logger list; the link step puts the targets of the global section in place of `global`. */
export type LogLine = LogTarget | 'global';

/** What a log line looks like: one of the formats of manual section 8.2, or the user's own. */
export type LogFormatChoice =
  | { readonly kind: 'http' | 'http-clf' | 'https' | 'tcp' | 'tcp-clf' }
  | { readonly kind: 'custom'; readonly format: LogFormatModel };

export const loggingOptions = [
  defineProxyOption({
    name: 'log global',
    key: 'logs',
    collect: 'list',
    sections: ANY_PROXY,
    summary: 'Sends the log lines of this proxy to the targets of the global section.',
    args: {},
    examples: [{ text: 'log global', result: 'global' }],
    value: (): LogLine => 'global',
  }),
  defineProxyOption({
    name: 'log',
    key: 'logs',
    collect: 'list',
    clears: true,
    sections: ANY_PROXY,
    summary: 'Adds a target for the log lines of this proxy.',
    args: logTargetArgs,
    examples: logExamples,
    value: (args): LogLine => logTargetOf(args),
  }),
  defineProxyOption({
    name: 'log-format',
    key: 'logFormat',
    sections: FRONTENDS,
    summary: 'Writes log lines in a format of your own.',
    args: { fmt: arg.logFormat() },
    evaluatedIn: 'log line',
    examples: [
      {
        text: 'log-format done',
        result: { kind: 'custom', format: { nodes: [{ kind: 'text', text: 'done' }], text: 'done' } },
      },
    ],
    value: ({ fmt }): LogFormatChoice => ({ kind: 'custom', format: fmt }),
  }),
  defineProxyOption({
    name: 'error-log-format',
    key: 'errorLogFormat',
    sections: FRONTENDS,
    summary:
      'Writes log lines of connections that end in an error before there is a request in another format.',
    differences: [
      'As HAProxy 2.6 does it: lines of requests keep their format whatever happens to them, although the manual says that errors and status codes 5xx change it.',
    ],
    args: { fmt: arg.logFormat() },
    evaluatedIn: 'log line',
    examples: [
      {
        text: 'error-log-format bad',
        result: { nodes: [{ kind: 'text', text: 'bad' }], text: 'bad' },
      },
    ],
    value: ({ fmt }) => fmt,
  }),
  defineProxyOption({
    name: 'log-format-sd',
    key: 'structuredData',
    sections: FRONTENDS,
    summary: 'The structured data of log lines to targets of the format rfc5424.',
    args: { fmt: arg.logFormat() },
    evaluatedIn: 'log line',
    examples: [
      {
        text: 'log-format-sd [a@1]',
        result: { nodes: [{ kind: 'text', text: '[a@1]' }], text: '[a@1]' },
      },
    ],
    value: ({ fmt }) => fmt,
  }),
  defineProxyOption({
    name: 'option httplog',
    key: 'logFormat',
    sections: FRONTENDS,
    modes: ['http'],
    elsewhere: { value: { kind: 'tcp' }, text: "Falling back to 'option tcplog'" },
    summary: 'Writes one line per request in the HTTP log format, or in the CLF form of it.',
    args: { clf: arg.flag() },
    examples: [
      { text: 'option httplog', result: { kind: 'http' } },
      { text: 'option httplog clf', result: { kind: 'http-clf' } },
    ],
    value: ({ clf }): LogFormatChoice => ({ kind: clf ? 'http-clf' : 'http' }),
  }),
  defineProxyOption({
    name: 'option httpslog',
    key: 'logFormat',
    sections: FRONTENDS,
    modes: ['http'],
    elsewhere: { value: { kind: 'tcp' }, text: "Falling back to 'option tcplog'" },
    summary: 'Writes one line per request in the HTTP log format with what is known of TLS behind it.',
    differences: ['TLS is not supported yet: its fields are those of a connection without it.'],
    args: {},
    examples: [{ text: 'option httpslog', result: { kind: 'https' } }],
    value: (): LogFormatChoice => ({ kind: 'https' }),
  }),
  defineProxyOption({
    name: 'option tcplog',
    key: 'logFormat',
    sections: FRONTENDS,
    summary: 'Writes one line per connection in the TCP log format, or in the CLF form of it.',
    args: { clf: arg.flag() },
    examples: [
      { text: 'option tcplog', result: { kind: 'tcp' } },
      { text: 'option tcplog clf', result: { kind: 'tcp-clf' } },
    ],
    value: ({ clf }): LogFormatChoice => ({ kind: clf ? 'tcp-clf' : 'tcp' }),
  }),
  defineProxyOption({
    name: 'log-tag',
    key: 'logTag',
    sections: ANY_PROXY,
    summary: 'The program name in the log lines of this proxy.',
    args: { tag: arg.word('tag') },
    examples: [{ text: 'log-tag shop', result: 'shop' }],
    value: ({ tag }) => tag,
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option dontlognull',
      key: 'dontLogNull',
      sections: FRONTENDS,
      summary: 'Writes no line for connections on which the client sent nothing.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option logasap',
      key: 'logAsap',
      sections: FRONTENDS,
      summary: 'Writes the line when the response begins instead of when it ends.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option dontlog-normal',
      key: 'dontLogNormal',
      sections: FRONTENDS,
      summary: 'Writes lines only of what went wrong: errors, timeouts, retries and status codes from 500.',
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option log-separate-errors',
      key: 'logSeparateErrors',
      sections: FRONTENDS,
      summary: "Writes the lines of what went wrong with level 'err' instead of 'info'.",
    }),
  }),
  defineProxyOption({
    ...switchOf({
      name: 'option log-health-checks',
      key: 'logHealthChecks',
      sections: BACKENDS,
      summary: 'Logs every change of a health check, not only changes of the server state.',
    }),
  }),
  defineProxyOption(
    withoutEffect({
      name: 'option contstats',
      summary: 'Counts bytes while a transfer runs instead of when it ends.',
      why: 'counters are always updated while a transfer runs',
      args: {},
      example: 'option contstats',
      sections: FRONTENDS,
      isNegatable: true,
    }),
  ),
] as const;
