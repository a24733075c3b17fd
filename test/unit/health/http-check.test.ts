/** HTTP checks as HAProxy 2.6 makes and judges them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckStatus } from '../../../src/health/status.ts';
import { CONNECTED, dialogueOf, END, type Event, play, TIMEOUT } from './script-support.ts';

const RESPONSE =
  'HTTP/1.1 200 Reason Here\r\nContent-Length: 11\r\nX-A: one, two\r\nSet-Cookie: sessid=5\r\n\r\nhello world';
const CHECK = 'option httpchk';

for (const [what, lines, expected] of [
  ['of option httpchk alone', [], 'OPTIONS / HTTP/1.0\r\n\r\n'],
  [
    'of a send line',
    ['http-check send meth GET uri /c ver HTTP/1.1 hdr Host x'],
    'GET /c HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  ],
  ['with a body', ['http-check send meth POST body abc'], 'POST / HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc'],
  [
    'whose framing is its own',
    ['http-check send hdr Content-Length 5 hdr Transfer-Encoding chunked body abc ver HTTP/1.1'],
    'OPTIONS / HTTP/1.1\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc',
  ],
  [
    'that keeps alive in 1.1',
    ['http-check send ver HTTP/1.1 hdr Connection keep-alive'],
    'OPTIONS / HTTP/1.1\r\n\r\n',
  ],
  [
    'that keeps alive in 1.0',
    ['http-check send hdr Connection keep-alive'],
    'OPTIONS / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n',
  ],
  ['that says close in 1.0', ['http-check send hdr Connection close'], 'OPTIONS / HTTP/1.0\r\n\r\n'],
  [
    'with an absolute URI, which names the host of the header',
    ['http-check send uri http://foo/bar ver HTTP/1.1 hdr Host baz'],
    'OPTIONS http://baz/bar HTTP/1.1\r\nhost: baz\r\nconnection: close\r\n\r\n',
  ],
  [
    'with formats',
    ['http-check send uri-lf /a%[int(3)]-%[str(x)] hdr X-Y v%[int(5)] body-lf b%[int(4)]'],
    'OPTIONS /a3-x HTTP/1.0\r\nx-y: v5\r\ncontent-length: 2\r\n\r\nb4',
  ],
  [
    'that tells the state',
    ['http-check send hdr A b ver HTTP/1.1', 'http-check send-state'],
    'OPTIONS / HTTP/1.1\r\na: b\r\nx-haproxy-server-state: UP 1/3\r\nconnection: close\r\n\r\n',
  ],
] as const) {
  test(`the request ${what}`, () => {
    assert.deepEqual(play(dialogueOf([CHECK, ...lines]), []).asked, ['<connect :>', expected]);
  });
}

test('the request takes what option httpchk says where its line is silent', () => {
  const lines = ['option httpchk GET /x HTTP/1.1', 'http-check connect', 'http-check send'];
  assert.equal(play(dialogueOf(lines), []).asked[1], 'GET /x HTTP/1.1\r\nconnection: close\r\n\r\n');
});

const ok = (code = 200, info = '') => ({ status: CheckStatus.L7_OK, code, info });
const wrong = (info = 'Reason Here', code = 200) => ({ status: CheckStatus.L7_STATUS, code, info });
const invalid = (info = '') => ({ status: CheckStatus.L7_RESPONSE, code: -1, info });

for (const [line, expected] of [
  ['', ok()],
  ['expect status 201,200-299', ok()],
  ['expect status 201-299', wrong()],
  ['expect ! status 200', wrong()],
  ['expect rstatus ^2', ok()],
  ['expect rstatus ^3', wrong()],
  ['expect status 201 comment my-comment', wrong('Reason Here comment: my-comment')],
  ['expect string "lo wo"', ok()],
  ['expect string zz comment str', invalid('HTTP content check did not match comment: str')],
  ['expect ! string hello', invalid('HTTP check matched unwanted content')],
  ['expect ! string nowhere', ok()],
  ['expect rstring w.*x', invalid('HTTP content check did not match')],
  ['expect string-lf wor%[str(ld)]', ok()],
  ['expect string-lf nor%[str(ld)]', invalid('HTTP content check did not match')],
  ['expect hdr name x-a value two', ok()],
  ['expect hdr name X-A', ok()],
  ['expect hdr name x-b comment cc', wrong('Reason Here comment: cc')],
  ['expect ! hdr name x-a', wrong()],
  ['expect fhdr name x-a value two', wrong()],
  ['expect fhdr name -m beg x- value -m end two', ok()],
  ['expect hdr name -m reg ^X.a$ value -m sub w', ok()],
  ['expect fhdr name -m sub cook value -m reg ^sessid', ok()],
  ['expect hdr name-lf x-%[str(a)] value-lf %[str(one)]', ok()],
  ['expect status 201 on-error oops%[int(5)] error-status L7RSP', invalid('oops5')],
  ['expect status 200 on-success fine ok-status L6OK', { status: CheckStatus.L6_OK, code: -1, info: 'fine' }],
  ['expect ok-status L7OKC status 200', { status: CheckStatus.L7_OK_CONDITIONAL, code: 200, info: '' }],
  [
    'expect status 201 error-status L7OKC',
    { status: CheckStatus.L7_OK_CONDITIONAL, code: 200, info: 'Reason Here' },
  ],
  ['expect status 201 error-status L4CON', { status: CheckStatus.L4_ERROR, code: -1, info: 'Reason Here' }],
  ['expect status 201 status-code int(77)', wrong('Reason Here', 77)],
  ['expect status 200 status-code int(77)', ok(77)],
] as const) {
  test(`http-check ${line || 'without lines'} of a good response`, () => {
    const lines = line === '' ? [CHECK] : [CHECK, `http-check ${line}`];
    assert.deepEqual(play(dialogueOf(lines), [RESPONSE]).verdict, expected);
  });
}

test('all expect lines must hold', () => {
  const lines = [CHECK, 'http-check expect status 200', 'http-check expect string nothere'];
  assert.deepEqual(play(dialogueOf(lines), [RESPONSE]).verdict, invalid('HTTP content check did not match'));
});

test('a comment line belongs to the line behind it', () => {
  const lines = [CHECK, 'http-check comment blah', 'http-check expect status 201'];
  assert.deepEqual(play(dialogueOf(lines), [RESPONSE]).verdict, wrong('Reason Here comment: blah'));
});

test('several requests each have a connection, and the last an implicit look at the status', () => {
  const lines = [
    CHECK,
    'http-check connect port 81 addr 127.0.0.2',
    'http-check send meth GET uri /1',
    'http-check expect string hello',
    'http-check connect',
    'http-check send meth GET uri /2',
  ];
  const played = play(dialogueOf(lines), [RESPONSE, 'HTTP/1.0 503 No\r\n\r\n']);
  assert.deepEqual(played.asked, [
    '<connect 127.0.0.2:81>',
    'GET /1 HTTP/1.0\r\n\r\n',
    '<connect :>',
    'GET /2 HTTP/1.0\r\n\r\n',
  ]);
  assert.deepEqual(played.verdict, wrong('No', 503));
});

for (const [what, events, expected] of [
  ['ends at once', [END], invalid()],
  ['ends within its head', ['HTTP/1.1 200 OK\r\nA: b\r\n', END], invalid()],
  ['is not HTTP', ['SSH-2.0\r\n'], invalid()],
  ['may still become HTTP', ['HTTP'], null],
  ['has a bad length', ['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'], invalid()],
  [
    'is a 100 before another',
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
    wrong('Continue', 100),
  ],
  ['never comes', [TIMEOUT], { status: CheckStatus.L7_TIMEOUT, code: -1, info: '' }],
  [
    'is a reset',
    [{ error: 'Connection reset by peer' }],
    { status: CheckStatus.SOCKET_ERROR, code: -1, info: 'Connection reset by peer' },
  ],
  ['is a redirect', ['HTTP/1.1 302 Found\r\n\r\n'], ok(302)],
] as const) {
  test(`a response that ${what}`, () => {
    assert.deepEqual(play(dialogueOf([CHECK]), events as readonly Event[]).verdict, expected);
  });
}

test('a connection that fails or takes too long is a failure of layer 4', () => {
  const failed = play(dialogueOf([CHECK]), [{ error: 'Connection refused' }, CONNECTED]).verdict;
  assert.deepEqual(failed, { status: CheckStatus.L4_ERROR, code: -1, info: 'Connection refused' });
  const late = play(dialogueOf([CHECK]), [TIMEOUT, CONNECTED]).verdict;
  assert.deepEqual(late, { status: CheckStatus.L4_TIMEOUT, code: -1, info: '' });
});

const LOOKS = [CHECK, 'http-check expect string world'];

test('a response split at every byte is judged once it must be, and as the whole', () => {
  for (let end = 0; end < RESPONSE.length; end++) {
    const dialogue = dialogueOf(LOOKS);
    assert.equal(play(dialogue, [RESPONSE.slice(0, end)]).verdict, null, `judged too early at ${end}`);
    const rest = dialogue.received(RESPONSE.slice(end));
    assert.deepEqual(rest, { do: 'done', verdict: ok() });
  }
});

for (const [what, events, expected] of [
  ['matches before its end', ['HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhello world'], ok()],
  ['does not match and is not whole', ['HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhello'], null],
  [
    'does not match and ends too early',
    ['HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhello', END],
    invalid('HTTP content check did not match'),
  ],
  [
    'comes in chunks',
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwor\r\n', '2\r\nld\r\n0\r\n\r\n'],
    ok(),
  ],
  [
    'comes in chunks and does not match',
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n\r\n'],
    invalid('HTTP content check did not match'),
  ],
  ['is not there', ['HTTP/1.1 204 No\r\n\r\n'], invalid('HTTP content check could not find a response body')],
  ['ends with the connection', ['HTTP/1.0 200 OK\r\n\r\nhello', ' world'], ok()],
] as const) {
  test(`a body that ${what}`, () => {
    assert.deepEqual(play(dialogueOf(LOOKS), events as readonly Event[]).verdict, expected);
  });
}

test('min-recv waits for so much of the body, however soon it would match', () => {
  const lines = [CHECK, 'http-check expect min-recv 10 rstring hello'];
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n';
  assert.equal(play(dialogueOf(lines), [`${head}hello`]).verdict, null);
  assert.deepEqual(play(dialogueOf(lines), [`${head}hello`, 'xxxxx']).verdict, ok());
});

test('a response to HEAD has no body to wait for', () => {
  const lines = ['option httpchk HEAD /'];
  assert.deepEqual(play(dialogueOf(lines), ['HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n']).verdict, ok());
});

test('404 is conditional only for a server in use, whatever is expected', () => {
  const lines = [CHECK, 'http-check disable-on-404', 'http-check expect string zz'];
  const events = ['HTTP/1.0 404 Not\r\n\r\n'];
  assert.deepEqual(play(dialogueOf(lines), events).verdict, {
    status: CheckStatus.L7_OK_CONDITIONAL,
    code: 404,
    info: '',
  });
  assert.deepEqual(
    play(dialogueOf([CHECK, 'http-check disable-on-404'], false), events).verdict,
    wrong('Not', 404),
  );
  assert.deepEqual(play(dialogueOf([CHECK]), events).verdict, wrong('Not', 404));
});
