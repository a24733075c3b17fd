/**
 * One running instance: the supervisor with everything around it that belongs to a process of the system. Lock and
 * control socket, master CLI, pid file, signals, service manager, older processes.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Model } from '../config/model/model.ts';
import { parseCliAddress } from './cli/address.ts';
import type { MasterView, RunningState } from './cli/context.ts';
import { CliServer } from './cli/server.ts';
import { reportInBackground } from './daemon.ts';
import { BindError } from './listener-book.ts';
import { planListeners } from './listener-plan.ts';
import { dismissOlder } from './older-processes.ts';
import type { Settings } from './option-table.ts';
import { FULL_VERSION } from './product.ts';
import type { ProgramLog } from './program-log.ts';
import {
  HeldError,
  type Instance as Identity,
  lockDirectory,
  type RuntimeDirectory,
  runtimePath,
} from './runtime-directory.ts';
import { serviceManager } from './service-manager.ts';
import { obeySignals, type SignalTarget } from './signals.ts';
import { type Candidate, type Configuration, Supervisor } from './supervisor.ts';

export interface InstanceOptions {
  readonly programName: string;
  readonly settings: Settings;
  readonly workers: number | null;
  readonly log: ProgramLog;
  readonly workerEntry: string;
  readonly workerEnvironment: { readonly [name: string]: string };
  loadCandidate(): Promise<Candidate>;
  /** The starting command waits for word that this process serves. */
  readonly isBackground: boolean;
  /** Called once with the status the program should end with. */
  exit(status: number): void;
}

/** The status of a master (`-W`) that a terminal interrupted: 128 and SIGINT's number, as HAProxy has it. */
const INTERRUPTED = 130;
/** How often to look whether older processes have given the lock up, in milliseconds, and how many times. */
const LOCK_AGAIN_MS = 200;
const LOCK_TRIES = 3000;

export class Instance implements SignalTarget {
  readonly supervisor: Supervisor;
  readonly #options: InstanceOptions;
  readonly #cli: CliServer;
  #directory: RuntimeDirectory | null = null;
  #interruptedBy: NodeJS.Signals | null = null;

  constructor(options: InstanceOptions) {
    this.#options = options;
    const { settings, log, programName } = options;
    this.supervisor = new Supervisor(
      {
        log,
        loadCandidate: options.loadCandidate,
        workerEntry: options.workerEntry,
        workerEnvironment: options.workerEnvironment,
        nodeFlags: nodeFlags(settings),
        notify: serviceManager(settings.isNotifying, log),
        onEnded: () => this.#ended(),
      },
      {
        programName,
        version: FULL_VERSION,
        isQuiet: settings.isQuiet,
        nodeName: hostname(),
        workers: options.workers,
        defaultThreads: Math.min(availableParallelism(), 64),
        isReporting: settings.isMasterWorker,
      },
    );
    this.#cli = new CliServer(
      viewOf(this.supervisor, log, () => this.#cli.sockets),
      FULL_VERSION,
    );
  }

  /** Resolves to true once connections are accepted, to false when it could not start: the reason was printed. */
  async start(configuration: Configuration): Promise<boolean> {
    obeySignals(this);
    // Whatever goes wrong around it, the worker process goes on serving, and this process supervising it.
    process.on('uncaughtException', (error) => this.#options.log.alert(`internal error: ${error.stack}`));
    try {
      await this.#lock(configuration.model);
      await this.#openCli();
      await this.supervisor.start(configuration);
      this.#writePidFile(configuration.model);
    } catch (error) {
      if (!this.supervisor.isStopping) this.#reportFailure(error as Error);
      this.#release();
      return false;
    }
    const { settings, log, isBackground } = this.#options;
    dismissOlder(settings, log);
    if (isBackground) reportInBackground();
    return true;
  }

  reload(): void {
    this.supervisor.reload();
  }

  stopSoftly(): void {
    this.#stop('soft');
  }

  stopHard(signal: 'SIGINT' | 'SIGTERM'): void {
    this.#interruptedBy ??= signal;
    this.#stop('hard');
  }

  pause(): void {
    this.supervisor.pause();
  }

  resume(): void {
    this.supervisor.resume();
  }

  /** A master that is leaving holds nothing that the next one needs. */
  #stop(style: 'soft' | 'hard'): void {
    this.#release();
    this.supervisor.stop(style);
  }

