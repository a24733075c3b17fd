/**
 * What the header fields of a whole head say about it: how its body is delimited, whether the connection stays,
 * whether the message is ambiguous. Fields are corrected in place as HAProxy forwards them: repeated lengths become
 * one, `close` and `keep-alive` leave the Connection field (the encoder writes its own), a length beside a transfer
 * coding goes.
 */
import { BodyKind, FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { HeaderId } from '../http/header-id.ts';
import { COMMA, equalsIgnoringCase, findByte, skipBlanks, trimEnd } from './bytes.ts';
import { parseConnection } from './connection-field.ts';
import { parseCoding, parseLength } from './framing-fields.ts';
import { HeadError } from './head-error.ts';
import type { HeadLimits } from './limits.ts';
import { mergeHosts, settleTarget } from './target.ts';
import { hasWebSocketAccept, hasWebSocketKey, isWebSocket } from './websocket.ts';

/** What one pass over the fields found. One object serves all heads of a thread: it lives as long as one call. */
class Findings {
  lengthRow = -1;
  codingRow = -1;
  isChunked = false;
  hasOtherCoding = false;
  hostRow = -1;
  upgradeRow = -1;

  reset(): void {
    this.lengthRow = this.codingRow = this.hostRow = this.upgradeRow = -1;
    this.isChunked = this.hasOtherCoding = false;
  }
}

const found = new Findings();

/** Completes a parsed request head: body, connection, target. Returns 0 or a HeadError. */
export function settleRequest(head: HttpHead, limits: HeadLimits): number {
  const error = readFields(head, false) || (found.hostRow >= 0 ? mergeHosts(head, found.hostRow) : 0);
  if (error < 0) return error;
  if (head.method === 'PRI') return HeadError.HTTP2_PREFACE;
  const targetError = settleTarget(head, found.hostRow, limits.isRelaxed);
  if (targetError < 0) return targetError;
  if (found.hasOtherCoding) return found.isChunked ? HeadError.UNKNOWN_CODING : HeadError.BAD_CODING;
  settleFraming(head, limits);
  return determineRequestBody(head, limits) || settleUpgrade(head, limits);
}

/** Completes a parsed response head but for its body. Returns 0 or a HeadError. */
export function settleResponse(head: HttpHead, limits: HeadLimits): number {
  const error = readFields(head, limits.isRelaxed);
  if (error < 0) return error;
  if (found.hasOtherCoding) return HeadError.UNKNOWN_CODING;
  settleFraming(head, limits);
  head.bodyKind = found.isChunked
    ? BodyKind.CHUNKED
    : found.lengthRow >= 0
      ? BodyKind.LENGTH
      : BodyKind.UNTIL_CLOSE;
  if (found.upgradeRow < 0) head.saysUpgrade = false;
  return 0;
}

function readFields(head: HttpHead, isTolerant: boolean): number {
  found.reset();
  const { fields } = head;
  const limit = head.fieldCount * FIELD.STRIDE;
  for (let row = 0; row < limit; row += FIELD.STRIDE) {
    const id = fields[row + FIELD.ID];
    if (id === HeaderId.OTHER || id! > HeaderId.TE) continue;
    const error = readField(head, row, id as HeaderId, isTolerant);
    if (error < 0) return error;
  }
  return 0;
}

function readField(head: HttpHead, row: number, id: HeaderId, isTolerant: boolean): number {
  switch (id) {
    case HeaderId.HOST:
      if (found.hostRow < 0) found.hostRow = row;
      return 0;
    case HeaderId.CONTENT_LENGTH:
      return parseLength(head, row, found);
    case HeaderId.TRANSFER_ENCODING:
      return parseCoding(head, row, found, isTolerant);
    case HeaderId.CONNECTION:
      parseConnection(head, row);
      return 0;
    case HeaderId.UPGRADE:
      if (found.upgradeRow < 0) found.upgradeRow = row;
      return 0;
    case HeaderId.TE:
      if (head.status === 0) settleTe(head, row);
      return 0;
    default:
      return readExpect(head, row);
  }
}

/** Of TE only `trailers` can be kept by those behind us, since codings are for one hop; nothing else goes on. */
function settleTe(head: HttpHead, row: number): void {
  const { bytes, fields } = head;
  const start = fields[row + FIELD.VALUE_START]!;
  const end = fields[row + FIELD.VALUE_END]!;
  if (equalsIgnoringCase(bytes, start, end, TRAILERS)) return;
  for (let at = start; at < end; ) {
    const elementEnd = findByte(bytes, COMMA, at, end);
    if (equalsIgnoringCase(bytes, at, trimEnd(bytes, at, elementEnd), TRAILERS)) {
      fields[row + FIELD.VALUE_START] = at;
      fields[row + FIELD.VALUE_END] = at + TRAILERS.length;
      fields[row + FIELD.FLAGS]! &= ~FIELD_FLAG.CANONICAL;
      return;
    }
    at = skipBlanks(bytes, elementEnd + 1, end);
  }
  head.removeRow(row);
}

const TRAILERS = 'trailers';

function readExpect(head: HttpHead, row: number): number {
  const start = head.fields[row + FIELD.VALUE_START]!;
  const end = head.fields[row + FIELD.VALUE_END]!;
  if (head.version > 10 && equalsIgnoringCase(head.bytes, start, end, '100-continue'))
    head.expectsContinue = true;
  return 0;
}

/**
 * A transfer coding overrides a length, which is dropped; both together, or a coding in a message of HTTP/1.0, are
 * a reason to close (RFC 9112 §6.1).
 */
function settleFraming(head: HttpHead, limits: HeadLimits): void {
  if (!found.isChunked) return;
  if (found.lengthRow < 0 && head.version > 10) return;
  if (found.lengthRow >= 0) head.removeRow(found.lengthRow);
  head.contentLength = 0;
  if (limits.trustsInsecureFraming) return;
  head.isInsecurelyFramed = true;
  head.saysClose = true;
}

/** How a request's body is delimited (RFC 9112 §6.3). Requires what `readFields` found. */
function determineRequestBody(head: HttpHead, limits: HeadLimits): number {
  if (head.method === 'CONNECT') {
    if (found.lengthRow >= 0) head.removeRow(found.lengthRow);
    removeRows(head, found.codingRow, HeaderId.TRANSFER_ENCODING);
    head.contentLength = 0;
    head.bodyKind = BodyKind.NONE;
    return 0;
  }
  const hasBody = found.isChunked || head.contentLength > 0;
  head.bodyKind = found.isChunked ? BodyKind.CHUNKED : hasBody ? BodyKind.LENGTH : BodyKind.NONE;
  if (!hasBody || head.version > 10 || limits.acceptsAnyPayload) return 0;
  const { method } = head;
  return method === 'GET' || method === 'HEAD' || method === 'DELETE' ? HeadError.UNEXPECTED_BODY : 0;
}

/** A request with a body cannot upgrade: its Upgrade fields go. A WebSocket request must have its key. */
function settleUpgrade(head: HttpHead, limits: HeadLimits): number {
  if (!head.saysUpgrade) return 0;
  if (found.upgradeRow < 0) {
    head.saysUpgrade = false;
  } else if (head.bodyKind !== BodyKind.NONE) {
    removeRows(head, found.upgradeRow, HeaderId.UPGRADE);
    head.saysUpgrade = false;
  } else if (!limits.isRelaxed && isWebSocket(head, found.upgradeRow) && !hasWebSocketKey(head)) {
    return HeadError.BAD_WEBSOCKET_KEY;
  }
  return 0;
}

function removeRows(head: HttpHead, first: number, id: HeaderId): void {
  if (first < 0) return;
  for (let row = head.findRow(id, '', first); row >= 0; row = head.findRow(id, '', row + FIELD.STRIDE))
    head.removeRow(row);
}

/**
 * Sets how the body of a parsed response is delimited, which depends on the request it answers (RFC 9112 §6.3).
 * A 101 becomes a tunnel; whether it may is for `checkSwitch` to say.
 */
export function determineResponseBody(
  response: HttpHead,
  isHeadRequest: boolean,
  isConnectRequest: boolean,
): void {
  const { status } = response;
  if (status < 200 || status === 204) {
    response.remove(HeaderId.CONTENT_LENGTH, 'content-length');
    response.remove(HeaderId.TRANSFER_ENCODING, 'transfer-encoding');
    response.contentLength = 0;
    response.bodyKind = status === 101 ? BodyKind.TUNNEL : BodyKind.NONE;
  }
  if (isConnectRequest && status >= 200 && status < 300) response.bodyKind = BodyKind.TUNNEL;
  else if (isHeadRequest || status === 304) response.bodyKind = BodyKind.NONE;
}

/**
 * Whether a 101 answers what its request asked for: an upgrade, and a WebSocket's with an answer to its key (RFC 9110
 * §15.2.2, RFC 6455 §4.1). Returns 0 or a HeadError; other responses always pass.
 */
export function checkSwitch(response: HttpHead, request: HttpHead, limits: HeadLimits): number {
  if (response.status !== 101) return 0;
  if (!request.saysUpgrade || !response.saysUpgrade) return HeadError.UNEXPECTED_UPGRADE;
  const row = response.findRow(HeaderId.UPGRADE, 'upgrade');
  if (limits.isRelaxed || row < 0 || !isWebSocket(response, row)) return 0;
  return hasWebSocketAccept(response) ? 0 : HeadError.UNEXPECTED_UPGRADE;
}
