import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FULL_SHARE, slowStartShare } from '../../../src/lb/slow-start.ts';

test('the share grows in steps as those of HAProxy do, from one sixteenth', () => {
  const watched = [0, 1000, 2000, 3000, 4000].map((elapsedMs) => slowStartShare(elapsedMs, 4000));
  assert.deepEqual(watched, [1, 5, 9, 13, FULL_SHARE]);
});

test('a share never falls, whatever the period, and is full when that is over', () => {
  for (const period of [1, 7, 100, 86_400_000]) {
    let before = 0;
    for (let step = 0; step <= 40; step++) {
      const share = slowStartShare((period * step) / 40, period);
      assert.ok(share >= Math.max(1, before) && share <= FULL_SHARE);
      before = share;
    }
    assert.equal(before, FULL_SHARE);
    assert.equal(slowStartShare(period * 3, period), FULL_SHARE);
  }
});

test('without a period the share is full at once, and a clock that goes back does no harm', () => {
  assert.equal(slowStartShare(0, 0), FULL_SHARE);
  assert.equal(slowStartShare(-5000, 4000), 1);
});
