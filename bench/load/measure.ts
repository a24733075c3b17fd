/** One run of a work against a program: the CPU time it took, per request. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LogSink } from '../support/log-sink.ts';
import { cpuTimeUs } from '../support/process-tree.ts';
import type { RunningProgram } from './running-program.ts';
import type { LoadRequest, LoadResult, Work } from './works.ts';

export interface Measured extends LoadResult {
  /** User and system time of the whole process tree per request, in microseconds; 0 where the work was not done. */
  readonly cpuUs: number;
  /** Processor cores that the program kept busy: 1.00 for one worker that never waited. */
  readonly coresUsed: number;
}

/** Work that was not done as asked has a problem and no figure. */
export async function measure(
  work: Work,
  program: RunningProgram,
  load: Omit<LoadRequest, 'port'>,
  sink: LogSink | null = null,
): Promise<Measured> {
  const linesBefore = sink === null ? 0 : await sink.lines();
  const before = cpuTimeUs(program.pid);
  const result = await work.run({ ...load, port: program.port });
  if (sink !== null) await linesArrive(sink, linesBefore + result.requests);
  const usedUs = cpuTimeUs(program.pid) - before;
  const problem = result.problem || (await problemOf(result, sink, linesBefore));
  if (problem !== '') return { ...result, problem, cpuUs: 0, coresUsed: 0 };
  return { ...result, problem, cpuUs: usedUs / result.requests, coresUsed: usedUs / 1e6 / result.seconds };
}

async function problemOf(result: LoadResult, sink: LogSink | null, linesBefore: number): Promise<string> {
  if (result.requests === 0) return 'no request was served';
  if (sink === null) return '';
  const lines = (await sink.lines()) - linesBefore;
  return lines < result.requests
    ? `${result.requests - lines} log lines of ${result.requests} are missing`
    : '';
}

const LINE_LOOKS = 100;
const LINE_LOOK_MS = 10;

async function linesArrive(sink: LogSink, wanted: number): Promise<void> {
  for (let look = 0; look < LINE_LOOKS && (await sink.lines()) < wanted; look++) await pause(LINE_LOOK_MS);
}
