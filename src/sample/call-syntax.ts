/**
 * The syntax of `fetch(args),converter(args)`: cuts one word into calls and their arguments into words, with the
 * second level of quoting (manual section 2.2). What the names mean is left to parse-expression.ts. Arguments are byte
 * strings from here on, as samples are.
 */
import { byteStringOf } from '../bytes/byte-text.ts';
import { ArgumentError, type Position, type Word, Words } from '../keyword/words.ts';

/** One call of a chain: `hdr(host,1)`. */
export interface CallSyntax {
  readonly name: Word;
  readonly args: Words;
  /** True when it was written with parentheses, even empty ones. */
  readonly hasParentheses: boolean;
}

/**
 * Cuts a chain at its commas. Empty places between commas and at the end are skipped, as HAProxy does. Throws
 * ArgumentError for a missing parenthesis or quote, and for text behind a closing parenthesis.
 */
export function cutCalls(word: Word): CallSyntax[] {
  const calls: CallSyntax[] = [];
  let at = 0;
  while (at < word.text.length) {
    if (word.text[at] === ',') {
      at++;
      continue;
    }
    const cut = cutCall(word, at);
    calls.push(cut.call);
    at = cut.end;
  }
  return calls;
}

function cutCall(word: Word, start: number): { readonly call: CallSyntax; readonly end: number } {
  const { text } = word;
  let at = start;
  while (at < text.length && text[at] !== '(' && text[at] !== ',' && text[at] !== ')') at++;
  const name = { text: text.slice(start, at), at: shifted(word.at, start) };
  if (text[at] === ')')
    throw new ArgumentError(shifted(word.at, at), `unexpected ')' behind '${name.text}'`, {
      remedy: "remove it, or open it with '('",
    });
  if (text[at] !== '(')
    return { call: { name, args: new Words([], shifted(word.at, at)), hasParentheses: false }, end: at };
  const { words, end } = cutArguments(word, at + 1, name.text);
  if (end < text.length && text[end] !== ',') {
    throw new ArgumentError(shifted(word.at, end), `missing comma behind '${text.slice(start, end)}'`, {
      remedy: "write ',' before the next converter; quote the argument if it holds a ')'",
    });
  }
  return { call: { name, args: new Words(words, shifted(word.at, end - 1)), hasParentheses: true }, end };
}

/** Reads arguments from behind the opening parenthesis; `end` is behind the closing one. `()` has no argument. */
function cutArguments(
  word: Word,
  start: number,
  name: string,
): { readonly words: Word[]; readonly end: number } {
  const { text } = word;
  const words: Word[] = [];
  if (text[start] === ')') return { words, end: start + 1 };
  let at = start;
  for (;;) {
    const cut = cutArgument(text, at);
    if (cut.end >= text.length) throw unclosed(word, cut.openQuote, name);
    words.push({ text: byteStringOf(cut.value), at: shifted(word.at, at) });
    at = cut.end + 1;
    if (text[cut.end] === ')') return { words, end: at };
  }
}

function unclosed(word: Word, openQuote: string, name: string): ArgumentError {
  const problem =
    openQuote === ''
      ? `missing ')' behind the arguments of '${name}'`
      : `missing closing ${openQuote} in the arguments of '${name}'`;
  return new ArgumentError(shifted(word.at, word.text.length), problem);
}

export interface ArgumentCut {
  readonly value: string;
  /** Where the `,` or `)` stands that ends it, or the text's length. */
  readonly end: number;
  readonly openQuote: string;
}

/** Reads one argument, its quotes and escapes resolved, up to the comma or parenthesis that ends it. */
export function cutArgument(text: string, start: number): ArgumentCut {
  let value = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (quote === '' && (char === ',' || char === ')')) break;
    else if (char === '\\' && quote !== "'") {
      const escaped = ESCAPES[text[at + 1] ?? ''];
      value += escaped ?? '\\';
      if (escaped !== undefined) at++;
    } else value += char;
  }
  return { value, end: at, openQuote: quote };
}

/** `\#`, `\$` and `\xNN` are not escapes at this level, and any other backslash stays. */
const ESCAPES: { readonly [char: string]: string } = {
  '\\': '\\',
  '"': '"',
  "'": "'",
  ' ': ' ',
  n: '\n',
  r: '\r',
  t: '\t',
};

function shifted(at: Position, by: number): Position {
  return { file: at.file, line: at.line, column: at.column + by };
}
