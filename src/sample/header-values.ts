/**
 * The occurrences of a header as fetches see them: whole lines, or the comma-separated values of all lines with
 * commas inside double quotes kept (RFC 9110 §5.6.1, manual section 7.3.6 `req.hdr`).
 */
import { FIELD, FIELD_FLAG, type HttpHead } from '../http/head.ts';
import { type HeaderId, headerIdOf } from '../http/header-id.ts';

const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;

/** How a header's occurrences are counted: by comma-separated value or by line. */
export type HeaderUnit = 'value' | 'line';

/**
 * Walks over the occurrences of one header, in order. One cursor belongs to one compiled fetch and is reused: a
 * walk ends before the next one of the same fetch begins.
 */
export class HeaderCursor {
  /** The occurrence that `next` found, without blanks around it. */
  value = '';
  readonly #name: string;
  readonly #id: HeaderId;
  readonly #splits: boolean;
  #head: HttpHead | null = null;
  #row = 0;
  #addedIndex = 0;
  #line = '';
  /** Where the next value of the line begins; -1 when the line is used up. */
  #at = -1;

  /** `name` in lower case; an empty name means every header. */
  constructor(name: string, unit: HeaderUnit) {
    this.#name = name;
    this.#id = headerIdOf(name);
    this.#splits = unit === 'value';
  }

  start(head: HttpHead): void {
    this.#head = head;
    this.#row = 0;
    this.#addedIndex = 0;
    this.#at = -1;
  }

  next(): boolean {
    if (this.#at < 0 && !this.#nextLine()) {
      this.#head = null;
      return false;
    }
    const line = this.#line;
    const from = this.#at;
    const end = this.#splits ? valueEnd(line, from) : line.length;
    this.#at = end < line.length ? end + 1 : -1;
    this.value = trimmed(line, from, end);
    return true;
  }

  #nextLine(): boolean {
    const head = this.#head!;
    const row =
      this.#row < 0
        ? -1
        : this.#name === ''
          ? anyRow(head, this.#row)
          : head.findRow(this.#id, this.#name, this.#row);
    if (row >= 0) {
      this.#row = row + FIELD.STRIDE;
      return this.#take(head.valueAt(row));
    }
    this.#row = -1;
    while (this.#addedIndex < head.added.length) {
      const field = head.added[this.#addedIndex++]!;
      if (this.#name === '' || field.name === this.#name) return this.#take(field.value);
    }
    return false;
  }

  #take(line: string): true {
    this.#line = line;
    this.#at = 0;
    return true;
  }
}

/** The number of occurrences. */
export function countOccurrences(cursor: HeaderCursor, head: HttpHead): number {
  let count = 0;
  for (cursor.start(head); cursor.next(); ) count++;
  return count;
}

/**
 * The occurrence at a position: 1 is the first, -1 the last, 0 means the last. Undefined when there are not so many.
 */
export function occurrenceAt(cursor: HeaderCursor, head: HttpHead, position: number): string | undefined {
  if (position === 0 || position === -1) {
    let last: string | undefined;
    for (cursor.start(head); cursor.next(); ) last = cursor.value;
    return last;
  }
  const wanted = position > 0 ? position : countOccurrences(cursor, head) + 1 + position;
  if (wanted < 1) return undefined;
  let seen = 0;
  for (cursor.start(head); cursor.next(); ) if (++seen === wanted) return cursor.value;
  return undefined;
}

/** The row of the first field at or after `from` that is not removed; -1 when there is none. */
function anyRow(head: HttpHead, from: number): number {
  const limit = head.fieldCount * FIELD.STRIDE;
  for (let row = from; row < limit; row += FIELD.STRIDE)
    if ((head.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0) return row;
  return -1;
}

/** Where the comma stands that ends the value beginning at `from`, or the line's length. */
function valueEnd(line: string, from: number): number {
  if (!line.includes(',', from)) return line.length;
  let isQuoted = false;
  for (let at = from; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if (char === COMMA && !isQuoted) return at;
    if (char === QUOTE) isQuoted = !isQuoted;
    else if (char === BACKSLASH && isQuoted) at++;
  }
  return line.length;
}

/** A part of a line without the blanks and tabs around it. */
export function trimmed(line: string, from: number, end: number): string {
  let first = from;
  let last = end;
  while (first < last && isBlank(line.charCodeAt(first))) first++;
  while (last > first && isBlank(line.charCodeAt(last - 1))) last--;
  return first === 0 && last === line.length ? line : line.slice(first, last);
}

function isBlank(char: number): boolean {
  return char === 32 || char === 9;
}
