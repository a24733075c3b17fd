/** Server connections that are kept, closed, lost and limited. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { Arena, type ArenaOptions } from '../support/programs/arena.ts';
import { request, response } from '../support/programs/exchanges.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import type { Exchange, Reply } from '../support/programs/scripted-origin.ts';

interface Site {
  readonly lines: readonly string[];
  readonly replies: { readonly [target: string]: Reply };
  readonly threads?: number;
  readonly mode?: 'tcp' | 'http';
}

/** One listen section in front of one origin, `{s1}`. */
async function startSite(
  t: TestContext,
  { lines, replies, threads = 1, mode = 'http' }: Site,
): Promise<Arena> {
  const options: ArenaOptions = {
    listeners: ['www'],
    origins: { s1: replies },
    config: (ports) => `global
  nbthread ${threads}
  log 127.0.0.1:${ports['log']} local0
defaults
  mode ${mode}
  log global
  option ${mode}log
  timeout client 30s
  timeout server 30s
  timeout connect 5s
listen www
  bind "fd@\${www}"
${lines.map((line) => `  ${line.replace('{s1}', `127.0.0.1:${ports['s1']}`)}\n`).join('')}`,
  };
  const arena = await Arena.start('fairlead', options);
  t.after(() => arena.stop());
  return arena;
}

/** Answers the first request of each connection, and closes when it has the second one. */
function closesOnSecond(): Reply {
  const seen = new WeakSet<net.Socket>();
  return ({ socket, write }) => {
    if (seen.has(socket)) socket.destroy();
    else write(response('200 OK', 'first'));
    seen.add(socket);
  };
}

