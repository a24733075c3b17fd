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
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Model } from '../config/model/model.ts';
import { canPassDescriptors, descriptorChannel, sendDescriptors } from '../src/system/pass-descriptors.ts';
import {
  type ConnectionCounts,
  DESCRIPTOR_CHANNEL_FD,
  type ListenerHandle,
  type MasterToProcess,
  type ProcessToMaster,
  type ReloadVerdict,
  type StartOptions,
} from '../workers/messages.ts';

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

/** Descriptors of the child before the listeners: the standard three, the message channel, the descriptor channel. */
const FIRST_LISTENER_FD = DESCRIPTOR_CHANNEL_FD + 1;

export class WorkerChild {
  phase: ChildPhase = 'starting';
  readonly pid: number;
  /** That it serves: a reload in place replaces it. */
  model: Model;
  readonly startedAtMs = Date.now();
  /** Reloads that it has lived through: the third column of `show proc`. */
  reloads = 0;
  /** Settles once: it accepts connections, or a StartError says why it never will. */
  readonly ready: Promise<void>;
  readonly #process: ChildProcess;
  readonly #owner: ChildOwner;
  /** Waiting for the answer to a ticket; null when the process ends first. */
  readonly #answers = new Map<number, (answer: ProcessToMaster | null) => void>();
  /** Our end of the descriptor channel; -1 where the platform has none. */
  readonly #channel: number;
  /** Keys of the listeners that it has. */
  #keys: ReadonlySet<string>;
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
    const [own, theirs] = canPassDescriptors() ? descriptorChannel() : [-1, -1];
    this.#channel = own;
    this.#keys = new Set(options.grants.map(({ handle }) => handle.key));
    const child = spawn(process.execPath, [...options.nodeFlags, options.entry], {
      stdio: [
        'ignore',
        'inherit',
        'inherit',
        'ipc',
        theirs < 0 ? 'ignore' : theirs,
        ...options.grants.map((grant) => grant.fd),
      ],
      serialization: 'advanced',
      env: Object.fromEntries(options.environment),
    });
    if (theirs >= 0) closeSync(theirs);
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
  async command(line: string, level: 'user' | 'operator' | 'admin'): Promise<string> {
    const answer = await this.#ask((ticket) => ({ type: 'command', ticket, line, level }));
    return answer?.type === 'command-answer' ? answer.text : '';
  }

  /** Whether a reload in place can hand it listening sockets. */
  get canTakeSockets(): boolean {
    return this.#channel >= 0;
  }

  /** Takes a model into use in place. `release` follows when it is done and the master has let go of old sockets. */
  async reload(model: Model, grants: readonly ListenerGrant[]): Promise<ReloadVerdict> {
    const fresh = grants.filter(({ handle }) => !this.#keys.has(handle.key));
    if (fresh.length > 0)
      sendDescriptors(
        this.#channel,
        fresh.map(({ fd }) => fd),
      );
    const listeners = grants.map(({ handle }) => ({ ...handle, fd: -1 }));
    const answer = await this.#ask((ticket) => ({ type: 'reload', ticket, model, listeners }));
    if (answer?.type !== 'reloaded')
      return { outcome: 'failed', problem: 'the worker process ended during the reload' };
    if (answer.verdict.outcome === 'done') {
      this.#keys = new Set(grants.map(({ handle }) => handle.key));
      this.model = model;
    }
    return answer.verdict;
  }

  release(): void {
    this.#send({ type: 'release' });
  }

  /** The connections it has now; none when it ends first. */
  async count(): Promise<ConnectionCounts> {
    const answer = await this.#ask((ticket) => ({ type: 'count', ticket }));
    return answer?.type === 'counted' ? answer.counts : new Map();
  }

  #ask(message: (ticket: number) => MasterToProcess): Promise<ProcessToMaster | null> {
    if (this.phase === 'gone') return Promise.resolve(null);
    return new Promise((resolve) => {
      const ticket = this.#nextTicket++;
      this.#answers.set(ticket, resolve);
      this.#send(message(ticket));
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
      case 'command-answer':
      case 'reloaded':
      case 'counted': {
        const resolve = this.#answers.get(message.ticket);
        this.#answers.delete(message.ticket);
        resolve?.(message);
      }
    }
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    for (const resolve of this.#answers.values()) resolve(null);
    this.#answers.clear();
    if (this.#channel >= 0) closeSync(this.#channel);
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
