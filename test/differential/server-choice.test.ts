/** Which server and backend a request gets beside balancing, its wait in queues, and its source, side by side with HAProxy. */
import { after, describe } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import type { ArenaOptions, Stage } from '../support/programs/arena.ts';
import { type Case, request, response } from '../support/programs/exchanges.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import type { RawClient } from '../support/programs/raw-client.ts';
import type { Reply } from '../support/programs/scripted-origin.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

/** Refuses connections. */
const dead = reservedPort();
after(() => dead.close());

function origin(name: string): { readonly [target: string]: Reply } {
  return {
    '*': response('200 OK', name),
    '/source': ({ socket, write }) => write(response('200 OK', `${name} ${socket.remoteAddress}`)),
    '/held': () => {},
  };
}

const SECTIONS = {
  probe: ['server s1 {s1}'],
  rules: [
    'use-server s2 if { path /two }',
    'use-server s1 unless { path_beg /t /n }',
    'use-server s3 if { path /three }',
    'server s1 {s1} weight 0',
    'server s2 {s2} weight 0',
    'server s3 {s3}',
  ],
  computed: [
    'use-server %[path,field(2,/)] if TRUE',
    'server s1 {s1} weight 0',
    'server s2 {s2} weight 0',
    'server s3 {s3}',
  ],
  down: [
    'use-server s1 if { path /one }',
    'use-server s2 if TRUE',
    'server s1 {s1} disabled',
    'server s2 {s2} weight 0',
    'server s3 {s3}',
  ],
  persist: ['option persist', 'use-server s1 if { path /one }', 'server s1 {s1} disabled', 'server s3 {s3}'],
  forced: [
    'force-persist if { path /one }',
    'use-server s1 if TRUE',
    'server s1 {s1} disabled',
    'server s3 {s3}',
  ],
  forceddead: [
    'force-persist if { path /one }',
    'option redispatch 1',
    'retries 1',
    'use-server d1 if TRUE',
    'server d1 {dead}',
    'server s3 {s3}',
  ],
  dispatch: ['dispatch {s2}'],
  dispatchdead: ['dispatch {dead}', 'retries 1'],
  anyhost: ['server s1 0.0.0.0:{port s1}'],
  source: ['source 127.0.0.2', 'server s1 {s1}'],
  serversource: ['source 127.0.0.2', 'server s1 {s1} source 127.0.0.3'],
  nosource: ['source 0.0.0.0', 'server s1 {s1}'],
  socketoptions: [
    'retry-on conn-failure empty-response response-timeout',
    'server s1 {s1} tcp-ut 10s tfo source 127.0.0.4 interface lo',
  ],
  bound: ['balance source', 'server s1 {s1} maxconn 1 maxqueue 1'],
  designated: [
    'use-server s1 if { path_beg /q /held }',
    'server s1 {s1} maxconn 1 maxqueue 1',
    'server s2 {s2}',
  ],
  redispatched: [
    'option redispatch',
    'use-server s1 if { path_beg /q /held }',
    'server s1 {s1} maxconn 1 maxqueue 1',
    'server s2 {s2}',
  ],
  free: ['server s1 {s1} maxconn 1 maxqueue 1'],
  timed: ['timeout queue 300ms', 'server s1 {s1} maxconn 1'],
  boundtimed: ['timeout queue 300ms', 'balance source', 'server s1 {s1} maxconn 1'],
  aborting: ['option abortonclose', 'server s1 {s1} maxconn 1'],
  patient: ['no option abortonclose', 'server s1 {s1} maxconn 1'],
  abortingdead: ['option abortonclose', 'timeout connect 20s', 'server d1 {dead}'],
} as const;

const BACKENDS = {
  names: ['use_backend %[req.hdr(x-to)] if { req.hdr(x-to) -m found }', 'default_backend b_default'],
  prefixed: ['use_backend b_%[path,field(2,/)]', 'use_backend b_two', 'default_backend b_default'],
  nodefault: ['use_backend b_%[path,field(2,/)]'],
} as const;

type Section = keyof typeof SECTIONS | keyof typeof BACKENDS;

interface Ports {
  readonly [name: string]: number;
}

function addressed(line: string, ports: Ports): string {
  return line
    .replace(/\{port (\w+)\}/, (_, name: string) => String(ports[name]))
    .replace(/\{(s\d|dead)\}/, (_, name: string) => `127.0.0.1:${ports[name] ?? dead.port}`);
}

const options: ArenaOptions = {
  listeners: [...Object.keys(SECTIONS), ...Object.keys(BACKENDS)],
  origins: { s1: origin('s1'), s2: origin('s2'), s3: origin('s3') },
  config: (ports) => `global
  nbthread 1
  log 127.0.0.1:${ports['log']} local0
defaults
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 30s
  timeout connect 400ms
  timeout queue 30s
${Object.entries(SECTIONS)
  .map(([name, lines]) => `listen ${name}\n  bind "fd@\${${name}}"\n${indented(lines, ports)}`)
  .join('')}
${Object.entries(BACKENDS)
  .map(([name, lines]) => `frontend ${name}\n  bind "fd@\${${name}}"\n${indented(lines, ports)}`)
  .join('')}
${['one', 'two', 'default']
  .map((name, i) => `backend b_${name}\n${indented([`server s${i + 1} {s${i + 1}}`], ports)}`)
  .join('')}`,
};

