/**
 * A reference reading of what an origin receives: HTTP/1 as RFC 9112 writes it and nothing more. Whatever two parsers
 * might read in two ways is an error here. It shares no code with the product, and works on latin1 text: slow and plain.
 */

export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** In order; names as they came. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Without chunk framing. */
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

/** A whole request and where it ends, an incomplete one, or why it is none. */
export type StrictResult =
  | { readonly kind: 'request'; readonly request: StrictRequest; readonly end: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'error'; readonly problem: string };

type Fields = readonly (readonly [string, string])[];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Method, target of visible characters, version; one blank between them (RFC 9112 §3). */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~\x80-\xff]+) (HTTP\/1\.[01])$/;
/** Fields that must not stand in trailers (RFC 9110 §6.5.1). */
const NEVER_TRAILERS = [
  'content-length',
  'transfer-encoding',
  'host',
  'connection',
  'expect',
  'te',
  'upgrade',
];

const INCOMPLETE: StrictResult = { kind: 'incomplete' };

/** Reads the request at `start`. */
export function parseStrictly(text: string, start: number): StrictResult {
  const headEnd = text.indexOf('\r\n\r\n', start);
  if (headEnd < 0) return hasLooseLineEnd(text.slice(start)) ? error('a loose CR or LF') : INCOMPLETE;
  const [requestLine = '', ...lines] = text.slice(start, headEnd).split('\r\n');
  const line = REQUEST_LINE.exec(requestLine);
  if (line === null) return error(`request line ${JSON.stringify(requestLine)}`);
  const fields = parseFields(lines);
  if (typeof fields === 'string') return error(fields);
  const [, method = '', target = '', version = ''] = line;
  const framing = framingOf(fields, version);
  if (typeof framing === 'string') return error(framing);
  const head = { method, target, version, fields };
  const bodyStart = headEnd + 4;
  if (method === 'CONNECT') return whole({ ...head, body: '', trailers: [] }, bodyStart);
  if (framing.isChunked) return parseChunks(text, bodyStart, head);
  const end = bodyStart + framing.length;
  if (text.length < end) return INCOMPLETE;
  return whole({ ...head, body: text.slice(bodyStart, end), trailers: [] }, end);
}

function whole(request: StrictRequest, end: number): StrictResult {
  return { kind: 'request', request, end };
}

function error(problem: string): StrictResult {
  return { kind: 'error', problem };
}

function hasLooseLineEnd(text: string): boolean {
  return /\r[^\n]|(^|[^\r])\n/.test(text);
}

/** The fields of lines without their CRLF, or what is wrong with one. */
function parseFields(lines: readonly string[]): Fields | string {
  const fields: (readonly [string, string])[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (colon < 0 || !TOKEN.test(name)) return `field line ${JSON.stringify(line)}`;
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (/[\0\r\n]/.test(value)) return `value ${JSON.stringify(value)}`;
    fields.push([name, value]);
  }
  return fields;
}

function valuesOf(fields: Fields, wanted: string): string[] {
  return fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** How the body is delimited (RFC 9112 §6.3), or why that is not certain. */
function framingOf(
  fields: Fields,
  version: string,
): { readonly isChunked: boolean; readonly length: number } | string {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (valuesOf(fields, 'host').length > 1) return 'two Host fields';
  if (lengths.length > 1) return 'two lengths';
  if (codings.length > 1) return 'two Transfer-Encoding fields';
  if (lengths.length > 0 && codings.length > 0) return 'a length beside a transfer coding';
  if (codings.length > 0) {
    if (codings[0]!.toLowerCase() !== 'chunked') return `transfer coding ${JSON.stringify(codings[0])}`;
    // Who does not know codings must not find another request behind this one (RFC 9112 §6.1).
    const isLast = version === 'HTTP/1.1' || !/keep-alive/i.test(valuesOf(fields, 'connection').join());
    return isLast
      ? { isChunked: true, length: 0 }
      : 'a transfer coding in HTTP/1.0 that keeps its connection';
  }
  const length = lengths[0] ?? '0';
  if (!/^\d{1,15}$/.test(length)) return `length ${JSON.stringify(length)}`;
  return { isChunked: false, length: Number(length) };
}

type Head = Omit<StrictRequest, 'body' | 'trailers'>;

/** A chunked body without extensions (RFC 9112 §7.1). */
function parseChunks(text: string, start: number, head: Head): StrictResult {
  let body = '';
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return /^[0-9A-Fa-f]*\r?$/.test(text.slice(at)) ? INCOMPLETE : error('chunk size');
    const sizeText = text.slice(at, lineEnd);
    if (!/^[0-9A-Fa-f]{1,13}$/.test(sizeText)) return error(`chunk size ${JSON.stringify(sizeText)}`);
    const size = Number.parseInt(sizeText, 16);
    at = lineEnd + 2;
    if (size === 0) return parseTrailers(text, at, { ...head, body });
    if (text.length < at + size + 2) return INCOMPLETE;
    if (text.slice(at + size, at + size + 2) !== '\r\n') return error('no line end behind a chunk');
    body += text.slice(at, at + size);
    at += size + 2;
  }
}

function parseTrailers(text: string, start: number, rest: Omit<StrictRequest, 'trailers'>): StrictResult {
  if (text.startsWith('\r\n', start)) return whole({ ...rest, trailers: [] }, start + 2);
  const end = text.indexOf('\r\n\r\n', start);
  if (end < 0) return INCOMPLETE;
  const trailers = parseFields(text.slice(start, end).split('\r\n'));
  if (typeof trailers === 'string') return error(`trailer: ${trailers}`);
  const bad = trailers.find(([name]) => NEVER_TRAILERS.includes(name.toLowerCase()));
  return bad === undefined ? whole({ ...rest, trailers }, end + 4) : error(`trailer ${bad[0]}`);
}
