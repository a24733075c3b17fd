/**
 * Reloads Fairlead many times under load, each time adding, changing and removing a backend, a server and a bind, and
 * writes its section of bench/RESULTS.md; ends with 1 when a promise is broken:
 * `node bench/load/reload.ts [--quick] [--reloads 200] [--seed N] [--pause MS] [--tunnels 50] [--workers 2] [--out FILE]`.
 *
 * Meanwhile ab opens a connection for each request, wrk keeps its connections, and upgraded connections exchange bytes
 * without end, all through a frontend and backends that no reload changes. After every reload requests show that the
 * new configuration is the one in use: the new bind answers by the new backend, the removed bind refuses.
 */
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, quantile } from '../support/median.ts';
import { childProcesses, openDescriptors, treeMemory } from '../support/process-tree.ts';
import { reservePort } from '../support/reserved-port.ts';
import {
  commandLine,
  machineLine,
  markdownTable,
  RESULTS_FILE,
  today,
  writeSection,
} from '../support/results-file.ts';
import { runtimeCommand, showStat } from '../support/runtime-command.ts';
import { fairlead } from './contenders.ts';
import { judge, type MemorySample, megabytes } from './memory/series.ts';
import { startOrigin } from './origin.ts';
import { SteadyLoad, type SteadyResult } from './reload/steady-load.ts';
import { TunnelOrigin, Tunnels } from './reload/tunnels.ts';
import { type Site, type StepFacts, variant } from './reload/variants.ts';
import { RunningProgram } from './running-program.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    reloads: { type: 'string' },
    seed: { type: 'string', default: '1' },
    pause: { type: 'string', default: '100' },
    tunnels: { type: 'string', default: '50' },
    workers: { type: 'string', default: '2' },
    out: { type: 'string', default: RESULTS_FILE },
  },
});

const reloads = Number(flags.reloads ?? (flags.quick ? 8 : 200));
const pauseMs = Number(flags.pause);
const FRESH_CONNECTIONS = 4;
const KEPT_CONNECTIONS = 16;
const SPARE_PORTS = 8;
/** Load runs so long before the first reload, in milliseconds: processes and code are warm. */
const WARM_UP_MS = flags.quick ? 1000 : 5000;
/** How often to look again, and how long to, for a removed bind to refuse. */
const LOOK_MS = 20;
const LOOKS = 250;

const origin = await startOrigin({ maxconn: 4000 });
const tunnelOrigin = await TunnelOrigin.start();
const reserved = Array.from({ length: SPARE_PORTS }, reservePort);
const sparePorts = reserved.map(({ port }) => port);
let site: Site | null = null;
const program = await RunningProgram.start(fairlead(), {
  mode: 'http',
  originPort: origin.port,
  workers: Number(flags.workers),
  maxconn: 4000,
  config: ({ port, workers, originPort, folder }) => {
    const statsSocket = join(folder, 'api.sock');
    const tunnelOriginPort = tunnelOrigin.port;
    site = { seed: Number(flags.seed), port, workers, originPort, tunnelOriginPort, statsSocket, sparePorts };
    return variant(site, 0).config;
  },
});

const problems: string[] = [];
const times: number[] = [];
const memory: MemorySample[] = [];
const workerProcesses = new Set(childProcesses(program.pid));
const tunnels = await Tunnels.open(program.port, Number(flags.tunnels));
const fresh = SteadyLoad.fresh(program.port, FRESH_CONNECTIONS);
const kept = SteadyLoad.kept(program.port, KEPT_CONNECTIONS);
await pause(WARM_UP_MS);
const rssBefore = treeMemory(program.pid).rss;
const sessionsBefore = await wwwSessions();
const descriptorsBefore = openDescriptors(program.pid);
for (let step = 1; step <= reloads && !program.hasEnded; step++) {
  await reload(step);
  memory.push({ count: step, ...treeMemory(program.pid) });
  await pause(pauseMs);
}
const freshResult = await fresh.stop();
const keptResult = await kept.stop();
const sessionsAfter = await wwwSessions();
const descriptorsAfter = openDescriptors(program.pid);
const exchanges = tunnels.exchanges;
if (tunnels.fewestExchanges === 0) problems.push('a tunnel never got an echo');
const closedTunnels = [...tunnels.problems];
tunnels.close();
const hadEnded = program.hasEnded;
const lastWords = program.output;
await program.stop();
await origin.stop();
tunnelOrigin.close();
for (const port of reserved) port.release();
const text = section();
writeSection(flags.out, 'reload', text.markdown);
process.stdout.write(`\n${text.markdown}\n`);
process.exit(text.isKept ? 0 : 1);

