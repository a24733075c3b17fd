/** What is said when states of servers change: in HAProxy's words, as observed. */
import { type CheckOutcome, printableInfo } from './check-outcome.ts';
import type { FarmServer } from './farm-server.ts';
import { CheckResult, hasCode, STATUS_TEXTS } from './status.ts';

/** A backend's servers and what its lines count. */
export interface FarmCounts {
  readonly servers: readonly FarmServer[];
  /** Sessions of a server, and requests waiting in the backend. */
  sessions(server: number): number;
  queued(): number;
}

/** `2 active and 0 backup servers left. …`, behind a loss. */
export function leftText(farm: FarmCounts, index: number): string {
  return `${counts(farm)} left.${onBackup(farm)} ${farm.sessions(index)} sessions active, 0 requeued, ${farm.queued()} remaining in queue.`;
}

/** `2 active and 0 backup servers online. …`, behind a gain. */
export function onlineText(farm: FarmCounts): string {
  return `${counts(farm)} online.${onBackup(farm)} 0 sessions requeued, ${farm.queued()} total in queue.`;
}

export function reasonOf({ status, code, info, durationMs }: CheckOutcome): string {
  const codeText = hasCode(status) ? `, code: ${code}` : '';
  const infoText = info === '' ? '' : `, info: "${printableInfo(info)}"`;
  const timeText = durationMs < 0 ? '' : `, check duration: ${durationMs}ms`;
  return `reason: ${STATUS_TEXTS[status].description}${codeText}${infoText}${timeText}`;
}

/** The line of `option log-health-checks`; `name` is `backend/server`. */
export function checkText(
  kind: 'Health' | 'Agent',
  server: FarmServer,
  name: string,
  outcome: CheckOutcome,
): string {
  const { result } = STATUS_TEXTS[outcome.status];
  const verb =
    result === CheckResult.FAILED
      ? 'failed'
      : result === CheckResult.CONDITIONAL
        ? 'conditionally succeeded'
        : 'succeeded';
  const progress = kind === 'Health' ? server.progress : server.agentProgress;
  const backup = server.settings.isBackup ? 'backup ' : '';
  return `${kind} check for ${backup}server ${name} ${verb}, ${reasonOf(outcome)}, status: ${progress}.`;
}

function counts({ servers }: FarmCounts): string {
  return `${usableCount(servers, false)} active and ${usableCount(servers, true)} backup servers`;
}

function onBackup({ servers }: FarmCounts): string {
  return usableCount(servers, false) === 0 && usableCount(servers, true) > 0 ? ' Running on backup.' : '';
}

function usableCount(servers: readonly FarmServer[], isBackup: boolean): number {
  return servers.filter((server) => server.isUsable && server.settings.isBackup === isBackup).length;
}
