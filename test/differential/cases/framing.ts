/** Where messages begin and end: what is passed on, what is refused, in both directions. */
import {
  answers,
  arrived,
  ask,
  chunks,
  eof,
  type Family,
  fin,
  get,
  head,
  type OracleCase,
  post,
  postChunked,
  probe,
  probeBehindHead,
  send,
  until,
} from '../../support/programs/oracle-case.ts';

/** Requests behind which the connection serves another. */
const GOOD: { readonly [name: string]: string } = {
  'a body with a length': post('/', 'hello'),
  'an empty body with a length': post('/', ''),
  'a POST without any length': ask('POST / HTTP/1.1'),
  'the same length twice': head(
    'POST / HTTP/1.1',
    'Host: h',
    'Content-Length: 2',
    'Content-Length: 2',
  ).concat('ab'),
  'the same length twice in one field': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 2, 2').concat(
    'ab',
  ),
  'a length with leading zeros': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 0002').concat('ab'),
  'a length with blanks around': head('POST / HTTP/1.1', 'Host: h', 'Content-Length:   2  ').concat('ab'),
  chunks: postChunked('/', chunks('abc', 'de')),
  'no chunk but the last': postChunked('/', chunks()),
  'chunk sizes in capitals with zeros': postChunked('/', '000A\r\n0123456789\r\n0\r\n\r\n'),
  'chunk extensions': postChunked('/', '3;a=b;c="d;e"\r\nabc\r\n0;last\r\n\r\n'),
  trailers: postChunked('/', '3\r\nabc\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n', 'Trailer: X-T'),
  'a coding in other letters': head('POST / HTTP/1.1', 'Host: h', 'transfer-ENCODING: CHUNKED').concat(
    chunks('a'),
  ),
  'a GET with a body': ask('GET / HTTP/1.1', 'Content-Length: 3').concat('abc'),
  'a GET with chunks': ask('GET / HTTP/1.1', 'Transfer-Encoding: chunked').concat(chunks('abc')),
  'a DELETE with a body': ask('DELETE / HTTP/1.1', 'Content-Length: 3').concat('abc'),
  'lines that end with LF': 'GET / HTTP/1.1\nHost: h\nX-A: 1\n\n',
  'a body that looks like a request': post('/', get('/inner')),
};

/** Requests that are refused, or behind which the connection must not serve another. */
const BAD: { readonly [name: string]: string } = {
  'a length and chunks': head(
    'POST / HTTP/1.1',
    'Host: h',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
  ).concat(chunks('a')),
  'chunks and a length': head(
    'POST / HTTP/1.1',
    'Host: h',
    'Transfer-Encoding: chunked',
    'Content-Length: 5',
  ).concat(chunks('a')),
  'two lengths': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 1', 'Content-Length: 2').concat('ab'),
  'two lengths in one field': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 1, 2').concat('ab'),
  'a negative length': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: -1'),
  'a length with a sign': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: +1').concat('a'),
  'a length of hexadecimal digits': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 0x1').concat('a'),
  'an empty length': head('POST / HTTP/1.1', 'Host: h', 'Content-Length:'),
  'a length that overflows': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 99999999999999999999'),
  'a length with a blank inside': head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 1 1').concat('a'),
  'gzip before chunked': head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: gzip, chunked').concat(
    chunks('a'),
  ),
  'chunked before gzip': head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked, gzip').concat(
    chunks('a'),
  ),
  'chunked twice': head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked, chunked').concat(
    chunks('a'),
  ),
  identity: head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: identity'),
  'chunked in quotes': head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: "chunked"').concat(chunks('a')),
  'a coding with a vertical tab': head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding:\x0bchunked').concat(
    chunks('a'),
  ),
  'a blank before the colon of a coding': head(
    'POST / HTTP/1.1',
    'Host: h',
    'Transfer-Encoding : chunked',
  ).concat(chunks('a')),
  'chunks in HTTP/1.0': head('POST / HTTP/1.0', 'Host: h', 'Transfer-Encoding: chunked').concat(chunks('a')),
  'a bare CR in a value': 'GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n',
  'a bare CR behind a name': 'GET / HTTP/1.1\r\nHost: h\r\nX\r: a\r\n\r\n',
  'a NUL in a name': 'GET / HTTP/1.1\r\nHost: h\r\nX\0Y: a\r\n\r\n',
  'a field without a colon': 'GET / HTTP/1.1\r\nHost: h\r\nnothing\r\n\r\n',
  'a field without a name': 'GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n',
  'a head that begins with a blank': 'GET / HTTP/1.1\r\n X: y\r\nHost: h\r\n\r\n',
  'a blank before the colon': 'GET / HTTP/1.1\r\nHost : h\r\n\r\n',
};

/** Chunked bodies that go wrong when their head has passed. */
const BAD_CHUNKS: { readonly [name: string]: string } = {
  'a size that is no number': 'zz\r\n',
  'an empty size': '\r\n',
  'a size with a blank before': ' 3\r\nabc\r\n',
  'a size with a sign': '-3\r\nabc\r\n',
  'a size of 0x': '0x3\r\nabc\r\n',
  'a size that overflows': 'fffffffffffffffff\r\nabc\r\n',
  'a chunk that is longer than its size': '3\r\nabcd\r\n0\r\n\r\n',
  'a chunk that is shorter than its size': '5\r\nabc\r\n0\r\n\r\n',
};