async function reload(step: number): Promise<void> {
  const facts = variant(site!, step);
  writeFileSync(join(program.folder, 'haproxy.cfg'), facts.config);
  const startedAt = performance.now();
  let answer: string;
  try {
    answer = await runtimeCommand(join(program.runtimeFolder, 'control.sock'), 'reload');
  } catch (error) {
    problems.push(`reload ${step}: ${(error as Error).message}`);
    return;
  }
  times.push(performance.now() - startedAt);
  if (!answer.startsWith('Success=1')) problems.push(`reload ${step} was refused: ${answer.trim()}`);
  else if (step === 1) process.stderr.write(`${answer.trim()}\n`);
  for (const pid of childProcesses(program.pid)) workerProcesses.add(pid);
  await verify(facts, step);
  process.stderr.write(`reload ${step}: ${times.at(-1)!.toFixed(0)} ms\n`);
}

/** Notes where the new configuration is not the one that answers. */
async function verify({ addedPort, removedPort, addedPath, mark }: StepFacts, step: number): Promise<void> {
  for (const path of ['/', addedPath]) {
    const answer = await ask(addedPort, path);
    if (!answer.startsWith('HTTP/1.1 200') || !answer.toLowerCase().includes(`\r\nx-step: ${mark}\r\n`))
      problems.push(
        `reload ${step}: the added bind answers ${path} with ${JSON.stringify(answer.slice(0, 200))}`,
      );
  }
  for (let look = 0; look < LOOKS; look++) {
    if ((await ask(removedPort, '/')) === 'ECONNREFUSED') return;
    await pause(LOOK_MS);
  }
  problems.push(`reload ${step}: the removed bind still takes connections`);
}

/** The answer, or the error's code. */
function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (piece: Buffer) => {
      answer += piece.latin1Slice();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve(answer));
  });
}

/** Sessions that the unchanged frontend has counted so far; they start anew where the process was replaced. */
async function wwwSessions(): Promise<number> {
  try {
    const rows = await showStat(join(program.folder, 'api.sock'));
    return Number(
      rows.find(({ pxname, svname }) => pxname === 'www' && svname === 'FRONTEND')?.['stot'] ?? 0,
    );
  } catch {
    return Number.NaN;
  }
}

function section(): { readonly markdown: string; readonly isKept: boolean } {
  const { early, late, isFlat } = judge(memory);
  const isLong = memory.length >= 40;
  const failed = freshResult.failed + keptResult.failed;
  const replaced = workerProcesses.size - 1;
  const broken = [
    ...problems,
    ...(hadEnded ? [`it ended: ${lastWords}`] : []),
    ...(freshResult.requests === 0 || keptResult.requests === 0 ? ['no load was served'] : []),
    ...[freshResult, keptResult].flatMap(({ problem }) =>
      problem.startsWith('ended early') ? [problem] : [],
    ),
    ...(failed > 0 ? [`${failed} requests failed: ${freshResult.problem} ${keptResult.problem}`] : []),
    ...(closedTunnels.length > 0 ? [`${closedTunnels.length} tunnels were closed: ${closedTunnels[0]}`] : []),
    ...(isLong && !isFlat ? ['memory grows'] : []),
  ];
  const rows = [
    ['reloads', String(times.length)],
    ['time of a reload, median', `${median(times).toFixed(0)} ms`],
    ['time of a reload, p99', `${quantile(times, 0.99).toFixed(0)} ms`],
    ['time of a reload, most', `${Math.max(...times).toFixed(0)} ms`],
    ['worker processes replaced', String(replaced)],
    ['requests on new connections (ab)', counts(freshResult)],
    ['requests on kept connections (wrk)', counts(keptResult)],
    ['upgraded connections', `${flags.tunnels}, ${exchanges} exchanges, ${closedTunnels.length} closed`],
    ['sessions that the unchanged frontend counts', `${sessionsBefore} before, ${sessionsAfter} behind`],
    ['descriptors', `${descriptorsBefore} before, ${descriptorsAfter} behind`],
    ['RSS before the first reload', `${megabytes(rssBefore)} MB`],
    ['RSS, second quarter of the reloads', `${megabytes(early)} MB`],
    ['RSS, last quarter', `${megabytes(late)} MB${isLong ? (isFlat ? ', flat' : ', **not flat**') : ''}`],
    ['RSS, least and most', `${megabytes(least())} MB, ${megabytes(most())} MB`],
  ];
  const markdown = [
    '## Reload under load',
    `${today()}, \`${commandLine('bench/load/reload.ts')}\`. ${machineLine()} Each reload adds, changes and removes a backend, a server and a bind; ab, wrk and upgraded connections run on routes that do not change, as fast as they can. RSS is that of all processes together.`,
    markdownTable(['', ''], rows),
    broken.length === 0 ? 'Promises kept.' : `**Broken:** ${[...new Set(broken)].slice(0, 10).join('; ')}`,
  ].join('\n\n');
  return { markdown, isKept: broken.length === 0 };
}

function counts({ requests, failed }: SteadyResult): string {
  return `${requests}, ${failed} failed`;
}

function least(): number {
  return Math.min(...memory.map(({ rss }) => rss));
}

function most(): number {
  return Math.max(...memory.map(({ rss }) => rss));
}
