/** Proxy keywords that keep parts of messages for log lines and rules (manual sections 4.2, 8.7 and 8.8). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import { FRONTENDS_BUT_DEFAULTS } from './sections.ts';

/** One capture slot; requests and responses count theirs apart, in the order of their lines. */
export interface CaptureSlot {
  readonly side: 'request' | 'response';
  /** In lower case; null for a slot that only rules fill. */
  readonly header: string | null;
  /** Longer values are cut to this many bytes. */
  readonly maxBytes: number;
}

export interface CapturedCookie {
  /** What `name=value` begins with, in the request's and in the response's cookies. */
  readonly prefix: string;
  readonly maxBytes: number;
}

/** A slot's memory is bounded: longer values than a header may be are no use (`tune.bufsize` by default). */
const CAPTURE_MOST_BYTES = 16_384;

/** HAProxy's default of `tune.http.cookielen` without the byte that ends its text. */
const COOKIE_MOST_BYTES = 63;

const named = { name: arg.word('name'), len: arg.named(arg.int({ min: 0, max: CAPTURE_MOST_BYTES })) };

interface Length {
  readonly len: number | undefined;
}

/** HAProxy wants the length, although a word introduces it. */
function checkLength({ len }: Length): string | undefined {
  return len === undefined ? "the length is missing: write 'len' and how many bytes to keep" : undefined;
}

export const captureOptions = [
  defineProxyOption({
    name: 'capture cookie',
    key: 'capturedCookie',
    sections: FRONTENDS_BUT_DEFAULTS,
    summary:
      'Keeps the first cookie whose text begins so, of the request and of the response, for log lines.',
    args: named,
    check: checkLength,
    examples: [
      { text: 'capture cookie ASPSESSION len 32', result: { prefix: 'ASPSESSION', maxBytes: 32 } },
      { text: 'capture cookie vgnvisitor= len 80', result: { prefix: 'vgnvisitor=', maxBytes: 63 } },
    ],
    differences: ['A length beyond 63 is cut to that, as without tune.http.cookielen in HAProxy.'],
    value: ({ name, len = 0 }): CapturedCookie => ({
      prefix: name,
      maxBytes: Math.min(len, COOKIE_MOST_BYTES),
    }),
  }),
  defineProxyOption({
    name: 'capture request header',
    key: 'captures',
    collect: 'list',
    sections: FRONTENDS_BUT_DEFAULTS,
    summary: 'Keeps the last line of a request header for log lines (%hr, %hrl) and rules.',
    args: named,
    check: checkLength,
    examples: [
      {
        text: 'capture request header Host len 15',
        result: { side: 'request', header: 'host', maxBytes: 15 },
      },
    ],
    value: ({ name, len = 0 }): CaptureSlot => ({
      side: 'request',
      header: name.toLowerCase(),
      maxBytes: len,
    }),
  }),
  defineProxyOption({
    name: 'capture response header',
    key: 'captures',
    collect: 'list',
    sections: FRONTENDS_BUT_DEFAULTS,
    summary: 'Keeps the last line of a response header for log lines (%hs, %hsl) and rules.',
    args: named,
    check: checkLength,
    examples: [
      {
        text: 'capture response header Content-length len 9',
        result: { side: 'response', header: 'content-length', maxBytes: 9 },
      },
    ],
    value: ({ name, len = 0 }): CaptureSlot => ({
      side: 'response',
      header: name.toLowerCase(),
      maxBytes: len,
    }),
  }),
  defineProxyOption({
    name: 'declare capture',
    key: 'captures',
    collect: 'list',
    sections: FRONTENDS_BUT_DEFAULTS,
    misplaced: 'refused',
    summary: 'Makes room for a capture that rules fill.',
    args: { side: arg.oneOf('request', 'response'), len: named.len },
    examples: [
      { text: 'declare capture request len 10', result: { side: 'request', header: null, maxBytes: 10 } },
      { text: 'declare capture response len 4', result: { side: 'response', header: null, maxBytes: 4 } },
    ],
    check: ({ len }) => (len === 0 ? 'the length of a capture is 1 or more' : checkLength({ len })),
    value: ({ side, len = 0 }): CaptureSlot => ({ side, header: null, maxBytes: len }),
  }),
] as const;
