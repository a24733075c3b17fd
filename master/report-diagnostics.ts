/** Prints the diagnostics of a configuration: with carets for people, in HAProxy's form otherwise. */
import type { Diagnostic } from '../config/diagnostics/diagnostic.ts';
import { renderDiagnostic, renderHaproxyLine } from '../config/diagnostics/render.ts';
import type { LogLevel, ProgramLog } from './program-log.ts';

export interface ReportStyle {
  readonly isForPeople: boolean;
  /** `-dD`: show advice too. */
  readonly isDiagnostic: boolean;
}

const LEVELS: { readonly [severity in Diagnostic['severity']]: LogLevel } = {
  error: 'alert',
  warning: 'warning',
  notice: 'notice',
  diag: 'notice',
};

/** Returns whether there is a warning or an error. */
export function reportDiagnostics(
  diagnostics: readonly Diagnostic[],
  log: ProgramLog,
  style: ReportStyle,
): void {
  const shown = diagnostics.filter(({ severity }) => severity !== 'diag' || style.isDiagnostic);
  for (const diagnostic of shown) {
    const level = LEVELS[diagnostic.severity];
    if (style.isForPeople) log.text(level, renderDiagnostic(diagnostic));
    else log.line(level, renderHaproxyLine(diagnostic, process.pid));
  }
  const errors = shown.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  if (style.isForPeople) log.text('alert', summary(shown));
  else {
    for (const file of new Set(errors.filter(({ at }) => at.line > 0).map(({ at }) => at.file)))
      log.alert(`config : Error(s) found in configuration file : ${file}`);
    log.alert('config : Fatal errors found in configuration.');
  }
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: string, noun: string) => {
    const { length } = diagnostics.filter((diagnostic) => diagnostic.severity === severity);
    return length === 0 ? [] : [`${length} ${noun}${length === 1 ? '' : 's'}`];
  };
  return [...count('error', 'error'), ...count('warning', 'warning')].join(', ');
}

export function hasWarnings(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'warning');
}
