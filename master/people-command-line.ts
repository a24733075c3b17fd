/** The commands for people: `fairlead run site.cfg`. Declared as data; the help texts are derived from it. */
import { nearest } from '../src/keyword/nearest.ts';
import { UsageError } from './option-table.ts';

export type PeopleCommandName = 'run' | 'check' | 'convert' | 'keywords' | 'reload' | 'version';

interface PeopleOption {
  readonly name: string;
  readonly noun?: string;
  readonly summary: string;
}

export interface PeopleCommandEntry {
  readonly name: PeopleCommandName;
  readonly summary: string;
  /** How many file names it takes: none, at most one, at least one; or the words of a keyword's name. */
  readonly files: 'none' | 'optional' | 'some' | 'names';
  readonly options: readonly PeopleOption[];
  readonly text: string;
}

export const peopleCommands: readonly PeopleCommandEntry[] = [
  {
    name: 'run',
    summary: 'Serves traffic by a configuration, in the foreground, until Ctrl-C.',
    files: 'some',
    options: [
      {
        name: '--workers',
        noun: 'number',
        summary: 'How many worker threads; by default nbthread, or one per CPU.',
      },
      {
        name: '--demo',
        summary: "Answers on the servers' own addresses where they are on this machine and nobody does.",
      },
    ],
    text: 'A haproxy.cfg or a YAML file. SIGUSR2 or `fairlead reload` takes a changed file into use.',
  },
  {
    name: 'check',
    summary: 'Checks a configuration and says all that is wrong with it.',
    files: 'some',
    options: [
      {
        name: '--against-running',
        summary: 'Shows what a reload of the running instance would change, and changes nothing.',
      },
    ],
    text: 'Ends with 0 when it is valid, 1 when it is not, 2 when it is but has no listener.',
  },
  {
    name: 'convert',
    summary: 'Turns a haproxy.cfg into YAML, or the other way round.',
    files: 'some',
    options: [
      { name: '--to', noun: 'yaml|cfg', summary: 'What to write; by default the other form.' },
      { name: '-o', noun: 'file', summary: 'Writes to a file instead of standard output.' },
    ],
    text: 'Both mean the same. Comments are lost, and variables are replaced by their values.',
  },
  {
    name: 'keywords',
    summary: 'Lists the keywords of the configuration, or shows one.',
    files: 'names',
    options: [
      { name: '--family', noun: 'family', summary: 'Only one family, such as proxy or fetch.' },
      { name: '--parity', summary: "Compares them to HAProxy's." },
      { name: '--json', summary: 'Writes JSON.' },
    ],
    text: 'By family, with a summary each. A keyword is named as it is written: `fairlead keywords timeout client`.',
  },
  {
    name: 'reload',
    summary: 'Tells the running instance to read its configuration again.',
    files: 'optional',
    options: [],
    text: 'Finds it by its configuration file; without one, takes the only one that runs. Ends with 0 when the new configuration is in use.',
  },
  { name: 'version', summary: 'Shows the version.', files: 'none', options: [], text: '`-vv` shows more.' },
];

export interface PeopleCommand {
  readonly name: PeopleCommandName;
  readonly files: readonly string[];
  /** Values by option name; an option without a noun has ''. */
  readonly values: ReadonlyMap<string, string>;
  /** `--help` was asked for. */
  readonly wantsHelp: boolean;
}

/** Whether the arguments are a command for people, not HAProxy's options. */
export function isPeopleCommand(args: readonly string[]): boolean {
  const first = args[0];
  return first !== undefined && (!first.startsWith('-') || first === '--help' || first === '-h');
}

