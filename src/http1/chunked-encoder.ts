/** The framing of a chunked body that is sent (RFC 9112 §7.1): size lines in upper case, as HAProxy writes them. */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { CR, LF } from './bytes.ts';
import { boundOfFields, writeFields } from './encode-head.ts';

/** Of a size line: eight digits and CRLF. A larger piece must be sent as several chunks. */
export const CHUNK_SIZE_MAX_BYTES = 10;

/** The chunk that ends a body, without trailers. */
export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n', 'latin1');

const DIGITS = Buffer.from('0123456789ABCDEF', 'latin1');

/** Writes the size line of a chunk of `sizeBytes` (1 to 2^32 - 1) at `at`. Returns the offset behind it. */
export function writeChunkSize(out: Buffer, at: number, sizeBytes: number): number {
  let shift = 28;
  while (shift > 0 && sizeBytes >>> shift === 0) shift -= 4;
  let next = at;
  for (; shift >= 0; shift -= 4) out[next++] = DIGITS[(sizeBytes >>> shift) & 15]!;
  out[next] = CR;
  out[next + 1] = LF;
  return next + 2;
}

/**
 * Writes the trailer section: its fields, if there are any, and the empty line, but not the `0` chunk before them.
 * Returns the offset behind it, or -1 when `out` may be too small.
 */
export function encodeTrailers(trailers: HttpHead | null, out: Buffer, at: number): number {
  if (trailers === null) return writeLineEnd(out, at);
  if (at + boundOfFields(trailers) > out.length) return -1;
  return writeLineEnd(out, writeFields(trailers, out, at, -1));
}

function writeLineEnd(out: Buffer, at: number): number {
  if (at + 2 > out.length) return -1;
  out[at] = CR;
  out[at + 1] = LF;
  return at + 2;
}

/** Whether any trailer field is left to send. */
export function hasTrailers(trailers: HttpHead | null): trailers is HttpHead {
  if (trailers === null) return false;
  const limit = trailers.fieldCount * FIELD.STRIDE;
  for (let row = 0; row < limit; row += FIELD.STRIDE) {
    if ((trailers.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0) return true;
  }
  return trailers.added.length > 0;
}
