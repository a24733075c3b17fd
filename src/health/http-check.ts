/** HTTP checks: the bytes of the request, and what may be expected of a response (manual section 4.2, `http-check`). */
import type { ExpectTest } from './check-script.ts';
import type { HeaderField } from './http-response.ts';

/** Texts are byte strings. */
export interface HttpCheckRequest {
  readonly method: string;
  readonly uri: string;
  /** `HTTP/1.0`. */
  readonly version: string;
  readonly headers: readonly HeaderField[];
  readonly body: string;
}

/** The request as HAProxy writes it: names in lower case, and the framing as it decides, whatever the headers say. */
export function httpCheckRequest(request: HttpCheckRequest): string {
  const { method, version, body } = request;
  const headers = request.headers.map(({ name, value }) => ({ name: name.toLowerCase(), value }));
  const lines = headers
    .filter(({ name }) => !OWN_FIELDS.has(name))
    .map(({ name, value }) => `${name}: ${value}\r\n`);
  if (body !== '') lines.push(`content-length: ${body.length}\r\n`);
  lines.push(connectionLine(version, headers));
  return `${method} ${targetOf(request.uri, headers)} ${version}\r\n${lines.join('')}\r\n${body}`;
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection']);

/** What the version does not say by itself. A check closes unless a header asks for another thing. */
function connectionLine(version: string, headers: readonly HeaderField[]): string {
  const wish = headers.find(({ name }) => name === 'connection');
  const keepsAlive = wish !== undefined && !/\bclose\b/i.test(wish.value);
  if (version === 'HTTP/1.0') return keepsAlive ? 'connection: keep-alive\r\n' : '';
  return keepsAlive ? '' : 'connection: close\r\n';
}

/** An absolute URI names the host that the Host header names. */
function targetOf(uri: string, headers: readonly HeaderField[]): string {
  const host = headers.find(({ name }) => name === 'host');
  return host === undefined ? uri : uri.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*/i, `$1${host.value}`);
}

/** `status <codes>`: ranges and single codes with commas between them. */
export function statusTest(codes: string): ExpectTest {
  const ranges = codes.split(',').map((range) => {
    const [low = 0, high = low] = range.split('-').map(Number);
    return { low, high };
  });
  return { on: 'head', accepts: ({ code }) => ranges.some(({ low, high }) => code >= low && code <= high) };
}

export function statusPatternTest(pattern: RegExp): ExpectTest {
  return { on: 'head', accepts: ({ code }) => pattern.test(String(code)) };
}

export interface HeaderExpectation {
  /** Looks at the lower-case name. */
  acceptsName(name: string): boolean;
  /** Null: the header need only be there. */
  readonly acceptsValue: ((value: string) => boolean) | null;
  /** `hdr` looks at each value of a list with commas, `fhdr` at the whole line. */
  readonly splitsLists: boolean;
}

export function headerTest({ acceptsName, acceptsValue, splitsLists }: HeaderExpectation): ExpectTest {
  return {
    on: 'head',
    accepts: ({ fields }) =>
      fields.some(({ name, value }) => {
        if (!acceptsName(name)) return false;
        if (acceptsValue === null) return true;
        return splitsLists ? listValues(value).some(acceptsValue) : acceptsValue(value);
      }),
  };
}

/** Values between commas outside quotes, without the blanks around them. */
function listValues(value: string): string[] {
  return (value.match(/(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g) ?? ['']).map((part) => part.trim());
}
