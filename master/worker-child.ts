/**
 * One worker process as the master sees it: started with the listening sockets among its descriptors, spoken to by
 * typed messages, watched until it is gone.
 *
 * ```
 *   starting ──'ready'──▶ serving ──retire()──▶ leaving ──exit──▶ gone
 *      └──'failed' or exit──▶ gone    └── exit: a crash ──▶ gone
 * ```
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Model } from '../config/model/model.ts';
import type { ListenerHandle, MasterToProcess, ProcessToMaster, StartOptions } from '../workers/messages.ts';

export type ChildPhase = 'starting' | 'serving' | 'leaving' | 'gone';

/** A listening socket for the child: which listener it is, and the master's descriptor. */
export interface ListenerGrant {
  readonly handle: Omit<ListenerHandle, 'fd'>;
  readonly fd: number;
}

export interface ChildOwner {
  /** The process has printed why it cannot start; its exit follows. */
  onFailed(child: WorkerChild, problem: string): void;
  onThreadRestarted(child: WorkerChild, thread: number): void;
  /** Its `phase` is still what it was before the exit. Comes once. */
  onGone(child: WorkerChild, exit: ChildExit): void;
}

/** A worker process that did not come to serve: the message says why. */
export class StartError extends Error {}

export interface ChildExit {
  /** As a shell has it: 128 and the signal's number for a process that a signal ended. */
  readonly status: number;
  /** As HAProxy words it: `code 137 (Killed)`. */
  readonly text: string;
}

export interface ChildOptions {
  /** The module that the process runs. */
  readonly entry: string;
  readonly nodeFlags: readonly string[];
  readonly model: Model;
  readonly environment: ReadonlyMap<string, string>;
  readonly grants: readonly ListenerGrant[];
  readonly start: StartOptions;
}

/** Descriptors of the child before the listeners: the standard three and the message channel. */
const FIRST_LISTENER_FD = 4;

export class WorkerChild {
  phase: ChildPhase = 'starting';
  readonly pid: number;
  readonly model: Model;
  readonly startedAtMs = Date.now();
  /** Reloads that it has lived through: the third column of `show proc`. */
  reloads = 0;
  /** Settles once: it accepts connections, or a StartError says why it never will. */
  readonly ready: Promise<void>;
  readonly #process: ChildProcess;
  readonly #owner: ChildOwner;
  readonly #answers = new Map<number, (text: string) => void>();
  #nextTicket = 1;
  #resolveReady: () => void = () => {};
  #rejectReady: (error: StartError) => void = () => {};

  /** Throws an Error when the process cannot be started (EAGAIN, EMFILE). */
  constructor(options: ChildOptions, owner: ChildOwner) {
    this.#owner = owner;
    this.model = options.model;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    const child = spawn(process.execPath, [...options.nodeFlags, options.entry], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', ...options.grants.map((grant) => grant.fd)],
      serialization: 'advanced',
      env: Object.fromEntries(options.environment),
    });
    child.on('error', () => {});
    if (child.pid === undefined)
      throw new Error('cannot start the worker process: out of processes or descriptors');
    this.pid = child.pid;
    this.#process = child;
    child.on('message', (message: ProcessToMaster) => this.#receive(message));
    child.once('exit', (code, signal) => this.#exited(code, signal));
    const listeners = options.grants.map((grant, i) => ({ ...grant.handle, fd: FIRST_LISTENER_FD + i }));
    this.#send({ type: 'start', model: options.model, listeners, options: options.start });
  }

  /** Soft stop: it leaves when its connections have ended. */
  retire(limits: { readonly graceMs: number; readonly hardStopMs: number }): void {
    if (this.phase === 'gone') return;
    this.#leave();
    this.#send({ type: 'soft-stop', ...limits });
  }

  /** Ends it and its connections. SIGKILL follows where it does not obey within `patienceMs`. */
  end(patienceMs: number): void {
    if (this.phase === 'gone') return;
    this.#leave();
    this.#send({ type: 'hard-stop' });
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), patienceMs);
    this.#process.once('exit', () => clearTimeout(timer));
  }

  pause(): void {
    this.#send({ type: 'pause-listeners' });
  }

  resume(): void {
    this.#send({ type: 'resume-listeners' });
  }

  /** One line of the runtime API. Resolves to the answer, or to '' when the process ends first. */
  command(line: string, level: 'user' | 'operator' | 'admin'): Promise<string> {
    if (this.phase === 'gone') return Promise.resolve('');
    return new Promise((resolve) => {
      const ticket = this.#nextTicket++;
      this.#answers.set(ticket, resolve);
      this.#send({ type: 'command', ticket, line, level });
    });
  }

  #leave(): void {
    this.phase = 'leaving';
    this.#rejectReady(new StartError('it was told to end before it served'));
  }

  #send(message: MasterToProcess): void {
    // The channel may be closing: the exit is about to be reported.
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  #receive(message: ProcessToMaster): void {
    switch (message.type) {
      case 'ready':
        if (this.phase !== 'starting') return;
        this.phase = 'serving';
        this.#resolveReady();
        return;
      case 'failed':
        this.#rejectReady(new StartError(message.problem));
        this.#owner.onFailed(this, message.problem);
        return;
      case 'thread-restarted':
        this.#owner.onThreadRestarted(this, message.thread);
        return;
      case 'command-answer': {
        const resolve = this.#answers.get(message.ticket);
        this.#answers.delete(message.ticket);
        resolve?.(message.text);
      }
    }
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    for (const resolve of this.#answers.values()) resolve('');
    this.#answers.clear();
    const exit = describeExit(code, signal);
    this.#rejectReady(new StartError(`the worker process exited with ${exit.text}`));
    this.#owner.onGone(this, exit);
    this.phase = 'gone';
  }
}

/** HAProxy's words for how a process ended. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): ChildExit {
  if (signal === null) return { status: code ?? 0, text: `code ${code ?? 0} (Exit)` };
  const status = 128 + constants.signals[signal];
  return { status, text: `code ${status} (${SIGNAL_WORDS[signal] ?? signal})` };
}

/** As strsignal(3) has them. */
const SIGNAL_WORDS: { readonly [signal: string]: string } = {
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGHUP: 'Hangup',
  SIGILL: 'Illegal instruction',
  SIGINT: 'Interrupt',
  SIGKILL: 'Killed',
  SIGSEGV: 'Segmentation fault',
  SIGTERM: 'Terminated',
  SIGTRAP: 'Trace/breakpoint trap',
};
