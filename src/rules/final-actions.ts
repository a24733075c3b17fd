/** Actions that end the stream or the rule set: allow, deny, return, redirect (manual section 4.4). */
import { ERROR_PAGE_STATUSES } from '../http/error-pages.ts';
import { arg } from '../keyword/arg.ts';
import type { RuleSetName } from '../keyword/site.ts';
import { compileReply } from './compile-reply.ts';
import { type ActionRun, defineAction, Verdict } from './declare.ts';
import { compileRedirect, redirectArgs, redirectProblem } from './redirect.ts';
import { noPage, replyArgs, replyProblem, saysContent, statusArg } from './reply-args.ts';

/** The termination state of a stream that a rule answers: `L` here, `P` refused, then where it was. */
function terminationOf(who: 'L' | 'P', ruleSet: RuleSetName): string {
  return `${who}${ruleSet === 'http-request' ? 'R' : 'H'}`;
}

const REPLY_DIFFERENCES = [
  '`errorfiles <name>` is not supported yet.',
  'Names of headers must be tokens.',
] as const;

const GIVEN = 'GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n';

interface DenyStatus {
  readonly status: number | undefined;
  readonly denyStatus: number | undefined;
}

function denyStatusOf({ status, denyStatus }: DenyStatus, ruleSet: RuleSetName): number {
  return status ?? denyStatus ?? (ruleSet === 'http-request' ? 403 : 502);
}

export const finalActions = [
  defineAction({
    name: 'allow',
    summary: 'Ends this rule set: the message goes on.',
    ruleSets: ['http-request', 'http-response', 'http-after-response'],
    isFinal: true,
    args: {},
    examples: [{ given: GIVEN, text: 'allow', result: 'stop' }],
    compile: (): ActionRun => () => Verdict.STOP,
  }),
  defineAction({
    name: 'deny',
    summary: 'Refuses the message, by default with the error page 403 for a request and 502 for a response.',
    ruleSets: ['http-request', 'http-response'],
    isFinal: true,
    args: {
      status: arg.named(statusArg),
      denyStatus: arg.named(statusArg, 'deny_status'),
      ...replyArgs,
    },
    differences: REPLY_DIFFERENCES,
    examples: [
      { given: GIVEN, text: 'deny deny_status 429', result: 'page 429 PR' },
      {
        given: GIVEN,
        text: 'deny status 418 hdr X-A %[path]',
        result: "HTTP/1.1 418 I'm a teapot\r\nx-a: /a\r\ncontent-length: 0\r\n\r\n",
      },
    ],
    check(args, place) {
      const code = denyStatusOf(args, place.ruleSet);
      const isPlain = args.status === undefined && !saysContent(args);
      if (isPlain && !ERROR_PAGE_STATUSES.includes(code)) return noPage(code);
      return replyProblem(args, code, place);
    },
    compile(args, compiler, ruleSet): ActionRun {
      const side = ruleSet === 'http-request' ? 'request' : 'response';
      const status = denyStatusOf(args, ruleSet);
      const termination = terminationOf('P', ruleSet);
      if (args.defaultErrorfiles || (args.status === undefined && !saysContent(args))) {
        return (stream) => {
          stream.countDenied(side);
          stream.reply = stream.errorReply(status, termination);
          return Verdict.REPLY;
        };
      }
      const build = compileReply(args, { status, termination }, compiler);
      return (stream) => {
        stream.countDenied(side);
        stream.reply = build(stream);
        return Verdict.REPLY;
      };
    },
  }),
  defineAction({
    name: 'return',
    summary: 'Answers here, with a status, headers and a body from the configuration or a file.',
    ruleSets: ['http-request', 'http-response'],
    isFinal: true,
    args: { status: arg.named(statusArg), ...replyArgs },
    differences: REPLY_DIFFERENCES,
    examples: [
      {
        given: GIVEN,
        text: 'return status 200 content-type text/plain string hello',
        result: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: text/plain\r\n\r\nhello',
      },
      {
        given: GIVEN,
        text: 'return status 403 content-type text/plain lf-string "Access denied. IP %[src] is blacklisted."',
        result:
          'HTTP/1.1 403 Forbidden\r\ncontent-length: 43\r\ncontent-type: text/plain\r\n\r\nAccess denied. IP 192.0.2.7 is blacklisted.',
      },
      { given: GIVEN, text: 'return status 404 default-errorfiles', result: 'page 404 LR' },
    ],
    check: (args, place) => replyProblem(args, args.status ?? 200, place),
    compile(args, compiler, ruleSet): ActionRun {
      const status = args.status ?? 200;
      const termination = terminationOf('L', ruleSet);
      if (args.defaultErrorfiles) {
        return (stream) => {
          stream.reply = stream.errorReply(status, termination);
          return Verdict.REPLY;
        };
      }
      const build = compileReply(args, { status, termination }, compiler);
      return (stream) => {
        stream.reply = build(stream);
        return Verdict.REPLY;
      };
    },
  }),
  defineAction({
    name: 'redirect',
    summary:
      'Answers with a redirection to a location, to the same path behind a prefix, or to another scheme.',
    ruleSets: ['http-request', 'http-response'],
    isFinal: true,
    args: redirectArgs,
    differences: ['More than one location, prefix or scheme, or more than one cookie, is an error.'],
    examples: [
      {
        given: GIVEN,
        text: 'redirect scheme https code 301',
        result: 'HTTP/1.1 301 Moved Permanently\r\ncontent-length: 0\r\nlocation: https://x/a?b\r\n\r\n',
      },
      {
        given: GIVEN,
        text: 'redirect prefix / drop-query append-slash set-cookie SEEN=1',
        result:
          'HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /a/\r\ncache-control: no-cache\r\nset-cookie: SEEN=1; path=/;\r\n\r\n',
      },
      {
        given: GIVEN,
        text: 'redirect location http://www.%[hdr(host)]/?z keep-query code 308',
        result: 'HTTP/1.1 308 Permanent Redirect\r\ncontent-length: 0\r\nlocation: http://www.x/?z&b\r\n\r\n',
      },
      { given: GIVEN, text: 'redirect location %[hdr(none)] ignore-empty', result: 'continue' },
    ],
    check: redirectProblem,
    compile: (args, compiler, ruleSet): ActionRun =>
      compileRedirect(args, terminationOf('L', ruleSet), compiler),
  }),
] as const;
