/**
 * The text of diagnostics: for people, with the source line and a caret; and on one line in HAProxy's form, for
 * whoever called the program by its name. Which ones are shown, and where, is the caller's decision.
 */
import type { Diagnostic, Severity } from './diagnostic.ts';
import { type Cell, cellsOf, visible } from './visible.ts';

export interface RenderOptions {
  /** Columns of the terminal: source lines are cut to fit. */
  readonly width?: number;
}

const WIDTH = 100;
const MARGIN = '  | ';
const CUT = '…';

/**
 * For example:
 *
 * ```
 *   site.cfg:2:15: error: unmatched quote
 *     |   description "abc
 *     |               ^
 *     why: …
 *     try: …
 * ```
 *
 * Ends without a line feed. Reads no positions but the diagnostic's own; a column beyond the line points behind it.
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const lines = [`${place(diagnostic)}${diagnostic.severity}: ${paragraph(diagnostic.problem)}`];
  if (diagnostic.source !== undefined && diagnostic.at.line > 0)
    lines.push(...excerpt(diagnostic.source, diagnostic.at.column, options.width ?? WIDTH));
  if (diagnostic.reason !== undefined) lines.push(`  why: ${paragraph(diagnostic.reason)}`);
  if (diagnostic.remedy !== undefined) lines.push(`  try: ${paragraph(diagnostic.remedy)}`);
  return lines.join('\n');
}

function place({ at }: Diagnostic): string {
  if (at.line > 0) return `${visible(at.file)}:${at.line}:${at.column}: `;
  return at.file === '' ? '' : `${visible(at.file)}: `;
}

/** Text that may quote the file: made visible, its own line feeds kept. */
function paragraph(text: string): string {
  return text.split('\n').map(visible).join('\n       ');
}

/** The source line and the caret below the column, both cut to the width. */
function excerpt(source: string, column: number, width: number): [string, string] {
  const cells = cellsOf(source.replace(/\r$/, ''));
  const caret = Math.min(Math.max(column - 1, 0), cells.length);
  const room = Math.max(width - MARGIN.length, 2 * CUT.length + 1);
  const { from, to } = window(cells, caret, room);
  const before = from > 0 ? CUT : '';
  const after = to < cells.length ? CUT : '';
  const shown = cells
    .slice(from, to)
    .map((cell) => cell.text)
    .join('');
  const indent = before.length + columnsOf(cells, from, caret);
  return [`${MARGIN}${before}${shown}${after}`.trimEnd(), `${MARGIN}${' '.repeat(indent)}^`];
}

/** The range of cells to show: all where they fit, else as many around the caret as the room has columns for. */
function window(cells: readonly Cell[], caret: number, room: number): { from: number; to: number } {
  if (columnsOf(cells, 0, cells.length) <= room) return { from: 0, to: cells.length };
  const wanted = room - 2 * CUT.length;
  let from = caret;
  for (let left = Math.floor(wanted / 2); from > 0 && left >= cells[from - 1]!.columns; from--)
    left -= cells[from - 1]!.columns;
  let to = from;
  for (let left = wanted; to < cells.length && left >= cells[to]!.columns; to++) left -= cells[to]!.columns;
  for (let left = wanted - columnsOf(cells, from, to); from > 0 && left >= cells[from - 1]!.columns; from--)
    left -= cells[from - 1]!.columns;
  return { from, to };
}

function columnsOf(cells: readonly Cell[], from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += cells[i]!.columns;
  return total;
}

const LEVELS: { readonly [S in Severity]: string } = {
  error: 'ALERT',
  warning: 'WARNING',
  notice: 'NOTICE',
  diag: 'DIAG',
};

/** `[ALERT]    (12) : config : parsing [site.cfg:2]: unmatched quote.` Ends without a line feed. */
export function renderHaproxyLine(diagnostic: Diagnostic, pid: number): string {
  const { at } = diagnostic;
  const where = at.line > 0 ? `parsing [${visible(at.file)}:${at.line}]: ` : '';
  const advice = [diagnostic.reason, diagnostic.remedy].filter((text) => text !== undefined);
  const text = [diagnostic.problem, ...advice].map((part) => visible(part.replaceAll('\n', ' '))).join('; ');
  return haproxyLine(diagnostic.severity, pid, `config : ${where}${text}${/[.?!]$/.test(text) ? '' : '.'}`);
}

/** One line of the program's own at start: `[NOTICE]   (12) : haproxy version is …`. */
export function haproxyLine(severity: Severity, pid: number, text: string): string {
  return `${`[${LEVELS[severity]}]`.padEnd(10)} (${pid}) : ${text}`;
}

export interface HaproxyReportOptions {
  readonly pid: number;
  /** As `-v` shows it. */
  readonly version: string;
  /** Path of the program. */
  readonly executable: string;
}

/**
 * All diagnostics of a check as HAProxy prints them: before the first warning or error it says which version runs
 * and from where, and behind errors which files have them and that they are fatal. '' without diagnostics; else
 * every line ends with a line feed.
 */
export function renderHaproxyReport(
  diagnostics: readonly Diagnostic[],
  options: HaproxyReportOptions,
): string {
  const lines: string[] = [];
  let isIntroduced = false;
  for (const diagnostic of diagnostics) {
    if (!isIntroduced && (diagnostic.severity === 'error' || diagnostic.severity === 'warning')) {
      lines.push(
        haproxyLine('notice', options.pid, `haproxy version is ${options.version}`),
        haproxyLine('notice', options.pid, `path to executable is ${options.executable}`),
      );
      isIntroduced = true;
    }
    lines.push(renderHaproxyLine(diagnostic, options.pid));
  }
  lines.push(...fatalLines(diagnostics, options.pid));
  return lines.map((line) => `${line}\n`).join('');
}

function fatalLines(diagnostics: readonly Diagnostic[], pid: number): string[] {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length === 0) return [];
  const files = new Set(errors.filter((error) => error.at.line > 0).map((error) => error.at.file));
  const perFile = [...files].map((file) =>
    haproxyLine('error', pid, `config : Error(s) found in configuration file : ${visible(file)}`),
  );
  return [...perFile, haproxyLine('error', pid, 'config : Fatal errors found in configuration.')];
}
