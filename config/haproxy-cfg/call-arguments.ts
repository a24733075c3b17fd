/** The arguments in parentheses of a predicate, by the rules of every call (manual section 2.2, the second level). */
import { cutArgument } from '../../src/sample/call-syntax.ts';
import { LineError } from './line-error.ts';

export interface CallArgument {
  readonly text: string;
  /** Index of its first character. */
  readonly start: number;
}

/**
 * Reads the arguments behind the opening parenthesis at `open`. `()` has one, which is empty. Throws a LineError
 * where a quote or the parenthesis is not closed.
 */
export function readCallArguments(text: string, open: number): { values: CallArgument[]; next: number } {
  const values: CallArgument[] = [];
  let index = open;
  do {
    const start = index + 1;
    const { value, end, openQuote } = cutArgument(text, start);
    if (openQuote !== '')
      throw new LineError(start, 'unmatched quote in an argument', { remedy: `close it with ${openQuote}` });
    values.push({ text: value, start });
    index = end;
  } while (text[index] === ',');
  if (text[index] !== ')') throw new LineError(open, "missing ')'", { remedy: 'close the arguments with )' });
  return { values, next: index + 1 };
}
