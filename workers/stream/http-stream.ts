/**
 * One request and its response: rules, choice of backend and server, queue, connection, retries, and what is logged
 * of it. The client's bytes come from the session, the server's from the server connection; neither's protocol is
 * known here beyond heads, data ranges and ends.
 *
 * ```
 *  begin ─▶ REQUEST ─rules─▶ SEARCH ─reached─▶ RESPONSE ─head─▶ DATA ─both ends─▶ DONE
 *              │ reply         │ unreachable: 503 │ 502, 504     │ abort           ▲
 *              └───────────────┴──────────────────┴──────────────┴─────────────────┘
 *                                               RESPONSE ─101, CONNECT 2xx─▶ TUNNEL
 * ```
 *
 * A session has one stream object and begins it anew for every request.
 */
import { FAULTS, type Fault } from '../../src/errors/faults.ts';
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { chunksEndBytes, requestHeadBytes, responseHeadBytes } from '../../src/http/message-bytes.ts';
import { settleWrittenConnection } from '../../src/http1/connection-field.ts';
import type { HeadLimits } from '../../src/http1/limits.ts';
import type { Reply, RuleStream } from '../../src/rules/declare.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection } from '../connection/connection.ts';
import { LogMoment } from '../log/log-plan.ts';
import { NamePolicy } from '../plan/http-plan.ts';
import { CloseMode, type ProxyPlan, type ServerPlan } from '../plan/plan.ts';
import { ObservedError } from '../plan/server-observer.ts';
import { RetryReason } from '../plan/server-plan.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { ThreadState } from '../thread-state.ts';
import { endsConnectionSharing } from '../upstream/connection-authentication.ts';
import { OwnConnections } from '../upstream/own-connections.ts';
import { BAD_RESPONSE, HeadSent, type ServerConnection } from '../upstream/server-connection.ts';
import type { ServerPools } from '../upstream/server-pools.ts';
import type { ServerStream } from '../upstream/server-stream.ts';
import { BodyWait } from './body-wait.ts';
import { dropsBody, isBodyMissing } from './changed-framing.ts';
import { backendInForce, chooseBackend } from './choose-backend.ts';
import { type ClientSide, HeadWritten } from './client-side.ts';
import { addHopFields } from './hop-fields.ts';
import { monitorReply } from './monitor.ts';
import { RequestHold } from './request-hold.ts';
import { lossOf, RequestRepeat } from './request-repeat.ts';
import { ResponseCount } from './response-count.ts';
import { restrictNames } from './restrict-names.ts';
import { RulesEnd, runAfterResponseRules, runRequestRules, runResponseRules } from './run-rules.ts';
import { sendReply } from './send-reply.ts';
import { type SearchOwner, ServerSearch } from './server-search.ts';
import { type Refusal, StreamAccounts } from './stream-accounts.ts';
import type { StreamRecord } from './stream-record.ts';

const Phase = {
  NONE: 0,
  REQUEST: 1,
  SEARCH: 2,
  RESPONSE: 3,
  DATA: 4,
  TUNNEL: 5,
  DONE: 6,
} as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** The second letter of the termination state for an end in each phase (manual section 8.5). */
const PHASE_LETTERS = '-R-HDD-';

export class HttpStream implements RuleStream, ServerStream, SearchOwner, TimerTarget {
  readonly thread: ThreadState;
  readonly session: ClientSide;
  readonly facts: StreamRecord;
  readonly requestBytes = null;
  request: HttpHead | null = null;
  response: HttpHead | null = null;
  reply: Reply | null = null;
  readonly #pools: ServerPools;
  readonly #accounts: StreamAccounts;
  readonly #timer: TimerEntry;
  readonly #search: ServerSearch;
  readonly #hold: RequestHold = new RequestHold();
  readonly #bodyWait: BodyWait;
  readonly #repeat: RequestRepeat;
  readonly #responseCount: ResponseCount = new ResponseCount();
  #phase: Phase = Phase.NONE;
  #connection: ServerConnection | null = null;
  /** Server connections that only this client may use; null as long as there was none. */
  #own: OwnConnections | null = null;
  #isRequestDone = false;
  /** The client of an upgraded connection has sent FIN. */
  #hasTunnelEnded = false;
  #isResponseDone = false;
  /** Of the request; they belong to the session's decoder and stay until its next body. */
  #trailers: HttpHead | null = null;
  #keepsAlive = false;
  /** The server's body does not belong to the response that the client gets. */
  #dropsBody = false;
  #headAt = 0;

