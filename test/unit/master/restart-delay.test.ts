import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartDelay } from '../../../master/restart-delay.ts';

test('the first restart is at once, the next wait twice as long each, up to three seconds', () => {
  const delay = new RestartDelay();
  assert.deepEqual(
    Array.from({ length: 8 }, () => delay.afterCrash(50)),
    [0, 100, 200, 400, 800, 1600, 3000, 3000],
  );
});

test('a process that served for long is restarted at once again', () => {
  const delay = new RestartDelay();
  for (let i = 0; i < 5; i++) delay.afterCrash(50);
  assert.equal(delay.afterCrash(10_000), 0);
  assert.equal(delay.afterCrash(50), 100);
});

test('a new configuration starts the count again', () => {
  const delay = new RestartDelay();
  delay.afterCrash(1);
  delay.afterCrash(1);
  delay.reset();
  assert.equal(delay.afterCrash(1), 0);
});
