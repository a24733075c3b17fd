/**
 * One connection to a server that speaks HTTP/1: requests to bytes, bytes to responses. Between requests it rests in
 * the server's pool.
 *
 * ```
 *              open                 attach            response head           response end
 *   CONNECTING ────▶ (attached) ┌──▶ HEAD ──────────────▶ BODY ──────────────▶ DONE ──release──▶ IDLE
 *                               │     │ 1xx: again ▲       │ 101, CONNECT                        │
 *                               │     └────────────┘       ▼                                     │
 *                               │                        TUNNEL ──▶ closed                       │
 *                               └──────────────────── attach ◀───────────────────────────────────┘
 * ```
 */
import { BodyKind, type HttpHead } from '../../src/http/head.ts';
import { Behind, ChunkedDecoder, ChunkStatus } from '../../src/http1/chunked-decoder.ts';
import { encodeTrailers, LAST_CHUNK, writeChunkSize } from '../../src/http1/chunked-encoder.ts';
import { encodeRequestHead } from '../../src/http1/encode-head.ts';
import {
  checkSwitch,
  determineResponseBody,
  NEED_MORE,
  parseResponseHead,
} from '../../src/http1/parse-head.ts';
import type { Endpoint } from '../../src/sample/stream-view.ts';
import type { Connection, ConnectionOwner } from '../connection/connection.ts';
import { writeLastChunk } from '../connection/last-chunk.ts';
import { threadTransport } from '../connection/transport.ts';
import type { Way } from '../plan/server-plan.ts';
import { type ConnectionEndpoint, endsOf } from '../session/endpoint.ts';
import type { ThreadState } from '../thread-state.ts';
import type { IdleList } from './idle-list.ts';
import type { ServerStream } from './server-stream.ts';

const State = { CONNECTING: 0, HEAD: 1, BODY: 2, DONE: 3, IDLE: 4, TUNNEL: 5, CLOSED: 6 } as const;
type State = (typeof State)[keyof typeof State];

const CR = 13;
const LF = 10;
const LINE_END = Buffer.from('\r\n', 'latin1');
/** Of the last chunk, its size line. */
const ZERO_LINE_BYTES = 3;
/** The code `onServerLost` gets when the server's bytes were not HTTP. */
export const BAD_RESPONSE = 'EBADRESPONSE';
/** What became of a request head: handed to the kernel, pending in part, or larger than any buffer for it. */
export const HeadSent = { TAKEN: 0, PENDING: 1, TOO_LARGE: 2 } as const;
export type HeadSent = (typeof HeadSent)[keyof typeof HeadSent];

/** A body that fills reads of this size gets a buffer of its own. */
const BULK_MIN_BYTES = 128 * 1024;

/** Body bytes that go out with the head: `buffer[start, end)` and then `extra`. */
export interface HeldBody {
  readonly buffer: Buffer | null;
  readonly start: number;
  readonly end: number;
  readonly extra: Buffer | null;
}

/** Where a server connection rests between requests. */
export interface ConnectionHome {
  put(connection: ServerConnection): void;
  /** The server has closed it while it rested. */
  remove(connection: ServerConnection): void;
}

/** What a server connection tells the pool of its server. */
export interface PoolOfConnection extends ConnectionHome {
  use(): void;
  closed(): void;
  /** Whether a connection may carry a request more, after so many. */
  mayReuse(reuseCount: number): boolean;
}

export class ServerConnection implements ConnectionOwner {
  readonly pool: PoolOfConnection;
  /** Connections with equal keys may be used for one another. */
  readonly key: string;
  /** Where it rests; another home than the pool when it belongs to one client. */
  home: ConnectionHome;
  /** The server authenticates the connection: no other client may use it. */
  isPrivate = false;
  /** Its place in the list in which it rests. */
  list: IdleList | null = null;
  older: ServerConnection | null = null;
  newer: ServerConnection | null = null;
  readonly #thread: ThreadState;
  readonly #connection: Connection;
  #endpoints: readonly [ConnectionEndpoint, ConnectionEndpoint] | null = null;
  #state: State = State.CONNECTING;
  #stream: ServerStream | null = null;
  #head: HttpHead | null = null;
  /** A response head that came in pieces. */
  #partial: Buffer | null = null;
  #partialLength = 0;
  #bodyLeft = 0;
  #chunked: ChunkedDecoder | null = null;
  #isChunkedBody = false;
  /** The client takes chunks as they come. */
  #passesChunks = false;
  #isRequestChunked = false;
  #isRequestSent = false;
  #isHeadRequest = false;
  #isConnectRequest = false;
  #hasBytes = false;
  #mayReuse = false;
  /** The server has sent FIN. */
  #hasServerEnded = false;
  /** The response ends where the bytes of its head's read end. */
  #isWholeResponse = false;
  /** Requests that went over it before the present one. */
  reuseCount = 0;

