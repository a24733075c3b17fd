/**
 * Text that can hold any bytes, for configuration words: `\xe9` and files in other encodings must come out as the
 * bytes that went in. Valid UTF-8 is ordinary text; a byte that is not part of any is kept as one lone surrogate
 * U+DC80..U+DCFF. Byte strings (one character a byte, latin1) are what samples and messages use.
 */
import { isUtf8 } from 'node:buffer';

/** Lone surrogates that stand for bytes 0x80..0xff are this plus the byte. */
const BYTE_BASE = 0xdc00;

const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/** Decodes UTF-8; bytes that are none are kept. */
export function textOfBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : textOfByteString(bytes.toString('latin1'));
}

/** The text of a byte string that holds UTF-8 and, maybe, other bytes. */
export function textOfByteString(byteString: string): string {
  return byteString.replace(SEQUENCE, (sequence) =>
    sequence.length === 1
      ? escapedByte(sequence.charCodeAt(0))
      : Buffer.from(sequence, 'latin1').toString('utf8'),
  );
}

/** The bytes of a text, as a byte string. */
export function byteStringOf(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  let bytes = '';
  for (const character of text) {
    const byte = byteOf(character);
    bytes += byte >= 0 ? String.fromCharCode(byte) : Buffer.from(character, 'utf8').toString('latin1');
  }
  return bytes;
}

/** The character that stands for a byte outside UTF-8. ASCII bytes stand for themselves. */
export function escapedByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : BYTE_BASE + byte);
}

/** The byte that a character of a text stands for, or -1 for ordinary text. */
export function byteOf(character: string): number {
  const code = character.length === 1 ? character.charCodeAt(0) : 0;
  return code >= BYTE_BASE + 0x80 && code <= BYTE_BASE + 0xff ? code - BYTE_BASE : -1;
}
