/** 64-bit signed integers of samples: a number while it is safe, a bigint beyond (manual section 7.3). */

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

/** The value in its shortest representation. Values beyond 64 bits saturate, as HAProxy's arithmetic does. */
export function fitInteger(value: bigint): number | bigint {
  if (value > INT64_MAX) return INT64_MAX;
  if (value < INT64_MIN) return INT64_MIN;
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value;
}

const DIGIT_0 = 48;
const DIGIT_9 = 57;
const MINUS = 45;
const PLUS = 43;
/** Integers of this many digits are safe numbers. */
const SAFE_DIGITS = 15;

/**
 * The integer at the beginning of a text: an optional sign and decimal digits, up to the first other character.
 * No digit gives 0, too large a value saturates. An empty text is no integer: undefined.
 */
export function leadingInteger(text: string): number | bigint | undefined {
  if (text.length === 0) return undefined;
  const first = text.charCodeAt(0);
  const from = first === MINUS || first === PLUS ? 1 : 0;
  let at = from;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at);
    if (digit < DIGIT_0 || digit > DIGIT_9) break;
    value = value * 10 + digit - DIGIT_0;
  }
  if (at - from > SAFE_DIGITS) return fitInteger(BigInt(text.slice(from, at)) * (first === MINUS ? -1n : 1n));
  return first === MINUS && value !== 0 ? -value : value;
}

/** As leadingInteger for values of headers, cookies and parameters, where an empty text counts as 0. */
export function integerOrZero(text: string): number | bigint {
  return leadingInteger(text) ?? 0;
}

/** A whole text as an integer; undefined when anything but a sign and digits stands in it. Saturates. */
export function wholeInteger(text: string): number | bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? leadingInteger(text) : undefined;
}

/** Eight bytes, most significant first: how an integer becomes binary. */
export function integerToBytes(value: number | bigint): string {
  let rest = BigInt.asUintN(64, BigInt(value));
  let bytes = '';
  for (let i = 0; i < 8; i++) {
    bytes = String.fromCharCode(Number(rest & 255n)) + bytes;
    rest >>= 8n;
  }
  return bytes;
}
