/** Log lines to a ring buffer: `log ring@buf0`. */
import type { LogTarget } from './datagram-target.ts';
import type { EventRing } from './event-ring.ts';

export class RingTarget implements LogTarget {
  readonly #ring: EventRing;
  dropped = 0;

  constructor(ring: EventRing) {
    this.#ring = ring;
  }

  /** The line feed stays out: whoever shows events puts in what parts them. */
  send(buffer: Buffer, start: number, end: number): void {
    if (!this.#ring.write(buffer, start, end - 1)) this.dropped++;
  }

  close(): void {}
}
