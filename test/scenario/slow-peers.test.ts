/**
 * Slow and vanishing peers: each is ended by its timeout with HAProxy's status and log state, others are served
 * meanwhile, and no peer that does not read makes memory grow beyond a buffer or two.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { response } from '../support/programs/exchanges.ts';
import { LogSink } from '../support/programs/log-sink.ts';
import { descendants, Program } from '../support/programs/program.ts';
import { ScriptedOrigin } from '../support/programs/scripted-origin.ts';
import { drip, flood, RawOrigin, RawPeer } from '../support/programs/tcp-arena.ts';

const SLOW = 50;
/** Peers that stop reading, each at the end of an endless transfer. */
const STUCK = 16;
/** What the stuck transfers may add to memory in all: a bulk buffer, a read and its rest for each, and V8's own moods. */
const MEMORY_BYTES = 64 * 1024 * 1024;
/** More than the buffers of two sockets on loopback take, much less than what is offered. */
const TAKEN_BYTES = 48 * 1024 * 1024;

function connect(program: Program, listener: string): RawPeer {
  const port = program.port(listener);
  return new RawPeer(net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }));
}

interface Site {
  readonly program: Program;
  readonly sink: LogSink;
}

async function start(
  t: TestContext,
  listeners: readonly string[],
  config: (log: number) => string,
): Promise<Site> {
  const sink = await LogSink.start();
  const program = Program.start('fairlead', { config: config(sink.port), listeners });
  t.after(async () => {
    await program.stop();
    await sink.stop();
  });
  return { program, sink };
}

test('Slow heads and slow bodies are answered 408 and logged cR, and others are served meanwhile', async (t) => {
  const origin = await ScriptedOrigin.start({ '*': response('200 OK', 'fine') });
  t.after(() => origin.stop());
  const { program, sink } = await start(
    t,
    ['www'],
    (log) => `global
  nbthread 2
listen www
  mode http
  bind "fd@\${www}"
  option httplog
  option http-buffer-request
  log 127.0.0.1:${log} local0
  http-request set-log-level silent if { path /normal }
  timeout http-request 1s
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${origin.port}
`,
  );
  const request = 'GET /normal HTTP/1.1\r\nHost: normal\r\n\r\n';
  const normal = connect(program, 'www');
  normal.send(request);
  await normal.until('fine');

  const slow = Array.from({ length: 2 * SLOW }, (_, i) => {
    const peer = connect(program, 'www');
    const isHead = i % 2 === 0;
    peer.send(
      isHead
        ? 'GET /head HTTP/1.1\r\nHost: a\r\nX-Slow: '
        : 'POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n',
    );
    drip(peer, 100);
    return peer;
  });
  const ended = Promise.all(slow.map((peer) => peer.ended())).then(() => true as const);
  let served = 0;
  for (let isOver = false; !isOver; served++) {
    normal.received = '';
    normal.send(request);
    await normal.until('fine');
    isOver = await Promise.race([ended, new Promise<false>((resolve) => setImmediate(resolve, false))]);
  }
  assert.equal(normal.outcome, 'open');
  assert.ok(served > 1, `${served} requests were served beside the slow ones`);

  for (const peer of slow) assert.match(peer.received, /^HTTP\/1\.1 408 Request Time-out\r\n/);
  const lines = await sink.take(2 * SLOW);
  assert.equal(lines.length, 2 * SLOW);
  for (const line of lines) assert.match(line, / www www\/<NOSRV> -1\/-1\/-1\/-1\/\d+ 408 \d+ - - cR-- /);
  assert.equal(lines.filter((line) => line.includes('"POST /body HTTP/1.1"')).length, SLOW);
  assert.equal(lines.filter((line) => line.includes('"<BADREQ>"')).length, SLOW);
  for (const peer of [...slow, normal]) peer.socket.destroy();
});

/** The largest of what its processes have had in memory since `forgetPeak`, in all. */
function peakBytes(program: Program): number {
  return sumOf(program, 'VmHWM');
}

