/** Checks by what is sent and expected in turn: `option tcp-check` and the `tcp-check` lines (manual section 4.2). */
import { type Arg, arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import {
  CONNECT_ARGS,
  type CommentLine,
  type ConnectLine,
  connectLine,
  type ExpectLine,
  expectArg,
  hexWord,
  readFormat,
  readHex,
  readRegex,
  readText,
} from './check-words.ts';
import type { CheckMethod } from './checks.ts';
import { BACKENDS } from './sections.ts';

export type TcpExpectMatch = 'string' | 'rstring' | 'string-lf' | 'binary' | 'rbinary' | 'binary-lf';

/** What is sent: a text, or hexadecimal digits for bytes; either may be a format. */
export interface TcpSendLine {
  readonly kind: 'send';
  readonly isHex: boolean;
  readonly text: string | LogFormatModel;
  readonly comment: string;
}

/** One `tcp-check` line. */
export type TcpCheckLine = TcpSendLine | ConnectLine | CommentLine | ExpectLine<TcpExpectMatch>;

const tcpExpect = expectArg<TcpExpectMatch>({
  string: readText,
  rstring: readRegex,
  'string-lf': readFormat,
  binary: readHex,
  rbinary: readRegex,
  'binary-lf': readFormat,
});

const comment = arg.named(arg.word('msg'));

function hexArg(): Arg<string> {
  return arg.custom({
    what: 'hexstring',
    good: ['50494e47'],
    bad: ['5', '5x', ''],
    read: (word, _site, name) => hexWord(word, name),
  });
}

/** One of the four lines that send. */
function sendLine(text: string | LogFormatModel, isHex: boolean, said: string | undefined): TcpCheckLine {
  return { kind: 'send', isHex, text, comment: said ?? '' };
}

export const tcpCheckOptions = [
  defineProxyOption({
    name: 'option tcp-check',
    key: 'checkMethod',
    sections: BACKENDS,
    summary: 'Checks servers by the tcp-check lines; without any, by opening a connection.',
    args: {},
    examples: [{ text: 'option tcp-check', result: { kind: 'tcp' } }],
    value: (): CheckMethod => ({ kind: 'tcp' }),
  }),
  defineProxyOption({
    name: 'tcp-check connect',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Opens a connection for the lines behind it, to another port or address where it says so.',
    args: CONNECT_ARGS,
    examples: [
      {
        text: 'tcp-check connect port 110 linger',
        result: { kind: 'connect', port: 110, host: '', lingers: true, comment: '' },
      },
    ],
    value: (values): TcpCheckLine => connectLine(values),
  }),
  defineProxyOption({
    name: 'tcp-check send',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Sends a text in a check.',
    args: { data: arg.word('data'), comment },
    examples: [
      {
        text: 'tcp-check send PING\\r\\n comment ping',
        result: { kind: 'send', isHex: false, text: 'PING\r\n', comment: 'ping' },
      },
    ],
    value: ({ data, comment: said }): TcpCheckLine => sendLine(data, false, said),
  }),
  defineProxyOption({
    name: 'tcp-check send-lf',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Sends a text in a check that is made from a log format each time.',
    args: { fmt: arg.logFormat(), comment },
    examples: [
      {
        text: 'tcp-check send-lf HELO',
        result: {
          kind: 'send',
          isHex: false,
          text: { nodes: [{ kind: 'text', text: 'HELO' }], text: 'HELO' },
          comment: '',
        },
      },
    ],
    value: ({ fmt, comment: said }): TcpCheckLine => sendLine(fmt, false, said),
  }),
  defineProxyOption({
    name: 'tcp-check send-binary',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Sends bytes in a check, written as hexadecimal digits.',
    args: { hexstring: hexArg(), comment },
    examples: [
      {
        text: 'tcp-check send-binary 50494e470d0a',
        result: { kind: 'send', isHex: true, text: '50494e470d0a', comment: '' },
      },
    ],
    value: ({ hexstring, comment: said }): TcpCheckLine => sendLine(hexstring, true, said),
  }),
  defineProxyOption({
    name: 'tcp-check send-binary-lf',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Sends bytes in a check: hexadecimal digits that are made from a log format each time.',
    args: { hexfmt: arg.logFormat('hexfmt'), comment },
    examples: [
      {
        text: 'tcp-check send-binary-lf 4845',
        result: {
          kind: 'send',
          isHex: true,
          text: { nodes: [{ kind: 'text', text: '4845' }], text: '4845' },
          comment: '',
        },
      },
    ],
    value: ({ hexfmt, comment: said }): TcpCheckLine => sendLine(hexfmt, true, said),
  }),
  defineProxyOption({
    name: 'tcp-check expect',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'Says what a server must have sent in a check since it was last sent something.',
    differences: [
      'Formats and expressions know the process and constants; what was received is not available to them.',
    ],
    args: { expectation: tcpExpect },
    examples: [
      {
        text: 'tcp-check expect min-recv 4 string +PONG',
        result: {
          kind: 'expect',
          isNegated: false,
          match: 'string',
          pattern: { kind: 'text', text: '+PONG' },
          comment: '',
          minReceived: 4,
          okStatus: '',
          errorStatus: '',
          timeoutStatus: '',
          onSuccess: null,
          onError: null,
          statusCode: null,
        },
      },
    ],
    value: ({ expectation }): TcpCheckLine => expectation,
  }),
  defineProxyOption({
    name: 'tcp-check comment',
    key: 'tcpCheckLines',
    collect: 'list',
    sections: BACKENDS,
    summary: 'A comment for the line behind it, told when that fails.',
    args: { comment: arg.word('string') },
    examples: [{ text: 'tcp-check comment PING', result: { kind: 'comment', comment: 'PING' } }],
    value: ({ comment: text }): TcpCheckLine => ({ kind: 'comment', comment: text }),
  }),
] as const;
