/**
 * The typed messages between master, worker process and worker threads. This is all that the master knows of
 * the workers.
 */
import type { Model } from '../config/model/model.ts';

/** Name of the environment variable that tells a process started by the master which role it has. */
export const WORKER_PROCESS_ROLE = 'FAIRLEAD_ROLE';

/** Where the worker process finds its end of the channel on which a reload hands listening sockets down. */
export const DESCRIPTOR_CHANNEL_FD = 4;

/** One listening socket handed down: which bind (proxy id and bind id), for which thread, and the fd number. */
export interface ListenerHandle {
  /** The same over reloads for what is the same socket: addresses and ids of binds may move between proxies. */
  readonly key: string;
  readonly proxyId: number;
  readonly bindId: number;
  /** Index of the worker thread, from 0; `-1`: served by the worker process's main thread (stats sockets). */
  readonly thread: number;
  /** -1 in a reload: the receiver has had this socket since an earlier message. */
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
  /**
   * Takes a model into use in place; answered with `reloaded`. Sockets that are new have come through the descriptor
   * channel, in the order of the handles whose `fd` is -1 and whose key the process has not.
   */
  | {
      readonly type: 'reload';
      readonly ticket: number;
      readonly model: Model;
      readonly listeners: readonly ListenerHandle[];
    }
  /** Behind `reloaded`: the master has let go of what the model before alone listened on. */
  | { readonly type: 'release' }
  /** Asks for the connections there are; answered with `counted`. */
  | { readonly type: 'count'; readonly ticket: number }
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
  | { readonly type: 'command-answer'; readonly ticket: number; readonly text: string }
  | { readonly type: 'reloaded'; readonly ticket: number; readonly verdict: ReloadVerdict }
  | { readonly type: 'counted'; readonly ticket: number; readonly counts: ConnectionCounts };

/**
 * How a reload in place ended: done, with the connections that each part had; refused, with nothing changed; or not
 * possible in this process, which is then to be replaced, and why.
 */
export type ReloadVerdict =
  | { readonly outcome: 'done'; readonly counts: ConnectionCounts }
  | { readonly outcome: 'failed'; readonly problem: string }
  | { readonly outcome: 'replace'; readonly reason: string };

/**
 * Connections at a moment. By `frontend NAME`, `backend NAME`, `server BACKEND/NAME`: sessions; by a listener's
 * `key`: client connections on that socket.
 */
export type ConnectionCounts = ReadonlyMap<string, number>;

/** What a thread is born with (`workerData`). */
export interface ThreadStart {
  readonly index: number;
  readonly model: Model;
  /** The slots of the model in shared memory, in the order of its places; see workers/shared/slots.ts. */
  readonly slots: readonly number[];
  readonly listeners: readonly ListenerHandle[];
  readonly options: StartOptions;
  /** Where the thread notes the descriptors it opens itself; see workers/connection/owned-descriptors.ts. */
  readonly descriptors: SharedArrayBuffer;
  /** The shared memory, by name; see workers/shared. */
  readonly shared: SharedArrayBuffer;
}

export type ProcessToThread =
  /** Compiles a new plan beside the one in force; answered with `prepared`. One of the next two follows. */
  | {
      readonly type: 'prepare';
      readonly model: Model;
      readonly slots: readonly number[];
      /** Names of the proxies that are the same as before. */
      readonly unchanged: readonly string[];
    }
  | { readonly type: 'abandon' }
  /** The prepared plan comes into force, with these listeners; answered with `committed`. */
  | { readonly type: 'commit'; readonly listeners: readonly ListenerHandle[] }
  /** Nobody else holds the sockets of removed binds any more: they close when their queues are empty. */
  | { readonly type: 'release' }
  | { readonly type: 'count' }
  | { readonly type: 'stop-listening' }
  | { readonly type: 'pause-listeners' }
  | { readonly type: 'resume-listeners' }
  /** `disable frontend` and `enable frontend`: the listeners of one proxy. */
  | { readonly type: 'pause-proxy'; readonly proxyId: number }
  | { readonly type: 'resume-proxy'; readonly proxyId: number }
  /** Close idle client connections as they come to rest; report `drained` when none is left. */
  | { readonly type: 'drain' }
  /** Ends all streams on a server that went down ('D') or on a backup that another server replaces ('U'). */
  | { readonly type: 'end-sessions'; readonly serverSlot: number; readonly letter: 'D' | 'U' }
  | { readonly type: 'close-all' };

export type ThreadToProcess =
  | { readonly type: 'ready' }
  /** Traffic has met `error-limit` errors of a server in a row; the last in HAProxy's words. */
  | { readonly type: 'errors-observed'; readonly serverSlot: number; readonly lastError: string }
  | { readonly type: 'failed'; readonly problem: string }
  /** `problem` is '' where the plan compiled. */
  | { readonly type: 'prepared'; readonly problem: string }
  | { readonly type: 'committed' }
  /** Client connections by the key of their listener. */
  | { readonly type: 'counted'; readonly listeners: ReadonlyMap<string, number> }
  | { readonly type: 'drained' };
