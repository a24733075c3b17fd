/** The end of a chunked body on its way to a peer. */
import type { HttpHead } from '../../src/http/head.ts';
import { encodeTrailers, hasTrailers, LAST_CHUNK } from '../../src/http1/chunked-encoder.ts';
import type { Connection } from './connection.ts';

const ZERO_CHUNK_BYTES = 3;

/** Writes the last chunk with the trailers, through `scratch`. Trailers that do not fit it are left out. */
export function writeLastChunk(connection: Connection, trailers: HttpHead | null, scratch: Buffer): void {
  if (hasTrailers(trailers)) {
    LAST_CHUNK.copy(scratch, 0, 0, ZERO_CHUNK_BYTES);
    const end = encodeTrailers(trailers, scratch, ZERO_CHUNK_BYTES);
    if (end > 0) {
      connection.write(scratch, 0, end);
      return;
    }
  }
  connection.write(LAST_CHUNK, 0, LAST_CHUNK.length);
}
