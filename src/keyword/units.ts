/** Durations and sizes as HAProxy writes them (manual sections 2.5 and 2.6). */

const UNIT_MS: { readonly [unit: string]: number } = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The longest duration HAProxy stores: 2^31 - 1 milliseconds. */
export const DURATION_MAX_MS = 0x7fffffff;

/**
 * Parses `30s` to milliseconds; sub-millisecond values round up to 1 as HAProxy does. A bare number counts `unit`.
 * Returns a text that says what is wrong for anything else.
 */
export function parseDuration(text: string, unit: 'us' | 'ms' | 's'): number | string {
  const match = /^(\d+)([a-z]*)$/.exec(text);
  if (match === null) return `'${text}' is not a duration`;
  const name = match[2] === '' ? unit : match[2]!;
  const scale = Object.hasOwn(UNIT_MS, name) ? UNIT_MS[name] : undefined;
  if (scale === undefined) return `unknown time unit '${match[2]}' in '${text}'`;
  const milliseconds = Math.ceil(Number(match[1]) * scale);
  if (milliseconds > DURATION_MAX_MS)
    return `'${text}' is longer than the maximum of 2147483647 ms (about 24.8 days)`;
  return milliseconds;
}

const SIZE_SCALE: { readonly [unit: string]: number } = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Parses `16k` to bytes. Returns a text that says what is wrong for anything else. */
export function parseSize(text: string): number | string {
  const match = /^(\d+)([a-z]?)$/i.exec(text);
  if (match === null) return `'${text}' is not a size`;
  const scale = SIZE_SCALE[match[2]!.toLowerCase()];
  if (scale === undefined) return `unknown size unit '${match[2]}' in '${text}'`;
  const bytes = Number(match[1]) * scale;
  return Number.isSafeInteger(bytes) ? bytes : `'${text}' is too large`;
}
