/**
 * Connections that nobody expects bytes of for now: a request has come whole with the connection, and its response is
 * on the way. To watch them costs system calls that a connection for one request never earns, so they are watched only
 * when they are still there some moments later: a client that gives up meanwhile is noticed then.
 */

import { type Placed, PlacedList } from './placed-list.ts';

/** Who is to be watched late. */
export interface LateWatched extends Placed {
  watchAtLast(): void;
}

/** Each connection waits for one to two of these, in milliseconds. */
const MOMENT_MS = 20;

export class LateWatch {
  #newer = new PlacedList<LateWatched>();
  #older = new PlacedList<LateWatched>();
  #isTicking = false;

  add(connection: LateWatched): void {
    this.#newer.add(connection);
    if (this.#isTicking) return;
    this.#isTicking = true;
    setTimeout(tick, MOMENT_MS, this);
  }

  /** It has closed. Whoever is closed and still held here would be memory that outlives its time. */
  remove(connection: LateWatched): void {
    if (!this.#newer.delete(connection)) this.#older.delete(connection);
  }

  tick(): void {
    const due = this.#older;
    this.#older = this.#newer;
    this.#newer = due;
    for (const connection of due.takeAll()) connection.watchAtLast();
    this.#isTicking = this.#older.size > 0 || this.#newer.size > 0;
    if (this.#isTicking) setTimeout(tick, MOMENT_MS, this);
  }
}

function tick(watch: LateWatch): void {
  watch.tick();
}
