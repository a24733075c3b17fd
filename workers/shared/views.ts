/** One thread's typed views of the shared memory: what the parts that work on it have in common. */
import { HEADER, MAGIC, type Regions, regionsOf, SLOT, SLOTS_AT } from './layout.ts';
import type { SlotMap } from './slots.ts';

export interface Views {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly slots: SlotMap;
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
 * Views an initialised memory. Throws when the memory was made for another model: a thread that counted in other
 * slots than its siblings would harm them all.
 */
export function viewsOf(buffer: SharedArrayBuffer, slots: SlotMap): Views {
  const i32 = new Int32Array(buffer);
  if (i32[HEADER.at.magic] !== MAGIC) throw new Error('the shared memory is not initialised');
  if (i32[HEADER.at.slots] !== slots.count) {
    throw new Error(`the shared memory has ${i32[HEADER.at.slots]} slots, this model needs ${slots.count}`);
  }
  const threads = i32[HEADER.at.threads]!;
  const waitersPerThread = i32[HEADER.at.waitersPerThread]!;
  const regions = regionsOf(slots.count, threads + 1, waitersPerThread);
  return { i32, f64: new Float64Array(buffer), slots, threads, waitersPerThread, regions };
}
