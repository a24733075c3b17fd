/** Files that a configuration names: read at link time, so that workers need none. */
import type { Entry } from './draft.ts';
import type { Report } from './report.ts';

/** Reads a whole file; throws as node:fs does. */
export type ReadFile = (path: string) => Uint8Array;

/** The bytes of a file in memory of their own, or null and an error that says why not. */
export function tryRead(readFile: ReadFile, path: string, entry: Entry, report: Report): Uint8Array | null {
  try {
    return Uint8Array.from(readFile(path));
  } catch (error) {
    report.error(entry, `cannot read '${path}'`, { reason: readProblem(error) });
    return null;
  }
}

/** Why a file could not be read, for people. */
export function readProblem(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read by this user';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}
