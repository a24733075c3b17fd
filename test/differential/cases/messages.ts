/** Versions, Expect and 1xx, upgrades and CONNECT. */
import {
  answers,
  arrived,
  ask,
  drops,
  eof,
  type Family,
  fin,
  get,
  head,
  left,
  type OracleCase,
  ok,
  post,
  received,
  says,
  send,
  until,
} from '../../support/programs/oracle-case.ts';

const versions: readonly OracleCase[] = [
  { name: 'HTTP/1.0 is passed on as HTTP/1.1', steps: [send('GET / HTTP/1.0\r\nHost: h\r\n\r\n'), eof] },
  { name: 'HTTP/1.0 without Host', steps: [send('GET / HTTP/1.0\r\n\r\n'), eof] },
  { name: 'HTTP/1.1 without Host', steps: [send('GET / HTTP/1.1\r\n\r\n'), answers(1)] },
  { name: 'HTTP/1.2', steps: [send('GET / HTTP/1.2\r\nHost: h\r\n\r\n'), answers(1)] },
  { name: 'HTTP/0.9', steps: [send('GET /\r\n'), eof] },
  { name: 'HTTP/1', steps: [send('GET / HTTP/1\r\n\r\n'), eof] },
  { name: 'http in small letters', steps: [send('GET / http/1.1\r\n\r\n'), eof] },
  { name: 'HTTP/1.0 with a body', steps: [send('POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc'), eof] },
  {
    name: 'a client of HTTP/1.0 and an answer without length',
    replies: { '/': `${head('HTTP/1.0 200 OK')}all<close>` },
    steps: [send('GET / HTTP/1.0\r\n\r\n'), eof],
  },
  { name: 'an empty method', steps: [send(' / HTTP/1.1\r\nHost: h\r\n\r\n'), eof] },
  { name: 'a method with a bracket', steps: [send('G(T / HTTP/1.1\r\nHost: h\r\n\r\n'), eof] },
  {
    name: 'PRI of HTTP/2 without HTTP/2',
    with: ['option disable-h2-upgrade'],
    steps: [send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), eof],
  },
  {
    name: 'PRI of HTTP/1.1',
    steps: [send(ask('PRI / HTTP/1.1')), eof],
  },
];

const EXPECTING = head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 3', 'Expect: 100-continue');
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

