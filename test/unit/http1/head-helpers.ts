/** Texts (latin1) in, heads out: what the tests of the HTTP/1 codec share. */
import { FIELD, FIELD_FLAG, HttpHead } from '../../../src/http/head.ts';
import { encodeRequestHead } from '../../../src/http1/encode-head.ts';
import { DEFAULT_LIMITS, type HeadLimits } from '../../../src/http1/limits.ts';
import { parseRequestHead, parseResponseHead } from '../../../src/http1/parse-head.ts';

export interface Parsed {
  readonly result: number;
  readonly head: HttpHead;
}

export function parseRequest(text: string, limits: HeadLimits = DEFAULT_LIMITS): Parsed {
  const head = new HttpHead(limits.maxHeaders);
  const bytes = Buffer.from(text, 'latin1');
  return { result: parseRequestHead(head, bytes, 0, bytes.length, limits), head };
}

export function parseResponse(text: string, limits: HeadLimits = DEFAULT_LIMITS): Parsed {
  const head = new HttpHead(limits.maxHeaders);
  const bytes = Buffer.from(text, 'latin1');
  return { result: parseResponseHead(head, bytes, 0, bytes.length, limits), head };
}

/** All fields that are left, as `name: value`. */
export function linesOf(head: HttpHead): string[] {
  const lines: string[] = [];
  for (let row = 0; row < head.fieldCount * FIELD.STRIDE; row += FIELD.STRIDE) {
    if ((head.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REMOVED) === 0)
      lines.push(`${head.nameAt(row)}: ${head.valueAt(row)}`);
  }
  return lines;
}

/** All that parsing decides, as one comparable value. */
export function factsOf({ result, head }: Parsed): unknown {
  if (result <= 0) return { result };
  return {
    result,
    method: head.method,
    target: head.target(),
    version: head.version,
    status: head.status,
    reason: head.reason(),
    lines: linesOf(head),
    bodyKind: head.bodyKind,
    contentLength: head.contentLength,
    close: head.saysClose,
    keepAlive: head.saysKeepAlive,
    upgrade: head.saysUpgrade,
    expects: head.expectsContinue,
    insecure: head.isInsecurelyFramed,
  };
}

export function encodedRequest(head: HttpHead, closes = false): string {
  const out = Buffer.alloc(40_000);
  return out.latin1Slice(0, encodeRequestHead(head, out, 0, closes));
}
