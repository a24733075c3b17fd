/** The aliases of log formats (manual section 8.2.6, table). Examples are evaluated on the stream of the alias tests. */
import type { LineBuffer } from '../bytes/line-buffer.ts';
import type { StreamView } from '../sample/stream-view.ts';
import { DateTexts } from '../time/date-texts.ts';
import { defineLogAlias, type LogAliasDeclaration } from './declare.ts';

/** One per thread: modules are loaded once in each. */
const dateTexts = new DateTexts();

type Read = (stream: StreamView) => string | number | null;

function number(
  name: string,
  summary: string,
  example: number,
  read: Read,
  isHttpOnly = false,
): LogAliasDeclaration {
  return defineLogAlias({
    name,
    summary,
    kind: 'number',
    isHttpOnly,
    read,
    examples: [{ text: `%${name}`, result: String(example) }],
  });
}

function text(
  name: string,
  summary: string,
  example: string,
  read: Read,
  isHttpOnly = false,
): LogAliasDeclaration {
  return defineLogAlias({
    name,
    summary,
    kind: 'text',
    isHttpOnly,
    read,
    examples: [{ text: `%${name}`, result: example }],
  });
}

function date(
  name: string,
  summary: string,
  write: (stream: StreamView, out: LineBuffer) => void,
  isHttpOnly = false,
): LogAliasDeclaration {
  return defineLogAlias({ name, summary, kind: 'raw', isHttpOnly, write, examples: [] });
}

const dates = [
  date('t', 'When the connection was accepted, local time with milliseconds.', (s, out) =>
    out.text(dateTexts.clfMillis(s.session.acceptedAtMs)),
  ),
  date('T', 'When the connection was accepted, UTC with the zone.', (s, out) =>
    out.text(dateTexts.clfUtc(s.session.acceptedAtMs)),
  ),
  date('Tl', 'When the connection was accepted, local time with the zone.', (s, out) =>
    out.text(dateTexts.clfLocal(s.session.acceptedAtMs)),
  ),
  number('Ts', 'When the connection was accepted, seconds since the epoch.', 1_000_000_000, (s) =>
    Math.trunc(s.session.acceptedAtMs / 1000),
  ),
  date('ms', 'Milliseconds of the second in which the connection was accepted, three digits.', (s, out) =>
    out.text(String(Math.trunc(s.session.acceptedAtMs) % 1000).padStart(3, '0')),
  ),
  date(
    'tr',
    "When the request's first byte came, local time with milliseconds.",
    (s, out) => out.text(dateTexts.clfMillis(s.facts.requestAtMs)),
    true,
  ),
  date(
    'trg',
    "When the request's first byte came, UTC with the zone.",
    (s, out) => out.text(dateTexts.clfUtc(s.facts.requestAtMs)),
    true,
  ),
  date(
    'trl',
    "When the request's first byte came, local time with the zone.",
    (s, out) => out.text(dateTexts.clfLocal(s.facts.requestAtMs)),
    true,
  ),
];

const timers = [
  number(
    'Ta',
    'Time the request was active, from its first byte to the end of the response, ms.',
    58,
    (s) => s.facts.activeMs,
    true,
  ),
  number('Tc', 'Time to connect to the server, ms.', 5, (s) => s.facts.connectMs),
  number('Td', 'Time to transfer data, ms.', 30, (s) => s.facts.dataMs),
  number('Th', 'Time for handshakes before the first byte, ms.', 0, (s) => s.facts.handshakeMs),
  number('Ti', 'Idle time before the request, ms.', 7, (s) => s.facts.idleMs, true),
  number(
    'Tq',
    'Handshakes, idle time and receiving the request head, ms.',
    10,
    (s) => (s.facts.requestMs < 0 ? -1 : s.facts.handshakeMs + s.facts.idleMs + s.facts.requestMs),
    true,
  ),
  number(
    'TR',
    'Time to receive the request head from its first byte, ms.',
    3,
    (s) => s.facts.requestMs,
    true,
  ),
  number(
    'Tr',
    "Time until the server's response head was complete, ms.",
    20,
    (s) => s.facts.responseMs,
    true,
  ),
  number(
    'Tt',
    'Time of the whole, from accept or the end of the request before, ms.',
    65,
    (s) => s.facts.totalMs,
  ),
  number(
    'Tu',
    'Time as the user felt it: handshakes and active time, ms.',
    58,
    (s) => s.facts.totalMs - s.facts.idleMs,
  ),
  number('Tw', 'Time waited in queues, ms.', 0, (s) => s.facts.queueMs),
];

