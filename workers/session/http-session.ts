/**
 * One client connection that speaks HTTP/1: bytes to requests, responses to bytes. It owns framing, keep-alive and
 * the client's timeouts; what happens to a request is the stream's business (workers/stream/http-stream.ts).
 *
 * ```
 *            first byte        head complete         body complete         response complete
 *   IDLE ───────────────▶ HEAD ─────────────▶ BODY ───────────────▶ WAITING ─────────────────▶ IDLE
 *     ▲                    │ bad head, timeout │ no body ────────────▲  │ 101, CONNECT 2xx
 *     └── next request     ▼                                            ▼
 *                       CLOSING ◀──────────── close, error ────────── TUNNEL
 * ```
 */
import { FAULTS, type Fault } from '../../src/errors/faults.ts';
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { madeResponseBytes } from '../../src/http/message-bytes.ts';
import { ChunkedDecoder, ChunkStatus } from '../../src/http1/chunked-decoder.ts';
import type { HeadLimits } from '../../src/http1/limits.ts';
import { HeadError, NEED_MORE, parseRequestHead, statusOfHeadError } from '../../src/http1/parse-head.ts';
import { TimerEntry, type TimerTarget } from '../../src/time/timer-wheel.ts';
import type { Connection, ConnectionOwner } from '../connection/connection.ts';
import { CloseMode, type ListenerPlan, type ProxyPlan } from '../plan/plan.ts';
import type { ClientSide } from '../stream/client-side.ts';
import { HttpStream } from '../stream/http-stream.ts';
import type { Refusal } from '../stream/stream-accounts.ts';
import type { ThreadState } from '../thread-state.ts';
import type { ServerPools } from '../upstream/server-pools.ts';
import { ConnectionEndpoint } from './endpoint.ts';
import { REFUSAL, ResponseWriter } from './response-writer.ts';
import type { Session, SessionHome } from './session.ts';

const State = { IDLE: 0, HEAD: 1, BODY: 2, WAITING: 3, TUNNEL: 4, CLOSING: 5, CLOSED: 6 } as const;
type State = (typeof State)[keyof typeof State];

export class HttpSession implements ConnectionOwner, TimerTarget, ClientSide, Session {
  /** Among the listener's sessions. */
  place = -1;
  readonly thread: ThreadState;
  readonly connection: Connection;
  listener: ListenerPlan;
  frontend: ProxyPlan;
  readonly source: ConnectionEndpoint;
  readonly destination: ConnectionEndpoint;
  readonly acceptedAtMs: number = Date.now();
  /** Monotonic, for timers. */
  readonly acceptedAt: number;
  listenerId: number;
  frontendName: string;
  readonly sink: ResponseWriter;
  /** Requests begun on this connection, the present one included. */
  requestCount = 0;
  /** Monotonic time of the present request's first byte. */
  firstByteAt = 0;
  /** When the last stream ended, or the accept: where idle time begins. */
  idleSince: number;
  readonly #home: SessionHome;
  readonly #stream: HttpStream;
  readonly #timer: TimerEntry;
  #state: State = State.IDLE;
  /** The request being parsed or served. */
  #head: HttpHead | null = null;
  /** Holds a head that came in pieces; then the retained head of the stream. */
  #owned: Buffer | null = null;
  #ownedLength = 0;
  #bodyLeft = 0;
  #chunked: ChunkedDecoder | null = null;
  /** Bytes of the next request that came early; reading stops until the present one is done. */
  #early: Buffer | null = null;
  #isPumping = false;
  #hasEnded = false;
  /** Bytes that came behind the last response. */
  #discarded = 0;
  /** What the client had yet to take when its timer was set while it was behind; 0 before it ever was. */
  #unsentBytes = 0;

  constructor(thread: ThreadState, pools: ServerPools, connection: Connection, home: SessionHome) {
    this.thread = thread;
    this.connection = connection;
    this.#home = home;
    this.listener = home.plan;
    this.frontend = home.plan.proxy;
    this.source = new ConnectionEndpoint(connection, 'remote');
    this.destination = new ConnectionEndpoint(connection, 'local');
    if (this.frontend.log !== null) this.source.capture();
    this.listenerId = home.plan.bindId;
    this.frontendName = this.frontend.name;
    this.acceptedAt = this.idleSince = thread.nowMs;
    this.sink = new ResponseWriter(thread, connection);
    this.#stream = new HttpStream(thread, pools, this);
    this.#timer = new TimerEntry(this);
    connection.owner = this;
    this.#armIdle();
  }

