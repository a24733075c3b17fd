/**
 * What samples, rules and log lines may ask of the stream they are evaluated on. The data plane's stream
 * implements it; tests implement it with plain objects. What does not exist yet (or any more) is null, '' or -1.
 */
import type { HttpHead } from '../http/head.ts';
import type { IpAddress } from '../net/ip.ts';

/** One end of a connection. Unix sockets have no address and port 0. */
export interface Endpoint {
  /** Parsed on first use. Null for unix sockets. */
  readonly ip: IpAddress | null;
  /** As HAProxy prints it: `10.0.0.1`, `::1`, `unix`. */
  readonly text: string;
  readonly port: number;
}

/** The client's connection. */
export interface SessionView {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Wall clock at accept, milliseconds since the epoch. */
  readonly acceptedAtMs: number;
  readonly listenerId: number;
  readonly frontendName: string;
}

export interface StreamView {
  readonly session: SessionView;
  readonly request: HttpHead | null;
  readonly response: HttpHead | null;
  /** Bytes of the request buffered at the time (TCP content inspection), or null. */
  readonly requestBytes: Buffer | null;
  readonly backendName: string;
  readonly serverName: string;
  readonly facts: StreamFacts;
}

/** The numbers and states of a stream that end in its log line (manual sections 8.2.6, 8.4, 8.5). Times in ms, -1 never reached. */
export interface StreamFacts {
  /** Number of the request or TCP session (%rt), unique in the process. */
  requestNumber: number;
  uniqueId: string;
  /** Wall clock when the first byte of the request came (%tr), ms since the epoch. */
  requestAtMs: number;
  /** Handshake, idle before the request, receiving the request, queue, connect, server's response, data, total active (%Th %Ti %TR %Tw %Tc %Tr %Td %Ta), total (%Tt). */
  handshakeMs: number;
  idleMs: number;
  requestMs: number;
  queueMs: number;
  connectMs: number;
  responseMs: number;
  dataMs: number;
  activeMs: number;
  totalMs: number;
  /** Bytes sent to the client (%B) and read from it (%U), heads included. */
  bytesToClient: number;
  bytesFromClient: number;
  status: number;
  /** Four letters as `----` (%tsc without cookies: `--` and `--`). */
  terminationState: string;
  retries: number;
  isRedispatched: boolean;
  /** Connections at the moment: of the process, the frontend, the backend, the server. */
  readonly activeConnections: number;
  readonly frontendConnections: number;
  readonly backendConnections: number;
  readonly serverConnections: number;
  /** Requests that were before this one in queues. */
  serverQueue: number;
  backendQueue: number;
  /** Both ends of the connection to the server, or null before there was one. They answer while it is open. */
  serverSource: Endpoint | null;
  serverDestination: Endpoint | null;
  /** Lines that the frontend has logged before (%lc). */
  logNumber: number;
  /** On which occasion the line is written (%OG): `txn_accept`, `txn_close`… */
  logOrigin: string;
  /** Request line for %r when there is no parsed head (`<BADREQ>`). */
  requestLineFallback: string;
  capturedRequestHeaders: readonly (string | null)[];
  capturedResponseHeaders: readonly (string | null)[];
  /** Version of the server's response as HttpHead has it: 10, 11; 0 before there is one. */
  responseVersion: number;
  capturedRequestCookie: string | null;
  capturedResponseCookie: string | null;
}
