import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { TimerEntry } from '../../../../src/time/timer-wheel.ts';
import { createDrivenWheel } from '../../../../workers/connection/wheel-driver.ts';

test('a driven wheel fires by itself, never early, in the order of the deadlines', async () => {
  const wheel = createDrivenWheel();
  const start = performance.now();
  const fired: number[] = [];
  await new Promise<void>((resolve) => {
    for (const delay of [60, 25, 5]) {
      const entry = new TimerEntry({
        onTimeout() {
          assert.ok(performance.now() >= start + delay, `${delay} ms came early`);
          fired.push(delay);
          if (delay === 60) resolve();
        },
      });
      wheel.arm(entry, start + delay);
    }
  });
  assert.deepEqual(fired, [5, 25, 60]);
});

test('a process whose wheel is empty ends', () => {
  const folder = new URL('../../../../', import.meta.url).href;
  const program = `
    import { createDrivenWheel } from '${folder}workers/connection/wheel-driver.ts';
    import { TimerEntry } from '${folder}src/time/timer-wheel.ts';
    const wheel = createDrivenWheel();
    const far = new TimerEntry({ onTimeout() {} });
    wheel.arm(far, performance.now() + 1e9);
    const near = new TimerEntry({ onTimeout() { wheel.cancel(far); console.log('fired'); } });
    wheel.arm(near, performance.now() + 20);`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'latin1',
  });
  assert.equal(stdout, 'fired\n');
  assert.equal(status, 0);
});
