/**
 * The lock of a backend's queue: one word that holds 0 or the owner's number. It is held for a few memory accesses,
 * never across an event; the owner's number lets the main thread break the lock of a thread that died.
 */

/** Tries before a waiter lets other threads run: with fewer processors than threads the owner may be asleep. */
const SPINS = 200;
/** How long a waiter sleeps between tries, in milliseconds; unlocking does not notify. */
const NAP_MS = 0.2;

/** Waits until the lock is ours. `owner` is not 0. */
export function lock(i32: Int32Array, index: number, owner: number): void {
  while (!tryLock(i32, index, owner, SPINS)) Atomics.wait(i32, index, Atomics.load(i32, index), NAP_MS);
}

/** Gives up after so many tries. */
export function tryLock(i32: Int32Array, index: number, owner: number, tries: number): boolean {
  for (let i = 0; i < tries; i++) {
    if (Atomics.compareExchange(i32, index, 0, owner) === 0) return true;
  }
  return false;
}

export function unlock(i32: Int32Array, index: number): void {
  Atomics.store(i32, index, 0);
}
