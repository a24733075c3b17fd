/**
 * What a connection could not send at once, in order. Copies are the queue's own memory; held pieces point into a
 * bulk buffer, which its connection may not read into until they are sent. At most one piece is in flight: libuv
 * has a pointer to it.
 */
import { checkRange, sendNow } from '../../src/system/send.ts';
import type { BulkBuffer } from './bulk-buffers.ts';

/** Copies made while another piece is in flight get room for the small writes that follow. */
const TAIL_BYTES = 8 * 1024;

class Piece {
  readonly buffer: Buffer;
  start: number;
  end: number;
  /** The bulk buffer that `buffer` is; null for a copy. */
  readonly bulk: BulkBuffer | null;

  constructor(buffer: Buffer, start: number, end: number, bulk: BulkBuffer | null) {
    this.buffer = buffer;
    this.start = start;
    this.end = end;
    this.bulk = bulk;
  }
}

export class WriteQueue {
  /** Bytes waiting and in flight. */
  bytes = 0;
  #waiting: Piece[] = [];
  #inFlight: Piece | null = null;

  get isEmpty(): boolean {
    return this.#inFlight === null && this.#waiting.length === 0;
  }

  /** Bytes that are not in flight. */
  get waitingBytes(): number {
    const piece = this.#inFlight;
    return piece === null ? this.bytes : this.bytes - (piece.end - piece.start);
  }

  get isBusy(): boolean {
    return this.#inFlight !== null;
  }

  /** Throws RangeError when the range is not inside the buffer. */
  addCopy(buffer: Buffer, start: number, end: number): void {
    checkRange(buffer, start, end);
    this.bytes += end - start;
    const last = this.#waiting.at(-1);
    let from = start;
    if (last !== undefined && last.bulk === null) {
      const copied = buffer.copy(last.buffer, last.end, start, end);
      last.end += copied;
      from += copied;
    }
    if (from === end) return;
    const length = end - from;
    const copy = Buffer.allocUnsafeSlow(this.isEmpty || length > TAIL_BYTES ? length : TAIL_BYTES);
    buffer.copy(copy, 0, from, end);
    this.#waiting.push(new Piece(copy, 0, length, null));
  }

  /** Throws RangeError when the range is not inside the buffer. */
  addHeld(bulk: BulkBuffer, start: number, end: number): void {
    checkRange(bulk.buffer, start, end);
    this.bytes += end - start;
    bulk.hold();
    this.#waiting.push(new Piece(bulk.buffer, start, end, bulk));
  }

  /** Puts the first waiting piece in flight and returns its bytes. The queue must not be empty nor busy. */
  take(): Buffer {
    const piece = this.#waiting.shift()!;
    this.#inFlight = piece;
    return piece.buffer.subarray(piece.start, piece.end);
  }

  /** Sends of the first piece what the kernel takes now. Returns the bytes sent, or minus errno. The queue must not be empty. */
  sendTo(fd: number): number {
    const piece = this.#waiting[0]!;
    const sent = sendNow(fd, piece.buffer, piece.start, piece.end);
    if (sent < 0) return sent;
    this.bytes -= sent;
    piece.start += sent;
    if (piece.start === piece.end) {
      this.#waiting.shift();
      piece.bulk?.unhold();
    }
    return sent;
  }

  /** The piece in flight is sent, or will never be. */
  finish(): void {
    const piece = this.#inFlight;
    if (piece === null) return;
    this.#inFlight = null;
    this.bytes -= piece.end - piece.start;
    piece.bulk?.unhold();
  }

  /** Drops what waits. The piece in flight stays until `finish`. */
  clear(): void {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const piece of dropped) {
      this.bytes -= piece.end - piece.start;
      piece.bulk?.unhold();
    }
  }
}
