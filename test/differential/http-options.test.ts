/** Options that shape HTTP messages, through HAProxy and Fairlead on one configuration: all must agree. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions } from '../support/programs/arena.ts';
import { type Case, closes, request, response, staysOpen } from '../support/programs/exchanges.ts';
import type { Exchange, Reply } from '../support/programs/scripted-origin.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

function informThenAnswer({ write }: Exchange): void {
  write('HTTP/1.1 103 Early Hints\r\nx-t: 1\r\n\r\n');
  write(response('200 OK', 'final'));
}

const replies: { readonly [target: string]: Reply } = {
  '*': response('200 OK', 'plain'),
  '/probe': response('200 OK', 'probe'),
  '/trailer': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-T: 1\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n',
  '/early': informThenAnswer,
  '/nul': 'HTTP/1.1 200 OK\r\nB d: x\r\nX: a\r\nContent-Length: 0\r\n\r\n',
  '/status': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
};

/** Each frontend with its backend: lines of the one, lines of the other. */
const proxies: {
  readonly [name: string]: readonly [frontend: readonly string[], backend: readonly string[]];
} = {
  fwd: [['option forwardfor if-none'], ['option forwardfor header X-Be']],
  fwdnone: [['option forwardfor'], ['option forwardfor header X-Be if-none']],
  fwdboth: [['option forwardfor header X-Fe if-none'], ['option forwardfor if-none']],
  original: [['option originalto header X-Fe', 'option forwardfor'], ['option originalto']],
  originalexcept: [['option originalto except 127.0.0.1'], ['option originalto']],
  delete: [['option http-restrict-req-hdr-names delete'], ['http-request set-header x_late 1']],
  reject: [['option http-restrict-req-hdr-names reject'], []],
  backreject: [[], ['option http-restrict-req-hdr-names reject']],
  late: [
    ['option forwardfor header x_for', 'unique-id-format a', 'unique-id-header x_id'],
    ['http-send-name-header x_srv', 'option http-restrict-req-hdr-names delete'],
  ],
  pretend: [[], ['option http-pretend-keepalive', 'option httpclose']],
  pretendsclose: [[], ['option http-pretend-keepalive', 'option http-server-close']],
  proxyheader: [['option http-use-proxy-header'], []],
  monitor: [
    [
      'monitor-uri /mon',
      'monitor fail if { hdr(x) 1 }',
      'monitor fail unless { hdr(y) 1 }',
      'http-request deny if { path /mon }',
      'http-after-response set-header x-after 1',
    ],
    [],
  ],
  monitorquery: [['monitor-uri /mon?x'], []],
  monitoruri: [['monitor-uri http://a/mon'], []],
  probes: [['option http-ignore-probes', 'timeout http-request 200ms'], []],
  buffer: [
    ['option http-buffer-request', 'timeout http-request 300ms', 'http-request deny if { path /d }'],
    [],
  ],
  bufferbe: [['timeout client 5s'], ['option http-buffer-request', 'timeout http-request 300ms']],
  bufferclient: [['timeout client 300ms'], ['option http-buffer-request']],
  case: [
    ['option h1-case-adjust-bogus-client', 'option forwardfor header x-fwd'],
    ['option h1-case-adjust-bogus-server'],
  ],
};

const options: ArenaOptions = {
  listeners: Object.keys(proxies),
  origins: { o: replies },
  config: (ports) => `
global
  log 127.0.0.1:${ports['log']} local0
  nbthread 1
  h1-case-adjust content-length Content-LENGTH
  h1-case-adjust host Host
  h1-case-adjust connection CONNECTION
  h1-case-adjust x-t X-T
  h1-case-adjust x-fwd X-Fwd
  h1-case-adjust transfer-encoding TRANSFER-Encoding
defaults
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 30s
  timeout connect 5s
${Object.entries(proxies)
  .map(
    ([name, [frontend, backend]]) => `
frontend ${name}
  bind "fd@\${${name}}"
${frontend.map((line) => `  ${line}\n`).join('')}  default_backend be-${name}
backend be-${name}
${backend.map((line) => `  ${line}\n`).join('')}  server srv1 127.0.0.1:${ports['o']}`,
  )
  .join('\n')}
`,
};

