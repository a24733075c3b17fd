/**
 * Events per second, counted by all threads without a lock: two cells, one for even and one for odd seconds, each
 * a 32-bit word of the second's low bits and the count. Whoever comes first in a second starts its cell at 1.
 *
 * ```
 *    31        21 20               0
 *   ┌────────────┬──────────────────┐
 *   │ second     │ events           │
 *   └────────────┴──────────────────┘
 * ```
 */
import { SLOT } from './layout.ts';
import { RateKind } from './shared-state.ts';

const COUNT_BITS = 21;
const COUNT_MASK = (1 << COUNT_BITS) - 1;
const TAG_MASK = ~COUNT_MASK;
/** Words of one kind: the even cell, the odd cell, the maximum; the kinds follow each other in the row. */
const KIND_WORDS = SLOT.at.connectionEven - SLOT.at.sessionEven;
const FIRST = SLOT.at.sessionEven;

/** Counts one event at `nowMs` and keeps the maximum. `row` is the slot's first word. */
export function markEvent(i32: Int32Array, row: number, kind: RateKind, nowMs: number): void {
  const second = Math.floor(nowMs / 1000);
  const cells = row + FIRST + kind * KIND_WORDS;
  const events = addEvent(i32, cells + (second & 1), second << COUNT_BITS);
  const estimate = slide(events, eventsIn(i32, cells, second - 1), nowMs - second * 1000);
  if (estimate > i32[cells + 2]!) raise(i32, cells + 2, estimate);
}

function addEvent(i32: Int32Array, cell: number, tag: number): number {
  for (;;) {
    // Plain reads here and below: what is late by a moment is found out by the exchange, or counts a moment later.
    const word = i32[cell]!;
    if ((word & TAG_MASK) === tag) return (Atomics.add(i32, cell, 1) + 1) & COUNT_MASK;
    if (Atomics.compareExchange(i32, cell, word, tag | 1) === word) return 1;
  }
}

/** Where the events of one kind are counted: the first word of a slot's row, and the kind. */
export interface RateCells {
  readonly row: number;
  readonly kind: RateKind;
}

export function firstCell(row: number, kind: RateKind): number {
  return row + FIRST + kind * KIND_WORDS;
}

export function maximumOf(cells: number): number {
  return cells + 2;
}

export function tagOf(second: number): number {
  return second << COUNT_BITS;
}

/** Counts one event in a cell that still is `word`; false when it is not. */
export function addTurn(i32: Int32Array, cell: number, word: number, tag: number): boolean {
  const next = (word & TAG_MASK) === tag ? word + 1 : tag | 1;
  return Atomics.compareExchange(i32, cell, word, next) === word;
}

/** The estimate of HAProxy: this second's events and, of the last second's, the share that is not over yet. */
export function rateAt(i32: Int32Array, row: number, kind: RateKind, nowMs: number): number {
  const second = Math.floor(nowMs / 1000);
  const cells = row + FIRST + kind * KIND_WORDS;
  return slide(eventsIn(i32, cells, second), eventsIn(i32, cells, second - 1), nowMs - second * 1000);
}

export function maxRateOf(i32: Int32Array, row: number, kind: RateKind): number {
  return Atomics.load(i32, row + FIRST + kind * KIND_WORDS + 2);
}

export function eventsIn(i32: Int32Array, cells: number, second: number): number {
  const word = i32[cells + (second & 1)]!;
  return (word & TAG_MASK) === second << COUNT_BITS ? word & COUNT_MASK : 0;
}

/** One single event in two seconds stays 1 until it is forgotten, instead of flapping to 0. */
function slide(events: number, before: number, msIntoSecond: number): number {
  if (events === 0 && before <= 1) return before;
  return events + Math.floor((before * (1000 - msIntoSecond)) / 1000);
}

/** Stores `value` where it is larger than what is there. */
export function raise(i32: Int32Array, index: number, value: number): void {
  for (let seen = Atomics.load(i32, index); seen < value; ) {
    const found = Atomics.compareExchange(i32, index, seen, value);
    if (found === seen) return;
    seen = found;
  }
}

/**
 * Empties cells of seconds before the last. The tags repeat after 2048 seconds, so this must run more often than
 * that: an idle cell would otherwise come to life again for one second.
 */
export function sweepCells(i32: Int32Array, row: number, nowMs: number): void {
  const second = Math.floor(nowMs / 1000);
  for (const kind of Object.values(RateKind)) {
    const cells = row + FIRST + kind * KIND_WORDS;
    for (const at of [second, second - 1]) {
      const cell = cells + (at & 1);
      const word = Atomics.load(i32, cell);
      if ((word & TAG_MASK) !== at << COUNT_BITS) Atomics.compareExchange(i32, cell, word, at << COUNT_BITS);
    }
  }
}
