import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyKind, HttpHead } from '../../../src/http/head.ts';
import { headErrorText } from '../../../src/http1/head-error.ts';
import { DEFAULT_LIMITS } from '../../../src/http1/limits.ts';
import {
  checkSwitch,
  determineResponseBody,
  HeadError,
  NEED_MORE,
  parseRequestHead,
  parseResponseHead,
  statusOfHeadError,
} from '../../../src/http1/parse-head.ts';
import { encodedRequest, factsOf, linesOf, parseRequest, parseResponse } from './head-helpers.ts';

const RELAXED = { ...DEFAULT_LIMITS, isRelaxed: true };

/** Request texts whose outcomes must not depend on how they are cut. */
const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n',
  '\r\n\nPOST /x HTTP/1.0\nContent-Length: 5, 5\nConnection: close, X\n\n',
  'GET http://u@a:80/p?q HTTP/1.1\r\nHOST: a:80\r\nA: b\r\n  c\r\n\t\r\nB:c\r\n\r\n',
  'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n',
  'GET / HTTP/1.1\r\nA: b\rc\r\n\r\n',
  'GET / HTTP/1.1\r\nA b: c\r\n\r\n',
  'GET / HTTP/1.1x\r\n\r\n',
  'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  `GET /${'x'.repeat(200)} HTTP/1.1\r\n${'y'.repeat(256)}: z\r\n\r\n`,
];

for (const text of REQUESTS) {
  test(`a request split at every byte gives the same result: ${JSON.stringify(text).slice(0, 60)}`, () => {
    const whole = factsOf(parseRequest(text));
    for (let cut = 0; cut <= text.length; cut++) {
      const bytes = Buffer.from(text, 'latin1');
      const head = new HttpHead();
      let result = parseRequestHead(head, bytes, 0, cut, DEFAULT_LIMITS);
      if (result === NEED_MORE) result = parseRequestHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS);
      assert.deepEqual(factsOf({ result, head }), whole, `cut at ${cut}`);
    }
  });

  test(`a request that comes byte by byte and moves meanwhile gives the same result: ${JSON.stringify(text).slice(0, 60)}`, () => {
    const head = new HttpHead();
    let bytes = Buffer.from(`??${text}`, 'latin1');
    let start = 2;
    let result = NEED_MORE;
    for (let length = 0; result === NEED_MORE && length <= text.length; length++) {
      result = parseRequestHead(head, bytes, start, start + length, DEFAULT_LIMITS);
      if (result !== NEED_MORE) break;
      const shift = length % 3;
      bytes = Buffer.concat([Buffer.alloc(shift, 0x3f), bytes.subarray(start)]);
      start = shift;
    }
    const whole = factsOf(parseRequest(text));
    assert.deepEqual(factsOf({ result: result > 0 ? result - start : result, head }), whole);
  });
}

test('a head that comes byte by byte costs a bounded number of looks at each byte', () => {
  const text = `GET / HTTP/1.1\r\nA: ${'x'.repeat(15_000)}\r\n\r\n`;
  const bytes = Buffer.from(text, 'latin1');
  let looks = 0;
  const counted = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as Buffer;
  const head = new HttpHead();
  for (let end = 1; end < bytes.length; end++)
    assert.equal(parseRequestHead(head, counted, 0, end, DEFAULT_LIMITS), NEED_MORE);
  assert.equal(parseRequestHead(head, counted, 0, bytes.length, DEFAULT_LIMITS), bytes.length);
  assert.ok(looks < 12 * bytes.length, `${looks} looks at ${bytes.length} bytes`);
});

test('bytes behind the end of a head are neither read nor changed', () => {
  const text = 'GET / HTTP/1.1\r\nA: b\r\n\r\nGET /SECOND HTTP/1.1\r\nUPPER: X\r\n\r\n';
  const bytes = Buffer.from(text, 'latin1');
  const end = text.indexOf('GET /SECOND');
  assert.equal(parseRequestHead(new HttpHead(), bytes, 0, bytes.length, DEFAULT_LIMITS), end);
  assert.equal(bytes.latin1Slice(end), text.slice(end));
});

