/**
 * A ring buffer of log lines in shared memory (manual section 12.5): every thread writes, readers follow at their own
 * pace, and the oldest lines make room for new ones.
 *
 * ```
 *   header: lock │ writes │ watchers │ dropped │ tail, head (positions since the beginning, in bytes)
 *   events: … [length: 4 bytes][bytes] [length][bytes] …   at position modulo the size
 * ```
 *
 * The lock is held for one copy. A writer that does not get it in time drops its line: a thread that died with it must
 * not stop the others.
 */
import { RING_BYTES, ringMemory } from './log-memory.ts';

const LOCK = 0;
const WRITES = 1;
const WATCHERS = 2;
const DROPPED = 3;
/** As 64-bit floats, behind the words above. */
const TAIL = 2;
const HEAD = 3;
const HEADER_BYTES = 64;

const LENGTH_BYTES = 4;
/** Tries to get the lock, each some nanoseconds. */
const SPINS = 100_000;

export class EventRing {
  readonly #words: Int32Array;
  readonly #positions: Float64Array;
  readonly #events: Buffer;
  readonly #size: number;

  constructor(memory: SharedArrayBuffer, at: number, sizeBytes: number) {
    this.#words = new Int32Array(memory, at, HEADER_BYTES / 4);
    this.#positions = new Float64Array(memory, at, HEADER_BYTES / 8);
    this.#events = Buffer.from(memory, at + HEADER_BYTES, sizeBytes);
    this.#size = sizeBytes;
  }

  /** Lines that found no room or no lock. */
  get dropped(): number {
    return Atomics.load(this.#words, DROPPED);
  }

  /** Adds `buffer[start, end)` as one event. False: it was dropped. */
  write(buffer: Buffer, start: number, end: number): boolean {
    const length = end - start;
    const needed = length + LENGTH_BYTES;
    if (needed > this.#size || !this.#lock()) {
      Atomics.add(this.#words, DROPPED, 1);
      return false;
    }
    const positions = this.#positions;
    while (positions[HEAD]! - positions[TAIL]! + needed > this.#size)
      positions[TAIL]! += LENGTH_BYTES + this.#lengthAt(positions[TAIL]!);
    this.#putLength(positions[HEAD]!, length);
    this.#put(positions[HEAD]! + LENGTH_BYTES, buffer, start, end);
    positions[HEAD]! += needed;
    this.#unlock();
    Atomics.add(this.#words, WRITES, 1);
    if (Atomics.load(this.#words, WATCHERS) > 0) Atomics.notify(this.#words, WRITES);
    return true;
  }

  /** The position behind the last event. */
  end(): number {
    if (!this.#lock()) return 0;
    const head = this.#positions[HEAD]!;
    this.#unlock();
    return head;
  }

  /** The events from a position on, each with a line feed behind it, and where the next ones will begin. */
  readFrom(position: number): { readonly text: string; readonly next: number } {
    if (!this.#lock()) return { text: '', next: position };
    let at = Math.max(position, this.#positions[TAIL]!);
    const head = this.#positions[HEAD]!;
    let text = '';
    while (at < head) {
      const length = this.#lengthAt(at);
      text += `${this.#slice(at + LENGTH_BYTES, length)}\n`;
      at += LENGTH_BYTES + length;
    }
    this.#unlock();
    return { text, next: at };
  }

  /** Resolves when something was written behind this position, or after a while. */
  async changed(position: number, patienceMs: number): Promise<void> {
    const words = this.#words;
    Atomics.add(words, WATCHERS, 1);
    const seen = Atomics.load(words, WRITES);
    if (this.end() <= position) await Atomics.waitAsync(words, WRITES, seen, patienceMs).value;
    Atomics.sub(words, WATCHERS, 1);
  }

  #lock(): boolean {
    for (let i = 0; i < SPINS; i++) if (Atomics.compareExchange(this.#words, LOCK, 0, 1) === 0) return true;
    return false;
  }

  #unlock(): void {
    Atomics.store(this.#words, LOCK, 0);
  }

  #lengthAt(position: number): number {
    let length = 0;
    for (let i = LENGTH_BYTES - 1; i >= 0; i--)
      length = length * 256 + this.#events[(position + i) % this.#size]!;
    return length;
  }

  #putLength(position: number, length: number): void {
    for (let i = 0; i < LENGTH_BYTES; i++)
      this.#events[(position + i) % this.#size] = (length / 256 ** i) & 255;
  }

  #put(position: number, buffer: Buffer, start: number, end: number): void {
    const at = position % this.#size;
    const first = Math.min(end - start, this.#size - at);
    buffer.copy(this.#events, at, start, start + first);
    buffer.copy(this.#events, 0, start + first, end);
  }

  #slice(position: number, length: number): string {
    const at = position % this.#size;
    const first = Math.min(length, this.#size - at);
    const text = this.#events.latin1Slice(at, at + first);
    return first === length ? text : text + this.#events.latin1Slice(0, length - first);
  }
}

/** The ring that every process has. */
export function builtInRing(): EventRing {
  const { memory, at } = ringMemory();
  return new EventRing(memory, at, RING_BYTES);
}
