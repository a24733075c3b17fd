/**
 * What the main thread does when a worker thread died: breaks its locks, repairs the lists it may have left half
 * changed, drops its waiting requests, and gives back its sessions and places.
 */
import { isBefore } from '../../src/queue/waiting-list.ts';
import type { Dispatcher } from './dispatch.ts';
import { SLOT, THREAD, WAITER } from './layout.ts';
import { tryLock, unlock } from './spinlock.ts';
import type { ThreadSignal } from './thread-signal.ts';
import { slotRow, type Views } from './views.ts';
import { firstWaiter, markDelivered, WaiterState } from './waiter-pool.ts';

const AT = SLOT.at;

/** Tries for a living thread's lock, which is held for well under a microsecond. */
const TRIES = 100_000;

export class Reclaimer {
  readonly #views: Views;
  readonly #i32: Int32Array;
  readonly #dispatcher: Dispatcher;
  readonly #signal: ThreadSignal;
  readonly #owner: number;

  constructor(views: Views, dispatcher: Dispatcher, signal: ThreadSignal) {
    this.#views = views;
    this.#i32 = views.i32;
    this.#dispatcher = dispatcher;
    this.#signal = signal;
    this.#owner = views.threads + 1;
  }

  /**
   * Gives back everything the dead thread held; backends with free places and waiting requests must be dispatched
   * afterwards. False when a lock could not be had: nothing is half done, call again.
   */
  reclaim(index: number): boolean {
    const broken = this.#breakLocks(index + 1);
    for (const backendSlot of broken) this.#rebuild(backendSlot, index);
    for (const backendSlot of broken) unlock(this.#i32, slotRow(backendSlot) + AT.lock);
    if (broken.length > 0) this.#remindAll(index);
    for (const waiter of this.#waitersOf(index)) {
      if (!this.#drop(waiter)) return false;
    }
    this.#giveBackHeld(index);
    this.#forget(index);
    return true;
  }

  /** Makes the dead thread's locks ours and returns their backends. */
  #breakLocks(owner: number): number[] {
    const broken: number[] = [];
    for (const { slot, kind } of this.#views.slots.entries) {
      if (kind !== 'backend') continue;
      const index = slotRow(slot) + AT.lock;
      if (Atomics.compareExchange(this.#i32, index, owner, this.#owner) === owner) broken.push(slot);
    }
    return broken;
  }

  /** Makes the lists of a backend anew from the waiters themselves, without those of the dead thread. */
  #rebuild(backendSlot: number, dead: number): void {
    const i32 = this.#i32;
    const waiting: number[] = [];
    for (let block = 0; block <= this.#views.threads; block++) {
      for (const waiter of this.#waitersOf(block)) {
        if (i32[waiter + WAITER.at.state] !== WaiterState.WAITING) continue;
        if (i32[waiter + WAITER.at.backend] !== backendSlot) continue;
        if (block === dead) i32[waiter + WAITER.at.state] = WaiterState.FREE;
        else waiting.push(waiter);
      }
    }
    const sequenceOf = (waiter: number): number => i32[waiter + WAITER.at.sequence]!;
    waiting.sort((one, other) => (isBefore(sequenceOf(one), sequenceOf(other)) ? -1 : 1));
    const last = backendSlot + this.#views.slots.serverCount(backendSlot);
    for (let slot = backendSlot; slot <= last; slot++) this.#dispatcher.lists.clear(slotRow(slot));
    for (const waiter of waiting)
      this.#dispatcher.lists.append(i32[waiter + WAITER.at.list]!, waiter, sequenceOf(waiter));
    Atomics.store(i32, slotRow(backendSlot) + AT.waiting, waiting.length);
  }

  /** Tells the living of everything that was handed to them, as the dead one may not have come to it. */
  #remindAll(dead: number): void {
    for (let block = 0; block <= this.#views.threads; block++) {
      if (block === dead) continue;
      for (const waiter of this.#waitersOf(block)) {
        const state = Atomics.load(this.#i32, waiter + WAITER.at.state);
        if (state === WaiterState.SERVED || state === WaiterState.SENT_AWAY)
          markDelivered(this.#views, waiter);
      }
      this.#signal.wake(block);
    }
  }

  /** Takes a waiter of the dead thread out of its list, or gives back the place it had been handed. */
  #drop(waiter: number): boolean {
    const i32 = this.#i32;
    if (i32[waiter + WAITER.at.state] === WaiterState.FREE) return true;
    const lock = slotRow(i32[waiter + WAITER.at.backend]!) + AT.lock;
    if (!tryLock(i32, lock, this.#owner, TRIES)) return false;
    const state = i32[waiter + WAITER.at.state];
    if (state === WaiterState.WAITING) this.#dispatcher.unlink(waiter);
    if (state === WaiterState.SERVED)
      Atomics.sub(i32, slotRow(i32[waiter + WAITER.at.server]!) + AT.current, 1);
    i32[waiter + WAITER.at.state] = WaiterState.FREE;
    unlock(i32, lock);
    return true;
  }

  #giveBackHeld(index: number): void {
    const held = this.#views.regions.held + index * this.#views.regions.heldStride;
    for (let slot = 0; slot < this.#views.slots.count; slot++) {
      const count = this.#i32[held + slot]!;
      if (count === 0) continue;
      this.#i32[held + slot] = 0;
      Atomics.sub(this.#i32, slotRow(slot) + AT.current, count);
      this.#signal.announceRoom(slot);
    }
  }

  /** Makes the thread's own words as they were at first, for the next thread of this index. */
  #forget(index: number): void {
    const { regions } = this.#views;
    const row = regions.threadRows + index * THREAD.words;
    Atomics.store(this.#i32, row + THREAD.at.waitersUsed, 0);
    Atomics.store(this.#i32, row + THREAD.at.signal, 0);
    const bits = regions.bits + index * regions.bitsStride;
    this.#i32.fill(0, bits, bits + regions.bitsStride);
  }

  /** The rows that a thread has ever used. */
  *#waitersOf(block: number): Generator<number> {
    const first = firstWaiter(this.#views, block);
    const used = Atomics.load(
      this.#i32,
      this.#views.regions.threadRows + block * THREAD.words + THREAD.at.waitersUsed,
    );
    for (let place = 0; place < used; place++) yield first + place * WAITER.words;
  }
}
