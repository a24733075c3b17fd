/**
 * Slow clients beside normal ones, and its section of bench/RESULTS.md; ends with 1 when a promise is broken:
 * `node bench/load/slow-peers.ts [--quick] [--slow N] [--rounds N] [--only HAProxy,Fairlead] [--out FILE]`.
 *
 * In each round a proxy serves normal clients for as long as `timeout http-request` alone, and then beside the slow
 * ones: half of them never finish a head, half never finish a body that the proxy waits for
 * (`option http-buffer-request`). The timeout must end all of them with 408 and the log state cR, memory must stay
 * bounded, and the normal clients' 99th percentile must not move by more than a fifth.
 */
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { raiseDescriptorLimit } from '../support/descriptor-limit.ts';
import { median, quantile } from '../support/median.ts';
import { treeMemory } from '../support/process-tree.ts';
import {
  commandLine,
  machineLine,
  markdownTable,
  RESULTS_FILE,
  today,
  writeSection,
} from '../support/results-file.ts';
import { type Contender, fairlead, haproxy, type Placement } from './contenders.ts';
import { startOrigin } from './origin.ts';
import { RunningProgram } from './running-program.ts';
import { PacedClients } from './slow-peers/paced-clients.ts';
import type { SlowEnds } from './slow-peers/slow-clients.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    slow: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string', default: RESULTS_FILE },
  },
});

const slow = Number(flags.slow ?? (flags.quick ? 200 : 2000));
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const timeoutMs = flags.quick ? 2000 : 10_000;
const NORMAL_CLIENTS = 20;
/** How far the 99th percentile of normal clients may move, and what a slow client may cost at its worst. */
const MOST_P99_RATIO = 1.2;
const MOST_PER_SLOW_BYTES = 64 * 1024;
const SAMPLE_MS = 100;
/** Until memory has settled, and until lines that were sent have arrived. */
const REST_MS = 1000;

function config({ port, originPort, logPort, maxconn }: Placement): string {
  return `global
  nbthread 1
  maxconn ${maxconn}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-request ${timeoutMs}
frontend www
  bind 127.0.0.1:${port}
  option httplog
  option http-buffer-request
  log 127.0.0.1:${logPort} local0
  http-request set-log-level silent if { path / }
  default_backend origin
backend origin
  server o 127.0.0.1:${originPort}
`;
}

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly p50Beside: number;
  readonly p99Beside: number;
  readonly rssBefore: number;
  readonly rssDuring: number;
  readonly rssAfter: number;
  readonly ends: SlowEnds;
  readonly states: SlowEnds;
  readonly failures: number;
}

/** Counts log lines by status and termination state. */
class StateSink {
  readonly port: number;
  readonly #socket: ReturnType<typeof createSocket>;
  #states: Record<string, number> = {};

  private constructor(socket: ReturnType<typeof createSocket>) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (line) => {
      const found = / (\d{3}) \d+ - - (\S{4}) /.exec(line.latin1Slice());
      const state = found === null ? 'other' : `${found[1]} ${found[2]}`;
      this.#states[state] = (this.#states[state] ?? 0) + 1;
    });
  }

  static async open(): Promise<StateSink> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 8 << 20 });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new StateSink(socket);
  }

  take(): SlowEnds {
    const taken = this.#states;
    this.#states = {};
    return taken;
  }

  close(): void {
    this.#socket.close();
  }
}

async function runSlowClients(port: number): Promise<SlowEnds> {
  const child = fork(fileURLToPath(new URL('slow-peers/slow-clients.ts', import.meta.url)), [
    String(port),
    String(slow),
  ]);
  const [ends] = (await once(child, 'message')) as [SlowEnds];
  return ends;
}

async function playRound(program: RunningProgram, sink: StateSink): Promise<Round> {
  const normal = new PacedClients(program.port, NORMAL_CLIENTS);
  await pause(REST_MS);
  normal.take();
  sink.take();
  await pause(timeoutMs);
  const alone = normal.take();
  const rssBefore = treeMemory(program.pid).rss;
  let rssDuring = 0;
  const sampling = setInterval(() => {
    rssDuring = Math.max(rssDuring, treeMemory(program.pid).rss);
  }, SAMPLE_MS);
  const ends = await runSlowClients(program.port);
  clearInterval(sampling);
  const beside = normal.take();
  await pause(REST_MS);
  normal.stop();
  return {
    p50: quantile(alone.latencies, 0.5),
    p99: quantile(alone.latencies, 0.99),
    p50Beside: quantile(beside.latencies, 0.5),
    p99Beside: quantile(beside.latencies, 0.99),
    rssBefore,
    rssDuring,
    rssAfter: treeMemory(program.pid).rss,
    ends,
    states: sink.take(),
    failures: alone.failures + beside.failures,
  };
}

