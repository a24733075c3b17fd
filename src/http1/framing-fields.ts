/** Content-Length and Transfer-Encoding, with the strictness that keeps two parsers from disagreeing (RFC 9112 §6). */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { COMMA, DIGIT_0, equalsIgnoringCase, findByte, isDigit, skipBlanks, trimEnd } from './bytes.ts';
import { HeadError } from './head-error.ts';

/** What the framing fields of a head have said so far. */
interface Framing {
  lengthRow: number;
  codingRow: number;
  isChunked: boolean;
  hasOtherCoding: boolean;
}

/**
 * Reads one Content-Length field: decimal digits, or a list of equal ones, which is cut to its first (RFC 9112
 * §6.3). A second field must be equal and is dropped. Lengths beyond 2^53 - 1 bytes are refused.
 */
export function parseLength(head: HttpHead, row: number, framing: Framing): number {
  const { bytes, fields } = head;
  const valueEnd = fields[row + FIELD.VALUE_END]!;
  let at = fields[row + FIELD.VALUE_START]!;
  let isFirst = true;
  for (;;) {
    const length = decimalAt(bytes, at, valueEnd);
    if (length < 0) return HeadError.BAD_LENGTH;
    if ((framing.lengthRow >= 0 || !isFirst) && length !== head.contentLength) return HeadError.BAD_LENGTH;
    head.contentLength = length;
    if (isFirst) dropLeadingZeros(head, row);
    while (at < valueEnd && isDigit(bytes[at]!)) at++;
    const elementEnd = at;
    at = skipBlanks(bytes, at, valueEnd);
    if (at < valueEnd && bytes[at] !== COMMA) return HeadError.BAD_LENGTH;
    if (isFirst && at < valueEnd) {
      fields[row + FIELD.VALUE_END] = elementEnd;
      fields[row + FIELD.FLAGS]! &= ~FIELD_FLAG.CANONICAL;
    }
    isFirst = false;
    if (at >= valueEnd) break;
    at = skipBlanks(bytes, at + 1, valueEnd);
  }
  if (framing.lengthRow >= 0) head.removeRow(row);
  else framing.lengthRow = row;
  return 0;
}

/** Servers that read a leading zero as the sign of octal digits must not find one. */
function dropLeadingZeros(head: HttpHead, row: number): void {
  const { bytes, fields } = head;
  let at = fields[row + FIELD.VALUE_START]!;
  if (bytes[at] !== DIGIT_0 || !isDigitAt(head, at + 1, row)) return;
  while (bytes[at] === DIGIT_0 && isDigitAt(head, at + 1, row)) at++;
  fields[row + FIELD.VALUE_START] = at;
  fields[row + FIELD.FLAGS]! &= ~FIELD_FLAG.CANONICAL;
}

function isDigitAt({ bytes, fields }: HttpHead, at: number, row: number): boolean {
  return at < fields[row + FIELD.VALUE_END]! && isDigit(bytes[at]!);
}

/** The number whose digits begin at `at`, or -1 when there is none or it is no safe integer. */
function decimalAt(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  let at = start;
  while (at < end && isDigit(bytes[at]!)) {
    value = value * 10 + bytes[at]! - DIGIT_0;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
    at++;
  }
  return at === start ? -1 : value;
}

/**
 * Reads one Transfer-Encoding field. Nothing may stand behind `chunked`, neither another coding nor a second
 * `chunked`, in this field or a later one; an empty field is refused (RFC 9112 §6.1, §7). `isTolerant` takes empty
 * fields and more of `chunked` (manual section 4.2, accept-unsafe-violations-in-http-response). What goes on is one
 * `chunked` without anything beside it: lists with empty elements are read in more than one way.
 */
export function parseCoding(head: HttpHead, row: number, framing: Framing, isTolerant: boolean): number {
  const { bytes, fields } = head;
  const valueEnd = fields[row + FIELD.VALUE_END]!;
  let at = fields[row + FIELD.VALUE_START]!;
  if (at === valueEnd && !isTolerant) return HeadError.BAD_CODING;
  const isRepeated = framing.isChunked;
  if (framing.codingRow < 0) framing.codingRow = row;
  while (at < valueEnd) {
    const elementEnd = findByte(bytes, COMMA, at, valueEnd);
    const codingEnd = trimEnd(bytes, at, elementEnd);
    if (codingEnd > at || !framing.isChunked) {
      const isChunked = equalsIgnoringCase(bytes, at, codingEnd, 'chunked');
      if (framing.isChunked && !(isTolerant && isChunked)) return HeadError.BAD_CODING;
      if (isChunked) keepCoding(head, row, at, codingEnd);
      if (isChunked) framing.isChunked = true;
      else framing.hasOtherCoding = true;
    }
    at = skipBlanks(bytes, elementEnd + 1, valueEnd);
  }
  if (isTolerant && (isRepeated || fields[row + FIELD.VALUE_START] === valueEnd)) head.removeRow(row);
  return 0;
}

/** Cuts the field to one coding, where there is more in it. */
function keepCoding({ fields }: HttpHead, row: number, start: number, end: number): void {
  if (fields[row + FIELD.VALUE_START] === start && fields[row + FIELD.VALUE_END] === end) return;
  fields[row + FIELD.VALUE_START] = start;
  fields[row + FIELD.VALUE_END] = end;
  fields[row + FIELD.FLAGS]! &= ~FIELD_FLAG.CANONICAL;
}
