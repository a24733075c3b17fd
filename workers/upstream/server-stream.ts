/** What a server connection needs of the stream it serves. */
import type { HttpHead } from '../../src/http/head.ts';
import type { Connection } from '../connection/connection.ts';

export interface ServerStream {
  readonly request: HttpHead | null;
  /** The client takes a chunked body in its chunks; else it gets their data alone. */
  readonly takesChunks: boolean;
  /** The connection is open: the request may be sent. */
  onConnected(): void;
  /** A response head, informational ones included. False: the stream has answered by itself and left the connection. */
  onResponseHead(head: HttpHead): boolean;
  /** Sends an accepted final head on, with the body bytes in `buffer[start, end)`. False: stop reading until resumed. */
  writeResponseHead(head: HttpHead, buffer: Buffer, start: number, end: number): boolean;
  /** `source` owns the buffer when it is a bulk one. False: stop reading until resumed. */
  onResponseData(buffer: Buffer, start: number, end: number, source: Connection | null): boolean;
  onResponseEnd(): void;
  /** Failed or ended before the response was complete. `hadBytes`: of this response, some had come. */
  onServerLost(code: string, hadBytes: boolean, isReused: boolean): void;
  /** Everything that was pending towards the server has been sent. */
  onServerDrain(): void;
  onServerTunnelBytes(buffer: Buffer, start: number, end: number): boolean;
  onServerTunnelEnd(): void;
}
