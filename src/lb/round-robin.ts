/** `balance roundrobin` and `balance static-rr`. */
import { defineBalance, type ServerTable } from './declare.ts';
import { smoothTurns } from './smooth-turns.ts';
import { staticMap } from './static-map.ts';
import { TurnBalancer, type TurnTable } from './turn-balancer.ts';
import { reducedWeights, staticWeights } from './weights.ts';

function smoothTable(servers: ServerTable, usable: readonly number[]): TurnTable {
  const { round, turns } = smoothTurns(reducedWeights(servers, usable));
  return { round, repeatsAt: round, turns };
}

function staticTable(servers: ServerTable, usable: readonly number[]): TurnTable {
  const turns = staticMap(staticWeights(servers, usable));
  return { round: turns.length, repeatsAt: 0, turns };
}

export const roundRobin = defineBalance({
  name: 'roundrobin',
  summary: 'Gives each server its turn, as often as its weight says, and spreads the turns of heavy servers.',
  args: {},
  examples: [{ text: 'balance roundrobin', result: { name: 'roundrobin', args: {} } }],
  differences: [
    'When weights or states change at run time, a new round begins in the order of a fresh start; HAProxy weaves the change into the round that is under way.',
  ],
  compile: () => () => new TurnBalancer(smoothTable),
});

export const staticRoundRobin = defineBalance({
  name: 'static-rr',
  summary: 'Gives each server its turn by a fixed map, made again only when servers come or go.',
  args: {},
  examples: [{ text: 'balance static-rr', result: { name: 'static-rr', args: {} } }],
  compile: () => () => new TurnBalancer(staticTable),
});
