/**
 * The accounts of one stream: which proxies and server it counts for, the facts of its log line, and the counters in
 * shared memory. HTTP streams and TCP sessions keep them alike.
 */

import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { LOG_SILENT } from '../../src/log/levels.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import { captureHeaders } from '../log/captures.ts';
import { LogLevel, LogMoment } from '../log/log-plan.ts';
import type { ProxyPlan, ServerPlan } from '../plan/plan.ts';
import { COUNTER, RateKind } from '../shared/shared-state.ts';
import { PROCESS_SLOT } from '../shared/slots.ts';
import type { ThreadState } from '../thread-state.ts';
import { type ConnectionCounts, LOG_LEVEL_UNSET, StreamRecord } from './stream-record.ts';

/** Of the session, monotonic: the accept, the request's first byte, and the end of the stream before. */
interface SessionTimes {
  readonly acceptedAt: number;
  readonly firstByteAt: number;
  readonly idleSince: number;
}

/** How a connection was turned away that never became a request. */
export interface Refusal {
  readonly status: number;
  /** The first two letters of the termination state. */
  readonly termination: string;
  /** Of the answer, as the log counts them; 0 where it was no message of ours. */
  readonly sentBytes?: number;
}

export class StreamAccounts implements ConnectionCounts {
  readonly facts: StreamRecord = new StreamRecord(this);
  frontend: ProxyPlan;
  backend: ProxyPlan | null = null;
  server: ServerPlan | null = null;
  /** The stream only waits for its server, or found its queue full. */
  hasNoPlace = false;
  /** Monotonic, when the response's head had come; 0 before. */
  responseAt = 0;
  readonly #thread: ThreadState;
  readonly #requestCaptures: (string | null)[] = [];
  readonly #responseCaptures: (string | null)[] = [];

  constructor(thread: ThreadState, frontend: ProxyPlan) {
    this.#thread = thread;
    this.frontend = frontend;
    // Of a TCP session nothing is captured, and its line shows the empty slots.
    const { captures } = frontend;
    if (frontend.isHttp || captures === null) return;
    this.facts.capturedRequestHeaders = captures.request.map(() => null);
    this.facts.capturedResponseHeaders = captures.response.map(() => null);
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
    if (this.server === null) return 0;
    return this.#thread.shared.current(this.server.slot) + (this.hasNoPlace ? 1 : 0);
  }

  reset(): void {
    this.facts.reset();
    this.responseAt = 0;
    this.facts.requestNumber = this.#thread.takeNumber();
    this.backend = null;
    this.server = null;
    this.hasNoPlace = false;
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
    const hasQueued = facts.serverQueue > 0 || facts.backendQueue > 0;
    if (facts.queueMs < 0 && hasQueued) facts.queueMs = Math.trunc(nowMs - firstByteAt) - facts.requestMs;
    // A response that rules refused was none.
    if (this.responseAt > 0 && facts.responseMs >= 0) facts.dataMs = Math.trunc(nowMs - this.responseAt);
    facts.activeMs = Math.trunc(nowMs - firstByteAt);
    facts.totalMs = Math.trunc(nowMs - idleSince);
  }