test('a head is not complete before the given end although its bytes stand in the buffer', () => {
  const bytes = Buffer.from('GET / HTTP/1.1\r\nA: b\r\n\r\n', 'latin1');
  for (let end = 0; end < bytes.length; end++)
    assert.equal(parseRequestHead(new HttpHead(), bytes, 0, end, DEFAULT_LIMITS), NEED_MORE);
});

test('a head that is used again forgets the message before', () => {
  const head = new HttpHead();
  const first = Buffer.from(
    'POST /long HTTP/1.0\r\nContent-Length: 9\r\nConnection: close\r\n\r\n',
    'latin1',
  );
  assert.ok(parseRequestHead(head, first, 0, first.length, DEFAULT_LIMITS) > 0);
  head.add('x', 'y');
  const second = 'GET / HTTP/1.1\r\n\r\n';
  const bytes = Buffer.from(second, 'latin1');
  const result = parseRequestHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS);
  assert.deepEqual(factsOf({ result, head }), factsOf(parseRequest(second)));
  assert.equal(encodedRequest(head), second);
});

const REFUSED: readonly (readonly [string, number])[] = [
  ['\rX', HeadError.BARE_CR],
  [' GET / HTTP/1.1\r\n', HeadError.BAD_METHOD],
  ['G(T / HTTP/1.1\r\n', HeadError.BAD_METHOD],
  ['GET\r\n\r\n', HeadError.BAD_METHOD],
  ['GET /\x7f HTTP/1.1\r\n', HeadError.BAD_TARGET],
  ['GET /#a HTTP/1.1\r\n', HeadError.BAD_TARGET],
  ['GET /\xe9 HTTP/1.1\r\n', HeadError.BAD_TARGET],
  ['GET /\r\n\r\n', HeadError.BAD_TARGET],
  ['GET / \r\n\r\n', HeadError.BAD_VERSION],
  ['GET / HTTP/1.10\r\n', HeadError.BAD_VERSION],
  ['GET / http/1.1\r\n', HeadError.BAD_VERSION],
  ['GET / HTTP/x', HeadError.BAD_VERSION],
  ['GET / HTTP/1.1\rX', HeadError.BARE_CR],
  ['GET / HTTP/1.1\r\n: b\r\n\r\n', HeadError.EMPTY_NAME],
  ['GET / HTTP/1.1\r\nA : b\r\n\r\n', HeadError.BAD_NAME],
  ['GET / HTTP/1.1\r\n A: b\r\n\r\n', HeadError.BAD_NAME],
  [`GET / HTTP/1.1\r\n${'n'.repeat(256)}: b\r\n\r\n`, HeadError.LONG_NAME],
  ['GET / HTTP/1.1\r\nA: \0\r\n\r\n', HeadError.BAD_VALUE],
  [`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(101)}\r\n`, HeadError.TOO_MANY_FIELDS],
  [`GET / HTTP/1.1\r\nA: ${'b'.repeat(16_000)}\r\n\r\n`, HeadError.TOO_LARGE],
  ['\r\n'.repeat(8_000), HeadError.TOO_LARGE],
  ['POST / HTTP/1.1\r\nContent-Length: 9007199254740992\r\n\r\n', HeadError.BAD_LENGTH],
  ['POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n', HeadError.BAD_CODING],
  ['POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', HeadError.UNKNOWN_CODING],
  ['GET / HTTP/1.0\r\nContent-Length: 1\r\n\r\n', HeadError.UNEXPECTED_BODY],
  ['GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n', HeadError.HOST_CONFLICT],
  ['CONNECT a HTTP/1.1\r\n\r\n', HeadError.BAD_AUTHORITY],
  ['GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n', HeadError.BAD_WEBSOCKET_KEY],
];

