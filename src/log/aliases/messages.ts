/** Aliases of the messages: request line and captures. */
import type { LineBuffer } from '../../bytes/line-buffer.ts';
import type { HttpHead } from '../../http/head.ts';
import type { StreamView } from '../../sample/stream-view.ts';
import type { AliasUse, WriteItem } from '../declare.ts';
import {
  type ByteRules,
  CAPTURE_RULES,
  copyRange,
  ESCAPED_CAPTURE_RULES,
  writeByRules,
} from '../unsafe-bytes.ts';
import { ownAlias, quotedIf, textAlias, textRules } from './kinds.ts';

const SPACE = 32;
const QUESTION = 63;
const SLASH = 47;
const OPEN_BRACE = 123;
const BAR = 124;
const CLOSE_BRACE = 125;
const QUOTE = 34;

/** Writes a part of a request head's line; of the line, `maxBytes` are known. */
type WritePart = (head: HttpHead, out: LineBuffer, rules: ByteRules, maxBytes: number) => void;

interface PartInput {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly write: WritePart;
}

/** A part of the request line; for what was no request all of them are `<BADREQ>`. */
function requestLineAlias({ write, ...input }: PartInput) {
  return ownAlias({
    ...input,
    isHttpOnly: true,
    compile(use) {
      const rules = textRules(use);
      const { requestLineMaxBytes } = use.site;
      return quotedIf(use.flags.quote, (stream, out) => {
        const { request } = stream;
        if (request === null) out.text(stream.facts.requestLineFallback);
        else write(request, out, rules, requestLineMaxBytes);
      });
    },
  });
}

/** The target that is told, as a range of bytes. One for all: it lives as long as one alias is written. */
const target = {
  bytes: Buffer.alloc(0) as Buffer,
  start: 0,
  end: 0,
  /** What the line's limit leaves for the version; less than 0 when not even the blank before it is known. */
  roomForVersion: 0,

  /** Long targets are cut with the line they stand in. */
  read(head: HttpHead, maxBytes: number): void {
    const { normalTarget } = head;
    this.bytes = normalTarget === null ? head.bytes : Buffer.from(normalTarget, 'latin1');
    this.start = normalTarget === null ? head.targetStart : 0;
    const end = normalTarget === null ? head.targetEnd : normalTarget.length;
    const room = maxBytes - head.method.length - 1;
    this.end = Math.min(end, this.start + Math.max(0, room));
    this.roomForVersion = room - (end - this.start) - 1;
  },
};

function writeTarget(out: LineBuffer, start: number, end: number, rules: ByteRules): void {
  copyRange(out, target.bytes, start, end, rules);
}

function writeRequestLine(head: HttpHead, out: LineBuffer, rules: ByteRules, maxBytes: number): void {
  target.read(head, maxBytes);
  writeByRules(out, head.method, rules);
  out.byte(SPACE);
  writeTarget(out, target.start, target.end, rules);
  if (target.roomForVersion < 0) return;
  out.byte(SPACE);
  out.text(cutVersion(head));
}

/** What HAProxy takes a request line for whose version was cut off. */
const NO_VERSION = 'HTTP/0.9';

function writeVersion(head: HttpHead, out: LineBuffer, _rules: ByteRules, maxBytes: number): void {
  target.read(head, maxBytes);
  out.text(target.roomForVersion > 0 ? cutVersion(head) : NO_VERSION);
}

function cutVersion({ version }: HttpHead): string {
  const text = version === 11 ? 'HTTP/1.1' : `HTTP/${Math.trunc(version / 10)}.${version % 10}`;
  return target.roomForVersion < text.length ? text.slice(0, target.roomForVersion) : text;
}

/** Where the query begins, its question mark included; the target's end when there is none. */
function queryStart(from: number): number {
  const { bytes, end } = target;
  for (let at = from; at < end; at++) if (bytes[at] === QUESTION) return at;
  return end;
}

/** Where the path begins; the target's end when it has none (`*`, an authority). */
function pathStart(): number {
  const { bytes, start, end } = target;
  if (bytes[start] === SLASH) return start;
  const scheme = bytes.indexOf('://', start, 'latin1');
  if (scheme < 0 || scheme >= end) return end;
  for (let at = scheme + 3; at < end; at++) if (bytes[at] === SLASH) return at;
  return end;
}

function captureRules({ flags }: AliasUse): ByteRules {
  return flags.escape ? ESCAPED_CAPTURE_RULES : CAPTURE_RULES;
}

