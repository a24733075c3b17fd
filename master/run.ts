/** Serves by a configuration until told to stop: the part that both command lines share. */
import { fileURLToPath } from 'node:url';
import type { Model } from '../config/model/model.ts';
import { trimMemory } from '../src/system/trim-memory.ts';
import { goToBackground, isInBackground } from './daemon.ts';
import { checkTaskUrl, workerProcessUrl } from './entries.ts';
import { Instance } from './instance.ts';
import type { Settings } from './option-table.ts';
import type { ProgramLog } from './program-log.ts';
import { readInPool } from './read-in-pool.ts';
import { type ReadResult, readRequest } from './read-request.ts';
import { hasWarnings, reportDiagnostics } from './report-diagnostics.ts';
import type { Candidate, Configuration, Supervisor } from './supervisor.ts';

export interface RunOptions {
  readonly programName: string;
  readonly settings: Settings;
  readonly workers: number | null;
  readonly log: ProgramLog;
  readonly isForPeople: boolean;
  readonly workerEnvironment: { readonly [name: string]: string };
  /** The configuration is valid, and nothing has been started yet. */
  beforeServing?(model: Model): Promise<void>;
  /** It accepts connections. */
  onServing?(supervisor: Supervisor): void;
}

/** Resolves to the status to exit with. */
export async function run(options: RunOptions): Promise<number> {
  const { settings, log } = options;
  const isBackground = isInBackground();
  const request = readRequest(settings);
  // The first time here: a thread would make every start wait for it.
  const { readConfiguration } = await import('./read-configuration.ts');
  const candidate = accept(await readConfiguration(request), options);
  if ('problem' in candidate) return 1;
  if (!hasListener(candidate)) {
    log.alert("config : No enabled listener found (check for 'bind' directives) ! Exiting.");
    return 1;
  }
  const wantsBackground = settings.isDaemon || candidate.model.global.isDaemon === true;
  if (wantsBackground && !settings.isForeground && !isBackground) return goToBackground();
  await options.beforeServing?.(candidate.model);
  return serve(options, candidate, {
    isBackground,
    loadCandidate: async () => accept(await readInPool(request, checkTaskUrl), options),
  });
}

interface Serving {
  readonly isBackground: boolean;
  loadCandidate(): Promise<Candidate>;
}

function serve(options: RunOptions, configuration: Configuration, serving: Serving): Promise<number> {
  const { programName, workers, log, workerEnvironment } = options;
  const settings = withGlobal(options.settings, configuration);
  if (settings.isQuiet) log.silence();
  const workerEntry = fileURLToPath(workerProcessUrl);
  return new Promise((exit) => {
    const instance = new Instance({
      programName,
      settings,
      workers,
      log,
      workerEntry,
      workerEnvironment,
      exit,
      ...serving,
    });
    instance.start(configuration).then((isServing) => {
      if (isServing) {
        options.onServing?.(instance.supervisor);
        setImmediate(trimMemory);
      } else if (!instance.supervisor.isStopping) exit(1);
    });
  });
}

/**
 * What the global section asks for beside the command line: `quiet`, and `master-worker`, which is `-W` unless `-db`
 * keeps everything in the foreground.
 */
function withGlobal(settings: Settings, { model }: Configuration): Settings {
  const { isQuiet = false, masterWorker } = model.global;
  return {
    ...settings,
    isQuiet: settings.isQuiet || isQuiet,
    isMasterWorker: settings.isMasterWorker || (masterWorker !== undefined && !settings.isForeground),
  };
}

/** Reports what was found; errors, and warnings where none are permitted, refuse the configuration. */
export function accept(
  result: ReadResult,
  options: Pick<RunOptions, 'settings' | 'log' | 'isForPeople'>,
): Candidate {
  const { settings, log, isForPeople } = options;
  reportDiagnostics(result.diagnostics, log, { isForPeople, isDiagnostic: settings.isDiagnostic });
  const { model, environment, keywordNames } = result;
  if (model === null) return { problem: 'the configuration has errors' };
  const isStrict = settings.isZeroWarning || model.global.zeroWarning === true;
  if (!isStrict || !hasWarnings(result.diagnostics)) return { model, environment, keywordNames };
  log.alert("config : Some warnings were found and 'zero-warning' is set. Aborting.");
  return { problem: 'the configuration has warnings' };
}

/** HAProxy refuses to run without one. */
export function hasListener({ model }: Configuration): boolean {
  const { statsSockets = [] } = model.global;
  return (
    statsSockets.length > 0 ||
    model.proxies.some((proxy) => proxy.binds.length > 0 && !proxy.settings.isDisabled)
  );
}
