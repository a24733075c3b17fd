/**
 * Answers that tell on which connection a request came: `c2r3` is the third request on the second connection. Targets
 * begin with the name of a case, `/safe/…`, and each case counts its connections from 1.
 */
import type net from 'node:net';
import { response } from './exchanges.ts';
import type { Exchange, Reply } from './scripted-origin.ts';

export class NumberedConnections {
  readonly #name: string;
  /** By the origin's port and the case: two programs have origins of their own. */
  readonly #counts = new Map<string, number>();
  readonly #places = new WeakMap<net.Socket, { readonly connection: number; requests: number }>();
  readonly #tags = new WeakMap<Exchange, string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Answers at once, but for targets with `hold` in them: `release` answers those. */
  readonly reply: Reply = (exchange) => {
    const tag = this.#tagOf(exchange);
    this.#tags.set(exchange, tag);
    if (!exchange.target.includes('hold')) this.release(exchange);
  };

  release(exchange: Exchange, status = '200 OK', fields: readonly string[] = []): void {
    exchange.write(response(status, this.#tags.get(exchange)!, fields));
  }

  #tagOf({ target, socket }: Exchange): string {
    let place = this.#places.get(socket);
    if (place === undefined) {
      const key = `${socket.localPort} ${target.split('/', 2)[1]}`;
      const connection = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, connection);
      place = { connection, requests: 0 };
      this.#places.set(socket, place);
    }
    place.requests++;
    return `${this.#name}c${place.connection}r${place.requests}`;
  }
}
