/** What is wrong at one character of a line; thrown while a line is read, and caught by who reads it. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

export type Advice = Pick<Diagnostic, 'reason' | 'remedy'>;

export class LineError extends Error {
  /** Index in the text that is being read, from 0. */
  readonly index: number;
  readonly advice: Advice;

  constructor(index: number, problem: string, advice: Advice = {}) {
    super(problem);
    this.name = 'LineError';
    this.index = index;
    this.advice = advice;
  }
}
