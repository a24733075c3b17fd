/** Fields and targets: what reaches the other side, and which are the proxy's own. */
import {
  answers,
  ask,
  eof,
  type Family,
  get,
  head,
  type OracleCase,
  ok,
  send,
  status,
} from '../../support/programs/oracle-case.ts';

const exchanged: { readonly [name: string]: string } = {
  'names in any letters': get('/', 'X-UPPER: 1', 'x-lower: 2', 'X-MiXeD: 3'),
  'values with blanks around': get('/', 'X-A:   v  ', 'X-B:v', 'X-C:\tv\t'),
  'an empty value': get('/', 'X-A:', 'X-B: '),
  'the same field three times': get('/', 'X-A: 1', 'X-A: 2', 'X-A: 1'),
  'bytes above 127': get('/', 'X-A: h\xe4\xff'),
  'a DEL and a tab in a value': get('/', 'X-A: a\x7fb\tc'),
  'every token character in a name': get('/', "!#$%&'*+-.^_`|~0aZ: 1"),
  'an underscore in a name': get('/', 'X_Under: 1'),
  'fields of one hop': get(
    '/',
    'Connection: keep-alive, X-Mine',
    'X-Mine: 1',
    'Keep-Alive: timeout=5',
    'TE: trailers',
  ),
  'TE with more than trailers': get('/', 'Connection: TE', 'TE: trailers, deflate;q=0.5'),
  'TE with trailers in second place': get('/', 'TE: gzip, trailers'),
  'TE without trailers': get('/', 'TE: deflate'),
  'TE that is empty': get('/', 'TE:', 'X: y'),
  'several TE': get('/', 'TE: gzip', 'TE: trailers', 'TE: trailers, x'),
  'Proxy-Connection': get('/', 'Proxy-Connection: keep-alive'),
  'two cookies': get('/', 'Cookie: a=1', 'Cookie: b=2'),
  '90 fields': get('/', ...Array.from({ length: 90 }, (_, i) => `X-${i}: ${i}`)),
  'Connection that names Host': get('/', 'Connection: Host'),
  'Connection that names Content-Length': ask(
    'POST / HTTP/1.1',
    'Connection: Content-Length',
    'Content-Length: 1',
  ).concat('a'),
  'Host in last place': head('GET / HTTP/1.1', 'X: 1', 'Host: h'),
  'two equal Hosts': head('GET / HTTP/1.1', 'Host: h', 'Host: h'),
  'an empty Host': head('GET / HTTP/1.1', 'Host:'),
  'a Host with a port': head('GET / HTTP/1.1', 'Host: h:8080'),
  'a Host with a bad character': head('GET / HTTP/1.1', 'Host: h/x'),
};

/** Request lines that are passed on, or refused and closed. */
const targets: { readonly [line: string]: 'kept' | 'closed' } = {
  'GET /a/../b HTTP/1.1': 'kept',
  'GET //a//b HTTP/1.1': 'kept',
  'GET /%2e%2e/%00 HTTP/1.1': 'kept',
  'GET /?a=b?c HTTP/1.1': 'kept',
  'GET ?a HTTP/1.1': 'closed',
  'GET a HTTP/1.1': 'closed',
  'OPTIONS * HTTP/1.1': 'kept',
  'GET * HTTP/1.1': 'kept',
  'GET http://example.com HTTP/1.1': 'kept',
  'GET http://example.com/a?b HTTP/1.1': 'kept',
  'GET HTTP://EXAMPLE.com:80/a HTTP/1.1': 'kept',
  'GET http://example.com:8080/a HTTP/1.1': 'closed',
  'GET http://other/a HTTP/1.1': 'closed',
  'GET https://example.com:443/a HTTP/1.1': 'kept',
  'GET ftp://example.com/a HTTP/1.1': 'kept',
  'GET /a#b HTTP/1.1': 'closed',
  'GET /a\x01b HTTP/1.1': 'closed',
  'GET /a\xe4b HTTP/1.1': 'closed',
  'GET /"<>[]^{}| HTTP/1.1': 'kept',
  'GET  /two-blanks HTTP/1.1': 'kept',
};

const requests: readonly OracleCase[] = [
  ...Object.entries(exchanged).map(([name, bytes]) => ({
    name: `a request: ${name}`,
    steps: [send(bytes), answers(1)],
  })),
  ...Object.entries(targets).map(([line, how]) => ({
    name: JSON.stringify(line),
    steps: [send(ask(line)), how === 'kept' ? answers(1) : eof],
  })),
];

