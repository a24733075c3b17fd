/** What is tried again, how often, and where. */
import {
  answers,
  by,
  eof,
  type Family,
  get,
  head,
  type OracleCase,
  ok,
  post,
  send,
  status,
} from '../../support/programs/oracle-case.ts';

const connecting: readonly OracleCase[] = [
  {
    name: 'retries 0 to a server that refuses',
    with: ['retries 0'],
    servers: ['gone'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'retries 1 to a server that refuses',
    with: ['retries 1', 'timeout connect 50ms'],
    servers: ['gone'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'retries 2 for a request with a body',
    with: ['retries 2', 'timeout connect 50ms'],
    servers: ['gone'],
    steps: [send(post('/', 'abc')), answers(1)],
  },
  {
    name: 'option redispatch goes to another server at the last retry',
    with: ['retries 2', 'timeout connect 50ms', 'option redispatch', 'balance roundrobin'],
    servers: ['gone weight 256', 'o weight 1'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option redispatch 1 goes to another server at once',
    with: ['retries 2', 'timeout connect 50ms', 'option redispatch 1', 'balance roundrobin'],
    servers: ['gone weight 256', 'o weight 1'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option redispatch 2 tries the same server once more',
    with: ['retries 3', 'timeout connect 50ms', 'option redispatch 2', 'balance roundrobin'],
    servers: ['gone weight 256', 'o weight 1'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option redispatch with retries 0 does not help',
    with: ['retries 0', 'option redispatch', 'balance roundrobin'],
    servers: ['gone weight 256', 'o weight 1'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'option redispatch between servers that all refuse',
    with: ['retries 2', 'timeout connect 50ms', 'option redispatch', 'balance roundrobin'],
    servers: ['g1@gone', 'g2@gone'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a redispatched request with a body',
    with: ['retries 1', 'timeout connect 50ms', 'option redispatch', 'balance roundrobin'],
    servers: ['gone weight 256', 'o weight 1'],
    steps: [send(post('/', 'hello')), answers(1)],
  },
  {
    name: 'without redispatch the server that refuses is kept',
    with: ['retries 2', 'timeout connect 50ms', 'no option redispatch', 'balance roundrobin'],
    servers: ['gone weight 256', 'o weight 1'],
    steps: [send(get('/')), answers(1)],
  },
];

/** The first answer is bad, the second good. */
const ONCE_BAD: { readonly [condition: string]: string } = {
  'empty-response': '<close>',
  'junk-response': 'nonsense\r\n\r\n<close>',
  '500': status('500 Oops', 'bad'),
  '502': status('502 Oops', 'bad'),
  '503': status('503 Oops', 'bad'),
  '404': status('404 Oops', 'bad'),
  '403': status('403 Oops', 'bad'),
  '408': status('408 Oops', 'bad'),
  '425': status('425 Oops', 'bad'),
  '504': status('504 Oops', 'bad'),
};

const conditions: readonly OracleCase[] = [
  ...Object.entries(ONCE_BAD).flatMap(([condition, bad]) => [
    {
      name: `retry-on ${condition} sends a GET again`,
      with: [`retry-on ${condition}`],
      replies: { '/': [bad, ok('good')] },
      steps: [send(get('/')), answers(1)],
    },
    {
      name: `without retry-on ${condition} the bad answer stays`,
      replies: { '/': [bad, ok('good')] },
      steps: [send(get('/')), answers(1)],
    },
  ]),
  {
    name: 'retry-on empty-response sends a body again',
    with: ['retry-on empty-response'],
    replies: { '/': ['<close>', ok('good')] },
    steps: [send(post('/', 'hello')), answers(1)],
  },
  {
    name: 'retry-on none tries nothing again, not even connecting',
    with: ['retry-on none', 'retries 2', 'timeout connect 50ms'],
    servers: ['gone'],
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'retry-on 503 gives up behind its retries',
    with: ['retry-on 503', 'retries 2'],
    replies: { '/': status('503 Busy', 'busy') },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'retry-on 503 with redispatch asks the other server',
    with: ['retry-on 503', 'option redispatch 1', 'balance roundrobin'],
    servers: ['o weight 100', 'p weight 1'],
    replies: { '/': [status('503 Busy', 'busy'), ok('good')] },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'retry-on response-timeout sends again',
    with: ['retry-on response-timeout', 'timeout server 100ms'],
    replies: { '/': ['<hold>', ok('good')] },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'retry-on all-retryable-errors takes an empty answer',
    with: ['retry-on all-retryable-errors'],
    replies: { '/': ['<close>', ok('good')] },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'http-request disable-l7-retry stops it',
    with: ['retry-on empty-response', 'http-request disable-l7-retry if METH_POST'],
    replies: { '/': ['<close>', ok('good')] },
    steps: [send(post('/', 'x')), answers(1)],
  },
  {
    name: 'an answer that began is not asked for again',
    with: ['retry-on empty-response junk-response'],
    replies: { '/': [`${head('HTTP/1.1 200 OK', 'Content-Length: 10')}half<close>`, ok('good')] },
    steps: [send(get('/')), eof],
  },
];

const reused: readonly OracleCase[] = [
  {
    name: 'a request on a reused connection that closes without an answer is sent again',
    replies: { '/': [ok('one'), '<close>', ok('three')] },
    steps: [send(get('/')), answers(1), send(get('/')), answers(2)],
    logs: { haproxy: 1, fairlead: 3 },
  },
  {
    name: 'a request with a body on a reused connection that closes without an answer',
    replies: { '/': [ok('one'), '<close>', ok('three')] },
    steps: [send(post('/', 'a')), answers(1), send(post('/', 'b')), answers(2)],
    logs: { haproxy: 1, fairlead: 3 },
  },
  {
    name: 'a request on a reused connection that is reset without an answer',
    replies: { '/': [ok('one'), '<reset>', ok('three')] },
    steps: [send(get('/')), answers(1), send(get('/')), answers(2)],
    logs: { haproxy: 1, fairlead: 3 },
  },
  {
    name: 'a first request that gets no answer is not sent again',
    replies: { '/': ['<close>', ok('two')] },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'a reused connection of another client that closes without an answer',
    with: ['http-reuse always'],
    replies: { '/': [ok('one'), '<close>', ok('three')] },
    steps: [send(get('/')), answers(1), by('b', send(get('/'))), by('b', answers(1))],
  },
];

export const retries: Family = { name: 'retries', cases: [...connecting, ...conditions, ...reused] };
