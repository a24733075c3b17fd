/**
 * Log formats compiled: a list of writers that append to a reused line. Two uses differ: a log line merges blanks and
 * replaces unsafe bytes by `#XX` (manual section 8.6); a header value or body keeps its text as it is.
 */
import { byteStringOf } from '../bytes/byte-text.ts';
import { LineBuffer } from '../bytes/line-buffer.ts';
import type { LogFormatFlags, LogFormatModel, LogFormatNode } from '../keyword/language-model.ts';
import { compileText } from '../sample/compile-expression.ts';
import type { SampleRegistry } from '../sample/registry.ts';
import type { StreamView } from '../sample/stream-view.ts';
import { logAliases, writeEscaped } from './aliases.ts';
import type { LogAliasDeclaration, LogSite } from './declare.ts';

type Write = (stream: StreamView, out: LineBuffer) => void;

export interface LogFormatCompiler {
  readonly site: LogSite;
  readonly samples: SampleRegistry;
}

const ALIASES: ReadonlyMap<string, LogAliasDeclaration> = new Map(
  logAliases.map((alias) => [alias.name, alias]),
);

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** A log line's writer. Blanks merge, so that an empty `%hr` leaves no second one. */
export function compileLogLine(model: LogFormatModel, compiler: LogFormatCompiler): Write {
  const writers = model.nodes.flatMap((node) =>
    node.kind === 'text' ? lineText(node.text) : [nodeWriter(node, compiler, true)],
  );
  return (stream, out) => {
    for (let i = 0; i < writers.length; i++) writers[i]!(stream, out);
  };
}

function lineText(text: string): Write[] {
  return text
    .split(/([ \t]+)/)
    .filter((part) => part !== '')
    .map((part): Write => {
      if (part.trim() === '') return writeSeparator;
      const bytes = byteStringOf(part);
      return (_stream, out) => out.text(bytes);
    });
}

function writeSeparator(_stream: StreamView, out: LineBuffer): void {
  if (out.length > 0 && out.bytes[out.length - 1] !== SPACE) out.byte(SPACE);
}

/** The longest text that a format in a rule builds; what is longer is cut, as HAProxy's buffers do. */
const TEXT_MAX_BYTES = 16 * 1024;

/** A text's builder, for header values and bodies. */
export function compileLogText(
  model: LogFormatModel,
  compiler: LogFormatCompiler,
): (stream: StreamView) => string {
  const { nodes } = model;
  if (nodes.every((node) => node.kind === 'text')) {
    const constant = nodes.map((node) => (node.kind === 'text' ? byteStringOf(node.text) : '')).join('');
    return () => constant;
  }
  const writers = nodes.map(
    (node): Write =>
      node.kind === 'text' ? textOf(byteStringOf(node.text)) : nodeWriter(node, compiler, false),
  );
  return (stream) => {
    textBuffer.clear();
    for (let i = 0; i < writers.length; i++) writers[i]!(stream, textBuffer);
    return textBuffer.toText();
  };
}

function textOf(bytes: string): Write {
  return (_stream, out) => out.text(bytes);
}

/** One per thread: texts are built in it and copied out as strings. */
const textBuffer = new LineBuffer(TEXT_MAX_BYTES);

function nodeWriter(
  node: Exclude<LogFormatNode, { kind: 'text' }>,
  compiler: LogFormatCompiler,
  isLine: boolean,
): Write {
  return node.kind === 'alias'
    ? aliasWriter(ALIASES.get(node.name)!, node.flags, compiler.site, isLine)
    : expressionWriter(compileText(node.expression, compiler.samples), node.flags, isLine);
}

function aliasWriter(
  alias: LogAliasDeclaration,
  flags: LogFormatFlags,
  site: LogSite,
  isLine: boolean,
): Write {
  const { write, read } = alias;
  if (write !== undefined)
    return flags.quote
      ? quoted((stream, out) => write(stream, out, site))
      : (stream, out) => write(stream, out, site);
  if (read === undefined) throw new Error(`alias %${alias.name} has neither read nor write`);
  if (alias.kind === 'number') {
    if (flags.hex) return (stream, out) => out.text(hexOf(Number(read(stream, site))));
    return (stream, out) => out.int(read(stream, site) as number);
  }
  if (alias.kind === 'ip' && flags.hex)
    return (stream, out) => out.text(hexAddress(String(read(stream, site))));
  const text = (stream: StreamView): string | null => read(stream, site) as string | null;
  return textWriter(text, flags, isLine);
}

function hexOf(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}

function hexAddress(text: string): string {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(text)) return text;
  return text
    .split('.')
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

function expressionWriter(
  text: (stream: StreamView) => string | undefined,
  flags: LogFormatFlags,
  isLine: boolean,
): Write {
  return textWriter((stream) => text(stream) ?? null, flags, isLine);
}

/** In a line, a missing or empty value prints as `-`; quoted, as an empty pair. In a text it prints nothing. */
function textWriter(
  text: (stream: StreamView) => string | null,
  flags: LogFormatFlags,
  isLine: boolean,
): Write {
  if (!isLine) {
    const plain: Write = (stream, out) => {
      const value = text(stream);
      if (value !== null) writeValue(out, value, flags, false);
    };
    return flags.quote ? quoted(plain) : plain;
  }
  const { quote } = flags;
  return (stream, out) => {
    const value = text(stream);
    if (value === null || value === '') {
      out.text(quote ? '""' : '-');
      return;
    }
    if (quote) out.byte(QUOTE);
    writeValue(out, value, flags, true);
    if (quote) out.byte(QUOTE);
  };
}

function writeValue(out: LineBuffer, value: string, flags: LogFormatFlags, isLine: boolean): void {
  if (flags.escape) writeBackslashed(out, value);
  else if (isLine) writeEscaped(out, value);
  else out.text(value);
}

/** RFC 5424 §6.3.3: `"`, `\` and `]` behind a backslash. */
function writeBackslashed(out: LineBuffer, value: string): void {
  for (let i = 0; i < value.length; i++) {
    const byte = value.charCodeAt(i) & 255;
    if (byte === QUOTE || byte === BACKSLASH || byte === 0x5d) out.byte(BACKSLASH);
    out.byte(byte);
  }
}

function quoted(write: Write): Write {
  return (stream, out) => {
    out.byte(QUOTE);
    write(stream, out);
    out.byte(QUOTE);
  };
}
