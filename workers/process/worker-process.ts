/**
 * The worker process's main thread: carries out what the master says, and owns the threads, the runtime API and
 * the health checks. No client traffic.
 *
 * ```
 *   waiting ──'start'──▶ starting ──crew ready──▶ running ──'soft-stop'──▶ stopping ──drained──▶ exit 0
 *                           └─ failed ─▶ exit 1      └── 'hard-stop' ─▶ exit 0
 *   in any state: the master's channel closes ─▶ exit 1 (no orphans); an uncaught exception ─▶ exit 1
 * ```
 */
import { closeSync } from 'node:fs';
import type { Model } from '../../config/model/model.ts';
import { trimMemory } from '../../src/system/trim-memory.ts';
import type {
  ListenerHandle,
  MasterToProcess,
  ProcessToMaster,
  ReloadVerdict,
  StartOptions,
} from '../messages.ts';
import { unchangedProxies } from '../plan/unchanged-proxies.ts';
import { SlotBook, type SlotChange } from '../shared/slot-book.ts';
import { firstNumbers, type SlotEntry } from '../shared/slots.ts';
import { type Console, openConsole } from './console.ts';
import type { LimitNeeds } from './limits.ts';
import { type CrewOwner, ThreadCrew } from './thread-crew.ts';

/** A model that has come into force in all threads. */
export interface Adoption {
  readonly model: Model;
  readonly change: SlotChange;
  /** Limits that the configuration has changed, by slot. */
  readonly maxconns: ReadonlyMap<number, number>;
  /** The listeners of the main thread; `fd` -1 for those it has already. */
  readonly listeners: readonly ListenerHandle[];
}

/** What the main thread runs beside the threads: shared memory's control, runtime API and health checks. */
export interface Services {
  /** A reload comes into force next: servers that it removes from their backends take no new streams from now on. */
  retire(change: SlotChange): void;
  adopt(adoption: Adoption): void;
  /** Sessions now on each of these. */
  sessions(entries: readonly SlotEntry[]): Map<string, number>;
  /** As ThreadCrew's option of this name. */
  reclaimThread(index: number): boolean;
  errorsObserved(serverSlot: number, lastError: string): void;
  /** Threads accept: begin to check and to answer. */
  start(): void;
  /** The listeners close: the soft stop has begun. Comes once. */
  stopping(): void;
  paused(): void;
  resumed(): void;
  /** One line of the runtime API; the answer's whole text. */
  command(line: string, level: 'user' | 'operator' | 'admin'): Promise<string>;
  close(): void;
}

/** The parts that the process is put together from; tests bring stand-ins. */
export interface ProcessParts {
  readonly threadEntry: URL;
  createShared(model: Model, threads: number): SharedArrayBuffer;
  duplicateFd(fd: number): number;
  /** Takes descriptors that the master has sent beside a message. Throws with a text for the operator. */
  receiveFds(count: number): number[];
  /** Raises the limits of this process; the model with the `maxconn` in force. Throws with a text for the operator. */
  applyLimits(needs: LimitNeeds): Model;
  /** chroot, setgid, setuid as the configuration says. Throws with a text for the operator. */
  dropPrivileges(model: Model, console: Console): void;
  openServices(start: ServicesStart): Services;
}

export interface ServicesStart {
  readonly model: Model;
  readonly options: StartOptions;
  readonly shared: SharedArrayBuffer;
  /** The listeners of the main thread: stats sockets. */
  readonly listeners: readonly ListenerHandle[];
  readonly console: Console;
  readonly accepting: Accepting;
  /** Ends all streams on a server, in all threads. */
  endSessions(serverSlot: number, letter: 'D' | 'U'): void;
}

/** Whether the threads accept connections, by proxy. */
export interface Accepting {
  pause(proxyId: number): void;
  resume(proxyId: number): void;
  isPaused(proxyId: number): boolean;
}

/** The channel to the master: `process` itself, or a stand-in. */
export interface MasterChannel {
  send(message: ProcessToMaster): void;
  exit(code: number): void;
}

type Phase = 'waiting' | 'starting' | 'running' | 'stopping';

/** How long threads have for closing what is left after `hardStopMs`, in milliseconds, before the process ends anyway. */
const CLOSING_MS = 1000;

export class WorkerProcess implements CrewOwner {
  readonly #parts: ProcessParts;
  readonly #master: MasterChannel;
  #phase: Phase = 'waiting';
  #crew: ThreadCrew | null = null;
  #services: Services | null = null;
  #console: Console = openConsole(2, false);
  /** By key, with the descriptors of this process. */
  #listeners: ReadonlyMap<string, ListenerHandle> = new Map();
  /** Of binds that a reload has removed, until the master has let go of them too. */
  #released: ListenerHandle[] = [];
  #model: Model | null = null;
  #book: SlotBook | null = null;
  #options: StartOptions | null = null;
  #hasStoppedListening = false;
  #exitsOnceStarted = false;

