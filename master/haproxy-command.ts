/** The command line of HAProxy: the same options, texts on the same streams, the same exit codes. */

import { availableParallelism } from 'node:os';
import { evaluateArgument } from '../config/haproxy-cfg/condition.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { conditionFacts } from './features.ts';
import { type Settings, UsageError } from './option-table.ts';
import { haproxySink, ProgramLog } from './program-log.ts';
import { environmentOf, readRequest } from './read-request.ts';
import { hasWarnings } from './report-diagnostics.ts';
import { accept, hasListener, run } from './run.ts';
import { detailedVersion, shortVersion } from './version-text.ts';

export interface Invocation {
  /** The name the program was called by. */
  readonly programName: string;
  /** The launcher's path, for messages. */
  readonly programPath: string;
  readonly args: readonly string[];
  /** Variables for worker processes, beside the configuration's. */
  readonly workerEnvironment: { readonly [name: string]: string };
}

/** Resolves to the exit status. */
export async function haproxyCommand(invocation: Invocation): Promise<number> {
  let settings: Settings;
  try {
    settings = parseCommandLine(invocation.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${invocation.programName}: ${error.message}\n\n${usage(invocation.programName)}`);
    return 1;
  }
  if (settings.task === 'version') return print(shortVersion());
  if (settings.task === 'detailed-version') return print(detailedVersion(availableParallelism()));
  const log = new ProgramLog(haproxySink(settings.isQuiet, invocation.programPath));
  if (!changeFolder(settings.folder, log)) return 1;
  if (settings.task === 'condition') return evaluate(settings.condition, settings, log);
  if (settings.keywordClasses !== null || settings.dumpKey !== null) {
    const { dump } = await import('./dumps.ts');
    const status = await dump(settings, log);
    if (status !== 0) return status;
  }
  if (settings.task === 'check') return check(settings, log);
  const { programName, workerEnvironment } = invocation;
  return run({
    programName,
    settings,
    workers: null,
    log,
    isForPeople: false,
    workerEnvironment,
  });
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function changeFolder(folder: string, log: ProgramLog): boolean {
  if (folder === '') return true;
  try {
    process.chdir(folder);
    return true;
  } catch (error) {
    log.alert(`Could not change to directory ${folder} : ${(error as Error).message}`);
    return false;
  }
}

/** 0 true, 1 false, 2 not a condition. */
function evaluate(condition: string, settings: Settings, log: ProgramLog): number {
  const scope = { ...conditionFacts(settings), environment: environmentOf(process.env) };
  const result = evaluateArgument(condition, scope);
  if ('value' in result) return result.value ? 0 : 1;
  const remedy = result.remedy === undefined ? '' : `; ${result.remedy}`;
  log.alert(`config : Failed to evaluate condition: ${result.error}${remedy}`);
  return 2;
}

/** 0 valid, 1 not, 2 valid without a listener: it would not start. */
async function check(settings: Settings, log: ProgramLog): Promise<number> {
  const { readConfiguration } = await import('./read-configuration.ts');
  const result = await readConfiguration(readRequest(settings));
  const accepted = accept(result, { settings, log, isForPeople: false });
  if ('problem' in accepted) return 1;
  const say = (text: string) => {
    if (!settings.isQuiet) process.stdout.write(`${text}\n`);
  };
  if (!hasListener(accepted)) {
    say('Configuration file has no error but will not start (no listener) => exit(2).');
    return 2;
  }
  if (settings.isVerbose) {
    if (hasWarnings(result.diagnostics)) say('Warnings were found.');
    say('Configuration file is valid');
  }
  return 0;
}
