/**
 * The worker threads of this process: started together, each restarted alone when it dies, drained together.
 *
 * ```
 *   starting ──all ready──▶ running ──drain()──▶ draining ──all drained──▶ drained
 *       └─ any thread fails ─▶ failed      └── a thread dies in its seat: restarted there, back-off from 0
 * ```
 */

import type { Model } from '../../config/model/model.ts';
import type { ListenerHandle, ProcessToThread, StartOptions, ThreadToProcess } from '../messages.ts';
import type { SlotNumbers } from '../shared/slots.ts';
import { type SeatOwner, type SeatWork, ThreadSeat } from './thread-seat.ts';

export type CrewPhase = 'starting' | 'running' | 'draining' | 'drained' | 'failed';

/** What the crew serves; a reload replaces it. */
export interface CrewWork {
  readonly model: Model;
  readonly slots: SlotNumbers;
  /** Of all threads, with the descriptors of this process. */
  readonly listeners: readonly ListenerHandle[];
}

export interface CrewOptions {
  /** The module each thread runs. */
  readonly entry: URL;
  readonly work: CrewWork;
  readonly options: StartOptions;
  readonly shared: SharedArrayBuffer;
  /** False when a new thread could not load its program any more: behind chroot. A dead thread then fails the crew. */
  readonly canRestart: boolean;
  /** A second descriptor of the same open socket, closed on exec. */
  duplicateFd(fd: number): number;
  /**
   * Gives back in shared memory what a dead thread still held: sessions, places in queues, locks. False: another dead
   * thread holds a lock that is needed, so to be called again.
   */
  reclaimThread(index: number): boolean;
}

export interface CrewOwner {
  /** All threads accept connections. Comes once. */
  onReady(): void;
  /** The crew cannot go on: a thread failed while starting, or died too often. The process should end. */
  onFailed(problem: string): void;
  /** A thread died and another takes its seat. */
  onRestarted(index: number, problem: string): void;
  /** The traffic of all threads has met as many errors of a server in a row as it may. */
  onErrorsObserved(serverSlot: number, lastError: string): void;
  onDrained(): void;
}

/** A seat whose thread dies this many times without ever being ready gives the process up. */
export const MOST_FAILURES = 5;
/** Milliseconds before a thread is restarted, by how many before it lived only shortly: the first two at once. */
const BACK_OFF_MS = [0, 0, 50, 200, 500] as const;
const LONGEST_BACK_OFF_MS = 1000;
/** How long to wait before shared memory is reclaimed again, and how often: a lock is held for microseconds. */
const RECLAIM_AGAIN_MS = 5;
const RECLAIM_TRIES = 200;

