/** The weights that tables of turns are built from. */
import type { ServerTable } from './declare.ts';

/**
 * The weights of some servers divided by what they have in common: only the ratios matter, and tables are as long
 * as the sum.
 */
export function reducedWeights(servers: ServerTable, usable: readonly number[]): number[] {
  return reduced(usable.map((server) => servers.weight(server)));
}

/** The same of the weights in the configuration, for algorithms that know no others. */
export function staticWeights(servers: ServerTable, usable: readonly number[]): number[] {
  return reduced(usable.map((server) => servers.initialWeight(server)));
}

function reduced(weights: readonly number[]): number[] {
  const divisor = weights.reduce(commonDivisor, 0);
  return weights.map((weight) => weight / divisor);
}

function commonDivisor(one: number, other: number): number {
  while (other !== 0) [one, other] = [other, one % other];
  return one;
}

export function sumOf(numbers: readonly number[]): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
