/**
 * Entry of a worker thread: compiles the plan, listens on the handed-down sockets, serves. It talks only to the
 * worker process's main thread, by the messages of workers/messages.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../config/model/model.ts';
import { bindPromised } from '../src/system/libc.ts';
import { trimMemory } from '../src/system/trim-memory.ts';
import { noteDescriptorsIn } from './connection/owned-descriptors.ts';
import { createDrivenWheel } from './connection/wheel-driver.ts';
import { ThreadListeners } from './listener/thread-listeners.ts';
import type { ProcessToThread, ThreadStart, ThreadToProcess } from './messages.ts';
import { compilePlan, globalLimits, type PreparedPlan } from './plan/compile-plan.ts';
import type { ProxyPlan } from './plan/plan.ts';
import { ThreadLogs } from './plan/thread-logs.ts';
import { openShared, sharedClock } from './shared/shared-memory.ts';
import { SlotMap } from './shared/slots.ts';
import { ThreadState } from './thread-state.ts';
import { ServerPools } from './upstream/server-pools.ts';

/** A plan that waits for its commit. */
interface Prepared extends PreparedPlan {
  readonly model: Model;
  readonly slots: SlotMap;
}

class WorkerThread {
  readonly #thread: ThreadState;
  readonly #pools: ServerPools;
  readonly #listeners: ThreadListeners;
  readonly #logs: ThreadLogs;
  #prepared: Prepared | null = null;

  constructor(start: ThreadStart) {
    const { model, index, options } = start;
    const clock = sharedClock(start.shared, () => this.#thread?.nowMs ?? performance.now());
    const shared = openShared(start.shared, model, index, clock, start.slots);
    this.#thread = new ThreadState(index, shared, createDrivenWheel(), globalLimits(model));
    this.#logs = new ThreadLogs(options.programName);
    this.#pools = new ServerPools(this.#thread);
    this.#listeners = new ThreadListeners({
      thread: this.#thread,
      pools: this.#pools,
      onSessionClosed: () => this.#reportDrained(),
    });
    const { plan, activate } = this.#compile(model, shared.slots, new Map());
    this.#thread.plan = plan;
    activate();
    this.#listeners.adopt(start.listeners);
  }

  receive(message: ProcessToThread): void {
    this.#thread.tick();
    switch (message.type) {
      case 'prepare':
        send({ type: 'prepared', problem: this.#prepare(message) });
        break;
      case 'abandon':
        this.#prepared = null;
        break;
      case 'commit':
        this.#commit(message);
        send({ type: 'committed' });
        break;
      case 'count':
        send({ type: 'counted', listeners: this.#listeners.counts() });
        break;
      case 'drain':
        this.#thread.isDraining = true;
        this.#listeners.drain();
        this.#pools.closeIdle();
        this.#reportDrained();
        break;
      default:
        this.#listeners.obey(message);
    }
  }

  #compile(model: Model, slots: SlotMap, kept: ReadonlyMap<string, ProxyPlan>): PreparedPlan {
    const { shared } = this.#thread;
    return compilePlan({ model, slots, shared, logs: this.#logs.factoryFor(model), kept });
  }

  /** Returns what stands against the new plan, or ''. */
  #prepare({ model, slots, unchanged }: Extract<ProcessToThread, { type: 'prepare' }>): string {
    const names = new Set(unchanged);
    const kept = new Map(
      this.#thread.plan.proxies.filter(({ name }) => names.has(name)).map((proxy) => [proxy.name, proxy]),
    );
    try {
      const map = new SlotMap(model, slots);
      this.#prepared = { ...this.#compile(model, map, kept), model, slots: map };
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Between two events: streams in flight keep the plans of their proxies, all that begins from here has the new ones. */
  #commit({ listeners }: Extract<ProcessToThread, { type: 'commit' }>): void {
    const prepared = this.#prepared;
    if (prepared === null) throw new Error('a plan was to come into force that was not prepared');
    this.#prepared = null;
    const thread = this.#thread;
    const before = thread.plan;
    const after = new Set(prepared.plan.proxies);
    for (const proxy of before.proxies) proxy.isRetired = !after.has(proxy);
    thread.shared.adoptSlots(prepared.slots);
    thread.plan = prepared.plan;
    prepared.activate();
    this.#pools.adopt(prepared.plan.servers);
    this.#listeners.adopt(listeners);
    this.#logs.settle(prepared.model);
  }

  #reportDrained(): void {
    if (this.#thread.isDraining && this.#listeners.sessionCount === 0) send({ type: 'drained' });
  }
}

function send(message: ThreadToProcess): void {
  parentPort!.postMessage(message);
}

bindPromised();
noteDescriptorsIn((workerData as ThreadStart).descriptors);
const worker = new WorkerThread(workerData as ThreadStart);
parentPort!.on('message', (message: ProcessToThread) => worker.receive(message));
trimMemory();
send({ type: 'ready' });
