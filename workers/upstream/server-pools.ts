/** The server pools of one thread, by the server's slot. They belong to the thread, not to the plan. */
import type { ServerPlan } from '../plan/plan.ts';
import type { ThreadState } from '../thread-state.ts';
import { ServerPool } from './server-pool.ts';

export class ServerPools {
  readonly #thread: ThreadState;
  readonly #bySlot: (ServerPool | undefined)[] = [];

  constructor(thread: ThreadState) {
    this.#thread = thread;
  }

  of(server: ServerPlan): ServerPool {
    let pool = this.#bySlot[server.slot];
    if (pool === undefined || (!pool.leadsTo(server) && !pool.adopt(server))) {
      pool = new ServerPool(this.#thread, server);
      this.#bySlot[server.slot] = pool;
    }
    return pool;
  }

  /** A reload: pools of servers that are gone, or that are reached otherwise now, are given up. */
  adopt(servers: ReadonlyMap<number, ServerPlan>): void {
    for (const [slot, pool] of this.#bySlot.entries())
      if (pool !== undefined && !pool.adopt(servers.get(slot))) this.#bySlot[slot] = undefined;
  }

  closeIdle(): void {
    for (const pool of this.#bySlot) pool?.closeIdle();
  }
}
