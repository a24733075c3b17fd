/**
 * What can be wrong with the head of an HTTP/1 message, as the negative codes that the parser returns, and what
 * each is answered with. Statuses are those that HAProxy 2.6 was seen to answer; a response that is refused is
 * always a 502 to the client, whatever its code.
 */

/** Not an error: the head has not come whole. */
export const NEED_MORE = 0;

export const HeadError = {
  BARE_CR: -1,
  BAD_METHOD: -2,
  BAD_TARGET: -3,
  BAD_VERSION: -4,
  BAD_STATUS: -5,
  BAD_REASON: -6,
  EMPTY_NAME: -7,
  BAD_NAME: -8,
  LONG_NAME: -9,
  BAD_VALUE: -10,
  TOO_MANY_FIELDS: -11,
  TOO_LARGE: -12,
  BAD_LENGTH: -13,
  BAD_CODING: -14,
  UNKNOWN_CODING: -15,
  UNEXPECTED_BODY: -16,
  HOST_CONFLICT: -17,
  BAD_AUTHORITY: -18,
  BAD_WEBSOCKET_KEY: -19,
  UNEXPECTED_UPGRADE: -20,
  BAD_CHUNK: -21,
  HTTP2_PREFACE: -22,
} as const;
export type HeadError = (typeof HeadError)[keyof typeof HeadError];

export interface HeadErrorText {
  /** What a request with this fault is answered with. */
  readonly status: number;
  readonly section: string;
  readonly text: string;
}

const TEXTS: Readonly<Record<HeadError, HeadErrorText>> = {
  [HeadError.BARE_CR]: { status: 400, section: 'RFC 9112 §2.2', text: 'a CR that no LF follows' },
  [HeadError.BAD_METHOD]: { status: 400, section: 'RFC 9112 §3.1', text: 'the method is not a token' },
  [HeadError.BAD_TARGET]: {
    status: 400,
    section: 'RFC 9112 §3.2',
    text: 'a character that no request target may have',
  },
  [HeadError.BAD_VERSION]: { status: 400, section: 'RFC 9112 §2.3', text: 'the version is not HTTP/x.y' },
  [HeadError.BAD_STATUS]: {
    status: 400,
    section: 'RFC 9112 §4',
    text: 'the status code is not three digits',
  },
  [HeadError.BAD_REASON]: { status: 400, section: 'RFC 9112 §4', text: 'a NUL in the reason phrase' },
  [HeadError.EMPTY_NAME]: { status: 400, section: 'RFC 9112 §5', text: 'a header field without a name' },
  [HeadError.BAD_NAME]: { status: 400, section: 'RFC 9112 §5.1', text: 'a header name is not a token' },
  [HeadError.LONG_NAME]: { status: 400, section: 'RFC 9110 §5.4', text: 'a header name is too long' },
  [HeadError.BAD_VALUE]: { status: 400, section: 'RFC 9110 §5.5', text: 'a NUL in a header value' },
  [HeadError.TOO_MANY_FIELDS]: {
    status: 400,
    section: 'manual 3.2',
    text: 'more fields than tune.http.maxhdr',
  },
  [HeadError.TOO_LARGE]: { status: 400, section: 'manual 3.2', text: 'the head is larger than its buffer' },
  [HeadError.BAD_LENGTH]: {
    status: 400,
    section: 'RFC 9112 §6.3',
    text: 'Content-Length is not one decimal number',
  },
  [HeadError.BAD_CODING]: {
    status: 400,
    section: 'RFC 9112 §6.1',
    text: 'Transfer-Encoding does not end with one chunked',
  },
  [HeadError.UNKNOWN_CODING]: {
    status: 422,
    section: 'RFC 9112 §6.1',
    text: 'a transfer coding besides chunked',
  },
  [HeadError.UNEXPECTED_BODY]: {
    status: 413,
    section: 'manual 3.1 h1-accept-payload-with-any-method',
    text: 'a body with an HTTP/1.0 GET, HEAD or DELETE',
  },
  [HeadError.HOST_CONFLICT]: {
    status: 400,
    section: 'RFC 9112 §3.2',
    text: 'Host differs from another Host or from the target',
  },
  [HeadError.BAD_AUTHORITY]: {
    status: 400,
    section: 'RFC 9112 §3.2.3',
    text: 'the target of CONNECT is not host:port',
  },
  [HeadError.BAD_WEBSOCKET_KEY]: {
    status: 400,
    section: 'RFC 6455 §4.2',
    text: 'the WebSocket key is missing or invalid',
  },
  [HeadError.UNEXPECTED_UPGRADE]: {
    status: 400,
    section: 'RFC 9110 §15.2.2',
    text: 'a 101 that the request did not ask for',
  },
  [HeadError.BAD_CHUNK]: {
    status: 400,
    section: 'RFC 9112 §7.1',
    text: 'the chunked body breaks its format',
  },
  [HeadError.HTTP2_PREFACE]: {
    status: 400,
    section: 'RFC 9113 §3.4',
    text: 'PRI, which only the preface of HTTP/2 may have for a method',
  },
};

/** The table's row for a code that a parser returned. */
export function headErrorText(code: number): HeadErrorText {
  return TEXTS[code as HeadError] ?? TEXTS[HeadError.BAD_VALUE];
}

/** What the client of a refused request is answered with. */
export function statusOfHeadError(code: number): number {
  return headErrorText(code).status;
}
