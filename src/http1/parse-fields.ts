/**
 * The header lines of an HTTP/1 message, and of the trailer section of a chunked body, into a head's table.
 *
 * Everything is done in place in the buffer: names become lower case, as HAProxy sends them, and the line ends of
 * folded values become blanks (RFC 9112 §5.2). Both may be done twice to the same bytes, so that a line that came
 * in part is parsed again from its beginning.
 */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { headerIdAt } from '../http/header-id.ts';
import { COLON, CR, isBlank, LF, LOWER_TOKEN, NUL, SP, skipBlanks, TAB } from './bytes.ts';
import { HeadError, NEED_MORE } from './head-error.ts';
import { type HeadLimits, MAX_NAME_BYTES } from './limits.ts';
import { skipText } from './scan.ts';

/**
 * Parses lines from `at` to the empty line. Returns the offset past it, NEED_MORE, or a HeadError; with NEED_MORE,
 * `head.parsedTo` tells the line to go on from.
 */
export function parseFields(
  head: HttpHead,
  bytes: Buffer,
  at: number,
  stop: number,
  limits: HeadLimits,
): number {
  let line = at;
  for (;;) {
    if (line >= stop) return pauseAt(head, line);
    const first = bytes[line]!;
    if (first === LF) return line + 1;
    if (first === CR) {
      if (line + 1 >= stop) return pauseAt(head, line);
      return bytes[line + 1] === LF ? line + 2 : HeadError.BARE_CR;
    }
    const next = parseLine(head, bytes, line, stop, limits);
    if (next < 0) return next;
    if (next === NEED_MORE) return pauseAt(head, line);
    line = next;
  }
}

function pauseAt(head: HttpHead, line: number): number {
  head.parsedTo = line - head.start;
  return NEED_MORE;
}

/** Parses the line at `start` into a new row. Returns the next line's offset, NEED_MORE, or a HeadError. */
function parseLine(head: HttpHead, bytes: Buffer, start: number, stop: number, limits: HeadLimits): number {
  let at = start;
  while (at < stop) {
    const byte = bytes[at]!;
    const lower = LOWER_TOKEN[byte]!;
    if (lower === 0) break;
    if (lower !== byte) bytes[at] = lower;
    at++;
  }
  let flags = 0;
  if (at >= stop || bytes[at] !== COLON) {
    at = limits.isRelaxed ? skipBadName(bytes, at, stop) : at < stop ? HeadError.BAD_NAME : NEED_MORE;
    if (at <= 0) return at;
    flags = FIELD_FLAG.REMOVED;
  }
  const nameEnd = at;
  if (nameEnd === start) return HeadError.EMPTY_NAME;
  if (nameEnd - start > MAX_NAME_BYTES) return HeadError.LONG_NAME;

  let valueStart = at + 1;
  while (valueStart < stop && isBlank(bytes[valueStart]!)) valueStart++;
  at = valueStart;
  let next = 0;
  for (;;) {
    at = skipText(bytes, at, stop);
    if (at >= stop) return NEED_MORE;
    const byte = bytes[at]!;
    if (byte === CR) {
      if (at + 1 >= stop) return NEED_MORE;
      if (bytes[at + 1] !== LF) return HeadError.BARE_CR;
      next = at + 2;
    } else if (byte === LF) {
      next = at + 1;
    } else {
      if (byte === NUL && !limits.isRelaxed) return HeadError.BAD_VALUE;
      at++;
      continue;
    }
    if (next >= stop) return NEED_MORE;
    const following = bytes[next]!;
    if (following !== SP && following !== TAB) break;
    bytes.fill(SP, at, next);
    valueStart = valueStart === at ? skipBlanks(bytes, at, stop) : valueStart;
    at = Math.max(valueStart, next);
  }
  let valueEnd = at;
  while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd--;
  if (valueStart === nameEnd + 2 && valueEnd === at && bytes[nameEnd + 1] === SP && bytes[at] === CR) {
    flags |= FIELD_FLAG.CANONICAL;
  }

  const { fields, fieldCount } = head;
  const row = fieldCount * FIELD.STRIDE;
  if (fieldCount + 1 >= limits.maxHeaders || row + FIELD.STRIDE > fields.length)
    return HeadError.TOO_MANY_FIELDS;
  fields[row] = start;
  fields[row + FIELD.NAME_END] = nameEnd;
  fields[row + FIELD.VALUE_START] = valueStart;
  fields[row + FIELD.VALUE_END] = valueEnd;
  fields[row + FIELD.ID] = headerIdAt(bytes, start, nameEnd);
  fields[row + FIELD.FLAGS] = flags;
  head.fieldCount = fieldCount + 1;
  return next;
}

/** The colon behind a name that is no token, when such names are dropped instead of refused. */
function skipBadName(bytes: Buffer, start: number, stop: number): number {
  let at = start;
  while (at < stop && bytes[at] !== COLON) {
    if (bytes[at] === CR || bytes[at] === LF) return HeadError.BAD_NAME;
    at++;
  }
  return at < stop ? at : NEED_MORE;
}
