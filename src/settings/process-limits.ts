/** Limits of the process that declarations and the workers share. */

/** The most worker threads, as HAProxy's on 64-bit machines in one thread group (manual section 3.1, nbthread). */
export const THREADS_MAX = 64;
