/** Socket options and rates that the configuration asks for, seen from outside: what the kernel and clients notice. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { findProgram } from '../support/oracle.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import { descendants, Program } from '../support/programs/program.ts';
import { RawOrigin, RawPeer } from '../support/programs/tcp-arena.ts';

function connect(port: number, host = '127.0.0.1'): RawPeer {
  return new RawPeer(net.connect({ port, host, allowHalfOpen: true, noDelay: true }));
}

async function start(t: TestContext, config: string, listeners: readonly string[] = []): Promise<Program> {
  const program = Program.start('fairlead', { config, listeners, args: ['-W'] });
  t.after(() => program.stop());
  await program.printed(/Loading success/);
  return program;
}

async function origin(t: TestContext): Promise<RawOrigin> {
  const server = await RawOrigin.start();
  t.after(() => server.stop());
  return server;
}

const asRoot =
  process.platform === 'linux' && process.getuid?.() === 0
    ? false
    : 'needs Linux and root: bind options with privileges';

test('A bind line with every socket option serves TCP connections', { skip: asRoot }, async (t) => {
  const server = await origin(t);
  const port = reservedPort();
  t.after(() => port.close());
  await start(
    t,
    `global
  nbthread 2
  tune.rcvbuf.client 65536
  tune.sndbuf.client 65536
  tune.rcvbuf.server 65536
  tune.sndbuf.server 65536
  tune.notsent-lowat.client 16k
  tune.notsent-lowat.server 16k
listen www
  mode tcp
  bind 127.0.0.1:${port.port} interface lo transparent mss 1200 tcp-ut 20s tfo cc reno tcp-ss 1 backlog 100 nice 5 thread 1
  option clitcpka
  clitcpka-cnt 3
  clitcpka-idle 100
  clitcpka-intvl 7
  option srvtcpka
  srvtcpka-cnt 4
  srvtcpka-idle 200
  srvtcpka-intvl 9
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${server.port}
`,
  );
  const client = connect(port.port);
  client.send('ping');
  const peer = await server.next();
  await peer.until('ping');
  peer.send('pong');
  await client.until('pong');
  // /proc/net/tcp: `timer:when` is 02 for keep-alive; `when` counts hundredths of a second.
  const timers = keepAliveTimers(port.port, server.port);
  assert.equal(timers.length, 2, 'one for the client, one for the server');
  assert.ok(timers[0]! > 90 && timers[0]! <= 100, `${timers[0]} s until the client is probed`);
  assert.ok(timers[1]! > 190 && timers[1]! <= 200, `${timers[1]} s until the server is probed`);
  client.socket.destroy();
});

/** Seconds until the keep-alive timers of the program's two sockets fire, the client's first. */
function keepAliveTimers(listenPort: number, serverPort: number): number[] {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n');
  const secondsOf = (row: string) => Number.parseInt(/ 02:([0-9A-F]{8}) /.exec(row)?.[1] ?? '0', 16) / 100;
  const clients = rows.filter(
    (row) => row.includes(`0100007F:${hex(listenPort)} 0100007F`) && / 02:/.test(row),
  );
  const servers = rows.filter((row) => row.includes(` 0100007F:${hex(serverPort)} 01`) && / 02:/.test(row));
  return [...clients, ...servers].map(secondsOf);
}

test('An interface that does not exist is refused with the line', { skip: asRoot }, async () => {
  const program = Program.start('fairlead', {
    config:
      'listen www\n  bind 127.0.0.1:1 interface no-such\n  timeout client 1s\n  timeout server 1s\n  timeout connect 1s\n',
  });
  const { code } = await program.ended;
  assert.equal(code, 1);
  assert.match(program.output, /cannot bind socket \(.*ENODEV.*\) for \[127\.0\.0\.1:1\]/);
  await program.stop();
});

