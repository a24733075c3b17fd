import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { openShared } from '../../../../workers/shared/shared-memory.ts';
import {
  AdminState,
  COUNTER,
  COUNTERS,
  MAIN_THREAD,
  OperationalState,
  RateKind,
} from '../../../../workers/shared/shared-state.ts';
import { PROCESS_SLOT } from '../../../../workers/shared/slots.ts';
import { backendModel, modelOf } from '../../../support/shared-model.ts';

const model = modelOf(
  [
    { id: 2, kind: 'frontend', maxconn: 2 },
    {
      id: 3,
      kind: 'backend',
      servers: [{ weight: 10, maxconn: 7 }, { isBackup: true }, { isDisabled: true }, { weight: 0 }],
    },
  ],
  100,
);
const FRONTEND = 1;
const BACKEND = 2;
const SERVER = 3;

function twoThreads(clock = () => 0) {
  const buffer = createShared(model, 2);
  return {
    buffer,
    one: openShared(buffer, model, 0, clock),
    two: openShared(buffer, model, 1, clock),
    main: openShared(buffer, model, MAIN_THREAD, clock),
  };
}

test('counters of all threads are summed, fractions and numbers beyond 32 bits included', () => {
  const { one, two, main } = twoThreads();
  one.count(FRONTEND, COUNTER.bin, 2 ** 40);
  two.count(FRONTEND, COUNTER.bin, 2 ** 40 + 1);
  main.count(FRONTEND, COUNTER.bin, 1);
  two.count(FRONTEND, COUNTER.bout, 5);
  assert.equal(main.sum(FRONTEND, COUNTER.bin), 2 ** 41 + 2);
  assert.equal(one.sum(FRONTEND, COUNTER.bout), 5);
  assert.equal(one.sum(BACKEND, COUNTER.bin), 0);
});

test('every counter of every slot has a place of its own', () => {
  const { one, main } = twoThreads();
  for (let slot = 0; slot < one.slots.count; slot++) {
    for (const counter of COUNTERS.keys()) one.count(slot, counter, slot * 100 + counter + 1);
  }
  for (let slot = 0; slot < one.slots.count; slot++) {
    for (const counter of COUNTERS.keys()) assert.equal(main.sum(slot, counter), slot * 100 + counter + 1);
  }
});

test('sessions are counted over all threads, with their maximum', () => {
  const { one, two, main } = twoThreads();
  assert.equal(one.enter(BACKEND), 1);
  assert.equal(two.enter(BACKEND), 2);
  one.leave(BACKEND);
  assert.equal(main.current(BACKEND), 1);
  assert.equal(main.maximum(BACKEND), 2);
  assert.equal(main.current(FRONTEND), 0);
});

test('tryEnter refuses at maxconn of the proxy and of the process, and accepts again when one has left', () => {
  const { one, two } = twoThreads();
  assert.equal(one.tryEnter(FRONTEND), true);
  assert.equal(two.tryEnter(FRONTEND), true);
  assert.equal(one.tryEnter(FRONTEND), false);
  assert.equal(one.current(FRONTEND), 2);
  two.leave(FRONTEND);
  assert.equal(one.tryEnter(FRONTEND), true);
  assert.equal(one.maxconn(PROCESS_SLOT), 100);
  for (let i = 0; i < 100; i++) assert.equal(one.tryEnter(PROCESS_SLOT), true);
  assert.equal(two.tryEnter(PROCESS_SLOT), false);
});

test('clearing the maxima forgets those of sessions, queues and rates, and nothing else', () => {
  const { one, main } = twoThreads();
  one.enter(BACKEND);
  one.enter(BACKEND);
  one.leave(BACKEND);
  one.count(BACKEND, COUNTER.stot, 5);
  for (const kind of Object.values(RateKind)) one.mark(BACKEND, kind);
  main.clearMaxima();
  assert.equal(main.maximum(BACKEND), 0);
  assert.equal(main.queueMaximum(BACKEND), 0);
  for (const kind of Object.values(RateKind)) assert.equal(main.maxRate(BACKEND, kind), 0);
  assert.equal(main.current(BACKEND), 1);
  assert.equal(main.sum(BACKEND, COUNTER.stot), 5);
  assert.equal(main.rate(BACKEND, RateKind.REQUEST), 1);
  one.enter(BACKEND);
  assert.equal(main.maximum(BACKEND), 2);
});

