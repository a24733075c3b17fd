/**
 * Reads a command line by the table of options, and writes the usage text from it. `fairlead run` and the other
 * commands for people are read in `people-command-line.ts`.
 */
import { nearest } from '../src/keyword/nearest.ts';
import { defaultSettings, type OptionEntry, options, type Settings, UsageError } from './option-table.ts';

const BY_NAME: ReadonlyMap<string, OptionEntry> = new Map(options.map((entry) => [entry.name, entry]));

/** Longest first, so that `-dM` does not hide an option that begins like it. */
const ATTACHED = options
  .filter((entry) => entry.takes === 'attached')
  .sort((a, b) => b.name.length - a.name.length);

/** Reads HAProxy's options. Throws UsageError for a command line that it does not understand. */
export function parseCommandLine(args: readonly string[]): Settings {
  const settings = defaultSettings();
  let next = 0;
  while (next < args.length) {
    const { entry, attached } = findOption(args[next]!);
    next++;
    if (entry.takes === 'none' || entry.takes === 'attached') {
      entry.apply?.(settings, attached);
    } else if (entry.takes === 'word') {
      if (next >= args.length) throw new UsageError(`${entry.name} needs a <${entry.noun}> behind it`);
      entry.apply?.(settings, args[next]!);
      next++;
    } else {
      const end = entry.takes === 'rest' ? args.length : endOfList(args, next);
      for (; next < end; next++) entry.apply?.(settings, args[next]!);
    }
  }
  if (settings.files.length === 0 && (settings.task === 'run' || settings.task === 'check'))
    throw new UsageError('no configuration file: give at least one with -f');
  return settings;
}

function findOption(argument: string): { entry: OptionEntry; attached: string } {
  const entry = BY_NAME.get(argument);
  if (entry !== undefined) return { entry, attached: '' };
  const begun = ATTACHED.find((option) => argument.startsWith(option.name));
  if (begun !== undefined) return { entry: begun, attached: argument.slice(begun.name.length) };
  if (!argument.startsWith('-'))
    throw new UsageError(`'${argument}' is not an option; files follow -f or --`);
  const close = nearest(argument, BY_NAME.keys());
  throw new UsageError(
    `unknown option '${argument}'${close === undefined ? '' : `; did you mean ${close}?`}`,
  );
}

function endOfList(args: readonly string[], from: number): number {
  const end = args.findIndex((argument, i) => i >= from && argument.startsWith('-'));
  return end < 0 ? args.length : end;
}

/** The usage text of HAProxy's options. */
export function usage(programName: string): string {
  const lines = options.map(
    (entry) =>
      `  ${shown(entry).padEnd(26)} ${entry.summary}${entry.noEffect === undefined ? '' : ` No effect: ${entry.noEffect}.`}`,
  );
  return `Usage: ${programName} [-f <cfgfile|cfgdir>]... [options] [-- <cfgfile>...]\n${lines.join('\n')}\n`;
}

function shown(entry: OptionEntry): string {
  if (entry.noun === undefined) return entry.name;
  if (entry.takes === 'attached') return `${entry.name}[${entry.noun}]`;
  return `${entry.name} <${entry.noun}>${entry.takes === 'word' ? '' : '...'}`;
}
