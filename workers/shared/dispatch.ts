/**
 * Who is served next: what may be done with a backend's waiting lists while its lock is held. Every method here
 * expects the caller to hold it.
 */
import { WaitingLists } from '../../src/queue/waiting-list.ts';
import { SLOT, WAITER } from './layout.ts';
import { HANDED_MOST, HANDED_ONE, handedIn, placesIn } from './places.ts';
import { raise } from './rates.ts';
import { Rotation } from './rotation.ts';
import { serverLimit } from './server-limit.ts';
import { AdminState, OperationalState } from './shared-state.ts';
import type { ThreadSignal } from './thread-signal.ts';
import { slotRow, type Views } from './views.ts';
import { blockOfWaiter, markDelivered, WaiterState } from './waiter-pool.ts';

const AT = SLOT.at;

export class Dispatcher {
  readonly lists: WaitingLists;
  readonly #views: Views;
  readonly #i32: Int32Array;
  readonly #signal: ThreadSignal;
  /** By backend slot. Those of backends that a reload removed stay for the streams that are still there. */
  readonly #rotations = new Map<number, Rotation>();

  constructor(views: Views, signal: ThreadSignal) {
    this.#views = views;
    this.#i32 = views.i32;
    this.#signal = signal;
    this.lists = new WaitingLists(views.i32, {
      node: WAITER.at,
      list: { head: AT.head, tail: AT.tail, length: AT.queued, longest: AT.queuedMax },
    });
    this.adoptSlots();
  }

  /** Takes the servers of the model in force. */
  adoptSlots(): void {
    const { slots } = this.#views;
    for (const { slot, kind } of slots.entries) {
      if (kind !== 'backend') continue;
      const servers = slots.serversOf(slot);
      if (!isSame(this.#rotations.get(slot)?.servers, servers))
        this.#rotations.set(slot, new Rotation(this.#views, slot, servers));
    }
  }

  rotation(backendSlot: number): Rotation {
    return this.#rotations.get(backendSlot)!;
  }

  /** True when somebody waits who could take a place of this server. Needs no lock to be asked. */
  isAwaited(backendSlot: number, serverSlot: number): boolean {
    if (Atomics.load(this.#i32, slotRow(serverSlot) + AT.queued) > 0) return true;
    if (Atomics.load(this.#i32, slotRow(backendSlot) + AT.queued) === 0) return false;
    return this.rotation(backendSlot).includes(serverSlot);
  }

  enqueue(waiter: number, backendSlot: number, serverSlot: number): void {
    const i32 = this.#i32;
    const backend = slotRow(backendSlot);
    const list = serverSlot < 0 ? backend : slotRow(serverSlot);
    const sequence = (i32[backend + AT.sequence]! + 1) | 0;
    i32[backend + AT.sequence] = sequence;
    i32[waiter + WAITER.at.backend] = backendSlot;
    i32[waiter + WAITER.at.server] = serverSlot;
    i32[waiter + WAITER.at.list] = list;
    Atomics.store(i32, waiter + WAITER.at.state, WaiterState.WAITING);
    this.lists.append(list, waiter, sequence);
    Atomics.add(i32, backend + AT.waiting, 1);
  }

  unlink(waiter: number): void {
    this.lists.remove(this.#i32[waiter + WAITER.at.list]!, waiter);
    Atomics.sub(this.#i32, slotRow(this.#i32[waiter + WAITER.at.backend]!) + AT.waiting, 1);
  }

  /** Serves who waits for this server while there are places. */
  serveServer(backendSlot: number, serverSlot: number): void {
    while (this.#serveOne(backendSlot, serverSlot));
  }

  /** Hands out all free places of the backend, one of each server in turn. */
  serveAll(backendSlot: number): void {
    const { servers } = this.rotation(backendSlot);
    for (let isServing = true; isServing; ) {
      isServing = false;
      for (const slot of servers) {
        if (Atomics.load(this.#i32, slotRow(backendSlot) + AT.waiting) === 0) return;
        if (this.#serveOne(backendSlot, slot)) isServing = true;
      }
    }
  }

  /** Sends away who waits for a server that is down, to choose another. */
  sendAway(backendSlot: number): void {
    for (const slot of this.rotation(backendSlot).servers) {
      if (this.#canServe(slot)) continue;
      for (
        let waiter = this.lists.first(slotRow(slot));
        waiter !== 0;
        waiter = this.lists.first(slotRow(slot))
      ) {
        Atomics.store(this.#i32, waiter + WAITER.at.state, WaiterState.SENT_AWAY);
        this.#deliver(waiter);
      }
    }
  }

  #serveOne(backendSlot: number, serverSlot: number): boolean {
    const i32 = this.#i32;
    const row = slotRow(serverSlot);
    const forAny = this.rotation(backendSlot).includes(serverSlot)
      ? this.lists.first(slotRow(backendSlot))
      : 0;
    const forThis = this.#canServe(serverSlot) ? this.lists.first(row) : 0;
    const waiter = this.lists.earlier(forThis, forAny);
    if (waiter === 0) return false;
    if (!this.#handOver(backendSlot, serverSlot)) return false;
    i32[waiter + WAITER.at.server] = serverSlot;
    Atomics.store(i32, waiter + WAITER.at.state, WaiterState.SERVED);
    this.#deliver(waiter);
    return true;
  }

  /** Reserves a place of a server for a waiting request. */
  #handOver(backendSlot: number, serverSlot: number): boolean {
    const i32 = this.#i32;
    const row = slotRow(serverSlot);
    const limit = serverLimit(i32, backendSlot, serverSlot);
    for (;;) {
      const word = Atomics.load(i32, row + AT.current);
      const places = placesIn(word);
      if ((limit !== 0 && places >= limit) || handedIn(word) === HANDED_MOST) return false;
      if (Atomics.compareExchange(i32, row + AT.current, word, word + HANDED_ONE) !== word) continue;
      if (places >= i32[row + AT.max]!) raise(i32, row + AT.max, places + 1);
      return true;
    }
  }

  #deliver(waiter: number): void {
    this.unlink(waiter);
    markDelivered(this.#views, waiter);
    this.#signal.wake(blockOfWaiter(this.#views, waiter));
  }

  /** A server in drain still serves those who wait for it by name. */
  #canServe(serverSlot: number): boolean {
    const row = slotRow(serverSlot);
    if (Atomics.load(this.#i32, row + AT.operational) === OperationalState.STOPPED) return false;
    return (Atomics.load(this.#i32, row + AT.admin) & AdminState.ANY_MAINT) === 0;
  }
}

function isSame(before: readonly number[] | undefined, after: readonly number[]): boolean {
  return before?.length === after.length && before.every((slot, i) => slot === after[i]);
}