for (const [text, code] of REFUSED) {
  test(`a request is refused because of ${headErrorText(code).text}: ${JSON.stringify(text).slice(0, 50)}`, () => {
    assert.equal(parseRequest(text).result, code);
  });
}

test('each error has a status that an error page exists for, and a section', () => {
  for (const code of Object.values(HeadError)) {
    assert.ok([400, 413, 422].includes(statusOfHeadError(code)));
    assert.match(headErrorText(code).section, /^(RFC \d+ §|manual )/);
  }
});

test('the largest head that fits the limit is taken, one byte more is not', () => {
  const textOf = (bytes: number): string => `GET / HTTP/1.1\r\nA: ${'b'.repeat(bytes - 23)}\r\n\r\n`;
  assert.equal(parseRequest(textOf(15_277)).result, 15_277);
  assert.equal(parseRequest(textOf(15_278)).result, HeadError.TOO_LARGE);
});

test('as many fields as tune.http.maxhdr less the start line are taken', () => {
  const limits = { ...DEFAULT_LIMITS, maxHeaders: 3 };
  assert.ok(parseRequest('GET / HTTP/1.1\r\na: b\r\nc: d\r\n\r\n', limits).result > 0);
  assert.equal(
    parseRequest('GET / HTTP/1.1\r\na: b\r\nc: d\r\ne: f\r\n\r\n', limits).result,
    HeadError.TOO_MANY_FIELDS,
  );
});

test('relaxed parsing takes what the option names, and drops names that are no tokens', () => {
  const { result, head } = parseRequest(
    'GET http://b/\xe9#x RTSP/1.0\r\nA b: c\r\nHost: a\r\nHost: a\r\nN: \0\r\n\r\n',
    RELAXED,
  );
  assert.ok(result > 0);
  assert.equal(head.version, 10);
  assert.deepEqual(linesOf(head), ['host: a', 'n: \0']);
  assert.equal(
    parseRequest('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', RELAXED).result,
    HeadError.HOST_CONFLICT,
  );
  assert.equal(parseRequest('POST /\r\n', RELAXED).result, HeadError.BAD_TARGET);
  assert.equal(parseRequest('GET / HTTP/12.34\r\n\r\n', RELAXED).head.version, 11);
  assert.equal(
    encodedRequest(parseRequest('GET /\r\n', RELAXED).head),
    'GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n',
  );
  assert.equal(parseRequest('GET /\x01 HTTP/1.1\r\n\r\n', RELAXED).result, HeadError.BAD_TARGET);
  assert.equal(parseResponse('HTTP/1.1 60000 Odd\r\n\r\n', RELAXED).head.status, 60_000);
  assert.equal(parseResponse('HTTP/1.1 70000 Odd\r\n\r\n', RELAXED).result, HeadError.BAD_STATUS);
});

test('known methods are one string each, whatever the bytes', () => {
  for (const method of [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'CONNECT',
    'OPTIONS',
    'TRACE',
    'PATCH',
    'PROPFIND',
    'XYZZY',
    'get',
    'M-SEARCH',
  ]) {
    const target = method === 'CONNECT' ? 'a:1' : '/';
    assert.equal(parseRequest(`${method} ${target} HTTP/1.1\r\n\r\n`).head.method, method);
  }
});

test('Expect is noted for HTTP/1.1 alone', () => {
  assert.equal(
    parseRequest('POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n').head.expectsContinue,
    true,
  );
  assert.equal(
    parseRequest('POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n').head.expectsContinue,
    false,
  );
});

test('a length beside a transfer coding makes the connection close, unless that is trusted', () => {
  const text = 'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n';
  const { head } = parseRequest(text);
  assert.equal(head.bodyKind, BodyKind.CHUNKED);
  assert.equal(head.contentLength, 0);
  assert.equal(head.isInsecurelyFramed, true);
  assert.equal(head.saysClose, true);
  assert.equal(parseRequest(text, { ...DEFAULT_LIMITS, trustsInsecureFraming: true }).head.saysClose, false);
});