const addresses: Case[] = ['fwd', 'fwdnone', 'fwdboth', 'original', 'originalexcept'].flatMap((to) =>
  [[], ['X-Forwarded-For: 1'], ['X-Be: 1'], ['X-Fe: 1'], ['X-Original-To: 1']].map((fields) =>
    staysOpen(`${to} with ${fields.join() || 'nothing'}`, { to, bytes: request('GET /', fields) }),
  ),
);

const names: Case[] = ['delete', 'reject', 'backreject', 'late'].flatMap((to) => [
  staysOpen(`${to}: usual names`, { to, bytes: request('GET /', ['X-Usual: 1']) }),
  staysOpen(`${to}: unusual names`, { to, bytes: request('GET /', ['x_a: 1', 'X-B: 2', 'x.c: 3']) }),
]);

const connections: Case[] = ['pretend', 'pretendsclose', 'proxyheader'].flatMap((to) => [
  staysOpen(`${to}: HTTP/1.1`, { to, bytes: request('GET /') }),
  closes(`${to}: HTTP/1.0`, { to, bytes: 'GET / HTTP/1.0\r\nHost: a\r\n\r\n' }),
  staysOpen(`${to}: HTTP/1.0 with keep-alive`, {
    to,
    bytes: 'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
  }),
  staysOpen(`${to}: Proxy-Connection`, {
    to,
    bytes: 'GET http://a/ HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n',
  }),
]);

/** Monitor requests leave no line: only the request behind them does. */
function monitored(name: string, to: string, bytes: string, heads: readonly number[] = []): Case {
  return { ...staysOpen(name, { to, bytes, heads }), lines: 1 };
}

const monitors: Case[] = [
  monitored('monitor-uri fails', 'monitor', request('GET /mon')),
  monitored('monitor-uri is fine', 'monitor', request('GET /mon', ['Y: 1'])),
  monitored('monitor-uri by HEAD', 'monitor', request('HEAD /mon', ['Y: 1']), [0]),
  monitored('monitor-uri in absolute form', 'monitor', request('GET http://example.com/mon', ['Y: 1'])),
  monitored('monitor-uri with a body', 'monitor', request('POST /mon', ['Y: 1', 'Content-Length: 3'], 'abc')),
  {
    ...closes('monitor-uri by HTTP/1.0', { to: 'monitor', bytes: 'GET /mon HTTP/1.0\r\ny: 1\r\n\r\n' }),
    lines: 0,
  },
  staysOpen('another target than monitor-uri', { to: 'monitor', bytes: request('GET /mon?a', ['Y: 1']) }),
  monitored('monitor-uri with a query', 'monitorquery', request('GET /mon?x')),
  staysOpen('monitor-uri without its query', { to: 'monitorquery', bytes: request('GET /mon') }),
  monitored('monitor-uri as a whole target', 'monitoruri', 'GET http://a/mon HTTP/1.1\r\nHost: a\r\n\r\n'),
  staysOpen('monitor-uri as a whole target, asked by its path', {
    to: 'monitoruri',
    bytes: request('GET /mon'),
  }),
];

const probes: Case[] = [
  {
    name: 'http-ignore-probes: nothing in time',
    lines: 0,
    play: async (stage) => {
      await stage.connect('probes').closed();
    },
  },
  {
    name: 'http-ignore-probes: a client that closes at once',
    lines: 0,
    play: async (stage) => {
      const client = stage.connect('probes');
      client.finish();
      await client.closed();
    },
  },
  closes('http-ignore-probes: a byte in time', { to: 'probes', bytes: 'G' }),
  {
    ...closes('http-ignore-probes: nothing behind a request in time', {
      to: 'probes',
      bytes: request('GET /'),
    }),
    lines: 1,
  },
];

