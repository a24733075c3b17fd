import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { COUNTER_STRIDE, regionsOf, rowOf, SLOT, WAITER } from '../../../../workers/shared/layout.ts';
import { openShared } from '../../../../workers/shared/shared-memory.ts';
import { COUNTERS } from '../../../../workers/shared/shared-state.ts';
import { PROCESS_SLOT, slotsOf } from '../../../../workers/shared/slots.ts';
import { modelOf } from '../../../support/shared-model.ts';

const model = modelOf([
  { id: 2, kind: 'frontend' },
  { id: 3, kind: 'listen', servers: [{}, {}] },
  { id: 5, kind: 'backend', servers: [{}] },
  { id: 9, kind: 'backend' },
]);

test('slots are numbered in the order of the model, with the servers behind their backend', () => {
  const slots = slotsOf(model);
  assert.deepEqual(
    slots.entries.map(({ slot, kind, proxy, server }) => [slot, kind, proxy, server]),
    [
      [0, 'process', -1, -1],
      [1, 'frontend', 0, -1],
      [2, 'frontend', 1, -1],
      [3, 'backend', 1, -1],
      [4, 'server', 1, 0],
      [5, 'server', 1, 1],
      [6, 'backend', 2, -1],
      [7, 'server', 2, 0],
      [8, 'backend', 3, -1],
    ],
  );
  assert.equal(slots.count, 9);
});

test('a slot is found by the proxy id and the place of the server', () => {
  const slots = slotsOf(model);
  assert.equal(PROCESS_SLOT, 0);
  assert.equal(slots.frontend(2), 1);
  assert.equal(slots.frontend(3), 2);
  assert.equal(slots.backend(3), 3);
  assert.equal(slots.server(3, 1), 5);
  assert.equal(slots.server(5, 0), 7);
});

test('what a proxy does not have has the slot -1', () => {
  const slots = slotsOf(model);
  assert.equal(slots.backend(2), -1);
  assert.equal(slots.frontend(5), -1);
  assert.equal(slots.server(5, 1), -1);
  assert.equal(slots.server(2, 0), -1);
  assert.equal(slots.server(3, -1), -1);
  assert.equal(slots.backend(77), -1);
});

test('a server slot knows its backend, a backend slot the slots of its servers', () => {
  const slots = slotsOf(model);
  assert.equal(slots.backendOf(5), 3);
  assert.equal(slots.backendOf(7), 6);
  assert.deepEqual(slots.serversOf(3), [4, 5]);
  assert.deepEqual(slots.serversOf(6), [7]);
  assert.deepEqual(slots.serversOf(8), []);
});

test('a row places fields by type, every group of fields on a cache line of its own', () => {
  const row = rowOf({ a: 'i32', b: 'f64', c: 'u32' }, { d: 'i32' });
  assert.deepEqual({ ...row.at }, { a: 0, b: 1, c: 4, d: 16 });
  assert.equal(row.bytes, 128);
  assert.equal(row.words, 32);
});

test('a field that is declared twice is refused', () => {
  assert.throws(() => rowOf({ a: 'i32' }, { a: 'f64' } as never), /the field a is declared twice/);
});

test('rows and regions keep to cache lines, and counters fit their stride', () => {
  const regions = regionsOf(9, 3, 1024);
  assert.equal(SLOT.bytes % 64, 0);
  assert.equal(WAITER.bytes % 64, 0);
  assert.ok(COUNTER_STRIDE >= COUNTERS.length);
  for (const words of [
    regions.threadRows,
    regions.held,
    regions.counters * 2,
    regions.bits,
    regions.waiters,
  ]) {
    assert.equal((words * 4) % 64, 0);
  }
});

test('binds with a maxconn of their own have slots behind all others, with the limit in shared memory', () => {
  const limited = modelOf([
    { id: 2, kind: 'frontend', binds: [{}, { maxconn: 1 }] },
    { id: 3, kind: 'listen', binds: [{ maxconn: 5 }, { maxconn: 0 }], servers: [{}] },
  ]);
  const slots = slotsOf(limited);
  assert.deepEqual(
    slots.entries.slice(-2).map(({ slot, kind, proxy, bind }) => [slot, kind, proxy, bind]),
    [
      [5, 'bind', 0, 1],
      [6, 'bind', 1, 0],
    ],
  );
  assert.deepEqual([slots.bind(2, 1), slots.bind(2, 2), slots.bind(3, 1), slots.bind(3, 2)], [-1, 5, 6, -1]);
  const shared = openShared(createShared(limited, 1), limited, 0);
  assert.deepEqual([shared.maxconn(5), shared.maxconn(6)], [1, 5]);
  assert.deepEqual([shared.tryEnter(5), shared.tryEnter(5)], [true, false]);
});
