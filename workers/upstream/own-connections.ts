/**
 * Idle server connections that one client's session keeps for itself: all of them with `http-reuse never`, and those
 * on which the server authenticates the connection (NTLM, Negotiate) in every mode.
 */
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import type { ConnectionHome, ServerConnection } from './server-connection.ts';

export class OwnConnections implements ConnectionHome {
  readonly #idle: ServerConnection[] = [];
  readonly #servers: ServerPlan[] = [];
  readonly #maxIdle: number;

  constructor(maxIdle: number) {
    this.#maxIdle = maxIdle;
  }

  /** The server that a connection goes to when it comes to rest next. */
  server: ServerPlan | null = null;

  /** The connection to this server that has rested longest, or null. */
  take(server: ServerPlan): ServerConnection | null {
    const at = this.#servers.indexOf(server);
    if (at < 0) return null;
    const connection = this.#idle[at]!;
    this.#forget(at);
    connection.pool.use();
    return connection;
  }

  /**
   * The server of this backend with which its client stays: the one used last of those to which a connection is kept,
   * as far as the backend prefers it or the server has authenticated the connection (manual section 4.2, option
   * prefer-last-server).
   */
  lastServer(backend: ProxyPlan): ServerPlan | null {
    for (let i = this.#servers.length - 1; i >= 0; i--) {
      const server = this.#servers[i]!;
      const stays = backend.prefersLastServer || this.#idle[i]!.isPrivate;
      if (stays && backend.servers[server.index] === server) return server;
    }
    return null;
  }

  put(connection: ServerConnection): void {
    connection.pool.closed();
    if (this.server === null || this.#idle.length >= this.#maxIdle) {
      connection.abort();
      return;
    }
    this.#idle.push(connection);
    this.#servers.push(this.server);
  }

  remove(connection: ServerConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#forget(at);
  }

  #forget(at: number): void {
    this.#idle.splice(at, 1);
    this.#servers.splice(at, 1);
  }

  /** The client has gone: so do they. */
  close(): void {
    for (const connection of this.#idle.splice(0)) connection.abort();
    this.#servers.length = 0;
  }
}
