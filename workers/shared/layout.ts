/**
 * The layout of the shared memory, declared once: which fields a row has, of what type, and where each stands.
 * Readers and writers alike index with `ROW.at.field`; nobody computes an offset of their own.
 *
 * ```
 *   header │ slot rows │ thread rows │ held counts by thread │ counters by thread │ wake bits by thread │ waiters by thread
 * ```
 *
 * What several threads write is kept apart by cache lines of 64 bytes.
 */
import { COUNTERS } from './shared-state.ts';

export type FieldType = 'i32' | 'u32' | 'f64';

/** Size of a cache line in bytes, on x86-64 and most arm64 machines. */
export const LINE_BYTES = 64;

/** One line's fields; f64 fields are placed on 8-byte boundaries. */
type Line = { readonly [field: string]: FieldType };
type FieldsOf<Lines extends readonly Line[]> = { [I in keyof Lines]: keyof Lines[I] & string }[number];

/** A kind of row. `at` is a field's index from the row's begin, counted in elements of its own type. */
export interface Row<F extends string> {
  readonly bytes: number;
  /** The row's length in 32-bit words. */
  readonly words: number;
  readonly at: { readonly [K in F]: number };
}

/**
 * Places fields, each group beginning on a cache line of its own, so that fields that are written often do not
 * slow down readers of those that are not.
 */
export function rowOf<const Lines extends readonly Line[]>(...lines: Lines): Row<FieldsOf<Lines>> {
  const at: { [field: string]: number } = {};
  let bytes = 0;
  for (const line of lines) {
    for (const [field, type] of Object.entries(line)) {
      if (field in at) throw new Error(`the field ${field} is declared twice`);
      const size = type === 'f64' ? 8 : 4;
      bytes = roundUp(bytes, size);
      at[field] = bytes / size;
      bytes += size;
    }
    bytes = roundUp(bytes, LINE_BYTES);
  }
  // An object that grew field by field is a hash table to V8; the fields of one that was parsed are constants to
  // compiled code. bench/micro/shared.ts: tryEnterServer, leaveServer and count 180 ns instead of 240.
  const fast = JSON.parse(JSON.stringify(at)) as { readonly [K in FieldsOf<Lines>]: number };
  return Object.freeze({ bytes, words: bytes / 4, at: Object.freeze(fast) });
}

/** Begin of the shared memory: what it was made for, so that a thread with another model is refused. */
export const HEADER = rowOf({
  magic: 'i32',
  slots: 'i32',
  threads: 'i32',
  waitersPerThread: 'i32',
  createdAtMs: 'f64',
  createdAtWallMs: 'f64',
});

/** `HEADER.magic` of an initialised memory. */
export const MAGIC = 0x46524c44;

/** A slot: the process, a frontend side, a backend side, or a server. Fields that a kind does not need stay 0. */
export const SLOT = rowOf(
  // Written with every session.
  {
    /** Sessions; of a server also, in the upper bits, the places handed over but not taken yet (places.ts). */
    current: 'i32',
    max: 'i32',
    sessionEven: 'i32',
    sessionOdd: 'i32',
    sessionRateMax: 'i32',
    connectionEven: 'i32',
    connectionOdd: 'i32',
    connectionRateMax: 'i32',
    requestEven: 'i32',
    requestOdd: 'i32',
    requestRateMax: 'i32',
    roomWanted: 'i32',
    turn: 'i32',
    /** Of a backend: sessions begun and ended on its servers; of a server: that number at its last one. */
    moves: 'i32',
  },
  // Read with every session, written seldom. Server states have one writer: the process's main thread.
  {
    maxconn: 'i32',
    /** Of a server: its limit while the backend is idle, or 0; of a backend: the load at which it is full. */
    minconn: 'i32',
    fullconn: 'i32',
    waiting: 'i32',
    version: 'i32',
    operational: 'i32',
    admin: 'i32',
    weight: 'i32',
    initialWeight: 'i32',
    effectiveWeight: 'i32',
    isBackup: 'i32',
    id: 'i32',
    usesAllBackups: 'i32',
    rateLimit: 'i32',
  },
  // Of the queue, guarded by `lock` of the backend's slot.
  {
    lock: 'i32',
    dispatchWanted: 'i32',
    head: 'i32',
    tail: 'i32',
    queued: 'i32',
    queuedMax: 'i32',
    sequence: 'i32',
  },
  // Written by health checks.
  {
    lastChangeMs: 'f64',
    downSinceMs: 'f64',
    downTotalMs: 'f64',
    lastSessionMs: 'f64',
    checkStatus: 'i32',
    checkResult: 'i32',
    checkCode: 'i32',
    checkHealth: 'i32',
    checkDurationMs: 'i32',
    checkState: 'i32',
    /** Errors in a row that traffic has met; all threads write it. */
    observedErrors: 'i32',
    checkDowns: 'i32',
  },
);

/**
 * Per thread: `epoch` is odd while it changes a session count and its own held count together; `signal` is the word
 * it sleeps on while it waits; `waitersUsed` says how many of its waiter rows were ever used.
 */
export const THREAD = rowOf({ epoch: 'i32' }, { signal: 'i32', waitersUsed: 'i32' });

/** A waiting request: owned and reused by its thread, linked into its queue under the backend's lock. */
export const WAITER = rowOf({
  state: 'i32',
  next: 'i32',
  previous: 'i32',
  sequence: 'i32',
  backend: 'i32',
  list: 'i32',
  server: 'i32',
});

/** Places between two counter rows, so that slots of different kinds never share a cache line. */
export const COUNTER_STRIDE = roundUp(COUNTERS.length * 8, LINE_BYTES) / 8;

/** Slot rows begin behind the header; as 32-bit words. */
export const SLOTS_AT = HEADER.words;

/** Where the regions behind the slots begin, in elements of the view that reads them, and their strides. */
export interface Regions {
  readonly threadRows: number;
  /** Int32, one per slot and thread. */
  readonly held: number;
  readonly heldStride: number;
  /** Float64, COUNTER_STRIDE per slot and thread. */
  readonly counters: number;
  readonly counterStride: number;
  /** Int32: bit words that say which waiters have been served, behind a summary of these words. */
  readonly bits: number;
  readonly bitsStride: number;
  readonly summaryWords: number;
  /** Int32, WAITER.words each. */
  readonly waiters: number;
  readonly totalBytes: number;
}

/** Sizes of everything: `threads` counts the main thread's block too, `waiters` is per thread and a multiple of 1024. */
export function regionsOf(slots: number, threads: number, waiters: number): Regions {
  const heldStride = roundUp(slots * 4, LINE_BYTES) / 4;
  const counterStride = slots * COUNTER_STRIDE;
  const summaryWords = waiters / 1024;
  const bitsStride = roundUp((summaryWords + waiters / 32) * 4, LINE_BYTES) / 4;
  const threadRows = SLOTS_AT + slots * SLOT.words;
  const held = threadRows + threads * THREAD.words;
  const counterWords = held + threads * heldStride;
  const bits = counterWords + threads * counterStride * 2;
  const waitersAt = bits + threads * bitsStride;
  return {
    threadRows,
    held,
    heldStride,
    counters: counterWords / 2,
    counterStride,
    bits,
    bitsStride,
    summaryWords,
    waiters: waitersAt,
    totalBytes: (waitersAt + threads * waiters * WAITER.words) * 4,
  };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