type ReadCaptures = (stream: StreamView) => readonly (string | null)[];

/** `{first||third}`, with nothing for what was not captured. */
function captureList(use: AliasUse, read: ReadCaptures): WriteItem {
  const isQuoted = use.flags.quote;
  const rules = captureRules(use);
  return (stream, out) => {
    const values = read(stream);
    if (values.length === 0) return;
    if (isQuoted) out.byte(QUOTE);
    out.byte(OPEN_BRACE);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) out.byte(BAR);
      const value = values[i]!;
      if (value !== null) writeByRules(out, value, rules);
    }
    out.byte(CLOSE_BRACE);
    if (isQuoted) out.byte(QUOTE);
  };
}

/** Each value as a field of its own, as CLF wants them. */
function captureFields(use: AliasUse, read: ReadCaptures): WriteItem {
  const isQuoted = use.flags.quote;
  const rules = captureRules(use);
  const absent = isQuoted ? '""' : '-';
  return (stream, out) => {
    const values = read(stream);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) out.byte(SPACE);
      const value = values[i]!;
      if (value === null) {
        out.text(absent);
        continue;
      }
      if (isQuoted) out.byte(QUOTE);
      writeByRules(out, value, rules);
      if (isQuoted) out.byte(QUOTE);
    }
  };
}

const requestCaptures: ReadCaptures = (s) => s.facts.capturedRequestHeaders;
const responseCaptures: ReadCaptures = (s) => s.facts.capturedResponseHeaders;

export const messageAliases = [
  requestLineAlias({
    name: 'r',
    summary: 'The request line.',
    example: 'GET /path?a=b HTTP/1.1',
    write: writeRequestLine,
  }),
  requestLineAlias({
    name: 'HM',
    summary: 'The method.',
    example: 'GET',
    write: (head, out, rules) => writeByRules(out, head.method, rules),
  }),
  requestLineAlias({
    name: 'HU',
    summary: 'The request target.',
    example: '/path?a=b',
    write(head, out, rules, max) {
      target.read(head, max);
      writeTarget(out, target.start, target.end, rules);
    },
  }),
  requestLineAlias({
    name: 'HP',
    summary: 'The request target without its query.',
    example: '/path',
    write(head, out, rules, max) {
      target.read(head, max);
      writeTarget(out, target.start, queryStart(target.start), rules);
    },
  }),
  requestLineAlias({
    name: 'HPO',
    summary: 'The path without scheme, host and query.',
    example: '/path',
    write(head, out, rules, max) {
      target.read(head, max);
      const start = pathStart();
      writeTarget(out, start, queryStart(start), rules);
    },
  }),
  requestLineAlias({
    name: 'HQ',
    summary: 'The query, with its question mark.',
    example: '?a=b',
    write(head, out, rules, max) {
      target.read(head, max);
      writeTarget(out, queryStart(target.start), target.end, rules);
    },
  }),
  requestLineAlias({
    name: 'HV',
    summary: 'The version of HTTP.',
    example: 'HTTP/1.1',
    write: writeVersion,
  }),
  textAlias({
    name: 'CC',
    summary: 'The cookie captured in the request.',
    example: '-',
    isHttpOnly: true,
    read: (s) => s.facts.capturedRequestCookie,
  }),
  textAlias({
    name: 'CS',
    summary: 'The cookie captured in the response.',
    example: '-',
    isHttpOnly: true,
    read: (s) => s.facts.capturedResponseCookie,
  }),
  ownAlias({
    name: 'hr',
    summary: 'The captured request headers in braces; nothing without captures.',
    example: '{shop|}',
    compile: (use) => captureList(use, requestCaptures),
  }),
  ownAlias({
    name: 'hs',
    summary: 'The captured response headers in braces; nothing without captures.',
    example: '{a#7Cb}',
    compile: (use) => captureList(use, responseCaptures),
  }),
  ownAlias({
    name: 'hrl',
    summary: 'The captured request headers, each as a field; nothing without captures.',
    example: 'shop -',
    examples: [{ text: '%{+Q}hrl', result: '"shop" ""' }],
    compile: (use) => captureFields(use, requestCaptures),
  }),
  ownAlias({
    name: 'hsl',
    summary: 'The captured response headers, each as a field; nothing without captures.',
    example: 'a#7Cb',
    compile: (use) => captureFields(use, responseCaptures),
  }),
];
