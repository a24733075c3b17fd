import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../../../src/time/clock.ts';

function setUp(): { clock: Clock; time: { monotonic: number; wall: number } } {
  const time = { monotonic: 500.25, wall: 1_795_444_086_000 };
  return { time, clock: new Clock({ monotonicMs: () => time.monotonic, wallMs: () => time.wall }) };
}

test('the time stands still until it is refreshed', () => {
  const { clock, time } = setUp();
  time.monotonic += 40;
  assert.equal(clock.nowMs, 500.25);
  assert.equal(clock.refresh(), 540.25);
  assert.equal(clock.nowMs, 540.25);
});

test('the wall clock follows the monotonic one, with its fractions', () => {
  const { clock, time } = setUp();
  time.monotonic += 0.125;
  clock.refresh();
  assert.equal(clock.wallMs, 1_795_444_086_000.125);
  assert.equal(clock.wallMsAt(500.25 - 1000), 1_795_444_085_000);
});

test('a wall clock that was set is followed within a tenth of a second', () => {
  const { clock, time } = setUp();
  time.wall += 3_600_000;
  time.monotonic += 50;
  clock.refresh();
  assert.equal(clock.wallMs, 1_795_444_086_050);
  time.monotonic += 60;
  time.wall += 110;
  clock.refresh();
  assert.equal(clock.wallMs, 1_795_444_086_110 + 3_600_000);
});

test('whole milliseconds of the wall clock do not make the time jump', () => {
  const { clock, time } = setUp();
  for (let i = 0; i < 100; i++) {
    time.monotonic += 133.7;
    time.wall = Math.floor(1_795_444_086_000 + time.monotonic - 500.25);
    const before = clock.wallMs;
    clock.refresh();
    assert.ok(Math.abs(clock.wallMs - before - 133.7) < 0.01);
  }
});