/** Sends pieces, each when the program has answered a request of another connection: it has read the one before. */
function inPieces(name: string, to: string, pieces: readonly string[], probesLines: number): Case {
  return {
    name,
    lines: 1 + probesLines,
    play: async (stage) => {
      const client = stage.connect(to);
      for (const [i, piece] of pieces.entries()) {
        client.send(piece);
        if (i + 1 === pieces.length) break;
        const probe = stage.connect('monitorquery');
        probe.send(request('GET /mon?x'));
        await probe.responses(1);
      }
      await client.responses(1);
    },
  };
}

const big = 'x'.repeat(30_000);
const POST = 'POST /';

const buffering: Case[] = [
  inPieces('a body in pieces', 'buffer', [request(POST, ['Content-Length: 6']), 'abc', 'def'], 0),
  inPieces(
    'chunks in pieces',
    'buffer',
    [request(POST, ['Transfer-Encoding: chunked']), '3\r\nabc\r\n', '0\r\nX: y\r\n\r\n'],
    0,
  ),
  inPieces('a body larger than a buffer', 'buffer', [request(POST, ['Content-Length: 60000']), big, big], 0),
  inPieces(
    'a body that is complete is denied',
    'buffer',
    [request('POST /d', ['Content-Length: 6']), 'abcdef'],
    0,
  ),
  inPieces(
    'Expect: 100-continue',
    'buffer',
    [request(POST, ['Content-Length: 6', 'Expect: 100-continue']), 'abcdef'],
    0,
  ),
  closes('half a body in time', { to: 'buffer', bytes: request(POST, ['Content-Length: 6'], 'abc') }),
  closes('half a body in time, before the rules', {
    to: 'buffer',
    bytes: request('POST /d', ['Content-Length: 6'], 'abc'),
  }),
  closes('half a chunk in time', {
    to: 'buffer',
    bytes: request(POST, ['Transfer-Encoding: chunked'], '3\r\nab'),
  }),
  closes('less than a buffer in time', {
    to: 'buffer',
    bytes: request(POST, ['Content-Length: 60000'], 'x'.repeat(15_100)),
  }),
  closes('half a body in the time of a backend', {
    to: 'bufferbe',
    bytes: request(POST, ['Content-Length: 6'], 'abc'),
  }),
  closes('half a body in timeout client', {
    to: 'bufferclient',
    bytes: request(POST, ['Content-Length: 6'], 'abc'),
  }),
  inPieces(
    'a bad chunk behind its head',
    'buffer',
    [request(POST, ['Transfer-Encoding: chunked']), '3\r\nabcXX'],
    0,
  ),
  {
    name: 'a client that closes within a body that is waited for',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('buffer');
      client.send(request(POST, ['Content-Length: 6'], 'abc'));
      const probe = stage.connect('monitorquery');
      probe.send(request('GET /mon?x'));
      await probe.responses(1);
      client.finish();
      await client.closed();
    },
  },
];

const spellings: Case[] = [
  closes('names as h1-case-adjust has them', {
    to: 'case',
    bytes: request('GET /', ['Connection: close', 'X-T: 1']),
  }),
  staysOpen('names of trailers', {
    to: 'case',
    bytes: request(POST, ['Transfer-Encoding: chunked'], '1\r\na\r\n0\r\nx-t: 1\r\n\r\n'),
  }),
  staysOpen('names of an answer with trailers', { to: 'case', bytes: request('GET /trailer') }),
  staysOpen('names of an informational answer', { to: 'case', bytes: request('GET /early') }),
  closes('names of an error before there is a request', { to: 'case', bytes: 'BAD\r\n\r\n' }),
];

describe('HTTP options side by side with HAProxy', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, [
    ...addresses,
    ...names,
    ...connections,
    ...monitors,
    ...probes,
    ...buffering,
    ...spellings,
  ]);
});
