/**
 * CPU per request of the transports, answering a fixed response without parsing: keep-alive (wrk, 64 connections) and a connection per request (ab, 16 at once), runs interleaved.
 * `node bench/micro/transports.ts [rounds]`; needs wrk and ab (Debian: wrk, apache2-utils).
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { BoundSocket } from 'node:net';
import { duplicate } from '../../src/system/descriptors.ts';
import type { Connection } from '../../workers/connection/connection.ts';
import { openTransport, type TransportKind, threadTransport } from '../../workers/connection/transport.ts';
import { listenOn } from '../../workers/listener/accept.ts';

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok');
const WARM_UP = { seconds: 1, requests: 4000 };
const MEASURE = { seconds: 4, requests: 20_000 };
const ROUNDS_DEFAULT = 3;

type Mode = 'keep-alive' | 'close';
const KINDS = ['epoll', 'raw', 'plain'] as const;

if (process.send === undefined) await compare(Number(process.argv[2] ?? ROUNDS_DEFAULT));
else serve(process.argv[2] === 'close');

function serve(closesAfterAnswer: boolean): void {
  const owner = {
    onConnect() {},
    onBytes(connection: Connection) {
      connection.write(ANSWER, 0, ANSWER.length);
      if (closesAfterAnswer) connection.end();
    },
    onEnd(connection: Connection) {
      connection.end();
    },
    onDrain() {},
    onClose() {},
  };
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  const { port } = bound.address();
  listenOn(duplicate(bound.fd()), false, (connection) => {
    connection.owner = owner;
  });
  bound.close();
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send!({ cpuUs: user + system });
  });
  process.send!({ port, kind: threadTransport().kind });
}

async function compare(rounds: number): Promise<void> {
  for (const kind of KINDS)
    if (openTransport(kind).kind !== kind) throw new Error(`the transport ${kind} does not work here`);
  console.log(
    `mode        round ${KINDS.map((kind) => kind.padStart(6)).join(' ')}   (µs of CPU per request)`,
  );
  for (const mode of ['keep-alive', 'close'] as const) {
    for (let round = 1; round <= rounds; round++) {
      const figures: string[] = [];
      for (const kind of KINDS) figures.push((await measure(mode, kind)).toFixed(2).padStart(6));
      console.log(`${mode.padEnd(12)}${String(round).padStart(4)} ${figures.join(' ')}`);
    }
  }
}

async function measure(mode: Mode, kind: TransportKind): Promise<number> {
  const env = { ...process.env, FAIRLEAD_SOCKETS: kind };
  const child = fork(new URL(import.meta.url), [mode], { env });
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    load(mode, port, WARM_UP);
    const before = await cpuUsOf(child);
    const requests = load(mode, port, MEASURE);
    return ((await cpuUsOf(child)) - before) / requests;
  } finally {
    child.kill();
  }
}

/** Returns the number of requests that were answered. */
function load(mode: Mode, port: number, size: typeof MEASURE): number {
  const url = `http://127.0.0.1:${port}/`;
  if (mode === 'close') {
    const report = execFileSync('ab', ['-q', '-c', '16', '-n', String(size.requests), url], {
      encoding: 'latin1',
    });
    return Number(/Complete requests:\s+(\d+)/.exec(report)![1]);
  }
  const report = execFileSync('wrk', ['-t1', '-c64', `-d${size.seconds}`, url], { encoding: 'latin1' });
  return Number(/(\d+) requests in/.exec(report)![1]);
}

async function cpuUsOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.send('cpu');
  const [{ cpuUs }] = (await answer) as [{ cpuUs: number }];
  return cpuUs;
}
