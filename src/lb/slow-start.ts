/** `slowstart`: the share of a server's weight that counts in the time after it came back (manual section 5.2). */

/** A full share. Shares grow in such steps, as HAProxy 2.6's do; `WEIGHT_SCALE` of effective weights is the same. */
export const FULL_SHARE = 16;

/** From 1 at once to FULL_SHARE once the period is over. A period of 0 is over from the start. */
export function slowStartShare(elapsedMs: number, periodMs: number): number {
  if (elapsedMs >= periodMs) return FULL_SHARE;
  return Math.min(FULL_SHARE, 1 + Math.floor((Math.max(0, elapsedMs) * FULL_SHARE) / periodMs));
}
