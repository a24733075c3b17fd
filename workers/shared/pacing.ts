/**
 * Events that may not come more often than so many a second (`rate-limit sessions`, `maxconnrate`, `maxsessrate`):
 * counted in the cells of `rates.ts`, and no thread counts one beyond the limit.
 */
import { addTurn, eventsIn, firstCell, maximumOf, type RateCells, raise, tagOf } from './rates.ts';

/** Counts an event and returns true, unless the rate is at the limit already. `row` is the slot's first word. */
export function takeTurn(
  i32: Int32Array,
  { row, kind }: RateCells,
  nowMs: number,
  perSecond: number,
): boolean {
  const second = Math.floor(nowMs / 1000);
  const cells = firstCell(row, kind);
  const cell = cells + (second & 1);
  for (;;) {
    const word = Atomics.load(i32, cell);
    const events = eventsIn(i32, cells, second);
    const before = used(events, eventsIn(i32, cells, second - 1), nowMs - second * 1000);
    if (before >= perSecond) return false;
    if (!addTurn(i32, cell, word, tagOf(second))) continue;
    raise(i32, maximumOf(cells), before + 1);
    return true;
  }
}

/** Takes back a turn of this very moment that was not used. */
export function giveTurn(i32: Int32Array, { row, kind }: RateCells, nowMs: number): void {
  const second = Math.floor(nowMs / 1000);
  const cells = firstCell(row, kind);
  if (eventsIn(i32, cells, second) > 0) Atomics.sub(i32, cells + (second & 1), 1);
}

/** How long until a turn is free, if nobody takes one meanwhile; 0: now. Milliseconds. */
export function turnWaitMs(
  i32: Int32Array,
  { row, kind }: RateCells,
  nowMs: number,
  perSecond: number,
): number {
  const second = Math.floor(nowMs / 1000);
  const cells = firstCell(row, kind);
  const intoSecond = nowMs - second * 1000;
  const now = eventsIn(i32, cells, second);
  const before = eventsIn(i32, cells, second - 1);
  if (used(now, before, intoSecond) < perSecond) return 0;
  // Either the last second's share falls far enough within this one, or this second's does within the next.
  return now < perSecond
    ? Math.max(1, shareFallsAt(before, perSecond - now) - intoSecond)
    : 1000 - intoSecond + shareFallsAt(now, perSecond);
}

/** Turns that count at this moment: this second's, and the share of the last second's that is not over yet. */
function used(now: number, before: number, intoSecondMs: number): number {
  return now + Math.floor((before * (1000 - intoSecondMs)) / 1000);
}

/** Milliseconds into a second at which the share of the `events` of the one before is below `limit`. */
function shareFallsAt(events: number, limit: number): number {
  return Math.max(0, Math.floor(1000 - (1000 * limit) / events) + 1);
}
