/** The commands for people: `fairlead run`, `check`, `convert`, `keywords`, `reload`, `version`. */
import type { Invocation } from './haproxy-command.ts';
import { listenSummary } from './listen-summary.ts';
import { defaultSettings, type Settings, UsageError } from './option-table.ts';
import {
  commandHelp,
  generalHelp,
  type PeopleCommand,
  parsePeopleCommand,
  workersOf,
} from './people-command-line.ts';
import { ProgramLog, pinoSink, plainSink } from './program-log.ts';
import { readRequest } from './read-request.ts';
import { hasWarnings } from './report-diagnostics.ts';
import { accept, hasListener, run } from './run.ts';
import { shortVersion } from './version-text.ts';

/** Resolves to the exit status. */
export async function peopleCommand(invocation: Invocation): Promise<number> {
  const { programName, args } = invocation;
  try {
    const command = parsePeopleCommand(args);
    if (!command.wantsHelp) return await COMMANDS[command.name](command, invocation);
    process.stdout.write(commandHelp(programName, command.name));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${programName}: ${error.message}\n\n${generalHelp(programName)}`);
    return 1;
  }
}

type Run = (command: PeopleCommand, invocation: Invocation) => Promise<number>;

const COMMANDS: { readonly [name in PeopleCommand['name']]: Run } = {
  run: runFile,
  check: checkFile,
  async convert({ files, values }) {
    const { convertFiles } = await import('./convert-command.ts');
    return convertFiles(files, { to: values.get('--to') ?? null, output: values.get('-o') ?? null });
  },
  async keywords({ files, values }) {
    const { listKeywords } = await import('./keywords-command.ts');
    return listKeywords({
      name: files.length === 0 ? null : files.join(' '),
      family: values.get('--family') ?? null,
      isParity: values.has('--parity'),
      isJson: values.has('--json'),
    });
  },
  async reload({ files }) {
    const { reloadRunning } = await import('./reload-command.ts');
    return reloadRunning(files[0] ?? null);
  },
  async version() {
    process.stdout.write(shortVersion());
    return 0;
  },
};

function settingsFor(files: readonly string[]): Settings {
  return { ...defaultSettings(), files: [...files], isForeground: true };
}

async function runFile(
  command: PeopleCommand,
  { programName, workerEnvironment }: Invocation,
): Promise<number> {
  const workers = workersOf(command);
  const settings = settingsFor(command.files);
  const log = new ProgramLog(await pinoSink());
  return run({
    programName,
    settings,
    workers,
    log,
    isForPeople: true,
    workerEnvironment,
    async beforeServing(model) {
      if (command.values.has('--demo'))
        await (await import('./demo-servers.ts')).startDemoServers(model, log);
    },
    onServing(supervisor) {
      const model = supervisor.model!;
      process.stdout.write(listenSummary(model, supervisor.threadsOf(model)));
    },
  });
}

async function checkFile({ files, values }: PeopleCommand): Promise<number> {
  const settings = settingsFor(files);
  const log = new ProgramLog(plainSink());
  const { readConfiguration } = await import('./read-configuration.ts');
  const result = await readConfiguration(readRequest(settings));
  const accepted = accept(result, { settings, log, isForPeople: true });
  if ('problem' in accepted) return 1;
  const { proxies } = accepted.model;
  const count = `${proxies.length} ${proxies.length === 1 ? 'proxy' : 'proxies'}`;
  if (!hasListener(accepted)) {
    process.stdout.write(`${files.join(', ')}: no errors, but nothing listens: it will not start\n`);
    return 2;
  }
  process.stdout.write(
    `${files.join(', ')}: valid, ${count}${hasWarnings(result.diagnostics) ? ', with warnings' : ''}\n`,
  );
  if (!values.has('--against-running')) return 0;
  const { compareWithRunning } = await import('./compare-with-running.ts');
  return compareWithRunning(accepted.model, files[0]!);
}
