import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveTurn, takeTurn, turnWaitMs } from '../../../../workers/shared/pacing.ts';
import { markEvent, maxRateOf, rateAt } from '../../../../workers/shared/rates.ts';
import { RateKind } from '../../../../workers/shared/shared-state.ts';

const CELLS = { row: 0, kind: RateKind.SESSION };

function memory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * 128));
}

/** Turns that are given at this moment. */
function turnsAt(i32: Int32Array, nowMs: number, perSecond: number): number {
  let turns = 0;
  while (takeTurn(i32, CELLS, nowMs, perSecond)) turns++;
  return turns;
}

test('a second has as many turns as the limit', () => {
  const i32 = memory();
  assert.equal(turnsAt(i32, 10_000, 7), 7);
  assert.equal(turnsAt(i32, 10_999, 7), 0);
  assert.equal(rateAt(i32, 0, RateKind.SESSION, 10_999), 7);
  assert.equal(maxRateOf(i32, 0, RateKind.SESSION), 7);
});

test('turns come back over the next second, as its share of the one before falls', () => {
  const i32 = memory();
  turnsAt(i32, 10_000, 10);
  assert.equal(turnsAt(i32, 11_000, 10), 0);
  assert.equal(turnsAt(i32, 11_500, 10), 5);
  assert.equal(turnsAt(i32, 12_999, 10), 10);
});

test('sessions that were counted otherwise use turns up', () => {
  const i32 = memory();
  for (let i = 0; i < 5; i++) markEvent(i32, 0, RateKind.SESSION, 10_000);
  assert.equal(turnsAt(i32, 10_001, 8), 3);
});

test('kinds do not mix', () => {
  const i32 = memory();
  turnsAt(i32, 10_000, 3);
  assert.equal(rateAt(i32, 0, RateKind.CONNECTION, 10_000), 0);
});

test('a turn that is given back may be taken again', () => {
  const i32 = memory();
  turnsAt(i32, 10_000, 3);
  giveTurn(i32, CELLS, 10_000);
  assert.equal(turnsAt(i32, 10_000, 3), 1);
  giveTurn(i32, CELLS, 15_000);
  assert.equal(turnsAt(i32, 15_000, 3), 3);
});

for (const perSecond of [1, 2, 3, 10, 1000]) {
  for (const beginMs of [10_000, 10_300, 10_999]) {
    test(`with ${perSecond} a second from ${beginMs} on, waiting as long as told gives a turn, and no less does`, () => {
      const i32 = memory();
      let nowMs = beginMs;
      let taken = 0;
      for (let i = 0; i < 4 * perSecond && i < 500; i++) {
        const waitMs = turnWaitMs(i32, CELLS, nowMs, perSecond);
        if (waitMs > 1) assert.equal(takeTurn(i32, CELLS, nowMs + waitMs - 1, perSecond), false);
        nowMs += waitMs;
        assert.equal(takeTurn(i32, CELLS, nowMs, perSecond), true, `after ${waitMs} ms at ${nowMs}`);
        taken++;
      }
      assert.ok(taken > 0);
    });
  }
}
