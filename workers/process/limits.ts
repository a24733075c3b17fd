/**
 * The limits of the worker process (manual section 3.1: ulimit-n, strict-limits, set-dumpable; section 3.2, maxconn):
 * raises the limit of open files as far as the configuration asks, and works out `maxconn` where nobody wrote it.
 */
import type { GlobalSettings, Model } from '../../config/model/model.ts';
import {
  getResourceLimit,
  type Resource,
  type ResourceLimit,
  setDumpable,
  setResourceLimit,
} from '../../src/system/process.ts';
import type { Console } from './console.ts';

/** What is called; tests bring their own. */
export interface LimitCalls {
  get(resource: Resource): ResourceLimit;
  set(resource: Resource, limit: ResourceLimit): void;
  setDumpable(isDumpable: boolean): void;
}

const SYSTEM_CALLS: LimitCalls = { get: getResourceLimit, set: setResourceLimit, setDumpable };

export interface LimitNeeds {
  readonly model: Model;
  /** Listening sockets that were handed down. */
  readonly listeners: number;
  readonly threads: number;
  readonly console: Console;
}

/** A connection of a client and one to a server. */
const FILES_PER_SESSION = 2;
/** The runtime itself, standard streams, logs, checks, pattern files and the runtime API. */
const FILES_OF_PROCESS = 64;
/** Event loop, wake-ups and sockets for log targets of one thread. */
const FILES_OF_THREAD = 12;

/**
 * The model with the `maxconn` that is in force: where the configuration has none, or 0, the one that open files
 * permit. Throws an Error for the operator when a limit cannot be raised and `strict-limits` is on, as it is by
 * default.
 */
export function applyLimits(
  { model, listeners, threads, console }: LimitNeeds,
  calls: LimitCalls = SYSTEM_CALLS,
): Model {
  const { global } = model;
  const { ulimitN = 0, maxconn = 0 } = global;
  // A thread duplicates the sockets that it listens on.
  const reserved = FILES_OF_PROCESS + FILES_OF_THREAD * threads + 2 * listeners;
  const wanted = ulimitN > 0 ? ulimitN : maxconn > 0 ? maxconn * FILES_PER_SESSION + reserved : 0;
  const files = openFiles(wanted, ulimitN > 0, global, { calls, console });
  raiseCoreLimit(global, { calls, console });
  if (maxconn > 0) return model;
  const possible = Math.max(1, Math.floor((files - reserved) / FILES_PER_SESSION));
  return { ...model, global: { ...global, maxconn: Math.min(possible, MAXCONN_MOST) } };
}

/** Where the system sets no limit; HAProxy's own default bound on descriptors, halved (manual, fd-hard-limit). */
const MAXCONN_MOST = 1_048_576 / FILES_PER_SESSION;

interface Surroundings {
  readonly calls: LimitCalls;
  readonly console: Console;
}

/** Sets the limit and returns how many files may be open then. `ulimit-n` may lower it too; `maxconn` only raises. */
function openFiles(wanted: number, isExact: boolean, global: GlobalSettings, around: Surroundings): number {
  const { calls } = around;
  const { soft, hard } = limitOrNone(calls);
  if (wanted === 0 || (!isExact && wanted <= soft)) return soft;
  try {
    calls.set('NOFILE', { soft: wanted, hard: Math.max(wanted, hard) });
    return wanted;
  } catch {
    complain(`Cannot raise FD limit to ${wanted}, limit is ${hard}.`, global, around);
    return soft;
  }
}

/** Where the system does not tell, nothing is known to be limited. */
function limitOrNone(calls: LimitCalls): ResourceLimit {
  try {
    return calls.get('NOFILE');
  } catch {
    return { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };
  }
}

/** `set-dumpable`: core files of any size, which a process without rights could not permit itself any more. */
function raiseCoreLimit(global: GlobalSettings, around: Surroundings): void {
  if (global.setDumpable !== true) return;
  try {
    around.calls.set('CORE', { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY });
  } catch (error) {
    complain(`Cannot raise the limit of core files: ${(error as Error).message}.`, global, around);
  }
}

/**
 * `set-dumpable`: lets the kernel write a core file although the process has changed its user; to be called behind
 * that change. Throws as applyLimits does.
 */
export function allowCoreFiles(
  global: GlobalSettings,
  console: Console,
  calls: LimitCalls = SYSTEM_CALLS,
): void {
  if (global.setDumpable !== true) return;
  try {
    calls.setDumpable(true);
  } catch (error) {
    complain(`Cannot make the process dumpable: ${(error as Error).message}.`, global, { calls, console });
  }
}

/** An error where limits are strict, else a warning. */
function complain(problem: string, { strictLimits = true }: GlobalSettings, { console }: Surroundings): void {
  if (strictLimits) throw new Error(problem);
  console.write('WARNING', problem);
}
