/**
 * Balancing by the hash of a key: what `source`, `uri`, `url_param`, `hdr`, `hash` and `rdp-cookie` have in common.
 * Requests without the key take the servers of the circle by turns.
 */
import { type Circle, MapCircle, RingCircle } from './circle.ts';
import type { BalancedStream, Balancer, BalanceSettings, HashAffinity, ServerTable } from './declare.ts';
import { avalanche } from './hash.ts';
import { HASH_TYPE_DEFAULT } from './hash-type.ts';
import { canTakeMore } from './load-bound.ts';

/** Finds the key of a stream and hashes it. Two calls instead of one result, so that a pick allocates nothing. */
export interface HashKey {
  /** The hash of the key that `find` found last, 32 signed bits. */
  readonly hash: number;
  /** False when the stream has no such key. */
  find(stream: BalancedStream): boolean;
}

/** The circle that a backend's `hash-type` asks for. */
export function circleFor(settings: BalanceSettings): Circle {
  const { method } = settings.hashType ?? HASH_TYPE_DEFAULT;
  return method === 'consistent' ? new RingCircle(settings.ringSeeds ?? null) : new MapCircle();
}

export class HashBalancer implements Balancer {
  readonly isBound = true;
  readonly #key: HashKey;
  readonly #circle: Circle;
  readonly #isAvalanche: boolean;
  /** Null: a server that its hash designates is taken whatever its load. */
  readonly #limits: HashLimits | null;

  constructor(key: HashKey, settings: BalanceSettings = {}) {
    this.#key = key;
    this.#circle = circleFor(settings);
    this.#isAvalanche = (settings.hashType ?? HASH_TYPE_DEFAULT).isAvalanche;
    this.#limits = limitsOf(settings);
  }

  pick(stream: BalancedStream, servers: ServerTable, excluded: number): number {
    const circle = this.#circle;
    circle.refresh(servers);
    if (circle.owners.length === 0) return -1;
    if (!this.#key.find(stream)) return pickByTurns(circle, servers, excluded);
    const { hash } = this.#key;
    const place = circle.locate(this.#isAvalanche ? avalanche(hash) | 0 : hash);
    const server = circle.owners[place]!;
    const isAvoided = server === excluded && circle.avoidsFailed;
    if (!isAvoided && (this.#limits === null || this.#limits.admits(server, servers))) return server;
    return this.#pickBeyond(place, servers, circle.avoidsFailed ? excluded : -1);
  }

  /** The next server along the circle that may take the request. */
  #pickBeyond(place: number, servers: ServerTable, avoided: number): number {
    const { owners } = this.#circle;
    const limits = this.#limits;
    const designated = owners[place]!;
    const goesOn = limits === null || limits.admitsAny(servers, avoided);
    let last = designated;
    for (let step = 1; step < owners.length; step++) {
      const at = place + step;
      const server = owners[at < owners.length ? at : at - owners.length]!;
      if (server === avoided || server === last) continue;
      if (goesOn && (limits === null || limits.admits(server, servers))) return server;
      if (server !== designated) last = server;
    }
    return last;
  }
}

/** The next server along the circle that has room; those that are passed over lose their turn. */
export function pickByTurns(circle: Circle, servers: ServerTable, excluded: number): number {
  const { owners } = circle;
  const server = owners[servers.nextTurn() % owners.length]!;
  if (server !== excluded && servers.hasRoom(server)) return server;
  const usable = servers.usable();
  let hasOther = false;
  for (let i = 0; i < usable.length; i++)
    if (usable[i] !== excluded && servers.hasRoom(usable[i]!)) hasOther = true;
  if (!hasOther)
    return excluded >= 0 && usable.includes(excluded) && servers.hasRoom(excluded) ? excluded : -1;
  for (let tries = owners.length; tries > 0; tries--) {
    const next = owners[servers.nextTurn() % owners.length]!;
    if (next !== excluded && servers.hasRoom(next)) return next;
  }
  return -1;
}

/** What a server must fulfil to be given a request that its hash designates it for. */
class HashLimits {
  readonly #factor: number;
  readonly #affinity: HashAffinity;
  readonly #maxQueues: readonly number[];

  constructor(factor: number, affinity: HashAffinity, maxQueues: readonly number[]) {
    this.#factor = factor;
    this.#affinity = affinity;
    this.#maxQueues = maxQueues;
  }

  admits(server: number, servers: ServerTable): boolean {
    if (this.#factor !== 0 && !canTakeMore(server, servers, this.#factor)) return false;
    if (this.#affinity === 'always' || servers.maxconn(server) === 0) return true;
    if (this.#affinity === 'maxconn') return servers.hasRoom(server);
    const maxQueue = this.#maxQueues[server] ?? 0;
    return maxQueue === 0 || servers.queued(server) < maxQueue;
  }

  admitsAny(servers: ServerTable, avoided: number): boolean {
    const usable = servers.usable();
    for (let i = 0; i < usable.length; i++)
      if (usable[i] !== avoided && this.admits(usable[i]!, servers)) return true;
    return false;
  }
}

function limitsOf({
  hashType,
  hashBalanceFactor = 0,
  hashAffinity = 'always',
  maxQueues = [],
}: BalanceSettings) {
  const factor = hashType?.method === 'consistent' ? hashBalanceFactor : 0;
  return factor === 0 && hashAffinity === 'always' ? null : new HashLimits(factor, hashAffinity, maxQueues);
}
