/**
 * The thread's own event queue: sockets are watched here, and libuv watches the queue as a whole. One turn takes what
 * there is for all sockets, without a call from libuv into JavaScript for each.
 *
 * Edge-triggered: a socket is told once that something came. Who does not take all of it says so by `again`.
 */
import { EventQueue } from '../../src/system/epoll.ts';
import { EventLoopHook } from './event-loop-hook.ts';
import { noteOpened } from './owned-descriptors.ts';

/** Whoever has a descriptor in the reactor. */
export interface Watched {
  /** `events` are bits of EVENT. */
  ready(events: number): void;
}

/** A call that is to come from the event loop. */
export interface Deferred {
  runDeferred(): void;
}

/** What a turn does before it lets timers and messages have theirs. */
const ROUNDS_MOST = 4;

export class Reactor {
  readonly #queue: EventQueue;
  readonly #hook: EventLoopHook;
  /** By descriptor. */
  readonly #watched: (Watched | null)[] = [];
  /** By descriptor: which of the sockets that had its number, so that late events of an older one are known. */
  readonly #tags: number[] = [];
  #deferred: Deferred[] = [];
  #isInTurn = false;
  #isDeferring = false;
  /** What keeps the thread alive: open sockets and listeners. */
  #living = 0;

  private constructor(queue: EventQueue, hook: EventLoopHook) {
    this.#queue = queue;
    this.#hook = hook;
  }

  /** Null where the platform lacks it. */
  static create(): Reactor | null {
    if (process.platform !== 'linux') return null;
    const holder: { reactor: Reactor | null } = { reactor: null };
    try {
      const queue = new EventQueue();
      noteOpened(queue.fd);
      const hook = EventLoopHook.watch(queue.fd, () => holder.reactor?.turn());
      if (hook === null) return null;
      holder.reactor = new Reactor(queue, hook);
      return holder.reactor;
    } catch {
      return null;
    }
  }

  watch(fd: number, events: number, watched: Watched): void {
    const tag = ((this.#tags[fd] ?? 0) + 1) | 0;
    this.#tags[fd] = tag;
    this.#watched[fd] = watched;
    this.#queue.add(fd, events, tag);
  }

  change(fd: number, events: number): void {
    this.#queue.change(fd, events, this.#tags[fd]!);
  }

  /** The descriptor stays open: a listener that pauses. */
  unwatch(fd: number): void {
    this.#watched[fd] = null;
    this.#queue.remove(fd);
  }

  /** The descriptor is closed next, which takes it out of the queue. */
  forget(fd: number): void {
    this.#watched[fd] = null;
  }

  live(): void {
    if (this.#living++ === 0) this.#hook.ref();
  }

  die(): void {
    if (--this.#living === 0) this.#hook.unref();
  }

  /** Calls back from the event loop: at the end of this turn, or in one of its own. */
  defer(call: Deferred): void {
    this.#deferred.push(call);
    if (this.#isInTurn || this.#isDeferring) return;
    this.#isDeferring = true;
    setImmediate(runDeferred, this);
  }

  turn(): void {
    this.#isInTurn = true;
    for (let round = 0; round < ROUNDS_MOST; round++) {
      const count = this.#queue.take();
      for (let i = 0; i < count; i++) this.#tell(i);
      if (this.#deferred.length > 0) this.#runDeferred();
      if (count < this.#queue.most) break;
    }
    this.#isInTurn = false;
    if (this.#deferred.length > 0 && !this.#isDeferring) {
      this.#isDeferring = true;
      setImmediate(runDeferred, this);
    }
  }

  #tell(index: number): void {
    const fd = this.#queue.fdAt(index);
    const watched = this.#watched[fd];
    if (watched == null || this.#tags[fd] !== this.#queue.tagAt(index)) return;
    watched.ready(this.#queue.eventsAt(index));
  }

  /** What is deferred meanwhile has its turn later. */
  #runDeferred(): void {
    const calls = this.#deferred;
    this.#deferred = [];
    for (let i = 0; i < calls.length; i++) calls[i]!.runDeferred();
  }

  runImmediate(): void {
    this.#isDeferring = false;
    this.#runDeferred();
  }
}

function runDeferred(reactor: Reactor): void {
  reactor.runImmediate();
}