function sumOf(program: Program, field: string): number {
  const pids = [program.pid, ...descendants(program.pid)];
  const kibibytes = pids.map((pid) =>
    Number(
      new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0,
    ),
  );
  return kibibytes.reduce((sum, one) => sum + one, 0) * 1024;
}

function forgetPeak(program: Program): void {
  for (const pid of [program.pid, ...descendants(program.pid)]) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

interface StuckCase {
  readonly name: string;
  readonly mode: 'http' | 'tcp';
  /** Who does not read. */
  readonly who: 'client' | 'server';
  readonly request: string;
  readonly answer: string;
  /** How each is logged. */
  readonly state: RegExp;
}

const ENDLESS = 4_000_000_000;

const STUCK_CASES: readonly StuckCase[] = [
  {
    name: 'HTTP clients that do not read their answers',
    mode: 'http',
    who: 'client',
    request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    answer: `HTTP/1.1 200 OK\r\nContent-Length: ${ENDLESS}\r\n\r\n`,
    state: / 200 \d+ - - cD-- /,
  },
  {
    name: 'HTTP clients that do not read an answer in chunks',
    mode: 'http',
    who: 'client',
    request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${ENDLESS.toString(16)}\r\n`,
    state: / 200 \d+ - - cD-- /,
  },
  {
    name: 'HTTP servers that do not read a request',
    mode: 'http',
    who: 'server',
    request: `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${ENDLESS}\r\n\r\n`,
    answer: '',
    state: / 504 \d+ - - sH-- /,
  },
  {
    name: 'TCP clients that do not read',
    mode: 'tcp',
    who: 'client',
    request: 'ping',
    answer: 'pong',
    state: / \d+ cD /,
  },
  {
    name: 'TCP servers that do not read',
    mode: 'tcp',
    who: 'server',
    request: 'ping',
    answer: 'pong',
    state: / \d+ sD /,
  },
];

for (const { name, mode, who, request, answer, state } of STUCK_CASES) {
  const skip = process.platform === 'linux' ? false : 'needs /proc';
  test(`${name} end by their timeout and take no memory`, { skip }, async (t) => {
    const origin = await RawOrigin.start();
    t.after(() => origin.stop());
    const { program, sink } = await start(
      t,
      ['www'],
      (log) => `global
  nbthread 1
listen www
  mode ${mode}
  option ${mode}log
  bind "fd@\${www}"
  log 127.0.0.1:${log} local0
  timeout ${who} 1s
  timeout ${who === 'client' ? 'server' : 'client'} 60s
  timeout connect 5s
  server o 127.0.0.1:${origin.port}
`,
    );
    // The first connection waits for the program to have started; it is not looked at.
    const first = connect(program, 'www');
    first.send(request);
    const firstServer = await origin.next();
    await firstServer.until(request.slice(0, 4));
    first.socket.destroy();
    firstServer.socket.destroy();
    await sink.take(1);
    forgetPeak(program);
    const before = sumOf(program, 'VmRSS');

    const writers: RawPeer[] = [];
    const readers: RawPeer[] = [];
    for (let i = 0; i < STUCK; i++) {
      const client = connect(program, 'www');
      client.send(request);
      const server = await origin.next();
      await server.until(request.slice(0, 4));
      if (answer !== '') server.send(answer);
      if (mode === 'tcp') await client.until(answer);
      const [reader, writer] = who === 'client' ? [client, server] : [server, client];
      reader.socket.pause();
      flood(writer);
      readers.push(reader);
      writers.push(writer);
    }
    const lines: string[] = [];
    while (lines.length < STUCK) lines.push(...(await sink.take(1)));
    for (const line of lines) assert.match(line, state);
    for (const writer of writers) if (!writer.socket.closed) writer.socket.destroy();
    const grown = peakBytes(program) - before;
    assert.ok(grown < MEMORY_BYTES, `memory grew by ${grown} bytes`);
    for (const { socket } of writers)
      assert.ok(socket.bytesWritten < TAKEN_BYTES, `${socket.bytesWritten} bytes`);
    for (const { socket } of readers) socket.destroy();

    const next = connect(program, 'www');
    next.send(request);
    await (await origin.next()).until(request.slice(0, 4));
    next.socket.destroy();
  });
}