function indented(lines: readonly string[], ports: Ports): string {
  return lines.map((line) => `  ${addressed(line, ports)}\n`).join('');
}

function asks(section: Section, target: string, fields: readonly string[] = []): Case {
  return {
    name: `${section}: ${target} ${fields.join(' ')}`,
    lines: 1,
    async play(stage) {
      const client = stage.connect(section);
      client.send(request(`GET ${target}`, fields));
      await client.responses(1);
    },
  };
}

/** What was sent before has been read by the program when this resolves. */
async function settle(stage: Stage): Promise<void> {
  const probe = stage.connect('probe');
  for (let count = 1; count <= 3; count++) {
    probe.send(request('GET /probe'));
    await probe.responses(count);
  }
}
const SETTLE_LINES = 3;

/** One request that the server keeps, and others behind it, which come in order. */
async function queueUp(stage: Stage, section: Section, count: number): Promise<Queue> {
  const first = stage.connect(section);
  first.send(request('GET /held'));
  await stage.origin('s1').arrived('/held');
  const held = stage.origin('s1').last!;
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i++) {
    const client = stage.connect(section);
    client.send(request(`GET /q${i}`));
    clients.push(client);
    await settle(stage);
  }
  return { first, clients, release: () => held.write(response('200 OK', 'held')) };
}

interface Queue {
  /** Whose request the server keeps. */
  readonly first: RawClient;
  readonly clients: readonly RawClient[];
  release(): void;
}

function queues(section: Section, count: number): Case {
  return {
    name: `${section}: ${count} requests behind one that is held`,
    lines: count + 1 + count * SETTLE_LINES,
    async play(stage) {
      const { first, clients, release } = await queueUp(stage, section, count);
      release();
      for (const client of [first, ...clients]) await client.responses(1);
    },
  };
}

/** The request behind the held one is answered before that is. */
function timesOut(section: Section): Case {
  return {
    name: `${section}: a request that waits too long`,
    lines: 2 + SETTLE_LINES,
    async play(stage) {
      const { first, clients, release } = await queueUp(stage, section, 1);
      await clients[0]!.responses(1);
      release();
      await first.responses(1);
    },
  };
}

function leavesQueue(section: Section, name: string): Case {
  return {
    name: `${section}: ${name}`,
    lines: 2 + 2 * SETTLE_LINES,
    async play(stage) {
      const { first, clients, release } = await queueUp(stage, section, 1);
      const leaving = clients[0]!;
      leaving.finish();
      await settle(stage);
      release();
      await first.responses(1);
      await leaving.closed();
    },
  };
}

const CASES: readonly Case[] = [
  ...['/two', '/three', '/one', '/none'].map((target) => asks('rules', target)),
  ...['/s1', '/s2', '/s3', '/s4', '/'].map((target) => asks('computed', target)),
  ...['/one', '/two'].map((target) => asks('down', target)),
  ...['/one', '/two'].map((target) => asks('persist', target)),
  ...['/one', '/two'].map((target) => asks('forced', target)),
  ...['/one', '/two'].map((target) => asks('forceddead', target)),
  asks('dispatch', '/'),
  asks('dispatchdead', '/'),
  asks('anyhost', '/'),
  ...(['source', 'serversource', 'nosource', 'socketoptions'] as const).map((section) =>
    asks(section, '/source'),
  ),
  asks('names', '/', ['X-To: b_one']),
  asks('names', '/', ['X-To: b_two']),
  asks('names', '/', ['X-To: names']),
  asks('names', '/', ['X-To: nobody']),
  asks('names', '/'),
  ...['/one', '/two', '/three'].flatMap((target) => [asks('prefixed', target), asks('nodefault', target)]),
  queues('bound', 3),
  queues('designated', 3),
  {
    name: 'redispatched: requests that find the queue of their server full',
    lines: 4 + SETTLE_LINES,
    async play(stage) {
      const { first, clients, release } = await queueUp(stage, 'redispatched', 1);
      for (const target of ['/q1', '/q2']) {
        const other = stage.connect('redispatched');
        other.send(request(`GET ${target}`));
        await other.responses(1);
      }
      release();
      for (const client of [first, ...clients]) await client.responses(1);
    },
  },
  queues('free', 3),
  timesOut('timed'),
  timesOut('boundtimed'),
  leavesQueue('aborting', 'a queued request whose client closes its sending side'),
  leavesQueue('patient', 'a queued request whose client closes its sending side'),
  {
    name: 'abortingdead: a request that is to be retried whose client closes its sending side',
    lines: 1 + SETTLE_LINES,
    async play(stage) {
      const client = stage.connect('abortingdead');
      client.send(request('GET /'));
      // The first attempt has failed by then, and the second one is a second away.
      await settle(stage);
      client.finish();
      await client.closed();
    },
  },
];

describe('the way to a server', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, CASES);
});
