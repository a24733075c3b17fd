/**
 * The timers of one thread: a hashed wheel of intrusive entries, for timeouts that are re-armed at every event and
 * seldom expire. Time is an argument: the host calls `advance` with a monotonic time and is told by `schedule` when
 * the next call is due (see `workers/connection/wheel-driver.ts`).
 *
 * An entry never fires early; it fires at the first `advance` at or after the end of the tick that holds its
 * deadline, so up to one tick late.
 *
 * Moving a deadline later only writes a number: the entry stays in its slot and moves on when the slot is visited.
 * Arming and cancelling are O(1) and allocate nothing.
 *
 * ```
 *   now ▼
 *   … │ t │t+1│t+2│ … │t+4095│     one list of entries per tick; a deadline beyond the last slot waits in the
 *       ●   ●●                     last one and is sorted in again when that is visited
 * ```
 */

/** Whoever waits. Called once per expiry; the entry is idle by then and may be armed again, at once. */
export interface TimerTarget {
  onTimeout(entry: TimerEntry): void;
}

/** Length of a tick in milliseconds: the most that an expiry comes late for the wheel's own sake. */
export const TICK_MS = 10;

/** 4096 slots of 10 ms: an entry is visited at most once in 41 s before its deadline. */
const SLOTS = 4096;
const SLOT_MASK = SLOTS - 1;
/** `slot` of an entry that is in no list. */
const NOWHERE = -1;
/** Index of the list that `advance` is firing from. */
const EXPIRING = SLOTS;

/** One wait. It belongs to its target, which keeps it for all its waits, one after the other. */
export class TimerEntry {
  readonly target: TimerTarget;
  /** Monotonic milliseconds; meaningful while armed. Change it by `TimerWheel.arm` only. */
  deadlineMs = 0;
  /** Free for the target: which wait this is. */
  purpose = 0;
  /** The wheel's own: the list this entry is in, when that is visited, and its neighbours there. */
  slot: number = NOWHERE;
  tick = 0;
  next: TimerEntry | null = null;
  previous: TimerEntry | null = null;

  constructor(target: TimerTarget) {
    this.target = target;
  }

  get isArmed(): boolean {
    return this.slot !== NOWHERE;
  }
}

export class TimerWheel {
  readonly #lists: (TimerEntry | null)[] = new Array<TimerEntry | null>(SLOTS + 1).fill(null);
  readonly #schedule: (atMs: number) => void;
  /** The last tick whose list has been visited. */
  #tick: number;
  /** The tick the host was asked to come back for; Infinity: not asked. */
  #wakeTick = Number.POSITIVE_INFINITY;
  #size = 0;
  #isAdvancing = false;
  /** Of `most`, in the present `advance`. */
  #left = 0;

  /**
   * `schedule` is called with the time of the next `advance` that has work to do, whenever that moves to an earlier
   * time, and after each `advance` unless the wheel is empty. A host that ticks at a fixed rate may ignore it.
   */
  constructor(nowMs: number, schedule: (atMs: number) => void = ignore) {
    this.#tick = Math.floor(nowMs / TICK_MS);
    this.#schedule = schedule;
  }

  /** Entries that are armed. */
  get size(): number {
    return this.#size;
  }

  /** The last `advance` did not fire all that was due. */
  get isBehind(): boolean {
    return this.#lists[EXPIRING] !== null;
  }

  /** Arms the entry, or moves its deadline. A deadline that has passed fires at the next tick; Infinity waits for good. */
  arm(entry: TimerEntry, deadlineMs: number): void {
    entry.deadlineMs = deadlineMs;
    if (entry.slot !== NOWHERE) {
      if (deadlineMs >= entry.tick * TICK_MS) return;
      this.#unlink(entry);
    }
    this.#link(entry);
  }

  /** Does nothing when the entry is not armed. */
  cancel(entry: TimerEntry): void {
    if (entry.slot !== NOWHERE) this.#unlink(entry);
  }

  /**
   * Fires what is due. A time before an earlier call's does nothing; a jump of any size costs one round at most.
   * A target that throws loses its own turn only: the rest is due at the next call. So is what is beyond `most`, and
   * `isBehind` says that there is some.
   */
  advance(nowMs: number, most = Number.POSITIVE_INFINITY): void {
    const target = Math.floor(nowMs / TICK_MS);
    if (this.#isAdvancing || target < this.#tick) return;
    this.#isAdvancing = true;
    this.#wakeTick = Number.POSITIVE_INFINITY;
    if (target - this.#tick > SLOTS) this.#tick = target - SLOTS;
    this.#left = most;
    try {
      this.#fireExpiring(nowMs);
      while (!this.isBehind && this.#tick < target && this.#size > 0) {
        this.#tick++;
        this.#startExpiring(this.#tick & SLOT_MASK);
        this.#fireExpiring(nowMs);
      }
      if (!this.isBehind) this.#tick = target;
    } finally {
      this.#isAdvancing = false;
      this.#askForNext();
    }
  }

  /** Moves the list of a slot to where it is fired from, so that what is armed meanwhile is not met again. */
  #startExpiring(slot: number): void {
    const first = this.#lists[slot]!;
    if (first === null) return;
    this.#lists[slot] = null;
    this.#lists[EXPIRING] = first;
    for (let entry: TimerEntry | null = first; entry !== null; entry = entry.next) entry.slot = EXPIRING;
  }

  #fireExpiring(nowMs: number): void {
    for (let entry = this.#lists[EXPIRING]!; entry !== null; entry = this.#lists[EXPIRING]!) {
      if (this.#left === 0) return;
      this.#unlink(entry);
      if (entry.deadlineMs > nowMs) {
        this.#link(entry);
        continue;
      }
      this.#left--;
      entry.target.onTimeout(entry);
    }
  }

  #link(entry: TimerEntry): void {
    if (Number.isNaN(entry.deadlineMs)) throw new RangeError('TimerWheel: the deadline is not a number');
    const earliest = this.#tick + 1;
    const latest = this.#tick + SLOTS - 1;
    const due = Math.ceil(entry.deadlineMs / TICK_MS);
    const tick = Math.max(earliest, Math.min(due, latest));
    const slot = tick & SLOT_MASK;
    const head = this.#lists[slot]!;
    entry.tick = tick;
    entry.slot = slot;
    entry.previous = null;
    entry.next = head;
    if (head !== null) head.previous = entry;
    this.#lists[slot] = entry;
    this.#size++;
    if (tick < this.#wakeTick && !this.#isAdvancing) this.#wakeAt(tick);
  }

  #unlink(entry: TimerEntry): void {
    const { next, previous } = entry;
    if (previous === null) this.#lists[entry.slot] = next;
    else previous.next = next;
    if (next !== null) next.previous = previous;
    entry.next = null;
    entry.previous = null;
    entry.slot = NOWHERE;
    this.#size--;
  }

  #askForNext(): void {
    if (this.#size === 0) return;
    const first = this.#tick + 1;
    let tick = first;
    if (this.#lists[EXPIRING] === null) {
      while (tick < this.#tick + SLOTS && this.#lists[tick & SLOT_MASK] === null) tick++;
    }
    this.#wakeAt(tick);
  }

  #wakeAt(tick: number): void {
    this.#wakeTick = tick;
    this.#schedule(tick * TICK_MS);
  }
}

function ignore(): void {}
