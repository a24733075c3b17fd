/** Timeouts with their answers, ends and log states. */
import {
  answers,
  arrived,
  by,
  connect,
  eof,
  type Family,
  fin,
  get,
  head,
  type OracleCase,
  ok,
  says,
  send,
  settle,
} from '../../support/programs/oracle-case.ts';

const HOLD = { '/': '<hold>' };
const HALF = head('HTTP/1.1 200 OK', 'Content-Length: 10').concat('half');

const cases: readonly OracleCase[] = [
  { name: 'timeout http-request: nothing', with: ['timeout http-request 50ms'], steps: [connect, eof] },
  {
    name: 'timeout http-request: half a head',
    with: ['timeout http-request 50ms'],
    steps: [send('GET / HTTP/1.1\r\n'), eof],
  },
  { name: 'timeout client: nothing', with: ['timeout client 50ms'], steps: [connect, eof] },
  {
    name: 'timeout client: half a head',
    with: ['timeout client 50ms'],
    steps: [send('GET / HTTP/1.1\r\n'), eof],
  },
  {
    name: 'timeout http-request with http-ignore-probes: nothing is said',
    with: ['timeout http-request 50ms', 'option http-ignore-probes'],
    steps: [connect, eof],
    logs: 0,
  },
  {
    name: 'timeout http-keep-alive',
    with: ['timeout http-keep-alive 50ms'],
    steps: [send(get('/')), answers(1), eof],
  },
  {
    name: 'timeout http-request serves for keep-alive where that is not set',
    with: ['timeout http-request 50ms'],
    steps: [send(get('/')), answers(1), eof],
  },
  {
    name: 'timeout http-keep-alive with half a second head',
    with: ['timeout http-keep-alive 30s', 'timeout http-request 50ms'],
    steps: [send(get('/')), answers(1), send('GET'), eof],
    logs: 2,
  },
  {
    name: 'timeout server: no answer',
    with: ['timeout server 50ms'],
    replies: HOLD,
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'timeout server: half a head',
    with: ['timeout server 50ms'],
    replies: { '/': 'HTTP/1.1 200 OK\r\nX:' },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'timeout server: half a body',
    with: ['timeout server 50ms'],
    replies: { '/': HALF },
    steps: [send(get('/')), eof],
  },
  {
    name: 'timeout server: behind an informational answer',
    with: ['timeout server 50ms'],
    replies: { '/': 'HTTP/1.1 100 Continue\r\n\r\n' },
    steps: [send(get('/')), answers(1)],
  },
  {
    name: 'timeout tunnel',
    with: ['timeout tunnel 50ms'],
    replies: { '/': head('HTTP/1.1 101 Switching', 'Upgrade: x', 'Connection: Upgrade') },
    steps: [send(get('/', 'Connection: Upgrade', 'Upgrade: x')), eof],
  },
  {
    name: 'timeout queue, and a client that leaves then',
    with: ['timeout queue 50ms'],
    servers: ['o maxconn 1'],
    replies: HOLD,
    steps: [
      send(get('/')),
      arrived('/'),
      by('b', send(get('/2'))),
      by('b', answers(1)),
      by('b', fin),
      settle,
      says(ok('x')),
      answers(1),
    ],
    logs: 3,
  },
  {
    name: 'http-request set-timeout server',
    with: ['http-request set-timeout server 50ms if { path / }'],
    replies: HOLD,
    steps: [send(get('/')), answers(1)],
  },
];

export const timeouts: Family = { name: 'timeouts', cases };
