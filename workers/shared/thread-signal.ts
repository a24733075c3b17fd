/**
 * How threads wake each other: every thread has a word that it sleeps on, by `Atomics.waitAsync`, while it waits for
 * anything. A round trip costs the same as with a MessagePort (some 50 µs), but a wake-up needs no port between any
 * two threads, and nobody pays while nobody waits.
 *
 * Here too: waiting for room below a proxy's or the process's `maxconn`.
 */
import { SLOT, THREAD } from './layout.ts';
import { slotRow, type Views } from './views.ts';

/** What else a thread may be woken for: the queue. */
export interface Sleeper {
  /** Takes what has been handed to this thread since the last call. */
  takeDelivered(): void;
  /** True while something may still be handed to it. */
  isWaiting(): boolean;
}

export class ThreadSignal {
  readonly #views: Views;
  readonly #i32: Int32Array;
  readonly #block: number;
  readonly #roomWaiters = new Map<number, (() => void)[]>();
  readonly #wakeUp: () => void;
  #sleeper: Sleeper | null = null;
  #isAsleep = false;
  #isRising = false;

  constructor(views: Views, block: number) {
    this.#views = views;
    this.#i32 = views.i32;
    this.#block = block;
    this.#wakeUp = () => this.#run();
  }

  serve(sleeper: Sleeper): void {
    this.#sleeper = sleeper;
  }

  /** Makes the thread of a block look at what it was handed; this one behind the present callback. */
  wake(block: number): void {
    if (block === this.#block) {
      this.#rise();
      return;
    }
    const word = this.#word(block);
    if (Atomics.exchange(this.#i32, word, 1) === 0) Atomics.notify(this.#i32, word);
  }

  /** To be called whenever this thread begins to wait for something. */
  sleep(): void {
    if (this.#isAsleep) return;
    const result = Atomics.waitAsync(this.#i32, this.#word(this.#block), 0);
    if (!result.async) {
      this.#rise();
      return;
    }
    this.#isAsleep = true;
    result.value.then(() => {
      this.#isAsleep = false;
      this.#run();
    });
  }

  whenRoom(slot: number, onRoom: () => void): void {
    const waiters = this.#roomWaiters.get(slot);
    if (waiters === undefined) this.#roomWaiters.set(slot, [onRoom]);
    else waiters.push(onRoom);
    this.#askForRoom(slot);
    this.sleep();
  }

  /** A session of the slot ended, or its limit changed: tells every thread if any has asked. */
  announceRoom(slot: number): void {
    if (Atomics.exchange(this.#i32, slotRow(slot) + SLOT.at.roomWanted, 0) === 0) return;
    for (let block = 0; block <= this.#views.threads; block++) this.wake(block);
  }

  #rise(): void {
    if (this.#isRising) return;
    this.#isRising = true;
    queueMicrotask(this.#wakeUp);
  }

  #run(): void {
    this.#isRising = false;
    Atomics.store(this.#i32, this.#word(this.#block), 0);
    try {
      this.#sleeper?.takeDelivered();
      this.#callRoomWaiters();
    } catch (problem) {
      // Whatever the caller did wrong, others' places must not stay with us.
      this.#rise();
      throw problem;
    }
    if (this.#roomWaiters.size > 0 || this.#sleeper?.isWaiting()) this.sleep();
  }

  #callRoomWaiters(): void {
    for (const slot of [...this.#roomWaiters.keys()]) {
      if (!this.#hasRoom(slot)) {
        this.#askForRoom(slot);
        continue;
      }
      const waiters = this.#roomWaiters.get(slot)!;
      this.#roomWaiters.delete(slot);
      for (const onRoom of waiters) onRoom();
    }
  }

  /** Sets the flag first and looks again after it: a session that ends meanwhile sees the flag, or we see the room. */
  #askForRoom(slot: number): void {
    Atomics.store(this.#i32, slotRow(slot) + SLOT.at.roomWanted, 1);
    if (this.#hasRoom(slot)) this.#rise();
  }

  #hasRoom(slot: number): boolean {
    const row = slotRow(slot);
    const limit = Atomics.load(this.#i32, row + SLOT.at.maxconn);
    return limit === 0 || Atomics.load(this.#i32, row + SLOT.at.current) < limit;
  }

  #word(block: number): number {
    return this.#views.regions.threadRows + block * THREAD.words + THREAD.at.signal;
  }
}
