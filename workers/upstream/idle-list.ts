/** Idle connections in the order in which they came to rest: a list linked through the connections themselves. */
import type { ServerConnection } from './server-connection.ts';

export class IdleList {
  length = 0;
  #oldest: ServerConnection | null = null;
  #newest: ServerConnection | null = null;

  get oldest(): ServerConnection | null {
    return this.#oldest;
  }

  add(connection: ServerConnection): void {
    connection.older = this.#newest;
    connection.newer = null;
    if (this.#newest === null) this.#oldest = connection;
    else this.#newest.newer = connection;
    this.#newest = connection;
    connection.list = this;
    this.length++;
  }

  remove(connection: ServerConnection): void {
    const { older, newer } = connection;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    connection.older = connection.newer = connection.list = null;
    this.length--;
  }

  /** The one that has rested longest among those with this key; null for none. */
  find(key: string): ServerConnection | null {
    let connection = this.#oldest;
    while (connection !== null && connection.key !== key) connection = connection.newer;
    return connection;
  }
}
