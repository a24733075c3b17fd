/**
 * Log formats as text (manual section 8.2.6): `%alias`, `%{+Q}alias`, `%[expression]`, `%(name)…`, `%%`, and literal
 * text.
 */
import type { LogFormatFlags, LogFormatModel, LogFormatNode } from '../keyword/language-model.ts';
import { nearest } from '../keyword/nearest.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Position, type Word, Words } from '../keyword/words.ts';
import { findLogAlias, logAliasNames } from './aliases.ts';

const NO_FLAGS: LogFormatFlags = { quote: false, hex: false, escape: false };

/** Flags that change what is told, which this version does not do: without them the output would be another. */
const UNSUPPORTED_FLAGS: ReadonlySet<string> = new Set(['json', 'cbor', 'bin']);

/** The name that sets the flags of all items behind it. */
const FLAGS_ALIAS = 'o';

const PERCENT_REMEDY = 'a percent sign of its own is written %%';

/** Throws ArgumentError with the column of the item that is wrong, or when the word is empty. */
export function parseLogFormat(word: Word, site: ParseSite): LogFormatModel {
  if (word.text === '') throw new ArgumentError(word.at, 'the log format is empty');
  return new FormatParser(word, site).parse();
}

/** Parses a format without sample expressions, as the standard ones are. */
export function parseAliasFormat(word: Word): LogFormatModel {
  return new FormatParser(word, null).parse();
}

/** A format that is its text and nothing else. */
export function literalFormat(text: string): LogFormatModel {
  return { nodes: text === '' ? [] : [{ kind: 'text', text }], text };
}

class FormatParser {
  readonly #text: string;
  readonly #word: Word;
  readonly #site: ParseSite | null;
  readonly #nodes: LogFormatNode[] = [];
  #at = 0;
  /** What `%{…}o` set for all items behind it. */
  #flags: LogFormatFlags = NO_FLAGS;
  #literal = '';

  constructor(word: Word, site: ParseSite | null) {
    this.#text = word.text;
    this.#word = word;
    this.#site = site;
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
    const hasFlags = this.#text[this.#at] === '{';
    const flags = hasFlags ? this.#parseFlags() : this.#flags;
    if (this.#text[this.#at] === '[') this.#parseExpression(flags);
    else if (/[A-Za-z]/.test(this.#text[this.#at] ?? '')) this.#parseAlias(start, flags);
    else this.#parseLonePercent(start, hasFlags);
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
      flags = this.#applyFlag(flags, part.trimStart());
    this.#at = end + 1;
    return flags;
  }

  #applyFlag(flags: LogFormatFlags, part: string): LogFormatFlags {
    const sign = part[0];
    const isOn = sign === '+';
    if (isOn || sign === '-') {
      const name = part.slice(1);
      if (name === 'Q') return { ...flags, quote: isOn };
      if (name === 'X') return { ...flags, hex: isOn };
      if (name === 'E') return { ...flags, escape: isOn };
      if (isOn && UNSUPPORTED_FLAGS.has(name))
        throw this.#error(this.#at, `log-format flag '${name}' is known to HAProxy and not supported yet`);
    }
    if (part !== '')
      this.#warn(`'${part}' is no log-format flag and has no effect, as in HAProxy`, {
        remedy: 'write +Q, +X or +E, or - to turn one off',
      });
    return flags;
  }

  #parseExpression(flags: LogFormatFlags): void {
    const start = this.#at;
    const end = closingBracket(this.#text, start);
    if (end < 0) throw this.#error(start, "missing ']' behind a sample expression");
    if (this.#site === null) throw this.#error(start, 'sample expressions are not possible here');
    const inner = this.#text.slice(start + 1, end);
    const words = new Words([{ text: inner, at: this.#position(start + 1) }], this.#position(end));
    const expression = this.#site.parseExpression(words);
    this.#flush();
    this.#nodes.push({ kind: 'expression', expression, flags });
    this.#at = end + 1;
  }

  /** The name is the whole run of letters and digits. */
  #parseAlias(start: number, flags: LogFormatFlags): void {
    const name = /^[A-Za-z0-9]+/.exec(this.#text.slice(this.#at))![0];
    this.#at += name.length;
    if (name === FLAGS_ALIAS) {
      this.#flags = flags;
      return;
    }
    if (findLogAlias(name) === undefined) {
      const close = nearest(name, logAliasNames());
      const hint = close === undefined ? '' : `did you mean '%${close}'? `;
      throw this.#error(start, `unknown log-format alias '%${name}'`, `${hint}${PERCENT_REMEDY}`);
    }
    this.#flush();
    this.#nodes.push({ kind: 'alias', name, flags, argument: null });
  }

  /** HAProxy drops a percent sign before punctuation. Before a blank, a digit and at the end it refuses it. */
  #parseLonePercent(start: number, hasFlags: boolean): void {
    const next = this.#text[this.#at];
    if (next === undefined)
      throw this.#error(start, 'a percent sign stands at the end of a log format', PERCENT_REMEDY);
    if (hasFlags)
      throw this.#error(start, `the flags '${this.#text.slice(start, this.#at)}' stand before no item`);
    if (/[\s0-9]/.test(next))
      throw this.#error(start, `no log-format alias begins with '${next}'`, PERCENT_REMEDY);
    this.#warn(`the percent sign before '${next}' is dropped, as in HAProxy`, { remedy: PERCENT_REMEDY });
  }

  #warn(problem: string, advice: { remedy?: string }): void {
    this.#site?.warn(this.#position(this.#at), problem, advice);
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
