/** The response to an HTTP check, read as strictly as responses of the traffic are, from pieces that come in turn. */
import { BodyKind, HttpHead } from '../http/head.ts';
import { ChunkedDecoder, ChunkStatus } from '../http1/chunked-decoder.ts';
import { determineResponseBody, NEED_MORE, parseResponseHead } from '../http1/parse-head.ts';

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
}

/** `head`: it is there and its body still comes. `cut`: nothing more comes and the body is not whole. */
export type ResponseState = 'partial' | 'invalid' | 'head' | 'complete' | 'cut';

export class HttpResponse {
  state: ResponseState = 'partial';
  code = -1;
  reason = '';
  fields: readonly HeaderField[] = [];
  body = '';
  readonly #isHeadRequest: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #bodyStart = 0;
  #bodyKind: BodyKind = BodyKind.NONE;
  #length = 0;

  /** `isHeadRequest`: a response to HEAD has no body, whatever its head says. */
  constructor(isHeadRequest: boolean) {
    this.#isHeadRequest = isHeadRequest;
  }

  /** A byte string. */
  receive(text: string): void {
    if (this.state !== 'partial' && this.state !== 'head') return;
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(text, 'latin1')]);
    if (this.state === 'partial') this.#readHead();
    if (this.state === 'head') this.#readBody();
  }

  end(): void {
    if (this.state === 'partial') this.state = 'invalid';
    else if (this.state === 'head') this.state = this.#bodyKind === BodyKind.UNTIL_CLOSE ? 'complete' : 'cut';
  }

  /** As HAProxy, not before there is a whole line. */
  #readHead(): void {
    if (!this.#bytes.includes('\n')) return;
    const head = new HttpHead();
    // Parsing writes into the bytes; they are parsed anew with every piece.
    const bytes = Buffer.from(this.#bytes);
    const bodyStart = parseResponseHead(head, bytes, 0, bytes.length);
    if (bodyStart === NEED_MORE) return;
    if (bodyStart <= 0) {
      this.state = 'invalid';
      return;
    }
    determineResponseBody(head, this.#isHeadRequest, false);
    this.state = 'head';
    this.code = head.status;
    this.reason = bytes.latin1Slice(head.reasonStart, head.reasonEnd);
    this.fields = fieldsOf(bytes.latin1Slice(head.lineEnd, bodyStart));
    this.#bodyStart = bodyStart;
    this.#bodyKind = head.status < 200 ? BodyKind.NONE : head.bodyKind;
    this.#length = head.contentLength;
  }

  #readBody(): void {
    const content = this.#bytes.subarray(this.#bodyStart);
    if (this.#bodyKind === BodyKind.CHUNKED) this.#readChunks(content);
    else if (this.#bodyKind === BodyKind.LENGTH) {
      this.body = content.latin1Slice(0, Math.min(this.#length, content.length));
      if (content.length >= this.#length) this.state = 'complete';
    } else if (this.#bodyKind === BodyKind.NONE) this.state = 'complete';
    else this.body = content.latin1Slice();
  }

  #readChunks(content: Buffer): void {
    const decoder = new ChunkedDecoder();
    let body = '';
    let at = 0;
    for (;;) {
      const status = decoder.next(content, at, content.length);
      at = decoder.position;
      if (status === ChunkStatus.DATA) {
        body += content.latin1Slice(decoder.rangeStart, decoder.rangeEnd);
        continue;
      }
      if (status === ChunkStatus.END) this.state = 'complete';
      if (status === ChunkStatus.ERROR) this.state = 'invalid';
      this.body = body;
      return;
    }
  }
}

/** The header lines of a head whose names are lower case already. */
function fieldsOf(lines: string): HeaderField[] {
  return lines.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon <= 0
      ? []
      : [{ name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() }];
  });
}
