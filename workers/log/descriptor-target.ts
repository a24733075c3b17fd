/**
 * Log lines to stdout, stderr or another inherited descriptor. Lines of one turn of the event loop are written
 * together, up to what a pipe takes as one piece, so that the lines of several threads do not mix.
 */
import { writeSync } from 'node:fs';
import type { LogTarget } from './datagram-target.ts';

/** PIPE_BUF of Linux: a write of at most this much to a pipe is not interleaved with others (pipe(7)). */
const BATCH_BYTES = 4096;

export class DescriptorTarget implements LogTarget {
  dropped = 0;
  readonly #fd: number;
  readonly #batch: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #length = 0;
  #lines = 0;
  #isScheduled = false;
  #isClosed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  send(buffer: Buffer, start: number, end: number): void {
    if (this.#isClosed) {
      this.dropped++;
      return;
    }
    const length = end - start;
    if (this.#length + length > BATCH_BYTES) this.flush();
    if (length > BATCH_BYTES) {
      this.#writeAll(buffer, start, end, 1);
      return;
    }
    buffer.copy(this.#batch, this.#length, start, end);
    this.#length += length;
    this.#lines++;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(flushTarget, this);
  }

  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  flush(): void {
    this.#isScheduled = false;
    const length = this.#length;
    if (length === 0) return;
    this.#length = 0;
    const lines = this.#lines;
    this.#lines = 0;
    this.#writeAll(this.#batch, 0, length, lines);
  }

  /** Lines that a full pipe cuts in the middle are lost from there on. */
  #writeAll(buffer: Buffer, start: number, end: number, lines: number): void {
    try {
      for (let from = start; from < end; ) from += writeSync(this.#fd, buffer, from, end - from);
    } catch {
      this.dropped += lines;
    }
  }
}

function flushTarget(target: DescriptorTarget): void {
  target.flush();
}
