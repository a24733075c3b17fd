/** `balance first`. */
import { type BalancedStream, type Balancer, defineBalance, type ServerTable } from './declare.ts';

class First implements Balancer {
  readonly isBound = false;
  #version = -1;
  #byId: readonly number[] = [];

  pick(_stream: BalancedStream, servers: ServerTable, excluded: number): number {
    if (servers.version() !== this.#version) this.#rebuild(servers);
    for (let i = 0; i < this.#byId.length; i++) {
      const server = this.#byId[i]!;
      if (server !== excluded && servers.hasRoom(server)) return server;
    }
    return excluded >= 0 && this.#byId.includes(excluded) && servers.hasRoom(excluded) ? excluded : -1;
  }

  #rebuild(servers: ServerTable): void {
    this.#version = servers.version();
    this.#byId = [...servers.usable()].sort((one, other) => servers.id(one) - servers.id(other));
  }
}

export const first = defineBalance({
  name: 'first',
  summary: 'Fills servers one after the other, by their ids, each up to its maxconn.',
  args: {},
  examples: [{ text: 'balance first', result: { name: 'first', args: {} } }],
  compile: () => () => new First(),
});
