/** What a stream needs of its client's side: the session and the writing of responses. */
import type { HttpHead } from '../../src/http/head.ts';
import type { Reply } from '../../src/rules/declare.ts';
import type { SessionView } from '../../src/sample/stream-view.ts';
import type { Connection } from '../connection/connection.ts';
import type { ProxyPlan } from '../plan/plan.ts';

/** What became of a response head: handed to the kernel, pending in part, or larger than any buffer for it. */
export const HeadWritten = { TAKEN: 0, PENDING: 1, TOO_LARGE: 2 } as const;
export type HeadWritten = (typeof HeadWritten)[keyof typeof HeadWritten];

/** A response as it is written, with the request that decides how. */
export interface ResponseStart {
  readonly head: HttpHead;
  readonly request: HttpHead;
  readonly keepsAlive: boolean;
}

export interface ReplyOptions {
  readonly isHeadRequest: boolean;
  readonly keepsAlive: boolean;
  /** Of the request: 10 or 11. */
  readonly version: number;
  /** How field names are spelled; null: in lower case. */
  readonly nameCase: ReadonlyMap<string, string> | null;
}

export interface ResponseSink {
  /** Bytes that the last call wrote, framing included. */
  readonly lastWritten: number;
  /** Whether the connection can stay open, now that the response's framing is known (RFC 9112 §9.3). */
  decideKeepAlive(request: HttpHead, response: HttpHead, isWanted: boolean): boolean;
  writeHead(start: ResponseStart, buffer: Buffer, from: number, to: number): HeadWritten;
  /** `source` owns the buffer when it is a bulk one. False: stop reading the server until drained. */
  writeData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean;
  writeInformational(head: HttpHead, request: HttpHead): void;
  /** Asks a client that expects it for its body: 100 made here (RFC 9110 §10.1.1). */
  writeContinue(): void;
  writeReply(reply: Reply, options: ReplyOptions): void;
  /** Bytes of a tunnel. */
  writeRaw(buffer: Buffer, start: number, end: number): boolean;
  endRaw(): void;
}

export interface ClientSide extends SessionView {
  readonly frontend: ProxyPlan;
  /** The connection is to end behind the present response. */
  readonly isDraining: boolean;
  readonly sink: ResponseSink;
  /** Requests begun on this connection, the present one included. */
  readonly requestCount: number;
  /** Monotonic: accept, first byte of the present request, end of the one before. Milliseconds. */
  readonly acceptedAt: number;
  readonly firstByteAt: number;
  readonly idleSince: number;
  mayKeepAlive(head: HttpHead): boolean;
  /** Stops reading the request's body until `resumeRequest`. */
  pauseRequest(): void;
  resumeRequest(): void;
  /** The client is slow to take the response: its timeout runs while bytes are pending. */
  onWriteBlocked(): void;
  /** The server is slow to take what the client sends: the client's timeout does not run until `resumeRequest`. */
  onServerBehind(): void;
  beginTunnel(): void;
  /** The tunnel is idle from the client's side as of now. */
  touchTunnel(timeoutMs: number): void;
  /** The stream is over and logged; the connection goes on or ends. */
  onStreamDone(keepsAlive: boolean): void;
  /** Ends the connection without ceremony: the client sees a truncated response. */
  abort(): void;
}
