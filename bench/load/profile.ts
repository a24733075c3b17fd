/**
 * Shows where Fairlead spends its time under one work:
 * `node bench/load/profile.ts [--work small] [--seconds 4] [--top 25] [--pass cpu,perf,calls,heap,deopt] [--pin] [--keep FOLDER]`.
 * `--program HAProxy` does the passes `perf` and `calls` for HAProxy, on the same file.
 *
 * Each pass is a run of its own, so that none distorts another: `cpu` is V8's sampling of the worker thread (JavaScript
 * only: time in the system calls that a function makes counts as that function's), `perf` samples everything with the
 * kernel, `calls` counts system calls, `heap` samples what is allocated, `deopt` lists what V8 had to throw away again after the warm-up.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { SHARED_CORES, splitCores } from '../support/cores.ts';
import { LogSink } from '../support/log-sink.ts';
import { processTree } from '../support/process-tree.ts';
import { findProgram } from '../support/programs.ts';
import { BASE, type Contender, fairlead, fairleadLauncher, haproxy, type Placement } from './contenders.ts';
import { type Measured, measure } from './measure.ts';
import { startOrigin } from './origin.ts';
import { allocationShares } from './profile/allocations.ts';
import { functionShares } from './profile/cpu-profile.ts';
import { perfCommand, readPerf, removePerfMaps } from './profile/perf.ts';
import { RunningProgram } from './running-program.ts';
import { workNamed } from './works.ts';

const { values: flags } = parseArgs({
  options: {
    work: { type: 'string', default: 'small' },
    seconds: { type: 'string', default: '4' },
    top: { type: 'string', default: '25' },
    pass: { type: 'string' },
    program: { type: 'string', default: 'Fairlead' },
    pin: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});

const work = workNamed(flags.work);
const seconds = Number(flags.seconds);
const top = Number(flags.top);
const WARM_UP_MS = 2000;
const folder = mkdtempSync(join(tmpdir(), 'fairlead-profile-'));
const cores = flags.pin ? splitCores() : SHARED_CORES;
const sink = await LogSink.open();
const origin = await startOrigin({ maxconn: 4000, cores: cores.load });
const passes: { readonly [name: string]: () => Promise<void> } = { cpu, perf, calls, heap, deopt };
try {
  const chosen = flags.pass ?? (flags.program === BASE ? 'perf,calls' : 'cpu,perf,calls,heap,deopt');
  for (const name of chosen.split(',')) {
    const pass = passes[name];
    if (pass === undefined)
      throw new RangeError(`no pass ${name}; there are ${Object.keys(passes).join(', ')}`);
    mkdirSync(join(folder, name));
    await pass();
  }
} finally {
  await origin.stop();
  sink.close();
  if (flags.keep !== undefined) cpSync(folder, flags.keep, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
}

async function cpu(): Promise<void> {
  const own = join(folder, 'cpu');
  const interval = ['--cpu-prof', `--cpu-prof-dir=${own}`, '--cpu-prof-interval=200'];
  const program = await start(interval);
  await warmUp(program);
  const from = monotonicUs();
  const measured = await load(program);
  const window = { from, to: monotonicUs() };
  await program.stop();
  title('V8: own time of the worker thread', measured);
  // CPU.DATE.TIME.PROCESS.THREAD.NUMBER.cpuprofile; thread 0 is the main thread of its process.
  for (const file of readdirSync(own).filter((name) => !/\.0\.\d+\.cpuprofile$/.test(name)))
    for (const { share, name, place } of functionShares(join(own, file), window).slice(0, top))
      row(share, measured.cpuUs, `${name}  ${place}`);
}

async function perf(): Promise<void> {
  if (findProgram('perf') === null) return say('perf is missing: apt-get install linux-perf');
  const own = join(folder, 'perf');
  const program = await start(['--perf-basic-prof']);
  await warmUp(program);
  const pids = processTree(program.pid);
  const [path = '', ...args] = perfCommand(pids, own, seconds);
  const sampling = promisify(execFile)(findProgram(path)!, args);
  const measured = await load(program);
  await sampling.catch((error: Error) => say(`perf: ${error.message}`));
  const { functions, systemCalls, threads } = readPerf(own);
  removePerfMaps(pids);
  await program.stop();
  title('perf: all processes, by part', measured);
  const parts = new Map<string, number>();
  for (const { part, share } of functions) parts.set(part, (parts.get(part) ?? 0) + share);
  for (const [part, share] of [...parts].sort(([, a], [, b]) => b - a))
    if (share > 0.003) row(share, measured.cpuUs, part);
  title('perf: by thread', measured);
  for (const { share, name } of threads.slice(0, 5)) row(share, measured.cpuUs, name);
  title('perf: by function, kernel left out', measured);
  const ours = functions.filter(({ part }) => part !== 'kernel').slice(0, top);
  for (const { part, share, name, place } of ours) row(share, measured.cpuUs, `${name}  ${place}  [${part}]`);
  title('perf: time in the kernel, by system call', measured);
  for (const { share, name } of systemCalls.slice(0, top)) row(share, measured.cpuUs, name);
}

/** How often each system call is made. It slows the program a lot: the times that strace shows say nothing. */
async function calls(): Promise<void> {
  if (findProgram('strace') === null) return say('strace is missing: apt-get install strace');
  const own = join(folder, 'calls', 'counts');
  const program = await start([]);
  await warmUp(program);
  const pids = processTree(program.pid).flatMap((pid) => ['-p', String(pid)]);
  const tracing = spawn(findProgram('strace')!, ['-f', '-c', '-q', '-o', own, ...pids], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const measured = await load(program);
  tracing.kill('SIGINT');
  await once(tracing, 'exit');
  await program.stop();
  say(`\n# system calls a request (${work.name}: ${measured.requests} requests) ${measured.problem}\n`);
  for (const line of readFileSync(own, 'utf8').split('\n')) {
    const found = /^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(\d+)? *(\w+)$/.exec(line);
    if (found === null || found[3] === 'total') continue;
    const each = (count: string) => (Number(count) / measured.requests).toFixed(3);
    if (Number(found[1]) > measured.requests / 500)
      say(
        `${each(found[1]!).padStart(8)}  ${found[3]}${found[2] === undefined ? '' : `, ${each(found[2])} in vain`}`,
      );
  }
}

async function heap(): Promise<void> {
  const file = join(folder, 'heap', 'allocations.json');
  const probe = fileURLToPath(new URL('profile/allocation-probe.ts', import.meta.url));
  const startAt = Date.now() + WARM_UP_MS + 3000;
  const probeSpan = [startAt, startAt + (seconds + 1) * 1000, file].join(',');
  const program = await start([`--import=${probe}`], { FAIRLEAD_PROBE: probeSpan });
  await warmUp(program);
  while (Date.now() < startAt + 200) await new Promise((resolve) => setTimeout(resolve, 50));
  const measured = await load(program);
  while (Date.now() < startAt + (seconds + 1) * 1000 + 500)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await program.stop();
  const shares = allocationShares(file);
  const bytes = shares.reduce((sum, share) => sum + share.bytes, 0) / measured.requests;
  say(`\n# allocated: ${bytes.toFixed(0)} bytes of heap a request (${work.name})\n`);
  for (const { name, place, bytes: own } of shares.slice(0, top))
    say(`${(own / measured.requests).toFixed(1).padStart(8)} bytes  ${name}  ${place}`);
}

async function deopt(): Promise<void> {
  let text = '';
  const program = await start(['--trace-deopt'], {}, (piece) => {
    text += piece;
  });
  await warmUp(program);
  const before = text.length;
  const measured = await load(program);
  const behind = text.slice(before);
  await program.stop();
  say(
    `\n# deoptimized: ${count(text)} times in all, ${count(behind)} of them behind the warm-up (${work.name})\n`,
  );
  const lines = new Map<string, number>();
  for (const found of text.matchAll(/\[bailout \(kind: ([\w-]+), reason: (.*?)\).*?<JSFunction ([^ >]*)/g))
    lines.set(`${found[3]}: ${found[2]}`, (lines.get(`${found[3]}: ${found[2]}`) ?? 0) + 1);
  for (const [line, times] of [...lines].sort(([, a], [, b]) => b - a).slice(0, top))
    say(`${times}×  ${line}`);
  if (measured.problem !== '') say(measured.problem);
}

function count(text: string): number {
  return text.split('[bailout (').length - 1;
}

/** Node itself instead of the launcher: what the master gets as flags, worker process and threads get too. */
function start(
  nodeFlags: readonly string[],
  environment: { readonly [name: string]: string } = {},
  onOutput: (text: string) => void = () => {},
): Promise<RunningProgram> {
  const contender = flags.program === BASE ? haproxy() : fairleadOnNode(nodeFlags);
  const { port: originPort } = origin;
  const place = {
    mode: work.mode,
    originPort,
    logPort: sink.port,
    workers: 1,
    maxconn: 4000,
    cores: cores.proxy,
  };
  return RunningProgram.start(contender, { ...place, environment, onOutput });
}

function fairleadOnNode(nodeFlags: readonly string[]): Contender {
  const usual = fairlead();
  const root = dirname(dirname(fairleadLauncher()));
  return {
    ...usual,
    prepare: (placement: Placement) => {
      const { args } = usual.prepare(placement);
      const own = ['--enable-experimental-regexp-engine-on-excessive-backtracks', ...nodeFlags];
      return { path: process.execPath, args: [...own, join(root, 'dist/master.js'), 'fairlead', ...args] };
    },
  };
}

async function warmUp(program: RunningProgram): Promise<void> {
  const requests = Number.POSITIVE_INFINITY;
  await work.run({ port: program.port, requests, seconds: WARM_UP_MS / 1000, cores: cores.load });
}

function load(program: RunningProgram): Promise<Measured> {
  return measure(work, program, { requests: Number.POSITIVE_INFINITY, seconds, cores: cores.load });
}

function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function title(text: string, { cpuUs, requests, problem }: Measured): void {
  say(`\n# ${text} (${work.name}: ${requests} requests, ${cpuUs.toFixed(1)} µs each) ${problem}\n`);
}

function row(share: number, cpuUs: number, text: string): void {
  say(`${(share * 100).toFixed(1).padStart(6)} %  ${(share * cpuUs).toFixed(2).padStart(6)} µs  ${text}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
