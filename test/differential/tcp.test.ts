/**
 * TCP mode through HAProxy and Fairlead: who ends what when, half-close, resets, timeouts of either side, and what the
 * log says of it. Cases whose outcome depends on which of two packets comes first are not here.
 */
import { once } from 'node:events';
import { after, describe } from 'node:test';
import { findProgram, skipUnless } from '../support/oracle.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import {
  drip,
  flood,
  fullPort,
  playTcpSideBySide,
  type TcpArenaOptions,
  type TcpCase,
  type TcpScript,
} from '../support/programs/tcp-arena.ts';

/** `listen` sections by name: their lines. SERVER, CLOSED and FULL stand for addresses. */
const SECTIONS: { readonly [name: string]: readonly string[] } = {
  plain: [],
  no_null: ['option dontlognull'],
  asap: ['option logasap'],
  aborts: ['option abortonclose'],
  fins: ['timeout client-fin 300', 'timeout server-fin 300'],
  client_fin: ['timeout client-fin 300'],
  server_fin: ['timeout server-fin 300'],
  short_client: ['timeout client 300', 'timeout server 600'],
  short_server: ['timeout server 300', 'timeout client 600'],
  tunnel: ['timeout tunnel 300'],
  tunnel_fins: ['timeout tunnel 10s', 'timeout client-fin 300', 'timeout server-fin 300'],
  tunnel_before: ['timeout tunnel 5s', 'timeout client 300', 'timeout server 300'],
  client_moves: ['timeout client 600', 'timeout server 5s'],
  server_moves: ['timeout server 600', 'timeout client 5s'],
  independent_client: ['option independent-streams', 'timeout client 600', 'timeout server 5s'],
  independent_server: ['option independent-streams', 'timeout server 600', 'timeout client 5s'],
  blocked_client: ['timeout client 400', 'timeout server 5s'],
  blocked_server: ['timeout server 400', 'timeout client 5s'],
  no_linger: ['option nolinger'],
  no_linger_fins: ['option nolinger', 'timeout client-fin 300', 'timeout server-fin 300'],
  no_linger_short: ['option nolinger', 'timeout client 300'],
};

const BACKENDS: { readonly [name: string]: readonly string[] } = {
  refused: ['retries 0', 'server o CLOSED'],
  refused_again: ['retries 1', 'timeout connect 200', 'server o CLOSED'],
  refused_silently: ['retries 0', 'option dontlognull', 'server o CLOSED'],
  redispatched: [
    'retries 2',
    'option redispatch',
    'timeout connect 200',
    'server a CLOSED',
    'server o SERVER',
  ],
  connecting: ['retries 0', 'timeout connect 300', 'server o FULL'],
  connecting_silently: ['retries 0', 'timeout connect 300', 'option dontlognull', 'server o FULL'],
  connecting_again: ['retries 1', 'timeout connect 200', 'server o FULL'],
  connecting_aborts: ['retries 0', 'timeout connect 2s', 'option abortonclose', 'server o FULL'],
  impatient: ['retries 0', 'timeout connect 600', 'timeout client 300', 'server o FULL'],
  impatient_aborts: [
    'retries 0',
    'timeout connect 2s',
    'timeout client 300',
    'option abortonclose',
    'server o FULL',
  ],
  empty: [],
  disabled: ['server o SERVER disabled'],
  queue: ['timeout queue 300', 'server o SERVER maxconn 1'],
  queue_aborts: ['timeout queue 2s', 'option abortonclose', 'server o SERVER maxconn 1'],
};

const closed = reservedPort();
const full = findProgram('haproxy') === null ? null : await fullPort();
after(() => {
  closed.close();
  full?.close();
});

function section(name: string, lines: readonly string[], server: number): string {
  const address = (line: string) =>
    line
      .replace('SERVER', `127.0.0.1:${server}`)
      .replace('CLOSED', `127.0.0.1:${closed.port}`)
      .replace('FULL', `127.0.0.1:${full?.port}`);
  return `listen ${name}\n  bind "fd@\${${name}}"\n${lines.map((line) => `  ${address(line)}\n`).join('')}`;
}

