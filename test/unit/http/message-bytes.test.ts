/** The numbers are what HAProxy 2.6 logs as %B and %U. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chunksEndBytes,
  madeResponseBytes,
  requestHeadBytes,
  responseHeadBytes,
} from '../../../src/http/message-bytes.ts';
import { requestHead, responseHead } from '../../support/stream-view.ts';

test('a request counts its parts and fields, however they were written', () => {
  assert.equal(requestHeadBytes(requestHead('GET /broken HTTP/1.1\r\nHost: example.org\r\n\r\n')), 54);
  assert.equal(requestHeadBytes(requestHead('GET /broken HTTP/1.1\r\nHost:   example.org  \r\n\r\n')), 54);
});

test('a field for one hop counts nothing', () => {
  const text = 'GET /broken HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n';
  assert.equal(requestHeadBytes(requestHead(text)), 54);
});

test('a response counts its parts and fields', () => {
  const head = responseHead('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
  assert.equal(responseHeadBytes(head) + 'probe'.length, 54);
});

test('the end of chunks counts one, and trailers their names and values', () => {
  assert.equal(chunksEndBytes(null), 1);
  assert.equal(chunksEndBytes(responseHead('HTTP/1.1 200 OK\r\nX-Sum: 6\r\n\r\n')), 7);
});

test('a response that was made here counts the length that it gets, its body, and the field that closes', () => {
  const made = {
    status: 200,
    reason: '',
    headers: [{ name: 'content-type', value: 'text/plain' }],
    body: Buffer.from('hello'),
    closes: false,
  };
  assert.equal(madeResponseBytes(made, true), 76);
  assert.equal(madeResponseBytes(made, false), 61);
  assert.equal(madeResponseBytes({ ...made, closes: true }, true), 91);
  const own = { ...made, headers: [...made.headers, { name: 'content-length', value: '5' }] };
  assert.equal(madeResponseBytes(own, true), 76);
});
