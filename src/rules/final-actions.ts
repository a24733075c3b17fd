/** Actions that end the stream or the rule set: allow, deny, return, redirect (manual section 4.4). */
import { arg } from '../keyword/arg.ts';
import { ArgumentError, type Position } from '../keyword/words.ts';
import { type ActionRun, defineAction, Verdict } from './declare.ts';
import { compileRedirect } from './redirect.ts';
import { compileReply, hasOwnBody, replyArgs } from './reply-args.ts';

const { status, ...bodyArgs } = replyArgs;

export const finalActions = [
  defineAction({
    name: 'allow',
    summary: 'Ends this rule set: the message goes on.',
    ruleSets: ['http-request', 'http-response', 'http-after-response'],
    isFinal: true,
    args: {},
    examples: [{ given: 'GET / HTTP/1.1\r\n\r\n', text: 'allow', result: 'stop' }],
    compile: (): ActionRun => () => Verdict.STOP,
  }),
  defineAction({
    name: 'deny',
    summary: 'Refuses the message: 403 for a request, 502 for a response, or the given status.',
    ruleSets: ['http-request', 'http-response'],
    isFinal: true,
    args: { status, denyStatus: arg.named(arg.int({ min: 200, max: 599 }), 'deny_status'), ...bodyArgs },
    differences: ['`errorfiles <name>` is not supported yet.'],
    examples: [{ given: 'GET / HTTP/1.1\r\n\r\n', text: 'deny deny_status 429', result: 429 }],
    compile(args, compiler, ruleSet): ActionRun {
      const side = ruleSet === 'http-request' ? 'request' : 'response';
      const code = args.status ?? args.denyStatus ?? (side === 'request' ? 403 : 502);
      const termination = side === 'request' ? 'PR' : 'PH';
      const build =
        hasOwnBody(args) || args.hdr.length > 0
          ? compileReply(args, { status: code, termination }, compiler)
          : null;
      return (stream) => {
        stream.countDenied(side);
        stream.reply = build === null ? stream.errorReply(code, termination) : build(stream);
        return Verdict.REPLY;
      };
    },
  }),
  defineAction({
    name: 'return',
    summary: 'Answers the request here, with a status, headers and a body from the configuration or a file.',
    ruleSets: ['http-request', 'http-response', 'http-after-response'],
    isFinal: true,
    args: replyArgs,
    differences: ['`errorfiles <name>` is not supported yet.'],
    examples: [
      {
        given: 'GET / HTTP/1.1\r\n\r\n',
        text: 'return status 200 content-type text/plain string hello',
        result: 200,
      },
    ],
    compile(args, compiler): ActionRun {
      const code = args.status ?? 200;
      if (args.defaultErrorfiles) {
        return (stream) => {
          stream.reply = stream.errorReply(code, 'LR');
          return Verdict.REPLY;
        };
      }
      const build = compileReply(args, { status: code, termination: 'LR' }, compiler);
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
    args: {
      location: arg.named(arg.logFormat('loc')),
      prefix: arg.named(arg.logFormat('pfx')),
      scheme: arg.named(arg.logFormat('sch')),
      code: arg.named(
        arg.custom({
          what: '301|302|303|307|308',
          schema: { enum: [301, 302, 303, 307, 308] },
          good: ['301', '308'],
          bad: ['200', '304'],
          read: readCode,
        }),
      ),
      dropQuery: arg.flag('drop-query'),
      keepQuery: arg.flag('keep-query'),
      appendSlash: arg.flag('append-slash'),
      ignoreEmpty: arg.flag('ignore-empty'),
      setCookie: arg.named(arg.word('name[=value]'), 'set-cookie'),
      setCookieFmt: arg.named(arg.logFormat(), 'set-cookie-fmt'),
      clearCookie: arg.named(arg.word('name[=]'), 'clear-cookie'),
    },
    examples: [
      { given: 'GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n', text: 'redirect scheme https code 301', result: 301 },
    ],
    compile: (args, compiler): ActionRun => compileRedirect(args, compiler),
  }),
] as const;

function readCode(
  word: { readonly text: string; readonly at: Position },
  _site: unknown,
  name: string,
): number {
  const code = [301, 302, 303, 307, 308].find((allowed) => String(allowed) === word.text);
  if (code === undefined)
    throw new ArgumentError(word.at, `'${word.text}' is not a redirection status for <${name}>`, {
      remedy: 'write 301, 302, 303, 307 or 308',
    });
  return code;
}
