/** Request lines and status lines (RFC 9112 §3, §4). Blanks between their parts may be several, as HAProxy takes them. */
import { HeadPhase, type HttpHead } from '../http/head.ts';
import { methodAt } from '../http/method.ts';
import { CR, DIGIT_0, isBlank, isDigit, LF, LOWER_TOKEN, NUL, SLASH, SP, skipBlanks } from './bytes.ts';
import { HeadError, NEED_MORE } from './head-error.ts';
import type { HeadLimits } from './limits.ts';
import { skipTarget } from './scan.ts';

/**
 * Parses the request line at `start`. Returns the next line's offset, NEED_MORE, or a HeadError. Relaxed, a GET
 * without a version is a whole request (HTTP/0.9), which goes on as HTTP/1.0.
 */
export function parseRequestLine(
  head: HttpHead,
  bytes: Buffer,
  start: number,
  stop: number,
  limits: HeadLimits,
): number {
  let at = start;
  while (at < stop && LOWER_TOKEN[bytes[at]!] !== 0) at++;
  if (at >= stop) return NEED_MORE;
  if (at === start || !isBlank(bytes[at]!)) return HeadError.BAD_METHOD;
  const methodEnd = at;

  const targetStart = skipBlanks(bytes, at, stop);
  at = skipTarget(bytes, targetStart, stop);
  while (limits.isRelaxed && at < stop && bytes[at]! > SP && bytes[at]! !== 127) at++;
  if (at >= stop) return NEED_MORE;
  const targetEnd = at;
  const isSimple =
    limits.isRelaxed && isGet(bytes, start, methodEnd) && (bytes[at] === CR || bytes[at] === LF);
  if (targetEnd === targetStart || !(isBlank(bytes[at]!) || isSimple)) return HeadError.BAD_TARGET;

  const versionStart = skipBlanks(bytes, at, stop);
  at = isSimple ? at : parseVersion(head, bytes, versionStart, stop, limits.isRelaxed);
  if (at <= 0) return at;
  const next = lineEndAt(bytes, at, stop, HeadError.BAD_VERSION);
  if (next <= 0) return next;

  head.method = methodAt(bytes, start, methodEnd);
  if (isSimple) head.version = 10;
  head.lineStart = start;
  head.lineEnd = next;
  head.targetStart = targetStart;
  head.targetEnd = targetEnd;
  head.isLineCanonical =
    head.version === 11 &&
    targetStart === methodEnd + 1 &&
    versionStart === targetEnd + 1 &&
    next === versionStart + VERSION_LINE_LENGTH &&
    bytes[methodEnd] === SP &&
    bytes[targetEnd] === SP;
  head.phase = isSimple ? HeadPhase.COMPLETE : HeadPhase.FIELDS;
  return next;
}

/** The only method of HTTP/0.9. */
function isGet(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 3 && bytes[start] === 71 && bytes[start + 1] === 69 && bytes[start + 2] === 84;
}

/** `HTTP/1.1` and CRLF. */
const VERSION_LINE_LENGTH = 10;

/** Parses the status line at `start`. Returns the next line's offset, NEED_MORE, or a HeadError. */
export function parseStatusLine(
  head: HttpHead,
  bytes: Buffer,
  start: number,
  stop: number,
  limits: HeadLimits,
): number {
  let at = parseVersion(head, bytes, start, stop, limits.isRelaxed);
  if (at <= 0) return at;
  const versionEnd = at;
  const statusStart = skipBlanks(bytes, at, stop);
  if (statusStart >= stop) return NEED_MORE;
  if (statusStart === versionEnd) return HeadError.BAD_VERSION;

  let status = 0;
  at = statusStart;
  while (at < stop && isDigit(bytes[at]!)) status = status * 10 + bytes[at++]! - DIGIT_0;
  if (at >= stop) return at - statusStart > MAX_STATUS_DIGITS ? HeadError.BAD_STATUS : NEED_MORE;
  const statusEnd = at;
  if (!isStatus(status, statusEnd - statusStart, limits)) return HeadError.BAD_STATUS;
  if (!isBlank(bytes[at]!) && bytes[at] !== CR && bytes[at] !== LF) return HeadError.BAD_STATUS;

  const reasonStart = skipBlanks(bytes, at, stop);
  at = reasonStart;
  while (at < stop && bytes[at] !== CR && bytes[at] !== LF) {
    if (bytes[at] === NUL && !limits.isRelaxed) return HeadError.BAD_REASON;
    at++;
  }
  if (at >= stop) return NEED_MORE;
  const next = lineEndAt(bytes, at, stop, HeadError.BARE_CR);
  if (next <= 0) return next;

  head.status = status;
  head.lineStart = start;
  head.lineEnd = next;
  head.reasonStart = reasonStart;
  head.reasonEnd = at;
  head.isLineCanonical =
    head.version === 11 &&
    statusStart === start + 9 &&
    bytes[versionEnd] === SP &&
    reasonStart === statusEnd + 1 &&
    bytes[statusEnd] === SP &&
    next === at + 2;
  head.phase = HeadPhase.FIELDS;
  return next;
}

