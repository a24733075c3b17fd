/** What to do when a server could not be reached: try again here or elsewhere, or give up (manual section 4.2, retries). */
import { COUNTER } from '../shared/shared-state.ts';
import type { StreamAccounts } from './stream-accounts.ts';

export const Retry = { GIVE_UP: 0, ELSEWHERE: 1, LATER: 2, NOW: 3 } as const;
export type Retry = (typeof Retry)[keyof typeof Retry];

/** A refused attempt is not repeated on the same server before this long, or before `timeout connect` if shorter. */
const DELAY_MS = 1000;

/**
 * Decides after a failed attempt and counts it. With `option redispatch` a retry goes to another server: each of them
 * where balancing is free to choose, as HAProxy does, and the last one where a hash binds the request. After a timeout the wait is over already: NOW; after a refusal the server gets a moment: LATER.
 */
export function afterFailedConnect(accounts: StreamAccounts, hasTimedOut: boolean): Retry {
  const { facts } = accounts;
  const backend = accounts.backend!;
  if (facts.retries >= backend.retries) {
    accounts.countBehind(COUNTER.econ, 1);
    return Retry.GIVE_UP;
  }
  facts.retries++;
  const mayLeave = facts.retries === backend.retries || !backend.balancer!.isBound;
  if (backend.redispatches && mayLeave && backend.servers.length > 1) {
    accounts.countBehind(COUNTER.wredis, 1);
    facts.isRedispatched = true;
    return Retry.ELSEWHERE;
  }
  accounts.countBehind(COUNTER.wretr, 1);
  return hasTimedOut ? Retry.NOW : Retry.LATER;
}

export function retryDelayMs(connectMs: number): number {
  return connectMs === 0 ? DELAY_MS : Math.min(DELAY_MS, connectMs);
}
