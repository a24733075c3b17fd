/**
 * Every timeout of the manual's section 4.2 that both programs have, in both modes: who is answered what when it
 * expires, and what the log says. The others are far longer than the one of the case.
 */
import { after, describe } from 'node:test';
import { findProgram, skipUnless } from '../support/oracle.ts';
import { withJoinedChunks } from '../support/programs/raw-client.ts';
import {
  drip,
  flood,
  fullPort,
  playTcpSideBySide,
  type TcpArenaOptions,
  type TcpCase,
  type TcpScript,
} from '../support/programs/tcp-arena.ts';

const SHORT = 300;

/** Sections by name: mode and lines. */
const SECTIONS: { readonly [name: string]: readonly string[] } = {
  http_request: ['mode http', `timeout http-request ${SHORT}`],
  http_client: ['mode http', `timeout client ${SHORT}`],
  http_body: ['mode http', `timeout client ${SHORT}`, 'timeout server 1s'],
  http_keep_alive: ['mode http', `timeout http-keep-alive ${SHORT}`],
  http_both: ['mode http', 'timeout http-keep-alive 5s', `timeout http-request ${SHORT}`],
  http_server: ['mode http', `timeout server ${SHORT}`],
  http_tunnel: ['mode http', `timeout tunnel ${SHORT}`],
  http_tunnel_fins: [
    'mode http',
    'timeout tunnel 8s',
    `timeout client-fin ${SHORT}`,
    `timeout server-fin ${SHORT}`,
  ],
  http_connect: ['mode http', 'retries 0', `timeout connect ${SHORT}`, 'server full FULL'],
  http_connect_again: ['mode http', 'retries 2', 'timeout connect 150', 'server full FULL'],
  http_queue: ['mode http', `timeout queue ${SHORT}`, 'server o SERVER maxconn 1'],
  http_queue_connect: ['mode http', `timeout connect ${SHORT}`, 'server o SERVER maxconn 1'],
  tcp_client: ['mode tcp', `timeout client ${SHORT}`],
  tcp_server: ['mode tcp', `timeout server ${SHORT}`],
  tcp_tunnel: ['mode tcp', `timeout tunnel ${SHORT}`],
  tcp_client_fin: ['mode tcp', `timeout client-fin ${SHORT}`],
  tcp_server_fin: ['mode tcp', `timeout server-fin ${SHORT}`],
  tcp_connect: ['mode tcp', 'retries 0', `timeout connect ${SHORT}`, 'server full FULL'],
  tcp_queue: ['mode tcp', `timeout queue ${SHORT}`, 'server o SERVER maxconn 1'],
  tcp_queue_connect: ['mode tcp', `timeout connect ${SHORT}`, 'server o SERVER maxconn 1'],
};

const full = findProgram('haproxy') === null ? null : await fullPort();
after(() => full?.close());

const options: TcpArenaOptions = {
  listeners: Object.keys(SECTIONS),
  origins: ['o'],
  config: ({ o, log }) => `global
  nbthread 1
defaults
  timeout client 10s
  timeout server 10s
  timeout connect 10s
  log 127.0.0.1:${log} local0
${Object.entries(SECTIONS)
  .map(([name, [mode = '', ...lines]]) => {
    const own = lines.some((line) => line.startsWith('server ')) ? lines : [...lines, 'server o SERVER'];
    const text = own.map((line) => `  ${line}\n`).join('');
    return `listen ${name}\n  ${mode}\n  option ${mode.slice(5)}log\n  bind "fd@\${${name}}"\n${text
      .replace('SERVER', `127.0.0.1:${o}`)
      .replace('FULL', `127.0.0.1:${full?.port}`)}`;
  })
  .join('')}`,
};

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
const PART = 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

/** The client sends this, then nothing more, until it is answered or closed. */
const silentAfter =
  (listener: string, text = ''): TcpScript =>
  async (stage) => {
    const client = stage.connect(listener);
    if (text !== '') client.send(text);
    await client.ended();
  };

/** One request is served, then the client sends this and nothing more. */
const silentAfterOne =
  (listener: string, text = ''): TcpScript =>
  async (stage) => {
    const client = stage.connect(listener);
    client.send(GET);
    const server = await stage.server('o');
    await server.until('\r\n\r\n');
    server.send(OK);
    await client.until('ok');
    if (text !== '') client.send(text);
    await client.ended();
    server.finish();
  };