/** Relaxed parsing takes status codes that fit in 16 bits (manual, accept-unsafe-violations-in-http-response). */
const MAX_STATUS_DIGITS = 5;

function isStatus(status: number, digits: number, limits: HeadLimits): boolean {
  if (status < 100) return false;
  return digits === 3 || (limits.isRelaxed && digits <= MAX_STATUS_DIGITS && status <= 0xffff);
}

/**
 * Parses `HTTP/1.1` at `start` into `head.version`. Like HAProxy, any single digits are taken, and what is above
 * 1.0 is spoken to as 1.1. Relaxed, other protocol names and longer numbers are taken as 1.0 or 1.1.
 */
function parseVersion(
  head: HttpHead,
  bytes: Buffer,
  start: number,
  stop: number,
  isRelaxed: boolean,
): number {
  for (let i = 0; i < HTTP.length; i++) {
    if (start + i >= stop) return NEED_MORE;
    if (bytes[start + i] !== HTTP[i])
      return isRelaxed ? parseAnyVersion(head, bytes, start, stop) : HeadError.BAD_VERSION;
  }
  const at = start + HTTP.length;
  if (at + 2 >= stop) return isVersionBegun(bytes, at, stop) ? NEED_MORE : HeadError.BAD_VERSION;
  const major = bytes[at]!;
  const minor = bytes[at + 2]!;
  if (!isDigit(major) || bytes[at + 1] !== DOT || !isDigit(minor))
    return isRelaxed ? parseAnyVersion(head, bytes, start, stop) : HeadError.BAD_VERSION;
  if (isRelaxed && at + 3 < stop && isDigit(bytes[at + 3]!)) return parseAnyVersion(head, bytes, start, stop);
  head.version = (major - DIGIT_0) * 10 + minor - DIGIT_0;
  return at + 3;
}

const HTTP = Buffer.from('HTTP/');
const DOT = 46;

function isVersionBegun(bytes: Buffer, at: number, stop: number): boolean {
  return at >= stop || (isDigit(bytes[at]!) && (at + 1 >= stop || bytes[at + 1] === DOT));
}

/** `NAME/digits.digits` to the end of the line or a blank. */
function parseAnyVersion(head: HttpHead, bytes: Buffer, start: number, stop: number): number {
  let at = start;
  while (at < stop && LOWER_TOKEN[bytes[at]!] !== 0) at++;
  if (at >= stop) return NEED_MORE;
  if (at === start || bytes[at] !== SLASH) return HeadError.BAD_VERSION;
  let isModern = false;
  let digits = 0;
  for (at++; at < stop; at++) {
    const byte = bytes[at]!;
    if (!isDigit(byte) && byte !== DOT) break;
    if (isDigit(byte)) digits++;
    // Above 1.0: a leading digit above 1, or anything but zeros behind it.
    if (byte > DIGIT_0 && !(digits === 1 && byte === DIGIT_0 + 1)) isModern = true;
  }
  if (at >= stop) return NEED_MORE;
  if (digits < 2) return HeadError.BAD_VERSION;
  head.version = isModern ? 11 : 10;
  return at;
}

/** The offset behind the line end at `at`; `otherwise` when something else stands there. */
function lineEndAt(bytes: Buffer, at: number, stop: number, otherwise: number): number {
  if (at >= stop) return NEED_MORE;
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] !== CR) return otherwise;
  if (at + 1 >= stop) return NEED_MORE;
  return bytes[at + 1] === LF ? at + 2 : HeadError.BARE_CR;
}
