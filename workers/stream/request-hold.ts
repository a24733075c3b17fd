/**
 * Body bytes of a request that came before its server was ready. They stand behind the head in the stream's buffer as
 * far as they fit, else in a piece of their own; the session stops reading meanwhile, so there is at most one read's
 * worth; where a body is waited for, a buffer and a read's worth. What has been held can be sent again.
 */
export class RequestHold {
  /** The buffer of the head; `start` to `end` is held. */
  buffer: Buffer | null = null;
  start = 0;
  end = 0;
  /** What did not fit behind the head. */
  extra: Buffer | null = null;
  /** Everything of the request so far is held: it may be sent again. */
  isWhole = true;

  begin(buffer: Buffer, start: number): void {
    this.buffer = buffer;
    this.start = this.end = start;
    this.extra = null;
    this.isWhole = true;
  }

  get isEmpty(): boolean {
    return this.end === this.start && this.extra === null;
  }

  /** Whether head and body fill so much of a buffer that no more is waited for. */
  isFull(maxBytes: number): boolean {
    return this.end + (this.extra === null ? 0 : this.extra.length) >= maxBytes;
  }

  keep(bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    const buffer = this.buffer!;
    if (this.extra === null && this.end + size <= buffer.length) {
      bytes.copy(buffer, this.end, start, end);
      this.end += size;
      return;
    }
    const piece = Buffer.from(bytes.subarray(start, end));
    this.extra = this.extra === null ? piece : Buffer.concat([this.extra, piece]);
  }

  /** Everything so far is held and fits one buffer with the head: `retry-on` may send it again. */
  get fitsBuffer(): boolean {
    return this.isWhole && this.extra === null;
  }

  /** Keeps a copy of bytes that are on their way to the server, as long as the buffer has room for all of them. */
  retain(bytes: Buffer, start: number, end: number): void {
    if (!this.fitsBuffer || this.end + (end - start) > this.buffer!.length) this.isWhole = false;
    else this.keep(bytes, start, end);
  }

  release(): void {
    this.buffer = null;
    this.extra = null;
  }
}
