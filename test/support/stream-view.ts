/** Streams as plain objects, for tests of samples, ACLs and rules. */

import { HttpHead } from '../../src/http/head.ts';
import { parseRequestHead, parseResponseHead } from '../../src/http1/parse-head.ts';
import { parseIp } from '../../src/net/ip.ts';
import type { Endpoint, SessionView, StreamFacts, StreamView } from '../../src/sample/stream-view.ts';

export interface StreamInput {
  /** A request head with its empty line, lines ended by CRLF; null or absent for none. */
  readonly request?: string | null;
  readonly response?: string | null;
  readonly requestBytes?: Buffer;
  readonly source?: Endpoint;
  readonly destination?: Endpoint;
  readonly frontendName?: string;
  readonly backendName?: string;
  readonly serverName?: string;
  readonly facts?: Partial<StreamFacts>;
}

/** An address and port of an endpoint; the text `unix` makes a unix socket's. */
export function endpoint(text: string, port = 0): Endpoint {
  return { ip: text === 'unix' ? null : parseIp(text), text, port };
}

/**
 * The stream that keyword examples are evaluated on: client 192.0.2.7:50123, connected to 198.51.100.1:8080,
 * frontend www, backend app, server app1. Throws when a head does not parse.
 */
export function createStream(input: StreamInput = {}): StreamView {
  const session: SessionView = {
    source: input.source ?? endpoint('192.0.2.7', 50123),
    destination: input.destination ?? endpoint('198.51.100.1', 8080),
    acceptedAtMs: 1_700_000_000_000,
    listenerId: 1,
    frontendName: input.frontendName ?? 'www',
  };
  return {
    session,
    request: input.request == null ? null : requestHead(input.request),
    response: input.response == null ? null : responseHead(input.response),
    requestBytes: input.requestBytes ?? null,
    backendName: input.backendName ?? 'app',
    serverName: input.serverName ?? 'app1',
    facts: { ...FACTS, ...input.facts },
  };
}

/** A stream whose request or response is the head given, as keyword examples write it. */
export function streamOf(given: string | undefined): StreamView {
  if (given === undefined) return createStream();
  return given.startsWith('HTTP/') ? createStream({ response: given }) : createStream({ request: given });
}

export function requestHead(text: string): HttpHead {
  const head = new HttpHead();
  const bytes = Buffer.from(text, 'latin1');
  const end = parseRequestHead(head, bytes, 0, bytes.length);
  if (end <= 0) throw new Error(`not a request head (${end}): ${JSON.stringify(text)}`);
  return head;
}

export function responseHead(text: string): HttpHead {
  const head = new HttpHead();
  const bytes = Buffer.from(text, 'latin1');
  const end = parseResponseHead(head, bytes, 0, bytes.length);
  if (end <= 0) throw new Error(`not a response head (${end}): ${JSON.stringify(text)}`);
  return head;
}

const FACTS: StreamFacts = {
  requestNumber: 0,
  uniqueId: '',
  requestAtMs: 1_700_000_000_000,
  handshakeMs: 0,
  idleMs: 0,
  requestMs: 0,
  queueMs: 0,
  connectMs: 0,
  responseMs: 0,
  dataMs: 0,
  activeMs: 0,
  totalMs: 0,
  bytesToClient: 0,
  bytesFromClient: 0,
  status: 0,
  terminationState: '----',
  retries: 0,
  isRedispatched: false,
  activeConnections: 0,
  frontendConnections: 0,
  backendConnections: 0,
  serverConnections: 0,
  serverQueue: 0,
  backendQueue: 0,
  serverSource: null,
  serverDestination: null,
  logNumber: 0,
  logOrigin: 'unspec',
  requestLineFallback: '<BADREQ>',
  capturedRequestHeaders: [],
  capturedResponseHeaders: [],
  responseVersion: 0,
  capturedRequestCookie: null,
  capturedResponseCookie: null,
};
