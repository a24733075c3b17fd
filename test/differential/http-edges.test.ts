/** Requests and responses at the edges of HTTP/1, through HAProxy and Fairlead on one configuration: all must agree. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions } from '../support/programs/arena.ts';
import { type Case, closes, differing, request, response, staysOpen } from '../support/programs/exchanges.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import type { RawClient } from '../support/programs/raw-client.ts';
import type { Exchange, Reply } from '../support/programs/scripted-origin.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

const refusing = reservedPort();
process.once('exit', () => refusing.close());

const hold: Reply = () => {};

function informThenAnswer({ write }: Exchange): void {
  write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n');
  write(response('200 OK', 'final'));
}

function upgradeAndEcho({ write, socket }: Exchange): void {
  write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello ');
  socket.on('data', (piece) => socket.write(piece));
  socket.on('end', () => socket.end('bye'));
}

const replies: { readonly [target: string]: Reply } = {
  '*': response('200 OK', 'plain', ['X-Origin: one', 'x-lower: 2']),
  '/probe': response('200 OK', 'probe'),
  '/empty': response('200 OK'),
  '/204': 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  '/304-length': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n',
  '/head': 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n',
  '/head-chunked': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  '/404': response('404 Not Found', 'no such thing'),
  '/500': response('500 Internal Server Error', 'oops'),
  '/302': response('302 Found', '', ['Location: /elsewhere']),
  '/reason': response('200 Sehr gut, danke', 'x'),
  '/no-reason': 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok',
  '/teapot': response('418 I am a teapot', ''),
  '/999': response('999 Strange', 'y'),
  '/chunked': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  '/chunked-trailer':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n',
  '/until-close': 'HTTP/1.1 200 OK\r\nX-End: close\r\n\r\nall of it<close>',
  '/http10': 'HTTP/1.0 200 OK\r\nX-Old: yes\r\n\r\nold<close>',
  '/http10-length': 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold<close>',
  '/http10-keep': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nkept',
  '/server-closes': `${response('200 OK', 'last', ['Connection: close'])}<close>`,
  '/server-close-lie': response('200 OK', 'last', ['Connection: close']),
  '/hop': response('200 OK', 'h', [
    'Connection: keep-alive, X-Hop',
    'X-Hop: 1',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: x',
  ]),
  '/early': informThenAnswer,
  '/cont': ({ write }) => write('HTTP/1.1 100 Continue\r\n\r\n'),
  '/upgrade': upgradeAndEcho,
  '/no-upgrade': response('200 OK', 'not me'),
  '/garbage': 'this is not http\r\n\r\n<close>',
  '/no-answer': '<close>',
  '/rst': '<reset>',
  '/cut-head': 'HTTP/1.1 200 OK\r\nX-Cut: y<close>',
  '/cut-body': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this<close>',
  '/cut-chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel<close>',
  '/one-chunk': ({ write }) => write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  '/two-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc',
  '/same-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab',
  '/length-and-chunked':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n',
  '/too-big-head': `HTTP/1.1 200 OK\r\nX-Big: ${'b'.repeat(20000)}\r\nContent-Length: 0\r\n\r\n`,
  '/big': response('200 OK', 'z'.repeat(300_000)),
  '/hold': hold,
  '/half': ({ write }) => write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
  '/answers-early': ({ write }) => write(response('403 Forbidden', 'enough')),
  '/answers-early-and-closes': ({ write, socket }) => {
    write(response('413 Payload Too Large', 'stop', ['Connection: close']));
    socket.end();
  },
  '/blank-header':
    'HTTP/1.1 200 OK\r\nX-Blank:\r\nX-Space:   \r\nX-Padded:   v  \r\nContent-Length: 0\r\n\r\n',
  '/many-cookies': response('200 OK', '', ['Set-Cookie: a=1', 'Set-Cookie: b=2', 'set-cookie: c=3']),
  '/latin1': response('200 OK', '', ['X-Latin: h\xe4']),
};

const options: ArenaOptions = {
  listeners: [
    'ka',
    'aborting',
    'closing',
    'sclose',
    'slow',
    'refused',
    'elsewhere',
    'queue',
    'nobody',
    'silent',
    'always',
  ],
  origins: { o: replies },
  config: (ports) => `
global
  log 127.0.0.1:${ports['log']} local0
  nbthread 1
defaults
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend ka
  bind "fd@\${ka}"
  default_backend origin
defaults giving-up
  mode http
  log global
  option httplog
  option abortonclose
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend aborting from giving-up
  bind "fd@\${aborting}"
  default_backend aborting
backend aborting from giving-up
  server o 127.0.0.1:${ports['o']}
frontend queue from giving-up
  bind "fd@\${queue}"
  default_backend queue
backend queue from giving-up
  timeout queue 300ms
  server o 127.0.0.1:${ports['o']} maxconn 1
defaults plain
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend closing
  bind "fd@\${closing}"
  option httpclose
  default_backend origin
frontend sclose
  bind "fd@\${sclose}"
  option http-server-close
  default_backend origin
backend origin
  server o 127.0.0.1:${ports['o']}
frontend always
  bind "fd@\${always}"
  default_backend always
backend always
  http-reuse always
  server o 127.0.0.1:${ports['o']}
frontend slow
  bind "fd@\${slow}"
  timeout http-request 100ms
  timeout client 200ms
  timeout http-keep-alive 100ms
  default_backend slow
backend slow
  timeout server 400ms
  timeout tunnel 300ms
  server o 127.0.0.1:${ports['o']}
frontend refused
  bind "fd@\${refused}"
  default_backend refused
backend refused
  timeout connect 100ms
  retries 2
  server gone 127.0.0.1:${refusing.port}
frontend elsewhere
  bind "fd@\${elsewhere}"
  default_backend elsewhere
backend elsewhere
  timeout connect 100ms
  retries 2
  option redispatch
  server gone 127.0.0.1:${refusing.port} weight 256
  server o 127.0.0.1:${ports['o']} weight 1
frontend silent
  bind "fd@\${silent}"
  no log
  default_backend nobody
frontend nobody
  bind "fd@\${nobody}"
  http-request deny deny_status 429 if { path /deny }
  default_backend nobody
backend nobody
`,
};

const methods: Case[] = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'PROPFIND',
  'TRACE',
  'x-Own',
].map((method) =>
  staysOpen(`${method} is passed on as it is`, { to: 'ka', bytes: request(`${method} /thing?a=b&c=%20`) }),
);

const bodiless: Case[] = [
  staysOpen('HEAD has a length and no body', { to: 'ka', bytes: request('HEAD /head'), heads: [0] }),
  staysOpen('HEAD of a chunked answer', { to: 'ka', bytes: request('HEAD /head-chunked'), heads: [0] }),
  ...[
    '/empty',
    '/204',
    '/304',
    '/304-length',
    '/404',
    '/500',
    '/302',
    '/reason',
    '/no-reason',
    '/teapot',
    '/999',
  ].map((target) => staysOpen(`GET ${target}`, { to: 'ka', bytes: request(`GET ${target}`) })),
];

const framings: Case[] = [
  ...[
    '/chunked',
    '/chunked-trailer',
    '/http10-keep',
    '/same-lengths',
    '/length-and-chunked',
    '/hop',
    '/early',
    '/blank-header',
    '/many-cookies',
    '/latin1',
    '/big',
  ].map((target) => staysOpen(`the answer ${target}`, { to: 'ka', bytes: request(`GET ${target}`) })),
  ...['/until-close', '/http10', '/cut-body', '/cut-chunk'].map((target) =>
    closes(`the answer ${target}`, { to: 'ka', bytes: request(`GET ${target}`) }),
  ),
  ...['/http10-length', '/server-closes', '/server-close-lie'].map((target) =>
    staysOpen(`the answer ${target}`, { to: 'ka', bytes: request(`GET ${target}`) }),
  ),
  ...['/garbage', '/no-answer', '/rst', '/cut-head', '/two-lengths', '/too-big-head'].map((target) =>
    staysOpen(`the bad answer ${target}`, { to: 'ka', bytes: request(`GET ${target}`) }),
  ),
  staysOpen('a request with a length', {
    to: 'ka',
    bytes: request('POST /', ['Content-Length: 5'], 'abcde'),
  }),
  staysOpen('a chunked request', {
    to: 'ka',
    bytes: request('POST /', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n'),
  }),
  staysOpen('a chunked request with trailers', {
    to: 'ka',
    bytes: request(
      'POST /',
      ['Transfer-Encoding: chunked', 'Trailer: X-T'],
      '3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n',
    ),
  }),
  staysOpen('a GET with a body', { to: 'ka', bytes: request('GET /', ['Content-Length: 3'], 'abc') }),
];

const connections: Case[] = [
  staysOpen('three pipelined requests', {
    to: 'ka',
    bytes: request('GET /1') + request('POST /2', ['Content-Length: 2'], 'ab') + request('GET /404'),
    answers: 3,
  }),
  closes('Connection: close', { to: 'ka', bytes: request('GET /', ['Connection: close']) }),
  closes('HTTP/1.0', { to: 'ka', bytes: 'GET /old HTTP/1.0\r\n\r\n' }),
  staysOpen('HTTP/1.0 with keep-alive', {
    to: 'ka',
    bytes: 'GET /old HTTP/1.0\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n',
  }),
  closes('option httpclose', { to: 'closing', bytes: request('GET /') }),
  closes('option httpclose and a client that asks to keep', {
    to: 'closing',
    bytes: request('GET /', ['Connection: keep-alive', 'Keep-Alive: 300']),
  }),
  staysOpen('option http-server-close', { to: 'sclose', bytes: request('GET /') }),
  staysOpen('option http-server-close with pipelining', {
    to: 'sclose',
    bytes: request('GET /a') + request('GET /b'),
    answers: 2,
  }),
  staysOpen('hop-by-hop fields of a request', {
    to: 'ka',
    bytes: request('GET /', [
      'Connection: keep-alive, X-Mine',
      'X-Mine: 1',
      'TE: trailers',
      'Proxy-Connection: keep-alive',
    ]),
  }),
  staysOpen('absolute form', {
    to: 'ka',
    bytes: 'GET http://example.com:80/abs?q HTTP/1.1\r\nHost: example.com:80\r\n\r\n',
  }),
  staysOpen('OPTIONS *', { to: 'ka', bytes: request('OPTIONS *') }),
  staysOpen('odd spelling of fields is kept', {
    to: 'ka',
    bytes:
      'GET / HTTP/1.1\r\nhOsT: h\r\nX-UPPER:v\r\nx-lower:   v  \r\nAccept:\r\nX_Under-Score: 1\r\nX-Dup: 1\r\nX-Other: o\r\nX-Dup: 2\r\n\r\n',
  }),
  staysOpen('a big head that fits', { to: 'ka', bytes: request('GET /', [`X-Big: ${'x'.repeat(12000)}`]) }),
  {
    name: 'Expect: 100-continue answered by the origin',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send(request('POST /cont', ['Expect: 100-continue', 'Content-Length: 4']));
      await client.until('100 Continue\r\n\r\n');
      client.send('body');
      stage.origin('o').last!.write(response('200 OK', 'got it'));
      await client.until('got it');
    },
  },
  staysOpen('empty lines before a request', { to: 'ka', bytes: `\r\n${request('GET /')}` }),
  staysOpen('http-reuse always', { to: 'always', bytes: request('GET /a') }),
  staysOpen('http-reuse always, from another client', { to: 'always', bytes: request('GET /b') }),
];

const refused: Case[] = [
  closes('no version', { to: 'ka', bytes: 'GET /\r\n\r\n' }),
  staysOpen('a version of the future', { to: 'ka', bytes: 'GET / HTTP/3.0\r\nHost: h\r\n\r\n' }),
  closes('a blank in a field name', { to: 'ka', bytes: 'GET / HTTP/1.1\r\nBad Name: x\r\n\r\n' }),
  closes('a blank before the colon', { to: 'ka', bytes: 'GET / HTTP/1.1\r\nHost : x\r\n\r\n' }),
  closes('two different lengths', {
    to: 'ka',
    bytes: request('POST /', ['Content-Length: 1', 'Content-Length: 2'], 'ab'),
  }),
  closes('a negative length', { to: 'ka', bytes: request('POST /', ['Content-Length: -1']) }),
  closes('an unknown transfer coding', {
    to: 'ka',
    bytes: request('POST /', ['Transfer-Encoding: gzip'], 'x'),
  }),
  closes('two different hosts', { to: 'ka', bytes: 'GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n' }),
  closes('a head that is too big', { to: 'ka', bytes: request('GET /', [`X-Big: ${'x'.repeat(20000)}`]) }),
  closes('too many fields', {
    to: 'ka',
    bytes: request(
      'GET /',
      Array.from({ length: 120 }, (_, i) => `X-${i}: 1`),
    ),
  }),
  closes('not HTTP at all', { to: 'ka', bytes: `${'\x16\x03\x01\x02\x00\x01\x00'.padEnd(40, 'x')}\r\n\r\n` }),
  {
    name: 'a bad chunk size behind a good chunk',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send(request('POST /hold', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n'));
      await stage.origin('o').arrived('/hold');
      client.send('xyz\r\n');
      await client.closed();
    },
  },
  closes('a bad second request behind a good one', {
    to: 'ka',
    bytes: `${request('GET /')}BAD\r\n\r\n`,
    answers: 2,
  }),
  staysOpen('deny', { to: 'nobody', bytes: request('GET /deny') }),
  staysOpen('a backend without servers', { to: 'nobody', bytes: request('GET /') }),
  staysOpen('a server that refuses connections', { to: 'refused', bytes: request('GET /') }),
  staysOpen('a POST to a server that refuses connections', {
    to: 'refused',
    bytes: request('POST /', ['Content-Length: 3'], 'abc'),
  }),
  staysOpen('redispatch away from a server that refuses connections', {
    to: 'elsewhere',
    bytes: request('GET /'),
  }),
];

const waits: Case[] = [
  {
    name: 'nothing is sent within timeout http-request',
    lines: 1,
    play: async (stage) => {
      await stage.connect('slow').closed();
    },
  },
  closes('half a head within timeout http-request', { to: 'slow', bytes: 'GET / HTTP/1.1\r\nHost:' }),
  closes('no answer within timeout server', { to: 'slow', bytes: request('GET /hold') }),
  closes('half an answer within timeout server', { to: 'slow', bytes: request('GET /half') }),
  closes('nothing more within timeout http-keep-alive', { to: 'slow', bytes: request('GET /') }),
  {
    name: 'a client that closes before it sends anything',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'a client that closes within the head',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send('GET / HT');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'a client that half-closes behind its request gets the answer',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send(request('GET /'));
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'a client that resets within the answer',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('aborting');
      client.send(request('GET /half'));
      await client.until('half');
      client.reset();
      await client.closed();
    },
  },
  {
    name: 'an origin that answers before the body is complete',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send(request('POST /answers-early', ['Content-Length: 10'], 'half'));
      await client.until('enough');
      client.send(' rest.');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'a second request waits in the queue until its time is up',
    lines: 2,
    play: async (stage) => {
      const first = stage.connect('queue');
      first.send(request('GET /hold'));
      await stage.origin('o').arrived('/hold');
      const second = stage.connect('queue');
      second.send(request('GET /second'));
      await second.responses(1);
      stage.origin('o').last!.write(response('200 OK', 'first'));
      await first.responses(1);
    },
  },
];

/** An answer on one connection shows that what was sent before on another has been read. */
async function probe(client: RawClient): Promise<void> {
  client.send(request('GET /'));
  await client.responses(1);
}

