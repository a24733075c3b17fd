/** The facts of one stream as its log line tells them; one object per session, reset for every request. */
import type { Endpoint, StreamFacts } from '../../src/sample/stream-view.ts';

const NONE: readonly (string | null)[] = [];

/** In place of a level: the line's own, which says whether something went wrong. */
export const LOG_LEVEL_UNSET = -2;

/** Connections of the moment, of whatever the stream belongs to (%ac %fc %bc %sc). */
export interface ConnectionCounts {
  readonly ofProcess: number;
  readonly ofFrontend: number;
  readonly ofBackend: number;
  readonly ofServer: number;
}

export class StreamRecord implements StreamFacts {
  requestNumber = 0;
  uniqueId = '';
  requestAtMs = 0;
  handshakeMs = 0;
  idleMs = 0;
  requestMs = -1;
  queueMs = -1;
  connectMs = -1;
  responseMs = -1;
  dataMs = -1;
  activeMs = 0;
  totalMs = 0;
  bytesToClient = 0;
  bytesFromClient = 0;
  status = -1;
  terminationState = '----';
  retries = 0;
  isRedispatched = false;
  serverQueue = 0;
  backendQueue = 0;
  serverSource: Endpoint | null = null;
  serverDestination: Endpoint | null = null;
  logNumber = 0;
  logOrigin = 'unspec';
  /** The level that a rule gave the line, or LOG_SILENT, or LOG_LEVEL_UNSET. */
  logLevel: number = LOG_LEVEL_UNSET;
  isLogged = false;
  /** 1 while the last line is written: the stream still holds its places, and does not count itself any more. */
  ownCount = 0;
  requestLineFallback = '<BADREQ>';
  capturedRequestHeaders = NONE;
  capturedResponseHeaders = NONE;
  /** Of the response's head, as HttpHead has it; 0 before it has come. */
  responseVersion = 0;
  capturedRequestCookie: string | null = null;
  capturedResponseCookie: string | null = null;

  readonly #counts: ConnectionCounts;

  constructor(counts: ConnectionCounts) {
    this.#counts = counts;
  }

  get activeConnections(): number {
    return this.#counts.ofProcess;
  }

  get frontendConnections(): number {
    return this.#counts.ofFrontend;
  }

  get backendConnections(): number {
    return this.#counts.ofBackend - this.ownCount;
  }

  get serverConnections(): number {
    return Math.max(0, this.#counts.ofServer - this.ownCount);
  }

  reset(): void {
    this.uniqueId = '';
    this.requestAtMs = 0;
    this.handshakeMs = this.idleMs = 0;
    this.requestMs = this.queueMs = this.connectMs = this.responseMs = this.dataMs = -1;
    this.activeMs = this.totalMs = 0;
    this.bytesToClient = this.bytesFromClient = 0;
    this.status = -1;
    this.terminationState = '----';
    this.retries = 0;
    this.isRedispatched = false;
    this.serverQueue = this.backendQueue = 0;
    this.serverSource = this.serverDestination = null;
    this.logOrigin = 'unspec';
    this.logLevel = LOG_LEVEL_UNSET;
    this.isLogged = false;
    this.requestLineFallback = '<BADREQ>';
    this.capturedRequestHeaders = this.capturedResponseHeaders = NONE;
    this.responseVersion = 0;
    this.capturedRequestCookie = this.capturedResponseCookie = null;
  }
}
