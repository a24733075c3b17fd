/** `balance source`. */
import { type BalancedStream, type Balancer, defineBalance, type ServerTable } from './declare.ts';
import { avalanche, foldAddress } from './hash.ts';
import { HASH_TYPE_DEFAULT, type HashType } from './hash-type.ts';
import { staticMap } from './static-map.ts';
import { reducedWeights } from './weights.ts';

class Source implements Balancer {
  readonly isBound = true;
  readonly #hashType: HashType;
  #version = -1;
  #map: Uint16Array = new Uint16Array(0);
  #usable: readonly number[] = [];

  constructor(hashType: HashType) {
    this.#hashType = hashType;
  }

  /** The same address gives the same server while the same servers are up, full or not, `excluded` or not. */
  pick(stream: BalancedStream, servers: ServerTable, _excluded: number): number {
    if (servers.version() !== this.#version) this.#rebuild(servers);
    if (this.#usable.length === 0) return -1;
    const { ip } = stream.session.source;
    const hash =
      ip === null
        ? servers.nextTurn()
        : this.#hashType.isAvalanche
          ? avalanche(foldAddress(ip))
          : foldAddress(ip);
    return this.#usable[this.#map[hash % this.#map.length]!]!;
  }

  #rebuild(servers: ServerTable): void {
    this.#version = servers.version();
    this.#usable = servers.usable();
    this.#map = staticMap(reducedWeights(servers, this.#usable));
  }
}

export const source = defineBalance({
  name: 'source',
  summary:
    "Chooses by the client's address, so that a client stays with its server; by turns where there is none.",
  args: {},
  examples: [{ text: 'balance source', result: { name: 'source', args: {} } }],
  compile: (_args, settings) => () => new Source(settings?.hashType ?? HASH_TYPE_DEFAULT),
});
