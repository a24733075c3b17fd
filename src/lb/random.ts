/** `balance random`: the best of a few servers drawn by lot. */
import { arg } from '../keyword/arg.ts';
import { type Circle, RingCircle } from './circle.ts';
import {
  type BalancedStream,
  type Balancer,
  type BalanceSettings,
  defineBalance,
  type ServerTable,
} from './declare.ts';
import { pickByTurns } from './hash-balancer.ts';
import { canTakeMore } from './load-bound.ts';

const DRAWS_DEFAULT = 2;

class Random implements Balancer {
  readonly isBound = false;
  readonly #circle: Circle;
  readonly #draws: number;
  readonly #factor: number;
  readonly #random: () => number;

  constructor(draws: number, settings: BalanceSettings) {
    this.#circle = new RingCircle(settings.ringSeeds ?? null);
    this.#draws = draws;
    this.#factor = settings.hashBalanceFactor ?? 0;
    this.#random = settings.random ?? noRandomness;
  }

  pick(_stream: BalancedStream, servers: ServerTable, excluded: number): number {
    const circle = this.#circle;
    circle.refresh(servers);
    if (circle.owners.length === 0) return -1;
    let best = -1;
    for (let draw = 0; draw < this.#draws; draw++) {
      const server = circle.owners[circle.locate(this.#random())]!;
      if (server === best || server === excluded || !this.#admits(server, servers)) continue;
      if (best < 0 || isLessLoaded(servers, server, best)) best = server;
    }
    return best >= 0 ? best : pickByTurns(circle, servers, excluded);
  }

  #admits(server: number, servers: ServerTable): boolean {
    return servers.hasRoom(server) && (this.#factor === 0 || canTakeMore(server, servers, this.#factor));
  }
}

/** By sessions and waiting requests for the weight; of equals, the one that had fewer sessions of late. */
function isLessLoaded(servers: ServerTable, one: number, other: number): boolean {
  const oneWeight = servers.weight(one);
  const otherWeight = servers.weight(other);
  const difference = loadOf(servers, one) * otherWeight - loadOf(servers, other) * oneWeight;
  if (difference !== 0) return difference < 0;
  return servers.sessionRate(one) * otherWeight < servers.sessionRate(other) * oneWeight;
}

function loadOf(servers: ServerTable, server: number): number {
  return servers.sessions(server) + servers.queued(server);
}

function noRandomness(): never {
  throw new Error("balance random cannot be compiled without 'random'");
}

export const random = defineBalance({
  name: 'random',
  summary: 'Draws servers by lot, as often as their weights say, and takes the least loaded of a few draws.',
  args: { draws: arg.optional(arg.int({ min: 1 }), DRAWS_DEFAULT) },
  examples: [
    { text: 'balance random', result: { name: 'random', args: { draws: 2 } } },
    { text: 'balance random(3)', result: { name: 'random', args: { draws: 3 } } },
  ],
  differences: [
    'Which servers are drawn is another chance than in HAProxy, whose random numbers are its own.',
  ],
  compile:
    ({ draws }, settings = {}) =>
    () =>
      new Random(draws, settings),
});
