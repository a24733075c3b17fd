/** How much of a server's response counts as sent, as logs and statistics tell it (src/http/message-bytes.ts). */
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { chunksEndBytes, responseHeadBytes } from '../../src/http/message-bytes.ts';

/** What is known of a chunked body as it is passed on. */
interface ChunkedBody {
  /** Data so far, without its framing. */
  readonly chunkDataBytes: number;
  readonly trailers: HttpHead | null;
}

/** One of a stream, begun anew with every response. */
export class ResponseCount {
  /** Of the head, as the server sent it. */
  headBytes = 0;
  /** The response is chunked: its framing is passed on as it came, and counts nothing. */
  #isChunked = false;
  /** Data of its chunks that has been counted. */
  #chunkBytes = 0;

  /** To be called before rules change the head. */
  begin(head: HttpHead): void {
    this.headBytes = responseHeadBytes(head);
    this.#isChunked = head.bodyKind === BodyKind.CHUNKED;
    this.#chunkBytes = 0;
  }

  /** How much a range of so many bytes counts; `body` is null once the server's connection is gone. */
  rangeBytes(bytes: number, body: ChunkedBody | null): number {
    if (!this.#isChunked || body === null) return bytes;
    const { chunkDataBytes } = body;
    const counted = chunkDataBytes - this.#chunkBytes;
    this.#chunkBytes = chunkDataBytes;
    return counted;
  }

  /** How much the end counts. */
  endBytes(body: ChunkedBody | null): number {
    return this.#isChunked && body !== null ? chunksEndBytes(body.trailers) : 0;
  }
}