/** Reads `run site.cfg --workers 2`. Throws UsageError. */
export function parsePeopleCommand(args: readonly string[]): PeopleCommand {
  const entry = findCommand(args[0]!);
  const files: string[] = [];
  const values = new Map<string, string>();
  let wantsHelp = false;
  for (let i = 1; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === '--help' || argument === '-h') wantsHelp = true;
    else if (argument === '-f' && args[i + 1] !== undefined) files.push(args[++i]!);
    else if (argument.startsWith('-')) i += readOption(entry, args, i, values);
    else files.push(argument);
  }
  if (!wantsHelp) checkFiles(entry, files);
  return { name: entry.name, files, values, wantsHelp };
}

function findCommand(name: string): PeopleCommandEntry {
  const entry = peopleCommands.find((command) => command.name === name);
  if (entry !== undefined) return entry;
  const close = nearest(
    name,
    peopleCommands.map((command) => command.name),
  );
  throw new UsageError(
    `'${name}' is not a command${close === undefined ? '' : `; did you mean '${close}'?`}`,
  );
}

/** Returns how many further arguments the option took. */
function readOption(
  entry: PeopleCommandEntry,
  args: readonly string[],
  at: number,
  values: Map<string, string>,
): number {
  const [name, inline] = args[at]!.split('=', 2) as [string, string | undefined];
  const option = entry.options.find((candidate) => candidate.name === name);
  if (option === undefined) {
    const close = nearest(
      name,
      entry.options.map((candidate) => candidate.name),
    );
    throw new UsageError(
      `'${name}' is not an option of ${entry.name}${close === undefined ? '' : `; did you mean ${close}?`}`,
    );
  }
  if (option.noun === undefined) {
    if (inline !== undefined) throw new UsageError(`${name} takes no value`);
    values.set(name, '');
    return 0;
  }
  const value = inline ?? args[at + 1];
  if (value === undefined || value === '') throw new UsageError(`${name} needs a <${option.noun}> behind it`);
  values.set(name, value);
  return inline === undefined ? 1 : 0;
}

function checkFiles(entry: PeopleCommandEntry, files: readonly string[]): void {
  if (entry.files === 'some' && files.length === 0)
    throw new UsageError(`${entry.name} needs a configuration file`);
  if (entry.files === 'none' && files.length > 0)
    throw new UsageError(`${entry.name} takes no file, but '${files[0]}' was given`);
  if (entry.files === 'optional' && files.length > 1) throw new UsageError(`${entry.name} takes one file`);
}

/** The number behind `--workers`. Throws UsageError. */
export function workersOf(command: PeopleCommand): number | null {
  const value = command.values.get('--workers');
  if (value === undefined) return null;
  if (/^[1-9]\d?$/.test(value) && Number(value) <= 64) return Number(value);
  throw new UsageError(`'${value}' is not a number from 1 to 64, for --workers`);
}

/** `fairlead --help`. */
export function generalHelp(programName: string): string {
  const lines = peopleCommands.map((entry) => `  ${entry.name.padEnd(10)} ${entry.summary}`);
  return `Fairlead is a reverse proxy and load balancer that reads haproxy.cfg.

Usage: ${programName} <command> [file] [options]

${lines.join('\n')}

  ${programName} run site.cfg         start here
  ${programName} <command> --help     more about a command
  ${programName} -f site.cfg ...      HAProxy's own options work too: ${programName} -h lists both

Linked under the name 'haproxy' it takes HAProxy's options only.
`;
}

/** `fairlead run --help`. */
export function commandHelp(programName: string, name: PeopleCommandName): string {
  const entry = peopleCommands.find((command) => command.name === name)!;
  const file = { none: '', optional: ' [file]', some: ' <file>...', names: ' [keyword]' }[entry.files];
  const lines = [...entry.options, { name: '--help', summary: 'Shows this text.' } as PeopleOption].map(
    (option) =>
      `  ${`${option.name}${option.noun === undefined ? '' : ` <${option.noun}>`}`.padEnd(20)} ${option.summary}`,
  );
  return `${entry.summary}\n\nUsage: ${programName} ${entry.name}${file} [options]\n\n${lines.join('\n')}\n\n${entry.text}\n`;
}
