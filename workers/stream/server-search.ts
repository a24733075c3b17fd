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
import { afterFailure, Failure, Retry, retryDelayMs } from './connect-retries.ts';
import { Designation, keepsServer } from './designated-server.ts';
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
  readonly #designation = new Designation();
  readonly #timer: TimerEntry;
  #phase: Phase = Phase.IDLE;
  #isWaitingToRetry = false;
  /** The connection is a new one. */
  #isDialing = false;
  /** Where the stream goes, or last went. */
  #server: ServerPlan | null = null;
  /** The server that a retry turned away from; balancing may lead back to it. */
  #left: ServerPlan | null = null;
  /** It was chosen by a rule, or waited for because it was. */
  #isDesignated = false;
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

  /**
   * `since` is the monotonic time from which waiting counts: the end of the request's head, or the accept. `last` is
   * the server to which the client has a connection of its own.
   */
  begin(since: number, last: ServerPlan | null = null): void {
    const backend = this.#accounts.backend!;
    const { shared } = this.#thread;
    this.#beganAt = since;
    this.#assignedAt = this.connectedAt = 0;
    this.#isWaitingToRetry = false;
    this.#server = this.#left = null;
    this.#designation.decide(backend, this.#owner, shared);
    const { server } = this.#designation;
    if (server !== null) this.#designate(server);
    else if (last !== null && keepsServer(backend, last, shared)) this.#stay(last);
    else this.#balance(-1);
  }

  #designate(server: ServerPlan): void {
    const backend = this.#accounts.backend!;
    this.#isDesignated = true;
    this.#phase = Phase.QUEUED;
    const assignment = this.#assignment.designate(backend, server);
    const leaves = assignment === Assignment.FULL && backend.redispatchInterval !== 0;
    if (!leaves) {
      this.#follow(assignment);
      return;
    }
    this.#accounts.facts.isRedispatched = true;
    this.#balance(server.index);
  }

  /** With the client's last server: no rule binds it there. */
  #stay(server: ServerPlan): void {
    this.#isDesignated = false;
    this.#phase = Phase.QUEUED;
    const assignment = this.#assignment.designate(this.#accounts.backend!, server);
    if (assignment === Assignment.FULL) this.#balance(-1);
    else this.#follow(assignment);
  }

  /** `excluded` is the index of a server to avoid, or -1. */
  #balance(excluded: number): void {
    this.#isDesignated = false;
    this.#phase = Phase.QUEUED;
    this.#follow(this.#assignment.choose(this.#accounts.backend!, excluded));
  }

  #follow(assignment: Assignment): void {
    const { timeouts } = this.#accounts.backend!;
    switch (assignment) {
      case Assignment.CHOSEN:
        this.onServerAssigned(this.#assignment.server!);
        break;
      case Assignment.QUEUED:
        this.#standBefore(this.#assignment.awaited);
        this.#arm(timeouts.queueMs || timeouts.connectMs);
        break;
      case Assignment.FULL:
        this.#standBefore(this.#assignment.server);
        this.#giveUp(FAULTS.QUEUE_FULL);
        break;
      default:
        this.#giveUp(FAULTS.NO_SERVER);
    }
  }

  /** No server has been tried: it is the backend that failed. */
  #giveUp(fault: Fault): void {
    this.#thread.shared.count(this.#accounts.backend!.backendSlot, COUNTER.econ, 1);
    this.#owner.onUnreachable(fault);
  }

  /** The log and the counters name the server that a stream waits for. */
  #standBefore(server: ServerPlan | null): void {
    this.#accounts.server = server;
    this.#accounts.hasNoPlace = server !== null;
  }

  onServerAssigned(server: ServerPlan): void {
    if (this.#left !== null && this.#left !== server) this.#accounts.facts.isRedispatched = true;
    this.#server = server;
    this.#accounts.hasNoPlace = false;
    if (server !== this.#accounts.backend!.direct) this.#accounts.assign(server);
    if (this.#assignedAt === 0) {
      this.#assignedAt = this.#thread.nowMs;
      this.#accounts.facts.queueMs = Math.trunc(this.#assignedAt - this.#beganAt);
    }
    this.#connect(server);
  }

  onServerWithdrawn(): void {
    this.#standBefore(null);
    this.#balance(-1);
  }

  #connect(server: ServerPlan): void {
    this.#phase = Phase.CONNECTING;
    const { backend } = this.#accounts;
    if (server !== backend!.direct) this.#thread.shared.count(server.slot, COUNTER.stot, 1);
    this.#isDialing = false;
    if (this.#owner.connectTo(server)) {
      this.#accounts.countBehind(COUNTER.reuse, 1);
      this.opened();
    } else {
      this.#accounts.countBehind(COUNTER.connect, 1);
      this.#isDialing = true;
      this.#arm(backend!.timeouts.connectMs);
    }
  }

  /** The connection is open. */
  opened(): void {
    this.connectedAt = this.#thread.nowMs;
    this.#accounts.facts.connectMs = Math.trunc(this.connectedAt - this.#assignedAt);
    this.#phase = Phase.FOUND;
    this.#thread.wheel.cancel(this.#timer);
    if (this.#isDialing) this.#server?.observer?.connected();
    this.#owner.onReached();
  }

  /** The connection could not be opened. */
  failed(): void {
    this.#server?.observer?.connectFailed();
    if (!this.#retry(Failure.REFUSED)) this.#owner.onUnreachable(FAULTS.CONNECT_FAILED);
  }

  /** A reused connection turned out to be gone: once more, on the same server, without counting a retry. */
  again(): void {
    this.#connect(this.#server!);
  }

  /** The server had the request and failed it (`retry-on`): again, here or elsewhere. False when no retry is left. */
  repeat(): boolean {
    return this.#retry(Failure.UNANSWERED);
  }

  #retry(failure: Failure): boolean {
    const accounts = this.#accounts;
    const server = this.#server!;
    const isBound = this.#isDesignated || accounts.backend!.balancer?.isBound === true;
    switch (afterFailure(accounts, { failure, isBound, isForced: this.#designation.isForced })) {
      case Retry.GIVE_UP:
        return false;
      case Retry.ELSEWHERE:
        this.#assignment.release();
        accounts.server = null;
        this.#left = server;
        this.#balance(server.index);
        break;
      case Retry.NOW:
        this.#connect(server);
        break;
      default:
        this.#phase = Phase.CONNECTING;
        this.#isWaitingToRetry = true;
        this.#arm(retryDelayMs(accounts.backend!.timeouts.connectMs));
    }
    return true;
  }

  onTimeout(): void {
    this.#thread.tick();
    if (this.#phase === Phase.QUEUED) {
      this.#assignment.leaveQueue();
      this.#accounts.facts.queueMs = Math.trunc(this.#thread.nowMs - this.#beganAt);
      this.#giveUp(FAULTS.QUEUE_TIMEOUT);
    } else if (this.#isWaitingToRetry) {
      this.#isWaitingToRetry = false;
      this.#connect(this.#server!);
    } else {
      this.#owner.abandonConnect();
      this.#server?.observer?.connectFailed();
      if (!this.#retry(Failure.TIMED_OUT)) this.#owner.onUnreachable(FAULTS.CONNECT_TIMEOUT);
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
