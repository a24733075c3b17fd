/**
 * One line of haproxy.cfg to words (manual sections 2.1 to 2.3): quotes, escapes, comments and environment
 * variables. What the words mean is left to others.
 *
 * Where the manual and the program differ, this does as the program: a backslash before a tab, or before a dollar
 * outside of quotes, stands for itself; a carriage return ends the line wherever it stands.
 */
import { byteStringOf, escapedByte, textOfByteString } from '../../src/bytes/byte-text.ts';
import type { Position, Word } from '../../src/keyword/words.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Advice, LineError } from './line-error.ts';
import { readVariable, type VariableSite } from './variable.ts';

/** HAProxy's limit of words on one line, the keyword included. */
export const MAX_WORDS = 64;

/**
 * The longest line, in characters, before and after its variables are replaced. HAProxy has no fixed limit; a line
 * beyond this one is no configuration.
 */
export const MAX_LINE_LENGTH = 1024 * 1024;

export interface LineSite extends VariableSite {
  /** `#` is an ordinary character, as on the command line of `-cc`. */
  readonly hasNoComments?: boolean;
}

export interface TokenizedLine {
  readonly words: readonly Word[];
  /** Just past the last word. */
  readonly end: Position;
  /** An error leaves no words; a line has at most one. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Cuts one line, without its line feed, into words. An expansion `"${X[*]}"` yields one word for each word of the
 * variable, none when it has none. Never throws; takes time linear in the line and its variables.
 */
export function tokenizeLine(line: string, site: LineSite): TokenizedLine {
  return new LineTokenizer(line, site).run();
}

/** A word on its way. */
interface Token {
  text: string;
  /** Index in the line. */
  readonly start: number;
  readonly end: number;
  /** Part of a list's expansion: no word if it is empty. */
  isOfList: boolean;
  hasEscapedBytes: boolean;
}

/** What a backslash may stand before, in and outside of double quotes. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  [' ', ' '],
  ['\\', '\\'],
  ['#', '#'],
  ["'", "'"],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const BLANKS = /[ \t\v\f]+/y;
const PLAIN_RUN = /[^ \t\v\f#"'\\]+/y;
const QUOTED_RUN = /[^"\\$]+/y;

class LineTokenizer {
  readonly #line: string;
  readonly #site: LineSite;
  readonly #tokens: Token[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  /** The line up to a carriage return. */
  #text = '';
  #token: { -readonly [K in keyof Token]: Token[K] } | null = null;
  #index = 0;
  /** Of all words so far, in characters. */
  #length = 0;

  constructor(line: string, site: LineSite) {
    this.#line = line;
    this.#site = site;
  }

  run(): TokenizedLine {
    try {
      this.#text = this.#untilCarriageReturn();
      this.#readLine();
      const tokens = this.#wanted();
      const words = tokens.map((token) => this.#wordOf(token));
      return { words, end: this.#at(tokens.at(-1)?.end ?? 0), diagnostics: this.#diagnostics };
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#note('error', error.index, error.message, error.advice);
      return { words: [], end: this.#at(0), diagnostics: this.#diagnostics };
    }
  }

  #untilCarriageReturn(): string {
    const nul = this.#line.indexOf('\0');
    if (nul >= 0)
      throw new LineError(nul, 'NUL byte in the line', { reason: 'a configuration file is text' });
    const stop = this.#line.indexOf('\r');
    if (stop < 0) return this.#line;
    const ignored = this.#line.slice(stop).search(/\S/);
    if (ignored >= 0) {
      const reason = 'a carriage return ends the line, as a line feed does';
      this.#note('warning', stop + ignored, 'what follows the carriage return is ignored', {
        reason,
        remedy: 'start a new line there, or write \\r for the character itself',
      });
    }
    return this.#line.slice(0, stop);
  }

