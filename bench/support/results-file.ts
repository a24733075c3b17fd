/**
 * bench/RESULTS.md: each program owns one section between two marks and writes only that; what stands outside the
 * marks was written by hand and stays.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';

export const RESULTS_FILE = fileURLToPath(new URL('../RESULTS.md', import.meta.url));

/** Puts the text into the section, in place of what was there; a new section goes to the end. */
export function writeSection(file: string, name: string, text: string): void {
  let all: string;
  try {
    all = readFileSync(file, 'utf8');
  } catch {
    all = '# Results of the benchmarks\n';
  }
  writeFileSync(file, replaceSection(all, name, text));
}

/** The same on texts. */
export function replaceSection(all: string, name: string, text: string): string {
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const section = `${begin}\n${text.trim()}\n${end}`;
  const from = all.indexOf(begin);
  const to = all.indexOf(end, from);
  if (from < 0 || to < 0) return `${all.trimEnd()}\n\n${section}\n`;
  return `${all.slice(0, from)}${section}${all.slice(to + end.length)}`;
}

/** Processor, cores and kernel, as a line. */
export function machineLine(): string {
  return `Machine: ${cpus()[0]?.model ?? arch()}, ${cpus().length} cores, Linux ${release()}.`;
}

/** The command that this process runs, as it is typed. */
export function commandLine(program: string): string {
  const words = process.argv.slice(2).filter((word, i, all) => word !== '--out' && all[i - 1] !== '--out');
  return ['node', program, ...words].join(' ');
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A Markdown table; columns behind the first hold numbers when `numbers` says so. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = (column: number) =>
    column > 0 && rows.every((row) => /^[\d.,–%×<>≤ -]*(MB|KiB|ms|s)?$/.test(row[column] ?? ''));
  const rule = head.map((_, column) => (isNumeric(column) ? '--:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
