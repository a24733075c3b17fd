/**
 * What the shared state costs per request, in nanoseconds: `node bench/micro/shared.ts [seconds per case]`.
 * One thread alone, and the same while a second thread works on the same servers.
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import type { Model } from '../../config/model/model.ts';
import type { BalancedStream, ServerTable } from '../../src/lb/declare.ts';
import { leastConnections } from '../../src/lb/least-connections.ts';
import { roundRobin } from '../../src/lb/round-robin.ts';
import { backendModel } from '../../test/support/shared-model.ts';
import { createShared } from '../../workers/shared/create-shared.ts';
import { SharedServerTable } from '../../workers/shared/server-table.ts';
import { openShared, type SharedMemory } from '../../workers/shared/shared-memory.ts';
import { COUNTER } from '../../workers/shared/shared-state.ts';

const BACKEND = 1;
const SERVER = 2;
const CALLS = 20_000;

interface Case {
  readonly name: string;
  run(shared: SharedMemory, table: ServerTable): void;
}

const roundRobinBalancer = roundRobin.compile({})();
const leastConnectionsBalancer = leastConnections.compile({})();
const noStream = {} as BalancedStream;

const cases: readonly Case[] = [
  {
    name: 'count',
    run: (shared) => shared.count(SERVER, COUNTER.bin, 473),
  },
  {
    name: 'enter + leave',
    run(shared) {
      shared.enter(BACKEND);
      shared.leave(BACKEND);
    },
  },
  {
    name: 'tryEnterServer + leaveServer + count, unlimited',
    run(shared) {
      shared.tryEnterServer(BACKEND, SERVER);
      shared.count(SERVER, COUNTER.stot, 1);
      shared.leaveServer(BACKEND, SERVER);
    },
  },
  {
    name: 'tryEnterServer + leaveServer + count, maxconn 1000',
    run(shared) {
      shared.tryEnterServer(BACKEND, SERVER + 1);
      shared.count(SERVER + 1, COUNTER.stot, 1);
      shared.leaveServer(BACKEND, SERVER + 1);
    },
  },
  {
    name: 'pick roundrobin of 4',
    run(_shared, table) {
      roundRobinBalancer.pick(noStream, table, -1);
    },
  },
  {
    name: 'pick leastconn of 4',
    run(_shared, table) {
      leastConnectionsBalancer.pick(noStream, table, -1);
    },
  },
];

const model = backendModel([{}, { maxconn: 1000 }, { weight: 3 }, { weight: 2 }]);

if (isMainThread) {
  const seconds = Number(process.argv[2] ?? 1);
  const buffer = createShared(model, 2);
  for (const rival of [false, true]) {
    console.log(rival ? 'with a second thread on the same servers' : 'alone');
    for (const [index, one] of cases.entries()) {
      const worker = rival ? await startRival(buffer, index) : null;
      console.log(`  ${one.name.padEnd(52)} ${measure(buffer, one, seconds).toFixed(1).padStart(7)} ns`);
      await worker?.terminate();
    }
  }
} else {
  const { buffer, index, clock } = workerData as { buffer: SharedArrayBuffer; index: number; clock: number };
  const { shared, table } = open(buffer, 1, () => clock);
  for (;;) for (let i = 0; i < CALLS; i++) cases[index]!.run(shared, table);
}

async function startRival(buffer: SharedArrayBuffer, index: number): Promise<Worker> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { buffer, index, clock: 0 } });
  await new Promise((resolve) => worker.once('online', resolve));
  return worker;
}

function open(
  buffer: SharedArrayBuffer,
  thread: number,
  clock?: () => number,
): { shared: SharedMemory; table: ServerTable } {
  const shared = openShared(buffer, model as Model, thread, clock);
  return { shared, table: new SharedServerTable(shared, BACKEND) };
}

/** The best of many rounds, with the clock that asks the system. */
function measure(buffer: SharedArrayBuffer, one: Case, seconds: number): number {
  const { shared, table } = open(buffer, 0);
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const begin = performance.now();
    for (let i = 0; i < CALLS; i++) one.run(shared, table);
    best = Math.min(best, ((performance.now() - begin) * 1e6) / CALLS);
  }
  return best;
}
