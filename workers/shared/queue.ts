/**
 * Servers' places and the requests that wait for one, exact over all threads.
 *
 * A place is taken by raising the server's session count, never above `maxconn`, and without a lock while nobody
 * waits. A request that finds none becomes a *waiter*: a row that its own thread owns, linked into the list of its
 * server or of its backend under the backend's lock. Whoever frees a place hands it to the waiter that came first.
 *
 * ```
 *            join                    dispatch                 taken by its thread
 *   FREE ───────────▶ WAITING ─────────────────▶ SERVED ───────────────────▶ FREE, onTurn(server)
 *                      │   └── server went down ─▶ SENT_AWAY ──────────────▶ FREE, onTurn(-1)
 *                      └────── giveUp ─────────────────────────────────────▶ FREE
 * ```
 *
 * No place is lost: who leaves lowers the count and then looks whether anybody waits; who joins says that it waits
 * and then looks whether there is room. One of the two sees the other.
 */
import type { Dispatcher } from './dispatch.ts';
import { SLOT, THREAD, WAITER } from './layout.ts';
import { HANDED_MOST, HANDED_ONE, handedIn, placesIn } from './places.ts';
import { markEvent, raise } from './rates.ts';
import { serverLimit } from './server-limit.ts';
import { RateKind } from './shared-state.ts';
import { lock, tryLock, unlock } from './spinlock.ts';
import type { Sleeper, ThreadSignal } from './thread-signal.ts';
import { slotRow, type Views } from './views.ts';
import { WaiterPool, WaiterState } from './waiter-pool.ts';

const AT = SLOT.at;

/** How often the main thread tries a lock before it leaves the work to its owner. */
const MAIN_THREAD_TRIES = 10_000;

export class ServerQueue implements Sleeper {
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #signal: ThreadSignal;
  readonly #clock: () => number;
  readonly #pool: WaiterPool;
  readonly #dispatcher: Dispatcher;
  readonly #held: number;
  readonly #epoch: number;
  /** What this thread writes into locks; never 0. */
  readonly #owner: number;
  readonly #isMainThread: boolean;

  constructor(
    views: Views,
    block: number,
    dispatcher: Dispatcher,
    signal: ThreadSignal,
    clock: () => number,
  ) {
    this.#i32 = views.i32;
    this.#f64 = views.f64;
    this.#signal = signal;
    this.#clock = clock;
    this.#pool = new WaiterPool(views, block);
    this.#dispatcher = dispatcher;
    this.#held = views.regions.held + block * views.regions.heldStride;
    this.#epoch = views.regions.threadRows + block * THREAD.words + THREAD.at.epoch;
    this.#owner = block + 1;
    this.#isMainThread = block === views.threads;
    signal.serve(this);
  }

