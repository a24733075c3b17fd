/**
 * Supervises the worker process: starts it on the listening sockets that the master holds, replaces it at a reload,
 * starts it again when it crashes, and brings everything to an end.
 *
 * ```
 *              ┌───────── crash: back-off, same sockets ─────────┐
 *              ▼                                                 │
 *   idle ──▶ starting ──ready──▶ serving ──────────────────▶ (crashed)
 *              │                    │  ▲
 *              │ failed             │  └── reload: a new process serves, the old one leaves;
 *              ▼                    │      any failure leaves the old one serving
 *         StartError                └──softStop(), stop()──▶ stopping ──last process gone──▶ ended
 * ```
 *
 * It knows nothing of signals, files or command lines: those come as calls and as parts.
 */
import type { Model } from '../config/model/model.ts';
import { trimMemory } from '../src/system/trim-memory.ts';
import type { ConnectionCounts } from '../workers/messages.ts';
import { BindError, ListenerBook, type Preparation } from './listener-book.ts';
import { describeChanges, diffModels, type KeywordNames, type ModelDiff } from './model-diff.ts';
import type { ProgramLog } from './program-log.ts';
import { RestartDelay } from './restart-delay.ts';
import { type ChildExit, type ChildOwner, WorkerChild } from './worker-child.ts';

/** A configuration that was read and checked. */
export interface Configuration {
  readonly model: Model;
  /** The environment as its files leave it: that of the worker process. */
  readonly environment: ReadonlyMap<string, string>;
  readonly keywordNames: KeywordNames;
}

/** A configuration, or what is wrong with it (already reported). */
export type Candidate = Configuration | { readonly problem: string };

export interface SupervisorParts {
  readonly log: ProgramLog;
  /** Reads the configuration again, and reports what is wrong with it. */
  loadCandidate(): Promise<Candidate>;
  /** The module of the worker process, and flags of Node for it. */
  readonly workerEntry: string;
  readonly workerEnvironment: { readonly [name: string]: string };
  readonly nodeFlags: readonly string[];
  /** Tells the service manager, such as `READY=1`. */
  notify(state: string): void;
  /** Everything has ended; `status` is the last worker process's. */
  onEnded(status: number): void;
}

export interface SupervisorOptions {
  readonly programName: string;
  readonly version: string;
  readonly isQuiet: boolean;
  readonly nodeName: string;
  /** `--workers`: precedes `nbthread`. */
  readonly workers: number | null;
  readonly defaultThreads: number;
  /** Report the comings and goings of processes as HAProxy's master does. */
  readonly isReporting: boolean;
}

export interface ReloadResult {
  readonly isDone: boolean;
  readonly problem: string;
}

export type StopStyle = 'soft' | 'hard';

/** How long a worker process has to obey a hard stop, in milliseconds, before it is killed. */
const HARD_STOP_PATIENCE_MS = 2000;

export class Supervisor implements ChildOwner {
  readonly startedAtMs = Date.now();
  /** Reloads since the master started, and how many failed since the last that did not: `show proc`. */
  reloads = 0;
  failedReloads = 0;
  current: WorkerChild | null = null;
  readonly old = new Set<WorkerChild>();
  readonly #parts: SupervisorParts;
  readonly #options: SupervisorOptions;
  readonly #book = new ListenerBook();
  readonly #delay = new RestartDelay();
  #phase: 'idle' | 'serving' | 'stopping' | 'ended' = 'idle';
  /** The process that is to serve next. */
  #starting: WorkerChild | null = null;
  #reloading: Promise<ReloadResult> | null = null;
  #inUse: { readonly configuration: Configuration; readonly preparation: Preparation } | null = null;
  #generation = 0;
  #isPaused = false;
  #restart: NodeJS.Timeout | null = null;
  #status = 0;
  /** A soft stop was asked for during the start. */
  #stopsOnceStarted = false;

