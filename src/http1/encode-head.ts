/**
 * Writes heads as HTTP/1. Runs of lines that stand canonically in the parsed bytes are copied at once; everything
 * else is written as `name: value`. Order and spelling are HAProxy's: fields as they came, then those that rules
 * added, then the Connection field of this hop.
 *
 * The version in the start line is that of the message: a peer that speaks HTTP/1.0 is shown to the other side as
 * such, one of HTTP/0.9 as well, since a message with fields is none of that; anything newer is HTTP/1.1.
 */
import { BodyKind, FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
import { COLON, CR, DIGIT_0, LF, SP } from './bytes.ts';

/** Beyond fields and start line: version, blanks, status, the Connection field, line ends. Bytes. */
const FIXED_BOUND = 64;

/**
 * Writes a request head at `at`. `closes` says that the server connection will not be used again, which HTTP/1.1
 * is told by `connection: close`, while HTTP/1.0 is told the opposite by `keep-alive`; a request to upgrade says that
 * alone. Returns the offset behind
 * it, or -1 when `out` may be too small: the bound is the head's size, what was added, and 2 bytes a field.
 */
export function encodeRequestHead(head: HttpHead, out: Buffer, at: number, closes: boolean): number {
  if (at + boundOfFields(head) + boundOfRequestLine(head) > out.length) return -1;
  let next = at;
  let runStart = -1;
  if (head.isLineCanonical && head.replacedMethod === null && head.replacedTarget === null) {
    runStart = head.lineStart;
  } else {
    next = writeText(out, next, head.replacedMethod ?? head.method);
    out[next++] = SP;
    if (head.replacedTarget !== null) next = writeText(out, next, head.replacedTarget);
    else next += head.bytes.copy(out, next, head.targetStart, head.targetEnd);
    out[next++] = SP;
    next = writeLineEnd(out, writeVersion(out, next, head.version));
  }
  next = writeFields(head, out, next, runStart);
  if (head.version < 11) {
    if (!closes) next = writeConnection(head, out, next, KEEP_ALIVE_LINE);
  } else if (closes && !head.saysUpgrade) {
    next = writeConnection(head, out, next, CLOSE_LINE);
  }
  return writeLineEnd(out, next);
}

/**
 * Writes a response head at `at` for a client that spoke `requestVersion` (10, 11) and whose connection stays or
 * not; a tunnel's says nothing of it. A client of HTTP/1.0 is not shown a transfer coding (RFC 9112 §6.1): the
 * caller sends the body without chunks and closes. Returns as encodeRequestHead does.
 */
export function encodeResponseHead(
  head: HttpHead,
  out: Buffer,
  at: number,
  requestVersion: number,
  keepsAlive: boolean,
  isTunnel: boolean,
): number {
  if (requestVersion < 11 && head.bodyKind === BodyKind.CHUNKED)
    head.remove(HeaderId.TRANSFER_ENCODING, 'transfer-encoding');
  const next = writeResponse(head, out, at);
  if (next < 0) return -1;
  if (isTunnel) return writeLineEnd(out, next);
  if (keepsAlive)
    return writeLineEnd(
      out,
      head.version < 11 || requestVersion < 11 ? writeConnection(head, out, next, KEEP_ALIVE_LINE) : next,
    );
  return writeLineEnd(out, head.version < 11 ? next : writeConnection(head, out, next, CLOSE_LINE));
}

/** Writes a 1xx head other than 101: it says nothing about the connection. Returns as encodeRequestHead does. */
export function encodeInformational(head: HttpHead, out: Buffer, at: number): number {
  const next = writeResponse(head, out, at);
  return next < 0 ? -1 : writeLineEnd(out, next);
}

/** The status line and the fields; -1 when they may not fit. */
function writeResponse(head: HttpHead, out: Buffer, at: number): number {
  const reasonSize = head.replacedReason === null ? 0 : head.replacedReason.length;
  if (at + boundOfFields(head) + reasonSize + FIXED_BOUND > out.length) return -1;
  let next = at;
  let runStart = -1;
  if (head.isLineCanonical && head.replacedReason === null && !isStatusReplaced(head)) {
    runStart = head.lineStart;
  } else {
    next = writeVersion(out, next, head.version);
    out[next++] = SP;
    next = writeStatus(out, next, head.status);
    out[next++] = SP;
    if (head.replacedReason !== null) next = writeText(out, next, head.replacedReason);
    else next += head.bytes.copy(out, next, head.reasonStart, head.reasonEnd);
    next = writeLineEnd(out, next);
  }
  return writeFields(head, out, next, runStart);
}

/** A rule may set `head.status`: then the line in the bytes says another. Only asked of canonical lines. */
function isStatusReplaced(head: HttpHead): boolean {
  const { bytes, status } = head;
  const at = head.lineStart + STATUS_OFFSET;
  const sent = (bytes[at]! - DIGIT_0) * 100 + (bytes[at + 1]! - DIGIT_0) * 10 + bytes[at + 2]! - DIGIT_0;
  return sent !== status;
}

/** Behind `HTTP/1.1 `. */
const STATUS_OFFSET = 9;
const KEEP_ALIVE_LINE = 'connection: keep-alive\r\n';
const CLOSE_LINE = 'connection: close\r\n';

/**
 * Writes the fields that are not removed, then the added ones. `runStart` is the beginning of a start line to copy
 * along with the lines that follow it, or -1. The caller has checked that they fit.
 */
export function writeFields(head: HttpHead, out: Buffer, at: number, runStart: number): number {
  if (head.nameCase !== null) return writeSpelledFields(head, head.nameCase, out, at, runStart);
  const { bytes, fields } = head;
  const limit = head.fieldCount * FIELD.STRIDE;
  let next = at;
  let from = runStart;
  let to = head.lineEnd;
  for (let row = 0; row < limit; row += FIELD.STRIDE) {
    const flags = fields[row + FIELD.FLAGS]!;
    if (flags === FIELD_FLAG.CANONICAL) {
      if (from < 0) from = fields[row]!;
      to = fields[row + FIELD.VALUE_END]! + 2;
      continue;
    }
    if (from >= 0) next += bytes.copy(out, next, from, to);
    from = -1;
    if ((flags & FIELD_FLAG.REMOVED) === 0) next = writeRow(head, out, next, row);
  }
  if (from >= 0) next += bytes.copy(out, next, from, to);
  const { added } = head;
  for (let i = 0; i < added.length; i++) {
    next = writeText(out, next, added[i]!.name);
    out[next] = COLON;
    out[next + 1] = SP;
    next = writeLineEnd(out, writeText(out, next + 2, added[i]!.value));
  }
  return next;
}

/** As writeFields, with the names that peers need in a spelling of their own: rare, so one by one. */
function writeSpelledFields(
  head: HttpHead,
  nameCase: ReadonlyMap<string, string>,
  out: Buffer,
  at: number,
  runStart: number,
): number {
  let next = at;
  if (runStart >= 0) next += head.bytes.copy(out, next, runStart, head.lineEnd);
  head.forEachField((name, value) => {
    next = writeText(out, next, nameCase.get(name) ?? name);
    out[next] = COLON;
    out[next + 1] = SP;
    next = writeLineEnd(out, writeText(out, next + 2, value));
  });
  return next;
}

/** Writes a Connection line; its name may have a spelling of its own. */
function writeConnection(head: HttpHead, out: Buffer, at: number, line: string): number {
  const next = writeText(out, at, line);
  const name = head.nameCase?.get('connection');
  if (name !== undefined) writeText(out, at, name);
  return next;
}

function writeRow(head: HttpHead, out: Buffer, at: number, row: number): number {
  const { bytes, fields } = head;
  let next = at + bytes.copy(out, at, fields[row]!, fields[row + FIELD.NAME_END]!);
  out[next] = COLON;
  out[next + 1] = SP;
  next += 2;
  if ((fields[row + FIELD.FLAGS]! & FIELD_FLAG.REPLACED) !== 0)
    return writeLineEnd(out, writeText(out, next, head.valueAt(row)));
  next += bytes.copy(out, next, fields[row + FIELD.VALUE_START]!, fields[row + FIELD.VALUE_END]!);
  return writeLineEnd(out, next);
}

/** The most bytes that the parsed lines and the added fields can take: a line grows by a blank and a CR at most. */
export function boundOfFields(head: HttpHead): number {
  let bound = head.end - head.start + 2 * head.fieldCount + 2;
  const { added } = head;
  for (let i = 0; i < added.length; i++) bound += added[i]!.name.length + added[i]!.value.length + 4;
  const { replaced } = head;
  for (let i = 0; i < replaced.length; i++) bound += replaced[i]!.value.length;
  return bound;
}

function boundOfRequestLine(head: HttpHead): number {
  const target = head.replacedTarget === null ? 0 : head.replacedTarget.length;
  return (
    FIXED_BOUND +
    head.method.length +
    target +
    (head.replacedMethod === null ? 0 : head.replacedMethod.length)
  );
}

function writeVersion(out: Buffer, at: number, version: number): number {
  return at + out.latin1Write(version < 11 ? 'HTTP/1.0' : 'HTTP/1.1', at, 8);
}

/** Three digits; relaxed parsing may have taken up to five. */
function writeStatus(out: Buffer, at: number, status: number): number {
  let next = at;
  if (status >= 10_000) out[next++] = DIGIT_0 + (Math.trunc(status / 10_000) % 10);
  if (status >= 1_000) out[next++] = DIGIT_0 + (Math.trunc(status / 1_000) % 10);
  out[next] = DIGIT_0 + (Math.trunc(status / 100) % 10);
  out[next + 1] = DIGIT_0 + (Math.trunc(status / 10) % 10);
  out[next + 2] = DIGIT_0 + (status % 10);
  return next + 3;
}

/** Texts up to this many characters are written by a loop, which beats the call that writes longer ones. */
const LOOP_MAX_CHARS = 24;

function writeText(out: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > LOOP_MAX_CHARS) return at + out.latin1Write(text, at, length);
  for (let i = 0; i < length; i++) out[at + i] = text.charCodeAt(i);
  return at + length;
}

function writeLineEnd(out: Buffer, at: number): number {
  out[at] = CR;
  out[at + 1] = LF;
  return at + 2;
}