  #release(): void {
    this.#directory?.release();
    this.#directory = null;
    this.#cli.close();
  }

  #ended(): void {
    const { settings, log, exit } = this.#options;
    const status = settings.isMasterWorker && this.#interruptedBy === 'SIGINT' ? INTERRUPTED : 0;
    if (settings.isMasterWorker) log.warning(`All workers exited. Exiting... (${status})`);
    exit(status);
  }

  async #lock(model: Model): Promise<void> {
    const { settings, log } = this.#options;
    const identity = identityOf(model, settings);
    let path: string;
    try {
      path = runtimePath(identity);
    } catch (error) {
      log.warning(
        `runs without a lock, and \`fairlead reload\` will not find it: ${(error as Error).message}`,
      );
      return;
    }
    try {
      await this.#take(path, identity);
    } catch (error) {
      const isReplacing = settings.finishPids.length + settings.terminatePids.length > 0;
      if (!(error instanceof HeldError) || !isReplacing) throw error;
      this.#takeLater(path, identity, LOCK_TRIES);
    }
  }

  async #take(path: string, identity: Identity): Promise<void> {
    this.#directory = await lockDirectory(path, identity);
    const level = { level: 'admin', mode: 0o600 } as const;
    const { address } = parseCliAddress(this.#directory.socketPath);
    await this.#cli.listen({ address, options: level, level: 'admin' });
  }

  /** The older process that this one replaces still has it. */
  #takeLater(path: string, identity: Identity, tries: number): void {
    setTimeout(() => {
      if (this.supervisor.isStopping) return;
      this.#take(path, identity).catch((error: Error) => {
        if (tries > 0 && error instanceof HeldError) this.#takeLater(path, identity, tries - 1);
        else this.#options.log.warning(`runs without a lock: ${error.message}`);
      });
    }, LOCK_AGAIN_MS).unref();
  }

  async #openCli(): Promise<void> {
    for (const text of this.#options.settings.masterSockets) {
      try {
        await this.#cli.listen(parseCliAddress(text));
      } catch (error) {
        throw new Error(`cannot open the master CLI on '${text}': ${(error as Error).message}`);
      }
    }
  }

  #writePidFile(model: Model): void {
    const path = this.#options.settings.pidFile ?? model.global.pidFile;
    if (path === undefined) return;
    try {
      writeFileSync(path, `${process.pid}\n`);
    } catch (error) {
      this.#options.log.warning(`cannot write the pid file: ${(error as Error).message}`);
    }
  }

  #reportFailure(error: Error): void {
    const { log } = this.#options;
    if (!(error instanceof BindError)) log.alert(error.message);
    else
      for (const line of [...error.lines, 'Some protocols failed to start their listeners! Exiting.'])
        log.alert(line);
  }
}

function nodeFlags(settings: Settings): string[] {
  const memory = settings.memoryMegabytes;
  return [...process.execArgv, ...(memory !== null && memory > 0 ? [`--max-old-space-size=${memory}`] : [])];
}

function identityOf(model: Model, settings: Settings): Identity {
  return {
    files: settings.files.map((file) => resolve(file)),
    addresses: planListeners(model)
      .map((listener) => listener.key)
      .sort(),
  };
}

function viewOf(supervisor: Supervisor, log: ProgramLog, sockets: MasterView['sockets']): MasterView {
  return {
    processes: () => [
      { pid: process.pid, kind: 'master', reloads: supervisor.reloads, startedAtMs: supervisor.startedAtMs },
      ...(supervisor.current === null ? [] : [{ ...processOf(supervisor.current), kind: 'worker' as const }]),
      ...[...supervisor.old].map((child) => ({ ...processOf(child), kind: 'old worker' as const })),
    ],
    get failedReloads() {
      return supervisor.failedReloads;
    },
    startupLines: () => log.startupLines(),
    sockets,
    reload: async (style) => (await supervisor.reload(style)).isDone,
    running: () => runningState(supervisor),
    command: (pid, line, level) => supervisor.findChild(pid)?.command(line, level) ?? null,
  };
}

async function runningState(supervisor: Supervisor): Promise<RunningState> {
  const { model } = supervisor;
  if (model === null) throw new Error('nothing runs yet');
  const counts = (await supervisor.current?.count()) ?? new Map();
  return { version: FULL_VERSION, model, threads: supervisor.threadsOf(model), counts };
}

function processOf({ pid, reloads, startedAtMs }: { pid: number; reloads: number; startedAtMs: number }) {
  return { pid, reloads, startedAtMs };
}
