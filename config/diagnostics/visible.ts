/** Making one line of a file fit for a terminal: tabs as blanks, what cannot be seen as something that can. */
import { byteOf } from '../../src/bytes/byte-text.ts';

/** Terminals put tab stops at every eighth column. */
const TAB_STOP = 8;

/** A character as shown, and how many columns it takes. */
export interface Cell {
  readonly text: string;
  readonly columns: number;
}

/**
 * The cells of a line, one for each UTF-16 unit so that columns of positions index them; the second unit of a
 * pair is an empty cell.
 */
export function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const character of line) {
    const cell = cellOf(character, column);
    cells.push(cell);
    if (character.length === 2) cells.push(EMPTY);
    column += cell.columns;
  }
  return cells;
}

/** A text of one line with nothing in it that a terminal would act on. */
export function visible(text: string): string {
  return cellsOf(text)
    .map((cell) => cell.text)
    .join('');
}

const EMPTY: Cell = { text: '', columns: 0 };

function cellOf(character: string, column: number): Cell {
  const code = character.codePointAt(0)!;
  if (code >= 0x20 && code < 0x7f) return { text: character, columns: 1 };
  if (code === 0x09) return blanks(TAB_STOP - (column % TAB_STOP));
  if (code < 0x20) return { text: String.fromCharCode(0x2400 + code), columns: 1 };
  if (code === 0x7f) return { text: '\u2421', columns: 1 };
  const byte = byteOf(character);
  if (byte >= 0) return named(`\\x${byte.toString(16)}`);
  if (IS_HIDDEN.test(character)) return named(`<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`);
  if (/\p{M}/u.test(character)) return { text: character, columns: 0 };
  return { text: character, columns: IS_WIDE.test(character) ? 2 : 1 };
}

/** Controls, format characters (those that turn the direction of text among them), lone surrogates, line ends. */
const IS_HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** East Asian and emoji characters that take two columns. */
const IS_WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

function named(text: string): Cell {
  return { text, columns: text.length };
}

function blanks(count: number): Cell {
  return { text: ' '.repeat(count), columns: count };
}
