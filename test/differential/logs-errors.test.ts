/** Which lines are written, with which level, format and structured data, when something goes wrong: both programs. */
import { describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions, Script } from '../support/programs/arena.ts';
import { type Case, request, response } from '../support/programs/exchanges.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

interface Event {
  readonly name: string;
  readonly sent: string;
  readonly lines?: readonly string[];
  readonly servers?: readonly string[];
  /** The client closes its sending side behind what it sent. */
  readonly finishes?: boolean;
  readonly isError: boolean;
}

const get = (target: string) => request(`GET ${target}`, ['Connection: close']);

const EVENTS: readonly Event[] = [
  { name: 'a good response', sent: get('/'), isError: false },
  { name: 'a status 404', sent: get('/404'), isError: false },
  { name: 'a status 500', sent: get('/500'), isError: true },
  { name: 'a status 503', sent: get('/503'), isError: true },
  { name: 'no response', sent: get('/close'), isError: true },
  { name: 'a response that is not HTTP', sent: get('/bad'), isError: true },
  { name: 'a cut response', sent: get('/short'), isError: true },
  { name: 'a refusal', sent: get('/'), lines: ['http-request deny'], isError: true },
  { name: 'an answer by a rule', sent: get('/'), lines: ['http-request return'], isError: false },
  { name: 'an error by a rule', sent: get('/'), lines: ['http-request return status 500'], isError: true },
  { name: 'a redirect', sent: get('/'), lines: ['http-request redirect location /x'], isError: false },
  { name: 'a refused response', sent: get('/'), lines: ['http-response deny'], isError: true },
  {
    name: 'an answer in place of a response',
    sent: get('/'),
    lines: ['http-response return status 200'],
    isError: false,
  },
  {
    name: 'a refusal of a HEAD request',
    sent: request('HEAD /', ['Connection: close']),
    lines: ['http-request deny'],
    isError: true,
  },
  { name: 'no server', sent: get('/'), servers: [], isError: true },
  {
    name: 'servers that refuse',
    sent: get('/'),
    lines: ['retries 1', 'option redispatch'],
    servers: ['a 127.0.0.1:1', 'b 127.0.0.1:1'],
    isError: true,
  },
  {
    name: 'a redispatch',
    sent: get('/'),
    lines: ['retries 3', 'option redispatch 1', 'balance roundrobin'],
    servers: ['a 127.0.0.1:1', 'o ORIGIN'],
    isError: true,
  },
  { name: 'no request', sent: 'BAD\r\n\r\n', isError: true },
  { name: 'half a request', sent: 'GET /', finishes: true, isError: true },
  { name: 'nothing', sent: '', finishes: true, isError: true },
  {
    name: 'a level by a rule',
    sent: get('/500'),
    lines: ['http-request set-log-level warning'],
    isError: true,
  },
  { name: 'info by a rule', sent: get('/500'), lines: ['http-request set-log-level info'], isError: true },
];

interface Manner {
  readonly name: string;
  readonly lines: readonly string[];
  readonly target: string;
  /** How many lines an event causes. */
  count(event: Event): number;
}

const FORMAT = "log-format '%tsc %ST %rc %s %TR/%Tw/%Tc/%Tr/%Td %{+Q}r'";
const ERROR_FORMAT = "error-log-format 'ERROR %tsc %ST %ci %Th/%Ti/%Tq/%Ta/%Tt |'";

const MANNERS: readonly Manner[] = [
  {
    name: 'log-separate-errors',
    lines: [FORMAT, 'option log-separate-errors'],
    target: 'format short',
    count: () => 1,
  },
  {
    name: 'dontlog-normal',
    lines: [FORMAT, 'option dontlog-normal'],
    target: 'format short',
    count: ({ isError }) => Number(isError),
  },
  {
    name: 'dontlognull',
    lines: [FORMAT, 'option dontlognull'],
    target: 'format short',
    count: ({ sent }) => Number(sent !== ''),
  },
  {
    name: 'error-log-format and log-format-sd',
    lines: [FORMAT, ERROR_FORMAT, "log-format-sd '%{+Q,+E}o[a@1 st=%ST]'"],
    target: 'format rfc5424',
    count: () => 1,
  },
  {
    name: 'all of them',
    lines: ['option httplog', ERROR_FORMAT, 'option log-separate-errors', 'option dontlog-normal'],
    target: 'format short',
    count: ({ isError }) => Number(isError),
  },
  {
    name: 'error-log-format without another',
    lines: [ERROR_FORMAT, 'option log-separate-errors', 'option dontlog-normal'],
    target: 'format short',
    count: () => 1,
  },
];

interface Item {
  readonly event: Event;
  readonly manner: Manner;
}

const items: readonly Item[] = MANNERS.flatMap((manner) => EVENTS.map((event) => ({ event, manner })));

const closed = (status: string) => `${response(status, 'hi', ['Connection: close'])}<close>`;

const options: ArenaOptions = {
  listeners: items.map((_, i) => `l${i}`),
  origins: {
    o: {
      '*': closed('200 OK'),
      '/404': closed('404 Not Found'),
      '/500': closed('500 Oops'),
      '/503': closed('503 Later'),
      '/close': '<close>',
      '/bad': 'garbage\r\n\r\n<close>',
      '/short': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi<close>',
    },
  },
  config: (ports) => `
global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 200ms
${items.map((item, i) => proxyOf(item, i, ports)).join('')}`,
};

function proxyOf({ event, manner }: Item, i: number, ports: { readonly [name: string]: number }): string {
  const origin = `127.0.0.1:${ports['o']}`;
  const { lines = [], servers = ['o ORIGIN'] } = event;
  return [
    `listen p${i}`,
    `bind "fd@\${l${i}}"`,
    `log 127.0.0.1:${ports['log']} ${manner.target} local0`,
    ...manner.lines,
    ...lines,
    ...servers.map((server) => `server ${server.replace('ORIGIN', origin)}`),
  ]
    .join('\n  ')
    .concat('\n');
}

function caseOf({ event, manner }: Item, i: number): Case {
  const play: Script = async (stage) => {
    const client = stage.connect(`l${i}`);
    if (event.sent !== '') client.send(event.sent);
    if (event.finishes) client.finish();
    await client.closed();
  };
  return { name: `${manner.name}: ${event.name}`, play, lines: manner.count(event) };
}

describe('HAProxy and Fairlead agree on lines with', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, items.map(caseOf));
});
