/**
 * Idle connections to one server, of one thread. It keeps about as many as were lately needed at once, and closes the
 * surplus every `pool-purge-delay` (manual section 5.2).
 *
 * As in HAProxy there are two lists, each used in the order in which connections came to rest: those that have been
 * reused already, which have shown that the server takes it, and those that carried one request only. The first
 * request of a client goes on proven ones first, the following ones on the others.
 */
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { ReuseMode, ServerPlan } from '../plan/plan.ts';
import type { DialingStream } from '../plan/server-plan.ts';
import type { ThreadState } from '../thread-state.ts';
import { IdleList } from './idle-list.ts';
import { type PoolOfConnection, ServerConnection } from './server-connection.ts';

export class ServerPool implements TimerTarget, PoolOfConnection {
  readonly #thread: ThreadState;
  #server: ServerPlan;
  /** This thread's part of `pool-max-conn`. */
  #maxIdle: number;
  #isRetired = false;
  /** Idle after one request, and after more. */
  readonly #unproven = new IdleList();
  readonly #proven = new IdleList();
  readonly #timer: TimerEntry;
  /** Connections now serving a stream or kept by a client's session. */
  #used = 0;
  /** The most that served at once since the last purge, and what that says of the need. */
  #usedMax = 0;
  #usedMaxBefore = 0;
  #needed = 0;
  #peak = 0;
  #isTicking = false;

  constructor(thread: ThreadState, server: ServerPlan) {
    this.#thread = thread;
    this.#server = server;
    this.#maxIdle = maxIdleOf(server, thread);
    this.#timer = new TimerEntry(this);
  }

  get #idleCount(): number {
    return this.#unproven.length + this.#proven.length;
  }

  /** An idle connection that a request, the first of its client or a later one, may go on; or null. */
  take(reuse: ReuseMode, isFirst: boolean, stream: DialingStream): ServerConnection | null {
    if (this.#idleCount === 0) return null;
    const { dial } = this.#server;
    const key = dial.fixed === null ? dial.wayOf(stream).key : '';
    const connection = isFirst ? this.#findForFirst(reuse, key) : this.#findForLater(reuse, key);
    if (connection === null) return null;
    connection.list!.remove(connection);
    this.use();
    return connection;
  }

  #findForLater(reuse: ReuseMode, key: string): ServerConnection | null {
    return reuse === 'never' ? null : (this.#unproven.find(key) ?? this.#proven.find(key));
  }

  #findForFirst(reuse: ReuseMode, key: string): ServerConnection | null {
    if (reuse === 'always') return this.#proven.find(key) ?? this.#unproven.find(key);
    return reuse === 'aggressive' ? this.#proven.find(key) : null;
  }

  /** A new connection, being opened. */
  open(stream: DialingStream): ServerConnection {
    const { dial, pool } = this.#server;
    const way = dial.fixed ?? dial.wayOf(stream);
    while (this.#used + this.#idleCount >= pool.maxConnections && this.#idleCount > 0) this.#closeOldest();
    this.use();
    return new ServerConnection(this.#thread, this, way);
  }

  /** A connection begins to serve. */
  use(): void {
    this.#used++;
    if (this.#used > this.#usedMax) this.#usedMax = this.#used;
  }

  /** A connection that served has closed, or rests with its client's session. */
  closed(): void {
    this.#used--;
  }

  mayReuse(reuseCount: number): boolean {
    return reuseCount < this.#server.pool.maxReuse;
  }

  /** A connection comes to rest here, or is closed when enough of them rest already. */
  put(connection: ServerConnection): void {
    this.#used--;
    const idle = this.#idleCount;
    if (
      this.#thread.isDraining ||
      this.#isRetired ||
      idle >= this.#maxIdle ||
      this.#used + idle >= Math.max(this.#usedMax, this.#usedMaxBefore, this.#needed)
    ) {
      connection.abort();
      return;
    }
    (connection.reuseCount > 1 ? this.#proven : this.#unproven).add(connection);
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#thread.wheel.arm(this.#timer, this.#thread.nowMs + this.#server.pool.purgeDelayMs);
  }

  /** An idle connection was closed by its server. */
  remove(connection: ServerConnection): void {
    connection.list?.remove(connection);
  }

  /** Closes half of what was not needed lately, the longest idle first. */
  onTimeout(): void {
    this.#thread.tick();
    const surplus = this.#idleCount + this.#used - this.#estimate();
    if (surplus > 0) this.#close(Math.floor(surplus / 2) + 1);
    this.#isTicking = this.#idleCount > 0;
    if (this.#isTicking)
      this.#thread.wheel.arm(this.#timer, this.#thread.nowMs + this.#server.pool.purgeDelayMs);
  }

  /** How many are needed: as many as in the last two periods, and when that was fewer, half the peak less each time. */
  #estimate(): number {
    const recent = Math.max(this.#usedMax, this.#usedMaxBefore);
    this.#usedMaxBefore = this.#usedMax;
    this.#usedMax = this.#used;
    if (recent >= this.#needed) this.#peak = this.#needed = recent;
    else this.#needed = Math.max(recent, this.#needed - Math.ceil(this.#peak / 2));
    return this.#needed;
  }

  #close(count: number): void {
    for (let left = count; left > 0 && this.#idleCount > 0; left--) this.#closeOldest();
  }

  #closeOldest(): void {
    const list = this.#unproven.length > 0 ? this.#unproven : this.#proven;
    const connection = list.oldest!;
    list.remove(connection);
    connection.abort();
  }

  leadsTo(server: ServerPlan): boolean {
    return server === this.#server;
  }

  /** False when the connections lead elsewhere than this server: idle ones are closed, others when they come back. */
  adopt(server: ServerPlan | undefined): boolean {
    if (server !== undefined && server.reach === this.#server.reach) {
      this.#server = server;
      this.#maxIdle = maxIdleOf(server, this.#thread);
      return true;
    }
    this.#isRetired = true;
    this.closeIdle();
    return false;
  }

  closeIdle(): void {
    this.#close(this.#idleCount);
  }
}

/** The threads' parts add up to the limit. A strict limit on connections cannot be shared: then none rests. */
function maxIdleOf({ pool }: ServerPlan, { index, shared: { threads } }: ThreadState): number {
  if (threads > 1 && pool.maxConnections !== Number.POSITIVE_INFINITY) return 0;
  if (pool.maxIdle === Number.POSITIVE_INFINITY) return pool.maxIdle;
  return Math.floor(pool.maxIdle / threads) + (index < pool.maxIdle % threads ? 1 : 0);
}