  onConnect(): void {}

  onBytes(_connection: Connection, buffer: Buffer, length: number): void {
    this.thread.tick();
    switch (this.#state) {
      case State.IDLE:
        this.#beginRequest(buffer, 0, length);
        break;
      case State.HEAD:
        this.#continueHead(buffer, length);
        break;
      case State.BODY:
        this.#armClient();
        this.#feedBody(buffer, 0, length);
        break;
      case State.WAITING:
        this.#keepEarly(buffer, 0, length);
        break;
      case State.TUNNEL:
        if (!this.#stream.onTunnelBytes(buffer, 0, length)) this.connection.pause();
        break;
      case State.CLOSING:
        this.#discarded += length;
        if (this.#discarded > DISCARDED_BYTES_MOST) this.connection.destroy();
        break;
      default:
        break;
    }
  }

  onEnd(): void {
    this.thread.tick();
    this.#hasEnded = true;
    switch (this.#state) {
      case State.IDLE:
        if (this.requestCount === 0) this.#refuse(FAULTS.REQUEST_ABORTED);
        else this.close();
        break;
      case State.HEAD:
        this.#refuse(FAULTS.REQUEST_ABORTED);
        break;
      case State.BODY:
        this.#stream.onClientAbort();
        break;
      case State.WAITING:
        if (this.#stream.abortsOnClose) this.#stream.onClientAbort();
        break;
      case State.TUNNEL:
        this.#stream.onTunnelEnd();
        break;
      default:
        this.close();
    }
  }

  onDrain(): void {
    this.thread.tick();
    if (this.#state === State.CLOSING) {
      this.#finishClosing();
      return;
    }
    this.#stream.onClientDrain();
    if (this.#state === State.WAITING) this.thread.wheel.cancel(this.#timer);
  }

  onClose(): void {
    const { thread } = this;
    const was = this.#state;
    if (was === State.CLOSED) return;
    thread.tick();
    this.#state = State.CLOSED;
    thread.wheel.cancel(this.#timer);
    if (was === State.BODY || was === State.WAITING || was === State.TUNNEL) this.#stream.onClientGone();
    else if (was === State.HEAD || (was === State.IDLE && this.requestCount === 0)) this.#recordReset();
    this.#releaseHead();
    this.#releaseOwned();
    this.#early = null;
    this.#stream.onSessionClosed();
    this.#home.sessionClosed(this);
  }

  onTimeout(): void {
    this.thread.tick();
    if (this.#unsentBytes > 0 && this.#isClientTaking()) return;
    switch (this.#state) {
      case State.IDLE:
        if (this.requestCount > 0) this.close();
        else this.#refuse(FAULTS.REQUEST_TIMEOUT);
        break;
      case State.HEAD:
        this.#refuse(FAULTS.REQUEST_TIMEOUT);
        break;
      case State.BODY:
        this.#stream.onClientTimeout();
        break;
      case State.WAITING:
      case State.TUNNEL:
        this.#stream.onClientTimeout();
        break;
      default:
        this.connection.destroy();
    }
  }

  /**
   * Soft stop. A busy connection ends behind its response, and one that has yet to send its first request behind that.
   * An idle one gets a moment more: a client that is just sending is answered with `connection: close` instead of
   * losing its request.
   */
  drain(): void {
    if (this.frontend.http.keepsIdleOnStop) return;
    if (this.#state === State.IDLE && this.requestCount > 0) this.#arm(DRAIN_GRACE_MS);
  }

  /** This connection is to end behind the present response: the process stops, or a reload removed its bind. */
  get isDraining(): boolean {
    return this.thread.isDraining || this.#home.isLeaving;
  }

  /** A reload has changed the plan since the last request. */
  #adoptPlan(): void {
    this.listener = this.#home.plan;
    this.frontend = this.listener.proxy;
    this.frontendName = this.frontend.name;
    this.listenerId = this.listener.bindId;
  }

  #beginRequest(buffer: Buffer, start: number, end: number): void {
    if (this.listener !== this.#home.plan) this.#adoptPlan();
    this.firstByteAt = this.thread.nowMs;
    this.#state = State.HEAD;
    this.requestCount++;
    this.#head ??= this.thread.takeHead();
    if (this.#parse(buffer, start, end) || this.#state !== State.HEAD) return;
    const owned = this.#takeOwned();
    buffer.copy(owned, 0, start, end);
    this.#ownedLength = end - start;
    this.#armHead();
  }

  #continueHead(buffer: Buffer, length: number): void {
    const owned = this.#owned!;
    const before = this.#ownedLength;
    if (before + length <= owned.length) {
      buffer.copy(owned, before, 0, length);
      this.#ownedLength += length;
      this.#parse(owned, 0, this.#ownedLength);
    } else {
      const joined = Buffer.concat([owned.subarray(0, before), buffer.subarray(0, length)]);
      this.#ownedLength = joined.length;
      this.#parse(joined, 0, joined.length);
    }
    if (this.#state === State.HEAD && this.frontend.timeouts.httpRequestMs === 0) this.#armHead();
  }

  /** True when a head was complete and its stream has begun; false when more bytes are needed or it was refused. */
  #parse(buffer: Buffer, start: number, end: number): boolean {
    const head = this.#head!;
    const bodyStart = parseRequestHead(head, buffer, start, end, this.#requestLimits);
    if (bodyStart > 0) {
      this.#onHead(head, buffer, bodyStart, end);
      return true;
    }
    if (bodyStart === HeadError.HTTP2_PREFACE) this.#refuseMessage(FAULTS.BAD_REQUEST);
    else if (bodyStart !== NEED_MORE)
      this.#refuse({ ...FAULTS.BAD_REQUEST, status: statusOfHeadError(bodyStart) });
    return false;
  }

  get #requestLimits(): HeadLimits {
    const { headLimits, relaxedLimits } = this.thread.plan.global;
    return this.frontend.http.relaxesRequests ? relaxedLimits : headLimits;
  }

  #onHead(head: HttpHead, buffer: Buffer, bodyStart: number, end: number): void {
    const owned = this.#takeOwned();
    let rest = bodyStart;
    let source = buffer;
    let stop = end;
    if (buffer === owned) {
      // The head stays where it is; what stands behind it must survive the stream's own use of the buffer.
      if (stop > rest) source = Buffer.from(buffer.subarray(rest, stop));
      stop -= rest;
      rest = 0;
    }
    head.retainIn(owned);
    this.#stream.begin(head, owned, head.end);
    if (head.bodyKind === BodyKind.NONE || (head.bodyKind === BodyKind.LENGTH && head.contentLength === 0)) {
      this.#state = State.WAITING;
      this.thread.wheel.cancel(this.#timer);
      // Only the first request may come before the connection is watched; most connections for one request end unwatched.
      if (this.requestCount === 1) this.connection.deferReading();
      this.#stream.onRequestEnd(null);
    } else {
      this.#state = State.BODY;
      this.#bodyLeft = head.bodyKind === BodyKind.LENGTH ? head.contentLength : 0;
      if (head.bodyKind === BodyKind.CHUNKED) this.#beginChunks();
      this.#armClient();
    }
    if (rest < stop) this.#feedRest(source, rest, stop);
    this.#stream.process();
    // `option abortonclose`: a client that gives up is to be noticed at once.
    if (this.#state === State.WAITING && this.requestCount === 1 && this.#stream.abortsOnClose)
      this.resumeRequest();
  }

  #feedRest(buffer: Buffer, start: number, end: number): void {
    if (this.#state === State.BODY) this.#feedBody(buffer, start, end);
    else if (this.#state === State.WAITING) this.#keepEarly(buffer, start, end);
    else if (this.#state === State.TUNNEL && !this.#stream.onTunnelBytes(buffer, start, end))
      this.connection.pause();
  }

  #feedBody(buffer: Buffer, start: number, end: number): void {
    const rest =
      this.#head!.bodyKind === BodyKind.CHUNKED
        ? this.#feedChunks(buffer, start, end)
        : this.#feedLength(buffer, start, end);
    if (rest >= 0 && rest < end && this.#state === State.WAITING) this.#keepEarly(buffer, rest, end);
  }

  #feedLength(buffer: Buffer, start: number, end: number): number {
    const take = Math.min(this.#bodyLeft, end - start);
    this.#bodyLeft -= take;
    const stop = start + take;
    if (take > 0 && !this.#stream.onRequestData(buffer, start, stop, this.connection))
      this.connection.pause();
    if (this.#bodyLeft === 0 && this.#state === State.BODY) this.#endBody(null);
    return stop;
  }

  #feedChunks(buffer: Buffer, start: number, end: number): number {
    const decoder = this.#chunked!;
    let at = start;
    while (this.#state === State.BODY) {
      const status = decoder.next(buffer, at, end);
      at = decoder.position;
      if (status === ChunkStatus.DATA) {
        if (!this.#stream.onRequestData(buffer, decoder.rangeStart, decoder.rangeEnd, null))
          this.connection.pause();
      } else if (status === ChunkStatus.NEED_MORE) {
        return at;
      } else if (status === ChunkStatus.END) {
        this.#endBody(decoder.trailers);
      } else {
        this.#stream.onBadRequestBody();
        return -1;
      }
    }
    return at;
  }

  #endBody(trailers: HttpHead | null): void {
    this.#state = State.WAITING;
    this.thread.wheel.cancel(this.#timer);
    this.#stream.onRequestEnd(trailers);
  }

  #keepEarly(buffer: Buffer, start: number, end: number): void {
    const piece = Buffer.from(buffer.subarray(start, end));
    this.#early = this.#early === null ? piece : Buffer.concat([this.#early, piece]);
    this.connection.pause();
  }

  /** Answers a request that never became one, logs it, and closes. */
  #refuse({ status, termination }: Pick<Fault, 'status' | 'termination'>): void {
    this.thread.wheel.cancel(this.#timer);
    if (this.requestCount === 0 && this.frontend.http.ignoresProbes) {
      this.close();
      return;
    }
    this.#state = State.CLOSING;
    this.#stream.countRefused();
    const reply = this.frontend.errorReply(status, termination);
    this.#recordRefusal({ status, termination });
    this.sink.writeRefusal(reply);
    this.#finishClosing();
  }

  /** A client that resets has been refused nothing, and counts as if it had. */
  #recordReset(): void {
    if (this.requestCount === 0 && this.frontend.http.ignoresProbes) return;
    this.#stream.countRefused();
    this.#recordRefusal(FAULTS.REQUEST_ABORTED);
  }

  #recordRefusal(refusal: Refusal): void {
    if (this.requestCount === 0 && this.frontend.dontLogNull) this.#stream.countRefusal(refusal.status);
    else this.#stream.recordRefusal(refusal);
  }

  /** Answers a request that was read and is not for HTTP/1: the preface of HTTP/2. HAProxy answers it as others. */
  #refuseMessage({ status, termination }: Fault): void {
    this.thread.wheel.cancel(this.#timer);
    this.#state = State.CLOSING;
    this.#stream.countRefused();
    const reply = this.frontend.errorReply(status, termination);
    this.sink.writeReply(reply, REFUSAL);
    this.#stream.recordRefusal({ status, termination, sentBytes: madeResponseBytes(reply, true) });
    this.#finishClosing();
  }

  // What the stream asks of its client side.

  /** May this connection stay open behind the response? Decided when the response head is written. */
  mayKeepAlive(head: HttpHead): boolean {
    if (
      this.isDraining ||
      this.frontend.closeMode === CloseMode.CLOSE ||
      this.#hasEnded ||
      head.isInsecurelyFramed
    )
      return false;
    return head.version >= 11 ? !head.saysClose : head.saysKeepAlive;
  }

  pauseRequest(): void {
    this.connection.pause();
  }

  resumeRequest(): void {
    if (this.#early === null && this.#state !== State.CLOSING) this.connection.resume();
    if (this.#state === State.BODY) this.#armClient();
  }

  onServerBehind(): void {
    this.thread.wheel.cancel(this.#timer);
  }

  /** The client is slow to take the response: its timeout runs while bytes are pending. */
  onWriteBlocked(): void {
    this.#unsentBytes = this.connection.unsentBytes;
    this.#armClient();
  }

  /** It is behind, but has taken something since its timer was set: not silent. */
  #isClientTaking(): boolean {
    const { unsentBytes } = this.connection;
    if (unsentBytes === 0 || unsentBytes >= this.#unsentBytes) return false;
    this.onWriteBlocked();
    return true;
  }

  beginTunnel(): void {
    this.#state = State.TUNNEL;
    this.thread.wheel.cancel(this.#timer);
    const early = this.#early;
    this.#early = null;
    this.connection.resume();
    if (early !== null && !this.#stream.onTunnelBytes(early, 0, early.length)) this.connection.pause();
  }

  /** The tunnel is idle from the client's side as of now. */
  touchTunnel(timeoutMs: number): void {
    this.#arm(timeoutMs);
  }

  /** The stream is over and has been logged; the connection goes on or ends. */
  onStreamDone(keepsAlive: boolean): void {
    if (this.#state === State.CLOSED) return;
    this.#releaseHead();
    this.idleSince = this.thread.nowMs;
    // What is left of a request's body is no request: a server that answered and left early does not change that.
    const isAmidBody = this.#state === State.BODY;
    if (!keepsAlive || this.#hasEnded || this.isDraining || isAmidBody) {
      const hasReadAll = this.#state === State.WAITING && this.#early === null;
      this.#state = State.CLOSING;
      if (hasReadAll && this.connection.pendingBytes === 0) this.#destroy();
      else this.#finishClosing();
      return;
    }
    this.#state = State.IDLE;
    if (this.#early === null) {
      this.#releaseOwned();
      this.#armIdle();
      this.connection.resume();
    } else {
      this.#pump();
    }
  }

  /** Begins requests that came early, one behind the other, without growing the stack. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#state === State.IDLE && this.#early !== null) {
      const bytes: Buffer = this.#early;
      this.#early = null;
      this.connection.resume();
      this.#releaseOwned();
      this.#beginRequest(bytes, 0, bytes.length);
    }
    this.#isPumping = false;
    if (this.#state === State.IDLE) this.#armIdle();
  }

  /** Closes: FIN behind what is pending, or at once when nothing is. */
  close(): void {
    if (this.#state === State.CLOSED) return;
    this.#state = State.CLOSING;
    this.#finishClosing();
  }

  endOn(serverSlot: number, letter: 'D' | 'U'): void {
    this.#stream.endOn(serverSlot, letter);
  }

  /** Ends the connection without ceremony: the client sees a truncated response. */
  abort(): void {
    if (this.#state === State.CLOSED) return;
    this.#state = State.CLOSING;
    this.connection.destroy();
  }

  #finishClosing(): void {
    if (this.connection.pendingBytes > 0) {
      this.onWriteBlocked();
      return;
    }
    if (this.#hasEnded) {
      this.#destroy();
      return;
    }
    // FIN first and then wait for the client's: closing with unread bytes would reset the connection and destroy
    // the response on its way (RFC 9112 §9.6).
    this.connection.end();
    this.connection.resume();
    this.#arm(LINGER_MS);
  }

  /** `option nolinger`: the socket resets when it closes; the client is to see an end before. */
  #destroy(): void {
    if (this.frontend.clientTuning?.noLinger === true) this.connection.end();
    this.connection.destroy();
  }

  #takeOwned(): Buffer {
    this.#owned ??= this.thread.takeBuffer();
    return this.#owned;
  }

  #beginChunks(): void {
    this.#chunked ??= new ChunkedDecoder(this.thread.plan.global.headLimits);
    this.#chunked.reset(this.#requestLimits);
  }

  #releaseHead(): void {
    if (this.#head === null) return;
    this.thread.giveHead(this.#head);
    this.#head = null;
  }

  #releaseOwned(): void {
    if (this.#owned === null) return;
    this.thread.giveBuffer(this.#owned);
    this.#owned = null;
    this.#ownedLength = 0;
  }

  #armIdle(): void {
    if (this.isDraining) {
      this.#arm(DRAIN_GRACE_MS);
      return;
    }
    const { httpKeepAliveMs, httpRequestMs, clientMs } = this.frontend.timeouts;
    if (this.requestCount > 0) this.#arm(httpKeepAliveMs || httpRequestMs || clientMs);
    else this.#arm(httpRequestMs || clientMs);
  }

  #armHead(): void {
    const { httpRequestMs, clientMs } = this.frontend.timeouts;
    this.#arm(
      httpRequestMs === 0 ? clientMs : Math.max(1, httpRequestMs - (this.thread.nowMs - this.firstByteAt)),
    );
  }

  #armClient(): void {
    this.#arm(this.frontend.timeouts.clientMs);
  }

  #arm(timeoutMs: number): void {
    if (timeoutMs === 0) this.thread.wheel.cancel(this.#timer);
    else this.thread.wheel.arm(this.#timer, this.thread.nowMs + timeoutMs);
  }
}

/** How long a closing connection waits for the client's FIN before it is destroyed. */
const LINGER_MS = 1000;
/** And how much of what it still sends is read for that; a client that floods does not read its answer anyway. */
const DISCARDED_BYTES_MOST = 4 * 1024 * 1024;

/** How long an idle connection outlives the beginning of a soft stop. */
const DRAIN_GRACE_MS = 500;
