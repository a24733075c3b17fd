/** Which connections live on behind an answer, on the client's side, by version, option and field. */
import {
  answers,
  eof,
  type Family,
  fin,
  get,
  head,
  type OracleCase,
  ok,
  post,
  send,
} from '../../support/programs/oracle-case.ts';

const OPTIONS = [
  [],
  ['option http-keep-alive'],
  ['option http-server-close'],
  ['option httpclose'],
  ['option http-server-close', 'option http-pretend-keepalive'],
] as const;

/** A request, and whether its client asked for the connection to be kept. */
const REQUESTS = [
  { bytes: get('/'), isKept: true },
  { bytes: get('/', 'Connection: close'), isKept: false },
  { bytes: get('/', 'Connection: keep-alive'), isKept: true },
  { bytes: 'GET / HTTP/1.0\r\nHost: h\r\n\r\n', isKept: false },
  { bytes: 'GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n', isKept: true },
  { bytes: get('/', 'Connection: Close, Keep-Alive'), isKept: false },
] as const;

function named(bytes: string): string {
  return bytes
    .replace(/\r\nHost: \S+/, '')
    .split('\r\n')
    .filter(Boolean)
    .join(', ');
}

const requests: readonly OracleCase[] = OPTIONS.flatMap((lines) =>
  REQUESTS.map(({ bytes, isKept }) => ({
    name: `${named(bytes)} with ${lines.join(', ') || 'no option'}`,
    with: lines,
    steps: [send(bytes), isKept && !lines.some((line) => line === 'option httpclose') ? answers(1) : eof],
  })),
);

const OLD_KEEP = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';

const responses: readonly OracleCase[] = [
  {
    name: 'an answer with Connection: close does not close the client',
    replies: { '/': ok('x', 'Connection: close') },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'an answer with Connection: close, and an origin that closes',
    replies: { '/': `${ok('x', 'Connection: close')}<close>` },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'an answer that ends with the connection closes the client',
    replies: { '/': `${head('HTTP/1.1 200 OK')}all<close>` },
    steps: [send(get('/')), eof],
  },
  {
    name: 'an answer of HTTP/1.0 with a length leaves the client open',
    replies: { '/': 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx<close>' },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'an answer of HTTP/1.0 that keeps its connection is followed by another on it',
    replies: { '/': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx' },
    steps: [send(get('/')), answers(1), send(get('/')), answers(2)],
  },
  {
    name: 'a chunked answer to a client of HTTP/1.0 that would keep the connection',
    replies: { '/': `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n` },
    steps: [send(OLD_KEEP), answers(1), fin, eof],
    logs: 1,
  },
  {
    name: 'an answer with a length to a client of HTTP/1.0 that keeps the connection',
    replies: { '/': ok('x') },
    steps: [send(OLD_KEEP), answers(1), send(OLD_KEEP), answers(2)],
  },
  {
    name: 'an answer without a body to a client of HTTP/1.0 that keeps the connection',
    replies: { '/': head('HTTP/1.1 204 No Content') },
    steps: [send(OLD_KEEP), answers(1)],
  },
  {
    name: 'ten requests in a pipeline',
    steps: [send(...Array.from({ length: 10 }, (_, i) => get(`/${i}`))), answers(10)],
  },
  {
    name: 'a pipeline of bodies',
    steps: [send(post('/1', 'abc'), post('/2', ''), get('/3'), post('/4', 'd')), answers(4)],
  },
  {
    name: 'a pipeline whose second request closes: the third is not served',
    steps: [send(get('/1'), get('/2', 'Connection: close'), get('/3')), answers(2), eof],
  },
  {
    name: 'requests in turn, the last closes',
    steps: [
      send(get('/1')),
      answers(1),
      send(get('/2')),
      answers(2),
      send(get('/3', 'Connection: close')),
      answers(3),
      eof,
    ],
  },
  {
    name: 'a request that comes byte by byte is one request',
    steps: [...[...get('/a')].map((byte) => send(byte)), answers(1)],
  },
  {
    name: 'empty lines between requests',
    steps: [
      send(get('/1')),
      answers(1),
      send('\r\n', get('/2')),
      answers(2),
      send('\r\n\r\n\r\n', get('/3')),
      answers(3),
    ],
  },
];

export const keepAlive: Family = { name: 'keep-alive', cases: [...requests, ...responses] };
