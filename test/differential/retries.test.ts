/** What is tried again, where and how often, side by side with HAProxy: `retries`, `retry-on`, `option redispatch`. */
import { after, describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions } from '../support/programs/arena.ts';
import { type Case, request, response } from '../support/programs/exchanges.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import type { Reply } from '../support/programs/scripted-origin.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

/** Refuses connections. */
const dead = reservedPort();
after(() => dead.close());

/** Fails as its target says. */
function faultyOrigin(name: string): { readonly [target: string]: Reply } {
  return {
    '*': response('200 OK', name),
    '/empty': '<close>',
    '/reset': '<reset>',
    '/junk': 'JUNK JUNK\r\n\r\n',
    '/partial': 'HTTP/1.1 200 OK\r\nCont<close>',
    '/silent': () => {},
    '/404': response('404 Not Found', name),
    '/503': response('503 Service Unavailable', name),
  };
}

interface RetryCase {
  readonly lines: readonly string[];
  readonly targets: readonly string[];
  readonly servers?: readonly string[];
  readonly differsBecause?: string;
}

const LIVE = ['s1 {s1}', 's2 {s2}', 's3 {s3}'];
const DEAD_FIRST = ['d1 {dead}', 's2 {s2}', 's3 {s3}'];
const ALL_DEAD = ['d1 {dead}', 'd2 {dead}', 'd3 {dead}'];
const FAILURES = ['/empty', '/reset', '/junk', '/partial', '/silent', '/404', '/503'];
const ALL = 'retry-on all-retryable-errors';
const OTHER_MEANING =
  'the manual says that 0 disables redispatching, and HAProxy 2.6 goes elsewhere all the same';

const CASES: readonly RetryCase[] = [
  ...[
    'none',
    'conn-failure',
    'empty-response',
    'junk-response',
    'response-timeout',
    '0rtt-rejected',
    '404',
    '503',
    'empty-response 404 503',
    'all-retryable-errors',
  ].map((reasons) => ({ lines: [`retry-on ${reasons}`], targets: FAILURES })),
  { lines: [ALL, 'retries 0'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'retries 1'], targets: ['/empty', '/503', '/silent'] },
  { lines: [ALL, 'option redispatch'], targets: FAILURES },
  { lines: [ALL, 'option redispatch 1'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'option redispatch 2', 'retries 5'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'option redispatch -2', 'retries 5'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'balance static-rr', 'option redispatch'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'balance source', 'option redispatch'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'use-server s2 if TRUE'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'use-server s2 if TRUE', 'option redispatch'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'use-server s2 if TRUE', 'option redispatch 2'], targets: ['/empty', '/503'] },
  { lines: [ALL, 'option redispatch 0'], targets: ['/503'], differsBecause: OTHER_MEANING },
  { lines: ['option redispatch'], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['option redispatch'], targets: ['/'], servers: ALL_DEAD },
  { lines: ['option redispatch 1', 'balance source'], targets: ['/'], servers: ALL_DEAD },
  { lines: ['option redispatch'], targets: ['/'], servers: ['d1 {dead}'] },
  { lines: [], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['retries 0'], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['retries 1', 'option redispatch'], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['retry-on none', 'option redispatch'], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['retry-on 503', 'option redispatch'], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['option redispatch', 'use-server d1 if TRUE'], targets: ['/', '/'], servers: DEAD_FIRST },
  { lines: ['option redispatch 2', 'use-server d1 if TRUE'], targets: ['/', '/'], servers: DEAD_FIRST },
];

const BODIES: readonly (readonly [name: string, bytes: string])[] = [
  ['a short body', request('POST /empty', ['Content-Length: 5'], 'hello')],
  ['chunks', request('POST /empty', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n')],
  [
    'chunks and trailers',
    request('POST /empty', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n'),
  ],
  ['a body larger than a buffer', request('POST /empty', ['Content-Length: 20000'], 'x'.repeat(20_000))],
];

const keyOf = (index: number) => `case${index}`;
const BODY_KEYS = { all: [ALL], disabled: [ALL, 'http-request disable-l7-retry if METH_POST'] } as const;

function section(key: string, lines: readonly string[], servers: readonly string[], ports: Ports): string {
  const addressed = servers.map((server) => {
    const text = server.replace(/\{(\w+)\}/, (_, name: string) => `127.0.0.1:${ports[name] ?? dead.port}`);
    return `server ${text}`;
  });
  return `listen ${key}\n  bind "fd@\${${key}}"\n${[...lines, ...addressed].map((line) => `  ${line}\n`).join('')}`;
}

interface Ports {
  readonly [name: string]: number;
}

const options: ArenaOptions = {
  listeners: [...CASES.map((_, index) => keyOf(index)), ...Object.keys(BODY_KEYS)],
  origins: { s1: faultyOrigin('s1'), s2: faultyOrigin('s2'), s3: faultyOrigin('s3') },
  config: (ports) => `global
  nbthread 1
  log 127.0.0.1:${ports['log']} local0
defaults
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 300ms
  timeout connect 400ms
${CASES.map(({ lines, servers = LIVE }, index) => section(keyOf(index), lines, servers, ports)).join('')}
${Object.entries(BODY_KEYS)
  .map(([key, lines]) => section(key, lines, LIVE, ports))
  .join('')}`,
};

function playing(key: string, bytes: string): Case['play'] {
  return async (stage) => {
    const client = stage.connect(key);
    client.send(bytes);
    await client.responses(1);
  };
}

function casesOf({ lines, targets, servers, differsBecause }: RetryCase, index: number): Case[] {
  const where = servers === undefined ? '' : ` with the servers ${servers.join(', ')}`;
  return targets.map((target, nth) => ({
    name: `${lines.join(', ')}: request ${nth + 1} for ${target}${where}`,
    lines: 1,
    ...(differsBecause !== undefined && { differsBecause }),
    play: playing(keyOf(index), request(`GET ${target}`)),
  }));
}

describe('retries', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, [
    ...CASES.flatMap(casesOf),
    ...Object.entries(BODY_KEYS).flatMap(([key, lines]) =>
      BODIES.map(([name, bytes]) => ({
        name: `${lines.join(', ')}: a request with ${name} that is not answered`,
        lines: 1,
        play: playing(key, bytes),
      })),
    ),
  ]);
});