test('tryEnter has no limit where maxconn is 0', () => {
  const { one } = twoThreads();
  for (let i = 0; i < 1000; i++) assert.equal(one.tryEnter(BACKEND), true);
});

test('the server states of the configuration are there from the start', () => {
  const { one } = twoThreads();
  assert.equal(one.weight(SERVER), 10);
  assert.equal(one.initialWeight(SERVER), 10);
  assert.equal(one.effectiveWeight(SERVER), 160);
  assert.equal(one.maxconn(SERVER), 7);
  assert.equal(one.operationalState(SERVER), OperationalState.RUNNING);
  assert.equal(one.adminState(SERVER), 0);
  assert.equal(one.isBackup(SERVER), false);
  assert.equal(one.isBackup(SERVER + 1), true);
  assert.equal(one.operationalState(SERVER + 2), OperationalState.STOPPED);
  assert.equal(one.adminState(SERVER + 2), 5);
  assert.deepEqual(
    [0, 1, 2, 3].map((server) => one.isInRotation(SERVER + server)),
    [true, true, false, false],
  );
});

test('a change of state, administration or weight moves the version of the backend and the rotation', () => {
  const { one, main } = twoThreads();
  const versions = [one.backendVersion(BACKEND)];
  const change = (act: () => void, isInRotation: boolean): void => {
    act();
    versions.push(one.backendVersion(BACKEND));
    assert.equal(one.isInRotation(SERVER), isInRotation);
  };
  change(() => main.setOperationalState(SERVER, OperationalState.STOPPED), false);
  change(() => main.setOperationalState(SERVER, OperationalState.STARTING), true);
  change(() => main.setEffectiveWeight(SERVER, 3), true);
  change(() => main.setOperationalState(SERVER, OperationalState.RUNNING), true);
  change(() => main.setAdminState(SERVER, AdminState.FORCED_DRAIN), false);
  change(() => main.setAdminState(SERVER, 0), true);
  change(() => main.setWeight(SERVER, 0), false);
  assert.equal(new Set(versions).size, versions.length);
  assert.equal(one.effectiveWeight(SERVER), 0);
});

test('setting what is set already moves nothing', () => {
  const { one, main } = twoThreads();
  const before = one.backendVersion(BACKEND);
  main.setOperationalState(SERVER, OperationalState.RUNNING);
  main.setAdminState(SERVER, 0);
  main.setWeight(SERVER, 10);
  assert.equal(one.backendVersion(BACKEND), before);
});

test('the weight of a server that starts slowly is left to whoever raises it', () => {
  const { one, main } = twoThreads();
  main.setOperationalState(SERVER, OperationalState.STARTING);
  main.setEffectiveWeight(SERVER, 8);
  main.setWeight(SERVER, 100);
  assert.equal(one.weight(SERVER), 100);
  assert.equal(one.effectiveWeight(SERVER), 8);
});

test('check results are published whole', () => {
  const { one, main } = twoThreads();
  const facts = { status: 6, result: 3, code: 200, health: 4, state: 6, durationMs: 12 };
  main.setCheck(SERVER, facts);
  assert.deepEqual(one.check(SERVER), facts);
  assert.notDeepEqual(one.check(SERVER + 1), facts);
});

test('the turn of a backend is shared by all threads', () => {
  const { one, two } = twoThreads();
  assert.deepEqual([one.nextTurn(BACKEND), two.nextTurn(BACKEND), one.nextTurn(BACKEND)], [0, 1, 2]);
});

test('a memory without room for the model is refused, and so is a thread that it has no place for', () => {
  const buffer = createShared(model, 2);
  const huge = backendModel(Array.from({ length: 2000 }, () => ({})));
  assert.throws(() => openShared(buffer, huge, 0), /has \d+ slots, this model needs slot \d+/);
  assert.throws(() => openShared(buffer, model, 2), /no thread 2 in a shared memory of 2/);
  assert.throws(() => openShared(buffer, model, -2), /no thread -2/);
  assert.throws(() => openShared(new SharedArrayBuffer(1024), model, 0), /not initialised/);
});

