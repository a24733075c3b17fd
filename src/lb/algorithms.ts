/** All balance algorithms. */
import type { BalanceDeclaration } from './declare.ts';
import { first } from './first.ts';
import { leastConnections } from './least-connections.ts';
import { roundRobin, staticRoundRobin } from './round-robin.ts';
import { source } from './source.ts';

export const algorithms: readonly BalanceDeclaration[] = [
  roundRobin,
  staticRoundRobin,
  leastConnections,
  source,
  first,
];
