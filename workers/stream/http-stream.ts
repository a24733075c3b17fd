/**
 * One request and its response: rules, choice of backend and server, queue, connection, retries, and what is logged
 * of it. The client's bytes come from the session, the server's from the server connection; both are HTTP/1 today and
 * neither is assumed here beyond heads, data ranges and ends.
 *
 * ```
 *  begin ─▶ REQUEST ─rules─▶ QUEUE ─place─▶ CONNECT ─open─▶ RESPONSE ─head─▶ DATA ─both ends─▶ DONE
 *              │ reply         │ timeout      │ retries, then 503 │ 502, 504    │ abort           ▲
 *              └───────────────┴──────────────┴───────────────────┴────────────┴─────────────────┘
 *                                                                RESPONSE ─101, CONNECT 2xx─▶ TUNNEL
 * ```
 *
 * A session has one stream object and begins it anew for every request.
 */
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { type Reply, type RuleStream, Verdict } from '../../src/rules/declare.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection } from '../connection/connection.ts';
import { LogLevel } from '../log/log-plan.ts';
import { CloseMode, type CompiledRule, type ProxyPlan, type ServerPlan } from '../plan/plan.ts';
import type { HttpSession } from '../session/http-session.ts';
import { HeadWritten } from '../session/response-writer.ts';
import { COUNTER } from '../shared/shared-state.ts';
import type { ThreadState } from '../thread-state.ts';
import { HeadSent, type ServerConnection } from '../upstream/server-connection.ts';
import { Assignment, ServerAssignment } from './server-assignment.ts';
import { StreamRecord } from './stream-record.ts';

const Phase = {
  NONE: 0,
  REQUEST: 1,
  QUEUE: 2,
  CONNECT: 3,
  RESPONSE: 4,
  DATA: 5,
  TUNNEL: 6,
  DONE: 7,
} as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** HAProxy waits a second before it tries the same server again (manual section 4.2, `retries`). */
const RETRY_DELAY_MS = 1000;

export class HttpStream implements RuleStream, TimerTarget {
  readonly thread: ThreadState;
  readonly session: HttpSession;
  readonly facts: StreamRecord = new StreamRecord();
  readonly requestBytes = null;
  request: HttpHead | null = null;
  response: HttpHead | null = null;
  reply: Reply | null = null;
  readonly #timer: TimerEntry;
  readonly #assignment: ServerAssignment;
  #phase: Phase = Phase.NONE;
  #frontend: ProxyPlan;
  #backend: ProxyPlan | null = null;
  #server: ServerPlan | null = null;
  #connection: ServerConnection | null = null;
  /** The head's buffer; body bytes that came before the server was ready are held behind the head. */
  #owned: Buffer | null = null;
  #heldStart = 0;
  #heldEnd = 0;
  /** Held bytes that did not fit behind the head. */
  #extra: Buffer | null = null;
  /** Everything sent of the request is still held, so that it can be sent again. */
  #isHeld = true;
  #isRequestDone = false;
  #isResponseDone = false;
  /** Of the request; they belong to the session's decoder and stay until its next body. */
  #trailers: HttpHead | null = null;
  #keepsAlive = false;
  #isWaitingToRetry = false;
  #headAt = 0;
  #assignedAt = 0;
  #connectedAt = 0;
  #responseAt = 0;

  constructor(thread: ThreadState, session: HttpSession) {
    this.thread = thread;
    this.session = session;
    this.#frontend = session.frontend;
    this.#timer = new TimerEntry(this);
    this.#assignment = new ServerAssignment(thread, this);
  }

  get backendName(): string {
    return this.#backend?.name ?? this.#frontend.name;
  }

  get serverName(): string {
    return this.#server?.name ?? '';
  }

