/** Timers, states and counts of log lines for every way a stream may go, from HAProxy and Fairlead. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions, Stage } from '../support/programs/arena.ts';
import { type Case, request, response } from '../support/programs/exchanges.ts';
import type { RawClient } from '../support/programs/raw-client.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

interface Event {
  readonly name: string;
  play(client: RawClient, stage: Stage, listener: string): Promise<void>;
  readonly lines?: readonly string[];
  readonly servers?: readonly string[];
  readonly count?: number;
}

const CLOSE = 'Connection: close';
const get = (target: string) => request(`GET ${target}`, [CLOSE]);

const sends = (
  name: string,
  text: string,
  lines: readonly string[] = [],
  servers?: readonly string[],
): Event => ({
  name,
  lines,
  ...(servers !== undefined && { servers }),
  play: async (client) => {
    client.send(text);
    await client.closed();
  },
});

const EVENTS: readonly Event[] = [
  sends('a response', get('/ok')),
  sends('a response in HTTP/1.0', 'GET /ok HTTP/1.0\r\n\r\n'),
  sends('a HEAD request', request('HEAD /fin', [CLOSE])),
  sends('a request body', request('POST /ok', [CLOSE, 'Content-Length: 3'], 'abc')),
  sends('an interim response', get('/100')),
  sends('a response until the end', get('/until-close')),
  sends('a server that says nothing', get('/silent')),
  sends('half a response head', get('/half')),
  sends('half a response body', get('/body')),
  sends('half a response body and a reset', get('/body-reset')),
  sends('a server that resets', get('/reset')),
  sends('a server that ends', get('/fin')),
  sends('a refused connection', get('/'), ['retries 0'], ['x 127.0.0.1:1']),
  sends('a refused connection, retried', get('/'), ['retries 1'], ['x 127.0.0.1:1']),
  sends('no server', get('/'), [], []),
  sends('a disabled server', get('/'), [], ['x 127.0.0.1:1 disabled']),
  sends('a refusal', get('/'), ['http-request deny']),
  sends('a redirect', get('/'), ['http-request redirect location /x']),
  sends('a refused response', get('/ok'), ['http-response deny']),
  sends('no request', 'BAD\r\n\r\n'),
  sends('half a head until the timeout', 'GET / HTTP/1.1\r\nHo', ['timeout http-request 200ms']),
  sends('half a head until the timeout of the client', 'GET / HTTP/1.1\r\nHo'),
  {
    name: 'nothing until the timeout',
    lines: ['timeout http-request 200ms'],
    play: (client) => client.closed(),
  },
  {
    name: 'an end at once',
    play: async (client) => {
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'an end in the middle of the head',
    play: async (client) => {
      client.send('GET /');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'a second request on the connection',
    count: 2,
    play: async (client) => {
      client.send(request('GET /ok'));
      await client.responses(1);
      client.send(get('/ok'));
      await client.closed();
    },
  },
  {
    name: 'a second request that is none',
    count: 2,
    play: async (client) => {
      client.send(request('GET /ok'));
      await client.responses(1);
      client.send('BAD\r\n\r\n');
      await client.closed();
    },
  },
  {
    name: 'half a second request',
    count: 2,
    play: async (client) => {
      client.send(request('GET /ok'));
      await client.responses(1);
      client.send('GET /');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'an end instead of a second request',
    play: async (client) => {
      client.send(request('GET /ok'));
      await client.responses(1);
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'two requests at once',
    count: 2,
    play: async (client) => {
      client.send(request('GET /ok') + get('/ok'));
      await client.closed();
    },
  },
  {
    name: 'a place in the queue that comes free',
    lines: ['timeout queue 20s'],
    servers: ['o ORIGIN maxconn 1'],
    count: 2,
    play: (client, stage, listener) => queue(client, stage, listener),
  },
  {
    name: 'the timeout of the queue',
    lines: ['timeout queue 100ms', 'timeout server 20s'],
    servers: ['o ORIGIN maxconn 1'],
    count: 2,
    play: async (client, stage, listener) => {
      client.send(get('/later'));
      await client.until('he');
      const second = stage.connect(listener);
      second.send(get('/ok'));
      await second.closed();
      stage.origin('o').last?.write('llo');
      await client.closed();
    },
  },
];

/** Two requests for one place: the second waits until the first has its whole response. */
async function queue(client: RawClient, stage: Stage, listener: string): Promise<void> {
  client.send(get('/later'));
  await client.until('he');
  const first = stage.origin('o').last;
  const second = stage.connect(listener);
  second.send(get('/ok'));
  // A third connection's answer shows that the second was read: they are served in order.
  const third = stage.connect('probe');
  third.send(get('/probe'));
  await third.closed();
  first?.write('llo');
  await client.closed();
  await second.closed();
}

const MANNERS: readonly (readonly string[])[] = [
  ["log-format '%tsc %ST %TR/%Tw/%Tc/%Tr/%Td %U %rc %sq/%bq %s %b %{+Q}r'"],
  ["log-format '%ts %Th/%Ti/%Tq/%Ta/%Tt %ac/%fc/%bc/%sc %B %CC %ID'"],
  ['option httplog'],
];

const items = MANNERS.flatMap((manner) => EVENTS.map((event) => ({ manner, event })));

const LATER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhe';

const options: ArenaOptions = {
  listeners: [...items.map((_, i) => `l${i}`), 'probe'],
  origins: {
    o: {
      '*': response('200 OK', 'hi'),
      '/100': `HTTP/1.1 100 Continue\r\n\r\n${response('200 OK', 'hi')}`,
      '/until-close': 'HTTP/1.1 200 OK\r\n\r\nall of it<close>',
      '/silent': '',
      '/half': 'HTTP/1.1 200 OK\r\nContent-Le',
      '/body': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi',
      '/body-reset': (exchange) => {
        exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi');
        setTimeout(() => exchange.socket.resetAndDestroy(), 100);
      },
      '/reset': '<reset>',
      '/fin': '<close>',
      '/later': (exchange) => exchange.write(LATER),
    },
  },
  config: (ports) => `
global
  nbthread 1
defaults
  mode http
  timeout client 400ms
  timeout server 400ms
  timeout connect 200ms
frontend probe
  bind "fd@\${probe}"
  http-request return
${items.map(({ manner, event }, i) => proxyOf(manner, event, i, ports)).join('')}`,
};

function proxyOf(
  manner: readonly string[],
  { lines = [], servers = ['o ORIGIN'] }: Event,
  i: number,
  ports: { readonly [name: string]: number },
): string {
  const origin = `127.0.0.1:${ports['o']}`;
  return [
    `listen p${i}`,
    `bind "fd@\${l${i}}"`,
    `log 127.0.0.1:${ports['log']} format raw local0`,
    ...manner,
    ...lines,
    ...servers.map((server) => `server ${server.replace('ORIGIN', origin)}`),
  ]
    .join('\n  ')
    .concat('\n');
}

const cases: Case[] = items.map(({ manner, event }, i) => ({
  name: `${event.name}, in ${manner[0]}`,
  lines: event.count ?? 1,
  play: async (stage) => {
    const listener = `l${i}`;
    await event.play(stage.connect(listener), stage, listener);
  },
}));

describe('HAProxy and Fairlead log alike', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, cases);
});
