/**
 * What the traffic tells of one server (manual section 5.2, `observe`): errors in a row are counted over all threads,
 * and the process's main thread, which decides about health, hears of them only when they reach `error-limit`.
 */
import { parentPort } from 'node:worker_threads';
import type { ServerModel } from '../../config/model/model.ts';
import type { ThreadToProcess } from '../messages.ts';
import type { SharedState } from '../shared/shared-state.ts';

/** What went wrong, in HAProxy's words. */
export const ObservedError = {
  CONNECT: 'L4 unsuccessful connection',
  STATUS: 'Wrong http response',
  BAD_HEAD: 'Invalid http response (headers)',
  CLOSED: 'Close from server (http)',
  READ: 'Read error (http)',
  TIMEOUT: 'Read timeout (http)',
} as const;
export type ObservedError = (typeof ObservedError)[keyof typeof ObservedError];

/** HAProxy's default of `error-limit`. */
const ERROR_LIMIT_DEFAULT = 10;

export class ServerObserver {
  readonly #shared: SharedState;
  readonly #slot: number;
  readonly #limit: number;
  readonly #looksAtResponses: boolean;

  constructor(shared: SharedState, slot: number, limit: number, looksAtResponses: boolean) {
    this.#shared = shared;
    this.#slot = slot;
    this.#limit = limit;
    this.#looksAtResponses = looksAtResponses;
  }

  /** A connection to it is open. */
  connected(): void {
    if (!this.#looksAtResponses) this.#shared.forgetErrors(this.#slot);
  }

  connectFailed(): void {
    this.#count(ObservedError.CONNECT);
  }

  /** The head of its final response has come: statuses of 500 and above are errors but for 501 and 505. */
  responded(status: number): void {
    if (!this.#looksAtResponses) return;
    if ((status >= 100 && status < 500) || status === 501 || status === 505)
      this.#shared.forgetErrors(this.#slot);
    else this.#count(ObservedError.STATUS);
  }

  /** There is no response. */
  responseFailed(error: ObservedError): void {
    if (this.#looksAtResponses) this.#count(error);
  }

  #count(error: ObservedError): void {
    if (this.#shared.countError(this.#slot) < this.#limit) return;
    this.#shared.forgetErrors(this.#slot);
    const message: ThreadToProcess = { type: 'errors-observed', serverSlot: this.#slot, lastError: error };
    parentPort?.postMessage(message);
  }
}

/** Null where nothing observes it: only servers with checks are. */
export function compileObserver(
  { options }: ServerModel,
  slot: number,
  shared: SharedState,
): ServerObserver | null {
  const { observe = 'none', errorLimit = ERROR_LIMIT_DEFAULT, isChecked } = options;
  if (observe === 'none' || isChecked !== true) return null;
  return new ServerObserver(shared, slot, errorLimit, observe === 'layer7');
}
