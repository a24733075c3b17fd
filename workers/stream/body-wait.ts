/**
 * The wait of a proxy for the body of a request, or a full buffer of it, before its rules run (manual section 4.2,
 * option http-buffer-request).
 */
import type { HttpHead } from '../../src/http/head.ts';
import { HeaderId } from '../../src/http/header-id.ts';
import type { ProxyPlan } from '../plan/plan.ts';
import type { ClientSide } from './client-side.ts';
import type { RequestHold } from './request-hold.ts';
import type { StreamAccounts } from './stream-accounts.ts';

/** What `HTTP/1.1 100 Continue` made here counts for in logs, as HAProxy counts it. */
const CONTINUE_BYTES = 40;

/** HAProxy's buffers spend this much on each part of a message: start line, each field, end of head, body. */
const BLOCK_BYTES = 8;
const BLOCKS_BESIDE_FIELDS = 3;

/** One of a stream, reset with every request. */
export class BodyWait {
  /** Who waits, or null. */
  proxy: ProxyPlan | null = null;
  readonly #session: ClientSide;
  readonly #hold: RequestHold;
  readonly #accounts: StreamAccounts;

  constructor(session: ClientSide, hold: RequestHold, accounts: StreamAccounts) {
    this.#session = session;
    this.#hold = hold;
    this.#accounts = accounts;
  }

  /** Whether head and body fill a buffer of `maxBytes`: no more is waited for. */
  isFull(request: HttpHead, maxBytes: number): boolean {
    return this.#hold.isFull(maxBytes - BLOCK_BYTES * (request.fieldCount + BLOCKS_BESIDE_FIELDS));
  }

  /** The proxy waits from now on. A client that waits to be asked for its body is asked. */
  begin(proxy: ProxyPlan, request: HttpHead): void {
    this.proxy = proxy;
    this.#accounts.facts.requestMs = -1;
    if (!request.expectsContinue) return;
    if (this.#hold.isEmpty) {
      this.#session.sink.writeContinue();
      this.#accounts.bytesOut(CONTINUE_BYTES);
    }
    request.remove(HeaderId.EXPECT, 'expect');
  }

  /** Nobody waits any more. Returns who did. */
  end(nowMs: number): ProxyPlan | null {
    const { proxy } = this;
    this.proxy = null;
    this.#accounts.facts.requestMs = Math.trunc(nowMs - this.#session.firstByteAt);
    return proxy;
  }
}