/** The server gets the request, sends this, and nothing more. */
const silentServer =
  (listener: string, request: string, response = ''): TcpScript =>
  async (stage) => {
    const client = stage.connect(listener);
    client.send(request);
    const server = await stage.server('o');
    await server.until('\r\n\r\n');
    if (response !== '') server.send(response);
    await client.until('\r\n\r\n');
    await server.ended();
    client.received = withJoinedChunks(client.received);
    client.finish();
    await client.closed();
    stage.forgotten.add(server);
  };

const upgraded =
  (
    listener: string,
    then: (...peers: Awaited<ReturnType<Parameters<TcpScript>[0]['relay']>>) => Promise<void>,
  ): TcpScript =>
  async (stage) => {
    const client = stage.connect(listener);
    client.send(UPGRADE);
    const server = await stage.server('o');
    await server.until('\r\n\r\n');
    server.send(`${SWITCHED}hello`);
    await client.until('hello');
    await then(client, server);
  };

const requests: TcpCase[] = [
  { name: 'http-request: no byte', play: silentAfter('http_request'), atLeastMs: SHORT },
  {
    name: 'http-request: part of a request line',
    play: silentAfter('http_request', 'GET /'),
    atLeastMs: SHORT,
  },
  { name: 'http-request: part of a head', play: silentAfter('http_request', PART), atLeastMs: SHORT },
  {
    name: 'http-request: a head that comes byte by byte',
    atLeastMs: SHORT,
    play: async (stage) => {
      const client = stage.connect('http_request');
      client.send(PART);
      drip(client, 50);
      await client.ended();
    },
  },
  {
    name: 'http-request: a second head that stays incomplete',
    lines: 2,
    play: silentAfterOne('http_request', PART),
  },
  { name: 'http-request counts for idle connections too', play: silentAfterOne('http_request') },
  { name: 'http-request: a body may take longer', play: slowBody('http_request', 100, 5) },
  { name: 'client: no byte', play: silentAfter('http_client'), atLeastMs: SHORT },
  { name: 'client: part of a head', play: silentAfter('http_client', PART), atLeastMs: SHORT },
  { name: 'client: an idle connection', play: silentAfterOne('http_client') },
  { name: 'http-keep-alive: an idle connection', play: silentAfterOne('http_keep_alive') },
  {
    name: 'http-keep-alive before http-request: a second head',
    lines: 2,
    play: silentAfterOne('http_both', PART),
  },
  {
    name: 'client: part of a body',
    differsBecause: 'while the request is incomplete its client is waited for, not the server',
    play: silentServer('http_body', `${POST}12345`),
    atLeastMs: SHORT,
  },
  { name: 'client: a body that comes byte by byte', play: slowBody('http_client', 100, 5) },
];

/** A body in pieces, slower in all than the timeout but never silent for it, and its answer. */
function slowBody(listener: string, everyMs: number, bytes: number): TcpScript {
  return async (stage) => {
    const client = stage.connect(listener);
    client.send(POST.replace('10', String(bytes)));
    const server = await stage.server('o');
    const dripping = drip(client, everyMs);
    await server.until('\r\n\r\n');
    await server.until('.'.repeat(bytes));
    dripping.stop();
    server.send(OK.replace('Content-Length', 'Connection: close\r\nContent-Length'));
    await client.until('ok');
    server.finish();
    client.finish();
    await client.closed();
    server.received = server.received.replace(/\.+$/, '.');
  };
}

