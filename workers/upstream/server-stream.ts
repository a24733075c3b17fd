/** What a server connection needs of the stream it serves. */
import type { HttpHead } from '../../src/http/head.ts';
import type { HeadLimits } from '../../src/http1/limits.ts';
import type { Connection } from '../connection/connection.ts';

export interface ServerStream {
  readonly request: HttpHead | null;
  /** How the server's responses are parsed. */
  readonly responseLimits: HeadLimits;
  /** The client takes a chunked body in its chunks; else it gets their data alone. */
  readonly takesChunks: boolean;
  /** The connection is open: the request may be sent. */
  onConnected(): void;
  /** A response head, informational ones included. False: the stream has answered by itself and left the connection. */
  onResponseHead(head: HttpHead): boolean;
  /** A 101 that its request did not ask for: the connection is lost by it. */
  onSwitchRefused(head: HttpHead): void;
  /** Sends an accepted final head on, with the body bytes in `buffer[start, end)`. False: stop reading until resumed. */
  writeResponseHead(head: HttpHead, buffer: Buffer, start: number, end: number): boolean;
  /** `source` owns the buffer when it is a bulk one. False: stop reading until resumed. */
  onResponseData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean;
  /** Trailers of a chunked response as the client gets them; null for none. */
  sentTrailers(trailers: HttpHead | null): HttpHead | null;
  onResponseEnd(): void;
  /** Failed or ended before the response was complete. `hadBytes`: of this response, some had come. */
  onServerLost(code: string, hadBytes: boolean, isReused: boolean): void;
  /** Everything that was pending towards the server has been sent. */
  onServerDrain(): void;
  onServerTunnelBytes(buffer: Buffer, start: number, end: number): boolean;
  onServerTunnelEnd(): void;
}
