/** What clients get when something is refused or broken, as a page of the proxy's own or of the configuration. */
import {
  answers,
  ask,
  eof,
  type Family,
  get,
  type OracleCase,
  post,
  send,
  status,
} from '../../support/programs/oracle-case.ts';

/** What of a rule's answer is followed by another request. */
const denied: readonly OracleCase[] = [
  { name: 'deny', with: ['http-request deny if { path / }'], steps: [send(get('/')), answers(1)] },
  ...[400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504].map(
    (code) => ({
      name: `deny with status ${code}`,
      with: [`http-request deny deny_status ${code} if { path / }`],
      steps: [send(get('/', 'Connection: close')), eof],
    }),
  ),
  {
    name: 'deny of a POST',
    with: ['http-request deny if METH_POST'],
    steps: [send(post('/', 'abc')), answers(1)],
  },
  {
    name: 'deny of a HEAD',
    with: ['http-request deny if METH_HEAD'],
    steps: [send(ask('HEAD / HTTP/1.1', 'Connection: close')), eof],
  },
  {
    name: 'deny of a request of HTTP/1.0',
    with: ['http-request deny'],
    steps: [send('GET / HTTP/1.0\r\n\r\n'), eof],
  },
  {
    name: 'a response that is denied',
    with: ['http-response deny if { status 404 }'],
    replies: { '/': status('404 Not Found', 'gone') },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a response that is denied with status 429',
    with: ['http-response deny deny_status 429 if { status 404 }'],
    replies: { '/': status('404 Not Found', 'gone') },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'tarpit answers late',
    with: ['http-request tarpit if { path / }', 'timeout tarpit 50ms'],
    steps: [send(get('/', 'Connection: close')), eof],
  },
  {
    name: 'tarpit with a status of its own',
    with: ['http-request tarpit deny_status 429 if { path / }', 'timeout tarpit 50ms'],
    steps: [send(get('/', 'Connection: close')), eof],
  },
  { name: 'reject', with: ['http-request reject if { path / }'], steps: [send(get('/')), eof] },
];

const pages: readonly OracleCase[] = [
  {
    name: 'errorfile for a status that a rule gives',
    with: ['errorfile 403 <file:page>', 'http-request deny if { path / }'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'errorfile for a backend without servers',
    with: ['errorfile 503 <file:page>'],
    servers: [],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'errorfile for a request that cannot be read',
    with: ['errorfile 400 <file:refusal>'],
    steps: [send('BAD\r\n\r\n'), eof],
  },
  {
    name: 'an empty errorfile gives nothing',
    with: ['errorfile 400 /dev/null'],
    steps: [send('BAD\r\n\r\n'), eof],
  },
  {
    name: 'an errorfile that says close',
    with: ['errorfile 403 <file:closing>', 'http-request deny if { path / }'],
    steps: [send(get('/')), eof],
  },
  {
    name: 'errorloc',
    with: ['errorloc 403 http://errors/403', 'http-request deny if { path / }'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'errorloc302',
    with: ['errorloc302 503 /sorry'],
    servers: [],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'errorloc303',
    with: ['errorloc303 403 /see', 'http-request deny if METH_POST'],
    steps: [send(post('/', 'a')), answers(1)],
  },
  {
    name: 'errorfiles of a section',
    with: ['errorfiles pages-<me>', 'http-request deny if { path / }'],
    sections: ['http-errors pages-<me>', '  errorfile 403 <file:page>'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a deny with a page of its own',
    with: [
      'http-request deny deny_status 404 content-type text/plain string nothing hdr X-Why rule if { path / }',
    ],
    steps: [send(get('/')), answers(1)],
  },
];

const broken: readonly OracleCase[] = [
  { name: 'no server', servers: [], steps: [send(get('/')), answers(1)] },
  { name: 'servers that are disabled', servers: ['o disabled'], steps: [send(get('/')), answers(1)] },
  {
    name: 'a use_backend without servers',
    with: ['use_backend <me>-empty if { path / }'],
    back: [],
    sections: ['backend <me>-empty'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a head of the server that is too big',
    replies: { '/': status('200 OK', '', `X-Big: ${'b'.repeat(17_000)}`) },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a head of the server with too many fields',
    replies: { '/': status('200 OK', '', ...Array.from({ length: 120 }, (_, i) => `X-${i}: 1`)) },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a request head that is too big',
    steps: [send(get('/', `X-Big: ${'b'.repeat(17_000)}`)), eof],
  },
  {
    name: 'a target that is too long',
    steps: [send(get(`/${'b'.repeat(17_000)}`)), eof],
  },
  {
    name: 'a request head that fills the buffer up to its reserve',
    steps: [send(get('/', `X-Big: ${'b'.repeat(15_200)}`)), answers(1)],
  },
  {
    name: 'a head of the server that fills the buffer up to its reserve',
    replies: { '/': status('200 OK', '', `X-Big: ${'b'.repeat(15_200)}`) },
    steps: [send(get('/')), answers(1)],
  },
];

const PAGE = 'HTTP/1.1 404 Nope\r\nX-Own: 1\r\nContent-Type: text/x\r\nContent-Length: 4\r\n\r\nbody';
const REFUSAL = 'HTTP/1.1 400 Bad\r\nX-Own: 1\r\nContent-Type: text/x\r\nContent-Length: 4\r\n\r\nbody';
const CLOSING = 'HTTP/1.0 403 Forbidden\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<p>no</p>\n';

export const errors: Family = {
  name: 'errors and their pages',
  files: { page: PAGE, refusal: REFUSAL, closing: CLOSING },
  cases: [...denied, ...pages, ...broken],
};