  constructor(thread: ThreadState, pools: ServerPools, session: ClientSide) {
    this.thread = thread;
    this.session = session;
    this.#pools = pools;
    this.#accounts = new StreamAccounts(thread, session.frontend);
    this.facts = this.#accounts.facts;
    this.#timer = new TimerEntry(this);
    this.#bodyWait = new BodyWait(session, this.#hold, this.#accounts);
    this.#repeat = new RequestRepeat(this.#hold, this.#accounts);
    this.#search = new ServerSearch(thread, this, this.#accounts);
  }

  get backendName(): string {
    return (this.#accounts.backend ?? this.#accounts.frontend).name;
  }

  get serverName(): string {
    return this.#accounts.server?.name ?? '';
  }

  /** Takes a complete head. `owned` holds it; from `heldStart` on the buffer is free for body bytes. */
  begin(head: HttpHead, owned: Buffer, heldStart: number): void {
    const { session, facts } = this;
    this.#phase = Phase.REQUEST;
    this.request = head;
    this.response = null;
    this.reply = null;
    this.#connection = null;
    this.#hold.begin(owned, heldStart);
    this.#isRequestDone = this.#isResponseDone = this.#dropsBody = false;
    this.#repeat.isDisabled = false;
    this.#trailers = null;
    this.#bodyWait.proxy = null;
    this.#headAt = this.thread.nowMs;
    this.#accounts.frontend = session.frontend;
    this.#accounts.reset();
    facts.requestAtMs = session.acceptedAtMs + (session.firstByteAt - session.acceptedAt);
    facts.idleMs = Math.trunc(session.firstByteAt - session.idleSince);
    facts.requestMs = Math.trunc(this.#headAt - session.firstByteAt);
    this.#keepsAlive = session.mayKeepAlive(head);
    this.#accounts.countStream();
    this.#accounts.countRequest();
    this.#accounts.captureRequest(head);
    this.#accounts.bytesIn(requestHeadBytes(head));
  }

  /** Runs the rules and sends the request on its way. Body bytes that came with the head are already held. */
  process(): void {
    if (this.#phase !== Phase.REQUEST) return;
    const { frontend } = this.#accounts;
    if (frontend.uniqueId !== null) this.facts.uniqueId = frontend.uniqueId.text(this);
    this.#accounts.log(this, LogMoment.BEGIN, 'txn_accept');
    if (frontend.http.monitor !== null) {
      const reply = monitorReply(this, frontend.http.monitor);
      if (reply !== null) {
        this.facts.isLogged = true;
        this.#answer(reply);
        return;
      }
    }
    if (!frontend.http.buffersRequest || !this.#waitsForBody(frontend)) this.#processFrontend();
  }

  #processFrontend(): void {
    const { frontend } = this.#accounts;
    if (!this.#runRequestRules(frontend)) return;
    const backend = backendInForce(chooseBackend(frontend, this), this.thread.plan);
    if (backend === null) {
      // HAProxy tells none of the times of a request that belongs nowhere.
      this.facts.requestMs = -1;
      this.#answerFault(FAULTS.NO_SERVER);
      return;
    }
    this.#accounts.enterBackend(backend);
    if (backend === frontend || !backend.http.buffersRequest || !this.#waitsForBody(backend))
      this.#processBackend(backend);
  }

  #processBackend(backend: ProxyPlan): void {
    if (backend !== this.#accounts.frontend && !this.#runRequestRules(backend)) return;
    addHopFields(this, this.#accounts);
    this.#phase = Phase.SEARCH;
    this.#search.begin(this.#headAt, this.#own === null ? null : this.#own.lastServer(backend));
  }

  // The request's body, where it is waited for before its rules (manual section 4.2, option http-buffer-request).

  #isBufferFull(): boolean {
    return this.#bodyWait.isFull(this.request!, this.thread.plan.global.headLimits.maxBytes);
  }

  /** True when processing goes on once the body is there. */
  #waitsForBody(proxy: ProxyPlan): boolean {
    if (this.#isRequestDone || this.#isBufferFull()) return false;
    this.#bodyWait.begin(proxy, this.request!);
    const { httpRequestMs } = proxy.timeouts;
    if (httpRequestMs > 0) this.#arm(httpRequestMs);
    return true;
  }

  /** The client left: logged, as HAProxy does, as if its request had gone on to its backend. */
  #abortBodyWait(): void {
    const { frontend, backend } = this.#accounts;
    this.#bodyWait.end(this.thread.nowMs);
    const chosen = backend ?? chooseBackend(frontend, this);
    if (backend === null && chosen !== null) this.#accounts.enterBackend(chosen);
    this.#abortBoth('C', 'R');
  }

  #endBodyWait(): void {
    this.thread.wheel.cancel(this.#timer);
    this.#headAt = this.thread.nowMs;
    const waiting = this.#bodyWait.end(this.#headAt);
    if (waiting !== null && waiting === this.#accounts.backend) this.#processBackend(waiting);
    else this.#processFrontend();
  }

  // Rules.

  /** False when they ended the stream. */
  #runRequestRules(proxy: ProxyPlan): boolean {
    if (!this.#goesOn(runRequestRules(proxy, this))) return false;
    const { http } = proxy;
    if (http.namePolicy === NamePolicy.PRESERVE || restrictNames(this.request!, http.namePolicy)) return true;
    this.countDenied('request');
    this.#answer(this.errorReply(403, 'PR'));
    return false;
  }

  /** Ends the stream where rules have. */
  #goesOn(end: RulesEnd): boolean {
    if (end === RulesEnd.NONE) return true;
    // The server's response is not the one that is given: it never came, as the log tells it.
    if (this.response !== null) this.#accounts.discardResponse(this.response, this.#responseCount.headBytes);
    if (end === RulesEnd.CLOSE) this.#abortBoth('P', 'R');
    else this.#answer(this.reply!);
    return false;
  }

  countDenied(side: 'request' | 'response'): void {
    this.#accounts.countAll(side === 'request' ? COUNTER.dreq : COUNTER.dresp, 1);
  }

  setLogLevel(level: number): void {
    this.facts.logLevel = level;
  }

  disableRetries(): void {
    this.#repeat.isDisabled = true;
  }

  errorReply(status: number, termination: string): Reply {
    return (this.#accounts.backend ?? this.#accounts.frontend).errorReply(status, termination);
  }

  // The server's side: choosing one and reaching it.

  connectTo(server: ServerPlan): boolean {
    const { reuse, retryPlan } = this.#accounts.backend!;
    const pool = this.#pools.of(server);
    const isFirst = this.session.requestCount === 1 && !retryPlan.coversReuse;
    const pooled = this.#own?.take(server) ?? pool.take(reuse, isFirst, this);
    const method = this.request!.sentMethod();
    this.#connection = pooled ?? pool.open(this);
    this.#connection.attach(this, method === 'HEAD', method === 'CONNECT');
    return pooled !== null;
  }

  onConnected(): void {
    this.#search.opened();
  }

  onReached(): void {
    this.#phase = Phase.RESPONSE;
    this.#noteServer();
    this.#sendRequest();
  }

  /** For rules and the log: whom we are connected to. */
  #noteServer(): void {
    const { facts } = this;
    const connection = this.#connection!;
    facts.serverSource = connection.source;
    facts.serverDestination = connection.destination;
    if (this.#accounts.frontend.log?.needsServerEnds) connection.captureEnds();
  }

  onUnreachable(fault: Fault): void {
    this.#answerFault(fault);
  }

  abandonConnect(): void {
    this.#dropConnection();
  }

  #sendRequest(): void {
    const connection = this.#connection!;
    const { http, timeouts } = this.#accounts.backend!;
    const request = this.request!;
    const closes =
      (this.#closeMode() !== CloseMode.KEEP_ALIVE && !http.pretendsKeepAlive) ||
      (request.isInsecurelyFramed && request.version < 11);
    if (http.adjustsCaseForServers) request.nameCase = this.thread.plan.global.nameCase;
    if (http.serverNameField !== '') request.set(http.serverNameId, http.serverNameField, this.serverName);
    const sent = connection.sendHead(request, this.#hold, settleWrittenConnection(request) || closes);
    if (sent === HeadSent.TOO_LARGE) {
      this.#answerFault(FAULTS.REQUEST_GREW);
      return;
    }
    if (this.#isRequestDone) {
      connection.sendEnd(this.#sentTrailers());
      this.#arm(timeouts.serverMs);
    } else {
      this.thread.wheel.cancel(this.#timer);
      if (sent === HeadSent.TAKEN) this.session.resumeRequest();
      else this.#awaitServer();
    }
  }

  /** Of frontend and backend the one that closes more decides (manual section 4, connection modes). */
  #closeMode(): CloseMode {
    const { frontend, backend } = this.#accounts;
    return Math.max(frontend.closeMode, backend!.closeMode) as CloseMode;
  }

  // What the client's side brings.

  /** False asks the session to stop reading until `resumeRequest`. */
  onRequestData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean {
    this.#accounts.bytesIn(end - start);
    if (this.#phase >= Phase.RESPONSE && this.#connection !== null) {
      if (this.#accounts.backend!.retryPlan.keepsRequest) this.#hold.retain(buffer, start, end);
      else this.#hold.isWhole = false;
      const isTaken = this.#connection.sendData(buffer, start, end, source);
      if (!isTaken) this.#awaitServer();
      return isTaken;
    }
    this.#hold.keep(buffer, start, end);
    if (this.#bodyWait.proxy === null) return this.#phase === Phase.REQUEST;
    if (this.#isBufferFull()) {
      // Reading stops here, and goes on from where the server takes what is held.
      this.session.pauseRequest();
      this.#endBodyWait();
    }
    return true;
  }

  /** The server is behind with taking the request: its timeout runs, and the client is not expected to send. */
  #awaitServer(): void {
    this.#arm(this.#accounts.backend!.timeouts.serverMs);
    this.session.onServerBehind();
  }

  /** The request's trailers as the server gets them. */
  #sentTrailers(): HttpHead | null {
    const { http } = this.#accounts.backend!;
    if (this.#trailers === null || http.dropsRequestTrailers) return null;
    if (http.adjustsCaseForServers) this.#trailers.nameCase = this.thread.plan.global.nameCase;
    return this.#trailers;
  }

  onRequestEnd(trailers: HttpHead | null): void {
    this.#isRequestDone = true;
    if (this.request!.bodyKind === BodyKind.CHUNKED) this.#accounts.bytesIn(chunksEndBytes(trailers));
    this.#trailers = trailers;
    if (this.#bodyWait.proxy !== null) this.#endBodyWait();
    else this.#sendRequestEnd();
  }

  #sendRequestEnd(): void {
    if (this.#phase < Phase.RESPONSE || this.#connection === null) return;
    this.#connection.sendEnd(this.#sentTrailers());
    if (this.#isResponseDone) this.#complete();
    else this.#arm(this.#accounts.backend!.timeouts.serverMs);
  }

  onBadRequestBody(): void {
    this.#accounts.countFrontend(COUNTER.ereq);
    const letter = this.#phaseLetter();
    if (this.#phase < Phase.DATA) this.#answer(this.errorReply(FAULTS.BAD_BODY.status, `P${letter}`));
    else this.#abortBoth('P', letter);
  }

  onClientDrain(): void {
    if (this.#phase !== Phase.DATA && this.#phase !== Phase.TUNNEL) return;
    this.#connection?.resume();
    if (this.#phase === Phase.TUNNEL) this.#touchTunnel();
    if (this.#phase === Phase.DATA && !this.#isResponseDone)
      this.#arm(this.#accounts.backend!.timeouts.serverMs);
  }

  /** `option abortonclose`: a client that closes its sending side has given up. */
  get abortsOnClose(): boolean {
    return (this.#accounts.backend ?? this.#accounts.frontend).abortOnClose;
  }

  /** The client gave up while its connection still takes bytes: its request body ended early, or abortonclose. */
  onClientAbort(): void {
    if (this.#bodyWait.proxy !== null) {
      this.#abortBodyWait();
      return;
    }
    if (this.#phase === Phase.RESPONSE && this.#isRequestDone) {
      this.#accounts.countAll(COUNTER.cli_abrt, 1);
      this.#answer(this.errorReply(400, 'CH'));
      return;
    }
    if (this.#phase < Phase.DATA && !this.#isRequestDone) this.facts.status = 400;
    this.#abortBoth('C', this.#phaseLetter());
  }

  /** The client's connection is gone. */
  onClientGone(): void {
    if (this.#phase === Phase.TUNNEL && this.#hasTunnelEnded) this.#fail('-', '-');
    else this.#fail('C', this.#phaseLetter());
  }

  onClientTimeout(): void {
    const letter = this.#phaseLetter();
    if (this.#phase < Phase.DATA && !this.#isRequestDone) this.#answer(this.errorReply(408, `c${letter}`));
    else this.#abortBoth('c', letter);
  }

  #phaseLetter(): string {
    if (this.#phase === Phase.SEARCH) return this.#search.letter;
    return PHASE_LETTERS[this.#phase]!;
  }

  // What the server's side brings.

  onResponseHead(head: HttpHead): boolean {
    if (this.#accounts.frontend.http.adjustsCaseForClients) head.nameCase = this.thread.plan.global.nameCase;
    if (head.status < 200 && head.status !== 101) {
      this.session.sink.writeInformational(head, this.request!);
      this.#accounts.bytesOut(responseHeadBytes(head));
      this.#accounts.countServerStatus(head.status);
      return true;
    }
    if (this.#repeat.coversResponse(head)) {
      this.#leaveResponse();
      this.#sendAgain();
      return false;
    }
    if (endsConnectionSharing(head)) this.#connection!.isPrivate = true;
    this.#accounts.countServerStatus(head.status);
    this.#accounts.server?.observer?.responded(head.status);
    this.#responseCount.begin(head);
    this.#accounts.responseAt = this.thread.nowMs;
    this.facts.responseMs = Math.trunc(this.#accounts.responseAt - this.#search.connectedAt);
    this.facts.status = head.status;
    this.#accounts.captureResponse(head);
    this.response = head;
    const isAllowed = this.#runResponseRules();
    this.response = null;
    if (!isAllowed) return false;
    this.#phase = Phase.DATA;
    this.facts.status = head.status;
    this.#dropsBody = dropsBody(this.request!, head);
    if (this.session.isDraining || head.bodyKind === BodyKind.TUNNEL || isBodyMissing(this.request!))
      this.#keepsAlive = false;
    else this.#keepsAlive = this.session.sink.decideKeepAlive(this.request!, head, this.#keepsAlive);
    if (settleWrittenConnection(head)) this.#keepsAlive = false;
    return true;
  }

  /** Its head counts as sent, as in HAProxy. */
  onSwitchRefused(head: HttpHead): void {
    this.#accounts.countServerStatus(head.status);
    this.facts.bytesToClient += responseHeadBytes(head);
  }

  #runResponseRules(): boolean {
    const { frontend } = this.#accounts;
    const backend = this.#accounts.backend!;
    if (!this.#goesOn(runResponseRules(backend, frontend, this))) return false;
    this.#accounts.captureResponseCookie(this.response!);
    return this.#goesOn(runAfterResponseRules(backend, frontend, this));
  }

  writeResponseHead(head: HttpHead, buffer: Buffer, start: number, end: number): boolean {
    const { sink } = this.session;
    const written = sink.writeHead(
      { head, request: this.request!, keepsAlive: this.#keepsAlive },
      buffer,
      this.#dropsBody ? end : start,
      end,
    );
    if (written === HeadWritten.TOO_LARGE) {
      this.#answerFault(FAULTS.RESPONSE_GREW);
      return false;
    }
    const { headBytes } = this.#responseCount;
    this.#accounts.bytesOut(headBytes + (this.#dropsBody ? 0 : this.#bodyBytes(end - start)));
    if (this.#accounts.frontend.logAsap) {
      this.#accounts.stampEnd(this.session, this.thread.nowMs);
      this.#accounts.log(this, LogMoment.RESPONSE, 'txn_response');
    }
    if (head.bodyKind === BodyKind.TUNNEL) {
      this.#beginTunnel();
      return true;
    }
    return this.#afterWrite(written === HeadWritten.TAKEN);
  }

  onResponseData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean {
    if (this.#dropsBody) return true;
    const { sink } = this.session;
    const isTaken = sink.writeData(buffer, start, end, source);
    this.#accounts.bytesOut(this.#bodyBytes(end - start));
    return this.#afterWrite(isTaken);
  }

  /** How much a range of the response's body counts. */
  #bodyBytes(bytes: number): number {
    return this.#responseCount.rangeBytes(bytes, this.#connection);
  }

  /** While the client is behind, its timeout runs and the server's does not. */
  #afterWrite(isTaken: boolean): boolean {
    if (isTaken) {
      if (this.#isRequestDone) this.#arm(this.#accounts.backend!.timeouts.serverMs);
    } else {
      this.thread.wheel.cancel(this.#timer);
      this.session.onWriteBlocked();
    }
    return isTaken;
  }

  /** How the server's responses are parsed. */
  get responseLimits(): HeadLimits {
    const { headLimits, relaxedLimits } = this.thread.plan.global;
    return this.#accounts.backend!.http.relaxesResponses ? relaxedLimits : headLimits;
  }

  /** The response's trailers as the client gets them. */
  sentTrailers(trailers: HttpHead | null): HttpHead | null {
    const { http } = this.#accounts.frontend;
    if (trailers === null || http.dropsResponseTrailers) return null;
    if (http.adjustsCaseForClients) trailers.nameCase = this.thread.plan.global.nameCase;
    return trailers;
  }

  get takesChunks(): boolean {
    return this.request!.version >= 11;
  }

  onResponseEnd(): void {
    if (this.#phase === Phase.DONE) return;
    this.#isResponseDone = true;
    this.#accounts.bytesOut(this.#responseCount.endBytes(this.#connection));
    if (this.#isRequestDone) this.#complete();
    else this.thread.wheel.cancel(this.#timer);
  }

  onServerLost(code: string, hadBytes: boolean, isReused: boolean): void {
    this.thread.tick();
    this.#connection = null;
    const isBroken = code === BAD_RESPONSE;
    switch (this.#phase) {
      case Phase.SEARCH:
        this.#search.failed();
        break;
      case Phase.RESPONSE:
        if (hadBytes || !isReused) this.#accounts.server?.observer?.responseFailed(lossOf(code));
        if (this.#retriesOn(isBroken ? RetryReason.JUNK : RetryReason.EMPTY)) {
          if (isBroken) this.#accounts.countBehind(COUNTER.eresp, 1);
          break;
        }
        if (isReused && !hadBytes && this.#repeat.coversStaleConnection) {
          this.#phase = Phase.SEARCH;
          this.#search.again();
        } else this.#answerFailedServer(isBroken ? FAULTS.BAD_RESPONSE : FAULTS.SERVER_LEFT);
        break;
      case Phase.DATA:
        if (this.#isResponseDone) this.#complete();
        else {
          this.#accounts.countBehind(COUNTER.eresp, 1);
          this.#abortBoth(isBroken ? 'P' : 'S', 'D');
        }
        break;
      case Phase.TUNNEL:
        if (code === '') this.#complete();
        else this.#abortBoth('S', 'D');
        break;
      default:
        break;
    }
  }

  /** Sends the request again when this is a reason to (`retry-on`). False: it is not, or it may not be sent again. */
  #retriesOn(reason: number): boolean {
    if (!this.#repeat.coversFailure(reason)) return false;
    this.#dropConnection();
    this.#sendAgain();
    return true;
  }

  #sendAgain(): void {
    this.thread.wheel.cancel(this.#timer);
    this.#phase = Phase.SEARCH;
    this.#search.repeat();
  }

  /** Gives up a response whose head has come; its connection is kept when that was all, or the body came with it. */
  #leaveResponse(): void {
    const connection = this.#connection!;
    this.#connection = null;
    if (this.#accounts.backend!.reuse === 'never') this.#keepOwn(connection);
    connection.releaseUnread(this.#closeMode() === CloseMode.KEEP_ALIVE);
  }

  #answerFailedServer(fault: Fault): void {
    this.#accounts.countBehind(COUNTER.eresp, 1);
    this.#answerFault(fault);
  }

  onTimeout(): void {
    this.thread.tick();
    switch (this.#phase) {
      case Phase.REQUEST:
        this.#answer(this.errorReply(408, 'cR'));
        break;
      case Phase.RESPONSE:
        this.#accounts.server?.observer?.responseFailed(ObservedError.TIMEOUT);
        if (!this.#retriesOn(RetryReason.TIMEOUT)) this.#answerFailedServer(FAULTS.SERVER_SILENT);
        break;
      case Phase.DATA:
      case Phase.TUNNEL:
        this.#abortBoth('s', 'D');
        break;
      default:
        break;
    }
  }

  onServerDrain(): void {
    if (this.#phase !== Phase.TUNNEL && this.#isRequestDone) return;
    this.session.resumeRequest();
    if (this.#phase === Phase.TUNNEL) this.#touchTunnel();
    else this.thread.wheel.cancel(this.#timer);
  }

  // Tunnels: 101 and CONNECT.

  #beginTunnel(): void {
    this.#phase = Phase.TUNNEL;
    this.#hasTunnelEnded = false;
    this.#isRequestDone = true;
    this.#connection!.beginTunnel();
    this.session.beginTunnel();
    this.#touchTunnel();
  }

  #touchTunnel(): void {
    const { tunnelMs, serverMs, serverFinMs } = this.#accounts.backend!.timeouts;
    this.#arm(this.#hasTunnelEnded && serverFinMs > 0 ? serverFinMs : tunnelMs || serverMs);
    if (!this.#hasTunnelEnded)
      this.session.touchTunnel(tunnelMs || this.#accounts.frontend.timeouts.clientMs);
  }

  onTunnelBytes(buffer: Buffer, start: number, end: number): boolean {
    if (this.#connection === null) return true;
    this.#accounts.bytesIn(end - start);
    const isTaken = this.#connection.sendRaw(buffer, start, end);
    this.#touchTunnel();
    if (!isTaken) this.session.onServerBehind();
    return isTaken;
  }

  onTunnelEnd(): void {
    const { serverFinMs } = this.#accounts.backend!.timeouts;
    this.#hasTunnelEnded = true;
    this.#connection?.endRaw();
    this.session.touchTunnel(0);
    if (serverFinMs > 0) this.#arm(serverFinMs);
  }

  onServerTunnelBytes(buffer: Buffer, start: number, end: number): boolean {
    this.#accounts.bytesOut(end - start);
    const isTaken = this.session.sink.writeRaw(buffer, start, end);
    this.#touchTunnel();
    if (isTaken) return true;
    this.thread.wheel.cancel(this.#timer);
    this.session.onWriteBlocked();
    return false;
  }

  /** As in HAProxy, the end of the server ends an upgraded connection, whatever its client may still want to send. */
  onServerTunnelEnd(): void {
    this.#dropConnection();
    this.#complete();
  }

  #arm(timeoutMs: number): void {
    if (timeoutMs === 0) this.thread.wheel.cancel(this.#timer);
    else this.thread.wheel.arm(this.#timer, this.thread.nowMs + timeoutMs);
  }

  // Ends.

  #answerFault({ status, termination }: Fault): void {
    this.#answer(this.errorReply(status, termination));
  }

  /** Sends a reply made here and ends the stream behind it. */
  #answer(made: Reply): void {
    this.#dropConnection();
    const keepsAlive = sendReply(made, this, this.#accounts, this.#keepsAlive && this.#isRequestDone);
    this.#end();
    this.session.onStreamDone(keepsAlive);
  }

  #complete(): void {
    const connection = this.#connection;
    const isOwn = connection !== null && (connection.isPrivate || this.#accounts.backend!.reuse === 'never');
    this.#connection = null;
    if (isOwn) this.#keepOwn(connection);
    connection?.release(this.#closeMode() === CloseMode.KEEP_ALIVE && (!isOwn || this.#keepsAlive));
    this.#end();
    this.session.onStreamDone(this.#keepsAlive);
  }

  #keepOwn(connection: ServerConnection): void {
    const { frontend, backend, server } = this.#accounts;
    this.#own ??= new OwnConnections(frontend.maxOwnConnections);
    this.#own.server = server ?? backend!.direct;
    connection.home = this.#own;
  }

  /** The client's connection is closed, and with it the server connections that only this client may use. */
  onSessionClosed(): void {
    this.#own?.close();
  }

  /** The server of this slot is no more to be talked to; `letter` says why in the termination state. */
  endOn(serverSlot: number, letter: 'D' | 'U'): void {
    if (this.#accounts.server?.slot !== serverSlot || this.#accounts.hasNoPlace) return;
    switch (this.#phase) {
      case Phase.SEARCH:
        this.#answer(this.errorReply(503, `${letter}C`));
        break;
      case Phase.RESPONSE:
        this.#answer(this.errorReply(502, `${letter}H`));
        break;
      case Phase.DATA:
        this.#abortBoth(letter, 'D');
        break;
      case Phase.TUNNEL:
        this.#abortBoth(letter, '-');
        break;
      default:
        break;
    }
  }

  /** Ends both sides without an answer. */
  #abortBoth(who: string, where: string): void {
    this.#fail(who, where);
    this.session.abort();
  }

  /** Ends the stream from this side only. */
  #fail(who: string, where: string): void {
    this.#dropConnection();
    this.facts.terminationState = `${who}${where}--`;
    if (who === 'C' || who === 'c') this.#accounts.countAll(COUNTER.cli_abrt, 1);
    if (who === 'S' || who === 's') this.#accounts.countAll(COUNTER.srv_abrt, 1);
    this.#end();
  }

  #dropConnection(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.abort();
  }

  /** Gives everything back, then counts and logs. */
  #end(): void {
    if (this.#phase === Phase.DONE) return;
    this.#phase = Phase.DONE;
    this.thread.wheel.cancel(this.#timer);
    this.#accounts.stampEnd(this.session, this.thread.nowMs);
    this.#accounts.countStatus(this.facts.status);
    this.#accounts.logEnd(this);
    this.#search.release();
    this.#accounts.leaveBackend();
    this.request = null;
    this.#hold.release();
  }

  /** A request that could not be read counts as one all the same. */
  countRefused(): void {
    this.#accounts.countRequest();
    this.#accounts.countFrontend(COUNTER.ereq);
  }

  /** Counts and logs a connection that never became a request. */
  recordRefusal(refusal: Refusal): void {
    this.request = null;
    this.#accounts.recordRefusal(this, refusal, this.session);
  }

  /** Counts one that is not logged. */
  countRefusal(status: number): void {
    this.#accounts.countStatus(status);
  }
}
