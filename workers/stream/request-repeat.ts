/**
 * Whether a request goes to a server once more after one had it: for the reasons of `retry-on` (manual section 4.2), and
 * always where a reused connection closed before any byte of the answer.
 */
import type { HttpHead } from '../../src/http/head.ts';
import { ObservedError } from '../plan/server-observer.ts';
import { isRetried } from '../plan/server-plan.ts';
import { BAD_RESPONSE } from '../upstream/server-connection.ts';
import type { RequestHold } from './request-hold.ts';
import type { StreamAccounts } from './stream-accounts.ts';

/** One of a stream; `isDisabled` is reset with every request. */
export class RequestRepeat {
  /** `http-request disable-l7-retry`. */
  isDisabled = false;
  readonly #hold: RequestHold;
  readonly #accounts: StreamAccounts;

  constructor(hold: RequestHold, accounts: StreamAccounts) {
    this.#hold = hold;
    this.#accounts = accounts;
  }

  /** After a failure; `reason` is a RetryReason. */
  coversFailure(reason: number): boolean {
    return (this.#accounts.backend!.retryPlan.reasons & reason) !== 0 && this.#mayRepeat();
  }

  coversResponse(head: HttpHead): boolean {
    const { retryPlan } = this.#accounts.backend!;
    return retryPlan.statuses !== null && isRetried(retryPlan, head) && this.#mayRepeat();
  }

  /** After a reused connection turned out to be closed. */
  get coversStaleConnection(): boolean {
    return this.#hold.isWhole && !this.isDisabled;
  }

  #mayRepeat(): boolean {
    const { facts, backend } = this.#accounts;
    return !this.isDisabled && this.#hold.fitsBuffer && facts.retries < backend!.retries;
  }
}

/** How a server left that had not answered, by the code of its connection. */
export function lossOf(code: string): ObservedError {
  if (code === BAD_RESPONSE) return ObservedError.BAD_HEAD;
  return code === '' ? ObservedError.CLOSED : ObservedError.READ;
}
