import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../../config/model/model.ts';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { openShared, type SharedMemory } from '../../../../workers/shared/shared-memory.ts';
import { COUNTER, MAIN_THREAD } from '../../../../workers/shared/shared-state.ts';
import { SlotBook, type SlotChange } from '../../../../workers/shared/slot-book.ts';
import { modelOf, type ProxySketch } from '../../../support/shared-model.ts';

const front = { id: 2, kind: 'frontend' } as const;
const app = { id: 3, kind: 'backend', servers: [{}, {}] } as const;
const other = { id: 4, kind: 'backend', servers: [{}] } as const;

interface Reloadable {
  readonly book: SlotBook;
  readonly main: SharedMemory;
  readonly thread: SharedMemory;
  plan(sketches: readonly ProxySketch[]): SlotChange;
  reload(sketches: readonly ProxySketch[]): SlotChange;
}

function started(sketches: readonly ProxySketch[], first: Model = modelOf(sketches)): Reloadable {
  const buffer = createShared(first, 1);
  const book = new SlotBook(buffer, first);
  const [main, thread] = [MAIN_THREAD, 0].map((index) => openShared(buffer, first, index)) as [
    SharedMemory,
    SharedMemory,
  ];
  const plan = (next: readonly ProxySketch[]): SlotChange => {
    const change = book.plan(modelOf(next));
    assert.ok(typeof change === 'object', String(change));
    return change;
  };
  return {
    book,
    main,
    thread,
    plan,
    reload(next) {
      const change = plan(next);
      thread.adoptSlots(change.slots);
      book.commit(change);
      main.adoptSlots(change.slots);
      return change;
    },
  };
}

test('what keeps its name keeps its slot and its counters, whatever comes before it', () => {
  const { reload, thread, main } = started([front, app]);
  const [frontend, server] = [main.slots.frontend(2), main.slots.server(3, 1)];
  thread.count(frontend, COUNTER.stot, 7);
  thread.tryEnterServer(main.slots.backend(3), server);
  reload([other, front, app]);
  assert.equal(main.slots.frontend(2), frontend);
  assert.equal(main.slots.server(3, 1), server);
  assert.equal(main.sum(frontend, COUNTER.stot), 7);
  assert.equal(main.current(server), 1);
});

test('a server that is added to a backend is in its rotation, and keeps no order of slots', () => {
  const { reload, thread, main } = started([app, other]);
  reload([{ ...app, servers: [{}, {}, {}] }, other]);
  const backend = main.slots.backend(3);
  const added = main.slots.server(3, 2);
  assert.notEqual(added, backend + 3, 'the slot behind the others is taken by the next backend');
  assert.deepEqual(thread.rotation(backend, thread.slots).usable(), [0, 1, 2]);
  assert.ok(thread.rotation(backend, thread.slots).includes(added));
});

test('a slot that is given up is used again once its sessions have ended, with nothing left in it', () => {
  const { reload, plan, thread, main } = started([front, app, other]);
  const [backend, server] = [main.slots.backend(4), main.slots.server(4, 0)];
  thread.enter(backend);
  thread.count(backend, COUNTER.stot, 5);
  thread.tryEnterServer(backend, server);
  reload([front, app]);
  const third = { id: 5, kind: 'backend', servers: [{}] } as const;
  const whileBusy = plan([front, app, third]);
  assert.ok(!whileBusy.added.some(({ slot }) => slot === backend || slot === server));
  thread.leaveServer(backend, server);
  thread.leave(backend);
  const change = reload([front, app, third]);
  assert.deepEqual(change.added.map(({ slot }) => slot).sort(), [backend, server].sort());
  assert.equal(main.sum(main.slots.backend(5), COUNTER.stot), 0);
  assert.equal(main.maximum(main.slots.server(5, 0)), 0);
});

test('two hundred reloads that add and remove need no more slots than two', () => {
  const { reload, main } = started([front, app]);
  const used = new Set<number>();
  for (let step = 0; step < 200; step++) {
    const extra = { id: 10 + step, kind: 'backend', servers: [{}] } as const;
    for (const { slot } of reload([front, app, extra]).added) used.add(slot);
  }
  assert.ok(used.size <= 4, `${used.size} slots were used`);
  assert.equal(main.slots.count, 7);
});

test('a plan that is never committed changes nothing', () => {
  const { plan, reload, main } = started([front, app]);
  const before = main.slots.server(3, 0);
  plan([front, { ...app, servers: [{}] }, other]);
  plan([other]);
  const change = reload([front, app, other]);
  assert.equal(main.slots.server(3, 0), before);
  assert.equal(change.removed.length, 0);
});

test('limits that the configuration changed are told, those that an operator changed stay', () => {
  const { book, plan, main } = started([
    { ...front, maxconn: 10 },
    { ...app, servers: [{ maxconn: 3 }, {}] },
  ]);
  main.setMaxconn(main.slots.server(3, 0), 99);
  const change = plan([
    { ...front, maxconn: 20 },
    { ...app, servers: [{ maxconn: 3 }, {}] },
  ]);
  assert.deepEqual([...book.commit(change)], [[main.slots.frontend(2), 20]]);
  assert.equal(main.maxconn(main.slots.server(3, 0)), 99);
});

test('more than there is room for is a reason to replace the process', () => {
  const { book } = started([front, app]);
  const many = Array.from({ length: 400 }, (_, i) => ({ id: 10 + i, kind: 'backend' }) as const);
  assert.match(String(book.plan(modelOf([front, ...many]))), /more proxies and servers than .* has room for/);
  assert.match(String(book.plan(modelOf([front], 200_000))), /maxconn needs more room/);
});

test('a thread refuses slots that were numbered for another model', () => {
  const model = modelOf([front, app]);
  const buffer = createShared(model, 1);
  assert.throws(
    () => openShared(buffer, model, 0, undefined, [0, 1]),
    /2 slots were numbered, this model needs 5/,
  );
});
