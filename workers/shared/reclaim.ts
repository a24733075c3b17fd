/**
 * What the main thread does when a worker thread died: breaks its locks, repairs the lists it may have left half
 * changed, drops its waiting requests, and gives back its sessions and places.
 *
 * Nothing here relies on where the thread was when it died. Lists and handed-over places follow from the waiters'
 * rows, and session counts from what the living threads note that they hold.
 */
import { isBefore } from '../../src/queue/waiting-list.ts';
import type { Dispatcher } from './dispatch.ts';
import { SLOT, THREAD, WAITER } from './layout.ts';
import { HANDED_ONE, handedIn, sessionsIn } from './places.ts';
import { tryLock, unlock } from './spinlock.ts';
import type { ThreadSignal } from './thread-signal.ts';
import { slotRow, type Views } from './views.ts';
import { blockOfWaiter, markDelivered, WaiterState, waitersOf } from './waiter-pool.ts';

const AT = SLOT.at;

/** Tries for a living thread's lock, or for a moment when no thread is changing a count: well under a microsecond. */
const TRIES = 100_000;

export class Reclaimer {
  readonly #views: Views;
  readonly #i32: Int32Array;
  readonly #dispatcher: Dispatcher;
  readonly #signal: ThreadSignal;
  readonly #owner: number;
  readonly #epochs: Int32Array;

  constructor(views: Views, dispatcher: Dispatcher, signal: ThreadSignal) {
    this.#views = views;
    this.#i32 = views.i32;
    this.#dispatcher = dispatcher;
    this.#signal = signal;
    this.#owner = views.threads + 1;
    this.#epochs = new Int32Array(views.threads + 1);
  }

