import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Model } from '../../config/model/model.ts';
import { createShared } from '../../workers/shared/create-shared.ts';
import { openShared, type SharedMemory } from '../../workers/shared/shared-memory.ts';
import { COUNTER, MAIN_THREAD } from '../../workers/shared/shared-state.ts';
import type { HammerData, HammerOrder, HammerReport } from '../support/shared-hammer.ts';
import { backendModel } from '../support/shared-model.ts';

const BACKEND = 1;
const SERVER = 2;
const HAMMER = new URL('../support/shared-hammer.ts', import.meta.url);

class Crew {
  readonly main: SharedMemory;
  readonly workers: Worker[] = [];
  readonly #shared: SharedArrayBuffer;
  readonly #witness = new SharedArrayBuffer(4096);
  readonly #model: Model;

  constructor(t: TestContext, model: Model, threads: number) {
    this.#model = model;
    this.#shared = createShared(model, threads);
    this.main = openShared(this.#shared, model, MAIN_THREAD);
    for (let index = 0; index < threads; index++) this.start(index);
    t.after(() => Promise.all(this.workers.map((worker) => worker.terminate())));
  }

  start(index: number): Worker {
    const data: HammerData = { shared: this.#shared, witness: this.#witness, model: this.#model, index };
    const worker = new Worker(HAMMER, { workerData: data });
    this.workers[index] = worker;
    return worker;
  }

  order(index: number, order: HammerOrder): void {
    this.workers[index]!.postMessage(order);
  }

  /** Gives an order and waits for its answer. */
  async ask<K extends HammerReport['kind']>(
    index: number,
    order: HammerOrder,
    kind: K,
  ): Promise<Extract<HammerReport, { kind: K }>> {
    const answer = this.next(index, kind);
    this.order(index, order);
    return answer;
  }

  async next<K extends HammerReport['kind']>(
    index: number,
    kind: K,
  ): Promise<Extract<HammerReport, { kind: K }>> {
    for (;;) {
      const [report] = (await once(this.workers[index]!, 'message')) as [HammerReport];
      if (report.kind === kind) return report as Extract<HammerReport, { kind: K }>;
    }
  }

  /** Has a thread die of an order, and takes back what it held. */
  async bury(index: number, order: HammerOrder): Promise<void> {
    const exited = once(this.workers[index]!, 'exit');
    this.order(index, order);
    await exited;
    await this.reclaim(index);
  }

  async reclaim(index: number): Promise<void> {
    while (!this.main.reclaimThread(index)) await new Promise(setImmediate);
  }

  forgetWitness(): void {
    new Int32Array(this.#witness).fill(0);
  }
}

test('threads that fight for places never exceed maxconn, lose no place and forget nobody', async (t) => {
  const crew = new Crew(t, backendModel([{ maxconn: 1 }, { maxconn: 3 }, { maxconn: 2 }]), 3);
  const rounds = 4000;
  const reports = await Promise.all(
    [0, 1, 2].map((index) =>
      crew.ask(index, { kind: 'hammer', rounds, concurrent: 20, seed: index + 1 }, 'done'),
    ),
  );
  for (const report of reports) {
    assert.equal(report.tooMany, 0);
    assert.equal(report.served + report.gaveUp, rounds);
  }
  const served = reports.reduce((sum, report) => sum + report.served, 0);
  let counted = 0;
  for (const server of [SERVER, SERVER + 1, SERVER + 2]) {
    counted += crew.main.sum(server, COUNTER.stot);
    assert.equal(crew.main.current(server), 0);
    assert.equal(crew.main.queueLength(server), 0);
    assert.equal(crew.main.maximum(server), crew.main.maxconn(server));
  }
  assert.equal(counted, served);
  assert.ok(crew.main.queueMaximum(BACKEND) > 0, 'the threads never had to wait: nothing was tested');
  assert.equal(crew.main.queueLength(BACKEND), 0);
});

test('requests of several threads are served in the order in which they began to wait', async (t) => {
  const crew = new Crew(t, backendModel([{ maxconn: 1 }]), 2);
  assert.equal((await crew.ask(0, { kind: 'enter' }, 'entered')).isIn, true);
  const order = [0, 1, 1, 0, 1, 0, 0, 1];
  for (const [id, index] of order.entries()) await crew.ask(index, { kind: 'join', id }, 'joined');
  let holder = 0;
  for (const [id, index] of order.entries()) {
    const turn = crew.next(index, 'turn');
    crew.order(holder, { kind: 'leave' });
    assert.deepEqual(await turn, { kind: 'turn', id, server: SERVER });
    assert.equal(crew.main.current(SERVER), 1);
    holder = index;
  }
  await crew.ask(holder, { kind: 'leave' }, 'left');
  assert.equal(crew.main.current(SERVER), 0);
});

test('a thread that dies with a place and a waiting request leaves both to the others', async (t) => {
  const crew = new Crew(t, backendModel([{ maxconn: 1 }]), 2);
  await crew.ask(0, { kind: 'enter' }, 'entered');
  await crew.ask(0, { kind: 'join', id: 1 }, 'joined');
  await crew.ask(1, { kind: 'join', id: 2 }, 'joined');
  const turn = crew.next(1, 'turn');
  await crew.bury(0, { kind: 'die' });
  assert.deepEqual(await turn, { kind: 'turn', id: 2, server: SERVER });
  assert.equal(crew.main.current(SERVER), 1);
  assert.equal(crew.main.queueLength(BACKEND), 0);
});

test("a dead thread's lock is broken, and who waited behind it goes on", async (t) => {
  const crew = new Crew(t, backendModel([{ maxconn: 1 }]), 2);
  await crew.ask(1, { kind: 'enter' }, 'entered');
  const exited = once(crew.workers[0]!, 'exit');
  crew.order(0, { kind: 'die-with-lock' });
  await exited;
  const joined = crew.ask(1, { kind: 'join', id: 7 }, 'joined');
  crew.main.wakeAll(BACKEND);
  await crew.reclaim(0);
  await joined;
  const turn = crew.next(1, 'turn');
  crew.order(1, { kind: 'leave' });
  assert.deepEqual(await turn, { kind: 'turn', id: 7, server: SERVER });
});

test('threads ended at any moment, again and again, leave no place behind', async (t) => {
  const crew = new Crew(t, backendModel([{ maxconn: 1 }, { maxconn: 2 }]), 2);
  const survivor = crew.ask(0, { kind: 'hammer', rounds: 20_000, concurrent: 10, seed: 5 }, 'done');
  for (let life = 0; life < 60; life++) {
    crew.order(1, { kind: 'hammer', rounds: 1_000_000, concurrent: 10, seed: life + 1 });
    const before = crew.main.sum(SERVER, COUNTER.stot);
    while (crew.main.sum(SERVER, COUNTER.stot) < before + 50 + life * 7) await new Promise(setImmediate);
    await crew.workers[1]!.terminate();
    await crew.reclaim(1);
    crew.start(1);
  }
  const report = await survivor;
  assert.equal(report.served + report.gaveUp, 20_000);
  for (const slot of [BACKEND, SERVER, SERVER + 1]) {
    assert.equal(crew.main.current(slot), 0);
    assert.equal(crew.main.queueLength(slot), 0);
  }
});
