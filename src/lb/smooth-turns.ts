/**
 * The order in which `roundrobin` gives turns to servers of different weights, as watched in HAProxy 2.6.
 *
 * Time is counted in turns. A server of weight w among a total of W is due every W/w turns. Who is due first has the
 * turn; while nobody is, a server that has had no turn yet begins, the heaviest first. Positions are whole turns and
 * a remainder in parts of w. Of servers due in the same turn, the one with the smallest `remainder - weight` comes
 * first, then the one that has waited longest.
 *
 * After the first round of W turns the order repeats; the first may differ, as the servers begin one by one.
 */
import { sumOf } from './weights.ts';

/** Longer rounds are shortened, at the price of weights that are kept to about one percent only. */
const TURNS_MOST = 65_536;

/** Places in the list of weights: turn t is `turns[t]` in the first round and `turns[round + t % round]` later. */
export interface SmoothTurns {
  readonly round: number;
  readonly turns: Uint16Array;
}

/** `weights` are whole numbers above 0, at most 65,536 of them. */
export function smoothTurns(weights: readonly number[]): SmoothTurns {
  const fitting = shortened(weights);
  const round = sumOf(fitting);
  const turns = new Uint16Array(round * 2);
  const agenda = new Agenda(fitting, round);
  for (let turn = 0; turn < turns.length; turn++) turns[turn] = agenda.take(turn);
  return { round, turns };
}

function shortened(weights: readonly number[]): readonly number[] {
  const total = sumOf(weights);
  if (total <= TURNS_MOST) return weights;
  return weights.map((weight) => Math.max(1, Math.round((weight * TURNS_MOST) / total)));
}

/** The servers that have begun, in a binary heap by who is due first; the others by weight. */
class Agenda {
  readonly #weights: readonly number[];
  readonly #round: number;
  readonly #beginners: number[];
  readonly #heap: number[] = [];
  readonly #position: Float64Array;
  readonly #remainder: Float64Array;
  readonly #taken: Float64Array;
  #begun = 0;
  #takes = 0;

  constructor(weights: readonly number[], round: number) {
    this.#weights = weights;
    this.#round = round;
    this.#beginners = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
    this.#position = new Float64Array(weights.length);
    this.#remainder = new Float64Array(weights.length);
    this.#taken = new Float64Array(weights.length);
  }

  take(turn: number): number {
    const first = this.#heap[0];
    const mayBegin = this.#begun < this.#beginners.length;
    if (first !== undefined && (!mayBegin || this.#position[first]! <= turn)) {
      this.#advance(first);
      this.#sink(0);
      return first;
    }
    const beginner = this.#beginners[this.#begun++]!;
    this.#position[beginner] = turn;
    this.#advance(beginner);
    this.#heap.push(beginner);
    this.#rise(this.#heap.length - 1);
    return beginner;
  }

  /** Moves a server to when it is due next. */
  #advance(server: number): void {
    const weight = this.#weights[server]!;
    const remainder = this.#remainder[server]! + (this.#round % weight);
    const isOver = remainder >= weight;
    this.#position[server]! += Math.floor(this.#round / weight) + (isOver ? 1 : 0);
    this.#remainder[server] = isOver ? remainder - weight : remainder;
    this.#taken[server] = this.#takes++;
  }

  #isSooner(one: number, other: number): boolean {
    const byPosition = this.#position[one]! - this.#position[other]!;
    if (byPosition !== 0) return byPosition < 0;
    const byShare =
      this.#remainder[one]! - this.#weights[one]! - (this.#remainder[other]! - this.#weights[other]!);
    if (byShare !== 0) return byShare < 0;
    return this.#taken[one]! < this.#taken[other]!;
  }

  #sink(place: number): void {
    const heap = this.#heap;
    for (;;) {
      let soonest = place;
      for (let child = place * 2 + 1; child <= place * 2 + 2 && child < heap.length; child++) {
        if (this.#isSooner(heap[child]!, heap[soonest]!)) soonest = child;
      }
      if (soonest === place) return;
      [heap[place], heap[soonest]] = [heap[soonest]!, heap[place]!];
      place = soonest;
    }
  }

  #rise(place: number): void {
    const heap = this.#heap;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isSooner(heap[place]!, heap[parent]!)) return;
      [heap[place], heap[parent]] = [heap[parent]!, heap[place]!];
      place = parent;
    }
  }
}
