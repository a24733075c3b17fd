/** HTTP health checks: the request's bytes, and what a response says (manual section 4.2, `option httpchk`, `http-check`). */
import { CheckStatus } from './status.ts';

export interface HttpCheckSettings {
  readonly method: string;
  readonly uri: string;
  /** `HTTP/1.0`. */
  readonly version: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
  /** All must hold. Empty: a status of 2xx or 3xx. */
  readonly expects: readonly HttpExpect[];
  /** `http-check disable-on-404`: 404 takes a running server out of rotation instead of failing. */
  readonly isConditionalOn404: boolean;
}

export interface HttpExpect {
  readonly isNegated: boolean;
  readonly match: 'status' | 'rstatus' | 'string' | 'rstring';
  readonly pattern: string;
}

/** What a response amounts to; without the duration, which only the runner knows. */
export interface HttpVerdict {
  readonly status: CheckStatus;
  readonly code: number;
  readonly info: string;
}

/** The request as HAProxy writes it: names in lower case, the framing headers last. */
export function httpCheckRequest(settings: HttpCheckSettings): string {
  const lines = settings.headers.map(({ name, value }) => `${name.toLowerCase()}: ${value}\r\n`);
  if (settings.body !== '') lines.push(`content-length: ${Buffer.byteLength(settings.body, 'latin1')}\r\n`);
  if (settings.version !== 'HTTP/1.0') lines.push('connection: close\r\n');
  return `${settings.method} ${settings.uri} ${settings.version}\r\n${lines.join('')}\r\n${settings.body}`;
}

/**
 * Judges what has come so far. Null: more is needed. `isComplete` says that nothing more will come. `isRunning`: the
 * server takes traffic, so that a 404 may be conditional.
 */
export function judgeHttpResponse(
  text: string,
  settings: HttpCheckSettings,
  at: { isComplete: boolean; isRunning: boolean },
): HttpVerdict | null {
  const status = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n/.exec(text.slice(0, STATUS_LINE_MAX));
  if (status === null) return at.isComplete || !mayBecomeStatusLine(text) ? INVALID : null;
  const headEnd = endOfHead(text);
  if (headEnd < 0) return at.isComplete ? INVALID : null;
  const response = { code: Number(status[1]), reason: status[2] ?? '', body: text.slice(headEnd) };
  if (
    settings.expects.some(looksAtBody) &&
    !at.isComplete &&
    !isBodyComplete(text.slice(0, headEnd), response.body)
  )
    return null;
  if (response.code === 404 && settings.isConditionalOn404 && at.isRunning)
    return { status: CheckStatus.L7_OK_CONDITIONAL, code: 404, info: '' };
  return verdictOf(response, settings.expects);
}

interface CheckedResponse {
  readonly code: number;
  readonly reason: string;
  readonly body: string;
}

/** Longer status lines are no status lines. */
const STATUS_LINE_MAX = 1024;
const INVALID: HttpVerdict = { status: CheckStatus.L7_RESPONSE, code: -1, info: '' };
const DEFAULT_EXPECT: HttpExpect = { isNegated: false, match: 'status', pattern: '200-399' };

function verdictOf(response: CheckedResponse, expects: readonly HttpExpect[]): HttpVerdict {
  for (const expect of expects.length > 0 ? expects : [DEFAULT_EXPECT]) {
    if (matches(response, expect) !== expect.isNegated) continue;
    if (!looksAtBody(expect))
      return { status: CheckStatus.L7_STATUS, code: response.code, info: response.reason };
    const info = expect.isNegated
      ? 'HTTP check matched unwanted content'
      : 'HTTP content check did not match';
    return { status: CheckStatus.L7_RESPONSE, code: -1, info };
  }
  return { status: CheckStatus.L7_OK, code: response.code, info: '' };
}

function matches({ code, body }: CheckedResponse, { match, pattern }: HttpExpect): boolean {
  switch (match) {
    case 'status':
      return pattern.split(',').some((range) => isInRange(code, range));
    case 'rstatus':
      return new RegExp(pattern).test(String(code));
    case 'string':
      return body.includes(pattern);
    case 'rstring':
      return new RegExp(pattern).test(body);
  }
}

function isInRange(code: number, range: string): boolean {
  const [low = 0, high = low] = range.split('-').map(Number);
  return code >= low && code <= high;
}

function looksAtBody({ match }: HttpExpect): boolean {
  return match === 'string' || match === 'rstring';
}

function mayBecomeStatusLine(text: string): boolean {
  if (text.length > STATUS_LINE_MAX || text.includes('\n')) return false;
  return text.startsWith('HTTP/1.') || 'HTTP/1.'.startsWith(text);
}

function endOfHead(text: string): number {
  const crlf = text.indexOf('\r\n\r\n');
  const lf = text.indexOf('\n\n');
  if (lf >= 0 && (crlf < 0 || lf < crlf)) return lf + 2;
  return crlf < 0 ? -1 : crlf + 4;
}

function isBodyComplete(head: string, body: string): boolean {
  const length = /^content-length:[ \t]*(\d{1,15})[ \t]*\r?$/im.exec(head);
  if (length !== null) return body.length >= Number(length[1]);
  return /^transfer-encoding:.*chunked/im.test(head) && /(?:^|\r\n)0+\r\n/.test(body);
}
