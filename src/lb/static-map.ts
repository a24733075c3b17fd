/**
 * The map of `static-rr` and of map-based hashing: as many entries as the sum of the weights, each server as often
 * as its weight, spread evenly. The order is HAProxy 2.6's, as watched: entry by entry every server earns its weight
 * and the one that has earned most whole rounds is entered and pays one round; the first of equals.
 */
import { sumOf } from './weights.ts';

/** Places in the list of weights. `weights` are whole numbers above 0. */
export function staticMap(weights: readonly number[]): Uint16Array {
  const round = sumOf(weights);
  const map = new Uint16Array(round);
  const earned = new Float64Array(weights.length);
  for (let entry = 0; entry < round; entry++) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < weights.length; place++) {
      earned[place]! += weights[place]!;
      const rounds = Math.floor(earned[place]! / round);
      if (rounds <= most) continue;
      most = rounds;
      best = place;
    }
    earned[best]! -= round;
    map[entry] = best;
  }
  return map;
}