  constructor(parts: ProcessParts, master: MasterChannel) {
    this.#parts = parts;
    this.#master = master;
  }

  receive(message: MasterToProcess): void {
    switch (message.type) {
      case 'start':
        this.#start(message);
        break;
      case 'soft-stop':
        this.softStop(message.graceMs, message.hardStopMs);
        break;
      case 'hard-stop':
        // A thread that is terminated while it starts may abort the process; it is ready in a moment.
        if (this.#phase === 'starting') this.#exitsOnceStarted = true;
        else this.#exit(0);
        break;
      case 'pause-listeners':
        this.#crew?.pause();
        this.#services?.paused();
        break;
      case 'resume-listeners':
        this.#crew?.resume();
        this.#services?.resumed();
        break;
      case 'reload':
        this.#reload(message);
        break;
      case 'release':
        this.#release();
        break;
      case 'count':
        this.#count(message.ticket);
        break;
      case 'command':
        this.#command(message);
    }
  }

  /** Stops accepting after `graceMs`; what still runs `hardStopMs` later (-1: never) is closed. */
  softStop(graceMs: number, hardStopMs: number): void {
    if (this.#phase === 'stopping') return;
    this.#phase = 'stopping';
    if (this.#crew === null) {
      this.#exit(0);
      return;
    }
    if (graceMs > 0) setTimeout(() => this.#stopListening(), graceMs);
    else this.#stopListening();
    if (hardStopMs >= 0) setTimeout(() => this.#endWhatIsLeft(), graceMs + hardStopMs);
  }

  /** For an exception that nobody caught: says it and ends, so that the master starts a new process. */
  crash(error: unknown): void {
    this.#console.write(
      'ALERT',
      `uncaught exception: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    this.#exit(1);
  }

  /** The master is gone. */
  orphaned(): void {
    this.#exit(1);
  }

  onReady(): void {
    if (this.#exitsOnceStarted) {
      this.#exit(0);
      return;
    }
    try {
      this.#services?.start();
      if (this.#model !== null) this.#parts.dropPrivileges(this.#model, this.#console);
    } catch (error) {
      this.onFailed((error as Error).message);
      return;
    }
    this.#phase = 'running';
    this.#master.send({ type: 'ready' });
    setImmediate(trimMemory);
  }

  /** While starting, the master says it and a line here would be the second; later only this process can. */
  onFailed(problem: string): void {
    if (this.#phase === 'running') this.#console.write('ALERT', problem);
    this.#master.send({ type: 'failed', problem });
    this.#exit(1);
  }

  onRestarted(index: number, problem: string): void {
    this.#console.write('ALERT', `worker thread ${index} died and is restarted: ${problem}`);
    this.#master.send({ type: 'thread-restarted', thread: index, problem });
  }

  onErrorsObserved(serverSlot: number, lastError: string): void {
    this.#services?.errorsObserved(serverSlot, lastError);
  }

  onDrained(): void {
    this.#master.send({ type: 'drained' });
    this.#exit(0);
  }

  #start({ model, listeners, options }: Extract<MasterToProcess, { type: 'start' }>): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'starting';
    this.#console = openConsole(2, options.isQuiet);
    this.#options = options;
    this.#listeners = byKey(listeners);
    try {
      this.#build(model, listeners, options);
    } catch (error) {
      this.onFailed((error as Error).message);
    }
  }

  #build(configured: Model, listeners: readonly ListenerHandle[], options: StartOptions): void {
    const parts = this.#parts;
    const model = parts.applyLimits({
      model: configured,
      listeners: listeners.length,
      threads: options.threads,
      console: this.#console,
    });
    this.#model = model;
    const shared = parts.createShared(model, options.threads);
    this.#book = new SlotBook(shared, model);
    const own = listeners.filter((handle) => handle.thread < 0);
    const services = parts.openServices({
      model,
      options,
      shared,
      listeners: own,
      console: this.#console,
      endSessions: (serverSlot, letter) => this.#crew?.endSessions(serverSlot, letter),
      accepting: {
        pause: (proxyId) => this.#crew?.pauseProxy(proxyId),
        resume: (proxyId) => this.#crew?.resumeProxy(proxyId),
        isPaused: (proxyId) => this.#crew?.isPaused(proxyId) ?? false,
      },
    });
    this.#services = services;
    this.#crew = new ThreadCrew(
      {
        entry: parts.threadEntry,
        work: { model, slots: firstNumbers(model), listeners },
        options,
        shared,
        canRestart: model.global.chroot === undefined,
        duplicateFd: parts.duplicateFd,
        reclaimThread: (index) => services.reclaimThread(index),
      },
      this,
    );
    this.#crew.start();
  }

  /** The inherited descriptors go too: a listening socket that nobody accepts from would still take connections. */
  #stopListening(): void {
    if (this.#hasStoppedListening) return;
    this.#hasStoppedListening = true;
    this.#services?.stopping();
    for (const { thread, fd } of this.#listeners.values()) if (thread >= 0) closeQuietly(fd);
    this.#closeReleased();
    this.#crew?.drain();
  }

  /** Takes a model into use in place. Never throws; where it fails, nothing has changed. */
  async #reload({ ticket, model, listeners }: Extract<MasterToProcess, { type: 'reload' }>): Promise<void> {
    let verdict: ReloadVerdict;
    try {
      verdict = await this.#adopt(model, listeners);
    } catch (error) {
      verdict = { outcome: 'failed', problem: (error as Error).message };
    }
    this.#master.send({ type: 'reloaded', ticket, verdict });
    setImmediate(trimMemory);
  }

  async #adopt(configured: Model, handles: readonly ListenerHandle[]): Promise<ReloadVerdict> {
    const listeners = this.#receiveListeners(handles);
    const isOld = ({ key }: ListenerHandle): boolean => this.#listeners.has(key);
    const refuse = (verdict: ReloadVerdict): ReloadVerdict => {
      for (const handle of listeners) if (!isOld(handle)) closeQuietly(handle.fd);
      return verdict;
    };
    const [crew, services, book, before] = [this.#crew, this.#services, this.#book, this.#model];
    if (this.#phase !== 'running' || crew === null || services === null || book === null || before === null)
      return refuse({ outcome: 'failed', problem: `the worker process is ${this.#phase}` });
    const options = this.#options!;
    try {
      const model = this.#parts.applyLimits({
        model: configured,
        listeners: listeners.length,
        threads: options.threads,
        console: this.#console,
      });
      const change = book.plan(model);
      if (typeof change === 'string') return refuse({ outcome: 'replace', reason: change });
      const problem = await crew.prepare(model, change.numbers, unchangedProxies(before, model));
      if (problem !== '') return refuse({ outcome: 'failed', problem });
      const counts = new Map([...services.sessions(book.entries), ...(await crew.count())]);
      services.retire(change);
      await crew.commit({ model, slots: change.numbers, listeners });
      const maxconns = book.commit(change);
      const own = listeners.filter(({ thread }) => thread < 0);
      services.adopt({
        model,
        change,
        maxconns,
        listeners: own.map((handle) => (isOld(handle) ? { ...handle, fd: -1 } : handle)),
      });
      this.#model = model;
      this.#keepListeners(listeners);
      return { outcome: 'done', counts };
    } catch (error) {
      return refuse({ outcome: 'failed', problem: (error as Error).message });
    }
  }

  /** With the descriptors of this process: those it has, and those that have just come. */
  #receiveListeners(handles: readonly ListenerHandle[]): ListenerHandle[] {
    const fresh = handles.filter(({ key }) => !this.#listeners.has(key)).length;
    const fds = fresh === 0 ? [] : this.#parts.receiveFds(fresh);
    return handles.map((handle) => ({
      ...handle,
      fd: this.#listeners.get(handle.key)?.fd ?? fds.shift()!,
    }));
  }

  #keepListeners(listeners: readonly ListenerHandle[]): void {
    const kept = byKey(listeners);
    for (const [key, handle] of this.#listeners)
      if (!kept.has(key) && handle.thread >= 0) this.#released.push(handle);
    this.#listeners = kept;
  }

  /** The threads' descriptors of removed binds are then the last ones: they empty the queues and close. */
  #release(): void {
    this.#closeReleased();
    this.#crew?.release();
  }

  #closeReleased(): void {
    for (const { fd } of this.#released) closeQuietly(fd);
    this.#released = [];
  }

  async #count(ticket: number): Promise<void> {
    const sessions = this.#services?.sessions(this.#book?.entries ?? []) ?? [];
    const connections = (await this.#crew?.count()) ?? [];
    this.#master.send({ type: 'counted', ticket, counts: new Map([...sessions, ...connections]) });
  }

  #endWhatIsLeft(): void {
    this.#console.write('WARNING', 'soft-stop running for too long, performing a hard-stop.');
    this.#stopListening();
    this.#crew?.closeAll();
    setTimeout(() => this.#exit(0), CLOSING_MS);
  }

  async #command({ ticket, line, level }: Extract<MasterToProcess, { type: 'command' }>): Promise<void> {
    const text = (await this.#services?.command(line, level)) ?? '';
    this.#master.send({ type: 'command-answer', ticket, text });
  }

  #exit(code: number): void {
    this.#services?.close();
    this.#master.exit(code);
  }
}

function byKey(listeners: readonly ListenerHandle[]): Map<string, ListenerHandle> {
  return new Map(listeners.map((handle) => [handle.key, handle]));
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Already closed: a second soft stop.
  }
}
