/**
 * One side of a relay, the client or the server: its connection, whether its direction is over, and its timer.
 *
 * The timer waits for the side to say something, or, while the side is behind with taking its bytes, for it to take
 * some. It does not run while the other side is behind: nothing is read then, and silence means nothing.
 */
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection } from '../connection/connection.ts';
import type { ThreadState } from '../thread-state.ts';

/** Reads of this size show a bulk transfer, which gets a buffer of its own; small ones give it back. */
const BULK_READ_BYTES = 32 * 1024;
const SMALL_READ_BYTES = 4096;

export class RelaySide {
  readonly timer: TimerEntry;
  /** Null before the server is there, and once the connection is closed. */
  connection: Connection | null = null;
  /** Its direction is over: its FIN came, or it was silent for too long. */
  hasEnded = false;
  hasBeenHeard = false;
  readonly #thread: ThreadState;
  /** Monotonic, when the side was heard last, or began. */
  #heardAt = 0;
  /** What it had yet to take when its timer was set while it was behind. */
  #unsentBytes = 0;
  #isBulk = false;

  constructor(thread: ThreadState, target: TimerTarget) {
    this.#thread = thread;
    this.timer = new TimerEntry(target);
  }

  begin(connection: Connection): void {
    this.connection = connection;
    this.#heardAt = this.#thread.nowMs;
  }

  /** It leaves bytes untaken. */
  get isBehind(): boolean {
    return this.connection !== null && this.connection.pendingBytes > 0;
  }

  /** It was behind when its timer was set, and has taken something since. */
  get hasTakenSome(): boolean {
    return this.connection !== null && this.connection.unsentBytes < this.#unsentBytes;
  }

  heard(): void {
    this.hasBeenHeard = true;
    this.#heardAt = this.#thread.nowMs;
  }

  /** Sends bytes that came from this side to the other; reading stops while that one is behind. */
  forward(to: RelaySide, buffer: Buffer, length: number): void {
    const from = this.connection!;
    const receiver = to.connection!;
    const isTaken = this.#isBulk
      ? receiver.writeFrom(from, buffer, 0, length)
      : receiver.write(buffer, 0, length);
    // What was copied must not pile up; a buffer of its own stops the reading by itself.
    if (!isTaken && !from.isHeld) from.pause();
    const isBulk = length >= (this.#isBulk ? SMALL_READ_BYTES : BULK_READ_BYTES);
    if (isBulk === this.#isBulk) return;
    this.#isBulk = isBulk;
    from.setBulk(isBulk);
  }

  /**
   * Sets the timer anew; `other` is the side that takes what this one says. `isIndependent`: what was sent to this
   * side says nothing about it (`option independent-streams`).
   */
  arm(timeoutMs: number, other: RelaySide, isIndependent: boolean): void {
    const { isBehind } = this;
    if (!isBehind && (this.hasEnded || other.isBehind)) {
      this.rest();
      return;
    }
    if (isBehind) this.#unsentBytes = this.connection!.unsentBytes;
    this.#armFrom(isIndependent && !isBehind ? this.#heardAt : this.#thread.nowMs, timeoutMs);
  }

  /** Counts from now on, whatever was heard before; 0 leaves the timer as it is. */
  armFin(timeoutMs: number, other: RelaySide): void {
    if (timeoutMs > 0 && !this.hasEnded && !other.isBehind) this.armNow(timeoutMs);
  }

  armNow(timeoutMs: number): void {
    this.#armFrom(this.#thread.nowMs, timeoutMs);
  }

  rest(): void {
    this.#thread.wheel.cancel(this.timer);
  }

  #armFrom(sinceMs: number, timeoutMs: number): void {
    if (timeoutMs === 0) this.rest();
    else this.#thread.wheel.arm(this.timer, sinceMs + timeoutMs);
  }
}