const BODIES = [
  request('GET /second'),
  request('POST /second', ['Content-Length: 5'], 'hello'),
  request('POST /second', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
];

for (const bytes of BODIES) {
  test(`a request on a reused connection that closes before any answer is sent again: ${JSON.stringify(bytes)}`, async (t) => {
    const site = await startSite(t, {
      lines: ['retries 0', 'server s1 {s1}'],
      replies: { '*': closesOnSecond() },
    });
    const outcome = await site.play(async (stage) => {
      const client = stage.connect('www');
      client.send(request('GET /first'));
      await client.responses(1);
      client.send(bytes);
      await client.responses(2);
    }, 2);
    assert.equal(outcome.clients[0]!.match(/HTTP\/1\.1 200/g)?.length, 2);
    assert.match(outcome.log[1]!, / 200 .* 1\/1\/0\/0\/0 /);
  });
}

test('a request that must not be sent again is answered 502 when its reused connection closes', async (t) => {
  const lines = ['http-request disable-l7-retry', 'server s1 {s1}'];
  const site = await startSite(t, { lines, replies: { '*': closesOnSecond() } });
  const outcome = await site.play(async (stage) => {
    const client = stage.connect('www');
    client.send(request('GET /first'));
    await client.responses(1);
    client.send(request('GET /second'));
    await client.responses(2);
  }, 2);
  assert.match(outcome.clients[0]!, /HTTP\/1\.1 502 /);
});

test('connections that nobody needs are closed after pool-purge-delay', async (t) => {
  const held: Exchange[] = [];
  const site = await startSite(t, {
    lines: ['server s1 {s1} pool-purge-delay 50ms'],
    replies: { '*': (exchange) => void held.push(exchange) },
  });
  await site.play(async (stage) => {
    const clients = ['/1', '/2', '/3', '/4'].map((target) => {
      const client = stage.connect('www');
      client.send(request(`GET ${target}`));
      return client;
    });
    for (const target of ['/1', '/2', '/3', '/4']) await stage.origin('s1').arrived(target);
    const closed = held.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
    for (const exchange of held) exchange.write(response('200 OK', 'x'));
    for (const client of clients) await client.responses(1);
    await Promise.all(closed);
  }, 4);
});

/** Requests of one client that servers are to see from these addresses; `new` or `reused` of each. */
async function fromAddresses(t: TestContext, server: string, hosts: readonly string[]): Promise<string[]> {
  const site = await startSite(t, {
    lines: ['source 0.0.0.0 usesrc hdr_ip(x-from)', server],
    replies: { '*': ({ socket, write }) => write(response('200 OK', socket.remoteAddress!)) },
  });
  const outcome = await site.play(async (stage) => {
    const client = stage.connect('www');
    for (const [i, host] of hosts.entries()) {
      client.send(request('GET /', [`X-From: ${host}`]));
      await client.responses(i + 1);
    }
  }, hosts.length);
  assert.deepEqual(outcome.clients[0]!.match(/127\.0\.0\.\d/g), hosts);
  return outcome.origins.map((line) => line.split(' ')[1]!);
}

test('with usesrc a connection is reused for the same source only', async (t) => {
  const hosts = ['127.0.0.5', '127.0.0.6', '127.0.0.5', '127.0.0.5'];
  assert.deepEqual(await fromAddresses(t, 'server s1 {s1} maxconn 1', hosts), [
    'new',
    'new',
    'reused',
    'reused',
  ]);
});

test('strict-maxconn closes an idle connection rather than to have more than maxconn', async (t) => {
  const hosts = ['127.0.0.5', '127.0.0.6', '127.0.0.5', '127.0.0.5'];
  const seen = await fromAddresses(t, 'server s1 {s1} maxconn 1 strict-maxconn', hosts);
  assert.deepEqual(seen, ['new', 'new', 'new', 'reused']);
});

test('a source address that is not ours is a failed connection', async (t) => {
  const site = await startSite(t, {
    lines: ['retries 0', 'source 203.0.113.7', 'server s1 {s1}'],
    replies: { '*': response('200 OK') },
  });
  const outcome = await site.play(async (stage) => {
    const client = stage.connect('www');
    client.send(request('GET /'));
    await client.responses(1);
  }, 1);
  assert.match(outcome.log[0]!, / 503 .* SC-- /);
});

test('source ports of a range are taken in turn, in TCP mode too', async (t) => {
  // A range that other programs are not given ports from would need privileges: one in use is tried again elsewhere.
  const ports: number[] = [];
  const site = await startSite(t, {
    lines: ['retries 3', 'server s1 {s1} source 127.0.0.9:21000-21003'],
    mode: 'tcp',
    replies: {
      '*': ({ socket, write }) => {
        ports.push(socket.remotePort!);
        write(response('200 OK'));
      },
    },
  });
  await site.play(async (stage) => {
    for (let i = 0; i < 3; i++) {
      const client = stage.connect('www');
      client.send(request('GET /'));
      await client.responses(1);
    }
  }, 3);
  assert.equal(new Set(ports).size, 3);
  assert.ok(ports.every((port) => port >= 21000 && port <= 21003));
});

test('a server that reads nothing of a large body stops its client, and gets all of it once it reads', async (t) => {
  const BODY_BYTES = 96 * 1024 * 1024;
  let stopped: net.Socket | null = null;
  let received = 0;
  const server = net.createServer((socket) => {
    socket.pause();
    stopped = socket;
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as net.AddressInfo;
  const site = await startSite(t, {
    lines: [
      'retry-on all-retryable-errors',
      `use-server big if { path /big }`,
      'server s1 {s1}',
      `server big 127.0.0.1:${port} weight 0`,
    ],
    replies: { '*': response('200 OK') },
  });
  const client = new RawClient(site.program.port('www'));
  const probe = new RawClient(site.program.port('www'));
  client.send(`POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`);
  client.socket.write(Buffer.alloc(BODY_BYTES, 'x'));
  // Requests of another client are the clock: the program has turned often enough to have read all it wants to.
  for (let i = 1; i <= 300; i++) {
    probe.send(request('GET /probe'));
    await probe.responses(i);
  }
  const taken = client.socket.bytesWritten - client.socket.writableLength;
  assert.ok(taken < BODY_BYTES / 2, `${taken} bytes were taken from the client`);
  await new Promise<void>((resolve) => {
    stopped!.on('data', (piece: Buffer) => {
      received += piece.length;
      if (received > BODY_BYTES) resolve();
    });
    stopped!.resume();
  });
  stopped!.write(response('200 OK', 'all'));
  await client.responses(1);
  assert.match(client.received, /200 OK\r\n(.+\r\n)*\r\nall$/);
  client.finish();
  probe.finish();
  await Promise.all([client.closed(), probe.closed()]);
});
