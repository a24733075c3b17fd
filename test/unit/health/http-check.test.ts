import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type HttpCheckSettings,
  type HttpExpect,
  httpCheckRequest,
  judgeHttpResponse,
} from '../../../src/health/http-check.ts';
import { CheckStatus } from '../../../src/health/status.ts';

const SETTINGS: HttpCheckSettings = {
  method: 'OPTIONS',
  uri: '/',
  version: 'HTTP/1.0',
  headers: [],
  body: '',
  expects: [],
  isConditionalOn404: false,
};

function judge(text: string, settings: Partial<HttpCheckSettings> = {}, isComplete = true) {
  return judgeHttpResponse(text, { ...SETTINGS, ...settings }, { isComplete, isRunning: true });
}

const expecting = (
  match: HttpExpect['match'],
  pattern: string,
  isNegated = false,
): Partial<HttpCheckSettings> => ({ expects: [{ match, pattern, isNegated }] });
const RESPONSE = 'HTTP/1.1 200 Reason Here\r\nContent-Length: 11\r\n\r\nhello world';

// The requests are what HAProxy 2.6 sends.
for (const [what, settings, expected] of [
  ['the default', {}, 'OPTIONS / HTTP/1.0\r\n\r\n'],
  [
    'HTTP/1.1 closes the connection',
    { version: 'HTTP/1.1', method: 'HEAD' },
    'HEAD / HTTP/1.1\r\nconnection: close\r\n\r\n',
  ],
  [
    'headers and a body',
    {
      version: 'HTTP/1.1',
      method: 'POST',
      uri: '/p',
      headers: [
        { name: 'Host', value: 'h' },
        { name: 'X-Y', value: 'z' },
      ],
      body: 'xyz',
    },
    'POST /p HTTP/1.1\r\nhost: h\r\nx-y: z\r\ncontent-length: 3\r\nconnection: close\r\n\r\nxyz',
  ],
  ['a body in HTTP/1.0', { method: 'POST', body: 'abc' }, 'POST / HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc'],
] as const) {
  test(`the request: ${what}`, () => assert.equal(httpCheckRequest({ ...SETTINGS, ...settings }), expected));
}

const ok = { status: CheckStatus.L7_OK, code: 200, info: '' };
const wrong = (code: number) => ({ status: CheckStatus.L7_STATUS, code, info: 'Reason Here' });
const invalid = (info = '') => ({ status: CheckStatus.L7_RESPONSE, code: -1, info });

for (const [what, settings, expected] of [
  ['without expectations 2xx passes', {}, ok],
  ['a status in a range', expecting('status', '201,200-299'), ok],
  ['a status outside', expecting('status', '201-299'), wrong(200)],
  ['a status that must not be', expecting('status', '200', true), wrong(200)],
  ['a status by expression', expecting('rstatus', '^2'), ok],
  ['a status by expression that fails', expecting('rstatus', '^3'), wrong(200)],
  ['a string in the body', expecting('string', 'lo wo'), ok],
  ['a string that is missing', expecting('string', 'foobar'), invalid('HTTP content check did not match')],
  [
    'a string that must not be there',
    expecting('string', 'hello', true),
    invalid('HTTP check matched unwanted content'),
  ],
  ['an expression on the body', expecting('rstring', 'h.*d$'), ok],
  ['an expression that fails', expecting('rstring', 'foo.*bar'), invalid('HTTP content check did not match')],
] as const) {
  test(`the response: ${what}`, () => assert.deepEqual(judge(RESPONSE, settings), expected));
}

for (const [status, passes] of [
  [200, true],
  [302, true],
  [399, true],
  [404, false],
  [500, false],
  [101, false],
] as const) {
  test(`status ${status} ${passes ? 'passes' : 'fails'} without expectations`, () => {
    assert.equal(
      judge(`HTTP/1.1 ${status} Reason Here\r\n\r\n`)?.status,
      passes ? CheckStatus.L7_OK : CheckStatus.L7_STATUS,
    );
  });
}

for (const text of [
  '',
  'SSH-2.0\r\n',
  'HTTP/1.1 20',
  'HTTP/1.1 200 OK\r\nA: b\r\n',
  'HTTP/2.0 200 OK\r\n\r\n',
  'HTTP/1.1 2x0 OK\r\n\r\n',
]) {
  test(`an answer that ends as ${JSON.stringify(text)} is invalid`, () =>
    assert.deepEqual(judge(text), invalid()));
}

test('what cannot become a status line any more is invalid before the end', () => {
  assert.deepEqual(judge('SSH-2.0\r\n', {}, false), invalid());
});

test('a response split at every byte is judged once, and as the whole', () => {
  for (let end = 0; end < RESPONSE.length; end++) {
    const early = judge(RESPONSE.slice(0, end), expecting('string', 'world'), false);
    assert.equal(early, null, `judged too early at ${end}`);
  }
  assert.deepEqual(judge(RESPONSE, expecting('string', 'world'), false), ok);
});

test('without a look at the body the head is enough', () => {
  assert.deepEqual(judge('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n', {}, false), ok);
});

test('a chunked body is complete with its last chunk', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.equal(judge(`${head}5\r\nhello\r\n`, expecting('string', 'hello'), false), null);
  assert.deepEqual(judge(`${head}5\r\nhello\r\n0\r\n\r\n`, expecting('string', 'hello'), false), ok);
});

test('404 is conditional only for a server in use, and only where that is configured', () => {
  const text = 'HTTP/1.0 404 Reason Here\r\n\r\n';
  const settings = { ...SETTINGS, isConditionalOn404: true };
  assert.deepEqual(judgeHttpResponse(text, settings, { isComplete: true, isRunning: true }), {
    status: CheckStatus.L7_OK_CONDITIONAL,
    code: 404,
    info: '',
  });
  assert.deepEqual(judgeHttpResponse(text, settings, { isComplete: true, isRunning: false }), wrong(404));
  assert.deepEqual(judge(text), wrong(404));
});