test('a body with GET of HTTP/1.0 is taken when the option allows it', () => {
  const { head } = parseRequest('GET / HTTP/1.0\r\nContent-Length: 1\r\n\r\n', {
    ...DEFAULT_LIMITS,
    acceptsAnyPayload: true,
  });
  assert.equal(head.bodyKind, BodyKind.LENGTH);
});

const RESPONSE_BODIES: readonly (readonly [string, string, number, number])[] = [
  ['200 OK\r\nContent-Length: 5', 'GET', BodyKind.LENGTH, 5],
  ['200 OK\r\nContent-Length: 5', 'HEAD', BodyKind.NONE, 5],
  ['200 OK\r\nTransfer-Encoding: chunked', 'GET', BodyKind.CHUNKED, 0],
  ['200 OK\r\nTransfer-Encoding: chunked', 'HEAD', BodyKind.NONE, 0],
  ['200 OK\r\nA: b', 'GET', BodyKind.UNTIL_CLOSE, 0],
  ['304 Not Modified\r\nContent-Length: 5', 'GET', BodyKind.NONE, 5],
  ['204 No Content\r\nContent-Length: 5', 'GET', BodyKind.NONE, 0],
  ['103 Early Hints\r\nContent-Length: 5', 'GET', BodyKind.NONE, 0],
  ['101 Switching\r\nConnection: upgrade', 'GET', BodyKind.TUNNEL, 0],
  ['200 OK\r\nContent-Length: 5', 'CONNECT', BodyKind.TUNNEL, 5],
  ['204 OK\r\nA: b', 'CONNECT', BodyKind.TUNNEL, 0],
  ['403 No\r\nContent-Length: 5', 'CONNECT', BodyKind.LENGTH, 5],
];

for (const [text, method, kind, length] of RESPONSE_BODIES) {
  test(`the body of a response to ${method} is delimited by RFC 9112 §6.3: ${JSON.stringify(text)}`, () => {
    const { result, head } = parseResponse(`HTTP/1.1 ${text}\r\n\r\n`);
    assert.ok(result > 0);
    determineResponseBody(head, method === 'HEAD', method === 'CONNECT');
    assert.equal(head.bodyKind, kind);
    assert.equal(head.contentLength, length);
  });
}

test('a 101 passes only for a request that asked to upgrade', () => {
  const asked = parseRequest('GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n').head;
  const plain = parseRequest('GET / HTTP/1.1\r\n\r\n').head;
  const good = parseResponse('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n').head;
  const bad = parseResponse('HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n').head;
  assert.equal(checkSwitch(good, asked, DEFAULT_LIMITS), 0);
  assert.equal(checkSwitch(good, plain, DEFAULT_LIMITS), HeadError.UNEXPECTED_UPGRADE);
  assert.equal(checkSwitch(bad, asked, DEFAULT_LIMITS), HeadError.UNEXPECTED_UPGRADE);
});

test('a response split at every byte gives the same result', () => {
  for (const text of [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n',
    'HTTP/1.0 404\nA:b\n\n',
    'HTTP/1.1 99 X\r\n\r\n',
    'HTTP/1.1 200 A\0\r\n\r\n',
    'HTTP/1.1 100000000000 A\r\n\r\n',
  ]) {
    const whole = factsOf(parseResponse(text));
    for (let cut = 0; cut <= text.length; cut++) {
      const bytes = Buffer.from(text, 'latin1');
      const head = new HttpHead();
      let result = parseResponseHead(head, bytes, 0, cut, DEFAULT_LIMITS);
      if (result === NEED_MORE) result = parseResponseHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS);
      assert.deepEqual(factsOf({ result, head }), whole, `cut at ${cut}`);
    }
  }
});