const options: TcpArenaOptions = {
  listeners: [...Object.keys(SECTIONS), ...Object.keys(BACKENDS), 'no_linger_frontend', 'no_linger_backend'],
  origins: ['o'],
  config: ({ o, log }) => `global
  nbthread 1
defaults
  mode tcp
  option tcplog
  timeout client 10s
  timeout server 10s
  timeout connect 5s
  log 127.0.0.1:${log} local0
${Object.entries(SECTIONS)
  .map(([name, lines]) => section(name, [...lines, 'server o SERVER'], o!))
  .join('')}${Object.entries(BACKENDS)
  .map(([name, lines]) => section(name, lines, o!))
  .join('')}frontend no_linger_frontend
  bind "fd@\${no_linger_frontend}"
  option nolinger
  default_backend lingering
frontend no_linger_backend
  bind "fd@\${no_linger_backend}"
  default_backend resetting
backend lingering
  server o 127.0.0.1:${o}
backend resetting
  option nolinger
  server o 127.0.0.1:${o}
`,
};

/** Bytes both ways: the server is reached and has been heard. */
const greet =
  (then: (...peers: Awaited<ReturnType<Parameters<TcpScript>[0]['relay']>>) => Promise<void>) =>
  (listener: string): TcpScript =>
  async (stage) => {
    const [client, server] = await stage.relay(listener, 'o');
    client.send('ping');
    await server.bytes(4);
    server.send('pong!');
    await client.bytes(5);
    await then(client, server);
  };

const bothSilent = greet(async (client, server) => {
  await Promise.all([client.ended(), server.ended()]);
});
const clientEnds = greet(async (client, server) => {
  client.finish();
  await server.ended();
  await client.closed();
});
const serverEnds = greet(async (client, server) => {
  server.finish();
  await client.ended();
  await server.closed();
});

const ends: TcpCase[] = [
  {
    name: 'client and server speak, the client ends, the server ends',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      server.finish();
      await client.closed();
    })('plain'),
  },
  {
    name: 'what the server sends after the end of the client arrives',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      server.send('late');
      await client.bytes(9);
      server.finish();
      await client.closed();
    })('plain'),
  },
  {
    name: 'what the client sends after the end of the server arrives',
    play: greet(async (client, server) => {
      server.finish();
      await client.ended();
      client.send('late');
      await server.bytes(8);
      client.finish();
      await server.closed();
    })('plain'),
  },
  {
    name: 'the server speaks first and ends first',
    play: async (stage) => {
      const [client, server] = await stage.relay('plain', 'o');
      server.send('banner');
      server.finish();
      await client.ended();
      client.finish();
      await server.closed();
    },
  },
  {
    name: 'a megabyte and FIN behind it, in both directions',
    play: greet(async (client, server) => {
      const big = 'b'.repeat(1 << 20);
      client.send(big);
      client.finish();
      server.send(big);
      server.finish();
      await Promise.all([client.ended(), server.ended()]);
      await client.closed();
    })('plain'),
  },
  {
    name: 'the client resets',
    play: greet(async (client, server) => {
      client.reset();
      await server.ended();
    })('plain'),
  },
  {
    name: 'the client resets before the server has spoken',
    play: async (stage) => {
      const [client, server] = await stage.relay('plain', 'o');
      client.send('ping');
      await server.bytes(4);
      client.reset();
      await server.ended();
    },
  },
  {
    name: 'the server resets',
    play: greet(async (client, server) => {
      server.reset();
      await client.ended();
    })('plain'),
  },
  {
    name: 'the server resets after the end of the client',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      server.reset();
      await client.closed();
    })('plain'),
  },
  {
    name: 'the client resets after the end of the server',
    play: greet(async (client, server) => {
      server.finish();
      await client.ended();
      client.reset();
      await server.closed();
    })('plain'),
  },
  {
    name: 'with logasap the line comes when the server is reached',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      server.finish();
      await client.closed();
    })('asap'),
  },
  {
    name: 'abortonclose does not cut a relay that runs',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      server.send('late');
      await client.bytes(9);
      server.finish();
      await client.closed();
    })('aborts'),
  },
  {
    name: 'with dontlognull bytes of the server alone are not worth a line',
    lines: 0,
    play: async (stage) => {
      const [client, server] = await stage.relay('no_null', 'o');
      server.send('banner');
      await client.bytes(6);
      client.finish();
      await server.ended();
      server.finish();
      await client.closed();
    },
  },
  {
    name: 'with dontlognull a relay without a byte has no line',
    lines: 0,
    play: async (stage) => {
      const [client, server] = await stage.relay('no_null', 'o');
      server.finish();
      await client.ended();
      client.finish();
      await server.closed();
    },
  },
];

