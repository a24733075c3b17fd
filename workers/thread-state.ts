/**
 * What one worker thread owns and everything on it shares: the plan in force, shared memory, the timer wheel, the
 * scratch buffer that heads are encoded into, and free lists of heads and buffers.
 */
import { HttpHead } from '../src/http/head.ts';
import type { TimerWheel } from '../src/time/timer-wheel.ts';
import { type SharedCounter, sharedCounter, takeNext } from './log/log-memory.ts';
import type { Plan } from './plan/plan.ts';
import type { SharedMemory } from './shared/shared-memory.ts';

/** Room for one encoded head and a read's worth of body behind it: one write instead of two. */
const SCRATCH_BYTES = 16 * 1024 + 64 * 1024 + 1024;

/** Free lists keep this many entries; a burst's surplus goes to the garbage collector. */
const FREE_LIST_MAX = 512;

export class ThreadState {
  readonly index: number;
  readonly shared: SharedMemory;
  readonly wheel: TimerWheel;
  readonly scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  /** Empty until the thread has compiled its own; replaced whole at a reload. */
  plan: Plan;
  /** Soft stop: answers carry `connection: close`, idle connections end. */
  isDraining = false;
  /** Monotonic time of the event being handled; `tick` reads it, once per event. */
  nowMs: number = performance.now();
  /** Client connections now open on this thread, and how many this thread has accepted. */
  openSessions = 0;
  /** Requests and TCP sessions numbered so far, by all threads. */
  readonly #numbered: SharedCounter = sharedCounter('requests');
  #freeHeads: HttpHead[] = [];
  #freeBuffers: Buffer[] = [];

  constructor(index: number, shared: SharedMemory, wheel: TimerWheel, limits: Plan['global']) {
    this.index = index;
    this.shared = shared;
    this.wheel = wheel;
    this.plan = { proxies: [], servers: new Map(), listeners: new Map(), global: limits };
  }

  /** To be called first by whatever the event loop calls: bytes, timers, accepts, turns in a queue. */
  tick(): void {
    this.nowMs = performance.now();
  }

  /** A number for a request or TCP session, counted over all threads from 0, in 32 bits. */
  takeNumber(): number {
    return takeNext(this.#numbered);
  }

  takeHead(): HttpHead {
    return this.#freeHeads.pop() ?? new HttpHead(this.plan.global.headLimits.maxHeaders);
  }

  giveHead(head: HttpHead): void {
    head.reset();
    if (this.#freeHeads.length < FREE_LIST_MAX) this.#freeHeads.push(head);
  }

  /** A buffer of `tune.bufsize` bytes. */
  takeBuffer(): Buffer {
    return this.#freeBuffers.pop() ?? Buffer.allocUnsafeSlow(this.plan.global.bufferBytes);
  }

  giveBuffer(buffer: Buffer): void {
    if (this.#freeBuffers.length < FREE_LIST_MAX && buffer.length === this.plan.global.bufferBytes)
      this.#freeBuffers.push(buffer);
  }
}
