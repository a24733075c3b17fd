/** A diagnostic: what is wrong and where, why, and what to write instead. */
import type { Position } from '../../src/keyword/words.ts';

export type Severity = 'error' | 'warning' | 'notice' | 'diag';

export interface Diagnostic {
  readonly severity: Severity;
  readonly at: Position;
  readonly problem: string;
  readonly reason?: string;
  readonly remedy?: string;
  /** The source line, for the caret; absent where there is none (a missing file). */
  readonly source?: string;
}