const timeouts: TcpCase[] = [
  ...['short_client', 'short_server', 'tunnel', 'client_fin'].map((name) => ({
    name: `${name}: ${SECTIONS[name]!.join(', ')}: both are silent`,
    play: bothSilent(name === 'client_fin' ? 'short_client' : name),
  })),
  ...['fins', 'server_fin', 'short_server', 'tunnel', 'tunnel_fins'].map((name) => ({
    name: `${name}: ${SECTIONS[name]!.join(', ')}: the client ends and the server is silent`,
    play: clientEnds(name),
  })),
  ...['fins', 'client_fin', 'short_client', 'tunnel', 'tunnel_fins'].map((name) => ({
    name: `${name}: ${SECTIONS[name]!.join(', ')}: the server ends and the client is silent`,
    play: serverEnds(name),
  })),
  ...['client_moves', 'server_moves', 'independent_server'].map((name) => ({
    name: `${name}: ${SECTIONS[name]!.join(', ')}: the server goes on speaking and the client is silent`,
    play: greet(async (client, server) => {
      const dripping = drip(server, 200);
      await client.bytes(5 + 6);
      dripping.stop();
      server.finish();
      await client.ended();
      client.received = client.received.replaceAll('.', '');
      client.finish();
      await server.closed();
    })(name),
  })),
  {
    name: 'tunnel_before: the tunnel timeout replaces those of client and server',
    play: greet(async (client, server) => {
      const dripping = drip(server, 400);
      await client.bytes(5 + 2);
      dripping.stop();
      server.finish();
      await client.ended();
      client.finish();
      await server.closed();
    })('tunnel_before'),
  },
  {
    name: 'a client timeout comes first, then the server ends',
    play: greet(async (client, server) => {
      await server.ended();
      server.finish();
      await client.ended();
    })('short_client'),
  },
  {
    name: 'a client timeout comes first, then the server resets',
    play: greet(async (client, server) => {
      await server.ended();
      server.reset();
      await client.ended();
    })('short_client'),
  },
  {
    name: 'a server timeout comes first, then the client ends',
    play: greet(async (client, server) => {
      await client.ended();
      client.finish();
      await server.ended();
    })('short_server'),
  },
  {
    name: 'a client that ended may be silent for longer than its own timeouts',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      const dripping = drip(server, 700);
      await client.bytes(5 + 1);
      dripping.stop();
      server.finish();
      await client.closed();
    })('client_fin'),
  },
];

const blocked: TcpCase[] = [
  {
    name: 'a server that stops reading is ended by the server timeout',
    play: async (stage) => {
      const [client, server] = await stage.relay('blocked_server', 'o');
      server.send('banner');
      await client.bytes(6);
      server.socket.pause();
      flood(client);
      await client.ended();
      server.socket.resume();
      await server.ended();
      server.received = '';
    },
  },
];

