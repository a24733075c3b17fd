import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDelayOf, variedBy } from '../../../workers/health/check-loop.ts';

test('first checks are spread over the shortest interval', () => {
  const delays = [0, 1, 2, 3].map((place) => startDelayOf(place, 4, 2000, 0));
  assert.deepEqual(delays, [0, 500, 1000, 1500]);
});

test('max-spread-checks bounds the time over which first checks are spread', () => {
  const delays = [0, 1, 2, 3].map((place) => startDelayOf(place, 4, 20_000, 1000));
  assert.deepEqual(delays, [0, 250, 500, 750]);
  assert.equal(startDelayOf(1, 2, 100, 1000), 50, 'shorter intervals are respected');
});

test('spread-checks varies the time between checks by at most that much, both ways', () => {
  const varied = (random: number) => variedBy({ spreadPct: 20, random: () => random }, 1000);
  assert.deepEqual([varied(0), varied(0.25), varied(0.5), varied(1)], [800, 900, 1000, 1200]);
});

test('without spread-checks chance is not asked', () => {
  const random = () => assert.fail('asked');
  assert.equal(variedBy({ spreadPct: 0, random }, 1000), 1000);
});
