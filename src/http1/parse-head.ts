/**
 * Parses the heads of HTTP/1 messages into offsets over the bytes that carry them. Nothing is thrown and, for
 * messages that are right, nothing is allocated.
 *
 * A head may come in any number of pieces. After NEED_MORE the caller keeps the bytes, from `head.start` on, and
 * calls again with the same head when more have come; it may have moved them meanwhile (`HttpHead.retainIn`, or a
 * copy of its own). Each byte is looked at a bounded number of times however small the pieces are: only new bytes
 * are searched for a line end, and a line is parsed again only when there is one.
 *
 * ```
 *   FRESH ──▶ START_LINE ──line end──▶ FIELDS ──empty line──▶ COMPLETE
 *                  └──────── error ───────┴─────▶ FRESH
 * ```
 */
import { HeadPhase, type HttpHead } from '../http/head.ts';
import { CR, findByte, LF } from './bytes.ts';
import { HeadError, NEED_MORE } from './head-error.ts';
import { DEFAULT_LIMITS, type HeadLimits } from './limits.ts';
import { parseFields } from './parse-fields.ts';
import { settleRequest, settleResponse } from './settle.ts';
import { parseRequestLine, parseStatusLine } from './start-line.ts';

export { HeadError, NEED_MORE, statusOfHeadError } from './head-error.ts';
export { checkSwitch, determineResponseBody } from './settle.ts';

/**
 * Parses the request head in `bytes[start, end)`. Returns the offset past it, NEED_MORE, or a HeadError. The bytes
 * are changed in place (names become lower case) and stay the caller's; the head refers to them. A head that is
 * COMPLETE is reset first.
 */
export function parseRequestHead(
  head: HttpHead,
  bytes: Buffer,
  start: number,
  end: number,
  limits: HeadLimits = DEFAULT_LIMITS,
): number {
  const stop = end - start > limits.maxBytes ? start + limits.maxBytes : end;
  const opened = openHead(head, bytes, start, stop);
  if (opened <= 0) return closeHead(head, opened, stop, end);
  const line = start + head.parsedTo;
  const fields = head.phase === HeadPhase.FIELDS ? line : parseRequestLine(head, bytes, line, stop, limits);
  if (fields <= 0) return closeHead(head, fields, stop, end);
  const isSimple = head.phase === HeadPhase.COMPLETE;
  const past = isSimple ? fields : parseFields(head, bytes, fields, stop, limits);
  if (past <= 0) return closeHead(head, past, stop, end);
  if (overflows(head, past, limits)) return closeHead(head, HeadError.TOO_LARGE, stop, end);
  const error = settleRequest(head, limits);
  return closeHead(head, error < 0 ? error : past, stop, end);
}

/** As parseRequestHead, for a response. How its body is delimited is not known before `determineResponseBody`. */
export function parseResponseHead(
  head: HttpHead,
  bytes: Buffer,
  start: number,
  end: number,
  limits: HeadLimits = DEFAULT_LIMITS,
): number {
  const stop = end - start > limits.maxBytes ? start + limits.maxBytes : end;
  const opened = openHead(head, bytes, start, stop);
  if (opened <= 0) return closeHead(head, opened, stop, end);
  const line = start + head.parsedTo;
  const fields = head.phase === HeadPhase.FIELDS ? line : parseStatusLine(head, bytes, line, stop, limits);
  if (fields <= 0) return closeHead(head, fields, stop, end);
  const past = parseFields(head, bytes, fields, stop, limits);
  if (past <= 0) return closeHead(head, past, stop, end);
  if (overflows(head, past, limits)) return closeHead(head, HeadError.TOO_LARGE, stop, end);
  const error = settleResponse(head, limits);
  return closeHead(head, error < 0 ? error : past, stop, end);
}

/**
 * Whether a head is larger than HAProxy's buffer takes it, in the form that HAProxy keeps it in: as watched, that has
 * a head of its own, and a few bytes more than the wire for every field.
 */
function overflows(head: HttpHead, past: number, limits: HeadLimits): boolean {
  const bytes = past - head.lineStart + head.fieldCount * FIELD_OVERHEAD_BYTES;
  return bytes > limits.maxBytes - HEAD_OVERHEAD_BYTES;
}

const HEAD_OVERHEAD_BYTES = 79;
const FIELD_OVERHEAD_BYTES = 4;

/** There is a line to parse. */
const GO_ON = 1;

/** Begins a head, or goes on with one. Returns GO_ON to parse the line at `head.parsedTo`, NEED_MORE, or a HeadError. */
function openHead(head: HttpHead, bytes: Buffer, start: number, stop: number): number {
  if (head.phase === HeadPhase.FRESH || head.phase === HeadPhase.COMPLETE) {
    head.reset();
    head.bytes = bytes;
    head.start = start;
    head.phase = HeadPhase.START_LINE;
    return skipEmptyLines(head, bytes, start, stop);
  }
  head.moveTo(bytes, start);
  const unseen = start + head.scannedTo;
  if (findByte(bytes, LF, unseen, stop) === stop) return NEED_MORE;
  if (head.phase === HeadPhase.FIELDS) return GO_ON;
  return skipEmptyLines(head, bytes, start + head.parsedTo, stop);
}

/** Empty lines before a start line are skipped (RFC 9112 §2.2). */
function skipEmptyLines(head: HttpHead, bytes: Buffer, from: number, stop: number): number {
  let at = from;
  while (at < stop) {
    if (bytes[at] === LF) {
      at++;
    } else if (bytes[at] === CR) {
      if (at + 1 >= stop) break;
      if (bytes[at + 1] !== LF) return HeadError.BARE_CR;
      at += 2;
    } else {
      head.parsedTo = at - head.start;
      return GO_ON;
    }
  }
  head.parsedTo = at - head.start;
  return NEED_MORE;
}

/** Leaves the head as the result says, and returns it. A head that fills its limit and is not whole is TOO_LARGE. */
function closeHead(head: HttpHead, result: number, stop: number, end: number): number {
  if (result > 0) {
    head.start = head.lineStart;
    head.end = result;
    head.phase = HeadPhase.COMPLETE;
    return result;
  }
  if (result === NEED_MORE && stop === end) {
    head.end = end;
    head.scannedTo = stop - head.start;
    return NEED_MORE;
  }
  head.phase = HeadPhase.FRESH;
  return result === NEED_MORE ? HeadError.TOO_LARGE : result;
}
