/** What a redirect rule answers (manual section 4.2, `redirect`). */
import { HeaderId } from '../http/header-id.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import type { StreamView } from '../sample/stream-view.ts';
import { type ActionRun, type Compiler, type Reply, Verdict } from './declare.ts';

export interface RedirectArgs {
  readonly location: LogFormatModel | undefined;
  readonly prefix: LogFormatModel | undefined;
  readonly scheme: LogFormatModel | undefined;
  readonly code: number | undefined;
  readonly dropQuery: boolean;
  readonly keepQuery: boolean;
  readonly appendSlash: boolean;
  readonly ignoreEmpty: boolean;
  readonly setCookie: string | undefined;
  readonly setCookieFmt: LogFormatModel | undefined;
  readonly clearCookie: string | undefined;
}

type Build = (stream: StreamView) => string;

const EMPTY = Buffer.alloc(0);

export function compileRedirect(args: RedirectArgs, compiler: Compiler): ActionRun {
  const location = compileLocation(args, compiler);
  const cookie = compileCookie(args, compiler);
  const status = args.code ?? 302;
  return (stream) => {
    const target = location(stream);
    if (target === '' && args.ignoreEmpty) return Verdict.CONTINUE;
    const headers: { name: string; value: string }[] = [
      { name: 'content-length', value: '0' },
      { name: 'location', value: headerSafe(target) },
    ];
    if (cookie !== null) headers.push({ name: 'set-cookie', value: headerSafe(cookie(stream)) });
    const reply: Reply = { status, reason: '', headers, body: EMPTY, closes: false, termination: 'LR' };
    stream.reply = reply;
    return Verdict.REPLY;
  };
}

function compileLocation(args: RedirectArgs, compiler: Compiler): Build {
  if (args.location !== undefined) return compileExact(compiler.logFormat(args.location), args.keepQuery);
  if (args.prefix !== undefined) return compilePrefix(compiler.logFormat(args.prefix), args);
  if (args.scheme !== undefined) return compileScheme(compiler.logFormat(args.scheme), args);
  return () => '';
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

function compilePrefix(text: Build, args: RedirectArgs): Build {
  return (stream) => {
    const prefix = text(stream);
    return `${prefix === '/' ? '' : prefix}${pathOf(stream, args)}`;
  };
}

function compileScheme(text: Build, args: RedirectArgs): Build {
  return (stream) => {
    const host = stream.request?.values(HeaderId.HOST, 'host')[0] ?? '';
    const path = pathOf(stream, args);
    return `${text(stream)}://${host}${path === '' || path === '*' ? '/' : path}`;
  };
}

/** Path and query of the request, as the options want them; the scheme and authority of an absolute form are left out. */
function pathOf(stream: StreamView, args: RedirectArgs): string {
  const target = (stream.request?.target() ?? '').replace(/^[A-Za-z][-+.A-Za-z0-9]*:\/\/[^/?]*/, '');
  if (!args.dropQuery) return target;
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  return args.appendSlash && !path.endsWith('/') ? `${path}/` : path;
}

function compileCookie(args: RedirectArgs, compiler: Compiler): Build | null {
  if (args.setCookieFmt !== undefined) {
    const text = compiler.logFormat(args.setCookieFmt);
    return (stream) => `${text(stream)}; path=/;`;
  }
  const { setCookie, clearCookie } = args;
  if (setCookie !== undefined) return () => `${setCookie}; path=/;`;
  if (clearCookie !== undefined) return () => `${clearCookie}; path=/; Max-Age=0;`;
  return null;
}

/** A location never breaks out of its line, whatever the request held. */
function headerSafe(value: string): string {
  return /[\0-\x1f\x7f]/.test(value)
    ? value.replace(
        /[\0-\x1f\x7f]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      )
    : value;
}
