/**
 * How many bytes a head counts for in logs (`%B`, `%U`) and statistics: HAProxy counts messages in the form it keeps
 * them in, which is that of no wire. Found by watching it: a start line counts 20 more than its three parts, a field
 * its name and value, the end of the head 1; bodies count as they are, without their framing.
 */
import { FIELD, FIELD_FLAG, type HttpHead } from './head.ts';
import { reasonOf } from './status.ts';

const START_LINE_BYTES = 20;
const HEAD_END_BYTES = 1;
/** `HTTP/1.1`. */
const VERSION_BYTES = 8;
const STATUS_BYTES = 3;

/** A request as it was received: to be asked before rules edit it. */
export function requestHeadBytes(head: HttpHead): number {
  const target = head.targetEnd - head.targetStart;
  return START_LINE_BYTES + head.method.length + target + VERSION_BYTES + fieldBytes(head) + HEAD_END_BYTES;
}

/** A response as it was received: to be asked before rules edit it. */
export function responseHeadBytes(head: HttpHead): number {
  const reason = head.reasonEnd - head.reasonStart;
  return START_LINE_BYTES + VERSION_BYTES + STATUS_BYTES + reason + fieldBytes(head) + HEAD_END_BYTES;
}

/** What the end of a chunked body counts for, with its trailers or null. */
export function chunksEndBytes(trailers: HttpHead | null): number {
  return trailers === null ? HEAD_END_BYTES : fieldBytes(trailers) + HEAD_END_BYTES;
}

/** Fields that parsing took out, as those of one hop, count nothing. */
function fieldBytes(head: HttpHead): number {
  const { fields } = head;
  const limit = head.fieldCount * FIELD.STRIDE;
  let bytes = 0;
  for (let row = 0; row < limit; row += FIELD.STRIDE) {
    if ((fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) !== 0) continue;
    bytes += fields[row + FIELD.NAME_END]! - fields[row]!;
    bytes += fields[row + FIELD.VALUE_END]! - fields[row + FIELD.VALUE_START]!;
  }
  return bytes;
}

export interface MadeResponse {
  readonly status: number;
  /** Empty takes the standard reason of the status. */
  readonly reason: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array;
  /** Its own page says so: HAProxy's have the field `connection: close`. */
  readonly closes: boolean;
}

/** A response that was made here, with its body. `hasLength`: it gets a Content-Length if it has none. */
export function madeResponseBytes(response: MadeResponse, hasLength: boolean): number {
  const { headers, body } = response;
  const reason = response.reason === '' ? reasonOf(response.status) : response.reason;
  let bytes = START_LINE_BYTES + VERSION_BYTES + STATUS_BYTES + reason.length + HEAD_END_BYTES + body.length;
  if (response.closes) bytes += CLOSE_FIELD_BYTES;
  let isLengthMissing = hasLength;
  for (let i = 0; i < headers.length; i++) {
    const { name, value } = headers[i]!;
    bytes += name.length + value.length;
    if (name === 'content-length') isLengthMissing = false;
  }
  return isLengthMissing ? bytes + LENGTH_NAME_BYTES + String(body.length).length : bytes;
}

const LENGTH_NAME_BYTES = 'content-length'.length;
const CLOSE_FIELD_BYTES = 'connectionclose'.length;
