/**
 * A thread's clock: one reading per event, used by all that happens in it. Monotonic milliseconds for waits and
 * durations, wall-clock time derived from them for dates. The sources are arguments, so that tests set the time.
 */

/** Wall-clock time is compared with its source at most this often. */
const CALIBRATE_EVERY_MS = 100;
/** A wall clock off by more was set; less is the sources' own coarseness. */
const TOLERANCE_MS = 2;

export interface ClockSources {
  /** Milliseconds since any moment, never going back: `performance.now()`. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970 (UTC): `Date.now()`. */
  readonly wallMs: () => number;
}

export class Clock {
  /** Monotonic milliseconds, with fractions, of the last `refresh`. */
  nowMs: number;
  readonly #sources: ClockSources;
  /** What to add to monotonic time for the wall's. */
  #offsetMs: number;
  #calibratedMs: number;

  constructor(sources: ClockSources) {
    this.#sources = sources;
    this.nowMs = sources.monotonicMs();
    this.#offsetMs = sources.wallMs() - this.nowMs;
    this.#calibratedMs = this.nowMs;
  }

  /** Wall-clock milliseconds since 1970 of the last `refresh`, with fractions: good for microseconds in logs. */
  get wallMs(): number {
    return this.nowMs + this.#offsetMs;
  }

  /** The wall-clock time of an earlier (or later) monotonic time. */
  wallMsAt(monotonicMs: number): number {
    return monotonicMs + this.#offsetMs;
  }

  /** Reads the time: at the start of each event. Returns `nowMs`. */
  refresh(): number {
    const nowMs = this.#sources.monotonicMs();
    this.nowMs = nowMs;
    if (nowMs - this.#calibratedMs >= CALIBRATE_EVERY_MS) this.#calibrate();
    return nowMs;
  }

  #calibrate(): void {
    this.#calibratedMs = this.nowMs;
    const offsetMs = this.#sources.wallMs() - this.nowMs;
    if (Math.abs(offsetMs - this.#offsetMs) > TOLERANCE_MS) this.#offsetMs = offsetMs;
  }
}
