/** Finds the programs that benchmarks run, says which package brings a missing one, and reads versions. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package of each program. */
export const PACKAGES: { readonly [program: string]: string } = {
  haproxy: 'haproxy',
  nginx: 'nginx-light',
  wrk: 'wrk',
  ab: 'apache2-utils',
};

/** The program's path, or null when it is not installed. */
export function findProgram(name: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

const OPTIONS: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'pipe'],
};

/** The first number with dots that the command prints, on either stream and whatever its exit code; else `?`. */
export function versionOf(path: string, args: readonly string[]): string {
  let text: string;
  try {
    text = execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>&1 || true', path, ...args], OPTIONS);
  } catch {
    text = '';
  }
  return /\d+\.\d+[\w.+~-]*/.exec(text)?.[0] ?? '?';
}
