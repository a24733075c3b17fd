/** Keeps programs on given processor cores, so that the scheduler's moves do not count as the proxies' work. */
import { availableParallelism } from 'node:os';
import { findProgram } from './programs.ts';

/** Which cores a group of programs may use, as taskset(1) writes them; '' for all. */
export type Cores = string;

export interface CoreSplit {
  /** The proxies, each with all its threads. */
  readonly proxy: Cores;
  /** Load generators, origin, log sink. */
  readonly load: Cores;
}

export const SHARED_CORES: CoreSplit = { proxy: '', load: '' };

/** Core 0 for the proxies, the others for the load. SHARED_CORES where there is one core only, or no taskset. */
export function splitCores(): CoreSplit {
  const count = availableParallelism();
  if (count < 2 || findProgram('taskset') === null) return SHARED_CORES;
  return { proxy: '0', load: count === 2 ? '1' : `1-${count - 1}` };
}

/** The command that runs a program there. The process number stays the program's. */
export function onCores(
  cores: Cores,
  path: string,
  args: readonly string[],
): { readonly path: string; readonly args: readonly string[] } {
  if (cores === '') return { path, args };
  return { path: findProgram('taskset')!, args: ['-c', cores, path, ...args] };
}
