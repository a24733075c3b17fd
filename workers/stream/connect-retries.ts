/** What to do when a server has failed a stream: try again here or elsewhere, or give up (manual section 4.2, retries). */
import type { ProxyPlan } from '../plan/plan.ts';
import { RetryReason } from '../plan/server-plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { StreamAccounts } from './stream-accounts.ts';

export const Retry = { GIVE_UP: 0, ELSEWHERE: 1, LATER: 2, NOW: 3 } as const;
export type Retry = (typeof Retry)[keyof typeof Retry];

/** How an attempt failed: it was refused, it took too long, or the server had the request and did not answer it. */
export const Failure = { REFUSED: 0, TIMED_OUT: 1, UNANSWERED: 2 } as const;
export type Failure = (typeof Failure)[keyof typeof Failure];

/** A refused attempt is not repeated on the same server before this long, or before `timeout connect` if shorter. */
const DELAY_MS = 1000;

/** How the server was chosen decides when another may be. */
export interface Attempt {
  readonly failure: Failure;
  /** A hash or a rule says which server it is. */
  readonly isBound: boolean;
  /** `force-persist`: the stream stays with its server. */
  readonly isForced: boolean;
}

/**
 * Decides after a failed attempt and counts it. With `option redispatch` a retry goes to another server: each of them
 * where balancing is free to choose, as HAProxy does, and those that the option names where the server is given. The
 * same server gets a moment only after it has refused.
 */
export function afterFailure(accounts: StreamAccounts, { failure, isBound, isForced }: Attempt): Retry {
  const { facts } = accounts;
  const backend = accounts.backend!;
  const isUnanswered = failure === Failure.UNANSWERED;
  const mayRetry = isUnanswered || (backend.retryPlan.reasons & RetryReason.CONNECTION) !== 0;
  if (!mayRetry || facts.retries >= backend.retries) {
    if (!isUnanswered) accounts.countBehind(COUNTER.econ, 1);
    return Retry.GIVE_UP;
  }
  facts.retries++;
  if (!isForced && leavesServer(backend, facts.retries, isBound)) {
    accounts.countBehind(COUNTER.wredis, 1);
    return Retry.ELSEWHERE;
  }
  accounts.countBehind(COUNTER.wretr, 1);
  return failure === Failure.REFUSED ? Retry.LATER : Retry.NOW;
}

/** Whether the nth retry goes to another server (manual section 4.2, option redispatch). */
function leavesServer(backend: ProxyPlan, nth: number, isBound: boolean): boolean {
  const { redispatchInterval: interval, retries, servers } = backend;
  if (interval === 0 || servers.length < 2) return false;
  if (!isBound) return true;
  return interval > 0 ? nth % interval === 0 : nth === retries + 1 + interval;
}

export function retryDelayMs(connectMs: number): number {
  return connectMs === 0 ? DELAY_MS : Math.min(DELAY_MS, connectMs);
}
