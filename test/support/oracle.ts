/** Finds the programs that tests compare with or drive, and says which package brings a missing one. */
import { accessSync, constants, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Debian's package of each program. */
const PACKAGES: { readonly [program: string]: string } = {
  haproxy: 'haproxy',
  varnishtest: 'varnish',
  nginx: 'nginx-light',
  ab: 'apache2-utils',
  wrk: 'wrk',
  h2load: 'nghttp2-client',
  socat: 'socat',
  curl: 'curl',
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

/** For a test's `skip` option: false when all are there, else the line that names the missing packages. */
export function skipUnless(...programs: readonly string[]): false | string {
  const missing = programs.filter((program) => findProgram(program) === null);
  if (missing.length === 0) return false;
  return `needs ${missing.map((program) => `${program} (package ${PACKAGES[program] ?? program})`).join(', ')}`;
}

export const PROJECT_ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** The product's launcher; FAIRLEAD_PROGRAM names that of another build. */
export const FAIRLEAD: string = process.env['FAIRLEAD_PROGRAM'] ?? join(PROJECT_ROOT, 'bin', 'fairlead');

/** A link to the launcher named `haproxy`, in a folder of its own. */
export function fairleadAsHaproxy(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairlead-test-')), 'haproxy');
  symlinkSync(FAIRLEAD, path);
  return path;
}
