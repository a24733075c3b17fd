import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ServerSettings } from '../../../../config/model/model.ts';
import { createShared } from '../../../../workers/shared/create-shared.ts';
import { openShared } from '../../../../workers/shared/shared-memory.ts';
import { AdminState, MAIN_THREAD, OperationalState } from '../../../../workers/shared/shared-state.ts';
import { backendModel } from '../../../support/shared-model.ts';

const BACKEND = 1;
const SERVER = 2;
const OTHER = 3;

/** Three views in one thread: what is handed over between them goes the way it goes between threads. */
function open(servers: readonly ServerSettings[], maxconn?: number) {
  const model = backendModel(servers, maxconn);
  const buffer = createShared(model, 2);
  return {
    one: openShared(buffer, model, 0, () => 0),
    two: openShared(buffer, model, 1, () => 0),
    main: openShared(buffer, model, MAIN_THREAD, () => 0),
  };
}

/** Until everything handed over so far has been called; notifications take turns of the event loop. */
async function settle(isDone: () => boolean = () => true): Promise<void> {
  for (let turns = 0; turns < 100_000; turns++) {
    await new Promise(setImmediate);
    if (!isDone()) continue;
    await new Promise(setImmediate);
    return;
  }
  assert.fail('what was expected did not come in 100,000 turns of the event loop');
}

test('a server gives out maxconn places and no more, whichever thread asks', () => {
  const { one, two } = open([{ maxconn: 2 }]);
  assert.equal(one.tryEnterServer(BACKEND, SERVER), true);
  assert.equal(two.tryEnterServer(BACKEND, SERVER), true);
  assert.equal(two.hasRoom(BACKEND, SERVER), false);
  assert.equal(one.tryEnterServer(BACKEND, SERVER), false);
  two.leaveServer(BACKEND, SERVER);
  assert.equal(one.hasRoom(BACKEND, SERVER), true);
  assert.equal(one.tryEnterServer(BACKEND, SERVER), true);
  assert.equal(one.current(SERVER), 2);
  assert.equal(one.maximum(SERVER), 2);
});

test('a server without maxconn takes all', () => {
  const { one } = open([{}]);
  for (let i = 0; i < 1000; i++) assert.equal(one.tryEnterServer(BACKEND, SERVER), true);
  assert.equal(one.current(SERVER), 1000);
});

test('a freed place goes to who has waited longest, on whichever thread', async () => {
  const { one, two } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: string[] = [];
  two.joinQueue(BACKEND, -1, (server) => turns.push(`two ${server}`));
  one.joinQueue(BACKEND, -1, (server) => turns.push(`one ${server}`));
  assert.equal(one.queueLength(BACKEND), 2);
  one.leaveServer(BACKEND, SERVER);
  await settle(() => turns.length === 1);
  assert.deepEqual(turns, ['two 2']);
  assert.equal(one.current(SERVER), 1);
  two.leaveServer(BACKEND, SERVER);
  await settle(() => turns.length === 2);
  assert.deepEqual(turns, ['two 2', 'one 2']);
  one.leaveServer(BACKEND, SERVER);
  assert.equal(one.current(SERVER), 0);
  assert.equal(one.queueLength(BACKEND), 0);
  assert.equal(one.queueMaximum(BACKEND), 2);
});

