/**
 * The arguments that `return` and `deny` share: status, content type, body and headers of a response made here
 * (manual section 4.4, `return`).
 */
import { textOfBytes } from '../bytes/byte-text.ts';
import { ERROR_PAGE_STATUSES, parseErrorFile } from '../http/error-pages.ts';
import { type Arg, arg, type ValuesOf } from '../keyword/arg.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Word } from '../keyword/words.ts';
import { literalFormat } from '../log/parse-log-format.ts';
import type { CheckPlace } from './declare.ts';
import { isFramingField } from './message-head.ts';
import { formatArg, headerNameArg, lineFormatArg, lineTextArg, textArg } from './text-args.ts';

/** The largest body that a rule may answer with: what fits a buffer of `tune.bufsize` (manual section 4.4). */
const BODY_MAX_BYTES = 16 * 1024 - 1024;

/** An argument that names a file; `read` makes its value of the content. */
function fileArg<T>(read: (bytes: Buffer, path: Word, site: ParseSite) => T): Arg<T> {
  return {
    kind: 'positional',
    usage: '<file>',
    isOptional: false,
    schema: { type: 'string' },
    good: [],
    bad: [],
    parse(words, site, name) {
      const path = words.take(`<${name}>`);
      return read(Buffer.from(site.readFile(path.text, path.at)), path, site);
    },
  };
}

function readBody(bytes: Buffer, path: Word): Uint8Array {
  if (bytes.length > BODY_MAX_BYTES)
    throw new ArgumentError(
      path.at,
      `'${path.text}' is larger than the ${BODY_MAX_BYTES} bytes a reply may have`,
    );
  return new Uint8Array(bytes);
}

/** A file that holds a log format. */
function readFormat(bytes: Buffer, path: Word, site: ParseSite): LogFormatModel {
  readBody(bytes, path);
  const text = textOfBytes(bytes);
  return text === '' ? literalFormat('') : site.parseLogFormat({ text, at: path.at });
}

/** A complete HTTP response in a file (manual section 4.2, errorfile). */
function readErrorFile(bytes: Buffer, path: Word): Uint8Array {
  const parsed = parseErrorFile(bytes);
  if (typeof parsed === 'string')
    throw new ArgumentError(path.at, `'${path.text}' is not a complete HTTP response: it ${parsed}`);
  return new Uint8Array(bytes);
}

/** Names an http-errors section. */
function errorSectionArg(): Arg<undefined> {
  return {
    kind: 'positional',
    usage: '<name>',
    isOptional: false,
    schema: { not: {} },
    good: [],
    bad: ['any'],
    parse(words, _site, name) {
      throw new ArgumentError(words.at, `<${name}>: http-errors sections are not supported yet`, {
        remedy: "write 'errorfile' and the file itself",
      });
    },
  };
}

/** Statuses that a rule may answer with. */
export const statusArg: Arg<number> = arg.int({ min: 200, max: 599 });

export const replyArgs = {
  contentType: arg.named(lineTextArg('type'), 'content-type'),
  defaultErrorfiles: arg.flag('default-errorfiles'),
  errorfile: arg.named(fileArg(readErrorFile)),
  errorfiles: arg.named(errorSectionArg()),
  file: arg.named(fileArg(readBody)),
  lfFile: arg.named(fileArg(readFormat), 'lf-file'),
  string: arg.named(textArg('str')),
  lfString: arg.named(formatArg(), 'lf-string'),
  hdr: arg.repeated(arg.named(arg.group({ name: headerNameArg, value: lineFormatArg() }))),
};

export type ReplyArgs = ValuesOf<typeof replyArgs>;

/** The words of the arguments that say where the answer comes from; at most one may be there. */
const SOURCES = {
  defaultErrorfiles: 'default-errorfiles',
  errorfile: 'errorfile',
  file: 'file',
  lfFile: 'lf-file',
  string: 'string',
  lfString: 'lf-string',
} as const satisfies { readonly [K in keyof ReplyArgs]?: string };

function sourcesOf(args: ReplyArgs): string[] {
  return Object.entries(SOURCES)
    .filter(
      ([key]) =>
        args[key as keyof typeof SOURCES] !== undefined && args[key as keyof typeof SOURCES] !== false,
    )
    .map(([, word]) => word);
}

/** True when the answer is a page and not a body with a content type. */
function isPage({ defaultErrorfiles, errorfile }: ReplyArgs): boolean {
  return defaultErrorfiles || errorfile !== undefined;
}

/** Whether anything says what the answer holds, or that it is to be made up here. */
export function saysContent(args: ReplyArgs): boolean {
  return sourcesOf(args).length > 0 || args.hdr.length > 0 || args.contentType !== undefined;
}

/** What is wrong with arguments that do not go together (manual section 4.4, `return`), or undefined. */
export function replyProblem(args: ReplyArgs, status: number, place: CheckPlace): string | undefined {
  const sources = sourcesOf(args);
  if (sources.length > 1) return `'${sources[0]}' and '${sources[1]}' exclude each other`;
  if (args.defaultErrorfiles && !ERROR_PAGE_STATUSES.includes(status)) return noPage(status);
  if (isPage(args)) warnOfPage(args, place);
  else return bodyProblem(args, status, place);
  return undefined;
}

/** Says that a status has no error page. */
export function noPage(status: number): string {
  return `status ${status} has no error page; those are: ${ERROR_PAGE_STATUSES.join(', ')}`;
}

function warnOfPage({ contentType, hdr }: ReplyArgs, place: CheckPlace): void {
  if (contentType !== undefined)
    place.warn(`content-type '${contentType}' has no effect: the error file has its own`);
  if (hdr.length > 0) place.warn("'hdr' has no effect: the error file has its own headers");
}

function bodyProblem(args: ReplyArgs, status: number, place: CheckPlace): string | undefined {
  const isThere = hasBody(args);
  if (isThere && (status === 204 || status === 304)) return `a response of status ${status} has no body`;
  if (isThere && args.contentType === undefined) return "a body needs 'content-type'";
  if (!isThere && args.contentType !== undefined)
    place.warn(`content-type '${args.contentType}' has no effect: there is no body`);
  for (const { name } of args.hdr)
    if (isFramingField(name)) place.warn(`the header '${name}' has no effect: Fairlead sets it itself`);
  return undefined;
}

/** True unless the body is known to be empty. */
export function hasBody({ file, lfFile, string, lfString }: ReplyArgs): boolean {
  return (
    (file !== undefined && file.length > 0) ||
    lfFile !== undefined ||
    string !== undefined ||
    lfString !== undefined
  );
}
