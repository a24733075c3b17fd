/**
 * The way of a stream, HTTP or TCP, to a server: choosing one, waiting in the queue, connecting, and what to do when
 * that fails. It keeps the queue's and the connection's timeouts and the facts about both.
 *
 * ```
 *   begin ─▶ QUEUED ─place─▶ CONNECTING ─open─▶ FOUND ─▶ onReached
 *              │               │  ▲ again, here or elsewhere
 *              │ timeout       ▼──┘
 *              └────────▶ onUnreachable(fault) ◀── retries exhausted
 * ```
 */
import { FAULTS, type Fault } from '../../src/errors/faults.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { ServerPlan } from '../plan/plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { ThreadState } from '../thread-state.ts';
import { afterFailedConnect, Retry, retryDelayMs } from './connect-retries.ts';
import { Assignment, ServerAssignment, type ServerSeeker } from './server-assignment.ts';
import type { StreamAccounts } from './stream-accounts.ts';

const Phase = { IDLE: 0, QUEUED: 1, CONNECTING: 2, FOUND: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** The stream that searches. */
export interface SearchOwner extends StreamView {
  /**
   * A place on the server is taken: connect to it. True when the connection is open at once, from the pool; else
   * `opened` or `failed` of the search must follow.
   */
  connectTo(server: ServerPlan): boolean;
  /** The attempt takes too long: drop it without a word. */
  abandonConnect(): void;
  onReached(): void;
  onUnreachable(fault: Fault): void;
}

export class ServerSearch implements TimerTarget, ServerSeeker {
  readonly #thread: ThreadState;
  readonly #owner: SearchOwner;
  readonly #accounts: StreamAccounts;
  readonly #assignment: ServerAssignment;
  readonly #timer: TimerEntry;
  #phase: Phase = Phase.IDLE;
  #isWaitingToRetry = false;
  #beganAt = 0;
  #assignedAt = 0;
  /** Monotonic, when the connection was open. */
  connectedAt = 0;

  constructor(thread: ThreadState, owner: SearchOwner, accounts: StreamAccounts) {
    this.#thread = thread;
    this.#owner = owner;
    this.#accounts = accounts;
    this.#assignment = new ServerAssignment(thread, owner, this);
    this.#timer = new TimerEntry(this);
  }

  /** Where it stands, as the second letter of a termination state. */
  get letter(): string {
    return this.#phase === Phase.QUEUED ? 'Q' : 'C';
  }

  /** `since` is the monotonic time from which waiting counts: the end of the request's head, or the accept. */
  begin(since: number): void {
    this.#beganAt = since;
    this.#assignedAt = this.connectedAt = 0;
    this.#isWaitingToRetry = false;
    this.#assign(-1);
  }

  /** `excluded` is the index of a server to avoid, or -1. */
  #assign(excluded: number): void {
    const backend = this.#accounts.backend!;
    this.#phase = Phase.QUEUED;
    switch (this.#assignment.choose(backend, excluded)) {
      case Assignment.CHOSEN:
        this.onServerAssigned(this.#assignment.server!);
        break;
      case Assignment.QUEUED:
        this.#arm(backend.timeouts.queueMs || backend.timeouts.connectMs);
        break;
      default:
        this.#owner.onUnreachable(FAULTS.NO_SERVER);
    }
  }

  onServerAssigned(server: ServerPlan): void {
    this.#accounts.assign(server);
    if (this.#assignedAt === 0) {
      this.#assignedAt = this.#thread.nowMs;
      this.#accounts.facts.queueMs = Math.trunc(this.#assignedAt - this.#beganAt);
    }
    this.#connect(server);
  }

  onServerWithdrawn(): void {
    this.#assign(-1);
  }

  #connect(server: ServerPlan): void {
    this.#phase = Phase.CONNECTING;
    this.#thread.shared.count(server.slot, COUNTER.stot, 1);
    if (this.#owner.connectTo(server)) {
      this.#accounts.countBehind(COUNTER.reuse, 1);
      this.opened();
    } else {
      this.#accounts.countBehind(COUNTER.connect, 1);
      this.#arm(this.#accounts.backend!.timeouts.connectMs);
    }
  }

  /** The connection is open. */
  opened(): void {
    this.connectedAt = this.#thread.nowMs;
    this.#accounts.facts.connectMs = Math.trunc(this.connectedAt - this.#assignedAt);
    this.#phase = Phase.FOUND;
    this.#thread.wheel.cancel(this.#timer);
    this.#owner.onReached();
  }

  /** The connection could not be opened. */
  failed(): void {
    this.#retry(false);
  }

  /** A reused connection turned out to be gone: once more, on the same server, without counting a retry. */
  again(): void {
    this.#connect(this.#accounts.server!);
  }

  #retry(hasTimedOut: boolean): void {
    const accounts = this.#accounts;
    const server = accounts.server!;
    switch (afterFailedConnect(accounts, hasTimedOut)) {
      case Retry.GIVE_UP:
        this.#owner.onUnreachable(hasTimedOut ? FAULTS.CONNECT_TIMEOUT : FAULTS.CONNECT_FAILED);
        break;
      case Retry.ELSEWHERE:
        this.#assignment.release();
        accounts.server = null;
        this.#assign(server.index);
        break;
      case Retry.NOW:
        this.#connect(server);
        break;
      default:
        this.#isWaitingToRetry = true;
        this.#arm(retryDelayMs(accounts.backend!.timeouts.connectMs));
    }
  }

  onTimeout(): void {
    this.#thread.tick();
    if (this.#phase === Phase.QUEUED) {
      this.#assignment.leaveQueue();
      this.#accounts.facts.queueMs = Math.trunc(this.#thread.nowMs - this.#beganAt);
      this.#owner.onUnreachable(FAULTS.QUEUE_TIMEOUT);
    } else if (this.#isWaitingToRetry) {
      this.#isWaitingToRetry = false;
      this.#connect(this.#accounts.server!);
    } else {
      this.#owner.abandonConnect();
      this.#retry(true);
    }
  }

  #arm(timeoutMs: number): void {
    if (timeoutMs === 0) this.#thread.wheel.cancel(this.#timer);
    else this.#thread.wheel.arm(this.#timer, this.#thread.nowMs + timeoutMs);
  }

  /** Ends the search, and gives the server's place or the one in the queue back. */
  release(): void {
    this.#phase = Phase.IDLE;
    this.#thread.wheel.cancel(this.#timer);
    this.#assignment.release();
  }
}
