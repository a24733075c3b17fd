/** Collects the diagnostics of one run: everything that is wrong is reported, not only the first thing. */
import type { Position } from '../../src/keyword/words.ts';
import { ArgumentError } from '../../src/keyword/words.ts';
import type { Diagnostic, Severity } from '../diagnostics/diagnostic.ts';

export interface Advice {
  readonly reason?: string | undefined;
  readonly remedy?: string | undefined;
}

/** What a diagnostic is about: a place and, where there is one, the line as written. */
export interface Subject {
  readonly at: Position;
  readonly source?: string | undefined;
}

export class Report {
  readonly diagnostics: Diagnostic[] = [];

  get hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === 'error');
  }

  error(subject: Subject, problem: string, advice?: Advice): void {
    this.#add('error', subject, problem, advice);
  }

  warning(subject: Subject, problem: string, advice?: Advice): void {
    this.#add('warning', subject, problem, advice);
  }

  notice(subject: Subject, problem: string, advice?: Advice): void {
    this.#add('notice', subject, problem, advice);
  }

  diag(subject: Subject, problem: string, advice?: Advice): void {
    this.#add('diag', subject, problem, advice);
  }

  /** Runs `work`; an ArgumentError in it becomes an error and the result is undefined. `of` names the keyword, '' for none. */
  attempt<T>(subject: Subject, of: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      const problem = of === '' ? error.message : `'${of}': ${error.message}`;
      this.error({ at: error.at, source: subject.source }, problem, error);
      return undefined;
    }
  }

  #add(severity: Severity, { at, source }: Subject, problem: string, advice: Advice = {}): void {
    this.diagnostics.push({
      severity,
      at,
      problem,
      ...(advice.reason !== undefined && { reason: advice.reason }),
      ...(advice.remedy !== undefined && { remedy: advice.remedy }),
      ...(source !== undefined && { source }),
    });
  }
}