  /**
   * Gives back everything the dead thread held; backends with free places and waiting requests must be dispatched
   * afterwards. False when another thread is in the way for too long, probably as it is dead too: call again.
   */
  reclaim(index: number): boolean {
    Atomics.store(this.#i32, this.#threadRow(index) + THREAD.at.epoch, 0);
    const broken = this.#breakLocks(index + 1);
    for (const backendSlot of broken) this.#rebuild(backendSlot, index);
    for (const backendSlot of broken) unlock(this.#i32, slotRow(backendSlot) + AT.lock);
    if (broken.length > 0) this.#remindAll(index);
    for (const waiter of waitersOf(this.#views, index)) {
      if (!this.#drop(waiter)) return false;
    }
    this.#forget(index);
    return this.#correctCounts();
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

  /** Makes the lists and handed-over places of a backend anew from the waiters, without those of the dead thread. */
  #rebuild(backendSlot: number, dead: number): void {
    const i32 = this.#i32;
    const waiting: number[] = [];
    const handed = new Map<number, number>();
    for (const waiter of this.#allWaiters()) {
      const state = i32[waiter + WAITER.at.state];
      if (state === WaiterState.FREE || i32[waiter + WAITER.at.backend] !== backendSlot) continue;
      if (this.#isOf(dead, waiter)) i32[waiter + WAITER.at.state] = WaiterState.FREE;
      else if (state === WaiterState.WAITING) waiting.push(waiter);
      else if (state === WaiterState.SERVED) {
        const server = i32[waiter + WAITER.at.server]!;
        handed.set(server, (handed.get(server) ?? 0) + 1);
      }
    }
    this.#relist(backendSlot, waiting);
    for (const slot of this.#dispatcher.rotation(backendSlot).servers) {
      const surplus = handedIn(Atomics.load(i32, slotRow(slot) + AT.current)) - (handed.get(slot) ?? 0);
      Atomics.sub(i32, slotRow(slot) + AT.current, surplus * HANDED_ONE);
    }
  }

  #relist(backendSlot: number, waiting: number[]): void {
    const i32 = this.#i32;
    const sequenceOf = (waiter: number): number => i32[waiter + WAITER.at.sequence]!;
    waiting.sort((one, other) => (isBefore(sequenceOf(one), sequenceOf(other)) ? -1 : 1));
    this.#dispatcher.lists.clear(slotRow(backendSlot));
    for (const slot of this.#dispatcher.rotation(backendSlot).servers)
      this.#dispatcher.lists.clear(slotRow(slot));
    for (const waiter of waiting)
      this.#dispatcher.lists.append(i32[waiter + WAITER.at.list]!, waiter, sequenceOf(waiter));
    Atomics.store(i32, slotRow(backendSlot) + AT.waiting, waiting.length);
  }

  /** Tells the living of everything that was handed to them, as the dead one may not have come to it. */
  #remindAll(dead: number): void {
    for (const waiter of this.#allWaiters()) {
      const state = Atomics.load(this.#i32, waiter + WAITER.at.state);
      if (state === WaiterState.SERVED || state === WaiterState.SENT_AWAY) markDelivered(this.#views, waiter);
    }
    for (let block = 0; block <= this.#views.threads; block++) if (block !== dead) this.#signal.wake(block);
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
      Atomics.sub(i32, slotRow(i32[waiter + WAITER.at.server]!) + AT.current, HANDED_ONE);
    i32[waiter + WAITER.at.state] = WaiterState.FREE;
    unlock(i32, lock);
    return true;
  }

  /** Makes the thread's own words as they were at first, for the next thread of this index. */
  #forget(index: number): void {
    const { regions } = this.#views;
    Atomics.store(this.#i32, this.#threadRow(index) + THREAD.at.waitersUsed, 0);
    Atomics.store(this.#i32, this.#threadRow(index) + THREAD.at.signal, 0);
    const bits = regions.bits + index * regions.bitsStride;
    this.#i32.fill(0, bits, bits + regions.bitsStride);
    const held = regions.held + index * regions.heldStride;
    this.#i32.fill(0, held, held + regions.heldStride);
  }

  /** Lowers every session count to what the threads hold. A surplus stays the same while they go on working. */
  #correctCounts(): boolean {
    for (let slot = 0; slot < this.#views.capacity; slot++) {
      const surplus = this.#surplusOf(slot);
      if (surplus === null) return false;
      if (surplus === 0) continue;
      Atomics.sub(this.#i32, slotRow(slot) + AT.current, surplus);
      this.#signal.announceRoom(slot);
    }
    return true;
  }

  /** Looks until two looks in a row, at moments when no thread is changing its notes, say the same. */
  #surplusOf(slot: number): number | null {
    let before: number | null = null;
    for (let tries = 0; tries < TRIES; tries++) {
      const surplus = this.#lookAt(slot);
      if (surplus === null) continue;
      if (surplus === before) return surplus;
      before = surplus;
    }
    return null;
  }

  #lookAt(slot: number): number | null {
    const { regions, threads } = this.#views;
    const epochs = this.#epochs;
    for (let block = 0; block <= threads; block++) {
      epochs[block] = Atomics.load(this.#i32, this.#threadRow(block) + THREAD.at.epoch);
      if (epochs[block]! & 1) return null;
    }
    let surplus = sessionsIn(Atomics.load(this.#i32, slotRow(slot) + AT.current));
    for (let block = 0; block <= threads; block++) {
      surplus -= Atomics.load(this.#i32, regions.held + block * regions.heldStride + slot);
    }
    for (let block = 0; block <= threads; block++) {
      if (Atomics.load(this.#i32, this.#threadRow(block) + THREAD.at.epoch) !== epochs[block]) return null;
    }
    return surplus;
  }

  *#allWaiters(): Generator<number> {
    for (let block = 0; block <= this.#views.threads; block++) yield* waitersOf(this.#views, block);
  }

  #isOf(block: number, waiter: number): boolean {
    return blockOfWaiter(this.#views, waiter) === block;
  }

  #threadRow(block: number): number {
    return this.#views.regions.threadRows + block * THREAD.words;
  }
}