  constructor(parts: SupervisorParts, options: SupervisorOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get isStopping(): boolean {
    return this.#phase === 'stopping' || this.#phase === 'ended';
  }

  /** The configuration in use; null before the start. */
  get model(): Model | null {
    return this.#inUse?.configuration.model ?? null;
  }

  threadsOf(model: Model): number {
    return this.#options.workers ?? model.global.nbthread ?? this.#options.defaultThreads;
  }

  /** Binds and starts. Resolves once connections are accepted. Throws BindError or StartError. */
  async start(configuration: Configuration): Promise<void> {
    const start = this.#start(configuration);
    // A reload that is asked for before the start is over comes behind it.
    this.#reloading = start.then(
      () => ({ isDone: true, problem: '' }),
      (error: Error) => ({ isDone: false, problem: error.message }),
    );
    await start;
    if (this.#stopsOnceStarted) this.stop('soft');
  }

  async #start(configuration: Configuration): Promise<void> {
    const preparation = await this.#prepare(configuration);
    const child = await this.#startProcess(configuration, preparation);
    this.#adopt(child, configuration, preparation);
    if (this.#phase === 'idle') this.#phase = 'serving';
    if (this.#options.isReporting) this.#parts.log.notice('Loading success.');
    this.#parts.notify(`READY=1\nSTATUS=Ready.\nMAINPID=${process.pid}`);
  }

  /**
   * Takes the configuration as it is now into use: a new worker process on the same sockets. Reloads asked for while
   * one runs are one reload behind it. Never throws; nothing has changed when it fails.
   */
  reload(style: StopStyle = 'soft'): Promise<ReloadResult> {
    const before = this.#reloading ?? Promise.resolve();
    const mine = before.then(() => this.#reload(style));
    this.#reloading = mine;
    return mine.finally(() => {
      if (this.#reloading === mine) this.#reloading = null;
    });
  }

  /** Ends: softly when the connections have ended, hard at once. `onEnded` follows. */
  stop(style: StopStyle): void {
    if (this.#phase === 'ended') return;
    if (this.#phase === 'idle' && style === 'soft') {
      // Connections may have been accepted by now: the start goes on, and they end as they would have.
      this.#stopsOnceStarted = true;
      return;
    }
    const isFirst = this.#phase !== 'stopping';
    this.#phase = 'stopping';
    if (isFirst) {
      this.#parts.notify('STOPPING=1');
      if (this.#options.isReporting) this.#parts.log.warning('Exiting Master process...');
    }
    if (this.#restart !== null) clearTimeout(this.#restart);
    // The worker processes' own descriptors are the last ones then: they empty the queues before they close them.
    this.#book.closeAll();
    this.#abandonStart();
    for (const child of this.#children()) this.#retire(child, style);
    this.#endIfAlone();
  }

  pause(): void {
    this.#isPaused = true;
    this.current?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.current?.resume();
  }

  /** A process of this master by its number, for the master CLI. */
  findChild(pid: number): WorkerChild | undefined {
    return this.#children().find((child) => child.pid === pid);
  }

  onFailed(_child: WorkerChild, problem: string): void {
    this.#parts.log.keep('alert', problem);
  }

  onThreadRestarted(child: WorkerChild, thread: number): void {
    if (this.#options.isReporting)
      this.#parts.log.warning(`Thread ${thread + 1} of worker (${child.pid}) was restarted`);
  }

  onGone(child: WorkerChild, exit: ChildExit): void {
    if (this.#starting === child) this.#starting = null;
    else if (this.current === child) this.#currentGone(child, exit);
    else if (this.old.delete(child) && this.#options.isReporting)
      this.#parts.log.warning(`Former worker (${child.pid}) exited with ${exit.text}`);
    this.#endIfAlone();
  }

  #currentGone(child: WorkerChild, exit: ChildExit): void {
    this.current = null;
    if (this.isStopping) {
      this.#status = exit.status;
      if (this.#options.isReporting)
        this.#parts.log.warning(`Current worker (${child.pid}) exited with ${exit.text}`);
      return;
    }
    const waitMs = this.#delay.afterCrash(Date.now() - child.startedAtMs);
    const when = waitMs === 0 ? 'at once' : `in ${waitMs} ms`;
    this.#parts.log.alert(`Current worker (${child.pid}) exited with ${exit.text}, starting another ${when}`);
    this.#restartIn(waitMs);
  }

  #restartIn(waitMs: number): void {
    if (waitMs === 0) {
      this.#restartNow();
      return;
    }
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.#restartNow();
    }, waitMs);
  }

  async #restartNow(): Promise<void> {
    if (this.#inUse === null || !this.#isWithoutProcess()) return;
    const { configuration, preparation } = this.#inUse;
    const startedAtMs = Date.now();
    try {
      const child = await this.#startProcess(configuration, preparation);
      this.#serveBy(child);
      if (this.#options.isReporting) this.#parts.log.notice('Loading success.');
    } catch (error) {
      if (!this.#isWithoutProcess()) return;
      const waitMs = Math.max(this.#delay.afterCrash(Date.now() - startedAtMs), 1);
      this.#parts.log.alert(
        `The worker process cannot start: ${(error as Error).message}; trying again in ${waitMs} ms`,
      );
      this.#restartIn(waitMs);
    }
  }

  #isWithoutProcess(): boolean {
    return !this.isStopping && this.current === null && this.#starting === null;
  }

  async #reload(style: StopStyle): Promise<ReloadResult> {
    if (this.#phase !== 'serving') return { isDone: false, problem: 'the master is not serving' };
    const { log, notify, loadCandidate } = this.#parts;
    this.reloads++;
    for (const child of this.#children()) child.reloads++;
    log.beginStart();
    if (this.#options.isReporting) log.notice('Reloading HAProxy');
    else log.notice('reloading the configuration');
    notify(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}\nSTATUS=Reloading Configuration.`);
    let result: ReloadResult;
    try {
      const candidate = await loadCandidate();
      result =
        'problem' in candidate
          ? { isDone: false, problem: candidate.problem }
          : await this.#change(candidate, style);
    } catch (error) {
      result = { isDone: false, problem: (error as Error).message };
      log.alert(result.problem);
    }
    this.#reportReload(result);
    // Pool thread, models and texts: nothing of them is needed any more.
    setImmediate(trimMemory);
    return result;
  }

  #reportReload(result: ReloadResult): void {
    const { log, notify } = this.#parts;
    if (result.isDone) {
      this.failedReloads = 0;
      log.notice(this.#options.isReporting ? 'Loading success.' : 'the new configuration is in use');
      notify('READY=1\nSTATUS=Ready.');
    } else {
      this.failedReloads++;
      log.warning(this.#options.isReporting ? 'Loading failure!' : 'the old configuration stays in use');
      notify('READY=1\nSTATUS=Reload failed!');
    }
  }

  /** In place where the running process can; else by another process. */
  async #change(configuration: Configuration, style: StopStyle): Promise<ReloadResult> {
    let preparation: Preparation;
    try {
      preparation = await this.#prepare(configuration);
    } catch (error) {
      const lines = error instanceof BindError ? error.lines : [(error as Error).message];
      for (const line of lines) this.#parts.log.alert(line);
      return { isDone: false, problem: lines.join('\n') };
    }
    const before = this.#inUse!.configuration;
    const diff = diffModels(before.model, configuration.model, configuration.keywordNames);
    const reason =
      style === 'hard' ? 'all connections are to end' : this.#whyReplaced(before, configuration, diff);
    if (reason !== '') return this.#replace(configuration, preparation, { style, reason, diff });
    const verdict = await this.current!.reload(configuration.model, preparation.grants);
    if (verdict.outcome === 'replace')
      return this.#replace(configuration, preparation, { style, reason: verdict.reason, diff });
    if (verdict.outcome === 'failed') {
      preparation.cancel();
      this.#parts.log.alert(verdict.problem);
      return { isDone: false, problem: verdict.problem };
    }
    preparation.commit();
    this.#inUse = { configuration, preparation };
    this.current?.release();
    this.#reportChanges(diff, verdict.counts, 'in place');
    return { isDone: true, problem: '' };
  }

  /** '' when the running process can take the change. */
  #whyReplaced(before: Configuration, after: Configuration, diff: ModelDiff): string {
    const { current } = this;
    if (current === null || current.phase !== 'serving') return 'no worker process is serving';
    if (!current.canTakeSockets) return 'this platform cannot hand sockets to a running process';
    if (this.threadsOf(before.model) !== this.threadsOf(after.model)) return 'the number of workers changes';
    if (!isSameEnvironment(before.environment, after.environment)) return 'the environment changes';
    return diff.replaceReason;
  }

  #reportChanges({ changes }: ModelDiff, counts: ConnectionCounts, how: string): void {
    const { log } = this.#parts;
    for (const line of describeChanges(changes, counts)) log.notice(line);
    log.notice(changes.length === 0 ? `nothing has changed, taken ${how}` : `changed ${how}`);
  }

  async #replace(
    configuration: Configuration,
    preparation: Preparation,
    { style, reason, diff }: { readonly style: StopStyle; readonly reason: string; readonly diff: ModelDiff },
  ): Promise<ReloadResult> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    try {
      const counts = (await this.current?.count()) ?? new Map();
      const child = await this.#startProcess(configuration, preparation);
      const previous = this.current;
      this.#reportChanges(diff, counts, `by a new worker process: ${reason}`);
      this.#adopt(child, configuration, preparation);
      if (previous !== null) {
        this.old.add(previous);
        this.#retire(previous, style);
      }
    } catch (error) {
      if (this.#isWithoutProcess()) this.#restartIn(0);
      return { isDone: false, problem: (error as Error).message };
    }
    this.#delay.reset();
    return { isDone: true, problem: '' };
  }

  #prepare({ model }: Configuration): Promise<Preparation> {
    return this.#book.prepare(model, this.threadsOf(model));
  }

  /** A process serves what was prepared from now on. */
  #adopt(child: WorkerChild, configuration: Configuration, preparation: Preparation): void {
    // Before the old process stops: its descriptors are then the last of what is removed, and it empties the queues.
    preparation.commit();
    this.#inUse = { configuration, preparation };
    this.#serveBy(child);
  }

  #serveBy(child: WorkerChild): void {
    this.current = child;
    if (this.#isPaused) child.pause();
  }

  /** Resolves when the process accepts connections; what was bound for it is closed where it never will. */
  async #startProcess(
    { model, environment: configured }: Configuration,
    preparation: Preparation,
  ): Promise<WorkerChild> {
    this.#abandonStart();
    this.#generation++;
    const { programName, version, isQuiet, nodeName } = this.#options;
    const start = {
      threads: this.threadsOf(model),
      programName,
      version,
      masterPid: process.pid,
      generation: this.#generation,
      isQuiet,
      nodeName: model.global.node ?? nodeName,
      startedAtMs: this.startedAtMs,
    };
    const { workerEntry: entry, nodeFlags, workerEnvironment } = this.#parts;
    const environment = new Map([...configured, ...Object.entries(workerEnvironment)]);
    try {
      const child = new WorkerChild(
        { entry, nodeFlags, model, environment, grants: preparation.grants, start },
        this,
      );
      this.#starting = child;
      if (this.#options.isReporting) this.#parts.log.notice(`New worker (${child.pid}) forked`);
      await child.ready;
      this.#starting = null;
      return child;
    } catch (error) {
      preparation.cancel();
      throw error;
    }
  }

  #abandonStart(): void {
    const child = this.#starting;
    if (child === null) return;
    this.#starting = null;
    this.old.add(child);
    child.end(HARD_STOP_PATIENCE_MS);
  }

  #retire(child: WorkerChild, style: StopStyle): void {
    const { graceMs, hardStopAfterMs } = child.model.global;
    if (style === 'hard') child.end(HARD_STOP_PATIENCE_MS);
    else child.retire({ graceMs: graceMs ?? 0, hardStopMs: hardStopAfterMs ?? -1 });
  }

  #children(): WorkerChild[] {
    return [...(this.current === null ? [] : [this.current]), ...this.old];
  }

  #endIfAlone(): void {
    if (this.#phase !== 'stopping' || this.current !== null || this.old.size > 0) return;
    this.#phase = 'ended';
    this.#parts.onEnded(this.#status);
  }
}

function isSameEnvironment(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
}
