/**
 * Log formats as text (manual section 8.2.6): `%alias`, `%{+Q}alias`, `%[expression]`, `%%`, and literal text.
 */

import type { LogFormatFlags, LogFormatModel, LogFormatNode } from '../keyword/language-model.ts';
import { nearest } from '../keyword/nearest.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Position, type Word, Words } from '../keyword/words.ts';
import { logAliases } from './aliases.ts';

const ALIAS_NAMES: ReadonlySet<string> = new Set(logAliases.map((alias) => alias.name));

const NO_FLAGS: LogFormatFlags = { quote: false, hex: false, escape: false };

/** Flags that HAProxy has and this version does not do. */
const UNSUPPORTED_FLAGS = new Set(['json', 'cbor', 'bin', 'M']);

/** Throws ArgumentError with the column of the item that is wrong. */
export function parseLogFormat(word: Word, site: ParseSite): LogFormatModel {
  return new FormatParser(word, site, ALIAS_NAMES).parse();
}

/** Parses a format without sample expressions, as the standard ones are. */
export function parseAliasFormat(word: Word): LogFormatModel {
  return new FormatParser(word, null, ALIAS_NAMES).parse();
}

class FormatParser {
  readonly #text: string;
  readonly #word: Word;
  readonly #site: ParseSite | null;
  readonly #aliasNames: ReadonlySet<string>;
  readonly #nodes: LogFormatNode[] = [];
  #at = 0;
  /** What `%{…}o` set for all items behind it. */
  #flags: LogFormatFlags = NO_FLAGS;
  #literal = '';

  constructor(word: Word, site: ParseSite | null, aliasNames: ReadonlySet<string>) {
    this.#text = word.text;
    this.#word = word;
    this.#site = site;
    this.#aliasNames = aliasNames;
  }

  parse(): LogFormatModel {
    const text = this.#text;
    while (this.#at < text.length) {
      if (text[this.#at] !== '%') {
        this.#literal += text[this.#at++]!;
      } else if (text[this.#at + 1] === '%') {
        this.#literal += '%';
        this.#at += 2;
      } else {
        this.#flush();
        this.#parseItem();
      }
    }
    this.#flush();
    return { nodes: this.#nodes, text };
  }

  #flush(): void {
    if (this.#literal === '') return;
    this.#nodes.push({ kind: 'text', text: this.#literal });
    this.#literal = '';
  }

  #parseItem(): void {
    const start = this.#at++;
    this.#skipName();
    const flags = this.#text[this.#at] === '{' ? this.#parseFlags() : this.#flags;
    if (this.#text[this.#at] === '[') this.#parseExpression(flags);
    else this.#parseAlias(start, flags);
  }

  /** `%(name)` and `%(name:type)` name an item for the encodings; without one they say nothing. */
  #skipName(): void {
    if (this.#text[this.#at] !== '(') return;
    const end = this.#text.indexOf(')', this.#at);
    if (end < 0) throw this.#error(this.#at, "missing ')' behind the name of a log-format item");
    this.#at = end + 1;
  }

  #parseFlags(): LogFormatFlags {
    const end = this.#text.indexOf('}', this.#at);
    if (end < 0) throw this.#error(this.#at, "missing '}' behind the flags of a log-format item");
    let flags = this.#flags;
    for (const part of this.#text.slice(this.#at + 1, end).split(','))
      flags = this.#applyFlag(flags, part.trim());
    this.#at = end + 1;
    return flags;
  }

  #applyFlag(flags: LogFormatFlags, part: string): LogFormatFlags {
    const isOn = !part.startsWith('-');
    const name = part.replace(/^[+-]/, '');
    if (name === 'Q') return { ...flags, quote: isOn };
    if (name === 'X') return { ...flags, hex: isOn };
    if (name === 'E') return { ...flags, escape: isOn };
    if (UNSUPPORTED_FLAGS.has(name))
      throw this.#error(this.#at, `log-format flag '${name}' is known to HAProxy and not supported yet`);
    throw this.#error(
      this.#at,
      `unknown log-format flag '${part}'`,
      'write +Q, +X or +E, or - to turn one off',
    );
  }

  #parseExpression(flags: LogFormatFlags): void {
    const start = this.#at;
    const end = closingBracket(this.#text, start);
    if (end < 0) throw this.#error(start, "missing ']' behind a sample expression");
    const inner = this.#text.slice(start + 1, end);
    const at = this.#position(start + 1);
    const words = new Words([{ text: inner, at }], this.#position(end));
    if (this.#site === null) throw this.#error(start, 'sample expressions are not possible here');
    const expression = this.#site.parseExpression(words);
    if (!words.isEmpty)
      throw new ArgumentError(words.at, `unexpected text behind the sample expression '${inner}'`);
    this.#nodes.push({ kind: 'expression', expression, flags });
    this.#at = end + 1;
  }

  #parseAlias(start: number, flags: LogFormatFlags): void {
    const name = this.#longestAlias();
    if (name === 'o') {
      this.#flags = flags;
      this.#at += 1;
      // The blank behind `%{+Q}o` belongs to it.
      if (this.#text[this.#at] === ' ') this.#at++;
      return;
    }
    if (name === '') {
      const written = /^[A-Za-z0-9]*/.exec(this.#text.slice(this.#at))![0];
      const close = nearest(written, this.#aliasNames);
      throw this.#error(
        start,
        `unknown log-format alias '%${written}'`,
        close
          ? `did you mean '%${close}'? A percent sign of its own is written %%`
          : 'a percent sign of its own is written %%',
      );
    }
    this.#at += name.length;
    this.#nodes.push({ kind: 'alias', name, flags, argument: null });
  }

  /** Aliases end where a letter or digit does; the whole run must be a name. */
  #longestAlias(): string {
    const run = /^[A-Za-z]+/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    return run === 'o' || this.#aliasNames.has(run) ? run : '';
  }

  #position(offset: number): Position {
    const { at } = this.#word;
    return { file: at.file, line: at.line, column: at.column + offset };
  }

  #error(offset: number, problem: string, remedy?: string): ArgumentError {
    return new ArgumentError(this.#position(offset), problem, remedy === undefined ? {} : { remedy });
  }
}

/** The bracket that closes the one at `start`; quotes and parentheses protect others. -1 when there is none. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') i++;
    else if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ']' && depth <= 0) return i;
  }
  return -1;
}