export class ThreadCrew implements SeatOwner {
  phase: CrewPhase = 'starting';
  readonly #seats: ThreadSeat[];
  readonly #options: CrewOptions;
  readonly #owner: CrewOwner;
  #work: CrewWork;
  /** Proxies whose listeners do not accept; a thread that is restarted must be told. */
  readonly #paused = new Set<number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: CrewOptions, owner: CrewOwner) {
    this.#options = options;
    this.#owner = owner;
    const { entry, shared, work, duplicateFd } = options;
    this.#work = work;
    this.#seats = Array.from({ length: options.options.threads }, (_, index) => {
      const start = { index, options: options.options, shared };
      return new ThreadSeat({ entry, start, work: workOf(index, work), duplicateFd }, this);
    });
  }

  start(): void {
    for (const seat of this.#seats) this.#seat(seat);
  }

  pause(): void {
    for (const { id } of this.#work.model.proxies) this.#paused.add(id);
    this.#tellAll({ type: 'pause-listeners' });
  }

  resume(): void {
    this.#paused.clear();
    this.#tellAll({ type: 'resume-listeners' });
  }

  pauseProxy(proxyId: number): void {
    this.#paused.add(proxyId);
    this.#tellAll({ type: 'pause-proxy', proxyId });
  }

  resumeProxy(proxyId: number): void {
    this.#paused.delete(proxyId);
    this.#tellAll({ type: 'resume-proxy', proxyId });
  }

  isPaused(proxyId: number): boolean {
    return this.#paused.has(proxyId);
  }

  /**
   * Has all threads compile a plan beside the one in force. Resolves to '' or to why it cannot come into force: it is
   * dropped then, and nothing has changed.
   */
  async prepare(model: Model, slots: SlotNumbers, unchanged: readonly string[]): Promise<string> {
    if (this.phase !== 'running') return `the worker threads are ${this.phase}`;
    const answers = await Promise.all(
      this.#seats.map(async (seat) => ({
        seat,
        answer: await seat.ask({ type: 'prepare', model, slots, unchanged }),
      })),
    );
    const problem = answers.map(({ seat, answer }) => problemOf(seat, answer)).find((text) => text !== '');
    if (problem === undefined && this.phase === 'running') return '';
    this.#tellAll({ type: 'abandon' });
    return problem ?? `the worker threads are ${this.phase}`;
  }

  /** What was prepared comes into force in all threads. */
  async commit(work: CrewWork): Promise<void> {
    const names = new Set(
      this.#work.model.proxies.filter(({ id }) => this.#paused.has(id)).map(({ name }) => name),
    );
    this.#work = work;
    this.#paused.clear();
    for (const { id, name } of work.model.proxies) if (names.has(name)) this.#paused.add(id);
    await Promise.all(this.#seats.map((seat) => seat.commit(workOf(seat.index, work))));
    for (const proxyId of this.#paused) this.#tellAll({ type: 'pause-proxy', proxyId });
  }

  /** Nobody else holds the sockets of removed binds any more. */
  release(): void {
    this.#tellAll({ type: 'release' });
  }

  /** Client connections by the key of their listener. */
  async count(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const answer of await Promise.all(this.#seats.map((seat) => seat.ask({ type: 'count' }))))
      if (answer?.type === 'counted')
        for (const [key, count] of answer.listeners) counts.set(key, (counts.get(key) ?? 0) + count);
    return counts;
  }

  /** Stops accepting at once and ends when the last connection has. `onDrained` follows, even if nothing runs. */
  drain(): void {
    if (this.phase === 'draining' || this.phase === 'drained') return;
    this.phase = 'draining';
    for (const timer of this.#timers) clearTimeout(timer);
    this.#tellAll({ type: 'stop-listening' });
    this.#tellAll({ type: 'drain' });
    this.#checkDrained();
  }

  /** Ends all connections; the threads then report drained. */
  closeAll(): void {
    this.#tellAll({ type: 'close-all' });
  }

  onReady(seat: ThreadSeat): void {
    if (this.phase === 'draining') {
      seat.tell({ type: 'stop-listening' });
      seat.tell({ type: 'drain' });
      return;
    }
    for (const proxyId of this.#paused) seat.tell({ type: 'pause-proxy', proxyId });
    if (this.phase !== 'starting' || this.#seats.some((each) => each.phase !== 'running')) return;
    this.phase = 'running';
    this.#owner.onReady();
  }

  onFailed(seat: ThreadSeat, problem: string): void {
    this.#fail(`worker thread ${seat.index} cannot start: ${problem}`);
  }

  onLost(seat: ThreadSeat, problem: string): void {
    if (this.phase === 'starting') this.#fail(`worker thread ${seat.index} died while starting: ${problem}`);
    else if (this.phase === 'running') this.#replace(seat, problem);
    else if (this.phase === 'draining') this.#reclaim(seat, RECLAIM_TRIES);
  }

  onDrained(): void {
    this.#checkDrained();
  }

  onErrorsObserved(serverSlot: number, lastError: string): void {
    this.#owner.onErrorsObserved(serverSlot, lastError);
  }

  /** Ends all streams on a server. */
  endSessions(serverSlot: number, letter: 'D' | 'U'): void {
    this.#tellAll({ type: 'end-sessions', serverSlot, letter });
  }

  #seat(seat: ThreadSeat): void {
    try {
      seat.seat();
    } catch (error) {
      this.#fail(`worker thread ${seat.index} cannot start: ${(error as Error).message}`);
    }
  }

  #replace(seat: ThreadSeat, problem: string): void {
    if (!this.#options.canRestart) this.#fail(`worker thread ${seat.index} died: ${problem}`);
    else if (seat.failures > MOST_FAILURES) {
      this.#fail(`worker thread ${seat.index} died ${seat.failures} times in a row: ${problem}`);
    } else {
      this.#owner.onRestarted(seat.index, problem);
      this.#reclaim(seat, RECLAIM_TRIES);
    }
  }

  #reclaim(seat: ThreadSeat, tries: number): void {
    if (this.phase === 'failed') return;
    if (this.#options.reclaimThread(seat.index)) this.#seatAgain(seat);
    else if (tries > 0) setTimeout(() => this.#reclaim(seat, tries - 1), RECLAIM_AGAIN_MS);
    else this.#fail(`what worker thread ${seat.index} held in shared memory cannot be given back`);
  }

  #seatAgain(seat: ThreadSeat): void {
    if (this.phase === 'running') this.#seatLater(seat, BACK_OFF_MS[seat.shortLives] ?? LONGEST_BACK_OFF_MS);
    else this.#checkDrained();
  }

  #seatLater(seat: ThreadSeat, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#seat(seat);
    }, delayMs);
    this.#timers.add(timer);
  }

  #fail(problem: string): void {
    if (this.phase === 'failed' || this.phase === 'drained') return;
    this.phase = 'failed';
    this.#owner.onFailed(problem);
  }

  #checkDrained(): void {
    if (this.phase !== 'draining') return;
    if (this.#seats.some((seat) => seat.phase === 'starting' || seat.phase === 'running')) return;
    this.phase = 'drained';
    this.#owner.onDrained();
  }

  #tellAll(message: ProcessToThread): void {
    for (const seat of this.#seats) seat.tell(message);
  }
}

function workOf(index: number, { model, slots, listeners }: CrewWork): SeatWork {
  return { model, slots, listeners: listeners.filter(({ thread }) => thread === index) };
}

function problemOf({ index }: ThreadSeat, answer: ThreadToProcess | null): string {
  if (answer === null) return `worker thread ${index} is being restarted`;
  if (answer.type !== 'prepared') return `worker thread ${index} answered out of turn`;
  return answer.problem === ''
    ? ''
    : `worker thread ${index} cannot use the configuration: ${answer.problem}`;
}
