/** Connection fields that rules wrote, and TE, as they are sent on. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderId } from '../../../src/http/header-id.ts';
import { settleWrittenConnection } from '../../../src/http1/connection-field.ts';
import { linesOf, parseRequest } from './head-helpers.ts';

const WRITTEN: readonly (readonly [value: string, closes: boolean, sent: readonly string[]])[] = [
  ['close', true, []],
  ['CLOSE', true, []],
  ['keep-alive', false, []],
  ['keep-alive, close', true, []],
  ['close , X-Mine', true, ['X-Mine']],
  ['X-Mine,, Keep-Alive,Upgrade', false, ['X-Mine,Upgrade']],
  ['closed', false, ['closed']],
  ['', false, []],
];

describe('a Connection field that a rule wrote', () => {
  for (const [value, closes, sent] of WRITTEN) {
    test(`keeps what is not for one hop, and says whether it closes: '${value}'`, () => {
      const { head } = parseRequest('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      head.add('connection', value);
      assert.equal(settleWrittenConnection(head), closes);
      assert.deepEqual(head.values(HeaderId.CONNECTION, 'connection'), sent);
    });

    test(`is read where it replaced that of the peer: '${value}'`, () => {
      const { head } = parseRequest('GET / HTTP/1.1\r\nHost: h\r\nConnection: X-Theirs\r\n\r\n');
      head.replaceRow(head.findRow(HeaderId.CONNECTION, 'connection'), value);
      assert.equal(settleWrittenConnection(head), closes);
      assert.deepEqual(head.values(HeaderId.CONNECTION, 'connection'), sent);
    });
  }

  test('is none of another name', () => {
    const { head } = parseRequest('GET / HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n');
    head.add('x-connection', 'close');
    head.replaceRow(head.findRow(HeaderId.OTHER, 'x-a'), 'close');
    assert.equal(settleWrittenConnection(head), false);
    assert.deepEqual(head.values(HeaderId.OTHER, 'x-a'), ['close']);
  });
});

const TE: readonly (readonly [value: string, sent: readonly string[]])[] = [
  ['trailers', ['te: trailers']],
  ['gzip, trailers', ['te: trailers']],
  ['trailers , deflate;q=0.5', ['te: trailers']],
  ['gzip', []],
  ['trailersx', []],
  ['trailers;q=0.5', []],
  ['', []],
];

for (const [value, sent] of TE) {
  test(`of TE only trailers goes on: '${value}'`, () => {
    const { result, head } = parseRequest(`GET / HTTP/1.1\r\nTE: ${value}\r\n\r\n`);
    assert.ok(result > 0);
    assert.deepEqual(linesOf(head), sent);
  });
}
