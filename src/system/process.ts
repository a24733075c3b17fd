/** Calls about this process that Node lacks: chroot, session, parent's death, names, resource limits. */
import { checkResult, lazyFunction, SystemCallError } from './libc.ts';

const isLinux = process.platform === 'linux';
const ENOSYS = isLinux ? 38 : 78;

const PR_SET_PDEATHSIG = 1;
const PR_SET_DUMPABLE = 4;
const PR_SET_NAME = 15;

/** Resources of getrlimit(2): numbers of Linux and macOS. */
const RESOURCES = {
  NOFILE: [7, 8],
  CORE: [4, 4],
  AS: [9, 5],
  MEMLOCK: [8, 6],
} as const;
export type Resource = keyof typeof RESOURCES;

/** Numbers of descriptors, bytes…; Infinity: no limit. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/** RLIM_INFINITY: all bits on Linux, all but the sign on macOS. */
const UNLIMITED = isLinux ? 0xffff_ffff_ffff_ffffn : 0x7fff_ffff_ffff_ffffn;

const chrootCall = lazyFunction('int chroot(const char *path)');
const setsidCall = lazyFunction('int setsid(void)');
const prctl = lazyFunction('int prctl(int option, ...)');
const getrlimit = lazyFunction('int getrlimit(int resource, void *limit)');
const setrlimit = lazyFunction('int setrlimit(int resource, void *limit)');

/** Makes `path` the root of this process, all threads, and goes there. Needs root. Throws SystemCallError. */
export function changeRoot(path: string): void {
  checkResult('chroot', chrootCall(path), path);
  process.chdir('/');
}

/** Starts a session without a terminal (setsid(2)). Throws SystemCallError EPERM in a process group's leader. */
export function startSession(): void {
  checkResult('setsid', setsidCall());
}

/**
 * Has the kernel send `signal` to this process when its parent dies; 0: nothing. The parent may be dead already:
 * compare `process.ppid` with what it should be, afterwards. Linux only. Throws SystemCallError.
 */
export function setParentDeathSignal(signal: number): void {
  callPrctl('PR_SET_PDEATHSIG', PR_SET_PDEATHSIG, 'ulong', signal);
}

/** Lets a process that changed its user leave a core file (`set-dumpable`). Linux only. Throws SystemCallError. */
export function setDumpable(isDumpable: boolean): void {
  callPrctl('PR_SET_DUMPABLE', PR_SET_DUMPABLE, 'ulong', isDumpable ? 1 : 0);
}

/** The calling thread's name in `ps` and `top`, cut to 15 bytes. Linux only. Throws SystemCallError. */
export function setThreadName(name: string): void {
  const bytes = Buffer.alloc(16);
  bytes.write(name, 0, 15, 'latin1');
  callPrctl('PR_SET_NAME', PR_SET_NAME, 'void *', bytes);
}

/** Throws SystemCallError. */
export function getResourceLimit(resource: Resource): ResourceLimit {
  const bytes = Buffer.alloc(16);
  checkResult('getrlimit', getrlimit(numberOf(resource), bytes), resource);
  return { soft: limitAt(bytes, 0), hard: limitAt(bytes, 8) };
}

/** Throws SystemCallError: EPERM for a hard limit above the present one, without privilege. */
export function setResourceLimit(resource: Resource, limit: ResourceLimit): void {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(limitBits(limit.soft), 0);
  bytes.writeBigUInt64LE(limitBits(limit.hard), 8);
  checkResult('setrlimit', setrlimit(numberOf(resource), bytes), `${resource} ${limit.soft} ${limit.hard}`);
}

function callPrctl(name: string, option: number, type: string, value: unknown): void {
  if (!isLinux) throw new SystemCallError('prctl', ENOSYS, `${process.platform} lacks ${name}`);
  checkResult('prctl', prctl(option, type, value), name);
}

function numberOf(resource: Resource): number {
  return RESOURCES[resource][isLinux ? 0 : 1];
}

function limitAt(bytes: Buffer, offset: number): number {
  const bits = bytes.readBigUInt64LE(offset);
  return bits >= UNLIMITED ? Number.POSITIVE_INFINITY : Number(bits);
}

function limitBits(value: number): bigint {
  return value === Number.POSITIVE_INFINITY ? UNLIMITED : BigInt(value);
}
