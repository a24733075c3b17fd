/**
 * Connections that nobody expects bytes of for now: a request has come whole with the connection, and its response is
 * on the way. To watch them costs system calls that a connection for one request never earns, so they are watched only
 * when they are still there some moments later: a client that gives up meanwhile is noticed then.
 */

/** Who is to be watched late. */
export interface LateWatched {
  watchAtLast(): void;
}

/** Each connection waits for one to two of these, in milliseconds. */
const MOMENT_MS = 20;

export class LateWatch {
  #newer: LateWatched[] = [];
  #older: LateWatched[] = [];
  #isTicking = false;

  add(connection: LateWatched): void {
    this.#newer.push(connection);
    if (this.#isTicking) return;
    this.#isTicking = true;
    setTimeout(tick, MOMENT_MS, this);
  }

  tick(): void {
    const due = this.#older;
    this.#older = this.#newer;
    this.#newer = [];
    for (let i = 0; i < due.length; i++) due[i]!.watchAtLast();
    this.#isTicking = this.#older.length > 0 || this.#newer.length > 0;
    if (this.#isTicking) setTimeout(tick, MOMENT_MS, this);
  }
}

function tick(watch: LateWatch): void {
  watch.tick();
}