const queued: Case = {
  name: 'requests wait in the queue and are served in turn',
  lines: 3,
  play: async (stage) => {
    const first = stage.connect('queue');
    first.send(request('GET /hold'));
    await stage.origin('o').arrived('/hold');
    const { write } = stage.origin('o').last!;
    const second = stage.connect('queue');
    second.send(request('GET /second'));
    // A request on another connection shows that the one before has been read.
    for (let i = 0; i < 2; i++) await probe(stage.connect('silent'));
    const third = stage.connect('queue');
    third.send(request('GET /third'));
    for (let i = 0; i < 2; i++) await probe(stage.connect('silent'));
    write(response('200 OK', 'first'));
    for (const client of [first, second, third]) await client.responses(1);
  },
};

const differences: Case[] = [
  ...differing(
    'timeout client guards an incomplete request; HAProxy answers 504 when timeout server is over',
    [
      closes('half a body within timeout client', {
        to: 'slow',
        bytes: request('POST /', ['Content-Length: 10'], 'half'),
      }),
      closes('half a body to an origin that does not care, within timeout client', {
        to: 'slow',
        bytes: request('POST /hold', ['Content-Length: 10'], 'half'),
      }),
    ],
  ),
  ...differing(
    'it is CH as the manual has it (section 8.5), with status 400 where the request was incomplete',
    [
      {
        name: 'a client that half-closes within its body',
        lines: 1,
        play: async (stage) => {
          const client = stage.connect('aborting');
          client.send(request('POST /hold', ['Content-Length: 10'], 'half'));
          await stage.origin('o').arrived('/hold');
          client.finish();
          await client.closed();
        },
      },
      {
        name: 'a client that resets while the origin thinks',
        lines: 1,
        play: async (stage) => {
          const client = stage.connect('aborting');
          client.send(request('GET /hold'));
          await stage.origin('o').arrived('/hold');
          client.reset();
          await client.closed();
        },
      },
    ],
  ),
  ...differing('it is PD as the manual has it (section 8.5)', [
    {
      name: 'a bad chunk size behind a good chunk of an answer',
      lines: 1,
      play: async (stage) => {
        const client = stage.connect('ka');
        client.send(request('GET /one-chunk'));
        await client.until('hello');
        stage.origin('o').last!.write('xyz\r\n');
        await client.closed();
      },
    },
  ]),
  ...differing('the response was complete, so the stream ended well', [
    {
      name: 'an origin that answers before the body is complete and closes',
      lines: 1,
      play: async (stage) => {
        const client = stage.connect('ka');
        client.send(request('POST /answers-early-and-closes', ['Content-Length: 10'], 'half'));
        await client.until('stop');
        client.finish();
        await client.closed();
      },
    },
  ]),
];

