/**
 * Read buffers for connections that stream: a large buffer means few system calls per byte. A connection has one
 * only while it streams to a receiver that keeps up; a sweep takes it back from those that fell silent, and the pool
 * keeps a few.
 */

/** What a bulk buffer needs of the connection that reads into it. */
export interface BulkReader {
  /** A write out of the buffer is pending: nothing may be read into it. */
  stopForHold(): void;
  startReading(): void;
  /** Reads into the thread's buffer from now on. */
  giveUpBulk(): void;
}

/** Cost of 1 MiB relayed: 333 µs with 16 KiB, 265 with 64 KiB, 200 with 256 KiB (DESIGN section 8). */
export const BULK_BYTES = 256 * 1024;
/** Buffers kept for the next transfers: 8 MiB a thread. */
const POOL_MAX = 32;
/** A connection that has not read for one to two of these loses its buffer. */
const SWEEP_MS = 2000;
/** When bytes waited longer to be sent, the receiver is slow and its large buffer is memory wasted. */
const SLOW_MS = 100;

export class BulkBuffer {
  readonly buffer: Buffer;
  readonly #pool: BulkBuffers;
  /** The connection that reads into it; null when that has gone on or closed while writes are pending. */
  reader: BulkReader | null;
  /** Pending writes out of it. */
  holds = 0;
  /** Read into since the last sweep. */
  wasUsed = true;
  /** Its bytes waited long for the receiver. */
  isSlow = false;
  #heldAtMs = 0;

  constructor(pool: BulkBuffers, buffer: Buffer, reader: BulkReader) {
    this.#pool = pool;
    this.buffer = buffer;
    this.reader = reader;
  }

  hold(): void {
    if (this.holds++ === 0) this.#heldAtMs = this.#pool.now();
    this.reader?.stopForHold();
  }

  unhold(): void {
    this.holds--;
    if (this.holds > 0) return;
    if (this.#pool.now() - this.#heldAtMs > SLOW_MS) this.isSlow = true;
    if (this.reader === null) this.#pool.give(this);
    else this.reader.startReading();
  }

  /** The reader reads elsewhere from now on. */
  release(): void {
    this.reader = null;
    if (this.holds === 0) this.#pool.give(this);
  }
}

export class BulkBuffers {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly #free: Buffer[] = [];
  readonly #inUse = new Set<BulkBuffer>();
  #sweeper: NodeJS.Timeout | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Buffers that connections own or that pending writes point to. */
  get inUseCount(): number {
    return this.#inUse.size;
  }

  take(reader: BulkReader): BulkBuffer {
    const bulk = new BulkBuffer(this, this.#free.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES), reader);
    this.#inUse.add(bulk);
    this.#sweeper ??= setInterval(sweepPool, SWEEP_MS, this).unref();
    return bulk;
  }

  give(bulk: BulkBuffer): void {
    if (!this.#inUse.delete(bulk)) return;
    if (this.#free.length < POOL_MAX) this.#free.push(bulk.buffer);
  }

  /** Takes the buffers of connections that have not read since the last sweep. */
  sweep(): void {
    for (const bulk of this.#inUse) {
      const isIdle = !bulk.wasUsed && bulk.holds === 0;
      bulk.wasUsed = false;
      if (isIdle) bulk.reader?.giveUpBulk();
    }
    if (this.#inUse.size > 0 || this.#sweeper === null) return;
    clearInterval(this.#sweeper);
    this.#sweeper = null;
  }
}

function sweepPool(pool: BulkBuffers): void {
  pool.sweep();
}
