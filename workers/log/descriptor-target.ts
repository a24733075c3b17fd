/**
 * Log lines to stdout, stderr or another inherited descriptor. The first line of a turn of the event loop is
 * written at once, those behind it together, up to what a pipe takes as one piece: lines of threads do not mix.
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
    if (!this.#isScheduled) {
      // The first line of a turn goes at once: a process that is ended next loses none of a quiet time.
      this.#isScheduled = true;
      setImmediate(flushTarget, this);
      this.#writeAll(buffer, start, end, 1);
      return;
    }
    if (this.#length + length > BATCH_BYTES) this.#flushBatch();
    if (length > BATCH_BYTES) {
      this.#writeAll(buffer, start, end, 1);
      return;
    }
    buffer.copy(this.#batch, this.#length, start, end);
    this.#length += length;
    this.#lines++;
  }

  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  flush(): void {
    this.#isScheduled = false;
    this.#flushBatch();
  }

  #flushBatch(): void {
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