const lingering: TcpCase[] = [
  ...['no_linger_frontend', 'no_linger_backend', 'no_linger'].flatMap((name) => [
    {
      name: `${name}: the server ends, then the client`,
      play: greet(async (client, server) => {
        server.finish();
        await client.ended();
        client.send('late');
        await server.bytes(8);
        client.finish();
        await server.closed();
      })(name),
    },
  ]),
  {
    name: 'no_linger_frontend: the client ends, then the server: the client gets a reset',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      server.send('late');
      await client.bytes(9);
      server.finish();
      await client.closed();
    })('no_linger_frontend'),
  },
  {
    name: 'no_linger_backend: the client ends: the server gets a reset',
    play: greet(async (client, server) => {
      client.finish();
      await server.ended();
      await client.closed();
    })('no_linger_backend'),
  },
  { name: 'no_linger: the client ends: both get a reset', play: clientEnds('no_linger') },
  { name: 'no_linger_fins: the server ends, the client is silent', play: serverEnds('no_linger_fins') },
  { name: 'no_linger_short: both are silent', play: bothSilent('no_linger_short') },
];

const waits =
  (listener: string, bytes = ''): TcpScript =>
  async (stage) => {
    const client = stage.connect(listener);
    if (bytes !== '') client.send(bytes);
    await client.ended();
  };

/** The client leaves while the server's kernel does not answer. */
const leavesEarly =
  (listener: string, how: 'finish' | 'reset'): TcpScript =>
  async (stage) => {
    const client = stage.connect(listener);
    await once(client.socket, 'connect');
    client.send('ping');
    // The program has to have read it: another connection behind this one has been served by then.
    await stage.connect('empty').ended();
    client[how]();
    await client.ended();
  };

const reaching: TcpCase[] = [
  { name: 'nobody listens', play: waits('refused', 'ping') },
  { name: 'nobody listens, and the client waits', play: waits('refused') },
  { name: 'nobody listens, with one retry', play: waits('refused_again') },
  { name: 'nobody listens, with dontlognull and no byte', lines: 0, play: waits('refused_silently') },
  {
    name: 'the server does not answer, with dontlognull and bytes',
    play: waits('connecting_silently', 'ping'),
  },
  {
    name: 'nobody listens on the first server, and another is taken',
    play: async (stage) => {
      const [client, server] = await stage.relay('redispatched', 'o');
      server.send('banner');
      server.finish();
      await client.ended();
      client.finish();
      await server.closed();
    },
  },
  { name: 'the server does not answer', play: waits('connecting') },
  { name: 'the server does not answer a client that has spoken', play: waits('connecting', 'ping') },
  { name: 'the server does not answer, with one retry', play: waits('connecting_again') },
  { name: 'the client timeout ends before the connect timeout', play: waits('impatient') },
  { name: 'a client that has spoken is not silent while it waits', play: waits('impatient', 'ping') },
  { name: 'with abortonclose the client timeout ends the attempt', play: waits('impatient_aborts') },
  { name: 'there is no server', play: waits('empty') },
  { name: 'no server may be used', play: waits('disabled', 'ping') },
  {
    name: 'a client resets while the server does not answer',
    lines: 2,
    play: leavesEarly('connecting_aborts', 'reset'),
  },
  {
    name: 'with abortonclose a client ends while the server does not answer',
    lines: 2,
    play: leavesEarly('connecting_aborts', 'finish'),
  },
];

/** One client has the server's only place, another waits for it. */
const inQueue =
  (listener: string, leave: (waiting: ReturnType<Parameters<TcpScript>[0]['connect']>) => void): TcpScript =>
  async (stage) => {
    const [client, server] = await stage.relay(listener, 'o');
    const waiting = stage.connect(listener);
    await once(waiting.socket, 'connect');
    leave(waiting);
    await waiting.ended();
    server.finish();
    client.finish();
    await Promise.all([client.closed(), server.closed()]);
  };

const queued: TcpCase[] = [
  { name: 'the queue timeout ends a wait', lines: 2, play: inQueue('queue', () => {}) },
  {
    name: 'a client that has spoken and ended still waits in the queue',
    lines: 2,
    play: inQueue('queue', (waiting) => {
      waiting.send('ping');
      waiting.finish();
    }),
  },
];

describe('TCP mode agrees:', { skip: skipUnless('haproxy') }, () => {
  playTcpSideBySide(options, [...ends, ...timeouts, ...blocked, ...lingering, ...reaching, ...queued]);
});
