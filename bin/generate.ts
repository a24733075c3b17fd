/**
 * Writes what follows from the declarations: the manual in docs/reference and the JSON Schema. With `--check` it
 * writes nothing, names the files that are not what they should be, and ends with 1 if there are any.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REFERENCE_FOLDER, referenceFiles } from '../config/reference/reference-files.ts';
import { options } from '../master/option-table.ts';
import { peopleCommands } from '../master/people-command-line.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = referenceFiles({ options, commands: peopleCommands });

function read(path: string): string | null {
  try {
    return readFileSync(`${root}${path}`, 'utf8');
  } catch {
    return null;
  }
}

/** Pages of families that no longer exist. */
function leftOver(): string[] {
  mkdirSync(`${root}${REFERENCE_FOLDER}`, { recursive: true });
  const paths = readdirSync(`${root}${REFERENCE_FOLDER}`).map((name) => `${REFERENCE_FOLDER}/${name}`);
  return paths.filter((path) => !files.has(path));
}

const stale = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const surplus = leftOver();

if (process.argv.includes('--check')) {
  for (const path of stale) process.stderr.write(`${path} is stale: run npm run generate\n`);
  for (const path of surplus)
    process.stderr.write(`${path} is not generated any more: run npm run generate\n`);
  process.exitCode = stale.length + surplus.length > 0 ? 1 : 0;
} else {
  for (const path of stale) {
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, files.get(path)!);
  }
  for (const path of surplus) rmSync(`${root}${path}`);
  process.stdout.write(`${files.size} files, ${stale.length} written, ${surplus.length} removed\n`);
}