test('the rate slides over this second and the last', () => {
  let nowMs = 5_000;
  const { one, two } = twoThreads(() => nowMs);
  for (let i = 0; i < 10; i++) (i % 2 ? one : two).enter(FRONTEND);
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 10);
  nowMs = 5_999;
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 10);
  nowMs = 6_250;
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 7);
  one.enter(FRONTEND);
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 8);
  nowMs = 7_000;
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 1);
  nowMs = 8_000;
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 0);
  assert.equal(one.maxRate(FRONTEND, RateKind.SESSION), 10);
});

test('a single event stays 1 per second to the end of the next second', () => {
  let nowMs = 900;
  const { one } = twoThreads(() => nowMs);
  one.mark(FRONTEND, RateKind.REQUEST);
  nowMs = 1_999;
  assert.equal(one.rate(FRONTEND, RateKind.REQUEST), 1);
  nowMs = 2_000;
  assert.equal(one.rate(FRONTEND, RateKind.REQUEST), 0);
});

test('the kinds of rates do not mix', () => {
  const { one } = twoThreads();
  one.mark(FRONTEND, RateKind.CONNECTION);
  one.mark(FRONTEND, RateKind.CONNECTION);
  one.mark(FRONTEND, RateKind.REQUEST);
  assert.deepEqual(
    Object.values(RateKind).map((kind) => one.rate(FRONTEND, kind)),
    [0, 2, 1],
  );
  assert.equal(one.maxRate(FRONTEND, RateKind.CONNECTION), 2);
});

test('events of 2048 seconds ago do not come back once they have been swept', () => {
  let nowMs = 1_000;
  const { one } = twoThreads(() => nowMs);
  for (let i = 0; i < 5; i++) one.mark(FRONTEND, RateKind.SESSION);
  nowMs = 600_000;
  one.sweepRates();
  nowMs = (1 + 2048) * 1_000;
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 0);
});

test('sweeping keeps the events of this second and the last', () => {
  let nowMs = 3_500;
  const { one } = twoThreads(() => nowMs);
  for (let i = 0; i < 4; i++) one.mark(FRONTEND, RateKind.SESSION);
  nowMs = 4_500;
  one.mark(FRONTEND, RateKind.SESSION);
  one.sweepRates();
  assert.equal(one.rate(FRONTEND, RateKind.SESSION), 3);
});

test('the default clock runs, and is the same in every thread', () => {
  const buffer = createShared(model, 1);
  const one = openShared(buffer, model, 0);
  const main = openShared(buffer, model, MAIN_THREAD);
  one.tryEnterServer(BACKEND, SERVER);
  assert.equal(main.rate(SERVER, RateKind.SESSION), 1);
  assert.ok(Math.abs(main.lastSessionMs(SERVER) - Date.now()) < 60_000);
  assert.equal(main.lastSessionMs(SERVER + 1), 0);
});

test('who waits for room below maxconn is called once it is there, on every thread', async () => {
  const { one, two } = twoThreads();
  one.tryEnter(FRONTEND);
  one.tryEnter(FRONTEND);
  const calls: string[] = [];
  const both = new Promise<void>((resolve) => {
    const note = (name: string) => () => {
      calls.push(name);
      if (calls.length === 2) resolve();
    };
    one.whenRoom(FRONTEND, note('one'));
    two.whenRoom(FRONTEND, note('two'));
  });
  await new Promise(setImmediate);
  assert.deepEqual(calls, []);
  one.leave(FRONTEND);
  await both;
  assert.deepEqual(calls.sort(), ['one', 'two']);
});

test('room that is there already is announced at once, but not from within whenRoom', async () => {
  const { one } = twoThreads();
  let wasCalled = false;
  const called = new Promise<void>((resolve) => {
    one.whenRoom(FRONTEND, () => {
      wasCalled = true;
      resolve();
    });
  });
  assert.equal(wasCalled, false);
  await called;
});

test('a raised maxconn gives room', async () => {
  const { one, main } = twoThreads();
  one.tryEnter(FRONTEND);
  one.tryEnter(FRONTEND);
  const called = new Promise<void>((resolve) => one.whenRoom(FRONTEND, resolve));
  main.setMaxconn(FRONTEND, 3);
  await called;
  assert.equal(one.tryEnter(FRONTEND), true);
  assert.equal(one.tryEnter(FRONTEND), false);
});
