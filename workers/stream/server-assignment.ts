/** Finding a server for a stream, HTTP or TCP: balancing, the servers' places, and waiting in the queue for one. */
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { ThreadState } from '../thread-state.ts';

/** FULL: `server` is where the stream had to go, and no more may wait for it. */
export const Assignment = { CHOSEN: 0, QUEUED: 1, NONE: 2, FULL: 3 } as const;
export type Assignment = (typeof Assignment)[keyof typeof Assignment];

/** Who wants a server; `onServerAssigned` comes later when `choose` said QUEUED. */
export interface ServerSeeker {
  onServerAssigned(server: ServerPlan): void;
  /** The server waited for has gone: choose again. */
  onServerWithdrawn(): void;
}

const NO_TICKET = -1;

export class ServerAssignment {
  readonly #thread: ThreadState;
  readonly #stream: StreamView;
  readonly #seeker: ServerSeeker;
  #backend: ProxyPlan | null = null;
  #ticket = NO_TICKET;
  /** The very server that the stream waits for; null when any will do. */
  awaited: ServerPlan | null = null;
  /** The slot whose queue the stream waits in, and how many streams it had served by then. */
  #queueSlot = -1;
  #servedBefore = 0;
  #holdsPlace = false;
  /** The server that was found; its place is given back by `release`. */
  server: ServerPlan | null = null;

  /** `stream` is what balancing looks at. */
  constructor(thread: ThreadState, stream: StreamView, seeker: ServerSeeker) {
    this.#thread = thread;
    this.#stream = stream;
    this.#seeker = seeker;
  }

  /** By balancing. `excluded` is the index of a server to avoid, or -1. */
  choose(backend: ProxyPlan, excluded: number): Assignment {
    const { balancer, serverTable, direct } = backend;
    this.#backend = backend;
    if (balancer === null || serverTable === null) return this.#goDirectly(direct);
    const index = balancer.pick(this.#stream, serverTable, excluded);
    if (index < 0) return serverTable.usable().length === 0 ? Assignment.NONE : this.#wait(backend, null);
    const server = backend.servers[index]!;
    if (balancer.isBound) return this.designate(backend, server);
    if (this.#enter(backend, server)) return Assignment.CHOSEN;
    const waitsForIt = server.maxQueue > 0 && !this.#isQueueFull(server);
    return this.#wait(backend, waitsForIt ? server : null);
  }

  /** This server and no other: the stream waits for it when it is full, as long as its queue has room. */
  designate(backend: ProxyPlan, server: ServerPlan): Assignment {
    this.#backend = backend;
    if (this.#enter(backend, server)) return Assignment.CHOSEN;
    if (!this.#isQueueFull(server)) return this.#wait(backend, server);
    this.server = server;
    return Assignment.FULL;
  }

  /** `dispatch`, `option transparent`: no places, no queue. */
  #goDirectly(direct: ServerPlan | null): Assignment {
    if (direct === null) return Assignment.NONE;
    this.server = direct;
    return Assignment.CHOSEN;
  }

  #isQueueFull({ maxQueue, slot }: ServerPlan): boolean {
    return maxQueue > 0 && this.#thread.shared.queueLength(slot) >= maxQueue;
  }

  #enter(backend: ProxyPlan, server: ServerPlan): boolean {
    if (!this.#thread.shared.tryEnterServer(backend.backendSlot, server.slot)) return false;
    this.#take(server);
    return true;
  }

  #wait(backend: ProxyPlan, awaited: ServerPlan | null): Assignment {
    const serverSlot = awaited === null ? -1 : awaited.slot;
    this.awaited = awaited;
    const { facts } = this.#stream;
    const { shared } = this.#thread;
    // As HAProxy counts: the first in a queue has place 1.
    if (serverSlot >= 0) facts.serverQueue = shared.queueLength(serverSlot) + 1;
    else facts.backendQueue = shared.queueLength(backend.backendSlot) + 1;
    this.#queueSlot = serverSlot >= 0 ? serverSlot : backend.backendSlot;
    this.#servedBefore = shared.sum(this.#queueSlot, COUNTER.lbtot);
    this.#ticket = shared.joinQueue(backend.backendSlot, serverSlot, (slot) => {
      this.#thread.tick();
      this.#ticket = NO_TICKET;
      if (slot < 0) {
        this.#seeker.onServerWithdrawn();
        return;
      }
      // A reload may have brought the server meanwhile.
      const server = this.#thread.plan.servers.get(slot)!;
      this.#take(server);
      this.#seeker.onServerAssigned(server);
    });
    return this.#ticket === NO_TICKET ? Assignment.NONE : Assignment.QUEUED;
  }

  #take(server: ServerPlan): void {
    this.server = server;
    this.#holdsPlace = true;
    this.#thread.shared.count(server.slot, COUNTER.lbtot, 1);
    this.#thread.shared.count(this.#backend!.backendSlot, COUNTER.lbtot, 1);
  }

  /** Who gives up has the place that those gave it who were served meanwhile, as HAProxy counts. */
  leaveQueue(): void {
    if (this.#ticket === NO_TICKET) return;
    const { shared } = this.#thread;
    const { facts } = this.#stream;
    const place = shared.sum(this.#queueSlot, COUNTER.lbtot) - this.#servedBefore + 1;
    if (this.#queueSlot === this.#backend!.backendSlot)
      facts.backendQueue = Math.min(facts.backendQueue, place);
    else facts.serverQueue = Math.min(facts.serverQueue, place);
    shared.leaveQueue(this.#ticket);
    this.#ticket = NO_TICKET;
  }

  /** Gives the place back, or leaves the queue; harmless when there is neither. */
  release(): void {
    this.leaveQueue();
    const { server } = this;
    this.server = null;
    if (!this.#holdsPlace) return;
    this.#holdsPlace = false;
    this.#thread.shared.leaveServer(this.#backend!.backendSlot, server!.slot);
  }
}
