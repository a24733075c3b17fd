/**
 * The clock of the per-second rates: monotonic, and the same in every thread of the process. `performance.now()`
 * alone is not, it counts from each thread's own start.
 */

/** Milliseconds since an arbitrary moment that all threads share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/**
 * A clock that counts milliseconds since `startMs` of `monotonicMs`, by what `performance.now()` says in this thread.
 * A thread that reads that once per event anyway hands in what it has read last.
 */
export function clockSince(
  startMs: number,
  performanceNow: () => number = () => performance.now(),
): () => number {
  const offset = monotonicMs() - startMs - performance.now();
  return () => performanceNow() + offset;
}