  /** Keeps what the frontend captures of a request, before any rule changes it. */
  captureRequest(head: HttpHead): void {
    const { captures } = this.frontend;
    if (captures === null) return;
    const request = sized(this.#requestCaptures, captures.request.length);
    const response = sized(this.#responseCaptures, captures.response.length);
    captureHeaders(captures.request, head, request);
    for (let i = 0; i < response.length; i++) response[i] = null;
    this.facts.capturedRequestHeaders = request;
    this.facts.capturedResponseHeaders = response;
  }

  /** Keeps what the frontend captures of a final response, before any rule changes it. */
  captureResponse(head: HttpHead): void {
    this.facts.responseVersion = head.version;
    const { captures } = this.frontend;
    if (captures !== null) captureHeaders(captures.response, head, this.#responseCaptures);
  }

  /** Rules refused the server's response: it was none, but what had come of it counts as sent, as in HAProxy. */
  discardResponse({ bodyKind, contentLength }: HttpHead, headBytes: number): void {
    const { facts } = this;
    const { bufferBytes } = this.#thread.plan.global;
    facts.responseMs = -1;
    facts.bytesToClient += headBytes;
    if (bodyKind === BodyKind.LENGTH) facts.bytesToClient += Math.min(contentLength, bufferBytes);
  }

  /** Keeps the captured cookie of the response as `http-response` rules left it. */
  captureResponseCookie(head: HttpHead): void {
    const cookie = this.frontend.captures?.cookie ?? null;
    if (cookie !== null) this.facts.capturedResponseCookie = cookie.ofResponse(head);
  }

  /**
   * The request's cookie is captured behind its rules, by requests that get beyond them and those that are denied.
   * Rules do not run again, so it is still there when the line is written.
   */
  #captureRequestCookie(request: HttpHead | null): void {
    const cookie = this.frontend.captures?.cookie ?? null;
    if (cookie === null || request === null) return;
    const { terminationState, status } = this.facts;
    const isAnsweredHere =
      terminationState.startsWith('LR') || (terminationState.startsWith('PR') && status < 0);
    this.facts.capturedRequestCookie = isAnsweredHere ? null : cookie.ofRequest(request);
  }

  /** Counts and logs a connection that never became a request. */
  recordRefusal(
    stream: StreamView,
    { status, termination, sentBytes = 0 }: Refusal,
    times: SessionTimes,
  ): void {
    const { facts } = this;
    this.reset();
    facts.status = status;
    facts.terminationState = `${termination}--`;
    facts.bytesToClient = sentBytes;
    const { nowMs } = this.#thread;
    const { acceptedAt, idleSince, firstByteAt } = times;
    // Without any byte, all of it counts as active, as in HAProxy.
    const activeSince = Math.max(firstByteAt, idleSince);
    facts.requestAtMs = stream.session.acceptedAtMs + (activeSince - acceptedAt);
    facts.idleMs = Math.trunc(activeSince - idleSince);
    facts.activeMs = Math.trunc(nowMs - activeSince);
    facts.totalMs = Math.trunc(nowMs - idleSince);
    this.countStatus(status);
    this.log(stream, LogMoment.END, SESS_ERROR);
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
    if (this.server === null) return;
    const { shared } = this.#thread;
    const { slot } = this.server;
    shared.count(slot, statusCounter(status), 1);
    shared.count(slot, COUNTER.req_tot, 1);
  }

  /** Writes the stream's log line when this is the moment for it, or its last one. `origin` says where this is. */
  log(stream: StreamView, moment: LogMoment, origin: string): void {
    const { log } = this.frontend;
    const { facts } = this;
    if (log === null || facts.isLogged || moment < log.moment) return;
    if (
      log.moment === LogMoment.BEGIN &&
      moment !== LogMoment.BEGIN &&
      !(origin === SESS_ERROR && log.hasErrorFormat)
    )
      return;
    facts.isLogged = true;
    if (facts.logLevel === LOG_SILENT) return;
    const isError = isErroneous(facts);
    if (log.dropsNormal && !isError) return;
    const level =
      facts.logLevel === LOG_LEVEL_UNSET ? levelOf(isError && log.separatesErrors) : facts.logLevel;
    this.#captureRequestCookie(stream.request);
    facts.logOrigin = origin;
    facts.logNumber = log.takeLineNumber();
    if (origin === SESS_ERROR) log.writeError(stream, level);
    else log.write(stream, level);
  }
}

function levelOf(isSeparate: boolean): LogLevel {
  return isSeparate ? LogLevel.ERR : LogLevel.INFO;
}

/** What `option log-separate-errors` and `option dontlog-normal` take for one (manual section 8.3.3). */
function isErroneous({ terminationState, status, retries, isRedispatched }: StreamRecord): boolean {
  const cause = terminationState.charCodeAt(0);
  return (cause !== DASH && cause !== LOCAL) || status >= 500 || retries > 0 || isRedispatched;
}

/** The occasion of lines that tell of no request. */
const SESS_ERROR = 'sess_error';

/** First letters of termination states: nothing happened, and answered by the proxy itself. */
const DASH = 45;
const LOCAL = 76;

/** The list with this many places: a reload may have given the frontend others. */
function sized(list: (string | null)[], length: number): (string | null)[] {
  if (list.length !== length) list.length = length;
  return list;
}

function statusCounter(status: number): number {
  const isKnown = status >= 100 && status < 600;
  return isKnown ? COUNTER.hrsp_1xx + Math.trunc(status / 100) - 1 : COUNTER.hrsp_other;
}