  /** Begins to connect; the stream attached by then hears of the outcome. */
  constructor(thread: ThreadState, pool: PoolOfConnection, { target, options, key }: Way) {
    this.#thread = thread;
    this.pool = this.home = pool;
    this.key = key;
    this.#connection = threadTransport().dial(target, this, options);
  }

  /** Of a chunked response: the data so far, without its framing. */
  get chunkDataBytes(): number {
    return this.#chunked?.dataBytes ?? 0;
  }

  /** Of a chunked response that is complete: its trailers, or null. */
  get trailers(): HttpHead | null {
    return this.#chunked?.trailers ?? null;
  }

  /** Our end of the connection. */
  get source(): Endpoint {
    return this.#ends()[0];
  }

  /** The server's end. */
  get destination(): Endpoint {
    return this.#ends()[1];
  }

  /** Asks for both addresses now: for who will want them when the connection is gone, as a log line does. */
  captureEnds(): void {
    const [source, destination] = this.#ends();
    source.capture();
    destination.capture();
  }

  #ends(): readonly [ConnectionEndpoint, ConnectionEndpoint] {
    this.#endpoints ??= endsOf(this.#connection);
    return this.#endpoints;
  }

  get isReady(): boolean {
    return this.#state === State.IDLE && this.#connection.isOpen;
  }

  /** Serves a stream from now on; its `onConnected` follows when the connection is not open yet. */
  attach(stream: ServerStream, isHeadRequest: boolean, isConnectRequest: boolean): void {
    this.#stream = stream;
    this.#isHeadRequest = isHeadRequest;
    this.#isConnectRequest = isConnectRequest;
    this.#hasBytes = false;
    this.#isRequestSent = false;
    this.#mayReuse = true;
    if (this.#state === State.IDLE) this.#state = State.HEAD;
  }

  // The request.

  /** Sends the head and the held body bytes. PENDING: stop the client until onServerDrain. */
  sendHead(head: HttpHead, held: HeldBody, closes: boolean): HeadSent {
    const { scratch } = this.#thread;
    this.#isRequestChunked = head.bodyKind === BodyKind.CHUNKED;
    if (closes) this.#mayReuse = false;
    let at = encodeRequestHead(head, scratch, 0, closes);
    if (at < 0) return HeadSent.TOO_LARGE;
    const { buffer, start, end, extra } = held;
    if (buffer !== null && end > start) {
      if (this.#isRequestChunked) at = writeChunkSize(scratch, at, end - start);
      at += buffer.copy(scratch, at, start, end);
      if (this.#isRequestChunked) {
        scratch[at++] = CR;
        scratch[at++] = LF;
      }
    }
    let isTaken = this.#connection.write(scratch, 0, at);
    if (extra !== null) isTaken = this.sendData(extra, 0, extra.length, null);
    return isTaken ? HeadSent.TAKEN : HeadSent.PENDING;
  }

  sendData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean {
    if (!this.#isRequestChunked)
      return source === null
        ? this.#connection.write(buffer, start, end)
        : this.#connection.writeFrom(source, buffer, start, end);
    const { scratch } = this.#thread;
    let isTaken = true;
    for (let from = start; from < end; from += 65536) {
      const stop = Math.min(end, from + 65536);
      let at = writeChunkSize(scratch, 0, stop - from);
      at += buffer.copy(scratch, at, from, stop);
      scratch[at++] = CR;
      scratch[at++] = LF;
      isTaken = this.#connection.write(scratch, 0, at);
    }
    return isTaken;
  }

  /** Ends the request's body, with its trailers if it had any. */
  sendEnd(trailers: HttpHead | null): void {
    if (this.#isRequestSent) return;
    this.#isRequestSent = true;
    if (this.#isRequestChunked) writeLastChunk(this.#connection, trailers, this.#thread.scratch);
  }

  resume(): void {
    this.#connection.resume();
  }

  // The response.

  onConnect(): void {
    this.#thread.tick();
    this.#state = State.HEAD;
    this.#stream?.onConnected();
  }

  onBytes(_connection: Connection, buffer: Buffer, length: number): void {
    this.#thread.tick();
    this.#hasBytes = true;
    switch (this.#state) {
      case State.HEAD:
        this.#readHead(buffer, 0, length);
        break;
      case State.BODY:
        this.#readBody(buffer, 0, length);
        break;
      case State.TUNNEL:
        if (this.#stream !== null && !this.#stream.onServerTunnelBytes(buffer, 0, length))
          this.#connection.pause();
        break;
      default:
        // Bytes nobody asked for: the connection is out of step and must not carry another request.
        this.#lose(BAD_RESPONSE);
    }
  }

  #readHead(buffer: Buffer, start: number, end: number): void {
    const joined = this.#joinPartial(buffer, start, end);
    const from = joined === buffer ? start : 0;
    const stop = joined === buffer ? end : joined.length;
    this.#head ??= this.#thread.takeHead();
    const head = this.#head;
    const bodyStart = parseResponseHead(head, joined, from, stop, this.#stream!.responseLimits);
    if (bodyStart > 0) this.#onHead(head, joined, bodyStart, stop);
    else if (bodyStart === NEED_MORE) this.#keepPartial(joined, from, stop);
    else this.#lose(BAD_RESPONSE);
  }

  /** The bytes so far of a head that came in pieces, with the new ones behind them. Rare: heads come whole. */
  #joinPartial(buffer: Buffer, start: number, end: number): Buffer {
    if (this.#partial === null) return buffer;
    const joined = Buffer.concat([
      this.#partial.subarray(0, this.#partialLength),
      buffer.subarray(start, end),
    ]);
    this.#releasePartial();
    return joined;
  }

  #keepPartial(bytes: Buffer, start: number, end: number): void {
    this.#partial = this.#thread.takeBuffer();
    bytes.copy(this.#partial, 0, start, end);
    this.#partialLength = end - start;
  }

  #onHead(head: HttpHead, bytes: Buffer, bodyStart: number, end: number): void {
    const stream = this.#stream!;
    determineResponseBody(head, this.#isHeadRequest, this.#isConnectRequest);
    if (checkSwitch(head, stream.request!, stream.responseLimits) < 0) {
      stream.onSwitchRefused(head);
      this.#lose(BAD_RESPONSE);
      return;
    }
    this.#isChunkedBody = head.bodyKind === BodyKind.CHUNKED;
    if (
      head.bodyKind === BodyKind.UNTIL_CLOSE ||
      head.saysClose ||
      head.isInsecurelyFramed ||
      (head.version < 11 && !head.saysKeepAlive)
    )
      this.#mayReuse = false;
    this.#isWholeResponse =
      head.bodyKind === BodyKind.NONE
        ? bodyStart === end
        : head.bodyKind === BodyKind.LENGTH && head.contentLength === end - bodyStart;
    if (!stream.onResponseHead(head)) {
      // The stream answered by itself and has dropped this connection.
      this.#releaseHead();
      return;
    }
    if (head.status < 200 && head.status !== 101) this.#afterInformational(bytes, bodyStart, end);
    else this.#beginBody(stream, head, bytes, bodyStart, end);
  }

  /** A 1xx is behind us; the final head may stand right behind it. */
  #afterInformational(bytes: Buffer, start: number, end: number): void {
    this.#head!.reset();
    if (start < end) this.#readHead(bytes, start, end);
  }

  #beginBody(stream: ServerStream, head: HttpHead, bytes: Buffer, bodyStart: number, end: number): void {
    switch (head.bodyKind) {
      case BodyKind.NONE:
        if (bodyStart < end) this.#mayReuse = false;
        this.#state = State.DONE;
        this.#writeHead(stream, head, bytes, end, end);
        break;
      case BodyKind.LENGTH:
        this.#beginLength(stream, head, bytes, bodyStart, end);
        break;
      case BodyKind.CHUNKED:
        this.#beginChunks(stream, head, bytes, bodyStart, end);
        return;
      case BodyKind.TUNNEL:
        this.#state = State.TUNNEL;
        this.#writeHead(stream, head, bytes, bodyStart, end);
        break;
      default:
        this.#state = State.BODY;
        this.#bodyLeft = Number.POSITIVE_INFINITY;
        this.#writeHead(stream, head, bytes, bodyStart, end);
        if (this.#stream === stream) this.#connection.setBulk(true);
    }
    this.#releaseHead();
    if (this.#state === State.DONE && this.#stream === stream) stream.onResponseEnd();
  }

  #beginChunks(stream: ServerStream, head: HttpHead, bytes: Buffer, bodyStart: number, end: number): void {
    this.#state = State.BODY;
    this.#passesChunks = stream.takesChunks;
    this.#chunked ??= new ChunkedDecoder(this.#thread.plan.global.headLimits);
    const decoder = this.#chunked;
    decoder.reset(stream.responseLimits);
    if (!this.#passesChunks) {
      this.#writeHead(stream, head, bytes, end, end);
      this.#releaseHead();
      if (this.#stream === stream) this.#readChunks(bytes, bodyStart, end);
      return;
    }
    const status = decoder.nextRaw(bytes, bodyStart, end);
    this.#writeHead(stream, head, bytes, decoder.rangeStart, decoder.rangeEnd);
    this.#releaseHead();
    if (this.#stream === stream && this.#afterRange(status, end))
      this.#passChunks(bytes, decoder.position, end);
  }

  #beginLength(stream: ServerStream, head: HttpHead, bytes: Buffer, bodyStart: number, end: number): void {
    const take = Math.min(head.contentLength, end - bodyStart);
    this.#bodyLeft = head.contentLength - take;
    const isComplete = this.#bodyLeft === 0;
    this.#state = isComplete ? State.DONE : State.BODY;
    if (bodyStart + take < end) this.#mayReuse = false;
    this.#writeHead(stream, head, bytes, bodyStart, bodyStart + take);
    if (this.#bodyLeft >= BULK_MIN_BYTES && this.#stream === stream) this.#connection.setBulk(true);
  }

  /** Writes the head with what came behind it; pauses reading while the client is behind. */
  #writeHead(stream: ServerStream, head: HttpHead, bytes: Buffer, start: number, end: number): void {
    if (!stream.writeResponseHead(head, bytes, start, end) && this.#stream === stream)
      this.#connection.pause();
  }

  #readBody(buffer: Buffer, start: number, end: number): void {
    if (!this.#isChunkedBody) this.#readLength(buffer, start, end);
    else if (this.#passesChunks) this.#passChunks(buffer, start, end);
    else this.#readChunks(buffer, start, end);
  }

  #readLength(buffer: Buffer, start: number, end: number): void {
    const take = Math.min(this.#bodyLeft, end - start);
    this.#bodyLeft -= take;
    if (take < end - start) this.#mayReuse = false;
    const isDone = this.#bodyLeft === 0;
    if (isDone) this.#state = State.DONE;
    const stream = this.#stream!;
    if (!stream.onResponseData(buffer, start, start + take, this.#connection) && !isDone)
      this.#connection.pause();
    if (isDone && this.#stream === stream) stream.onResponseEnd();
  }

  /** Chunks for a client that takes none: their data alone. */
  #readChunks(buffer: Buffer, start: number, end: number): void {
    const decoder = this.#chunked!;
    let at = start;
    while (this.#state === State.BODY) {
      const status = decoder.next(buffer, at, end);
      at = decoder.position;
      if (status === ChunkStatus.DATA) this.#passOn(buffer, decoder.rangeStart, decoder.rangeEnd);
      else if (!this.#isBodyAhead(status, end)) return;
    }
  }

  /** Chunks as they came, as far as they came canonically: one write for all that a read brought. */
  #passChunks(buffer: Buffer, start: number, end: number): void {
    const decoder = this.#chunked!;
    let at = start;
    while (this.#state === State.BODY) {
      const status = decoder.nextRaw(buffer, at, end);
      at = decoder.position;
      if (decoder.rangeEnd > decoder.rangeStart) this.#passOn(buffer, decoder.rangeStart, decoder.rangeEnd);
      if (!this.#afterRange(status, end)) return;
    }
  }

  /** Sends what belongs behind the range just passed on. True when there is more to read. */
  #afterRange(status: ChunkStatus, end: number): boolean {
    const { behind } = this.#chunked!;
    if (behind === Behind.LINE_END) this.#passOn(LINE_END, 0, LINE_END.length);
    else if (behind === Behind.LAST_CHUNK) this.#passOn(LAST_CHUNK, 0, LAST_CHUNK.length);
    else if (behind === Behind.TRAILERS) this.#passTrailers();
    else if (behind === Behind.SIZE_LINE) this.#passSizeLine();
    return status === ChunkStatus.DATA || this.#isBodyAhead(status, end);
  }

  /** Trailers that do not fit are left out. */
  #passTrailers(): void {
    const { scratch } = this.#thread;
    const at = LAST_CHUNK.copy(scratch, 0, 0, ZERO_LINE_BYTES);
    const end = encodeTrailers(this.#stream?.sentTrailers(this.#chunked!.trailers) ?? null, scratch, at);
    if (end > 0) this.#passOn(scratch, 0, end);
    else this.#passOn(LAST_CHUNK, 0, LAST_CHUNK.length);
  }

  #passSizeLine(): void {
    const line = Buffer.from(`${this.#chunked!.chunkBytes.toString(16).toUpperCase()}\r\n`, 'latin1');
    this.#passOn(line, 0, line.length);
  }

  /** Ends the body or the connection when the decoder says so. */
  #isBodyAhead(status: ChunkStatus, end: number): boolean {
    if (status === ChunkStatus.END) {
      if (this.#state !== State.BODY) return false;
      this.#state = State.DONE;
      if (this.#chunked!.position < end) this.#mayReuse = false;
      this.#stream!.onResponseEnd();
    } else if (status === ChunkStatus.ERROR) {
      this.#lose(BAD_RESPONSE);
    }
    return false;
  }

  #passOn(buffer: Buffer, start: number, end: number): void {
    if (this.#stream !== null && !this.#stream.onResponseData(buffer, start, end, null))
      this.#connection.pause();
  }

  onEnd(): void {
    this.#hasServerEnded = true;
    if (this.#state === State.TUNNEL) {
      this.#stream?.onServerTunnelEnd();
      return;
    }
    if (this.#state === State.BODY && this.#bodyLeft === Number.POSITIVE_INFINITY) {
      this.#state = State.DONE;
      this.#stream!.onResponseEnd();
      return;
    }
    this.#lose('');
  }

  onDrain(): void {
    this.#stream?.onServerDrain();
  }

  onClose(_connection: Connection, code: string): void {
    if (this.#state === State.CLOSED) return;
    this.#lose(code);
  }

  /** The connection is of no use any more; a stream that waits on it learns so. */
  #lose(code: string): void {
    const wasIdle = this.#state === State.IDLE;
    const stream = this.#stream;
    this.#close();
    if (wasIdle) this.home.remove(this);
    else stream?.onServerLost(code, this.#hasBytes, this.reuseCount > 0);
  }

  // Ends.

  /** The stream is done with it: to the pool if it may carry another request. */
  release(mayKeep: boolean): void {
    this.#stream = null;
    if (
      !mayKeep ||
      !this.#mayReuse ||
      this.#state !== State.DONE ||
      !this.#isRequestSent ||
      !this.pool.mayReuse(this.reuseCount) ||
      !this.#connection.isOpen
    ) {
      this.#close();
      return;
    }
    this.#connection.setBulk(false);
    this.#connection.resume();
    this.#state = State.IDLE;
    this.reuseCount++;
    this.home.put(this);
  }

  /** The stream wants none of the response whose head it was just given. */
  releaseUnread(mayKeep: boolean): void {
    this.#releaseHead();
    if (this.#isWholeResponse) this.#state = State.DONE;
    this.release(mayKeep);
  }

  /** The stream gave up before the end. */
  abort(): void {
    this.#stream = null;
    this.#close();
  }

  #close(): void {
    if (this.#state === State.CLOSED) return;
    if (this.#state !== State.IDLE) this.pool.closed();
    this.#state = State.CLOSED;
    this.#stream = null;
    this.#releaseHead();
    this.#releasePartial();
    // Whoever closes first keeps the address and port in TIME_WAIT, unless it resets: as HAProxy, we do to servers.
    if (this.#hasServerEnded) this.#connection.destroy();
    else this.#connection.reset();
  }

  #releaseHead(): void {
    if (this.#head === null) return;
    this.#thread.giveHead(this.#head);
    this.#head = null;
  }

  #releasePartial(): void {
    if (this.#partial === null) return;
    this.#thread.giveBuffer(this.#partial);
    this.#partial = null;
    this.#partialLength = 0;
  }

  // Tunnels.

  beginTunnel(): void {
    this.#mayReuse = false;
  }

  sendRaw(buffer: Buffer, start: number, end: number): boolean {
    return this.#connection.write(buffer, start, end);
  }

  endRaw(): void {
    this.#connection.end();
  }
}
