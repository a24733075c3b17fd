/**
 * A master's folder on this machine: its lock, who holds it, and the socket that `fairlead reload` speaks to.
 *
 * The folder is `$FAIRLEAD_RUNTIME_DIR`, or one of its own for what makes an instance: its configuration files, the
 * addresses it listens on, and its network namespace. So instances of different files, and of one file with different
 * addresses, do not meet; two of the same thing do.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who holds a folder, as its `master.json` says. */
export interface Holder {
  readonly pid: number;
  /** The kernel's start time of that process, which tells it from a later one of the same number; '' where unknown. */
  readonly birth: string;
  readonly startedAtMs: number;
  readonly files: readonly string[];
}

/** The folder is held by another master. */
export class HeldError extends Error {
  readonly holder: Holder;

  constructor(directory: string, holder: Holder) {
    const since = new Date(holder.startedAtMs).toISOString().replace('T', ' ').slice(0, 19);
    super(
      `another instance runs with this configuration: process ${holder.pid}, since ${since} UTC (lock ${directory})`,
    );
    this.holder = holder;
  }
}

export interface RuntimeDirectory {
  readonly path: string;
  /** Where the control socket belongs. */
  readonly socketPath: string;
  /** Gives the lock up. Also happens when the process exits. */
  release(): void;
}

const PREFIX = 'fairlead-';
/** proper-lockfile touches its lock this often; a lock untouched for `stale` milliseconds is nobody's. */
const LOCK_OPTIONS = { stale: 10_000, update: 4000, realpath: false } as const;

export interface Instance {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly addresses: readonly string[];
}

/** Folders that may hold runtime directories, best first. */
export function runtimeBases(): string[] {
  const own = process.env['XDG_RUNTIME_DIR'];
  return [...(process.getuid?.() === 0 ? ['/run'] : []), ...(own === undefined ? [] : [own]), tmpdir()];
}

/** The folder of an instance; made, private to the user. Throws where none can be written. */
export function runtimePath(instance: Instance): string {
  const given = process.env['FAIRLEAD_RUNTIME_DIR'];
  if (given !== undefined && given !== '') {
    mkdirSync(given, { recursive: true, mode: 0o700 });
    return given;
  }
  const identity = JSON.stringify([
    process.getuid?.() ?? 0,
    networkNamespace(),
    instance.files,
    instance.addresses,
  ]);
  const name = PREFIX + createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const base = runtimeBases().find(isWritable);
  if (base === undefined)
    throw new Error(
      `no folder to lock in: none of ${runtimeBases().join(', ')} can be written; set FAIRLEAD_RUNTIME_DIR`,
    );
  const path = join(base, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Takes the folder's lock. Throws HeldError when another master has it. */
export async function lockDirectory(path: string, instance: Instance): Promise<RuntimeDirectory> {
  const { lock, unlockSync } = await import('proper-lockfile');
  const target = join(path, 'master');
  clearDeadLock(path);
  try {
    await lock(target, { ...LOCK_OPTIONS, onCompromised: () => {} });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ELOCKED') throw error;
    throw new HeldError(path, readHolder(path) ?? { pid: 0, birth: '', startedAtMs: Date.now(), files: [] });
  }
  const holder: Holder = {
    pid: process.pid,
    birth: birthOf(process.pid),
    startedAtMs: Date.now(),
    files: instance.files,
  };
  writeFileSync(join(path, 'master.json'), JSON.stringify(holder), { mode: 0o600 });
  return {
    path,
    socketPath: join(path, 'control.sock'),
    release: () => giveUp(path, () => unlockSync(target, { realpath: false })),
  };
}

/**
 * A master that was killed leaves its lock behind; nobody has to wait until that is stale. Of several that find it,
 * the one that moves the holder's file away clears it: a file moved by mistake, because a new holder has just written
 * it, is put back.
 */
function clearDeadLock(path: string): void {
  const current = join(path, 'master.json');
  const moved = `${current}.${process.pid}`;
  const seen = readHolder(path);
  if (seen === null || isAlive(seen)) return;
  try {
    renameSync(current, moved);
  } catch {
    return;
  }
  const holder = readHolderFile(moved);
  if (holder !== null && isAlive(holder)) {
    renameSync(moved, current);
    return;
  }
  rmSync(join(path, 'master.lock'), { recursive: true, force: true });
  rmSync(moved, { force: true });
}

/** At once, because the process may end next. A folder that was given to it stays, empty. */
function giveUp(path: string, unlock: () => void): void {
  try {
    for (const name of ['master.json', 'control.sock']) rmSync(join(path, name), { force: true });
    unlock();
    if (process.env['FAIRLEAD_RUNTIME_DIR'] !== path) rmdirSync(path);
  } catch {
    // The lock was lost before, or the next master is there already: nothing is left to give up.
  }
}

/** Masters that run on this machine and can be reached by this user. */
export function runningMasters(): { readonly path: string; readonly holder: Holder }[] {
  const given = process.env['FAIRLEAD_RUNTIME_DIR'];
  const paths = given !== undefined && given !== '' ? [given] : runtimeBases().flatMap(directoriesIn);
  return paths.flatMap((path) => {
    const holder = readHolder(path);
    return holder !== null && isAlive(holder) ? [{ path, holder }] : [];
  });
}

function directoriesIn(base: string): string[] {
  try {
    return readdirSync(base)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => join(base, name));
  } catch {
    return [];
  }
}

function readHolder(path: string): Holder | null {
  return readHolderFile(join(path, 'master.json'));
}

function readHolderFile(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
  return holder.birth === '' || holder.birth === birthOf(holder.pid);
}

/** Field 22 of /proc/PID/stat, the ticks since boot at its start; '' where the system does not tell. */
function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function networkNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return '';
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
