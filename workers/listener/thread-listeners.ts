/** All listening sockets of one thread, by their keys, over its reloads. */
import type { ListenerHandle, ProcessToThread } from '../messages.ts';
import type { ListenerPlan } from '../plan/plan.ts';
import { Listener, type ListenerHost } from './listener.ts';

export class ThreadListeners {
  readonly #host: ListenerHost;
  readonly #byKey = new Map<string, Listener>();
  /** Their binds are gone, their last sessions are not. */
  readonly #leaving = new Set<Listener>();
  #hardStop: NodeJS.Timeout | null = null;

  constructor(host: ListenerHost) {
    this.#host = host;
  }

  get sessionCount(): number {
    let count = 0;
    for (const listener of this.#all()) count += listener.sessionCount;
    return count;
  }

  /** Client connections by key; leaving ones have none any more. */
  counts(): Map<string, number> {
    return new Map([...this.#byKey].map(([key, listener]) => [key, listener.sessionCount]));
  }

  /**
   * Listens on exactly these sockets, by the thread's plan in force: kept ones go on with their connections, new ones
   * begin, and what is not among them leaves.
   */
  adopt(handles: readonly ListenerHandle[]): void {
    const keys = new Set(handles.map(({ key }) => key));
    for (const [key, listener] of this.#byKey) if (!keys.has(key)) this.#dismiss(key, listener);
    for (const handle of handles) this.#adoptOne(handle);
    this.#forgetEmpty();
  }

  /** Closes the sockets of binds that are gone. */
  #release(): void {
    for (const listener of this.#leaving) listener.close();
    this.#forgetEmpty();
  }

  #forgetEmpty(): void {
    for (const listener of this.#leaving)
      if (!listener.isListening && listener.sessionCount === 0) this.#leaving.delete(listener);
  }

  #adoptOne(handle: ListenerHandle): void {
    const plan = this.#planOf(handle);
    const before = this.#byKey.get(handle.key);
    if (before === undefined) {
      this.#byKey.set(handle.key, new Listener(this.#host, plan, handle.fd, handle.isUnix));
      return;
    }
    if (before.adopt(plan)) return;
    const fd = before.duplicateSocket();
    this.#dismiss(handle.key, before);
    before.close();
    this.#byKey.set(handle.key, new Listener(this.#host, plan, fd, handle.isUnix));
  }

  #planOf({ proxyId, bindId }: ListenerHandle): ListenerPlan {
    const key = `${proxyId}/${bindId}`;
    const plan = this.#host.thread.plan.listeners.get(key);
    if (plan === undefined) throw new Error(`listener ${key} is not in the plan`);
    return plan;
  }

  #dismiss(key: string, listener: Listener): void {
    this.#byKey.delete(key);
    listener.leave();
    this.#leaving.add(listener);
    this.#boundWait();
  }

  /** `hard-stop-after` bounds how long connections of removed binds may last (manual section 3.1). */
  #boundWait(): void {
    const { hardStopMs } = this.#host.thread.plan.global;
    if (hardStopMs < 0 || this.#hardStop !== null) return;
    const leaving = [...this.#leaving];
    this.#hardStop = setTimeout(() => {
      this.#hardStop = null;
      this.#host.thread.tick();
      for (const listener of leaving) listener.abortAll();
      if (this.#leaving.size > leaving.length) this.#boundWait();
    }, hardStopMs);
    this.#hardStop.unref();
  }

  drain(): void {
    for (const listener of this.#all()) listener.drain();
  }

  obey(message: ProcessToThread): void {
    switch (message.type) {
      case 'release':
        this.#release();
        break;
      case 'stop-listening':
        for (const listener of this.#all()) listener.close();
        break;
      case 'pause-listeners':
        for (const listener of this.#byKey.values()) listener.pause();
        break;
      case 'resume-listeners':
        for (const listener of this.#byKey.values()) listener.resume();
        break;
      case 'pause-proxy':
        for (const listener of this.#of(message.proxyId)) listener.pause();
        break;
      case 'resume-proxy':
        for (const listener of this.#of(message.proxyId)) listener.resume();
        break;
      case 'end-sessions':
        for (const listener of this.#all()) listener.endOn(message.serverSlot, message.letter);
        break;
      case 'close-all':
        for (const listener of this.#all()) listener.abortAll();
        break;
    }
  }

  #of(proxyId: number): Listener[] {
    return [...this.#byKey.values()].filter((listener) => listener.plan.proxy.id === proxyId);
  }

  #all(): Listener[] {
    return [...this.#byKey.values(), ...this.#leaving];
  }
}
