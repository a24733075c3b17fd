/**
 * The word that counts a server's sessions and, beside them, the places that have been handed to waiting requests
 * but not been taken by their threads yet. One word, so that both together never exceed `maxconn`.
 *
 * ```
 *    30     22 21                0
 *   ┌─────────┬───────────────────┐
 *   │ handed  │ sessions          │
 *   └─────────┴───────────────────┘
 * ```
 */

const HANDED_SHIFT = 22;

/** Add it to hand over one place. */
export const HANDED_ONE = 1 << HANDED_SHIFT;

/** No more places are handed over at a time; the rest follow as these are taken. */
export const HANDED_MOST = 511;

export function sessionsIn(word: number): number {
  return word & (HANDED_ONE - 1);
}

export function handedIn(word: number): number {
  return word >>> HANDED_SHIFT;
}

/** Both: what `maxconn` limits. */
export function placesIn(word: number): number {
  return (word & (HANDED_ONE - 1)) + (word >>> HANDED_SHIFT);
}