const connections = [
  number('ac', 'Connections of the process when the line was written.', 9, (s) => s.facts.activeConnections),
  number(
    'fc',
    'Connections of the frontend when the line was written.',
    8,
    (s) => s.facts.frontendConnections,
  ),
  number('bc', 'Connections of the backend when the line was written.', 7, (s) => s.facts.backendConnections),
  number('sc', 'Connections of the server when the line was written.', 6, (s) => s.facts.serverConnections),
  number('bq', 'Requests before this one in the queue of the backend.', 2, (s) => s.facts.backendQueue),
  number('sq', 'Requests before this one in the queue of the server.', 1, (s) => s.facts.serverQueue),
  text(
    'rc',
    'Connection retries, with + when the last went to another server.',
    '0',
    (s) => `${s.facts.isRedispatched ? '+' : ''}${s.facts.retries}`,
  ),
  number('rt', 'Number of the request or session in this process.', 1, (s) => s.facts.requestNumber),
];

const names = [
  text('b', 'Name of the backend.', 'web', (s) => s.backendName),
  text('f', 'Name of the frontend.', 'www', (s) => s.session.frontendName),
  text('ft', "Name of the frontend; with '~' behind it over TLS.", 'www', (s) => s.session.frontendName),
  text('s', 'Name of the server, or <NOSRV>.', 'w1', (s) => (s.serverName === '' ? '<NOSRV>' : s.serverName)),
  text('ID', 'The unique id.', '-', (s) => (s.facts.uniqueId === '' ? null : s.facts.uniqueId)),
  defineLogAlias({
    name: 'H',
    summary: 'Host name of this machine.',
    kind: 'text',
    read: (_s, site) => site.hostName,
    examples: [],
  }),
  defineLogAlias({
    name: 'pid',
    summary: 'Process id.',
    kind: 'number',
    read: (_s, site) => site.pid,
    examples: [],
  }),
  defineLogAlias({
    name: 'ci',
    summary: "The client's address.",
    kind: 'ip',
    read: (s) => s.session.source.text,
    examples: [{ text: '%ci', result: '10.0.0.1' }],
  }),
  number('cp', "The client's port.", 1234, (s) =>
    s.session.source.ip === null ? s.session.listenerId : s.session.source.port,
  ),
  defineLogAlias({
    name: 'fi',
    summary: 'The address the client connected to.',
    kind: 'ip',
    read: (s) => s.session.destination.text,
    examples: [{ text: '%fi', result: '10.0.0.2' }],
  }),
  number('fp', 'The port the client connected to.', 80, (s) =>
    s.session.destination.ip === null ? s.session.listenerId : s.session.destination.port,
  ),
];

