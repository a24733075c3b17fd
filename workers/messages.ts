/**
 * The typed messages between master, worker process and worker threads. This is all that the master knows of
 * the workers.
 */
import type { Model } from '../config/model/model.ts';

/** Name of the environment variable that tells a process started by the master which role it has. */
export const WORKER_PROCESS_ROLE = 'FAIRLEAD_ROLE';

/** One listening socket handed down: which bind (proxy id and bind id), for which thread, and the fd number. */
export interface ListenerHandle {
  readonly proxyId: number;
  readonly bindId: number;
  /** Index of the worker thread, from 0; `-1`: served by the worker process's main thread (stats sockets). */
  readonly thread: number;
  readonly fd: number;
  readonly isUnix: boolean;
  /** Name of a stats socket's entry in `global`, by its place; only with thread -1. */
  readonly statsSocket?: number;
}

export interface StartOptions {
  readonly threads: number;
  /** Identity for logs, `show info` and the log tag: `haproxy` when called by that name. */
  readonly programName: string;
  readonly version: string;
  /** Pid shown in logs: the worker process's own. */
  readonly masterPid: number;
  /** Which start of the worker process this is, from 1: `show proc`, `show info` (Reloads). */
  readonly generation: number;
  readonly isQuiet: boolean;
  readonly nodeName: string;
  readonly startedAtMs: number;
}

export type MasterToProcess =
  | {
      readonly type: 'start';
      readonly model: Model;
      readonly listeners: readonly ListenerHandle[];
      readonly options: StartOptions;
    }
  /** Soft stop: stop accepting, finish what runs, then exit 0. `graceMs` waits first; `hardStopMs` ends what is left; -1 never. */
  | { readonly type: 'soft-stop'; readonly hardStopMs: number; readonly graceMs: number }
  | { readonly type: 'hard-stop' }
  | { readonly type: 'pause-listeners' }
  | { readonly type: 'resume-listeners' }
  /** A line for the runtime API from the master CLI (`@1 show info`); answered with `command-answer`. */
  | {
      readonly type: 'command';
      readonly ticket: number;
      readonly line: string;
      readonly level: 'user' | 'operator' | 'admin';
    };

export type ProcessToMaster =
  /** All threads accept connections. */
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly problem: string }
  /** Nothing left after a soft stop; the process exits next. */
  | { readonly type: 'drained' }
  | { readonly type: 'thread-restarted'; readonly thread: number; readonly problem: string }
  | { readonly type: 'command-answer'; readonly ticket: number; readonly text: string };

/** What a thread is born with (`workerData`). */
export interface ThreadStart {
  readonly index: number;
  readonly model: Model;
  readonly listeners: readonly ListenerHandle[];
  readonly options: StartOptions;
  /** The shared memory, by name; see workers/shared. */
  readonly shared: SharedArrayBuffer;
}

export type ProcessToThread =
  | { readonly type: 'stop-listening' }
  | { readonly type: 'pause-listeners' }
  | { readonly type: 'resume-listeners' }
  /** `disable frontend` and `enable frontend`: the listeners of one proxy. */
  | { readonly type: 'pause-proxy'; readonly proxyId: number }
  | { readonly type: 'resume-proxy'; readonly proxyId: number }
  /** Close idle client connections as they come to rest; report `drained` when none is left. */
  | { readonly type: 'drain' }
  | { readonly type: 'close-all' };

export type ThreadToProcess =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly problem: string }
  | { readonly type: 'drained' };
