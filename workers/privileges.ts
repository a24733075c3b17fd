/**
 * Gives up what the worker process no longer needs once its listeners and files are open: root folder, group, user
 * (manual section 3.1: chroot, gid, group, uid, user).
 */
import { checkResult, lazyFunction } from '../src/system/libc.ts';

export interface PrivilegeSettings {
  readonly chroot?: string;
  readonly user?: string;
  readonly group?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** What is called; tests bring their own. */
export interface PrivilegeCalls {
  chroot(folder: string): void;
  chdir(folder: string): void;
  setgroups(groups: readonly number[]): void;
  initgroups(user: string | number, group: string | number): void;
  setgid(group: string | number): void;
  setuid(user: string | number): void;
  getuid(): number;
}

const chrootCall = lazyFunction('int chroot(const char *path)');
const prctlCall = lazyFunction('int prctl(int option, unsigned long argument)');

/** PR_SET_PDEATHSIG and PR_SET_DUMPABLE of Linux (prctl(2)). */
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

const SYSTEM_CALLS: PrivilegeCalls = {
  chroot: (folder) => void checkResult('chroot', chrootCall(folder), folder),
  chdir: (folder) => process.chdir(folder),
  setgroups: (groups) => process.setgroups?.(groups),
  initgroups: (user, group) => process.initgroups?.(user, group),
  setgid: (group) => process.setgid?.(group),
  setuid: (user) => process.setuid?.(user),
  getuid: () => process.getuid?.() ?? 0,
};

/**
 * Groups go before the user, who could not change them any more. Names are looked up before the root folder changes,
 * since `/etc` is not in it: `user` and `group` must be numbers or known outside. Throws an Error for the operator.
 */
export function dropPrivileges(settings: PrivilegeSettings, calls: PrivilegeCalls = SYSTEM_CALLS): void {
  const user = settings.uid ?? settings.user;
  const group = settings.gid ?? settings.group;
  if (user === undefined && group === undefined && settings.chroot === undefined) return;
  const ids = { user: idOf(user, 'user'), group: idOf(group, 'group') };
  if (group !== undefined || user !== undefined) attempt('drop supplementary groups', () => dropGroups(calls, settings.user, ids.group));
  const { chroot } = settings;
  if (chroot !== undefined) {
    attempt(`chroot to ${chroot}`, () => {
      calls.chroot(chroot);
      calls.chdir('/');
    });
  }
  if (ids.group !== undefined) attempt(`set the group to ${group}`, () => calls.setgid(ids.group!));
  if (ids.user !== undefined) attempt(`set the user to ${user}`, () => calls.setuid(ids.user!));
}
