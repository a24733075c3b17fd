/**
 * The rows of one thread's waiting requests: taken, freed and reused by that thread alone, so that there is nothing
 * to lock. Other threads only mark a row as delivered, by a bit.
 */
import { THREAD, WAITER } from './layout.ts';
import type { Views } from './views.ts';

/** States of a waiter; the diagram is in `queue.ts`. */
export const WaiterState = { FREE: 0, WAITING: 1, SERVED: 2, SENT_AWAY: 3 } as const;
export type WaiterState = (typeof WaiterState)[keyof typeof WaiterState];

type OnTurn = (serverSlot: number) => void;

const ignoreTurn: OnTurn = () => {};

/** The block of the thread that owns a waiter. */
export function blockOfWaiter(views: Views, waiter: number): number {
  return Math.floor((waiter - views.regions.waiters) / (views.waitersPerThread * WAITER.words));
}

/** The first waiter row of a thread's block; the others follow in steps of WAITER.words. */
export function firstWaiter(views: Views, block: number): number {
  return views.regions.waiters + block * views.waitersPerThread * WAITER.words;
}

/** The rows that a thread has ever used. */
export function* waitersOf(views: Views, block: number): Generator<number> {
  const first = firstWaiter(views, block);
  const used = Atomics.load(
    views.i32,
    views.regions.threadRows + block * THREAD.words + THREAD.at.waitersUsed,
  );
  for (let place = 0; place < used; place++) yield first + place * WAITER.words;
}

/** Marks a waiter as delivered, by any thread; the caller wakes the owner. Marking twice does no harm. */
export function markDelivered(views: Views, waiter: number): void {
  const block = blockOfWaiter(views, waiter);
  const place = (waiter - firstWaiter(views, block)) / WAITER.words;
  const summary = views.regions.bits + block * views.regions.bitsStride;
  Atomics.or(views.i32, summary + views.regions.summaryWords + (place >> 5), 1 << (place & 31));
  Atomics.or(views.i32, summary + (place >> 10), 1 << ((place >> 5) & 31));
}

export class WaiterPool {
  /** Rows in use. */
  taken = 0;
  readonly #i32: Int32Array;
  readonly #capacity: number;
  readonly #first: number;
  readonly #summary: number;
  readonly #summaryWords: number;
  readonly #used: number;
  readonly #freed: number[] = [];
  readonly #callbacks: OnTurn[] = [];
  readonly #generations: number[] = [];

  constructor(views: Views, block: number) {
    this.#i32 = views.i32;
    this.#capacity = views.waitersPerThread;
    this.#first = firstWaiter(views, block);
    this.#summary = views.regions.bits + block * views.regions.bitsStride;
    this.#summaryWords = views.regions.summaryWords;
    this.#used = views.regions.threadRows + block * THREAD.words + THREAD.at.waitersUsed;
  }

  /** The first word of a row, or 0 when all are in use. */
  take(onTurn: OnTurn): number {
    let place = this.#freed.pop();
    if (place === undefined) {
      place = this.#generations.length;
      if (place === this.#capacity) return 0;
      this.#generations.push(1);
      this.#callbacks.push(onTurn);
      Atomics.store(this.#i32, this.#used, place + 1);
    } else this.#callbacks[place] = onTurn;
    this.taken++;
    return this.#first + place * WAITER.words;
  }

  /** Frees a row; tickets of it are void from now on. Returns what was to be called. */
  free(waiter: number): OnTurn {
    const place = (waiter - this.#first) / WAITER.words;
    const onTurn = this.#callbacks[place]!;
    Atomics.store(this.#i32, waiter + WAITER.at.state, WaiterState.FREE);
    this.#callbacks[place] = ignoreTurn;
    this.#generations[place]! += 1;
    this.#freed.push(place);
    this.taken--;
    return onTurn;
  }

  ticketOf(waiter: number): number {
    const place = (waiter - this.#first) / WAITER.words;
    return this.#generations[place]! * this.#capacity + place;
  }

  /** The row of a ticket, or 0 when it has been called or given up already. */
  waiterOf(ticket: number): number {
    const place = ticket % this.#capacity;
    const isCurrent = this.#generations[place] === Math.floor(ticket / this.#capacity);
    return isCurrent ? this.#first + place * WAITER.words : 0;
  }

  /** Takes one delivered row, or 0. It may be a row that has been freed, and even taken again, since it was marked. */
  nextDelivered(): number {
    const i32 = this.#i32;
    for (let at = 0; at < this.#summaryWords; at++) {
      for (let words = Atomics.load(i32, this.#summary + at); words !== 0; ) {
        const word = at * 32 + lowestBit(words);
        const index = this.#summary + this.#summaryWords + word;
        const bits = Atomics.load(i32, index);
        if (bits !== 0) {
          const bit = lowestBit(bits);
          Atomics.and(i32, index, ~(1 << bit));
          return this.#first + (word * 32 + bit) * WAITER.words;
        }
        // Clear the summary first and look again: a bit set in between is seen by us or says so itself.
        Atomics.and(i32, this.#summary + at, ~(1 << (word & 31)));
        if (Atomics.load(i32, index) !== 0) Atomics.or(i32, this.#summary + at, 1 << (word & 31));
        words = Atomics.load(i32, this.#summary + at);
      }
    }
    return 0;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
