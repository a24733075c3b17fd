import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SlowStarts } from '../../../../workers/health/slow-starts.ts';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { openShared } from '../../../../workers/shared/shared-memory.ts';
import { MAIN_THREAD, OperationalState } from '../../../../workers/shared/shared-state.ts';
import { backendModel } from '../../../support/shared-model.ts';

const SERVER = 2;
const UP = { operational: OperationalState.RUNNING, weight: 10 };
const DOWN = { operational: OperationalState.STOPPED, weight: 10 };
const PERIOD_MS = 4000;

function setUp(t: TestContext) {
  const model = backendModel([{ weight: 10 }]);
  const control = openShared(createShared(model, 1), model, MAIN_THREAD, () => 0);
  const time = { nowMs: 50_000 };
  const starts = new SlowStarts(control, () => time.nowMs);
  t.after(() => starts.stop());
  return {
    control,
    starts,
    /** State and effective weight after so much time. */
    after(ms: number): readonly [number, number] {
      time.nowMs += ms;
      starts.tick();
      return [control.operationalState(SERVER), control.effectiveWeight(SERVER)];
    },
  };
}

test('a server that comes back is starting, with a weight that grows until it is running', (t) => {
  const { starts, after } = setUp(t);
  starts.publish(SERVER, DOWN, PERIOD_MS);
  starts.publish(SERVER, UP, PERIOD_MS);
  assert.deepEqual(after(0), [OperationalState.STARTING, 10]);
  assert.deepEqual(after(1000), [OperationalState.STARTING, 50]);
  assert.deepEqual(after(2999), [OperationalState.STARTING, 160]);
  assert.deepEqual(after(1), [OperationalState.RUNNING, 160]);
});

test('a server that is up from the beginning, or has no slow start, takes its full weight at once', (t) => {
  const { starts, after } = setUp(t);
  starts.publish(SERVER, UP, PERIOD_MS);
  assert.deepEqual(after(0), [OperationalState.RUNNING, 160]);
  starts.publish(SERVER, DOWN, 0);
  starts.publish(SERVER, UP, 0);
  assert.deepEqual(after(0), [OperationalState.RUNNING, 160]);
});

test('a weight that is set meanwhile counts with the share of the moment', (t) => {
  const { starts, control, after } = setUp(t);
  starts.publish(SERVER, DOWN, PERIOD_MS);
  starts.publish(SERVER, UP, PERIOD_MS);
  after(1000);
  starts.publish(SERVER, { ...UP, weight: 4 }, PERIOD_MS);
  assert.equal(control.effectiveWeight(SERVER), 20);
  assert.equal(control.weight(SERVER), 4);
  assert.deepEqual(after(3000), [OperationalState.RUNNING, 64]);
});

test('a server that goes down while it starts begins anew when it comes back', (t) => {
  const { starts, after } = setUp(t);
  starts.publish(SERVER, DOWN, PERIOD_MS);
  starts.publish(SERVER, UP, PERIOD_MS);
  after(3500);
  starts.publish(SERVER, DOWN, PERIOD_MS);
  assert.deepEqual(after(1000), [OperationalState.STOPPED, 160]);
  starts.publish(SERVER, UP, PERIOD_MS);
  assert.deepEqual(after(0), [OperationalState.STARTING, 10]);
});

test('what was told again without a change changes nothing', (t) => {
  const { starts, control } = setUp(t);
  starts.publish(SERVER, DOWN, PERIOD_MS);
  const version = control.backendVersion(1);
  starts.publish(SERVER, DOWN, PERIOD_MS);
  assert.equal(control.backendVersion(1), version);
});
