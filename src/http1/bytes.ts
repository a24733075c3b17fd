/** Names and classes of the bytes that HTTP/1 is made of. */

export const NUL = 0;
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const HASH = 35;
export const ASTERISK = 42;
export const COMMA = 44;
export const SLASH = 47;
export const DIGIT_0 = 48;
export const COLON = 58;
export const SEMICOLON = 59;
export const AT = 64;

const TOKEN_TEXT = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";

/** For each byte: the same byte in lower case if a token may have it (RFC 9110 §5.6.2), else 0. */
export const LOWER_TOKEN: Uint8Array = lowerTokenTable();

function lowerTokenTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of TOKEN_TEXT) {
    table[char.charCodeAt(0)] = char.charCodeAt(0);
    table[char.toUpperCase().charCodeAt(0)] = char.charCodeAt(0);
  }
  return table;
}

/** For each byte: 1 if a request target may have it: visible ASCII but `#`, which begins a fragment (RFC 3986 §3.5). */
export const TARGET_BYTE: Uint8Array = new Uint8Array(256).fill(1, 33, 127);
TARGET_BYTE[HASH] = 0;

export function isBlank(byte: number): boolean {
  return byte === SP || byte === TAB;
}

export function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= 57;
}

/** Letters in either case are the same. */
export function lowerOf(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/** Whether `bytes[start, end)` is `lower`, a text in lower case, but for the case of letters. */
export function equalsIgnoringCase(bytes: Buffer, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) if (lowerOf(bytes[start + i]!) !== lower.charCodeAt(i)) return false;
  return true;
}

/** Whether two ranges of `bytes` are the same but for the case of letters. */
export function rangesMatch(
  bytes: Buffer,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let a = aStart, b = bStart; a < aEnd; a++, b++) {
    if (bytes[a] !== bytes[b] && lowerOf(bytes[a]!) !== lowerOf(bytes[b]!)) return false;
  }
  return true;
}

/** The first position at or after `start` that holds no blank, or `end`. */
export function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at]!)) at++;
  return at;
}

/** The end of `bytes[start, end)` without its trailing blanks. */
export function trimEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1]!)) at--;
  return at;
}

/** The position of `byte` in `bytes[start, end)`, or `end`. */
export function findByte(bytes: Buffer, byte: number, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}