function problemsOf(name: string, played: readonly Round[]): string[] {
  const problems: string[] = [];
  const ratio = median(played.map(({ p99, p99Beside }) => p99Beside / p99));
  if (!flags.quick && ratio > MOST_P99_RATIO)
    problems.push(`${name}: the 99th percentile of normal clients moved by ${percent(ratio)}`);
  const perSlow = Math.max(...played.map(({ rssDuring, rssBefore }) => (rssDuring - rssBefore) / slow));
  if (!flags.quick && perSlow > MOST_PER_SLOW_BYTES)
    problems.push(`${name}: a slow client takes ${Math.round(perSlow / 1024)} KiB`);
  for (const { ends, states, failures } of played) {
    if (ends['408'] !== slow) problems.push(`${name}: slow clients ended ${textOf(ends)}`);
    if (states['408 cR--'] !== slow) problems.push(`${name}: slow clients were logged ${textOf(states)}`);
    if (failures > 0) problems.push(`${name}: ${failures} requests of normal clients failed`);
  }
  return problems;
}

function textOf(counts: SlowEnds): string {
  return Object.entries(counts)
    .map(([end, count]) => `${count} × ${end}`)
    .join(', ');
}

function percent(ratio: number): string {
  const moved = (ratio - 1) * 100;
  return `${moved < 0 ? '' : '+'}${moved.toFixed(0)} %`;
}

function rowOf(name: string, played: readonly Round[]): string[] {
  const of = (key: 'p50' | 'p99' | 'p50Beside' | 'p99Beside') =>
    median(played.map((round) => round[key])).toFixed(2);
  const mb = (key: 'rssBefore' | 'rssDuring' | 'rssAfter') =>
    (Math.max(...played.map((round) => round[key])) / 1e6).toFixed(0);
  const ratio = median(played.map(({ p99, p99Beside }) => p99Beside / p99));
  return [
    name,
    `${of('p50')} / ${of('p99')}`,
    `${of('p50Beside')} / ${of('p99Beside')}`,
    percent(ratio),
    `${mb('rssBefore')} / ${mb('rssDuring')} / ${mb('rssAfter')}`,
    textOf(played[0]!.ends),
    textOf(played[0]!.states),
  ];
}

const present: Contender[] = [haproxy(), fairlead()].filter(
  ({ name, missing }) => missing === '' && (flags.only?.split(',').includes(name) ?? true),
);
const maxconn = slow + 1000;
raiseDescriptorLimit(slow + 2000);
const origin = await startOrigin({ maxconn });
const results = new Map<string, Round[]>(present.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const contender of round % 2 === 0 ? present : present.toReversed()) {
    const sink = await StateSink.open();
    const program = await RunningProgram.start(contender, {
      mode: 'http',
      originPort: origin.port,
      workers: 1,
      maxconn,
      logPort: sink.port,
      config,
    });
    const played = await playRound(program, sink);
    results.get(contender.name)!.push(played);
    process.stderr.write(`round ${round + 1}, ${rowOf(contender.name, [played]).join(' | ')}\n`);
    await program.stop();
    sink.close();
  }
}
await origin.stop();

const problems = [...results].flatMap(([name, played]) =>
  name === 'Fairlead' ? problemsOf(name, played) : [],
);
const head = [
  'proxy',
  'normal p50 / p99, ms',
  'beside slow ones, ms',
  'p99 moved',
  'RSS before / at most / after, MB',
  'slow ones were answered',
  'and logged',
];
writeSection(
  flags.out,
  'slow-peers',
  `## Slow peers

${today()}, \`${commandLine('bench/load/slow-peers.ts')}\`: ${NORMAL_CLIENTS} normal clients with 100 requests a second each, ${slow} slow ones (half never finish a head, half a body; a byte a second each), \`timeout http-request ${timeoutMs / 1000}s\`. Medians of ${rounds} rounds, the largest memory of all.
${machineLine()}

${markdownTable(
  head,
  [...results].map(([name, played]) => rowOf(name, played)),
)}

${problems.length === 0 ? 'All promises kept.' : problems.map((problem) => `- ${problem}`).join('\n')}
`,
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
