/**
 * Log formats compiled: a list of functions that append to a reused line. Two uses differ: a log line merges blanks
 * and tells missing values by `-`; a header value or body keeps its text as it is, and missing values are nothing.
 */
import { byteStringOf } from '../bytes/byte-text.ts';
import { LineBuffer } from '../bytes/line-buffer.ts';
import type { LogFormatFlags, LogFormatModel, LogFormatNode } from '../keyword/language-model.ts';
import { compileText } from '../sample/compile-expression.ts';
import type { SampleRegistry } from '../sample/registry.ts';
import type { StreamView } from '../sample/stream-view.ts';
import { findLogAlias } from './aliases.ts';
import type { LogSite, WriteItem } from './declare.ts';
import {
  ESCAPED_MESSAGE_RULES,
  ESCAPED_SAMPLE_RULES,
  MESSAGE_RULES,
  SAMPLE_RULES,
  writeByRules,
} from './unsafe-bytes.ts';

export interface LogFormatCompiler {
  readonly site: LogSite;
  readonly samples: SampleRegistry;
}

const QUOTE = 34;

/** A log line's writer. Blanks of the format merge, so that an empty `%hr` leaves no second one; others stay. */
export function compileLogLine(model: LogFormatModel, compiler: LogFormatCompiler): WriteItem {
  const writers = model.nodes.flatMap((node) =>
    node.kind === 'text' ? lineText(node.text) : [itemWriter(node, compiler, true)],
  );
  return (stream, out) => {
    for (let i = 0; i < writers.length; i++) writers[i]!(stream, out);
  };
}

function lineText(text: string): WriteItem[] {
  return text
    .split(/( +)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith(' ') ? writeSeparator : textWriter(part)));
}

function writeSeparator(_stream: StreamView, out: LineBuffer): void {
  out.separator();
}

function textWriter(text: string): WriteItem {
  const bytes = byteStringOf(text);
  if (bytes.length > 1) return (_stream, out) => out.text(bytes);
  const byte = bytes.charCodeAt(0);
  return (_stream, out) => out.byte(byte);
}

/** The longest text that a format in a rule builds; what is longer is cut, as HAProxy's buffers do. */
const TEXT_MAX_BYTES = 16 * 1024;

/** One per thread: texts are built in it and copied out as strings. */
const textBuffer = new LineBuffer(TEXT_MAX_BYTES);

/** A text's builder, for header values and bodies; it yields byte strings. */
export function compileLogText(
  model: LogFormatModel,
  compiler: LogFormatCompiler,
): (stream: StreamView) => string {
  const { nodes } = model;
  if (nodes.every((node) => node.kind === 'text')) {
    const constant = nodes.map((node) => (node.kind === 'text' ? byteStringOf(node.text) : '')).join('');
    return () => constant;
  }
  const writers = nodes.map((node) =>
    node.kind === 'text' ? textWriter(node.text) : itemWriter(node, compiler, false),
  );
  return (stream) => {
    textBuffer.clear();
    for (let i = 0; i < writers.length; i++) writers[i]!(stream, textBuffer);
    return textBuffer.toText();
  };
}

function itemWriter(
  node: Exclude<LogFormatNode, { kind: 'text' }>,
  { site, samples }: LogFormatCompiler,
  isLine: boolean,
): WriteItem {
  const { flags } = node;
  if (node.kind === 'alias') {
    const alias = findLogAlias(node.name);
    if (alias === undefined) throw new Error(`no log-format alias '${node.name}' in this catalogue`);
    return alias.compile({ flags, site, isLine });
  }
  const text = compileText(node.expression, samples);
  return isLine ? lineSample(text, flags) : messageSample(text, flags);
}

type ReadText = (stream: StreamView) => string | undefined;

/** A sample in a line. One that is missing or empty prints as `-`, or quoted as an empty pair. */
function lineSample(text: ReadText, flags: LogFormatFlags): WriteItem {
  const { quote } = flags;
  const rules = flags.escape ? ESCAPED_SAMPLE_RULES : SAMPLE_RULES;
  return (stream, out) => {
    const value = text(stream);
    if (value === undefined || value === '') {
      out.text(quote ? '""' : '-');
      return;
    }
    if (quote) out.byte(QUOTE);
    writeByRules(out, value, rules);
    if (quote) out.byte(QUOTE);
  };
}

/** A sample in a message; the flag Q does not quote it there. */
function messageSample(text: ReadText, flags: LogFormatFlags): WriteItem {
  const rules = flags.escape ? ESCAPED_MESSAGE_RULES : MESSAGE_RULES;
  return (stream, out) => {
    const value = text(stream);
    if (value !== undefined) writeByRules(out, value, rules);
  };
}
