/** `-dK` and `-dC`: what HAProxy prints besides its work. */
import { createHash } from 'node:crypto';
import { parseFiles } from '../config/load.ts';
import { bindOptions, globalOptions, proxyOptions, serverOptions } from '../src/catalog.ts';
import type { Settings } from './option-table.ts';
import type { ProgramLog } from './program-log.ts';
import { readRequest } from './read-request.ts';

/** Classes of `-dK` and their lines. */
const CLASSES: { readonly [name: string]: () => string[] } = {
  cfg: () =>
    [...globalOptions, ...proxyOptions].map(
      ({ family, name }) => `${family === 'global' ? 'global' : 'listen'}\t${name}`,
    ),
  bind: () => bindOptions.map(({ name }) => `bind\t${name}`),
  srv: () => serverOptions.map(({ name }) => `server\t${name}`),
};

/** Prints what was asked for. Resolves to 0, or to the status to exit with at once. */
export async function dump(settings: Settings, log: ProgramLog): Promise<number> {
  if (settings.keywordClasses !== null && !dumpKeywords(settings.keywordClasses, log)) return 1;
  if (settings.dumpKey !== null) await dumpConfiguration(settings, settings.dumpKey);
  return 0;
}

function dumpKeywords(classes: string, log: ProgramLog): boolean {
  for (const name of classes.split(',')) {
    if (name === 'help') {
      process.stdout.write(
        `# List of supported keyword classes:\nall: list all keywords\n${Object.keys(CLASSES).join('\n')}\n`,
      );
      continue;
    }
    const wanted = name === 'all' ? Object.keys(CLASSES) : [name];
    for (const each of wanted) {
      const lines = CLASSES[each];
      if (lines === undefined) {
        log.alert(
          `unknown keyword class '${each}' for -dK; there are all, ${Object.keys(CLASSES).join(', ')}`,
        );
        return false;
      }
      process.stdout.write(`# List of registered ${each} keywords:\n${lines().join('\n')}\n`);
    }
  }
  return true;
}

/**
 * Sections as they were read: no comments, variables resolved, one form of indenting. With a key other than 0 every
 * word but the keyword is hashed with it, so that the text may be shown to others.
 */
async function dumpConfiguration(settings: Settings, key: string): Promise<void> {
  const { document } = await parseFiles(readRequest(settings));
  const show = key === '' || key === '0' ? quoted : (word: string) => hashed(word, key);
  for (const section of document.sections) {
    process.stdout.write(`${[section.kind, ...section.header.map((word) => show(word.text))].join(' ')}\n`);
    for (const { words } of section.statements) {
      const [keyword, ...rest] = words.map((word) => word.text);
      process.stdout.write(`\t${[keyword, ...rest.map(show)].join(' ')}\n`);
    }
    process.stdout.write('\n');
  }
}

function hashed(word: string, key: string): string {
  return createHash('sha256').update(`${key}\0${word}`).digest('hex').slice(0, 6);
}

function quoted(text: string): string {
  return /^[^\s"'\\#$]+$/.test(text) ? text : `"${text.replace(/["\\$]/g, '\\$&')}"`;
}
