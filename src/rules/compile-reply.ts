/** Builds the responses of `return` and `deny`; what does not depend on the stream is built once. */
import { byteStringOf } from '../bytes/byte-text.ts';
import { parseErrorFile } from '../http/error-pages.ts';
import { reasonOf } from '../http/status.ts';
import type { LogFormatModel } from '../keyword/language-model.ts';
import type { StreamView } from '../sample/stream-view.ts';
import type { Compiler, Reply } from './declare.ts';
import { isFramingField } from './message-head.ts';
import type { ReplyArgs } from './reply-args.ts';

export interface ReplyKind {
  readonly status: number;
  readonly termination: string;
}

export type BuildReply = (stream: StreamView) => Reply;

interface Field {
  readonly name: string;
  readonly value: string;
}

/** For arguments that `replyProblem` accepts, without `default-errorfiles`: those pages are the proxy's. */
export function compileReply(args: ReplyArgs, kind: ReplyKind, compiler: Compiler): BuildReply {
  if (args.errorfile !== undefined) return errorFileReply(args.errorfile, kind);
  const body = compileBody(args, compiler);
  const headers = args.hdr
    .filter(({ name }) => !isFramingField(name))
    .map(({ name, value }) => ({ name, value: compiler.logFormat(value) }));
  const contentType = args.contentType === undefined ? null : byteStringOf(args.contentType);
  const build: BuildReply = (stream) => {
    // Formats of the answer see its status, as in HAProxy.
    stream.facts.status = kind.status;
    const bytes = body(stream);
    const fields: Field[] = headers.map(({ name, value }) => ({ name, value: value(stream) }));
    if (kind.status !== 204) fields.push({ name: 'content-length', value: String(bytes.length) });
    if (contentType !== null && bytes.length > 0) fields.push({ name: 'content-type', value: contentType });
    return { ...kind, reason: reasonOf(kind.status), headers: fields, body: bytes, closes: false };
  };
  return isConstant(args) ? once(build) : build;
}

function isConstant({ lfString, lfFile, hdr }: ReplyArgs): boolean {
  const formats = [lfString, lfFile, ...hdr.map(({ value }) => value)];
  return formats.every((format) => format === undefined || isLiteral(format));
}

function isLiteral({ nodes }: LogFormatModel): boolean {
  return nodes.every((node) => node.kind === 'text');
}

function once(build: BuildReply): BuildReply {
  let reply: Reply | undefined;
  return (stream) => {
    reply ??= build(stream);
    return reply;
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

/** The file's own status goes to the client; the rule's is logged and counted, as in HAProxy. */
function errorFileReply(file: Uint8Array, { status, termination }: ReplyKind): BuildReply {
  const page = parseErrorFile(Buffer.from(file));
  if (typeof page === 'string')
    throw new Error(`an error file that parsing accepted does not compile: ${page}`);
  const reply: Reply = { ...page, closes: false, termination, loggedStatus: status };
  return () => reply;
}
