/** Header names in the spelling that a peer needs: everything else of the message is as it would be without. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpHead } from '../../../src/http/head.ts';
import { encodeTrailers } from '../../../src/http1/chunked-encoder.ts';
import { encodeRequestHead, encodeResponseHead } from '../../../src/http1/encode-head.ts';
import { parseRequestHead, parseResponseHead } from '../../../src/http1/parse-head.ts';

const NAMES = new Map([
  ['host', 'HOST'],
  ['x-added', 'X-Added'],
  ['connection', 'CONNECTION'],
]);

const MESSAGE = 'GET /a HTTP/1.1\r\nHost: a\r\nx-other:  b \r\nX-Gone: c\r\nhost: a\r\n\r\n';

function parsed(): HttpHead {
  const bytes = Buffer.from(MESSAGE, 'latin1');
  const head = new HttpHead();
  assert.ok(parseRequestHead(head, bytes, 0, bytes.length) > 0);
  head.remove(0, 'x-gone');
  head.add('x-added', 'd');
  return head;
}

function encoded(head: HttpHead): string {
  const out = Buffer.alloc(4096);
  return out.latin1Slice(0, encodeRequestHead(head, out, 0, true));
}

test('a request has its names spelled, those that were added and Connection too', () => {
  const head = parsed();
  head.nameCase = NAMES;
  assert.equal(
    encoded(head),
    'GET /a HTTP/1.1\r\nHOST: a\r\nx-other: b\r\nX-Added: d\r\nCONNECTION: close\r\n\r\n',
  );
});

test('but for the case of names a head is encoded as without spellings', () => {
  const head = parsed();
  const plain = encoded(head);
  head.nameCase = NAMES;
  assert.notEqual(encoded(head), plain);
  assert.equal(encoded(head).toLowerCase(), plain.toLowerCase());
});

test('a head that is reset forgets its spellings', () => {
  const head = parsed();
  head.nameCase = NAMES;
  head.reset();
  assert.equal(head.nameCase, null);
});

test('a response with a status that a rule changed, and trailers, have their names spelled', () => {
  const bytes = Buffer.from('HTTP/1.1 200 OK\r\nhost: a\r\n\r\n', 'latin1');
  const head = new HttpHead();
  assert.ok(parseResponseHead(head, bytes, 0, bytes.length) > 0);
  head.status = 201;
  head.nameCase = NAMES;
  const out = Buffer.alloc(4096);
  assert.equal(
    out.latin1Slice(0, encodeResponseHead(head, out, 0, 11, false, false)),
    'HTTP/1.1 201 OK\r\nHOST: a\r\nCONNECTION: close\r\n\r\n',
  );
  assert.equal(out.latin1Slice(0, encodeTrailers(head, out, 0)), 'HOST: a\r\n\r\n');
});