  /** Takes a complete head. `owned` holds it; from `heldStart` on the buffer is free for body bytes. */
  begin(head: HttpHead, owned: Buffer, heldStart: number): void {
    const { session, facts } = this;
    this.#phase = Phase.REQUEST;
    this.request = head;
    this.response = null;
    this.reply = null;
    this.#backend = null;
    this.#server = null;
    this.#connection = null;
    this.#owned = owned;
    this.#heldStart = this.#heldEnd = heldStart;
    this.#extra = null;
    this.#isHeld = true;
    this.#isRequestDone = this.#isResponseDone = false;
    this.#isWaitingToRetry = false;
    this.#trailers = null;
    this.#headAt = this.thread.nowMs;
    this.#assignedAt = this.#connectedAt = this.#responseAt = 0;
    facts.reset();
    facts.requestAtMs = session.acceptedAtMs + (session.firstByteAt - session.acceptedAt);
    facts.idleMs = Math.trunc(session.firstByteAt - session.idleSince);
    facts.requestMs = Math.trunc(this.#headAt - session.firstByteAt);
    facts.bytesFromClient = head.end - head.start;
    this.#keepsAlive = session.mayKeepAlive(head);
    this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.req_tot, 1);
    this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.bin, head.end - head.start);
  }

  /** Runs the rules and sends the request on its way. Body bytes that came with the head are already held. */
  process(): void {
    if (this.#phase !== Phase.REQUEST) return;
    const frontend = this.#frontend;
    if (!this.#runRules(frontend.requestRules)) return;
    const backend = this.#chooseBackend(frontend);
    if (backend === null) {
      this.#answer(this.errorReply(503, 'SC'));
      return;
    }
    this.#backend = backend;
    this.#enterBackend(backend);
    if (backend !== frontend && !this.#runRules(backend.requestRules)) return;
    this.#addForwardedFor(frontend, backend);
    this.#phase = Phase.QUEUE;
    this.#assign(-1);
  }

  // Rules.

  /** False when a rule ended the stream. */
  #runRules(rules: readonly CompiledRule[]): boolean {
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      if (rule.condition !== null && !rule.condition(this)) continue;
      const verdict = rule.run(this);
      if (verdict === Verdict.CONTINUE) continue;
      if (verdict === Verdict.STOP) return true;
      if (verdict === Verdict.CLOSE || this.reply === null) {
        this.#fail('P', 'R');
        this.session.abort();
        return false;
      }
      this.#answer(this.reply);
      return false;
    }
    return true;
  }

  #chooseBackend(frontend: ProxyPlan): ProxyPlan | null {
    const { switches } = frontend;
    for (let i = 0; i < switches.length; i++) {
      const rule = switches[i]!;
      if (rule.condition === null || rule.condition(this)) return rule.backend;
    }
    return frontend.defaultBackend ?? (frontend.backendSlot >= 0 ? frontend : null);
  }

  #enterBackend(backend: ProxyPlan): void {
    this.thread.shared.enter(backend.backendSlot);
    this.thread.shared.count(backend.backendSlot, COUNTER.stot, 1);
    this.thread.shared.count(backend.backendSlot, COUNTER.bin, this.facts.bytesFromClient);
  }

  #addForwardedFor(frontend: ProxyPlan, backend: ProxyPlan): void {
    const plan = backend.forwardFor ?? frontend.forwardFor;
    if (plan === null) return;
    if (plan.except?.(this)) return;
    const head = this.request!;
    if (plan.isOnlyIfMissing && head.values(plan.headerId, plan.headerName).length > 0) return;
    head.add(plan.headerName, this.session.source.text);
  }

  countDenied(side: 'request' | 'response'): void {
    const counter = side === 'request' ? COUNTER.dreq : COUNTER.dresp;
    this.thread.shared.count(this.#frontend.frontendSlot, counter, 1);
    if (this.#backend !== null) this.thread.shared.count(this.#backend.backendSlot, counter, 1);
  }

  errorReply(status: number, termination: string): Reply {
    return (this.#backend ?? this.#frontend).errorReply(status, termination);
  }

  // The server's side: choosing one and reaching it.

  #assign(excluded: number): void {
    const backend = this.#backend!;
    switch (this.#assignment.choose(backend, excluded)) {
      case Assignment.CHOSEN:
        this.onServerAssigned(this.#assignment.server!);
        break;
      case Assignment.QUEUED:
        this.#phase = Phase.QUEUE;
        this.#arm(backend.timeouts.queueMs || backend.timeouts.connectMs);
        break;
      default:
        this.#answer(this.errorReply(503, 'SC'));
    }
  }

  /** A place on this server is ours, at once or after waiting for it. */
  onServerAssigned(server: ServerPlan): void {
    this.#server = server;
    if (this.#assignedAt === 0) {
      this.#assignedAt = this.thread.nowMs;
      this.facts.queueMs = Math.trunc(this.#assignedAt - this.#headAt);
    }
    this.#connect(server);
  }

  onServerWithdrawn(): void {
    this.#assign(-1);
  }

  #connect(server: ServerPlan): void {
    this.#phase = Phase.CONNECT;
    const backend = this.#backend!;
    const pooled = this.#mayReuse(backend)
      ? server.pool.take(backend.reuse === 'aggressive' && this.session.requestCount === 1)
      : null;
    const connection = pooled ?? server.pool.open(this.session);
    this.#connection = connection;
    connection.attach(this, this.request!.method === 'HEAD', this.request!.method === 'CONNECT');
    if (pooled !== null) {
      this.thread.shared.count(server.slot, COUNTER.reuse, 1);
      this.thread.shared.count(backend.backendSlot, COUNTER.reuse, 1);
      this.onConnected();
    } else {
      this.thread.shared.count(server.slot, COUNTER.connect, 1);
      this.thread.shared.count(backend.backendSlot, COUNTER.connect, 1);
      this.#arm(backend.timeouts.connectMs);
    }
  }

  #mayReuse(backend: ProxyPlan): boolean {
    switch (backend.reuse) {
      case 'never':
        return false;
      case 'safe':
        return this.session.requestCount > 1;
      default:
        return true;
    }
  }

  onConnected(): void {
    this.#connectedAt = this.thread.nowMs;
    this.facts.connectMs = Math.trunc(this.#connectedAt - this.#assignedAt);
    this.#phase = Phase.RESPONSE;
    this.#sendRequest();
  }

  #sendRequest(): void {
    const connection = this.#connection!;
    const backend = this.#backend!;
    const closes = backend.closeMode !== CloseMode.KEEP_ALIVE;
    const sent = connection.sendHead(this.request!, this.#owned!, this.#heldStart, this.#heldEnd, closes);
    if (sent === HeadSent.TOO_LARGE) {
      this.#answer(this.errorReply(500, 'PR'));
      return;
    }
    let isTaken = sent === HeadSent.TAKEN;
    if (this.#extra !== null) isTaken = connection.sendData(this.#extra, 0, this.#extra.length, null);
    if (this.#isRequestDone) {
      connection.sendEnd(this.#trailers);
      this.#arm(backend.timeouts.serverMs);
    } else {
      this.thread.wheel.cancel(this.#timer);
      if (isTaken) this.session.resumeRequest();
    }
  }

  // What the client's side brings.

  /** False asks the session to stop reading until `resumeRequest`. */
  onRequestData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean {
    this.facts.bytesFromClient += end - start;
    this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.bin, end - start);
    if (this.#phase >= Phase.RESPONSE && this.#connection !== null) {
      this.#isHeld = false;
      this.thread.shared.count(this.#backend!.backendSlot, COUNTER.bin, end - start);
      this.thread.shared.count(this.#server!.slot, COUNTER.bin, end - start);
      return this.#connection.sendData(buffer, start, end, source);
    }
    this.#hold(buffer, start, end);
    return this.#phase === Phase.REQUEST;
  }

  #hold(buffer: Buffer, start: number, end: number): void {
    const owned = this.#owned!;
    const size = end - start;
    if (this.#extra === null && this.#heldEnd + size <= owned.length) {
      buffer.copy(owned, this.#heldEnd, start, end);
      this.#heldEnd += size;
      return;
    }
    const piece = Buffer.from(buffer.subarray(start, end));
    this.#extra = this.#extra === null ? piece : Buffer.concat([this.#extra, piece]);
  }

  onRequestEnd(trailers: HttpHead | null): void {
    this.#isRequestDone = true;
    this.#trailers = trailers;
    if (this.#phase < Phase.RESPONSE || this.#connection === null) return;
    this.#connection.sendEnd(trailers);
    if (this.#phase === Phase.RESPONSE || this.#phase === Phase.DATA)
      this.#arm(this.#backend!.timeouts.serverMs);
    if (this.#isResponseDone) this.#complete();
  }

  onBadRequestBody(): void {
    this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.ereq, 1);
    if (this.#phase < Phase.DATA) this.#answer(this.errorReply(400, 'PR'));
    else this.#abortBoth('P', 'D');
  }

  onClientDrain(): void {
    if (this.#phase !== Phase.DATA && this.#phase !== Phase.TUNNEL) return;
    this.#connection?.resume();
    if (this.#phase === Phase.DATA && !this.#isResponseDone) this.#arm(this.#backend!.timeouts.serverMs);
  }

  backendAbortsOnClose(): boolean {
    return (this.#backend ?? this.#frontend).abortOnClose;
  }

  /** The client gave up while its connection still takes bytes: its request body ended early, or abortonclose. */
  onClientAbort(): void {
    if (this.#phase < Phase.DATA && !this.#isRequestDone) this.facts.status = 400;
    this.#abortBoth('C', this.#phaseLetter());
  }

  /** The client's connection is gone. */
  onClientGone(_code: string): void {
    if (this.#phase === Phase.TUNNEL) {
      this.#fail('-', '-');
      return;
    }
    this.#fail('C', this.#phaseLetter());
  }

  onClientTimeout(): void {
    if (this.#phase === Phase.TUNNEL) {
      this.#abortBoth('c', 'D');
      return;
    }
    if (this.#phase < Phase.DATA && !this.#isRequestDone)
      this.#answer(this.errorReply(408, `c${this.#phaseLetter()}`));
    else this.#abortBoth('c', this.#phaseLetter());
  }

  #phaseLetter(): string {
    switch (this.#phase) {
      case Phase.REQUEST:
        return 'R';
      case Phase.QUEUE:
        return 'Q';
      case Phase.CONNECT:
        return 'C';
      case Phase.RESPONSE:
        return 'H';
      default:
        return this.#isResponseDone ? 'L' : 'D';
    }
  }

  // What the server's side brings.

  /** A final or informational response head; `buffer[bodyStart, bodyEnd)` came with it. False ends this connection. */
  onResponseHead(head: HttpHead): boolean {
    if (head.status < 200 && head.status !== 101) {
      this.session.writer.writeInformational(head, this.request!);
      return true;
    }
    this.#responseAt = this.thread.nowMs;
    this.facts.responseMs = Math.trunc(this.#responseAt - this.#connectedAt);
    this.facts.status = head.status;
    this.response = head;
    const isAllowed = this.#runResponseRules();
    this.response = null;
    if (!isAllowed) return false;
    this.#phase = Phase.DATA;
    this.#extra = null;
    if (head.bodyKind === BodyKind.TUNNEL) this.#keepsAlive = false;
    else this.#keepsAlive = this.session.writer.decideKeepAlive(this.request!, head, this.#keepsAlive);
    return true;
  }

  #runResponseRules(): boolean {
    const backend = this.#backend!;
    const frontend = this.#frontend;
    if (!this.#runRules(backend.responseRules)) return false;
    if (backend !== frontend && !this.#runRules(frontend.responseRules)) return false;
    if (!this.#runRules(backend.afterResponseRules)) return false;
    return backend === frontend || this.#runRules(frontend.afterResponseRules);
  }

  /** Writes the accepted head with the body bytes that came with it. False stops reading from the server. */
  writeResponseHead(head: HttpHead, buffer: Buffer, start: number, end: number): boolean {
    const written = this.session.writer.writeHead(head, this.request!, this.#keepsAlive, buffer, start, end);
    if (written === HeadWritten.TOO_LARGE) {
      this.#answer(this.errorReply(502, 'PH'));
      return false;
    }
    const isTaken = written === HeadWritten.TAKEN;
    this.#countOut(this.session.writer.lastWritten);
    if (head.bodyKind === BodyKind.TUNNEL) {
      this.#beginTunnel();
      return true;
    }
    this.#arm(this.#backend!.timeouts.serverMs);
    if (!isTaken) this.#blockOnClient();
    return isTaken;
  }

  onResponseData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean {
    const isTaken = this.session.writer.writeData(buffer, start, end, source);
    this.#countOut(this.session.writer.lastWritten);
    if (isTaken) this.#arm(this.#backend!.timeouts.serverMs);
    else this.#blockOnClient();
    return isTaken;
  }

  #blockOnClient(): void {
    this.thread.wheel.cancel(this.#timer);
    this.session.onWriteBlocked();
  }

  #countOut(bytes: number): void {
    const { shared } = this.thread;
    this.facts.bytesToClient += bytes;
    shared.count(this.#frontend.frontendSlot, COUNTER.bout, bytes);
    shared.count(this.#backend!.backendSlot, COUNTER.bout, bytes);
    shared.count(this.#server!.slot, COUNTER.bout, bytes);
  }

  /** The response is complete. */
  onResponseEnd(trailers: HttpHead | null): void {
    if (this.#phase === Phase.DONE) return;
    this.session.writer.writeEnd(trailers);
    this.#isResponseDone = true;
    if (this.#isRequestDone) this.#complete();
    else this.thread.wheel.cancel(this.#timer);
  }

  /** The server's connection failed or ended before the response was complete. */
  onServerLost(code: string, hadBytes: boolean, isReused: boolean): void {
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null || this.#phase === Phase.DONE) return;
    switch (this.#phase) {
      case Phase.CONNECT:
        this.#onConnectFailure();
        break;
      case Phase.RESPONSE:
        if (isReused && !hadBytes && this.#isHeld) this.#connect(this.#server!);
        else this.#answerServerFailure(code === 'EBADRESPONSE' ? 'P' : 'S');
        break;
      case Phase.TUNNEL:
        this.#complete();
        break;
      default:
        if (this.#isResponseDone) this.#complete();
        else this.#abortBoth(code === 'EBADRESPONSE' ? 'P' : 'S', 'D');
    }
  }

  #answerServerFailure(who: string): void {
    const { shared } = this.thread;
    shared.count(this.#server!.slot, COUNTER.eresp, 1);
    shared.count(this.#backend!.backendSlot, COUNTER.eresp, 1);
    this.#answer(this.errorReply(502, `${who}H`));
  }

  /** Refused, unreachable or too slow to accept: try again here or elsewhere, as `retries` and redispatch say. */
  #onConnectFailure(): void {
    const backend = this.#backend!;
    const { shared } = this.thread;
    if (this.facts.retries >= backend.retries) {
      shared.count(this.#server!.slot, COUNTER.econ, 1);
      shared.count(backend.backendSlot, COUNTER.econ, 1);
      this.#answer(this.errorReply(503, 'SC'));
      return;
    }
    this.facts.retries++;
    const isLast = this.facts.retries === backend.retries;
    if (backend.redispatches && isLast && backend.servers.length > 1) {
      shared.count(this.#server!.slot, COUNTER.wredis, 1);
      shared.count(backend.backendSlot, COUNTER.wredis, 1);
      this.facts.isRedispatched = true;
      const excluded = this.#server!.index;
      this.#assignment.release();
      this.#server = null;
      this.#assign(excluded);
      return;
    }
    shared.count(this.#server!.slot, COUNTER.wretr, 1);
    shared.count(backend.backendSlot, COUNTER.wretr, 1);
    this.#isWaitingToRetry = true;
    const { connectMs } = backend.timeouts;
    this.#arm(connectMs === 0 ? RETRY_DELAY_MS : Math.min(RETRY_DELAY_MS, connectMs));
  }

  onTimeout(): void {
    this.thread.tick();
    switch (this.#phase) {
      case Phase.QUEUE:
        this.#assignment.leaveQueue();
        this.facts.queueMs = Math.trunc(this.thread.nowMs - this.#headAt);
        this.#answer(this.errorReply(503, 'sQ'));
        break;
      case Phase.CONNECT:
        if (this.#isWaitingToRetry) {
          this.#isWaitingToRetry = false;
          this.#connect(this.#server!);
          break;
        }
        this.#dropConnection();
        this.#onConnectFailureByTimeout();
        break;
      case Phase.RESPONSE:
        this.thread.shared.count(this.#server!.slot, COUNTER.eresp, 1);
        this.thread.shared.count(this.#backend!.backendSlot, COUNTER.eresp, 1);
        this.#answer(this.errorReply(504, 'sH'));
        break;
      case Phase.DATA:
        this.#abortBoth('s', 'D');
        break;
      case Phase.TUNNEL:
        this.#abortBoth('s', 'D');
        break;
      default:
        break;
    }
  }

  #onConnectFailureByTimeout(): void {
    if (this.facts.retries < this.#backend!.retries) {
      this.facts.retries++;
      this.thread.shared.count(this.#server!.slot, COUNTER.wretr, 1);
      this.thread.shared.count(this.#backend!.backendSlot, COUNTER.wretr, 1);
      this.#connect(this.#server!);
      return;
    }
    this.thread.shared.count(this.#server!.slot, COUNTER.econ, 1);
    this.thread.shared.count(this.#backend!.backendSlot, COUNTER.econ, 1);
    this.#answer(this.errorReply(503, 'sC'));
  }

  /** The server takes bytes again. */
  onServerDrain(): void {
    if (this.#phase === Phase.TUNNEL || !this.#isRequestDone) this.session.resumeRequest();
  }

  // Tunnels: 101 and CONNECT.

  #beginTunnel(): void {
    this.#phase = Phase.TUNNEL;
    this.#isRequestDone = true;
    this.thread.wheel.cancel(this.#timer);
    this.#connection!.beginTunnel();
    this.session.beginTunnel();
    this.#touchTunnel();
  }

  #touchTunnel(): void {
    const { tunnelMs, serverMs } = this.#backend!.timeouts;
    this.#arm(tunnelMs || serverMs);
    if (tunnelMs === 0) this.session.touchTunnel(this.#frontend.timeouts.clientMs);
  }

  onTunnelBytes(buffer: Buffer, start: number, end: number): boolean {
    if (this.#connection === null) return true;
    this.facts.bytesFromClient += end - start;
    this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.bin, end - start);
    this.#touchTunnel();
    return this.#connection.sendRaw(buffer, start, end);
  }

  onTunnelEnd(): void {
    this.#connection?.endRaw();
  }

  onServerTunnelBytes(buffer: Buffer, start: number, end: number): boolean {
    this.#touchTunnel();
    const isTaken = this.session.connection.write(buffer, start, end);
    this.#countOut(end - start);
    return isTaken;
  }

  onServerTunnelEnd(): void {
    this.session.connection.end();
  }

  #arm(timeoutMs: number): void {
    if (timeoutMs === 0) this.thread.wheel.cancel(this.#timer);
    else this.thread.wheel.arm(this.#timer, this.thread.nowMs + timeoutMs);
  }

  // Ends.

  /** Sends a reply made here and ends the stream behind it. */
  #answer(reply: Reply): void {
    this.#dropConnection();
    const request = this.request!;
    const keepsAlive = this.#keepsAlive && !reply.closes && this.#isRequestDone;
    this.facts.status = reply.status;
    this.facts.terminationState = `${reply.termination}--`;
    this.session.sendReply(reply, request.method === 'HEAD', request.version, keepsAlive);
    const written = this.session.writer.lastWritten;
    this.facts.bytesToClient += written;
    this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.bout, written);
    if (this.#backend !== null) this.thread.shared.count(this.#backend.backendSlot, COUNTER.bout, written);
    this.#keepsAlive = keepsAlive;
    this.#end();
    this.session.onStreamDone(keepsAlive);
  }

  #complete(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.release(
      this.#backend!.closeMode === CloseMode.KEEP_ALIVE && this.#backend!.reuse !== 'never',
    );
    this.#end();
    this.session.onStreamDone(this.#keepsAlive);
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
    if (who === 'C') this.thread.shared.count(this.#frontend.frontendSlot, COUNTER.cli_abrt, 1);
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
    const { shared, wheel } = this.thread;
    wheel.cancel(this.#timer);
    this.#assignment.release();
    if (this.#backend !== null) shared.leave(this.#backend.backendSlot);
    const now = this.thread.nowMs;
    const { facts } = this;
    if (this.#responseAt > 0) facts.dataMs = Math.trunc(now - this.#responseAt);
    facts.activeMs = Math.trunc(now - this.session.firstByteAt);
    facts.totalMs = Math.trunc(now - this.session.idleSince);
    this.#countStatus(facts.status);
    this.#log();
    this.request = null;
    this.#owned = null;
    this.#extra = null;
  }

  #countStatus(status: number): void {
    const { shared } = this.thread;
    const counter =
      status >= 100 && status < 600 ? COUNTER.hrsp_1xx + Math.trunc(status / 100) - 1 : COUNTER.hrsp_other;
    shared.count(this.#frontend.frontendSlot, counter, 1);
    if (this.#backend !== null) shared.count(this.#backend.backendSlot, counter, 1);
    if (this.#server !== null) shared.count(this.#server.slot, counter, 1);
  }

  #log(): void {
    const { log } = this.#frontend;
    if (log === null) return;
    this.facts.takeConnectionCounts(this.thread.shared, this.#frontend, this.#backend, this.#server);
    log.write(this, LogLevel.INFO);
  }

  /** Logs a connection that never became a request. */
  recordRefusal(status: number, termination: string): void {
    const { facts, session } = this;
    facts.reset();
    this.#backend = null;
    this.#server = null;
    this.request = null;
    facts.status = status;
    facts.terminationState = `${termination}--`;
    facts.requestLineFallback = '<BADREQ>';
    const now = this.thread.nowMs;
    facts.requestAtMs = session.acceptedAtMs;
    facts.activeMs = facts.totalMs = Math.trunc(now - session.idleSince);
    this.#countStatus(status);
    this.#log();
  }
}
