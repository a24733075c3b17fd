/** Finding a server for a stream, HTTP or TCP: balancing, the servers' places, and waiting in the queue for one. */
import type { StreamView } from '../../src/sample/stream-view.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { ThreadState } from '../thread-state.ts';

export const Assignment = { CHOSEN: 0, QUEUED: 1, NONE: 2 } as const;
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
  /** The server whose place is held; given back by `release`. */
  server: ServerPlan | null = null;

  /** `stream` is what balancing looks at. */
  constructor(thread: ThreadState, stream: StreamView, seeker: ServerSeeker) {
    this.#thread = thread;
    this.#stream = stream;
    this.#seeker = seeker;
  }

  /** `excluded` is the index of a server to avoid, or -1. */
  choose(backend: ProxyPlan, excluded: number): Assignment {
    const { balancer, serverTable } = backend;
    this.#backend = backend;
    if (balancer === null || serverTable === null) return Assignment.NONE;
    const { shared } = this.#thread;
    const index = balancer.pick(this.#stream, serverTable, excluded);
    if (index >= 0) {
      const server = backend.servers[index]!;
      if (shared.tryEnterServer(backend.backendSlot, server.slot)) {
        this.#take(server);
        return Assignment.CHOSEN;
      }
      return this.#wait(backend, balancer.isBound ? server.slot : -1);
    }
    return serverTable.usable().length === 0 ? Assignment.NONE : this.#wait(backend, -1);
  }

  #wait(backend: ProxyPlan, serverSlot: number): Assignment {
    const { facts } = this.#stream;
    const { shared } = this.#thread;
    // As HAProxy counts: the first in a queue has place 1.
    if (serverSlot >= 0) facts.serverQueue = shared.queueLength(serverSlot) + 1;
    else facts.backendQueue = shared.queueLength(backend.backendSlot) + 1;
    this.#ticket = shared.joinQueue(backend.backendSlot, serverSlot, (slot) => {
      this.#thread.tick();
      this.#ticket = NO_TICKET;
      if (slot < 0) {
        this.#seeker.onServerWithdrawn();
        return;
      }
      const server = backend.servers.find((candidate) => candidate.slot === slot)!;
      this.#take(server);
      this.#seeker.onServerAssigned(server);
    });
    return this.#ticket === NO_TICKET ? Assignment.NONE : Assignment.QUEUED;
  }

  #take(server: ServerPlan): void {
    this.server = server;
    this.#thread.shared.count(server.slot, COUNTER.lbtot, 1);
    this.#thread.shared.count(this.#backend!.backendSlot, COUNTER.lbtot, 1);
  }

  leaveQueue(): void {
    if (this.#ticket === NO_TICKET) return;
    this.#thread.shared.leaveQueue(this.#ticket);
    this.#ticket = NO_TICKET;
  }

  /** Gives the place back, or leaves the queue; harmless when there is neither. */
  release(): void {
    this.leaveQueue();
    const { server } = this;
    if (server === null) return;
    this.server = null;
    this.#thread.shared.leaveServer(this.#backend!.backendSlot, server.slot);
  }
}
