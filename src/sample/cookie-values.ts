/**
 * Cookies in Cookie and Set-Cookie lines as fetches see them (RFC 6265 §4, manual section 7.3.6 `req.cook`): blanks
 * around name and value do not count, a quoted value keeps its quotes and what is inside, a pair without `=` is no
 * cookie, and neither is one whose name begins with `$`.
 */
import { trimmed } from './header-values.ts';

const EQUALS = 61;
const SEMICOLON = 59;
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const DOLLAR = 36;

/** Walks over the cookies of one line. Reused like HeaderCursor. */
export class CookieCursor {
  name = '';
  value = '';
  readonly #isResponse: boolean;
  #line = '';
  #at = -1;

  /** A Set-Cookie line holds one cookie and its attributes; a Cookie line holds any number. */
  constructor(side: 'request' | 'response') {
    this.#isResponse = side === 'response';
  }

  start(line: string): void {
    this.#line = line;
    this.#at = 0;
  }

  next(): boolean {
    const line = this.#line;
    while (this.#at >= 0 && this.#at < line.length) {
      const from = this.#at;
      const end = pairEnd(line, from, this.#isResponse);
      // Attributes behind a Set-Cookie's pair are no cookies.
      this.#at = this.#isResponse ? line.length : end + 1;
      if (this.#takePair(from, end)) return true;
    }
    return false;
  }

  #takePair(from: number, end: number): boolean {
    const line = this.#line;
    const equals = line.indexOf('=', from);
    if (equals < 0 || equals >= end) return false;
    this.name = trimmed(line, from, equals);
    if (this.name.charCodeAt(0) === DOLLAR) return false;
    this.value = trimmed(line, equals + 1, end);
    return true;
  }
}

/** Where the pair ends that begins at `from`: its separator, or the line's length. Commas separate, outside quotes. */
function pairEnd(line: string, from: number, isResponse: boolean): number {
  let isQuoted = false;
  for (let at = from; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if (!isQuoted && (char === SEMICOLON || (char === COMMA && !isResponse))) return at;
    if (char === QUOTE && (isQuoted || follows(line, at, EQUALS))) isQuoted = !isQuoted;
    else if (char === BACKSLASH && isQuoted) at++;
  }
  return line.length;
}

/** True when the character before the blanks in front of `at` is `char`. */
function follows(line: string, at: number, char: number): boolean {
  let before = at - 1;
  while (before >= 0 && (line.charCodeAt(before) === 32 || line.charCodeAt(before) === 9)) before--;
  return before >= 0 && line.charCodeAt(before) === char;
}