test('requests for any server and for one server share one order', async () => {
  const { one } = open([{ maxconn: 1 }, { maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  one.tryEnterServer(BACKEND, OTHER);
  const turns: string[] = [];
  one.joinQueue(BACKEND, OTHER, () => turns.push('other'));
  one.joinQueue(BACKEND, -1, () => turns.push('any'));
  one.joinQueue(BACKEND, SERVER, () => turns.push('this'));
  assert.deepEqual(
    [BACKEND, SERVER, OTHER].map((slot) => one.queueLength(slot)),
    [1, 1, 1],
  );
  for (const expected of [['any'], ['any', 'this']]) {
    one.leaveServer(BACKEND, SERVER);
    await settle();
    assert.deepEqual(turns, expected);
  }
  one.leaveServer(BACKEND, OTHER);
  await settle();
  assert.deepEqual(turns, ['any', 'this', 'other']);
});

test('nobody passes those who wait: a place that is free for a moment is refused to a newcomer', () => {
  const { one } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  one.joinQueue(BACKEND, -1, () => {});
  one.leaveServer(BACKEND, SERVER);
  assert.equal(one.tryEnterServer(BACKEND, SERVER), false);
  assert.equal(one.hasRoom(BACKEND, SERVER), false);
});

test('those who wait for one server do not hold up another', () => {
  const { one } = open([{ maxconn: 1 }, { maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  one.joinQueue(BACKEND, SERVER, () => {});
  assert.equal(one.tryEnterServer(BACKEND, OTHER), true);
});

test('who joins while there is room is served, though not from within the call', async () => {
  const { one } = open([{ maxconn: 1 }]);
  const turns: number[] = [];
  one.joinQueue(BACKEND, -1, (server) => turns.push(server));
  assert.deepEqual(turns, []);
  await settle();
  assert.deepEqual(turns, [SERVER]);
  assert.equal(one.current(SERVER), 1);
});

test('who gives up is not called, and the next in line is served', async () => {
  const { one } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: string[] = [];
  const first = one.joinQueue(BACKEND, -1, () => turns.push('first'));
  one.joinQueue(BACKEND, -1, () => turns.push('second'));
  one.leaveQueue(first);
  one.leaveServer(BACKEND, SERVER);
  await settle();
  assert.deepEqual(turns, ['second']);
});

test('a place handed to somebody who gives up before being called goes on to the next', async () => {
  const { one, two } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: string[] = [];
  const first = two.joinQueue(BACKEND, -1, () => turns.push('first'));
  one.joinQueue(BACKEND, -1, () => turns.push('second'));
  one.leaveServer(BACKEND, SERVER);
  two.leaveQueue(first);
  await settle();
  assert.deepEqual(turns, ['second']);
  assert.equal(one.current(SERVER), 1);
  one.leaveServer(BACKEND, SERVER);
  assert.equal(one.current(SERVER), 0);
});

test('a ticket is void once its turn has come or it was given up, even when its row is in use again', async () => {
  const { one } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: string[] = [];
  const old = one.joinQueue(BACKEND, -1, () => turns.push('old'));
  one.leaveQueue(old);
  one.leaveQueue(old);
  one.joinQueue(BACKEND, -1, () => turns.push('new'));
  one.leaveQueue(old);
  one.leaveQueue(-1);
  one.leaveServer(BACKEND, SERVER);
  await settle();
  assert.deepEqual(turns, ['new']);
});

test('a thread without room for another waiting request says so, and has room again when one leaves', () => {
  const { one } = open([{ maxconn: 1 }], 1000);
  one.tryEnterServer(BACKEND, SERVER);
  const tickets = Array.from({ length: 1024 }, () => one.joinQueue(BACKEND, -1, () => {}));
  assert.equal(new Set(tickets).size, 1024);
  assert.equal(
    one.joinQueue(BACKEND, -1, () => {}),
    -1,
  );
  assert.equal(one.queueLength(BACKEND), 1024);
  one.leaveQueue(tickets[500]!);
  assert.notEqual(
    one.joinQueue(BACKEND, -1, () => {}),
    -1,
  );
});

test('a thousand who wait are called in the order in which they came', async () => {
  const { one } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: number[] = [];
  for (let i = 0; i < 1000; i++) {
    one.joinQueue(BACKEND, -1, (server) => {
      turns.push(i);
      one.leaveServer(BACKEND, server);
    });
  }
  one.leaveServer(BACKEND, SERVER);
  await settle(() => turns.length === 1000);
  assert.deepEqual(turns, [...Array(1000).keys()]);
  assert.equal(one.current(SERVER), 0);
});

test('those who wait for a server that goes down are sent away; those who wait for any stay', async () => {
  const { one, two, main } = open([{ maxconn: 1 }, { maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  one.tryEnterServer(BACKEND, OTHER);
  const turns: string[] = [];
  two.joinQueue(BACKEND, SERVER, (server) => turns.push(`this ${server}`));
  two.joinQueue(BACKEND, -1, (server) => turns.push(`any ${server}`));
  main.setOperationalState(SERVER, OperationalState.STOPPED);
  await settle(() => turns.length === 1);
  assert.deepEqual(turns, ['this -1']);
  one.leaveServer(BACKEND, SERVER);
  await settle();
  assert.deepEqual(turns, ['this -1']);
  one.leaveServer(BACKEND, OTHER);
  await settle(() => turns.length === 2);
  assert.deepEqual(turns, ['this -1', `any ${OTHER}`]);
});

test('who joins for a server that is down already is sent away', async () => {
  const { one, main } = open([{ maxconn: 1 }]);
  main.setAdminState(SERVER, AdminState.FORCED_MAINT);
  const turns: number[] = [];
  one.joinQueue(BACKEND, SERVER, (server) => turns.push(server));
  await settle();
  assert.deepEqual(turns, [-1]);
});

test('a server that comes up serves those who wait for any', async () => {
  const { one, two, main } = open([{ maxconn: 1 }, { maxconn: 2 }]);
  main.setOperationalState(OTHER, OperationalState.STOPPED);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: number[] = [];
  for (let i = 0; i < 3; i++) two.joinQueue(BACKEND, -1, (server) => turns.push(server));
  main.setOperationalState(OTHER, OperationalState.RUNNING);
  await settle(() => turns.length === 2);
  assert.deepEqual(turns, [OTHER, OTHER]);
  assert.equal(one.queueLength(BACKEND), 1);
});

test('a server in drain keeps serving who waits for it by name, and nobody else', async () => {
  const { one, main } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: string[] = [];
  one.joinQueue(BACKEND, -1, () => turns.push('any'));
  one.joinQueue(BACKEND, SERVER, () => turns.push('this'));
  main.setAdminState(SERVER, AdminState.FORCED_DRAIN);
  one.leaveServer(BACKEND, SERVER);
  await settle();
  assert.deepEqual(turns, ['this']);
});

test('a raised maxconn serves at once as many more', async () => {
  const { one, main } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  let turns = 0;
  for (let i = 0; i < 3; i++) one.joinQueue(BACKEND, -1, () => turns++);
  main.setMaxconn(SERVER, 3);
  await settle();
  assert.equal(turns, 2);
  assert.equal(one.current(SERVER), 3);
  main.setMaxconn(SERVER, 0);
  await settle();
  assert.equal(turns, 3);
});

test('backups serve those who wait for any only while no active server is in rotation', async () => {
  const { one, main } = open([{ maxconn: 1 }, { maxconn: 1, isBackup: true }]);
  one.tryEnterServer(BACKEND, SERVER);
  const turns: number[] = [];
  one.joinQueue(BACKEND, -1, (server) => turns.push(server));
  await settle();
  assert.deepEqual(turns, []);
  main.setOperationalState(SERVER, OperationalState.STOPPED);
  await settle();
  assert.deepEqual(turns, [OTHER]);
});

test('a callback that throws does not keep the turns of others', async () => {
  const { one } = open([{ maxconn: 1 }, { maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  one.tryEnterServer(BACKEND, OTHER);
  const turns: string[] = [];
  const thrown = new Promise<unknown>((resolve) => {
    process.setUncaughtExceptionCaptureCallback(resolve);
  });
  one.joinQueue(BACKEND, -1, () => {
    throw new Error('planted');
  });
  one.joinQueue(BACKEND, -1, () => turns.push('second'));
  one.leaveServer(BACKEND, SERVER);
  one.leaveServer(BACKEND, OTHER);
  assert.match(String(await thrown), /planted/);
  await settle();
  process.setUncaughtExceptionCaptureCallback(null);
  assert.deepEqual(turns, ['second']);
});

test('what a dead thread held and waited for is given back', async () => {
  const { one, two, main } = open([{ maxconn: 2 }]);
  two.tryEnterServer(BACKEND, SERVER);
  two.tryEnterServer(BACKEND, SERVER);
  two.enter(BACKEND);
  two.joinQueue(BACKEND, -1, () => assert.fail('called on behalf of a dead thread'));
  const turns: number[] = [];
  one.joinQueue(BACKEND, -1, (server) => turns.push(server));
  assert.equal(main.reclaimThread(1), true);
  await settle(() => turns.length === 1);
  assert.equal(one.current(SERVER), 1);
  assert.equal(one.current(BACKEND), 0);
  assert.equal(one.queueLength(BACKEND), 0);
});

test('reclaiming a thread that held nothing changes nothing', () => {
  const { one, main } = open([{ maxconn: 2 }]);
  one.tryEnterServer(BACKEND, SERVER);
  assert.equal(main.reclaimThread(1), true);
  assert.equal(main.reclaimThread(1), true);
  assert.equal(one.current(SERVER), 1);
});

test('a place handed to a thread that dies before taking it is not lost', async () => {
  const { one, two, main } = open([{ maxconn: 1 }]);
  one.tryEnterServer(BACKEND, SERVER);
  two.joinQueue(BACKEND, -1, () => {});
  const turns: number[] = [];
  one.joinQueue(BACKEND, -1, (server) => turns.push(server));
  one.leaveServer(BACKEND, SERVER);
  assert.equal(main.reclaimThread(1), true);
  await settle(() => turns.length === 1);
  assert.deepEqual(turns, [SERVER]);
  assert.equal(one.current(SERVER), 1);
});

/** What a request of the model below is doing. */
interface NaiveRequest {
  readonly wants: number;
  readonly ticket: number;
  served: number;
}

test('any course of joins, leaves and give-ups gives what a naive queue gives', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('join' as const),
      view: fc.nat(1),
      wants: fc.constantFrom(-1, SERVER, OTHER),
    }),
    fc.record({ kind: fc.constant('finish' as const), pick: fc.nat(1000) }),
    fc.record({ kind: fc.constant('giveUp' as const), pick: fc.nat(1000) }),
  );
  const course = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const limits = new Map([
      [SERVER, 1],
      [OTHER, 2],
    ]);
    const { one, two } = open([{ maxconn: 1 }, { maxconn: 2 }]);
    const views = [one, two];
    const served = new Map<number, number>();
    const requests: (NaiveRequest & { readonly view: number; readonly id: number })[] = [];
    const naiveUsed = new Map([
      [SERVER, 0],
      [OTHER, 0],
    ]);
    let nextId = 0;
    const serveNaively = (): void => {
      for (const request of requests) {
        if (request.served !== 0) continue;
        const candidates = request.wants < 0 ? [SERVER, OTHER] : [request.wants];
        const server = candidates.find((slot) => naiveUsed.get(slot)! < limits.get(slot)!);
        if (server === undefined) continue;
        request.served = server;
        naiveUsed.set(server, naiveUsed.get(server)! + 1);
      }
    };
    for (const action of steps) {
      if (action.kind === 'join') {
        const id = nextId++;
        const ticket = views[action.view]!.joinQueue(BACKEND, action.wants, (server) =>
          served.set(id, server),
        );
        requests.push({ id, view: action.view, wants: action.wants, ticket, served: 0 });
      } else {
        const isFinish = action.kind === 'finish';
        const among = requests.filter((request) => (request.served !== 0) === isFinish);
        const chosen = among[action.pick % Math.max(1, among.length)];
        if (chosen === undefined) continue;
        requests.splice(requests.indexOf(chosen), 1);
        if (isFinish) {
          naiveUsed.set(chosen.served, naiveUsed.get(chosen.served)! - 1);
          views[chosen.view]!.leaveServer(BACKEND, chosen.served);
        } else views[chosen.view]!.leaveQueue(chosen.ticket);
      }
      serveNaively();
      await settle(() => requests.every((request) => (request.served !== 0) === served.has(request.id)));
      for (const request of requests) assert.equal(served.get(request.id) ?? 0, request.served);
      for (const slot of [SERVER, OTHER]) assert.equal(one.current(slot), naiveUsed.get(slot));
    }
  });
  await fc.assert(course, { seed: 42, numRuns: 60 });
});
