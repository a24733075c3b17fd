/**
 * The arguments that `return` and `deny` share: status, content type, body and headers of a response made here
 * (manual section 4.4, `return`).
 */
import { byteStringOf, textOfBytes } from '../bytes/byte-text.ts';
import { parseErrorFile } from '../http/error-pages.ts';
import { reasonOf } from '../http/status.ts';
import { type Arg, arg, type ValuesOf } from '../keyword/arg.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Words } from '../keyword/words.ts';
import type { StreamView } from '../sample/stream-view.ts';
import type { Compiler, Reply } from './declare.ts';

/** The largest body that a rule may answer with: what fits a buffer of `tune.bufsize` (manual section 4.4). */
const BODY_MAX_BYTES = 16 * 1024 - 1024;

function fileArg(): Arg<Uint8Array> {
  return bodyArg('file', (path, site, words) => {
    const bytes = site.readFile(path.text, path.at);
    if (bytes.length > BODY_MAX_BYTES)
      throw new ArgumentError(
        path.at,
        `'${path.text}' is larger than the ${BODY_MAX_BYTES} bytes a reply may have`,
      );
    void words;
    return bytes;
  });
}

function bodyArg<T>(
  what: string,
  read: (word: { text: string; at: Words['at'] }, site: ParseSite, words: Words) => T,
): Arg<T> {
  return {
    kind: 'positional',
    usage: `<${what}>`,
    isOptional: false,
    schema: { type: 'string' },
    good: [],
    bad: [],
    parse: (words, site, name) => read(words.take(`<${name}>`), site, words),
    toWords: (value) => [String(value)],
  };
}

/** A file that holds a log format: its text is parsed as one. */
function formatFileArg(): Arg<LogFormatModel> {
  return bodyArg('file', (path, site) =>
    site.parseLogFormat({ text: textOfBytes(Buffer.from(site.readFile(path.text, path.at))), at: path.at }),
  );
}

/** A complete HTTP response in a file (manual section 4.2, errorfile). */
function errorFileArg(): Arg<Uint8Array> {
  return bodyArg('file', (path, site) => {
    const bytes = site.readFile(path.text, path.at);
    const parsed = parseErrorFile(Buffer.from(bytes));
    if (typeof parsed === 'string')
      throw new ArgumentError(path.at, `'${path.text}' is not a complete HTTP response: ${parsed}`);
    return bytes;
  });
}

export const replyArgs = {
  status: arg.named(arg.int({ min: 200, max: 599 })),
  contentType: arg.named(arg.word('type'), 'content-type'),
  defaultErrorfiles: arg.flag('default-errorfiles'),
  errorfile: arg.named(errorFileArg()),
  file: arg.named(fileArg()),
  lfFile: arg.named(formatFileArg(), 'lf-file'),
  string: arg.named(arg.word('str')),
  lfString: arg.named(arg.logFormat(), 'lf-string'),
  hdr: arg.repeated(arg.named(arg.group({ name: arg.word('name'), value: arg.logFormat() }))),
};

export type ReplyArgs = Omit<ValuesOf<typeof replyArgs>, 'status'>;

/** True when anything but the status was given: then the reply is built here, else it is the proxy's error page. */
export function hasOwnBody(args: ReplyArgs): boolean {
  return (
    args.errorfile !== undefined ||
    args.file !== undefined ||
    args.lfFile !== undefined ||
    args.string !== undefined ||
    args.lfString !== undefined
  );
}

interface ReplyKind {
  readonly status: number;
  readonly termination: string;
}

/** Builds the reply of each stream; what does not depend on the stream is built once. */
export function compileReply(
  args: ReplyArgs,
  kind: ReplyKind,
  compiler: Compiler,
): (stream: StreamView) => Reply {
  if (args.errorfile !== undefined) return constantReply(args.errorfile, kind);
  const body = compileBody(args, compiler);
  const headers = args.hdr.map((header) => ({
    name: header.name.toLowerCase(),
    value: compiler.logFormat(header.value),
  }));
  const reason = reasonOf(kind.status);
  const contentType =
    args.contentType ?? (args.string !== undefined || args.lfString !== undefined ? 'text/plain' : undefined);
  return (stream) => {
    const bytes = body(stream);
    const fields = headers.map(({ name, value }) => ({ name, value: value(stream) }));
    fields.unshift({ name: 'content-length', value: String(bytes.length) });
    if (contentType !== undefined && bytes.length > 0)
      fields.splice(1, 0, { name: 'content-type', value: contentType });
    return {
      status: kind.status,
      reason,
      headers: fields,
      body: bytes,
      closes: false,
      termination: kind.termination,
    };
  };
}

function compileBody(args: ReplyArgs, compiler: Compiler): (stream: StreamView) => Buffer {
  const format = args.lfString ?? args.lfFile;
  if (format !== undefined) {
    const text = compiler.logFormat(format);
    return (stream) => Buffer.from(text(stream), 'latin1');
  }
  const constant =
    args.file !== undefined ? Buffer.from(args.file) : Buffer.from(byteStringOf(args.string ?? ''), 'latin1');
  return () => constant;
}

function constantReply(file: Uint8Array, kind: ReplyKind): (stream: StreamView) => Reply {
  const parsed = parseErrorFile(Buffer.from(file));
  if (typeof parsed === 'string')
    throw new Error(`an error file that parsing accepted does not compile: ${parsed}`);
  const reply: Reply = { ...parsed, closes: false, termination: kind.termination };
  return () => reply;
}
