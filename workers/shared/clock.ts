/**
 * The clock of the per-second rates: monotonic, and the same in every thread of the process. `performance.now()`
 * alone is not, it counts from each thread's own start.
 */

/** Milliseconds since an arbitrary moment that all threads share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** A clock that counts milliseconds since `startMs` of `monotonicMs`, by the cheaper `performance.now()`. */
export function clockSince(startMs: number): () => number {
  const offset = monotonicMs() - startMs - performance.now();
  return () => performance.now() + offset;
}
