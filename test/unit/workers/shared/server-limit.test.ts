/** `minconn`, `fullconn` and `slowstart` as limits of servers, in numbers watched in HAProxy 2.6. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model, ServerSettings } from '../../../../config/model/model.ts';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { fullconnsOf } from '../../../../workers/shared/fullconn.ts';
import { openShared } from '../../../../workers/shared/shared-memory.ts';
import { MAIN_THREAD, OperationalState } from '../../../../workers/shared/shared-state.ts';
import { backendModel, modelOf } from '../../../support/shared-model.ts';

const BACKEND = 1;
const SERVER = 2;

function withFullconn(model: Model, fullconn: number): Model {
  return {
    ...model,
    proxies: model.proxies.map((proxy) => ({ ...proxy, settings: { ...proxy.settings, fullconn } })),
  };
}

function open(server: ServerSettings, fullconn: number) {
  const model = withFullconn(backendModel([server]), fullconn);
  const buffer = createShared(model, 2);
  return {
    one: openShared(buffer, model, 0, () => 0),
    two: openShared(buffer, model, 1, () => 0),
    main: openShared(buffer, model, MAIN_THREAD, () => 0),
  };
}

/** Sessions of the backend come one after the other; who finds no place waits. Sessions of the server after each. */
async function served(server: ServerSettings, fullconn: number, sessions: number): Promise<number[]> {
  const { one, two } = open(server, fullconn);
  const counts: number[] = [];
  for (let i = 0; i < sessions; i++) {
    const thread = i % 2 === 0 ? one : two;
    thread.enter(BACKEND);
    if (!thread.tryEnterServer(BACKEND, SERVER)) thread.joinQueue(BACKEND, -1, () => {});
    counts.push(one.current(SERVER));
  }
  return counts;
}

for (const [server, fullconn, watched] of [
  [{ minconn: 2, maxconn: 10 }, 20, [1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 10]],
  [{ minconn: 2 }, 20, [1, 2, 2, 2, 2, 2]],
  [{ minconn: 5, maxconn: 3 }, 20, [1, 2, 3, 4, 5, 5, 5]],
  [{ minconn: 3, maxconn: 10 }, 5, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]],
  [{ minconn: 0, maxconn: 3 }, 20, [1, 2, 3, 3, 3]],
] as const) {
  test(`with ${JSON.stringify(server)} and fullconn ${fullconn}, two threads serve as many as HAProxy does`, async () => {
    assert.deepEqual(await served(server, fullconn, watched.length), watched);
  });
}

test('when sessions end the limit falls with them: a place is not given on that is above it', async () => {
  const { one } = open({ minconn: 2, maxconn: 10 }, 20);
  let inside = 0;
  for (let i = 0; i < 20; i++) {
    one.enter(BACKEND);
    if (one.tryEnterServer(BACKEND, SERVER)) inside++;
    else one.joinQueue(BACKEND, -1, () => inside++);
  }
  // As watched: with 20 sessions in the backend, with 19, with 18.
  for (const left of [10, 9, 9]) {
    while (inside < one.current(SERVER)) await new Promise(setImmediate);
    one.leaveServer(BACKEND, SERVER);
    inside--;
    assert.equal(one.current(SERVER), left);
    one.leave(BACKEND);
  }
});

test('fullconn is a tenth of what may come from the frontends, rounded up, where nobody set it', () => {
  const model = modelOf(
    [
      { id: 1, kind: 'listen', maxconn: 95 },
      { id: 2, kind: 'listen' },
      { id: 3, kind: 'backend' },
    ],
    1000,
  );
  assert.deepEqual(
    [...fullconnsOf(model)],
    [
      ['proxy1', 10],
      ['proxy2', 100],
      ['proxy3', 0],
    ],
  );
});

test('a server that starts slowly has room for one session at first, and for more with each step of its weight', () => {
  const { one, main } = open({ weight: 10, maxconn: 32 }, 0);
  main.setOperationalState(SERVER, OperationalState.STARTING);
  const limits = [1, 2, 5, 9, 13, 16].map((share) => {
    main.setEffectiveWeight(SERVER, 10 * share);
    while (one.tryEnterServer(BACKEND, SERVER));
    return one.current(SERVER);
  });
  assert.deepEqual(limits, [1, 2, 8, 16, 24, 30]);
  main.setOperationalState(SERVER, OperationalState.RUNNING);
  while (one.tryEnterServer(BACKEND, SERVER));
  assert.equal(one.current(SERVER), 32);
});

test('a server of weight 0 keeps its limit while it starts', () => {
  const { one, main } = open({ weight: 0, maxconn: 2 }, 0);
  main.setOperationalState(SERVER, OperationalState.STARTING);
  assert.deepEqual(
    [1, 2, 3].map(() => one.tryEnterServer(BACKEND, SERVER)),
    [true, true, false],
  );
});
