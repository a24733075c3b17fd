/**
 * The two ways from a hash to a server, `hash-type map-based` and `consistent`, seen as one: a circle of places, each
 * of which belongs to a server. A hash designates a place; who cannot use its server goes on along the circle.
 */
import type { ServerTable } from './declare.ts';
import { avalanche } from './hash.ts';
import { seedOfId } from './hash-key.ts';
import { staticMap } from './static-map.ts';
import { staticWeights } from './weights.ts';

export interface Circle {
  /** Servers by place; their order is that of the circle. Empty when no server is usable. */
  owners: Uint16Array;
  /** Brings the places up to date with the servers. */
  refresh(servers: ServerTable): void;
  /** The place that a hash of 32 signed bits designates; there must be one. */
  locate(hash: number): number;
  /** A request that is sent elsewhere than to the server that failed goes on along the circle. */
  readonly avoidsFailed: boolean;
}

const NOBODY = new Uint16Array(0);

/** `map-based`: as many places as the sum of the weights, divided by the hash. Weights are those of the configuration. */
export class MapCircle implements Circle {
  owners = NOBODY;
  readonly avoidsFailed = false;
  #version = -1;

  refresh(servers: ServerTable): void {
    const version = servers.version();
    if (version === this.#version) return;
    this.#version = version;
    const usable = servers.usable();
    this.owners =
      usable.length === 0 ? NOBODY : staticMap(staticWeights(servers, usable)).map((place) => usable[place]!);
  }

  locate(hash: number): number {
    return (hash >>> 0) % this.owners.length;
  }
}

/** A point and whose it is, in one number that sorts by the point. */
const OWNERS_MOST = 65_536;

/**
 * `consistent`: each server has points spread over the numbers of 32 bits, 16 for each unit of its weight; the
 * nearest point counts, of two as near the lower one. Points and ties are those of HAProxy 2.6, found by watching
 * where choices change.
 */
export class RingCircle implements Circle {
  owners = NOBODY;
  readonly avoidsFailed = true;
  readonly #seeds: readonly number[] | null;
  #points = new Uint32Array(0);
  #version = -1;
  /** What the points were made from: servers and their weights, by turns. */
  #shares: number[] = [];

  /** `seeds` by server, where they do not follow from the ids. */
  constructor(seeds: readonly number[] | null) {
    this.#seeds = seeds;
  }

  refresh(servers: ServerTable): void {
    const version = servers.version();
    if (version === this.#version) return;
    this.#version = version;
    const shares: number[] = [];
    for (const server of servers.usable()) shares.push(server, servers.weight(server));
    if (isSame(shares, this.#shares)) return;
    this.#shares = shares;
    this.#build(servers);
  }

  #build(servers: ServerTable): void {
    const shares = this.#shares;
    let size = 0;
    for (let i = 1; i < shares.length; i += 2) size += shares[i]!;
    const sorted = new Float64Array(size);
    let at = 0;
    for (let i = 0; i < shares.length; i += 2) {
      const server = shares[i]!;
      const seed = this.#seeds?.[server] ?? seedOfId(servers.id(server));
      for (let point = 0; point < shares[i + 1]!; point++)
        sorted[at++] = avalanche((seed + point) | 0) * OWNERS_MOST + server;
    }
    sorted.sort();
    this.#points = Uint32Array.from(sorted, (packed) => packed / OWNERS_MOST);
    this.owners = Uint16Array.from(sorted, (packed) => packed % OWNERS_MOST);
  }

  /** The point of a place, unsigned. */
  pointAt(place: number): number {
    return this.#points[place]!;
  }

  locate(hash: number): number {
    const points = this.#points;
    const key = hash >>> 0;
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (points[middle]! >= key) high = middle;
      else low = middle + 1;
    }
    const above = low === points.length ? 0 : low;
    const below = low === 0 ? points.length - 1 : low - 1;
    return (points[above]! - key) >>> 0 < (key - points[below]!) >>> 0 ? above : below;
  }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}
