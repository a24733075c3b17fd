/**
 * The door to the C library for the system calls that Node lacks: loads koffi on first use, binds functions, and
 * turns errno into errors. The calls themselves stand by topic beside this file: `send.ts` (the hot one),
 * `socket-options.ts`, `descriptors.ts`, `datagram.ts`, `process.ts`.
 */
import { createRequire } from 'node:module';
import { getSystemErrorMap } from 'node:util';

/** A bound C function. Pointers are Buffers, or addresses as numbers; int64 results are numbers where they fit. */
export type ForeignFunction = (...args: readonly unknown[]) => number;

interface Library {
  func(definition: string): ForeignFunction;
}

interface Koffi {
  load(path: string | null): Library;
  errno(): number;
  address(value: Buffer): bigint;
}

let koffi: Koffi | null = null;
let library: Library | null = null;
let loadProblem = '';

/** A system call that failed, or that this platform does not have (`code` is then `ENOSYS`). */
export class SystemCallError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;

  constructor(syscall: string, errno: number, detail: string) {
    const code = errnoName(errno);
    super(`${syscall}: ${code}${detail === '' ? '' : `, ${detail}`}`);
    this.name = 'SystemCallError';
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** Whether system calls can be made at all: koffi is installed for this platform. */
export function hasSystemCalls(): boolean {
  return loadLibrary() !== null;
}

/** Why `hasSystemCalls` is false; '' when it is true. */
export function systemCallProblem(): string {
  loadLibrary();
  return loadProblem;
}

/** Binds a function of the C library by its C prototype. Throws SystemCallError ENOSYS where it does not exist. */
export function bindFunction(definition: string): ForeignFunction {
  const name = /(\w+)\s*\(/.exec(definition)?.[1] ?? definition;
  const loaded = loadLibrary();
  if (loaded === null) throw new SystemCallError(name, ENOSYS, `system calls need koffi: ${loadProblem}`);
  try {
    return loaded.func(definition);
  } catch (error) {
    throw new SystemCallError(name, ENOSYS, `this platform lacks it (${(error as Error).message})`);
  }
}

/** Binds on the first call, so that loading a file costs nothing for the calls nobody makes. */
export function lazyFunction(definition: string): ForeignFunction {
  let bound: ForeignFunction | null = null;
  const bind = (): ForeignFunction => {
    bound ??= bindFunction(definition);
    return bound;
  };
  promiseBinding(bind);
  return (...args) => bind()(...args);
}

const binders: (() => ForeignFunction)[] = [];

/** Has `bindPromised` bind this function too. */
export function promiseBinding(bind: () => ForeignFunction): void {
  binders.push(bind);
}

/**
 * Binds everything that `lazyFunction` has promised in this thread. A worker thread does so before it serves: one that
 * is terminated while it binds would take its process down, because koffi cannot throw any more by then.
 */
export function bindPromised(): void {
  if (!hasSystemCalls()) return;
  for (const bind of binders) {
    try {
      bind();
    } catch (error) {
      // Not on this platform: whoever calls it is told.
      if (!(error instanceof SystemCallError)) throw error;
    }
  }
}

/** errno of the last call of this thread that was made here. */
export function lastErrno(): number {
  return koffi === null ? 0 : koffi.errno();
}

/** Address of a buffer's first byte. The buffer must be kept alive, and not be transferred, while that is used. */
export function addressOf(buffer: Buffer): number {
  return koffi === null ? 0 : Number(koffi.address(buffer));
}

/** Passes a result that is not negative on; throws SystemCallError with errno otherwise. */
export function checkResult(syscall: string, result: number, detail = ''): number {
  if (result >= 0) return result;
  throw new SystemCallError(syscall, lastErrno(), detail);
}

/** The name of an errno, such as ECONNRESET; `errno N` for a number without a name. */
export function errnoName(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}

/** "Function not implemented", the same number on Linux and near enough elsewhere for a message. */
const ENOSYS = process.platform === 'linux' ? 38 : 78;

function loadLibrary(): Library | null {
  if (library !== null || loadProblem !== '') return library;
  try {
    const loaded = createRequire(import.meta.url)('koffi') as Koffi;
    library = loaded.load(null);
    koffi = loaded;
  } catch (error) {
    loadProblem = (error as Error).message.split('\n')[0]!;
  }
  return library;
}