const messages = [
  number('B', 'Bytes sent to the client.', 750, (s) => s.facts.bytesToClient),
  number('U', 'Bytes received from the client.', 120, (s) => s.facts.bytesFromClient),
  number('ST', 'Status of the response.', 200, (s) => s.facts.status, true),
  defineLogAlias({
    name: 'ts',
    summary: 'How the stream ended, two letters (manual section 8.5).',
    kind: 'raw',
    write: (s, out) => out.text(s.facts.terminationState.slice(0, 2)),
    examples: [{ text: '%ts', result: '--' }],
  }),
  defineLogAlias({
    name: 'tsc',
    summary: 'How the stream ended, with the cookie letters.',
    kind: 'raw',
    isHttpOnly: true,
    write: (s, out) => out.text(s.facts.terminationState),
    examples: [{ text: '%tsc', result: '----' }],
  }),
  text('CC', 'The cookie captured in the request.', '-', (s) => s.facts.capturedRequestCookie, true),
  text('CS', 'The cookie captured in the response.', '-', (s) => s.facts.capturedResponseCookie, true),
  defineLogAlias({
    name: 'hr',
    summary: 'The captured request headers, in braces; nothing without captures.',
    kind: 'raw',
    isHttpOnly: true,
    write: (s, out) => writeCaptures(out, s.facts.capturedRequestHeaders),
    examples: [{ text: 'a%hr', result: 'a' }],
  }),
  defineLogAlias({
    name: 'hs',
    summary: 'The captured response headers, in braces; nothing without captures.',
    kind: 'raw',
    isHttpOnly: true,
    write: (s, out) => writeCaptures(out, s.facts.capturedResponseHeaders),
    examples: [{ text: 'a%hs', result: 'a' }],
  }),
  text(
    'r',
    'The request line.',
    'GET /path?a=b HTTP/1.1',
    (s) =>
      s.request === null
        ? s.facts.requestLineFallback
        : `${s.request.method} ${s.request.requestTarget()} ${versionOf(s)}`,
    true,
  ),
  text('HM', 'The method.', 'GET', (s) => s.request?.method ?? s.facts.requestLineFallback, true),
  text(
    'HU',
    'The request target.',
    '/path?a=b',
    (s) => s.request?.requestTarget() ?? s.facts.requestLineFallback,
    true,
  ),
  text(
    'HP',
    'The request target without its query.',
    '/path',
    (s) => beforeQuery(s.request?.requestTarget() ?? s.facts.requestLineFallback),
    true,
  ),
  text(
    'HPO',
    'The path without scheme, host and query.',
    '/path',
    (s) =>
      s.request === null
        ? s.facts.requestLineFallback
        : beforeQuery(s.request.requestTarget().replace(/^[a-z]+:\/\/[^/?]*/i, '')),
    true,
  ),
  text('HQ', "The query with its '?'.", '?a=b', (s) => queryOf(s.request?.requestTarget() ?? ''), true),
  text(
    'HV',
    'The version.',
    'HTTP/1.1',
    (s) => (s.request === null ? s.facts.requestLineFallback : versionOf(s)),
    true,
  ),
];

function versionOf(stream: StreamView): string {
  const version = stream.request!.version;
  return version === 11 ? 'HTTP/1.1' : `HTTP/${Math.trunc(version / 10)}.${version % 10}`;
}

function beforeQuery(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? target : target.slice(0, at);
}

function queryOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at);
}

/** `{first||third}` with nothing for what was not captured, and a blank before it is the format's. */
function writeCaptures(out: LineBuffer, captures: readonly (string | null)[]): void {
  if (captures.length === 0) return;
  out.byte(0x7b);
  for (const [i, value] of captures.entries()) {
    if (i > 0) out.byte(0x7c);
    if (value !== null) writeEscaped(out, value, CAPTURE_UNSAFE);
  }
  out.byte(0x7d);
}

const HEX = '0123456789ABCDEF';
/** Bytes printed as `#XX` in lines (manual section 8.6): all but 32..126, `#` and `"`. In captures also `{`, `|`, `}`. */
const UNSAFE = unsafeTable('#"');
const CAPTURE_UNSAFE = unsafeTable('#"{|}');

function unsafeTable(more: string): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    byte < 32 || byte > 126 || more.includes(String.fromCharCode(byte)) ? 1 : 0,
  );
}

export function writeEscaped(out: LineBuffer, value: string, unsafe: Uint8Array = UNSAFE): void {
  let clean = 0;
  while (clean < value.length && unsafe[value.charCodeAt(clean) & 255] === 0) clean++;
  if (clean === value.length) {
    out.text(value);
    return;
  }
  for (let i = 0; i < value.length; i++) {
    const byte = value.charCodeAt(i) & 255;
    if (unsafe[byte] === 0) out.byte(byte);
    else out.text(`#${HEX[byte >> 4]}${HEX[byte & 15]}`);
  }
}

export const logAliases: readonly LogAliasDeclaration[] = [
  ...dates,
  ...timers,
  ...connections,
  ...names,
  ...messages,
];