const tunnels: Case[] = [
  {
    name: 'an upgrade becomes a tunnel that the client ends',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send(request('GET /upgrade', ['Connection: Upgrade', 'Upgrade: echo']));
      await client.until('hello ');
      client.send('one ');
      await client.until('one ');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'bytes sent with the upgrade reach the origin',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send(`${request('GET /upgrade', ['Connection: Upgrade', 'Upgrade: echo'])}early `);
      await client.until('hello ');
      client.send('late');
      await client.until('late');
      client.finish();
      await client.closed();
    },
  },
  staysOpen('an upgrade that the origin declines', {
    to: 'ka',
    bytes: request('GET /no-upgrade', ['Connection: Upgrade', 'Upgrade: echo']),
  }),
  {
    name: 'a silent tunnel ends by timeout tunnel',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('slow');
      client.send(request('GET /upgrade', ['Connection: Upgrade', 'Upgrade: echo']));
      await client.closed();
    },
  },
  {
    name: 'CONNECT becomes a tunnel',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('ka');
      client.send('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
      await client.until('plain');
      client.finish();
      await client.closed();
    },
  },
];

describe('HAProxy and Fairlead agree on', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, [
    ...methods,
    ...bodiless,
    ...framings,
    ...connections,
    ...refused,
    ...waits,
    queued,
    ...tunnels,
    ...differences,
  ]);
});
