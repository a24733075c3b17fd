/**
 * What all threads of a process share of their logs: counters that must be exact over threads (lines of a frontend,
 * requests, rounds of sampling) and the ring buffers. Counters are found by name, so that a reload keeps them.
 *
 * The main thread makes the memory before it starts threads; they inherit it as environment data.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const KEY = 'log memory';

/** Counters there can be; a process with more sampled targets counts the rest by thread. */
const COUNTERS = 4096;

/** A claimed place holds the name's hash here and its count behind all hashes. */
const HASHES_AT = 0;
const COUNTS_AT = COUNTERS;

/** Bytes of events in a ring, and of a ring with its own fields. */
export const RING_BYTES = 64 * 1024;
const RING_HEADER_BYTES = 64;

const COUNTER_BYTES = COUNTERS * 2 * 4;

/** A number that counts up in all threads together. */
export interface SharedCounter {
  readonly cells: Int32Array;
  readonly index: number;
}

/** Adds one; what the count was before, in 32 bits. */
export function takeNext({ cells, index }: SharedCounter): number {
  return Atomics.add(cells, index, 1) >>> 0;
}

/** The memory of this process; made by the first call in its main thread, which comes before there are threads. */
export function logMemory(): SharedArrayBuffer {
  const known = getEnvironmentData(KEY);
  if (known instanceof SharedArrayBuffer) return known;
  const memory = new SharedArrayBuffer(COUNTER_BYTES + RING_HEADER_BYTES + RING_BYTES);
  setEnvironmentData(KEY, memory);
  return memory;
}

/** The counter of a name, the same in all threads. */
export function sharedCounter(name: string): SharedCounter {
  const cells = new Int32Array(logMemory(), 0, COUNTERS * 2);
  const hash = hashOf(name);
  for (let probe = 0; probe < COUNTERS; probe++) {
    const index = ((hash >>> 0) + probe) % COUNTERS;
    const owner = Atomics.compareExchange(cells, HASHES_AT + index, 0, hash);
    if (owner === 0 || owner === hash) return { cells, index: COUNTS_AT + index };
  }
  return { cells: new Int32Array(1), index: 0 };
}

/** FNV-1a in 32 bits; never 0. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash | 0 || 1;
}

/** The memory of the ring `buf0`: its header, then RING_BYTES of events. */
export function ringMemory(): { readonly memory: SharedArrayBuffer; readonly at: number } {
  return { memory: logMemory(), at: COUNTER_BYTES };
}
