/** How connections end on both sides: who closes, with FIN or RST, and when. */
import {
  answers,
  arrived,
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
  says,
  send,
  settle,
  until,
} from '../../support/programs/oracle-case.ts';

const HALF = `${head('HTTP/1.1 200 OK', 'Content-Length: 10')}half`;

const servers: readonly OracleCase[] = [
  {
    name: 'httpclose closes the server connection',
    with: ['option httpclose'],
    steps: [send(get('/')), eof, left()],
  },
  {
    name: 'http-server-close closes the server connection and keeps the client’s',
    with: ['option http-server-close'],
    steps: [send(get('/')), answers(1), left()],
  },
  {
    name: 'a client that asks to close: the server’s connection is private and closes',
    with: ['http-reuse never'],
    steps: [send(get('/', 'Connection: close')), eof, left()],
  },
  {
    name: 'a client that leaves takes its server connection along with http-reuse never',
    with: ['http-reuse never'],
    steps: [send(get('/')), answers(1), fin, eof, left()],
    logs: 1,
  },
  {
    name: 'an answer that says close: the proxy closes too',
    replies: { '/': ok('x', 'Connection: close') },
    steps: [send(get('/')), answers(1), left()],
  },
  {
    name: 'an answer of HTTP/1.0: the proxy closes',
    replies: { '/': 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx' },
    steps: [send(get('/')), answers(1), left()],
  },
  {
    name: 'nonsense of a server: its connection is closed',
    replies: { '/': 'NONSENSE\r\n\r\n' },
    steps: [send(get('/')), answers(1), left()],
  },
  {
    name: 'an answer with more bytes than its length: the connection is not used again',
    replies: { '/': `${ok('x')}SURPLUS` },
    steps: [send(get('/')), answers(1), left()],
  },
  {
    name: 'an answer before the body: the server connection is closed',
    replies: { '/': `<early>${ok('enough')}` },
    steps: [
      send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 10'), 'half'),
      answers(1),
      fin,
      eof,
      left(),
    ],
    logs: 1,
  },
  {
    name: 'a cut body closes the client',
    replies: { '/': `${HALF}<close>` },
    steps: [send(get('/')), eof],
  },
  {
    name: 'a body cut by a reset closes the client',
    replies: { '/': '<hold>' },
    steps: [send(get('/')), arrived('/'), says(HALF), until('half'), drops(), eof],
  },
  {
    name: 'a chunked body that is cut closes the client',
    replies: { '/': `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}5\r\nhello\r\n<close>` },
    steps: [send(get('/')), eof],
  },
];

const clients: readonly OracleCase[] = [
  {
    name: 'a client that closes its side behind its request gets the whole answer',
    steps: [send(get('/')), fin, eof],
  },
  {
    name: 'a client that closes its side behind two requests',
    replies: { '/1': '<hold>' },
    steps: [send(get('/1'), get('/2')), arrived('/1'), fin, settle, says(ok('one')), eof],
    logs: 2,
  },
  {
    name: 'a client that closes its side behind a body',
    steps: [send(post('/', 'abc')), fin, eof],
  },
  {
    name: 'a client that closes its side while the server thinks',
    replies: { '/': '<hold>' },
    steps: [send(get('/')), arrived('/'), fin, says(ok('late')), eof],
  },
  {
    name: 'a client that closes between two requests',
    steps: [send(get('/')), answers(1), fin, eof],
    logs: 1,
  },
  {
    name: 'option nolinger on the frontend',
    with: ['option nolinger', 'option httpclose'],
    steps: [send(get('/')), eof],
  },
];

export const closeModes: Family = { name: 'how connections end', cases: [...servers, ...clients] };