const responses: TcpCase[] = [
  { name: 'server: no byte of an answer', play: silentServer('http_server', GET), atLeastMs: SHORT },
  {
    name: 'server: part of a head',
    play: silentServer('http_server', GET, 'HTTP/1.1 200 OK\r\nX-'),
    atLeastMs: SHORT,
  },
  {
    name: 'server: part of a body',
    play: silentServer('http_server', GET, 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'),
    atLeastMs: SHORT,
  },
  {
    name: 'server: part of a chunk',
    play: silentServer('http_server', GET, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n12345'),
    atLeastMs: SHORT,
  },
  {
    name: 'server: it answers only 100',
    play: silentServer('http_server', GET, 'HTTP/1.1 100 Continue\r\n\r\n'),
    atLeastMs: SHORT,
  },
  { name: 'server: it is not silent while the request is incomplete', play: slowBody('http_server', 150, 4) },
  {
    name: 'client: it does not take its answer',
    atLeastMs: SHORT,
    play: async (stage) => {
      const client = stage.connect('http_client');
      client.send(GET);
      const server = await stage.server('o');
      client.socket.pause();
      server.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
      flood(server);
      await server.ended();
      stage.forgotten.add(server);
      client.socket.resume();
      await client.ended();
      client.received = '';
    },
  },
];

const tunnels: TcpCase[] = [
  {
    name: 'tunnel: both are silent',
    atLeastMs: SHORT,
    play: upgraded('http_tunnel', async (client, server) => {
      await Promise.all([client.ended(), server.ended()]);
    }),
  },
  {
    name: 'client-fin: the server has ended an upgraded connection',
    play: upgraded('http_tunnel_fins', async (client, server) => {
      server.finish();
      await client.ended();
      await server.closed();
    }),
  },
  {
    name: 'server-fin: the client has ended an upgraded connection',
    play: upgraded('http_tunnel_fins', async (client, server) => {
      client.finish();
      await server.ended();
      await client.closed();
    }),
  },
];

/** One client has the server's only place, another waits for it. */
const inQueue =
  (listener: string, request = ''): TcpScript =>
  async (stage) => {
    const first = stage.connect(listener);
    if (request !== '') first.send(request);
    const server = await stage.server('o');
    const second = stage.connect(listener);
    if (request !== '') second.send(request);
    await second.ended();
    if (request !== '') {
      server.send(OK.replace('Content-Length', 'Connection: close\r\nContent-Length'));
      stage.forgotten.add(server);
    }
    server.finish();
    await first.ended();
    first.finish();
    await Promise.all([first.closed(), server.closed()]);
  };

const CLOSING = GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');

const reaching: TcpCase[] = [
  { name: 'connect, HTTP', play: silentAfter('http_connect', CLOSING), atLeastMs: SHORT },
  { name: 'connect, HTTP, with retries', play: silentAfter('http_connect_again', CLOSING), atLeastMs: 450 },
  { name: 'queue, HTTP', lines: 2, play: inQueue('http_queue', CLOSING) },
  {
    name: 'connect counts for the queue without a timeout of its own, HTTP',
    lines: 2,
    play: inQueue('http_queue_connect', CLOSING),
  },
  { name: 'connect, TCP', play: silentAfter('tcp_connect'), atLeastMs: SHORT },
  { name: 'queue, TCP', lines: 2, play: inQueue('tcp_queue') },
  {
    name: 'connect counts for the queue without a timeout of its own, TCP',
    lines: 2,
    play: inQueue('tcp_queue_connect'),
  },
];

const relay =
  (
    listener: string,
    then: (...peers: Awaited<ReturnType<Parameters<TcpScript>[0]['relay']>>) => Promise<void>,
  ): TcpScript =>
  async (stage) => {
    const [client, server] = await stage.relay(listener, 'o');
    client.send('ping');
    await server.until('ping');
    server.send('pong');
    await client.until('pong');
    await then(client, server);
  };

const relays: TcpCase[] = [
  {
    name: 'client, TCP: the server gets FIN',
    atLeastMs: SHORT,
    play: relay('tcp_client', async (client, server) => {
      await server.ended();
      server.finish();
      await client.ended();
    }),
  },
  {
    name: 'server, TCP: the client gets FIN',
    atLeastMs: SHORT,
    play: relay('tcp_server', async (client, server) => {
      await client.ended();
      client.finish();
      await server.ended();
    }),
  },
  {
    name: 'tunnel, TCP',
    atLeastMs: SHORT,
    play: relay('tcp_tunnel', async (client, server) => {
      await Promise.all([client.ended(), server.ended()]);
    }),
  },
  {
    name: 'client-fin, TCP',
    atLeastMs: SHORT,
    play: relay('tcp_client_fin', async (client, server) => {
      server.finish();
      await client.ended();
      await server.closed();
    }),
  },
  {
    name: 'server-fin, TCP',
    atLeastMs: SHORT,
    play: relay('tcp_server_fin', async (client, server) => {
      client.finish();
      await server.ended();
      await client.closed();
    }),
  },
];

describe('Timeouts agree:', { skip: skipUnless('haproxy') }, () => {
  playTcpSideBySide(options, [...requests, ...responses, ...tunnels, ...reaching, ...relays]);
});
