/** Words as the scalars of YAML that are read back as those words. */
import { byteOf } from '../../src/bytes/byte-text.ts';

/** Integers as numbers, where YAML writes them as they are; the rest as texts. */
export function scalarOf(text: string): string | number {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

/** The text of an argument that is one word, in which backslashes and dollars mean something. */
export function wordText(text: string): string {
  let written = '';
  for (const character of text) {
    const byte = byteOf(character);
    if (byte >= 0) written += `\\x${byte.toString(16).padStart(2, '0')}`;
    else written += character === '\\' || character === '$' ? `\\${character}` : character;
  }
  return written;
}