const requests: readonly OracleCase[] = [
  ...Object.entries(GOOD).map(([name, bytes]) => ({
    name: `a request: ${name}`,
    steps: [send(bytes), answers(1)],
  })),
  ...Object.entries(BAD).map(([name, bytes]) => ({ name: `a request: ${name}`, steps: [send(bytes), eof] })),
  ...Object.entries(BAD_CHUNKS).map(([name, bytes]) => ({
    name: `a chunked request: ${name}`,
    replies: { '/': '<hold>' },
    steps: [send(postChunked('/', '1\r\nx\r\n')), arrived('/'), send(bytes), eof],
  })),
  {
    name: 'a fold is made a blank',
    steps: [send('GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\tc\r\n\r\n'), answers(1)],
  },
];

/** Answers behind which the client's connection serves another request. */
const GOOD_ANSWERS: { readonly [name: string]: string } = {
  chunks: head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked').concat(chunks('abc', 'de')),
  'no chunk but the last': head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked').concat(chunks()),
  'chunk extensions': head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked').concat(
    '3;x=y\r\nabc\r\n0\r\n\r\n',
  ),
  trailers: head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked').concat('1\r\na\r\n0\r\nX-T: 1\r\n\r\n'),
  'a length of zero': head('HTTP/1.1 200 OK', 'Content-Length: 0'),
  'the same length twice': head('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 1').concat('a'),
  'a length and chunks': head('HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked').concat(
    chunks('a'),
  ),
  'a 204': head('HTTP/1.1 204 No Content'),
  'a 304 with a length': head('HTTP/1.1 304 Not Modified', 'Content-Length: 12'),
  'a 205': head('HTTP/1.1 205 Reset Content', 'Content-Length: 0'),
  'two lengths': head('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2').concat('ab'),
  'a bad length': head('HTTP/1.1 200 OK', 'Content-Length: x'),
  'a field without a colon': head('HTTP/1.1 200 OK', 'nothing', 'Content-Length: 0'),
  'a blank before a colon': head('HTTP/1.1 200 OK', 'X : y', 'Content-Length: 0'),
  'a status of four digits': head('HTTP/1.1 2000 OK', 'Content-Length: 0'),
  'no reason': head('HTTP/1.1 200', 'Content-Length: 0'),
  'a version of the future': head('HTTP/2.0 200 OK', 'Content-Length: 0'),
  'a protocol of its own': head('ICY 200 OK', 'Content-Length: 0'),
  'lines that end with LF': 'HTTP/1.1 200 OK\nContent-Length: 1\n\nx',
  'an unknown coding': head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked').concat(chunks('a')),
  'a fold': 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n',
  'surplus behind a body': head('HTTP/1.1 200 OK', 'Content-Length: 1').concat('ab'),
};

const responses: readonly OracleCase[] = [
  ...Object.entries(GOOD_ANSWERS).map(([name, bytes]) => ({
    name: `an answer: ${name}`,
    replies: { '/': bytes },
    steps: [send(get('/')), answers(1)],
  })),
  ...['Content-Length: 5', 'Transfer-Encoding: chunked', 'X: no length'].map((field) => ({
    name: `an answer to HEAD with ${field}`,
    replies: { '/': head('HTTP/1.1 200 OK', field) },
    steps: [send(ask('HEAD / HTTP/1.1')), answers(1, [0]), probeBehindHead],
  })),
  {
    name: 'an answer to HEAD with a body all the same: the connection is not used again',
    replies: { '/': head('HTTP/1.1 200 OK', 'Content-Length: 1').concat('x') },
    steps: [send(ask('HEAD / HTTP/1.1')), answers(1, [0]), probeBehindHead],
  },
  {
    name: 'an answer: until the end of the connection',
    replies: { '/': `${head('HTTP/1.1 200 OK')}everything<close>` },
    steps: [send(get('/')), eof],
  },
  {
    name: 'an answer: gzip without chunks, until the end of the connection',
    replies: { '/': `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip')}x<close>` },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'an answer: a bad chunk size behind a good chunk',
    replies: { '/': `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}1\r\na\r\nzz\r\n` },
    steps: [send(get('/')), answers(1), fin, eof],
    logs: 1,
  },
  {
    name: 'chunks to a client of HTTP/1.0',
    replies: { '/': head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked').concat(chunks('abc')) },
    steps: [send('GET / HTTP/1.0\r\n\r\n'), eof],
  },
  {
    name: 'an answer of 100,000 bytes',
    replies: { '/': head('HTTP/1.1 200 OK', 'Content-Length: 100000').concat('x'.repeat(100_000)) },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a request of 100,000 bytes',
    steps: [send(post('/', 'y'.repeat(100_000))), answers(1)],
  },
  {
    name: 'a body that comes in two pieces',
    steps: [
      send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 6'), 'abc'),
      arrived('/'),
      send('def'),
      answers(1),
      probe,
    ],
  },
];

const UNTIL_NEXT: OracleCase = {
  name: 'a pipelined request behind chunks',
  steps: [send(postChunked('/1', chunks('abc')), get('/2')), answers(2), until('o')],
};

export const framing: Family = { name: 'framing', cases: [...requests, ...responses, UNTIL_NEXT] };
