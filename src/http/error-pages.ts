/**
 * Error pages: HAProxy's defaults, byte for byte, and the reading of error files
 * (`errorfile`, manual section 4.2, and `http-errors` sections, 3.8). A page is a whole HTTP/1 response; it is sent as it is where no stream exists (a request that
 * could not be parsed), and else as status, fields and body, with the framing of the client's connection.
 */
export interface ErrorPage {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case. Connection is there where a file has it: whoever sends the page answers for it. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Buffer;
  /** 10 for a file in HTTP/1.0: it is sent so. */
  readonly version?: 10;
  /** The whole response. Empty for an error file that is empty: the connection is closed without an answer. */
  readonly bytes: Buffer;
}

/** Status, reason and text of each default page. */
const PAGES: readonly (readonly [number, string, string])[] = [
  [200, 'OK', 'Service ready.'],
  [400, 'Bad request', 'Your browser sent an invalid request.'],
  [401, 'Unauthorized', 'You need a valid user and password to access this content.'],
  [403, 'Forbidden', 'Request forbidden by administrative rules.'],
  [404, 'Not Found', 'The resource could not be found.'],
  [
    405,
    'Method Not Allowed',
    'A request was made of a resource using a request method not supported by that resource',
  ],
  [407, 'Unauthorized', 'You need a valid user and password to access this content.'],
  [408, 'Request Time-out', "Your browser didn't send a complete request in time."],
  [410, 'Gone', 'The resource is no longer available and will not be available again.'],
  [413, 'Payload Too Large', 'The request entity exceeds the maximum allowed.'],
  [421, 'Misdirected Request', 'Request sent to a non-authoritative server.'],
  [422, 'Unprocessable Content', 'The server cannot process the contained instructions.'],
  [425, 'Too Early', 'Your browser sent early data.'],
  [429, 'Too Many Requests', 'You have sent too many requests in a given amount of time.'],
  [500, 'Internal Server Error', 'An internal server error occurred.'],
  [501, 'Not Implemented', '.The server does not support the functionality required to fulfill the request.'],
  [502, 'Bad Gateway', 'The server returned an invalid or incomplete response.'],
  [503, 'Service Unavailable', 'No server is available to handle this request.'],
  [504, 'Gateway Time-out', "The server didn't respond in time."],
];

/** Pages of these statuses close the client's connection, and say so. */
const CLOSING: readonly number[] = [400, 408];

const DEFAULTS: ReadonlyMap<number, ErrorPage> = new Map(
  PAGES.map(([status, reason, text]) => [status, makePage(status, reason, text)]),
);

/** The statuses that have a default page, and so may be given to `errorfile` (manual section 4.2). */
export const ERROR_PAGE_STATUSES: readonly number[] = [...DEFAULTS.keys()];

function makePage(status: number, reason: string, text: string): ErrorPage {
  const body = Buffer.from(`<html><body><h1>${status} ${reason}</h1>\n${text}\n</body></html>\n`, 'latin1');
  const close = closesBehind(status) ? 'Connection: close\r\n' : '';
  const head = `HTTP/1.1 ${status} ${reason}\r\nContent-length: ${body.length}\r\nCache-Control: no-cache\r\n${close}Content-Type: text/html\r\n\r\n`;
  const headers = [
    { name: 'content-length', value: String(body.length) },
    { name: 'cache-control', value: 'no-cache' },
    { name: 'content-type', value: 'text/html' },
  ];
  return Object.freeze({
    status,
    reason,
    headers,
    body,
    bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]),
  });
}

/** Whether a response of this status made by the proxy closes the client's connection. */
export function closesBehind(status: number): boolean {
  return CLOSING.includes(status);
}

/** The default page of a status; of 500 for a status that has none. */
export function errorPage(status: number): ErrorPage {
  return DEFAULTS.get(status) ?? DEFAULTS.get(500)!;
}

/** `tune.bufsize` by default, bytes. */
const MAX_FILE_BYTES = 16_384;

/**
 * Reads an error file: a whole HTTP/1 response whose Content-Length, if it has one, is that of its body. `maxBytes`
 * is `tune.bufsize`. Returns the page, or a text that says what is wrong with the file. An empty file is a page of
 * status 0 without bytes: the connection is closed without an answer.
 */
export function parseErrorFile(bytes: Buffer, maxBytes: number = MAX_FILE_BYTES): ErrorPage | string {
  if (bytes.length === 0) return { status: 0, reason: '', headers: [], body: bytes, bytes };
  if (bytes.length > maxBytes) return `has ${bytes.length} bytes, more than the ${maxBytes} of a buffer`;
  const text = bytes.latin1Slice(0, bytes.length);
  const headEnd = /\r?\n\r?\n/.exec(text);
  if (headEnd === null) return 'has no empty line behind its header fields';
  const [startLine = '', ...lines] = text.slice(0, headEnd.index).split(/\r?\n/);
  const start = /^HTTP\/(\d\.\d) +(\d{3})(?: +([^\0\r]*))?$/.exec(startLine);
  if (start === null) return `begins with '${startLine.slice(0, 40)}', which is no status line`;
  const status = Number(start[2]);
  if (status < 200) return `has status ${status}, which no final response has`;
  const body = bytes.subarray(headEnd.index + headEnd[0].length);
  const headers: { name: string; value: string }[] = [];
  for (const line of lines) {
    const field = FIELD_LINE.exec(line);
    if (field === null) return `has '${line.slice(0, 40)}', which is no header field`;
    const name = field[1]!.toLowerCase();
    const value = field[2]!;
    const fault = name === 'content-length' ? lengthFault(value, body.length) : '';
    if (fault !== '') return fault;
    if (name === 'transfer-encoding') return 'has a transfer-encoding, which an error file cannot have';
    headers.push({ name, value });
  }
  const page = { status, reason: start[3] ?? '', headers, body, bytes };
  return start[1] === '1.0' ? { ...page, version: 10 } : page;
}

/** A token, a colon, and a value without NUL or CR, trimmed (RFC 9110 §5). */
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\0\r]*?)[ \t]*$/;

function lengthFault(value: string, bodyBytes: number): string {
  if (!/^\d{1,15}$/.test(value)) return `has content-length '${value}', which is no number`;
  return Number(value) === bodyBytes
    ? ''
    : `says content-length ${value}, but its body has ${bodyBytes} bytes`;
}
