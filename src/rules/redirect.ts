/** What a redirect answers (manual section 4.2, `redirect`): the rule `http-request redirect` and the keyword. */
import { BodyKind, type HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
import { type Arg, arg, type ValuesOf } from '../keyword/arg.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import { ArgumentError } from '../keyword/words.ts';
import { literalFormat } from '../log/parse-log-format.ts';
import { pathAndQueryOf } from '../sample/request-target.ts';
import type { StreamView } from '../sample/stream-view.ts';
import { type ActionRun, type CheckPlace, type Compiler, type Reply, Verdict } from './declare.ts';
import { lineFormatArg, lineTextArg, readLineText } from './text-args.ts';

const CODES = [301, 302, 303, 307, 308] as const;
const CODE_DEFAULT = 302;

/** What HAProxy says for redirects; 302 has another phrase elsewhere. */
const REASONS: { readonly [C in (typeof CODES)[number]]: string } = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
};

const codeArg: Arg<(typeof CODES)[number]> = arg.custom({
  what: CODES.join('|'),
  schema: { enum: CODES },
  good: ['301', '308'],
  bad: ['200', '304', 'x'],
  read(word, _site, name) {
    const code = CODES.find((allowed) => String(allowed) === word.text);
    if (code !== undefined) return code;
    throw new ArgumentError(word.at, `'${word.text}' is not a redirection status for <${name}>`, {
      remedy: 'write 301, 302, 303, 307 or 308',
    });
  },
});

function argsOf(format: (what: string) => Arg<LogFormatModel>) {
  return {
    location: arg.named(format('loc')),
    prefix: arg.named(format('pfx')),
    scheme: arg.named(format('sch')),
    code: arg.named(codeArg),
    dropQuery: arg.flag('drop-query'),
    keepQuery: arg.flag('keep-query'),
    appendSlash: arg.flag('append-slash'),
    ignoreEmpty: arg.flag('ignore-empty'),
    setCookie: arg.named(lineTextArg('name[=value]'), 'set-cookie'),
    setCookieFmt: arg.named(lineFormatArg('fmt'), 'set-cookie-fmt'),
    clearCookie: arg.named(lineTextArg('name[=]'), 'clear-cookie'),
  };
}

/** The arguments of the rule: locations are log formats. */
export const redirectArgs = argsOf(lineFormatArg);

/** The arguments of the keyword `redirect`: locations are taken as they are written. */
export const plainRedirectArgs = argsOf(literalFormatArg);

function literalFormatArg(what: string): Arg<LogFormatModel> {
  return arg.custom({
    what,
    good: ['/100%'],
    bad: ['', 'a\nb'],
    read: (word, _site, name) => literalFormat(readLineText(word, name)),
  });
}

export type RedirectArgs = ValuesOf<typeof redirectArgs>;

/** What is wrong with arguments that are right one by one, or undefined. */
export function redirectProblem(
  args: RedirectArgs,
  { ruleSet }: Pick<CheckPlace, 'ruleSet'>,
): string | undefined {
  const { location, prefix, scheme, setCookie, setCookieFmt, clearCookie } = args;
  const targets = [location, prefix, scheme].filter((target) => target !== undefined);
  if (targets.length !== 1) return "a redirection needs one of 'location', 'prefix' and 'scheme'";
  if (ruleSet !== 'http-request' && location === undefined)
    return "a response can only be redirected by 'location'";
  const cookies = [setCookie, setCookieFmt, clearCookie].filter((cookie) => cookie !== undefined);
  if (cookies.length > 1) return "'set-cookie', 'set-cookie-fmt' and 'clear-cookie' exclude each other";
  return undefined;
}

type Build = (stream: StreamView) => string;

const EMPTY = Buffer.alloc(0);

/** `termination` is that of the stream that is answered here: `LR` for a request, `LH` for a response. */
export function compileRedirect(args: RedirectArgs, termination: string, compiler: Compiler): ActionRun {
  const location = compileLocation(args, compiler);
  const cookie = compileCookie(args, compiler);
  const status = args.code ?? CODE_DEFAULT;
  const reason = REASONS[status];
  const isCached = status === 301 || status === 308;
  const isSkippable = args.ignoreEmpty && args.location !== undefined;
  return (stream) => {
    const target = location(stream);
    if (target === '' && isSkippable) return Verdict.CONTINUE;
    const headers = [
      { name: 'content-length', value: '0' },
      { name: 'location', value: target },
    ];
    if (!isCached) headers.push({ name: 'cache-control', value: 'no-cache' });
    if (cookie !== null) headers.push({ name: 'set-cookie', value: cookie(stream) });
    const closes = hasBody(stream.request);
    const reply: Reply = { status, reason, headers, body: EMPTY, closes, termination };
    stream.reply = reply;
    return Verdict.REPLY;
  };
}

/** HAProxy does not wait for the body of a request that it redirects: it closes behind the answer. */
function hasBody(request: HttpHead | null): boolean {
  if (request === null || request.bodyKind === BodyKind.NONE) return false;
  return request.bodyKind !== BodyKind.LENGTH || request.contentLength > 0;
}

function compileLocation(args: RedirectArgs, compiler: Compiler): Build {
  if (args.location !== undefined) return compileExact(compiler.logFormat(args.location), args.keepQuery);
  if (args.prefix !== undefined) return compilePrefix(args.prefix, args, compiler);
  if (args.scheme !== undefined) return compileScheme(compiler.logFormat(args.scheme), args);
  throw new Error('a redirection without location, prefix and scheme');
}

function compileExact(text: Build, keepsQuery: boolean): Build {
  if (!keepsQuery) return text;
  return (stream) => {
    const base = text(stream);
    const target = stream.request?.target() ?? '';
    const query = target.indexOf('?');
    if (query < 0) return base;
    return `${base}${base.includes('?') ? '&' : '?'}${target.slice(query + 1)}`;
  };
}

/** The prefix `/`, when it is written so, means the same path on the same host. */
function compilePrefix(prefix: LogFormatModel, args: RedirectArgs, compiler: Compiler): Build {
  const text: Build = prefix.text === '/' ? () => '' : compiler.logFormat(prefix);
  return (stream) => `${text(stream)}${pathOf(stream, args)}`;
}

function compileScheme(text: Build, args: RedirectArgs): Build {
  return (stream) => {
    const host = stream.request?.values(HeaderId.HOST, 'host')[0] ?? '';
    return `${text(stream)}://${host}${pathOf(stream, args)}`;
  };
}

/** Path and query of the request as the options want them; `/` when there is no path. */
function pathOf(stream: StreamView, { dropQuery, appendSlash }: RedirectArgs): string {
  let path = pathAndQueryOf(stream.request?.target() ?? '') ?? '/';
  const query = path.indexOf('?');
  if (dropQuery && query >= 0) path = path.slice(0, query);
  return appendSlash && !path.endsWith('/') ? `${path}/` : path;
}

function compileCookie(args: RedirectArgs, compiler: Compiler): Build | null {
  const { setCookie, setCookieFmt, clearCookie } = args;
  if (clearCookie !== undefined)
    return compiler.logFormat(literalFormat(`${clearCookie}; path=/; Max-Age=0;`));
  if (setCookie !== undefined) return compiler.logFormat(literalFormat(`${setCookie}; path=/;`));
  if (setCookieFmt === undefined) return null;
  const text = compiler.logFormat(setCookieFmt);
  return (stream) => `${text(stream)}; path=/;`;
}