test('defer-accept holds a connection back until it has said something', { skip: asRoot }, async (t) => {
  const server = await origin(t);
  const port = reservedPort();
  t.after(() => port.close());
  await start(
    t,
    `listen www
  mode tcp
  bind 127.0.0.1:${port.port} defer-accept
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${server.port}
`,
  );
  const silent = connect(port.port);
  const speaking = connect(port.port);
  speaking.send('first');
  const peer = await server.next();
  await peer.until('first');
  silent.send('second');
  await (await server.next()).until('second');
  for (const client of [silent, speaking]) client.socket.destroy();
});

const RATE = 5;

for (const [limit, where] of [
  [`rate-limit sessions ${RATE}`, 'listen'],
  [`maxconnrate ${RATE}`, 'global'],
  [`maxsessrate ${RATE}`, 'global'],
] as const) {
  test(`With ${limit} on two threads, clients beyond it wait and all are served`, async (t) => {
    const server = await origin(t);
    const port = reservedPort();
    t.after(() => port.close());
    await start(
      t,
      `global
  nbthread 2
  ${where === 'global' ? limit : ''}
listen www
  mode tcp
  bind 127.0.0.1:${port.port}
  ${where === 'listen' ? limit : ''}
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${server.port}
`,
    );
    const beganAt = Date.now();
    const clients = Array.from({ length: 3 * RATE }, () => connect(port.port));
    const arrivals: number[] = [];
    for (let i = 0; i < clients.length; i++) {
      await server.next();
      arrivals.push(Date.now());
    }
    assert.ok(arrivals.at(-1)! - beganAt > 1000, 'three times the rate takes more than a second');
    // In any second of the clock there are no more than the limit; arrivals are seen a moment later than begun.
    for (let i = 0; i + 2 * RATE < arrivals.length; i++)
      assert.ok(
        arrivals[i + 2 * RATE]! - arrivals[i]! > 500,
        `${2 * RATE + 1} sessions within half a second`,
      );
    for (const client of clients) client.socket.destroy();
  });
}

test('With maxconn 2 on a bind line the third client waits until one leaves', async (t) => {
  const server = await origin(t);
  const program = await start(
    t,
    `global
  nbthread 2
listen www
  mode tcp
  bind "fd@\${www}" maxconn 2
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${server.port}
`,
    ['www'],
  );
  const clients = Array.from({ length: 3 }, () => connect(program.port('www')));
  const first = await server.next();
  const second = await server.next();
  assert.equal(server.takeRest(), 0);
  first.finish();
  second.finish();
  for (const client of clients) client.finish();
  await server.next();
  for (const client of clients) client.socket.destroy();
});

const withPrlimit =
  asRoot || (findProgram('prlimit') === null ? 'needs prlimit (package util-linux)' : false);

test('A process that runs out of descriptors serves again when it has some', {
  skip: withPrlimit,
}, async (t) => {
  const server = await origin(t);
  const program = await start(
    t,
    `global
  nbthread 1
  maxconn 100
listen www
  mode tcp
  bind "fd@\${www}"
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  retries 0
  server o 127.0.0.1:${server.port}
`,
    ['www'],
  );
  const [worker] = descendants(program.pid);
  const open = readdirSync(`/proc/${worker}/fd`).length;
  execFileSync('prlimit', ['--pid', String(worker), `--nofile=${open + 15}:4096`]);
  const clients = Array.from({ length: 40 }, () => connect(program.port('www')));
  for (const client of clients) client.send('ping');
  await (await server.next()).until('ping');
  // One may be missing: a call that fails takes none, and the next needs two.
  while (readdirSync(`/proc/${worker}/fd`).length < open + 13)
    await new Promise((resolve) => setImmediate(resolve));
  for (const client of clients) client.reset();
  for (const client of clients) await client.closed();
  execFileSync('prlimit', ['--pid', String(worker), '--nofile=4096:4096']);
  for (let isServed = false; !isServed; ) {
    const client = connect(program.port('www'));
    client.send('still there');
    const peer = await server.next();
    await Promise.race([peer.until('still there'), peer.ended()]);
    isServed = peer.received === 'still there';
    client.socket.destroy();
  }
  assert.equal(program.hasEnded, false);
});
