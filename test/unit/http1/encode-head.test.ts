import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderId } from '../../../src/http/header-id.ts';
import {
  encodeInformational,
  encodeRequestHead,
  encodeResponseHead,
} from '../../../src/http1/encode-head.ts';
import { determineResponseBody } from '../../../src/http1/parse-head.ts';
import { encodedRequest, parseRequest, parseResponse } from './head-helpers.ts';

function encodedResponse(text: string, requestVersion: number, keepsAlive: boolean): string {
  const { head } = parseResponse(text);
  determineResponseBody(head, false, false);
  const out = Buffer.alloc(20_000);
  return out.latin1Slice(0, encodeResponseHead(head, out, 0, requestVersion, keepsAlive, false));
}

test('an untouched canonical request goes out with the same bytes, names in lower case', () => {
  assert.equal(
    encodedRequest(parseRequest('GET /a?b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n').head),
    'GET /a?b HTTP/1.1\r\nhost: x\r\naccept: */*\r\n\r\n',
  );
});

test('lines that are not canonical become so, between runs of lines that are', () => {
  const { head } = parseRequest('GET  /  HTTP/1.1\r\nA: 1\r\nB:2\r\nC: 3 \r\nD: 4\nE: 5\r\nF:\r\n\r\n');
  assert.equal(encodedRequest(head), 'GET / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ne: 5\r\nf: \r\n\r\n');
});

test('removed fields are gone wherever they stand, added ones come last and in order', () => {
  for (const removed of ['a', 'b', 'c', 'd']) {
    const { head } = parseRequest('GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC:3\r\nD: 4\r\n\r\n');
    head.remove(HeaderId.OTHER, removed);
    head.add('x', '1');
    head.add('y', 'a value that is longer than what a loop writes');
    const kept = ['a: 1', 'b: 2', 'c: 3', 'd: 4'].filter((line) => !line.startsWith(removed));
    assert.equal(
      encodedRequest(head),
      `GET / HTTP/1.1\r\n${kept.join('\r\n')}\r\nx: 1\r\ny: a value that is longer than what a loop writes\r\n\r\n`,
    );
  }
});

test('method, target and reason go out as rules replaced them', () => {
  const { head } = parseRequest('GET /old HTTP/1.1\r\nA: 1\r\n\r\n');
  head.replacedTarget = '/new?x';
  assert.equal(encodedRequest(head), 'GET /new?x HTTP/1.1\r\na: 1\r\n\r\n');
  head.replacedMethod = 'PUT';
  head.replacedTarget = null;
  assert.equal(encodedRequest(head), 'PUT /old HTTP/1.1\r\na: 1\r\n\r\n');
  const response = parseResponse('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n').head;
  response.replacedReason = 'Fine';
  const out = Buffer.alloc(200);
  assert.equal(
    out.latin1Slice(0, encodeResponseHead(response, out, 0, 11, true, false)),
    'HTTP/1.1 200 Fine\r\ncontent-length: 0\r\n\r\n',
  );
  response.replacedReason = null;
  response.status = 404;
  assert.equal(
    out.latin1Slice(0, encodeResponseHead(response, out, 0, 11, true, false)),
    'HTTP/1.1 404 OK\r\ncontent-length: 0\r\n\r\n',
  );
});

test('the server is told what becomes of the connection in the words of the version', () => {
  const text = (version: string): string => `GET / HTTP/${version}\r\nConnection: close\r\nZ: z\r\n\r\n`;
  assert.equal(encodedRequest(parseRequest(text('1.1')).head, false), 'GET / HTTP/1.1\r\nz: z\r\n\r\n');
  assert.equal(
    encodedRequest(parseRequest(text('1.1')).head, true),
    'GET / HTTP/1.1\r\nz: z\r\nconnection: close\r\n\r\n',
  );
  assert.equal(
    encodedRequest(parseRequest(text('1.0')).head, false),
    'GET / HTTP/1.0\r\nz: z\r\nconnection: keep-alive\r\n\r\n',
  );
  assert.equal(encodedRequest(parseRequest(text('1.0')).head, true), 'GET / HTTP/1.0\r\nz: z\r\n\r\n');
});

test('the client is told what becomes of the connection in the words of both versions', () => {
  const text = (version: string): string =>
    `HTTP/${version} 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n`;
  const sent = (version: string, line: string): string =>
    `HTTP/${version} 200 OK\r\ncontent-length: 0\r\n${line}\r\n`;
  assert.equal(encodedResponse(text('1.1'), 11, true), sent('1.1', ''));
  assert.equal(encodedResponse(text('1.1'), 11, false), sent('1.1', 'connection: close\r\n'));
  assert.equal(encodedResponse(text('1.1'), 10, true), sent('1.1', 'connection: keep-alive\r\n'));
  assert.equal(encodedResponse(text('1.0'), 11, true), sent('1.0', 'connection: keep-alive\r\n'));
  assert.equal(encodedResponse(text('1.0'), 11, false), sent('1.0', ''));
});

test('a client of HTTP/1.0 is shown no transfer coding', () => {
  assert.equal(
    encodedResponse('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 10, false),
    'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n',
  );
});

test('a 1xx says nothing about the connection', () => {
  const { head } = parseResponse('HTTP/1.1 100 Continue\r\n\r\n');
  const out = Buffer.alloc(200);
  assert.equal(out.latin1Slice(0, encodeInformational(head, out, 0)), 'HTTP/1.1 100 Continue\r\n\r\n');
});

test('a head that may not fit is not written at all', () => {
  const { head } = parseRequest('GET / HTTP/1.1\r\nB:2\r\n\r\n');
  head.add('x', 'y'.repeat(100));
  for (let size = 0; size < 400; size++) {
    const out = Buffer.alloc(size + 16, 0x2a);
    const end = encodeRequestHead(head, out.subarray(0, size), 0, true);
    assert.equal(out.latin1Slice(size), '*'.repeat(16));
    if (end < 0) assert.equal(out.latin1Slice(), '*'.repeat(size + 16));
    else assert.ok(end <= size);
  }
  assert.equal(encodeRequestHead(head, Buffer.alloc(100), 0, true), -1);
  assert.ok(encodeRequestHead(head, Buffer.alloc(400), 0, true) > 0);
});

test('a head that was retained elsewhere encodes as before', () => {
  const text = '\r\nGET / HTTP/1.1\r\nHost: a\r\nB:2\r\n\r\nrest';
  const { head } = parseRequest(text);
  const before = encodedRequest(head);
  head.bytes = Buffer.from(head.bytes);
  const owned = Buffer.alloc(200);
  head.retainIn(owned);
  assert.equal(encodedRequest(head), before);
});
