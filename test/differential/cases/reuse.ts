/** Which connections to servers serve which requests. */
import {
  answers,
  by,
  eof,
  type Family,
  get,
  type OracleCase,
  ok,
  post,
  type Step,
  send,
} from '../../support/programs/oracle-case.ts';

/** One client with two requests, then another with two. */
const TWO_CLIENTS: readonly Step[] = [
  send(get('/1')),
  answers(1),
  send(get('/2')),
  answers(2),
  by('b', send(get('/3'))),
  by('b', answers(1)),
  by('b', send(get('/4'))),
  by('b', answers(2)),
];

/** The first client leaves before the second comes. */
const ONE_AFTER_ANOTHER: readonly Step[] = [
  send(get('/1', 'Connection: close')),
  eof,
  by('b', send(get('/2', 'Connection: close'))),
  by('b', eof),
  by('c', send(get('/3'))),
  by('c', answers(1)),
];

const ONCE_EACH: readonly Step[] = [send(get('/1')), eof, by('b', send(get('/2'))), by('b', eof)];

const MODES = ['never', 'safe', 'aggressive', 'always'] as const;
const SWITCHES = ['option http-keep-alive', 'option http-server-close', 'option httpclose'] as const;

const modes: readonly OracleCase[] = MODES.flatMap((mode) => [
  ...SWITCHES.map((option) => ({
    name: `two clients with http-reuse ${mode} and ${option}`,
    with: [`http-reuse ${mode}`, option],
    steps: option === 'option httpclose' ? ONCE_EACH : TWO_CLIENTS,
  })),
  {
    name: `one client after another with http-reuse ${mode}`,
    with: [`http-reuse ${mode}`],
    steps: ONE_AFTER_ANOTHER,
  },
  {
    name: `requests with bodies with http-reuse ${mode}`,
    with: [`http-reuse ${mode}`],
    steps: [send(post('/1', 'abc')), answers(1), by('b', send(post('/2', 'de'))), by('b', answers(1))],
  },
]);

const limits: readonly OracleCase[] = [
  {
    name: 'max-reuse 1 lets a connection serve two requests',
    servers: ['o max-reuse 1'],
    with: ['http-reuse always'],
    steps: [send(get('/1'), get('/2'), get('/3'), get('/4')), answers(4)],
  },
  {
    name: 'max-reuse 0 makes a connection for each request',
    servers: ['o max-reuse 0'],
    with: ['http-reuse always'],
    steps: [send(get('/1'), get('/2')), answers(2)],
  },
  {
    name: 'pool-max-conn 0 keeps no connection that its client left',
    servers: ['o pool-max-conn 0'],
    with: ['http-reuse always'],
    steps: ONE_AFTER_ANOTHER,
  },
  {
    name: 'http-reuse always with two servers in turn',
    servers: ['o', 'p'],
    with: ['http-reuse always', 'balance roundrobin'],
    steps: [send(get('/1'), get('/2'), get('/3'), get('/4')), answers(4)],
  },
  {
    name: 'option prefer-last-server keeps to the server of the connection',
    servers: ['o', 'p'],
    with: ['option prefer-last-server', 'balance roundrobin'],
    steps: [send(get('/1'), get('/2'), get('/3')), answers(3)],
  },
  {
    name: 'without prefer-last-server servers take turns on one connection',
    servers: ['o', 'p'],
    with: ['balance roundrobin'],
    steps: [send(get('/1'), get('/2'), get('/3')), answers(3)],
  },
];

const ends: readonly OracleCase[] = [
  {
    name: 'a connection whose server closed behind its answer is not used again',
    with: ['http-reuse always'],
    replies: { '/': `${ok('x')}<close>` },
    steps: [send(get('/')), answers(1), send(get('/')), answers(2)],
  },
  {
    name: 'a connection whose answer said close is not used again',
    with: ['http-reuse always'],
    replies: { '/': ok('x', 'Connection: close') },
    steps: [send(get('/')), answers(1), send(get('/')), answers(2)],
  },
  {
    name: 'a connection with an answer of HTTP/1.0 is not used again',
    with: ['http-reuse always'],
    replies: { '/': 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx' },
    steps: [send(get('/')), answers(1), send(get('/')), answers(2)],
  },
  {
    name: 'an error of the server leaves its connection in use',
    replies: { '/': 'HTTP/1.1 500 Oops\r\nContent-Length: 1\r\n\r\nx' },
    steps: [send(get('/')), answers(1), send(get('/2')), answers(2)],
  },
  {
    name: 'a 401 leaves its connection in use',
    replies: {
      '/': 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
    },
    steps: [send(get('/')), answers(1), send(get('/2')), answers(2)],
  },
  {
    name: 'a challenge of NTLM keeps its connection for the client',
    with: ['http-reuse always'],
    replies: { '/': 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n' },
    steps: [
      send(get('/')),
      answers(1),
      by('b', send(get('/2'))),
      by('b', answers(1)),
      send(get('/3')),
      answers(2),
    ],
  },
  {
    name: 'a challenge of Negotiate keeps the client with its server',
    with: ['balance roundrobin'],
    servers: ['o', 'p'],
    replies: { '/': 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n' },
    steps: [send(get('/')), answers(1), send(get('/2')), answers(2), send(get('/3')), answers(3)],
  },
];

export const reuse: Family = { name: 'connections to servers', cases: [...modes, ...limits, ...ends] };
