/** How long the master waits before it starts a crashed worker process again. */

/** A process that served longer than this, in milliseconds, is restarted at once when it dies. */
const LONG_LIFE_MS = 10_000;
/** After the first crash at once; then the wait doubles from here, in milliseconds, up to the longest. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3000;

export class RestartDelay {
  #crashes = 0;

  /** The wait in milliseconds after a crash of a process that lived `lifeMs`. */
  afterCrash(lifeMs: number): number {
    this.#crashes = lifeMs >= LONG_LIFE_MS ? 1 : this.#crashes + 1;
    if (this.#crashes === 1) return 0;
    return Math.min(FIRST_WAIT_MS * 2 ** (this.#crashes - 2), LONGEST_WAIT_MS);
  }

  /** A new configuration is in use: its crashes count from the start. */
  reset(): void {
    this.#crashes = 0;
  }
}
