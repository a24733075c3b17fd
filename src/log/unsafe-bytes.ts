/**
 * Bytes that lines and header values must not hold as they are, and what is written in their place (manual sections
 * 8.2.6 and 8.6): `#XX` in lines, `%XX` in what goes into a message, a backslash with the flag E.
 */
import type { LineBuffer } from '../bytes/line-buffer.ts';

const HEX = Buffer.from('0123456789ABCDEF', 'latin1');
const BACKSLASH = 92;
const HASH = 35;
const PERCENT = 37;

/** How bytes are written: 0 as they are, 1 behind a backslash, else this byte and two hexadecimal digits. */
export type ByteRules = Uint8Array;

const AS_IS = 0;
const BEHIND_BACKSLASH = 1;

function rulesOf(rule: (byte: number) => number): ByteRules {
  return Uint8Array.from({ length: 256 }, (_, byte) => rule(byte));
}

function isIn(characters: string, byte: number): boolean {
  return characters.includes(String.fromCharCode(byte));
}

function isPrintable(byte: number): boolean {
  return byte >= 32 && byte <= 126;
}

/** Request lines and their parts. */
export const TEXT_RULES: ByteRules = rulesOf((byte) =>
  isPrintable(byte) && !isIn('#"', byte) ? AS_IS : HASH,
);

/** Captured headers, whose braces and bars have a meaning in the line. */
export const CAPTURE_RULES: ByteRules = rulesOf((byte) =>
  isPrintable(byte) && !isIn('#"{|}', byte) ? AS_IS : HASH,
);

export const ESCAPED_CAPTURE_RULES: ByteRules = rulesOf((byte) => {
  if (isIn('\\]', byte)) return BEHIND_BACKSLASH;
  return CAPTURE_RULES[byte]!;
});

/** With the flag E, what else would end a parameter of RFC 5424 (§6.3.3) stands behind a backslash. */
export const ESCAPED_TEXT_RULES: ByteRules = rulesOf((byte) => {
  if (isIn('\\]', byte)) return BEHIND_BACKSLASH;
  return isPrintable(byte) && !isIn('#"', byte) ? AS_IS : HASH;
});

/** Samples in lines, names and captured cookies: only what would break a line or a terminal is replaced. */
export const SAMPLE_RULES: ByteRules = rulesOf((byte) => (isControl(byte) ? HASH : AS_IS));

export const ESCAPED_SAMPLE_RULES: ByteRules = rulesOf((byte) => {
  if (isIn('"\\]', byte)) return BEHIND_BACKSLASH;
  return isControl(byte) ? HASH : AS_IS;
});

/** Samples in header values and bodies: what a header value may not hold. */
export const MESSAGE_RULES: ByteRules = rulesOf((byte) => (isForbidden(byte) ? PERCENT : AS_IS));

export const ESCAPED_MESSAGE_RULES: ByteRules = rulesOf((byte) => {
  if (isIn('"\\]', byte)) return BEHIND_BACKSLASH;
  return isForbidden(byte) ? PERCENT : AS_IS;
});

function isControl(byte: number): boolean {
  return byte < 32 || byte === 127;
}

/** RFC 9110 §5.5: control bytes other than HTAB. */
function isForbidden(byte: number): boolean {
  return isControl(byte) && byte !== 9;
}

/** Writes a byte string by the rules. */
export function writeByRules(out: LineBuffer, text: string, rules: ByteRules): void {
  let clean = 0;
  while (clean < text.length && rules[text.charCodeAt(clean) & 255] === AS_IS) clean++;
  if (clean === text.length) {
    out.text(text);
    return;
  }
  for (let i = 0; i < text.length; i++) writeByte(out, text.charCodeAt(i) & 255, rules);
}

/** Writes `bytes[start, end)` by the rules. */
export function copyRange(
  out: LineBuffer,
  bytes: Buffer,
  start: number,
  end: number,
  rules: ByteRules,
): void {
  let clean = start;
  while (clean < end && rules[bytes[clean]!] === AS_IS) clean++;
  out.copy(bytes, start, clean);
  for (let at = clean; at < end; at++) writeByte(out, bytes[at]!, rules);
}

function writeByte(out: LineBuffer, byte: number, rules: ByteRules): void {
  const rule = rules[byte]!;
  if (rule === AS_IS) {
    out.byte(byte);
    return;
  }
  if (rule === BEHIND_BACKSLASH) {
    out.byte(BACKSLASH);
    out.byte(byte);
    return;
  }
  out.byte(rule);
  out.byte(HEX[byte >> 4]!);
  out.byte(HEX[byte & 15]!);
}
