/**
 * Drives a thread's timer wheel by one timer of Node: it sleeps until the wheel's next occupied tick and does not
 * run while the wheel is empty, so that it alone keeps no process alive for longer than its waits.
 */
import { TimerWheel } from '../../src/time/timer-wheel.ts';

/** A wheel on `performance.now()`: deadlines are `performance.now() + timeoutMs`. */
export function createDrivenWheel(): TimerWheel {
  return new WheelDriver().wheel;
}

/** Timeouts in a row, before connections have their turn: thousands of clients may run out of time at one moment. */
const FIRED_MOST = 32;

class WheelDriver {
  readonly wheel: TimerWheel;
  #timer: NodeJS.Timeout | null = null;

  constructor() {
    this.wheel = new TimerWheel(performance.now(), (atMs) => this.#wakeAt(atMs));
  }

  #wakeAt(atMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    // Node fires a timer up to a millisecond early by this clock; one more avoids waking twice.
    this.#timer = setTimeout(onWake, atMs - performance.now() + 1, this);
  }

  wake(): void {
    this.#timer = null;
    const { wheel } = this;
    wheel.advance(performance.now(), FIRED_MOST);
    if (wheel.isBehind) {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      setImmediate(onWake, this);
      return;
    }
    if (this.#timer === null && wheel.size > 0) this.#timer = setTimeout(onWake, 1, this);
  }
}

function onWake(driver: WheelDriver): void {
  driver.wake();
}
