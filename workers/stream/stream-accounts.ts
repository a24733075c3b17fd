/**
 * The accounts of one stream: which proxies and server it counts for, the facts of its log line, and the counters in
 * shared memory. HTTP streams and TCP sessions keep them alike.
 */

import type { Fault } from '../../src/errors/faults.ts';
import { LOG_SILENT } from '../../src/log/levels.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import { LogMoment } from '../log/log-plan.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER, RateKind } from '../shared/shared-state.ts';
import { PROCESS_SLOT } from '../shared/slots.ts';
import type { ThreadState } from '../thread-state.ts';
import { type ConnectionCounts, StreamRecord } from './stream-record.ts';

/** Of the session, monotonic: the request's first byte, and the end of the stream before. */
interface SessionTimes {
  readonly firstByteAt: number;
  readonly idleSince: number;
}

export class StreamAccounts implements ConnectionCounts {
  readonly facts: StreamRecord = new StreamRecord(this);
  readonly frontend: ProxyPlan;
  backend: ProxyPlan | null = null;
  server: ServerPlan | null = null;
  /** Monotonic, when the response's head had come; 0 before. */
  responseAt = 0;
  readonly #thread: ThreadState;

  constructor(thread: ThreadState, frontend: ProxyPlan) {
    this.#thread = thread;
    this.frontend = frontend;
  }

  get ofProcess(): number {
    return this.#thread.shared.current(PROCESS_SLOT);
  }

  get ofFrontend(): number {
    return this.#thread.shared.current(this.frontend.frontendSlot);
  }

  get ofBackend(): number {
    return this.backend === null ? 0 : this.#thread.shared.current(this.backend.backendSlot);
  }

  get ofServer(): number {
    return this.server === null ? 0 : this.#thread.shared.current(this.server.slot);
  }

  reset(): void {
    this.facts.reset();
    this.responseAt = 0;
    this.facts.requestNumber = this.#thread.takeNumber();
    this.backend = null;
    this.server = null;
  }

  /** A stream begins, HTTP or TCP. */
  countStream(): void {
    this.#thread.shared.count(PROCESS_SLOT, COUNTER.req_tot, 1);
  }

  countRequest(): void {
    const { shared } = this.#thread;
    const { frontendSlot } = this.frontend;
    shared.count(frontendSlot, COUNTER.req_tot, 1);
    shared.mark(frontendSlot, RateKind.REQUEST);
  }

  /** The stream goes to a backend: its bytes so far count there too. */
  enterBackend(backend: ProxyPlan): void {
    this.backend = backend;
    const { shared } = this.#thread;
    shared.enter(backend.backendSlot);
    shared.count(backend.backendSlot, COUNTER.stot, 1);
    shared.count(backend.backendSlot, COUNTER.bin, this.facts.bytesFromClient);
  }

  /** The times that are known once the stream ends. */
  stampEnd({ firstByteAt, idleSince }: SessionTimes, nowMs: number): void {
    const { facts } = this;
    if (this.responseAt > 0) facts.dataMs = Math.trunc(nowMs - this.responseAt);
    facts.activeMs = Math.trunc(nowMs - firstByteAt);
    facts.totalMs = Math.trunc(nowMs - idleSince);
  }

  /** Counts and logs a connection that never became a request. */
  recordRefusal(
    stream: StreamView,
    { status, termination }: Pick<Fault, 'status' | 'termination'>,
    times: SessionTimes,
  ): void {
    const { facts } = this;
    this.reset();
    facts.status = status;
    facts.terminationState = `${termination}--`;
    facts.requestAtMs = stream.session.acceptedAtMs;
    facts.activeMs = facts.totalMs = Math.trunc(this.#thread.nowMs - times.idleSince);
    this.countStatus(status);
    this.log(stream, LogMoment.END, 'sess_error');
  }

  /** Writes the last line before the places are given back: who waits for them counts in its own line, not in this. */
  logEnd(stream: StreamView): void {
    this.facts.ownCount = this.backend === null ? 0 : 1;
    this.log(stream, LogMoment.END, 'txn_close');
    this.facts.ownCount = 0;
  }

  leaveBackend(): void {
    if (this.backend !== null) this.#thread.shared.leave(this.backend.backendSlot);
  }

  bytesIn(bytes: number): void {
    this.facts.bytesFromClient += bytes;
    this.countAll(COUNTER.bin, bytes);
  }

  bytesOut(bytes: number): void {
    this.facts.bytesToClient += bytes;
    this.countAll(COUNTER.bout, bytes);
  }

  /** Counts for the frontend, and for backend and server as far as they are known. */
  countAll(counter: number, amount: number): void {
    this.#thread.shared.count(this.frontend.frontendSlot, counter, amount);
    this.countBehind(counter, amount);
  }

  /** Counts for backend and server as far as they are known. */
  countBehind(counter: number, amount: number): void {
    const { shared } = this.#thread;
    if (this.backend !== null) shared.count(this.backend.backendSlot, counter, amount);
    if (this.server !== null) shared.count(this.server.slot, counter, amount);
  }

  countFrontend(counter: number): void {
    this.#thread.shared.count(this.frontend.frontendSlot, counter, 1);
  }

  /** The stream is to go to this server: its bytes so far count there too. */
  assign(server: ServerPlan): void {
    this.server = server;
    this.#thread.shared.count(server.slot, COUNTER.bin, this.facts.bytesFromClient);
  }

  /** What the client was answered, for the proxies. */
  countStatus(status: number): void {
    const { shared } = this.#thread;
    shared.count(this.frontend.frontendSlot, statusCounter(status), 1);
    if (this.backend === null) return;
    shared.count(this.backend.backendSlot, statusCounter(status), 1);
    shared.count(this.backend.backendSlot, COUNTER.req_tot, 1);
  }

  /** What the server answered, whatever rules make of it. */
  countServerStatus(status: number): void {
    const { shared } = this.#thread;
    const { slot } = this.server!;
    shared.count(slot, statusCounter(status), 1);
    shared.count(slot, COUNTER.req_tot, 1);
  }

  /** Writes the stream's log line when this is the moment for it, or its last one. `origin` says where this is. */
  log(stream: StreamView, moment: LogMoment, origin: string): void {
    const { log } = this.frontend;
    const { facts } = this;
    if (log === null || facts.isLogged || moment < log.moment) return;
    if (log.moment === LogMoment.BEGIN && moment !== LogMoment.BEGIN) return;
    facts.isLogged = true;
    if (facts.logLevel === LOG_SILENT) return;
    facts.logOrigin = origin;
    facts.logNumber = log.lineCount;
    log.write(stream, facts.logLevel);
  }
}

function statusCounter(status: number): number {
  const isKnown = status >= 100 && status < 600;
  return isKnown ? COUNTER.hrsp_1xx + Math.trunc(status / 100) - 1 : COUNTER.hrsp_other;
}