  #readLine(): void {
    while (this.#index < this.#text.length) {
      const character = this.#text[this.#index]!;
      if (this.#take(BLANKS) !== '') this.#closeWord();
      else if (character === '#' && !this.#site.hasNoComments) break;
      else this.#readPiece(character);
    }
    this.#closeWord();
  }

  #readPiece(character: string): void {
    this.#token ??= newToken(this.#index);
    if (character === '"') this.#readWeakQuotes();
    else if (character === "'") this.#readStrongQuotes();
    else if (character === '\\') this.#readEscape(ESCAPES.get(this.#text[this.#index + 1] ?? ''));
    else this.#append(this.#take(PLAIN_RUN) || this.#text[this.#index++]!);
    if (this.#token !== null) this.#token.end = this.#index;
  }

  #readStrongQuotes(): void {
    const close = this.#text.indexOf("'", this.#index + 1);
    if (close < 0)
      throw new LineError(this.#index, 'unmatched quote', {
        remedy: "close it with ', or write \\' for the character itself",
      });
    this.#append(this.#text.slice(this.#index + 1, close));
    this.#index = close + 1;
  }

  #readWeakQuotes(): void {
    const open = this.#index++;
    for (;;) {
      this.#append(this.#take(QUOTED_RUN));
      const character = this.#text[this.#index];
      if (character === undefined)
        throw new LineError(open, 'unmatched quote', {
          remedy: 'close it with ", or write \\" for the character itself',
        });
      if (character === '$') this.#readVariable();
      else if (character === '\\') this.#readQuotedEscape();
      else break;
    }
    this.#index++;
  }

  #readQuotedEscape(): void {
    const next = this.#text[this.#index + 1] ?? '';
    this.#readEscape(next === '$' ? '$' : ESCAPES.get(next));
  }

  /** `plain` is what the escape stands for, where it is one of a single character. */
  #readEscape(plain: string | undefined): void {
    if (plain !== undefined) {
      this.#append(plain);
      this.#index += 2;
    } else if (this.#text[this.#index + 1] === 'x') this.#readHex();
    else {
      if (this.#text[this.#index + 1] === '\t')
        this.#note('diag', this.#index, 'a backslash does not protect a tab', {
          remedy: 'write \\t, or put the tab in quotes',
        });
      this.#append('\\');
      this.#index++;
    }
  }

  #readHex(): void {
    const digits = this.#text.slice(this.#index + 2, this.#index + 4);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) {
      throw new LineError(this.#index, 'truncated or invalid hexadecimal sequence', {
        remedy: 'write two hexadecimal digits, as in \\x0a, or \\\\x for a backslash and an x',
      });
    }
    const byte = Number.parseInt(digits, 16);
    if (byte === 0)
      this.#note('warning', this.#index, 'a NUL byte ends the word', {
        reason: 'words cannot hold one: what follows it in this word is ignored',
      });
    if (byte >= 0x80) this.#token!.hasEscapedBytes = true;
    this.#append(escapedByte(byte));
    this.#index += 4;
  }

  #readVariable(): void {
    const dollar = this.#index;
    const { value, isList, next } = readVariable(this.#text, dollar, this.#site);
    this.#index = next;
    const parts = isList ? value.split(/[ \t\v\f\r\n]+/) : [value];
    for (const [i, part] of parts.entries()) {
      if (i > 0) {
        this.#closeWord();
        this.#token = newToken(dollar);
      }
      this.#append(part);
      this.#token!.isOfList ||= isList;
      this.#token!.end = next;
    }
  }

  /** Matches a sticky pattern here and moves behind what it matched. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#index += found.length;
    return found;
  }

  #append(text: string): void {
    this.#length += text.length;
    if (this.#length > MAX_LINE_LENGTH) throw tooLong(this.#token!.start);
    this.#token!.text += text;
  }

  #closeWord(): void {
    if (this.#token !== null) this.#tokens.push(this.#token);
    this.#token = null;
  }

  #wanted(): Token[] {
    const tokens = this.#tokens.filter((token) => token.text !== '' || !token.isOfList);
    const surplus = tokens[MAX_WORDS];
    if (surplus === undefined) return tokens;
    throw new LineError(
      surplus.start,
      `too many words: ${tokens.length} on one line, and ${MAX_WORDS} are permitted`,
      {
        remedy: 'use several lines, or quotes where the blanks belong to a word',
      },
    );
  }

  #wordOf(token: Token): Word {
    const text = token.hasEscapedBytes ? textOfByteString(byteStringOf(token.text)) : token.text;
    const nul = text.indexOf('\0');
    return { text: nul < 0 ? text : text.slice(0, nul), at: this.#at(token.start) };
  }

  #note(severity: Diagnostic['severity'], index: number, problem: string, advice: Advice): void {
    this.#diagnostics.push({ severity, at: this.#at(index), problem, ...advice, source: this.#line });
  }

  #at(index: number): Position {
    return { file: this.#site.file, line: this.#site.line, column: index + 1 };
  }
}

function tooLong(index: number): LineError {
  const remedy = 'move long lists to a file that the line names';
  return new LineError(index, `the words of the line have more than ${MAX_LINE_LENGTH} characters`, {
    remedy,
  });
}

function newToken(start: number): Token {
  return { text: '', start, end: start, isOfList: false, hasEscapedBytes: false };
}
