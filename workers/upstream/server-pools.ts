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
    if (pool === undefined) {
      pool = new ServerPool(this.#thread, server);
      this.#bySlot[server.slot] = pool;
    }
    return pool;
  }

  closeIdle(): void {
    for (const pool of this.#bySlot) pool?.closeIdle();
  }
}
