/**
 * One worker thread's place in the crew: the thread that sits there now, and the file descriptors it was given.
 *
 * ```
 *   starting ──'ready'──▶ running ──'drained'──▶ drained ──exit──▶ gone
 *      └── exit before 'ready': lost ──▶ starting (the crew decides)
 * ```
 *
 * The listeners of the master stay open here for life; each thread gets duplicates, because a thread that ends
 * closes every socket it owns, and the next one must listen on the same queue of waiting connections.
 */
import { closeSync, fstatSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Model } from '../../config/model/model.ts';
import { createDescriptorBits, takeLeftDescriptors } from '../connection/owned-descriptors.ts';
import type { ListenerHandle, ProcessToThread, ThreadStart, ThreadToProcess } from '../messages.ts';
import type { SlotNumbers } from '../shared/slots.ts';

export type SeatPhase = 'starting' | 'running' | 'drained' | 'gone';

/** Told by a seat about its thread. `onLost` comes once for each thread that ended without having drained. */
export interface SeatOwner {
  onErrorsObserved(serverSlot: number, lastError: string): void;
  onReady(seat: ThreadSeat): void;
  onFailed(seat: ThreadSeat, problem: string): void;
  onLost(seat: ThreadSeat, problem: string): void;
  onDrained(seat: ThreadSeat): void;
}

/** The model a thread serves, and on which sockets; a reload replaces it. */
export interface SeatWork {
  readonly model: Model;
  readonly slots: SlotNumbers;
  /** This thread's listeners, as inherited from the master. */
  readonly listeners: readonly ListenerHandle[];
}

export interface SeatOptions {
  readonly entry: URL;
  readonly start: Omit<ThreadStart, 'listeners' | 'model' | 'slots' | 'descriptors'>;
  readonly work: SeatWork;
  duplicateFd(fd: number): number;
}

/** A thread that lives longer than this, in milliseconds, is restarted at once when it dies. */
const SHORT_LIFE_MS = 5000;

interface LentFd {
  readonly fd: number;
  readonly inode: number;
}

export class ThreadSeat {
  readonly index: number;
  phase: SeatPhase = 'gone';
  /** Threads that died here without being ready, since one last was. */
  failures = 0;
  /** Threads in a row that lived shorter than SHORT_LIFE_MS: what the back-off grows with. */
  shortLives = 0;
  readonly #options: SeatOptions;
  readonly #owner: SeatOwner;
  #worker: Worker | null = null;
  #work: SeatWork;
  /** By the listener's key. */
  readonly #lent = new Map<string, LentFd>();
  readonly #descriptors = createDescriptorBits();
  #onAnswer: ((answer: ThreadToProcess | null) => void) | null = null;
  #seatedAtMs = 0;

  constructor(options: SeatOptions, owner: SeatOwner) {
    this.index = options.start.index;
    this.#options = options;
    this.#work = options.work;
    this.#owner = owner;
  }

  /** Starts a thread here. Throws when the descriptors cannot be duplicated (EMFILE). */
  seat(): void {
    const { entry, start } = this.#options;
    const { model, slots, listeners } = this.#work;
    this.phase = 'starting';
    this.#seatedAtMs = performance.now();
    const workerData: ThreadStart = {
      ...start,
      model,
      slots,
      descriptors: this.#descriptors,
      listeners: listeners.map((handle) => this.#lend(handle)),
    };
    // Threads close descriptors that other calls than Node's opened: tracking them would only warn.
    const worker = new Worker(entry, { workerData, name: `worker ${this.index}`, trackUnmanagedFds: false });
    this.#worker = worker;
    let problem = '';
    worker.on('message', (message: ThreadToProcess) => this.#receive(message));
    worker.on('error', (error: unknown) => {
      problem = describe(error);
    });
    worker.once('exit', (code) => this.#exited(problem === '' ? `exited with code ${code}` : problem));
  }

  tell(message: ProcessToThread): void {
    this.#worker?.postMessage(message);
  }

  /** Sends a message that is answered. Resolves to null when the thread ends first. One at a time. */
  ask(message: ProcessToThread): Promise<ThreadToProcess | null> {
    return new Promise((resolve) => {
      if (this.#worker === null) {
        resolve(null);
        return;
      }
      this.#onAnswer = resolve;
      this.#worker.postMessage(message);
    });
  }

  /**
   * The prepared plan comes into force here. A thread that ends meanwhile is followed by one that has it. Throws when
   * descriptors cannot be duplicated (EMFILE): the thread is then without its new listeners.
   */
  commit(work: SeatWork): Promise<ThreadToProcess | null> {
    const keys = new Set(work.listeners.map(({ key }) => key));
    for (const key of this.#lent.keys()) if (!keys.has(key)) this.#lent.delete(key);
    const listeners = work.listeners.map((handle) =>
      this.#lent.has(handle.key) ? { ...handle, fd: -1 } : this.#lend(handle),
    );
    this.#work = work;
    return this.ask({ type: 'commit', listeners });
  }

  #lend(handle: ListenerHandle): ListenerHandle {
    const fd = this.#options.duplicateFd(handle.fd);
    this.#lent.set(handle.key, { fd, inode: fstatSync(fd).ino });
    return { ...handle, fd };
  }

  #answer(answer: ThreadToProcess | null): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(answer);
  }

  #receive(message: ThreadToProcess): void {
    switch (message.type) {
      case 'ready':
        if (this.phase !== 'starting') return;
        this.phase = 'running';
        this.failures = 0;
        this.#owner.onReady(this);
        return;
      case 'failed':
        this.#owner.onFailed(this, message.problem);
        return;
      case 'drained':
        if (this.phase === 'drained' || this.phase === 'gone') return;
        this.phase = 'drained';
        this.#owner.onDrained(this);
        return;
      case 'errors-observed':
        this.#owner.onErrorsObserved(message.serverSlot, message.lastError);
        return;
      default:
        this.#answer(message);
    }
  }

  #exited(problem: string): void {
    this.#worker = null;
    this.#answer(null);
    takeLeftDescriptors(this.#descriptors, closeLeft);
    this.#reclaimFds();
    const hadDrained = this.phase === 'drained';
    this.phase = 'gone';
    if (hadDrained) return;
    this.failures++;
    this.shortLives = performance.now() - this.#seatedAtMs < SHORT_LIFE_MS ? this.shortLives + 1 : 0;
    this.#owner.onLost(this, problem);
  }

  /**
   * Closes what the dead thread had not yet opened a server on. A number that another socket has taken meanwhile is
   * left alone: the inode tells, since no one else in this process listens on this thread's sockets.
   */
  #reclaimFds(): void {
    for (const { fd, inode } of this.#lent.values()) {
      try {
        if (fstatSync(fd).ino === inode) closeSync(fd);
      } catch {
        // Already closed with the thread: the usual case.
      }
    }
    this.#lent.clear();
  }
}

/** A client's or server's connection ends with the thread that had it. */
function closeLeft(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The thread died in the middle of closing it.
  }
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
