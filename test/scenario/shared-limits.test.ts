/** Limits and turns are exact across worker threads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { response } from '../support/programs/exchanges.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import { type Exchange, ScriptedOrigin } from '../support/programs/scripted-origin.ts';
import { namedOrigin, siteConfig, startFairlead } from '../support/programs/simple-site.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';

test('A server with maxconn 1 never sees two requests at once, whatever thread they come by, and all are served', async (t) => {
  let atOnce = 0;
  let most = 0;
  const waiting: Exchange[] = [];
  const origin = await ScriptedOrigin.start({
    '*': (exchange) => {
      most = Math.max(most, ++atOnce);
      waiting.push(exchange);
      // Others get their turn to arrive before this one is answered.
      setImmediate(() =>
        setImmediate(() => {
          waiting.shift();
          atOnce--;
          exchange.write(response('200 OK', 'served'));
        }),
      );
    },
  });
  const owned = reservedPort();
  const backend = ['timeout queue 30s', `server o 127.0.0.1:${origin.port} maxconn 1`];
  await startFairlead(t, { config: siteConfig({ threads: 4, port: owned.port, backend }) });
  most = 0;
  const clients = Array.from({ length: 200 }, () => new RawClient(owned.port));
  for (const client of clients) client.send(REQUEST);
  await Promise.all(clients.map((client) => client.closed()));
  assert.equal(clients.filter(({ received }) => received.endsWith('served')).length, clients.length);
  assert.equal(most, 1);
  await origin.stop();
  owned.close();
});

test('roundrobin takes servers in turn exactly, with requests from two threads', async (t) => {
  const origins = [await namedOrigin('one'), await namedOrigin('two'), await namedOrigin('three')];
  const owned = reservedPort();
  const backend = ['balance roundrobin', ...origins.map(({ port }, i) => `server s${i} 127.0.0.1:${port}`)];
  await startFairlead(t, { config: siteConfig({ threads: 2, port: owned.port, backend }) });
  const answers: string[] = [];
  for (let i = 0; i < 60; i++) {
    const client = new RawClient(owned.port);
    client.send(REQUEST);
    await client.closed();
    answers.push(client.received.split('\r\n\r\n')[1]!);
  }
  const turn = answers.slice(0, 3);
  assert.equal(new Set(turn).size, 3);
  assert.deepEqual(
    answers,
    Array.from({ length: 60 }, (_, i) => turn[i % 3]),
  );
  for (const origin of origins) await origin.stop();
  owned.close();
});

test('roundrobin takes servers by their weights, counted over both threads', async (t) => {
  const origins = [await namedOrigin('heavy'), await namedOrigin('light')];
  const owned = reservedPort();
  const [heavy, light] = origins;
  const backend = [
    'balance roundrobin',
    `server heavy 127.0.0.1:${heavy!.port} weight 3`,
    `server light 127.0.0.1:${light!.port} weight 1`,
  ];
  await startFairlead(t, { config: siteConfig({ threads: 2, port: owned.port, backend }) });
  for (const origin of origins) origin.take();
  const clients = Array.from({ length: 80 }, () => new RawClient(owned.port));
  for (const client of clients) client.send(REQUEST);
  await Promise.all(clients.map((client) => client.closed()));
  assert.deepEqual(
    origins.map((origin) => origin.take().length),
    [60, 20],
  );
  for (const origin of origins) await origin.stop();
  owned.close();
});
