/**
 * Entry of a worker thread: compiles the plan, listens on the handed-down sockets, serves. It talks only to the
 * worker process's main thread, by the messages of workers/messages.ts.
 */
import { hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../config/model/model.ts';
import type { LogTarget as TargetSettings } from '../src/settings/log-target.ts';
import { bindPromised } from '../src/system/libc.ts';
import { createDrivenWheel } from './connection/wheel-driver.ts';
import { Listener } from './listener/listener.ts';
import { type LogTarget, openLogTarget } from './log/datagram-target.ts';
import { textLimitOf } from './log/target-lines.ts';
import type { ListenerHandle, ProcessToThread, ThreadStart, ThreadToProcess } from './messages.ts';
import type { LogFactory } from './plan/compile-log.ts';
import { compilePlan, globalLimits } from './plan/compile-plan.ts';
import { openShared, sharedClock } from './shared/shared-memory.ts';
import { ThreadState } from './thread-state.ts';
import { ServerPools } from './upstream/server-pools.ts';

class WorkerThread {
  readonly #thread: ThreadState;
  readonly #pools: ServerPools;
  readonly #listeners: Listener[] = [];

  constructor(start: ThreadStart) {
    const clock = sharedClock(start.shared, () => this.#thread?.nowMs ?? performance.now());
    const shared = openShared(start.shared, start.model, start.index, clock);
    this.#thread = new ThreadState(start.index, shared, createDrivenWheel(), globalLimits(start.model));
    this.#thread.plan = compilePlan(start.model, shared, logFactory(start));
    this.#pools = new ServerPools(this.#thread);
    for (const handle of start.listeners) this.#listen(handle);
  }

  #listen(handle: ListenerHandle): void {
    const key = `${handle.proxyId}/${handle.bindId}`;
    const plan = this.#thread.plan.listeners.get(key);
    if (plan === undefined) throw new Error(`listener ${key} is not in the plan`);
    const host = { thread: this.#thread, pools: this.#pools, onSessionClosed: () => this.#reportDrained() };
    this.#listeners.push(new Listener(host, plan, handle.fd, handle.isUnix));
  }

  receive(message: ProcessToThread): void {
    switch (message.type) {
      case 'stop-listening':
        for (const listener of this.#listeners) listener.close();
        break;
      case 'pause-listeners':
        for (const listener of this.#listeners) listener.pause();
        break;
      case 'resume-listeners':
        for (const listener of this.#listeners) listener.resume();
        break;
      case 'pause-proxy':
        for (const listener of this.#listenersOf(message.proxyId)) listener.pause();
        break;
      case 'resume-proxy':
        for (const listener of this.#listenersOf(message.proxyId)) listener.resume();
        break;
      case 'drain':
        this.#thread.isDraining = true;
        for (const listener of this.#listeners) listener.drain();
        this.#pools.closeIdle();
        this.#reportDrained();
        break;
      case 'close-all':
        for (const listener of this.#listeners) listener.abortAll();
        break;
    }
  }

  #listenersOf(proxyId: number): Listener[] {
    return this.#listeners.filter((listener) => listener.plan.proxy.id === proxyId);
  }

  #reportDrained(): void {
    if (!this.#thread.isDraining) return;
    if (this.#listeners.every((listener) => listener.sessionCount === 0)) send({ type: 'drained' });
  }
}

function logFactory(start: ThreadStart): LogFactory {
  const { model, options } = start;
  const targets = new Map<string, LogTarget>();
  return {
    identity: {
      tag: model.global.logTag ?? options.programName,
      pid: process.pid,
      hostName: sentHostName(model),
    },
    site: {
      pid: process.pid,
      hostName: hostname(),
      requestLineMaxBytes: model.global.logUriBytes ?? LOG_URI_BYTES,
      isEarly: false,
    },
    textMaxBytes: textLimitOf(model.proxies.flatMap(({ logs }) => logs)),
    open(settings: TargetSettings): LogTarget {
      const { text } = settings.address;
      let target = targets.get(text);
      if (target === undefined) {
        target = openLogTarget(settings.address);
        targets.set(text, target);
      }
      return target;
    },
  };
}

/** `tune.http.logurilen` by default: HAProxy's 1024 without the byte that ends its text. */
const LOG_URI_BYTES = 1023;

/** `log-send-hostname`: the name in syslog headers; nothing without it. */
function sentHostName({ global }: Model): string {
  const { logHostname } = global;
  if (logHostname === undefined) return '';
  return logHostname === '' ? hostname() : logHostname;
}

function send(message: ThreadToProcess): void {
  parentPort!.postMessage(message);
}

bindPromised();
const worker = new WorkerThread(workerData as ThreadStart);
parentPort!.on('message', (message: ProcessToThread) => worker.receive(message));
send({ type: 'ready' });
