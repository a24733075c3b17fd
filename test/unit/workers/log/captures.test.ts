import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FIELD } from '../../../../src/http/head.ts';
import { headerIdOf } from '../../../../src/http/header-id.ts';
import { captureHeaders, compileCaptures } from '../../../../workers/log/captures.ts';
import { requestHead, responseHead } from '../../../support/stream-view.ts';

const OTHER = headerIdOf('via');
const REQUEST = requestHead(
  'GET / HTTP/1.1\r\nHost: a\r\nVia: one\r\nVia: two, three\r\nEmpty:\r\nCookie: x=y; SID=1; SIDE=2\r\n\r\n',
);

function captured(...slots: readonly (readonly [string | null, number])[]): (string | null)[] {
  const plan = compileCaptures(
    slots.map(([header, maxBytes]) => ({ side: 'request', header, maxBytes })),
    undefined,
  )!;
  const values: (string | null)[] = [];
  captureHeaders(plan.request, REQUEST, values);
  return values;
}

describe('Captures', () => {
  test('are none where nothing is captured', () => {
    assert.equal(compileCaptures([], undefined), null);
  });

  test('take the last line of a header, whole and cut', () => {
    assert.deepEqual(captured(['via', 100], ['via', 3], ['via', 0]), ['two, three', 'two', '']);
  });

  test('tell an empty header from a missing one', () => {
    assert.deepEqual(captured(['empty', 9], ['none', 9], [null, 9]), ['', null, null]);
  });

  test('keep the sides apart, each in the order of its lines', () => {
    const plan = compileCaptures(
      [
        { side: 'response', header: 'server', maxBytes: 9 },
        { side: 'request', header: 'host', maxBytes: 9 },
        { side: 'response', header: null, maxBytes: 9 },
      ],
      undefined,
    )!;
    assert.deepEqual(
      [plan.request.map(({ name }) => name), plan.response.map(({ name }) => name)],
      [['host'], ['server', '']],
    );
  });

  test('do not see what rules took away before', () => {
    const head = requestHead('GET / HTTP/1.1\r\nHost: a\r\nVia: one\r\nVia: two\r\n\r\n');
    const last = head.findRow(OTHER, 'via', head.findRow(OTHER, 'via') + FIELD.STRIDE);
    head.removeRow(last);
    const plan = compileCaptures([{ side: 'request', header: 'via', maxBytes: 9 }], undefined)!;
    const values: (string | null)[] = [];
    captureHeaders(plan.request, head, values);
    assert.deepEqual(values, ['one']);
  });

  test('find the first cookie whose text begins so, in requests and in responses', () => {
    const find = (prefix: string, maxBytes = 20) =>
      compileCaptures([], { prefix, maxBytes })!.cookie!.ofRequest(REQUEST);
    assert.deepEqual(
      [find('SID'), find('SIDE='), find('SID', 4), find('none')],
      ['SID=1', 'SIDE=2', 'SID=', null],
    );
    const response = responseHead(
      'HTTP/1.1 200 OK\r\nSet-Cookie: other=1; SID=2\r\nSet-Cookie: SID=3; path=/\r\n\r\n',
    );
    assert.equal(compileCaptures([], { prefix: 'SID', maxBytes: 20 })!.cookie!.ofResponse(response), 'SID=3');
  });
});
