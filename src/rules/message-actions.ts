/** Actions on the start line and on the log line: set-method, set-status, set-log-level (manual section 4.4). */
import { byteStringOf } from '../bytes/byte-text.ts';
import { reasonOf } from '../http/status.ts';
import { arg } from '../keyword/arg.ts';
import { LOG_LEVELS, LOG_SILENT } from '../log/levels.ts';
import { type ActionRun, defineAction, Verdict } from './declare.ts';
import { lineFormatArg, lineTextArg } from './text-args.ts';

/** RFC 9110 §9.1. */
const METHOD = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

export const messageActions = [
  defineAction({
    name: 'set-method',
    summary: 'Gives the request another method.',
    ruleSets: ['http-request'],
    args: { fmt: lineFormatArg() },
    differences: [
      'A value that is no method leaves the method as it is, and so do CONNECT, to which and from which nothing changes.',
    ],
    examples: [
      {
        given: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
        text: 'set-method POST',
        result: 'POST / HTTP/1.1\r\nhost: a',
      },
    ],
    compile({ fmt }, compiler): ActionRun {
      const text = compiler.logFormat(fmt);
      return (stream) => {
        const head = stream.request;
        if (head === null || head.method === 'CONNECT') return Verdict.CONTINUE;
        const method = text(stream);
        if (method !== 'CONNECT' && METHOD.test(method)) head.replacedMethod = method;
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'set-status',
    summary: 'Gives the response another status, with its usual reason phrase or the one given.',
    ruleSets: ['http-response', 'http-after-response'],
    args: { status: arg.int({ min: 200, max: 999 }), reason: arg.named(lineTextArg('str')) },
    differences: ['Statuses below 200 are refused: they are no final responses.'],
    examples: [
      {
        given: 'HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n',
        text: 'set-status 431',
        result: 'HTTP/1.1 431 Request Header Fields Too Large\r\nx-a: 1',
      },
      {
        given: 'HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n',
        text: 'set-status 503 reason "Slow Down"',
        result: 'HTTP/1.1 503 Slow Down\r\nx-a: 1',
      },
    ],
    compile({ status, reason }): ActionRun {
      const phrase = reason === undefined ? reasonOf(status) : byteStringOf(reason);
      return (stream) => {
        const head = stream.response;
        if (head === null || head.status === 101) return Verdict.CONTINUE;
        head.status = status;
        head.replacedReason = phrase;
        return Verdict.CONTINUE;
      };
    },
  }),
  defineAction({
    name: 'set-log-level',
    summary: "Changes the level of the stream's log line, or keeps the line back.",
    ruleSets: ['http-request', 'http-response', 'http-after-response'],
    args: { level: arg.oneOf(...LOG_LEVELS, 'silent') },
    examples: [
      { given: 'GET / HTTP/1.1\r\n\r\n', text: 'set-log-level err', result: 'level 3' },
      { given: 'GET / HTTP/1.1\r\n\r\n', text: 'set-log-level silent', result: 'level -1' },
    ],
    compile({ level }): ActionRun {
      const number = level === 'silent' ? LOG_SILENT : LOG_LEVELS.indexOf(level);
      return (stream) => {
        stream.setLogLevel(number);
        return Verdict.CONTINUE;
      };
    },
  }),
] as const;
