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
import type { ListenerHandle, MasterToProcess, ProcessToMaster, StartOptions } from '../messages.ts';
import { type Console, openConsole } from './console.ts';
import type { LimitNeeds } from './limits.ts';
import { type CrewOwner, ThreadCrew } from './thread-crew.ts';

/** What the main thread runs beside the threads: shared memory's control, runtime API and health checks. */
export interface Services {
  /** As ThreadCrew's option of this name. */
  reclaimThread(index: number): boolean;
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
  #listeners: readonly ListenerHandle[] = [];
  #model: Model | null = null;
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

  onDrained(): void {
    this.#master.send({ type: 'drained' });
    this.#exit(0);
  }

  #start({ model, listeners, options }: Extract<MasterToProcess, { type: 'start' }>): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'starting';
    this.#console = openConsole(2, options.isQuiet);
    this.#listeners = listeners;
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
    const own = listeners.filter((handle) => handle.thread < 0);
    const services = parts.openServices({
      model,
      options,
      shared,
      listeners: own,
      console: this.#console,
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
        model,
        listeners,
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
    for (const handle of this.#listeners) if (handle.thread >= 0) closeQuietly(handle.fd);
    this.#crew?.drain();
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

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Already closed: a second soft stop.
  }
}
