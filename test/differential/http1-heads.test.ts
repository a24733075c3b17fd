/**
 * Request and response heads against a real HAProxy: what is refused, with which status, and the very bytes that
 * reach the other side. Where Fairlead means to differ from HAProxy 2.6, the case says what it does and why.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BodyKind, HttpHead } from '../../src/http/head.ts';
import { encodeRequestHead, encodeResponseHead } from '../../src/http1/encode-head.ts';
import { DEFAULT_LIMITS } from '../../src/http1/limits.ts';
import {
  checkSwitch,
  determineResponseBody,
  parseRequestHead,
  parseResponseHead,
  statusOfHeadError,
} from '../../src/http1/parse-head.ts';
import { REQUESTS, RESPONSES, type RequestCase, type ResponseCase } from './http1-heads-table.ts';
import { Http1Oracle, oracleMissing, seenIn } from './http1-oracle.ts';

let oracle: Http1Oracle;

describe('HTTP/1 heads as HAProxy takes them', { skip: oracleMissing, concurrency: 16 }, () => {
  before(async () => {
    oracle = await Http1Oracle.start();
  });
  after(() => oracle.stop());

  for (const item of REQUESTS)
    test(`request ${JSON.stringify(item.bytes).slice(0, 140)}`, () => compareRequest(item));
  for (const item of RESPONSES)
    test(`response ${JSON.stringify(item.bytes).slice(0, 140)} to ${JSON.stringify(item.request ?? 'GET')}`, () =>
      compareResponse(item));
});

async function compareRequest(item: RequestCase): Promise<void> {
  const answer = await oracle.exchange(item.bytes);
  const theirs = seenIn(answer) ?? statusIn(answer);
  const ours = ourRequest(item.bytes);
  if (item.ours !== undefined) {
    assert.equal(ours, item.ours, item.because ?? '');
    assert.notEqual(headOf(String(theirs)), item.ours, 'this case no longer differs from HAProxy');
    return;
  }
  assert.equal(ours, typeof theirs === 'string' ? headOf(theirs) : theirs);
}

/** The head that Fairlead sends to a keep-alive server, or the status of its refusal. */
function ourRequest(text: string): string | number {
  const bytes = Buffer.from(text, 'latin1');
  const head = new HttpHead();
  const result = parseRequestHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS);
  if (result < 0) return statusOfHeadError(result);
  if (result === 0) return 408;
  const out = Buffer.alloc(32_768);
  return out.latin1Slice(0, encodeRequestHead(head, out, 0, head.isInsecurelyFramed && head.version < 11));
}

async function compareResponse(item: ResponseCase): Promise<void> {
  const request = (item.request ?? 'GET <path> HTTP/1.1\r\n\r\n')
    .replace('<path>', oracle.reply(item.bytes))
    .replace('CONNECT /', 'CONNECT ');
  const theirs = answerHead(await oracle.exchange(request));
  const ours = ourResponse(request, item.bytes.replace('<close>', ''));
  if (item.ours !== undefined) {
    assert.equal(ours, item.ours, item.because ?? '');
    assert.notEqual(theirs, item.ours, 'this case no longer differs from HAProxy');
    return;
  }
  assert.equal(ours, theirs);
}

/** The heads that Fairlead sends to the client, those of 1xx responses included, or the status of its refusal. */
function ourResponse(requestText: string, text: string): string | number {
  const request = new HttpHead();
  const requestBytes = Buffer.from(requestText, 'latin1');
  assert.ok(parseRequestHead(request, requestBytes, 0, requestBytes.length, DEFAULT_LIMITS) > 0);
  const bytes = Buffer.from(text, 'latin1');
  const out = Buffer.alloc(32_768);
  let heads = '';
  for (let at = 0; ; ) {
    const head = new HttpHead();
    at = parseResponseHead(head, bytes, at, bytes.length, DEFAULT_LIMITS);
    if (at <= 0) return 502;
    determineResponseBody(head, request.method === 'HEAD', request.method === 'CONNECT');
    if (checkSwitch(head, request, DEFAULT_LIMITS) < 0) return 502;
    const isTunnel = head.bodyKind === BodyKind.TUNNEL;
    const isInterim = head.status < 200 && !isTunnel;
    const keepsAlive =
      !request.saysClose &&
      (request.version > 10 || request.saysKeepAlive) &&
      head.bodyKind !== BodyKind.UNTIL_CLOSE;
    heads += out.latin1Slice(
      0,
      encodeResponseHead(head, out, 0, isInterim ? 11 : request.version, isInterim || keepsAlive, isTunnel),
    );
    if (!isInterim) return heads;
  }
}

function headOf(text: string): string {
  return text.slice(0, text.indexOf('\r\n\r\n') + 4);
}

function statusIn(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1] ?? -1);
}

/** The heads of an answer, or the status when HAProxy made it. */
function answerHead(answer: string): string | number {
  if (/\r\ncontent-type: text\/html\r\n/i.test(answer)) return statusIn(answer);
  let end = 0;
  do end = answer.indexOf('\r\n\r\n', end) + 4;
  while (/^HTTP\/1\.\d /.test(answer.slice(end)));
  return answer.slice(0, end);
}
