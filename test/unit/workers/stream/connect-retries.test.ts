import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProxyPlan } from '../../../../workers/plan/plan.ts';
import { RetryReason } from '../../../../workers/plan/server-plan.ts';
import { afterFailure, Failure, Retry, retryDelayMs } from '../../../../workers/stream/connect-retries.ts';
import type { StreamAccounts } from '../../../../workers/stream/stream-accounts.ts';

interface Setup {
  readonly retries?: number;
  readonly interval?: number;
  readonly isBound?: boolean;
  readonly isForced?: boolean;
  readonly servers?: number;
  readonly reasons?: number;
  readonly failure?: Failure;
}

const NAMES = ['give up', 'elsewhere', 'later', 'now'];

/** What is done after each failure, until it is given up. */
function sequence(setup: Setup): string[] {
  const { retries = 3, interval = 0, isBound = false, isForced = false, servers = 2 } = setup;
  const backend = {
    retries,
    redispatchInterval: interval,
    servers: new Array(servers),
    retryPlan: { reasons: setup.reasons ?? RetryReason.CONNECTION },
  } as unknown as ProxyPlan;
  const accounts = { backend, facts: { retries: 0 }, countBehind() {} } as unknown as StreamAccounts;
  const steps: string[] = [];
  let retry: Retry;
  do {
    retry = afterFailure(accounts, { failure: setup.failure ?? Failure.REFUSED, isBound, isForced });
    steps.push(NAMES[retry]!);
  } while (retry !== Retry.GIVE_UP);
  return steps;
}

const TABLE: readonly (readonly [string, Setup, string])[] = [
  ['without redispatching stays', {}, 'later later later give up'],
  ['after a timeout does not wait', { failure: Failure.TIMED_OUT }, 'now now now give up'],
  ['after no answer does not wait', { failure: Failure.UNANSWERED, reasons: 0 }, 'now now now give up'],
  ['with retries 0 gives up', { retries: 0 }, 'give up'],
  ['without conn-failure among its reasons gives up', { reasons: RetryReason.EMPTY }, 'give up'],
  [
    'goes elsewhere each time where balancing is free',
    { interval: -1 },
    'elsewhere elsewhere elsewhere give up',
  ],
  [
    'leaves a given server for the last retry',
    { interval: -1, isBound: true },
    'later later elsewhere give up',
  ],
  [
    'leaves a given server on the retry before the last with -2',
    { interval: -2, isBound: true, retries: 4 },
    'later later elsewhere later give up',
  ],
  [
    'leaves a given server on every second retry with 2',
    { interval: 2, isBound: true, retries: 5 },
    'later elsewhere later elsewhere later give up',
  ],
  [
    'with an interval beyond its retries never leaves',
    { interval: -9, isBound: true },
    'later later later give up',
  ],
  ['has nowhere to go with one server', { interval: -1, servers: 1 }, 'later later later give up'],
  ['stays where force-persist holds', { interval: 1, isForced: true }, 'later later later give up'],
];

describe('a stream whose server has failed it', () => {
  for (const [what, setup, expected] of TABLE) {
    test(what, () => {
      assert.equal(sequence(setup).join(' '), expected);
    });
  }

  test('waits a second for the same server, or for timeout connect where that is shorter', () => {
    assert.deepEqual([0, 100, 1000, 5000].map(retryDelayMs), [1000, 100, 1000, 1000]);
  });
});
