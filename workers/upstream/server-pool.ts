/**
 * Idle connections to one server, of one thread. It keeps about as many as were lately needed at once, and closes the
 * surplus every `pool-purge-delay` (manual section 5.2).
 */

import type { SessionView } from '../../src/sample/stream-view.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { ServerPlan } from '../plan/plan.ts';
import type { ThreadState } from '../thread-state.ts';
import { type PoolOfConnection, ServerConnection } from './server-connection.ts';

/** The manual's default of `pool-purge-delay`. */
const PURGE_DELAY_MS = 5000;

export class ServerPool implements TimerTarget, PoolOfConnection {
  readonly #thread: ThreadState;
  readonly #server: ServerPlan;
  readonly #idle: ServerConnection[] = [];
  readonly #timer: TimerEntry;
  /** Connections now serving a stream, and the most at once since the last two purges. */
  #used = 0;
  #usedMax = 0;
  #usedMaxBefore = 0;
  #isTicking = false;

  constructor(thread: ThreadState, server: ServerPlan) {
    this.#thread = thread;
    this.#server = server;
    this.#timer = new TimerEntry(this);
  }

  /** The most recently used idle connection, or null. `onlyProven`: it must have been reused before. */
  take(onlyProven: boolean): ServerConnection | null {
    const idle = this.#idle;
    for (let i = idle.length - 1; i >= 0; i--) {
      const connection = idle[i]!;
      if (onlyProven && connection.reuseCount < 2) continue;
      if (i === idle.length - 1) idle.pop();
      else idle.splice(i, 1);
      this.#use();
      return connection;
    }
    return null;
  }

  /** A new connection, being opened. */
  open(session: SessionView): ServerConnection {
    const { target, tuning } = this.#server;
    const { host, path, port, portOffset } = target;
    this.#use();
    if (path !== '') return new ServerConnection(this.#thread, this, { path }, tuning);
    const dialled = { host, port: portOffset === null ? port : session.destination.port + portOffset };
    return new ServerConnection(this.#thread, this, dialled, tuning);
  }

  #use(): void {
    this.#used++;
    if (this.#used > this.#usedMax) this.#usedMax = this.#used;
  }

  /** A connection comes to rest here, or is closed when enough of them rest already. */
  put(connection: ServerConnection): void {
    this.#used--;
    if (
      this.#thread.isDraining ||
      this.#used + this.#idle.length >= Math.max(this.#usedMax, this.#usedMaxBefore)
    ) {
      connection.abort();
      return;
    }
    connection.idleSince = this.#thread.nowMs;
    this.#idle.push(connection);
    if (!this.#isTicking) {
      this.#isTicking = true;
      this.#thread.wheel.arm(this.#timer, connection.idleSince + PURGE_DELAY_MS);
    }
  }

  /** A connection that served a stream has closed. */
  closed(): void {
    this.#used--;
  }

  /** An idle connection was closed by its server. */
  remove(connection: ServerConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** Closes half of what was not needed since the last purge, oldest first. */
  onTimeout(): void {
    this.#thread.tick();
    const needed = Math.max(this.#usedMax, this.#usedMaxBefore);
    this.#usedMaxBefore = this.#usedMax;
    this.#usedMax = this.#used;
    const surplus = Math.ceil(Math.max(0, this.#idle.length + this.#used - needed) / 2);
    this.#close(Math.max(surplus, needed === 0 ? Math.ceil(this.#idle.length / 2) : 0));
    this.#isTicking = this.#idle.length > 0;
    if (this.#isTicking) this.#thread.wheel.arm(this.#timer, this.#thread.nowMs + PURGE_DELAY_MS);
  }

  #close(count: number): void {
    for (const connection of this.#idle.splice(0, count)) connection.abort();
  }

  closeIdle(): void {
    this.#close(this.#idle.length);
  }
}
