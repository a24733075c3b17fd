/** One thread's typed views of the shared memory: what the parts that work on it have in common. */
import { HEADER, MAGIC, type Regions, regionsOf, SLOT, SLOTS_AT } from './layout.ts';
import type { SlotMap } from './slots.ts';

export interface Views {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Of the model in force; a reload replaces it. */
  slots: SlotMap;
  /** Rows there are, those included that stand for nothing now. */
  readonly capacity: number;
  /** Worker threads; the main thread's block comes behind theirs. */
  readonly threads: number;
  readonly waitersPerThread: number;
  readonly regions: Regions;
}

/** The first 32-bit word of a slot's row. */
export function slotRow(slot: number): number {
  return SLOTS_AT + slot * SLOT.words;
}

/**
 * Views an initialised memory. Throws when it has no room for the model: a thread that counted in other slots than
 * its siblings would harm them all.
 */
export function viewsOf(buffer: SharedArrayBuffer, slots: SlotMap): Views {
  const i32 = new Int32Array(buffer);
  if (i32[HEADER.at.magic] !== MAGIC) throw new Error('the shared memory is not initialised');
  const capacity = i32[HEADER.at.slots]!;
  for (const { slot } of slots.entries)
    if (slot >= capacity)
      throw new Error(`the shared memory has ${capacity} slots, this model needs slot ${slot}`);
  const threads = i32[HEADER.at.threads]!;
  const waitersPerThread = i32[HEADER.at.waitersPerThread]!;
  const regions = regionsOf(capacity, threads + 1, waitersPerThread);
  return { i32, f64: new Float64Array(buffer), slots, capacity, threads, waitersPerThread, regions };
}
