/**
 * Gives up what the worker process no longer needs once its listeners and files are open: root folder, group, user
 * (manual section 3.1: chroot, gid, group, uid, user). The master has looked the names of users and groups up.
 */
import { checkResult, lazyFunction } from '../src/system/libc.ts';

export interface PrivilegeSettings {
  readonly chroot?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** What is called; tests bring their own. */
export interface PrivilegeCalls {
  chroot(folder: string): void;
  chdir(folder: string): void;
  setgroups(groups: readonly number[]): void;
  setgid(group: number): void;
  setuid(user: number): void;
}

const chrootCall = lazyFunction('int chroot(const char *path)');
const prctlCall = lazyFunction('int prctl(int option, unsigned long argument)');

/** PR_SET_PDEATHSIG of Linux (prctl(2)). */
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

const SYSTEM_CALLS: PrivilegeCalls = {
  chroot: (folder) => void checkResult('chroot', chrootCall(folder), folder),
  chdir: (folder) => process.chdir(folder),
  setgroups: (groups) => process.setgroups?.([...groups]),
  setgid: (group) => process.setgid?.(group),
  setuid: (user) => process.setuid?.(user),
};

/** The root folder first, which only root may change; the user last, who could change nothing any more. Throws an
 * Error for the operator that says which step the system refused. */
export function dropPrivileges(settings: PrivilegeSettings, calls: PrivilegeCalls = SYSTEM_CALLS): void {
  const { chroot, uid, gid } = settings;
  if (chroot !== undefined) {
    attempt(`change the root folder to ${chroot}`, () => {
      calls.chroot(chroot);
      calls.chdir('/');
    });
  }
  if (gid !== undefined && gid !== 0) {
    attempt(`set the group to ${gid}`, () => {
      calls.setgroups([]);
      calls.setgid(gid);
    });
  }
  if (uid !== undefined && uid !== 0) attempt(`set the user to ${uid}`, () => calls.setuid(uid));
}

function attempt(what: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw new Error(`cannot ${what}: ${(error as Error).message}`);
  }
}

/**
 * Has the kernel end this process when the master is gone, even when this thread's event loop no longer turns. To be
 * called behind dropPrivileges, which undoes it. Without effect where the system lacks it: the closed message channel
 * is what ends the process then.
 */
export function endWithMaster(): void {
  if (process.platform !== 'linux') return;
  try {
    prctlCall(PR_SET_PDEATHSIG, SIGKILL);
  } catch {
    // No koffi for this platform.
  }
}