  tryEnter(backendSlot: number, serverSlot: number): boolean {
    const i32 = this.#i32;
    if (
      Atomics.load(i32, slotRow(backendSlot) + AT.waiting) > 0 &&
      this.#dispatcher.isAwaited(backendSlot, serverSlot)
    ) {
      return false;
    }
    const row = slotRow(serverSlot);
    const limit = serverLimit(i32, backendSlot, serverSlot);
    for (;;) {
      const word = Atomics.load(i32, row + AT.current);
      const places = placesIn(word);
      if (limit !== 0 && places >= limit) return false;
      i32[this.#epoch]! += 1;
      const isTaken = Atomics.compareExchange(i32, row + AT.current, word, word + 1) === word;
      if (isTaken) i32[this.#held + serverSlot]! += 1;
      i32[this.#epoch]! += 1;
      if (!isTaken) continue;
      if (places >= i32[row + AT.max]!) raise(i32, row + AT.max, places + 1);
      this.#noteSession(backendSlot, serverSlot);
      return true;
    }
  }

  hasRoom(backendSlot: number, serverSlot: number): boolean {
    const row = slotRow(serverSlot);
    const limit = serverLimit(this.#i32, backendSlot, serverSlot);
    if (limit !== 0 && placesIn(Atomics.load(this.#i32, row + AT.current)) >= limit) return false;
    if (Atomics.load(this.#i32, slotRow(backendSlot) + AT.waiting) === 0) return true;
    return !this.#dispatcher.isAwaited(backendSlot, serverSlot);
  }

  leave(backendSlot: number, serverSlot: number): void {
    const i32 = this.#i32;
    i32[this.#epoch]! += 1;
    i32[this.#held + serverSlot]! -= 1;
    Atomics.sub(i32, slotRow(serverSlot) + AT.current, 1);
    i32[this.#epoch]! += 1;
    this.#noteMove(backendSlot, serverSlot);
    if (Atomics.load(this.#i32, slotRow(backendSlot) + AT.waiting) === 0) return;
    this.#lock(backendSlot);
    this.#dispatcher.serveServer(backendSlot, serverSlot);
    this.#unlock(backendSlot);
  }

  join(backendSlot: number, serverSlot: number, onTurn: (serverSlot: number) => void): number {
    const waiter = this.#pool.take(onTurn);
    if (waiter === 0) return -1;
    const ticket = this.#pool.ticketOf(waiter);
    this.#lock(backendSlot);
    this.#dispatcher.enqueue(waiter, backendSlot, serverSlot);
    if (serverSlot >= 0) this.#dispatcher.sendAway(backendSlot);
    this.#dispatcher.serveAll(backendSlot);
    this.#unlock(backendSlot);
    this.#signal.sleep();
    return ticket;
  }

  giveUp(ticket: number): void {
    const waiter = this.#pool.waiterOf(ticket);
    if (waiter === 0) return;
    const i32 = this.#i32;
    const backendSlot = i32[waiter + WAITER.at.backend]!;
    this.#lock(backendSlot);
    const state = i32[waiter + WAITER.at.state];
    const serverSlot = i32[waiter + WAITER.at.server]!;
    i32[waiter + WAITER.at.state] = WaiterState.FREE;
    if (state === WaiterState.WAITING) this.#dispatcher.unlink(waiter);
    else if (state === WaiterState.SERVED) {
      Atomics.sub(i32, slotRow(serverSlot) + AT.current, HANDED_ONE);
      this.#dispatcher.serveServer(backendSlot, serverSlot);
    }
    this.#unlock(backendSlot);
    this.#pool.free(waiter);
  }

  takeDelivered(): void {
    for (let waiter = this.#pool.nextDelivered(); waiter !== 0; waiter = this.#pool.nextDelivered()) {
      const state = this.#i32[waiter + WAITER.at.state];
      if (state === WaiterState.SERVED) this.#beginServed(waiter);
      else if (state === WaiterState.SENT_AWAY) this.#pool.free(waiter)(-1);
    }
  }

  isWaiting(): boolean {
    return this.#pool.taken > 0;
  }

  /** Sends away who waits for a server that is down, and hands out what is free. */
  redispatch(backendSlot: number): void {
    const backend = slotRow(backendSlot);
    if (Atomics.load(this.#i32, backend + AT.waiting) === 0) return;
    if (!this.#lockOrDelegate(backend)) return;
    this.#dispatcher.sendAway(backendSlot);
    this.#dispatcher.serveAll(backendSlot);
    this.#unlock(backendSlot);
  }

  /** Takes over the place that was handed to a waiter of this thread. */
  #beginServed(waiter: number): void {
    const i32 = this.#i32;
    const serverSlot = i32[waiter + WAITER.at.server]!;
    const backendSlot = i32[waiter + WAITER.at.backend]!;
    this.#lock(backendSlot);
    i32[this.#epoch]! += 1;
    i32[waiter + WAITER.at.state] = WaiterState.FREE;
    i32[this.#held + serverSlot]! += 1;
    const before = Atomics.add(i32, slotRow(serverSlot) + AT.current, 1 - HANDED_ONE);
    i32[this.#epoch]! += 1;
    if (handedIn(before) === HANDED_MOST) this.#dispatcher.serveServer(backendSlot, serverSlot);
    this.#unlock(backendSlot);
    this.#noteSession(backendSlot, serverSlot);
    this.#pool.free(waiter)(serverSlot);
  }

  #noteSession(backendSlot: number, serverSlot: number): void {
    this.#noteMove(backendSlot, serverSlot);
    const nowMs = this.#clock();
    markEvent(this.#i32, slotRow(serverSlot), RateKind.SESSION, nowMs);
    this.#f64[(slotRow(serverSlot) >> 1) + AT.lastSessionMs] = nowMs;
    this.#f64[(slotRow(backendSlot) >> 1) + AT.lastSessionMs] = nowMs;
  }

  #noteMove(backendSlot: number, serverSlot: number): void {
    const moves = Atomics.add(this.#i32, slotRow(backendSlot) + AT.moves, 1) + 1;
    this.#i32[slotRow(serverSlot) + AT.moves] = moves | 0;
  }

  #lock(backendSlot: number): void {
    lock(this.#i32, slotRow(backendSlot) + AT.lock, this.#owner);
  }

  /**
   * The main thread must not wait for the lock of a thread of whose death it has not heard: it leaves a note, and
   * the owner does the work when it lets go.
   */
  #lockOrDelegate(backend: number): boolean {
    if (!this.#isMainThread) {
      lock(this.#i32, backend + AT.lock, this.#owner);
      return true;
    }
    Atomics.store(this.#i32, backend + AT.dispatchWanted, 1);
    if (!tryLock(this.#i32, backend + AT.lock, this.#owner, MAIN_THREAD_TRIES)) return false;
    Atomics.store(this.#i32, backend + AT.dispatchWanted, 0);
    return true;
  }

  #unlock(backendSlot: number): void {
    const backend = slotRow(backendSlot);
    unlock(this.#i32, backend + AT.lock);
    if (Atomics.load(this.#i32, backend + AT.dispatchWanted) === 0) return;
    if (Atomics.exchange(this.#i32, backend + AT.dispatchWanted, 0) === 1) this.redispatch(backendSlot);
  }
}
