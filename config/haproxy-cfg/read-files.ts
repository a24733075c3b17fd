/**
 * Reading what `-f` and `--` name (management guide, section 3): files, and folders of files. Parsing is left to
 * others; what cannot be read is told as a diagnostic with line 0.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { textOfBytes } from '../../src/bytes/byte-text.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from './parse.ts';

/** The largest file that is read, in bytes. The largest configurations in use have some megabytes. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

export interface ReadResult {
  /** Files that could be read, in order. */
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads files in the order given; of a folder, its visible regular files that end in `.cfg`, in the order of their
 * bytes (the C locale's). A path that cannot be read is an error and the others are read all the same. That no file
 * is left is an error too. Never throws.
 */
export function readConfigFiles(paths: readonly string[]): ReadResult {
  const sources: Source[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    try {
      for (const file of filesOf(path)) readInto(file, { sources, diagnostics });
    } catch (error) {
      diagnostics.push(unreadable(path, error));
    }
  }
  if (sources.length === 0 && diagnostics.length === 0) diagnostics.push(nothingToRead(paths));
  return { sources, diagnostics };
}

/** A path as bytes: names in a folder need not be UTF-8. */
type PathBytes = Buffer;

function filesOf(path: string): PathBytes[] {
  if (!statSync(path).isDirectory()) return [Buffer.from(path)];
  const names = readdirSync(path, { encoding: 'buffer' }).filter(isConfigName);
  const files = names.sort(Buffer.compare).map((name) => Buffer.concat([Buffer.from(`${path}/`), name]));
  return files.filter((file) => isNoOther(file));
}

function isConfigName(name: Buffer): boolean {
  const text = name.toString('latin1');
  return text.endsWith('.cfg') && !text.startsWith('.');
}

/** Folders and devices inside of a folder are passed over; a dangling link is kept, to be reported. */
function isNoOther(file: PathBytes): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
}

function readInto(file: PathBytes, result: { sources: Source[]; diagnostics: Diagnostic[] }): void {
  const name = textOfBytes(file);
  try {
    const bytes = readWhole(file);
    if (bytes === null) result.diagnostics.push(tooLarge(name));
    else result.sources.push({ file: name, text: textOfBytes(bytes) });
  } catch (error) {
    result.diagnostics.push(unreadable(name, error));
  }
}

/** Null when there is more than MAX_FILE_BYTES. Pipes and devices are read to their end. */
function readWhole(file: PathBytes): Buffer | null {
  const fd = openSync(file, constants.O_RDONLY);
  try {
    const stat: Stats = fstatSync(fd);
    return stat.isFile() && stat.size > MAX_FILE_BYTES ? null : readToEnd(fd);
  } finally {
    closeSync(fd);
  }
}

const CHUNK_BYTES = 64 * 1024;

function readToEnd(fd: number): Buffer | null {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total <= MAX_FILE_BYTES) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const length = readSync(fd, chunk, 0, CHUNK_BYTES, null);
    if (length === 0) return Buffer.concat(chunks, total);
    chunks.push(chunk.subarray(0, length));
    total += length;
  }
  return null;
}

function unreadable(path: string, error: unknown): Diagnostic {
  const remedy = path === '-' ? { remedy: 'write /dev/stdin to read the standard input' } : {};
  return wholeFile(
    path,
    `cannot open configuration file/directory ${path === '' ? "''" : path} : ${systemText(error)}`,
    remedy,
  );
}

function tooLarge(path: string): Diagnostic {
  return wholeFile(path, `${path} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`, {
    reason: 'no configuration is',
    remedy: 'check the path; move large lists to map and pattern files',
  });
}

function nothingToRead(paths: readonly string[]): Diagnostic {
  const problem =
    paths.length === 0 ? 'no configuration file is given' : `no file ending in .cfg in ${paths.join(', ')}`;
  return wholeFile(paths[0] ?? '', problem, { remedy: 'name a file with -f' });
}

function wholeFile(file: string, problem: string, advice: Pick<Diagnostic, 'reason' | 'remedy'>): Diagnostic {
  return { severity: 'error', at: { file, line: 0, column: 0 }, problem, ...advice };
}

/** The system's text for its error, such as "no such file or directory". */
function systemText(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? message;
}
