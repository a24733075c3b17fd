/**
 * Body bytes of a request that came before its server was ready. They stand behind the head in the stream's buffer as
 * far as they fit, else in a piece of their own; the session stops reading meanwhile, so there is at most one read's
 * worth. What has been held can be sent again.
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

  release(): void {
    this.buffer = null;
    this.extra = null;
  }
}