const answersOfServers: { readonly [name: string]: string } = {
  'names in any letters': ok('x', 'X-UPPER: 1', 'x-lower: 2'),
  'fields of one hop': ok('x', 'Connection: keep-alive, X-Hop', 'X-Hop: 1', 'Keep-Alive: timeout=5'),
  'Proxy-Connection': ok('x', 'Proxy-Connection: keep-alive'),
  cookies: ok('', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'set-cookie: c=3'),
  'bytes above 127': ok('', 'X: h\xe4'),
  'an empty value': ok('', 'X:', 'Y:   '),
  'a reason with bytes above 127': status('200 Sch\xf6n', 'x'),
  'a long reason': status(`200 ${'y'.repeat(300)}`, 'x'),
  'Upgrade that is only offered': ok('x', 'Upgrade: h2c', 'Connection: Upgrade'),
  'two Dates': ok('x', 'Date: Thu, 01 Jan 1970 00:00:00 GMT', 'Date: x'),
};

const responses: readonly OracleCase[] = Object.entries(answersOfServers).map(([name, bytes]) => ({
  name: `an answer: ${name}`,
  replies: { '/': bytes },
  steps: [send(get('/')), answers(1)],
}));

/** Lines of a proxy, with one rich request and answer. */
const RULES: readonly string[] = [
  'option forwardfor',
  'option forwardfor if-none',
  'option forwardfor header X-Client',
  'option forwardfor except 127.0.0.0/8',
  'option forwardfor except 10.0.0.0/8 header X-Client',
  'option forwardfor except 127.0.0.1 if-none',
  'option originalto',
  'option originalto header X-To',
  'option originalto except 127.0.0.1',
  'http-request add-header X-Forwarded-For 2.2.2.2',
  'http-request set-header X-Forwarded-For %[src]',
  'http-request del-header X-Forwarded-For',
  'http-request del-header x- -m beg',
  'http-request del-header for -m sub',
  'http-request set-header Host other',
  'http-request del-header Host',
  'http-request add-header Connection close',
  'http-request add-header Connection "close, X-Mine"',
  'http-request add-header Connection keep-alive',
  'http-request add-header Connection X-Mine',
  'http-response set-header Server mine',
  'http-response del-header Server',
  'http-response add-header Set-Cookie e=5',
  'http-response set-status 202 reason "Well, yes"',
  'http-response set-header Connection close',
  'http-response add-header Connection "X-Mine, close"',
  'http-response add-header Connection keep-alive',
  'http-response add-header Connection X-Mine',
  'http-after-response set-header Connection close',
  'http-after-response set-header X-After %[status]',
  'http-request set-header X-Count %[req.hdr_cnt(x-a)]',
  'http-request replace-header X-A (.) <\\1>',
  'http-request replace-value X-A a b',
  'http-request set-method PUT',
  'http-request set-path /other',
  'http-request set-query a=b',
  'http-request set-uri /u?v=w',
  'unique-id-format %[src]',
];

const rules: readonly OracleCase[] = RULES.map((line) => ({
  name: line,
  with: line.startsWith('unique-id-format') ? [line, 'unique-id-header X-Id'] : [line],
  replies: { '*': ok('answer', 'Server: theirs', 'Set-Cookie: d=4') },
  steps: [
    send(get('/path?q=1', 'X-Forwarded-For: 1.1.1.1', 'X-A: a', 'X-Client: c', 'X-A: b')),
    /response .*Connection .*close/.test(line) ? eof : answers(1),
  ],
}));

const both: readonly OracleCase[] = [
  {
    name: 'option forwardfor in frontend and backend',
    with: ['option forwardfor header X-One'],
    back: ['option forwardfor header X-Two'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option forwardfor if-none without any',
    with: ['option forwardfor if-none'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option forwardfor with several in the request',
    with: ['option forwardfor'],
    steps: [send(get('/', 'X-Forwarded-For: 1.1.1.1', 'X-Forwarded-For: 2.2.2.2')), answers(1)],
  },
  {
    name: 'option forwardfor for each request of a connection',
    with: ['option forwardfor'],
    steps: [send(get('/1'), get('/2')), answers(2)],
  },
  {
    name: 'http-request and http-response rules of frontend and backend in order',
    with: ['http-request add-header X-Order f', 'http-response add-header X-Order f'],
    back: ['http-request add-header X-Order b', 'http-response add-header X-Order b'],
    steps: [send(get('/')), answers(1)],
  },
];

export const fields: Family = {
  name: 'fields and targets',
  cases: [...requests, ...responses, ...rules, ...both],
};