const interim: readonly OracleCase[] = [
  {
    name: 'Expect: the server says continue',
    replies: { '/': `<early>${CONTINUE}` },
    steps: [
      send(EXPECTING),
      until('100 Continue\r\n\r\n'),
      send('abc'),
      received('/'),
      says(ok('done')),
      answers(1),
    ],
  },
  {
    name: 'Expect: the server refuses, the client does not send its body',
    replies: { '/': '<early>HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n' },
    steps: [send(EXPECTING), answers(1), fin, eof],
    logs: 1,
  },
  {
    name: 'Expect: the client does not wait',
    steps: [send(EXPECTING, 'abc'), answers(1)],
  },
  {
    name: 'Expect with something else',
    steps: [send(get('/', 'Expect: something')), answers(1)],
  },
  {
    name: 'Expect in HTTP/1.0',
    steps: [send(head('POST / HTTP/1.0', 'Content-Length: 3', 'Expect: 100-continue'), 'abc'), eof],
  },
  {
    name: 'Expect with option http-buffer-request: the proxy itself says continue',
    with: ['option http-buffer-request'],
    steps: [send(EXPECTING), until('100 Continue\r\n\r\n'), send('abc'), answers(1)],
  },
  {
    name: 'Expect with wait-for-body',
    with: ['http-request wait-for-body time 5s if METH_POST'],
    steps: [send(EXPECTING), until('100 Continue\r\n\r\n'), send('abc'), answers(1)],
  },
  {
    name: 'an unasked 100 is passed on',
    replies: { '/': `${CONTINUE}${ok('x')}` },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a 103 is passed on with its fields',
    replies: { '/': `${head('HTTP/1.1 103 Early Hints', 'Link: </a>; rel=preload')}${ok('x')}` },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'three informational answers before the last',
    replies: {
      '/': `${CONTINUE}${head('HTTP/1.1 102 Processing')}${head('HTTP/1.1 103 Early', 'X: 1')}${ok('x')}`,
    },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a 100 to a client of HTTP/1.0',
    replies: { '/': `${CONTINUE}${ok('x')}` },
    steps: [send('GET / HTTP/1.0\r\n\r\n'), eof],
  },
  {
    name: 'a 103 of the proxy: early-hint',
    with: ['http-request early-hint Link "</style.css>; rel=preload"'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'rules for responses see the last answer only',
    with: ['http-response set-header X-Seen %[status]'],
    replies: { '/': `${CONTINUE}${head('HTTP/1.1 103 Early', 'X: 1')}${ok('x')}` },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a 101 that nobody asked for',
    replies: { '/': head('HTTP/1.1 101 Switching Protocols', 'Upgrade: x', 'Connection: Upgrade') },
    steps: [send(get('/')), answers(1), fin, eof],
    logs: 1,
  },
];

const UPGRADE = get('/', 'Connection: Upgrade', 'Upgrade: echo');
const SWITCHED = head('HTTP/1.1 101 Switching Protocols', 'Upgrade: echo', 'Connection: Upgrade');

const upgrades: readonly OracleCase[] = [
  {
    name: 'an upgrade: bytes both ways, the client closes',
    replies: { '/': SWITCHED },
    steps: [send(UPGRADE), answers(1), says('one'), until('one'), send('two'), fin, eof, left()],
    logs: 1,
  },
  {
    name: 'an upgrade that the server ends',
    replies: { '/': SWITCHED },
    steps: [send(UPGRADE), answers(1), says('bye'), until('bye'), drops(), eof],
    logs: 1,
  },
  {
    name: 'an upgrade with the first bytes behind the head',
    replies: { '/': `${SWITCHED}hello` },
    steps: [send(UPGRADE, 'early'), until('hello'), fin, eof, left()],
  },
  {
    name: 'an upgrade that is declined',
    replies: { '/': ok('no') },
    steps: [send(UPGRADE), answers(1)],
  },
  {
    name: 'an upgrade to websocket',
    replies: {
      '/': head(
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: upgrade',
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      ),
    },
    steps: [
      send(
        get(
          '/',
          'Connection: keep-alive, Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
        ),
      ),
      answers(1),
      says('frame'),
      until('frame'),
      fin,
      eof,
    ],
    logs: 1,
  },
  {
    name: 'Upgrade without Connection: Upgrade is no upgrade',
    steps: [send(get('/', 'Upgrade: echo')), answers(1)],
  },
  {
    name: 'Upgrade: h2c is passed on without the upgrade',
    steps: [
      send(get('/', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: x')),
      answers(1),
    ],
  },
  {
    name: 'an upgrade with option httpclose',
    with: ['option httpclose'],
    replies: { '/': SWITCHED },
    steps: [send(UPGRADE), answers(1), says('one'), until('one'), fin, eof],
    logs: 1,
  },
  {
    name: 'an upgrade with a body',
    replies: { '/': SWITCHED },
    steps: [send(post('/', 'abc', 'Connection: Upgrade', 'Upgrade: echo')), answers(1), fin, eof],
    logs: 1,
  },
  {
    name: 'CONNECT that is accepted',
    replies: { 'h:443': head('HTTP/1.1 200 Established') },
    steps: [
      send('CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n'),
      until('\r\n\r\n'),
      says('one'),
      until('one'),
      fin,
      eof,
      left(),
    ],
  },
  {
    name: 'CONNECT that is refused',
    replies: { 'h:443': 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno' },
    steps: [send('CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n'), answers(1)],
  },
  {
    name: 'CONNECT without a port',
    steps: [send('CONNECT h HTTP/1.1\r\nHost: h\r\n\r\n'), eof],
  },
  {
    name: 'a method of WebDAV with a body',
    steps: [send(ask('PROPFIND / HTTP/1.1', 'Content-Length: 3', 'Depth: 1'), 'abc'), answers(1)],
  },
  {
    name: 'an early answer, the client goes on sending',
    replies: { '/': '<hold>' },
    steps: [
      send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 6'), 'abc'),
      arrived('/'),
      says(ok('early')),
      answers(1),
      send('def'),
      fin,
      eof,
    ],
    logs: 1,
  },
];

export const messages: Family = {
  name: 'versions, informational answers and upgrades',
  cases: [...versions, ...interim, ...upgrades],
};
