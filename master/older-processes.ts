/** Older processes that this one replaces: `-sf` and `-st`. */
import type { ProgramLog } from './program-log.ts';

export interface OlderProcesses {
  readonly finishPids: readonly number[];
  readonly terminatePids: readonly number[];
}

/** Tells them to leave: this process serves. One that is gone already is what was wanted. */
export function dismissOlder({ finishPids, terminatePids }: OlderProcesses, log: ProgramLog): void {
  for (const pid of finishPids) send(pid, 'SIGUSR1', log);
  for (const pid of terminatePids) send(pid, 'SIGTERM', log);
}

function send(pid: number, signal: NodeJS.Signals, log: ProgramLog): void {
  if (pid === process.pid) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code !== 'ESRCH') log.warning(`cannot tell process ${pid} to leave: ${message}`);
  }
}
