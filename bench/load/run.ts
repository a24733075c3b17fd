/**
 * Compares Fairlead with HAProxy, nginx and Node proxies on the same work and writes its section of bench/RESULTS.md:
 * `node bench/load/run.ts [--quick] [--rounds N] [--seconds N] [--only NAME,…] [--work NAME,…] [--pin]
 * [--other LAUNCHER] [--out FILE]`.
 *
 * Every proxy of a work runs throughout, and load goes to one at a time, in turn within each round, each time the
 * same number of requests: as many as HAProxy serves in `--seconds`.
 */
import { parseArgs } from 'node:util';
import { SHARED_CORES, splitCores } from '../support/cores.ts';
import { raiseDescriptorLimit } from '../support/descriptor-limit.ts';
import { LogSink } from '../support/log-sink.ts';
import { findProgram, PACKAGES } from '../support/programs.ts';
import { RESULTS_FILE, writeSection } from '../support/results-file.ts';
import { BASE, type Contender, contenders, otherFairlead } from './contenders.ts';
import { measure } from './measure.ts';
import { startOrigin } from './origin.ts';
import { report, type Sample, type Table } from './report.ts';
import { RunningProgram } from './running-program.ts';
import { WORKS, type Work, workNamed } from './works.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    work: { type: 'string' },
    pin: { type: 'boolean', default: false },
    other: { type: 'string' },
    out: { type: 'string', default: RESULTS_FILE },
  },
});

const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 7));
const seconds = Number(flags.seconds ?? (flags.quick ? 1 : 5));
const startUps = flags.quick ? 3 : 15;
const cores = flags.pin ? splitCores() : SHARED_CORES;
const maxconn = 4000;
/** A slow proxy's turn ends after so many times the seconds. */
const PATIENCE = 3;
raiseDescriptorLimit(maxconn * 2);

const notes: string[] = [];
const chosenNames = flags.only?.split(',');
const chosenWorks = flags.work?.split(',');
for (const name of chosenWorks ?? []) if (name !== 'start-up') workNamed(name);
const all = [
  ...contenders().filter(({ name }) => chosenNames?.includes(name) ?? true),
  ...(flags.other === undefined ? [] : [otherFairlead(flags.other)]),
];
const present = all.filter(({ missing }) => missing === '');
for (const { name, missing } of all)
  if (missing !== '') say(`${name} is left out, it is missing: ${missing}`);
for (const program of ['wrk', 'ab'])
  if (findProgram(program) === null)
    note(`work that needs ${program} is left out: apt-get install ${PACKAGES[program]}`);
if (cores.proxy !== '') note(`Proxies run on core ${cores.proxy}, all else on ${cores.load} (--pin).`);

const originProgram = await startOrigin({ maxconn, cores: cores.load });
const sink = await LogSink.open();
const tables: Table[] = [];
for (const work of WORKS)
  if (isWanted(work.name) && findProgram(work.tool) !== null) tables.push(await compare(work));
if (isWanted('start-up')) tables.push(await compareStartUp());
await originProgram.stop();
sink.close();
const text = report(tables, { contenders: all, rounds, seconds, notes });
writeSection(flags.out, 'run', text);
process.stdout.write(`\n${text}`);

function isWanted(name: string): boolean {
  return chosenWorks?.includes(name) ?? true;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function note(line: string): void {
  notes.push(line);
  say(line);
}

function start(contender: Contender, mode: Work['mode']): Promise<RunningProgram> {
  const { port: originPort } = originProgram;
  const logPort = sink.port;
  return RunningProgram.start(contender, {
    mode,
    originPort,
    logPort,
    workers: 1,
    maxconn,
    cores: cores.proxy,
  });
}

async function compare(work: Work): Promise<Table> {
  const programs: RunningProgram[] = [];
  for (const contender of present)
    if (contender.modes.includes(work.mode)) programs.push(await start(contender, work.mode));
  const requests = await warmUp(work, programs);
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < programs.length; i++)
      samples.push(await sampleOf(work, programs[(i + round) % programs.length]!, { round, requests }));
  for (const program of programs) await program.stop();
  const title = `${work.title} (${work.name})`;
  return { title, unit: 'µs of CPU time per request', digits: 1, samples };
}

/**
 * Caches fill, and code is compiled, before anything is measured. Returns how many requests a turn has: what HAProxy,
 * or the first proxy where that is absent, serves in the time.
 */
async function warmUp(work: Work, programs: readonly RunningProgram[]): Promise<number> {
  let rate = 0;
  for (const program of programs) {
    const warmUpSeconds = Math.max(1, Math.ceil(seconds / 2));
    const load = { requests: Number.POSITIVE_INFINITY, seconds: warmUpSeconds, cores: cores.load };
    const result = await work.run({ ...load, port: program.port });
    if (rate === 0 || program.contender.name === BASE) rate = result.requests / result.seconds;
  }
  return Math.max(1, Math.round(rate * seconds));
}

interface Turn {
  readonly round: number;
  readonly requests: number;
}

async function sampleOf(work: Work, program: RunningProgram, { round, requests }: Turn): Promise<Sample> {
  const contender = program.contender.name;
  const load = { requests, seconds: seconds * PATIENCE, cores: cores.load };
  const measured = await measure(work, program, load, work.mode === 'site' ? sink : null);
  const { cpuUs: value, coresUsed, problem } = measured;
  const rate = problem === '' ? measured.requests / measured.seconds : 0;
  say(
    `${work.name} ${contender} round ${round + 1}: ${value.toFixed(1)} µs, ${measured.requests} requests, ${rate.toFixed(0)}/s, ${coresUsed.toFixed(2)} cores ${problem}`,
  );
  return { contender, round, value, rate, coresUsed, problem };
}

async function compareStartUp(): Promise<Table> {
  const samples: Sample[] = [];
  for (let round = 0; round < startUps; round++) {
    for (const contender of present) {
      const { port: originPort } = originProgram;
      const program = await RunningProgram.start(contender, {
        mode: 'http',
        originPort,
        workers: 2,
        maxconn,
      });
      const value = program.startUpMs;
      samples.push({ contender: contender.name, round, value, rate: 0, coresUsed: 0, problem: '' });
      await program.stop();
    }
  }
  const title = `Start: from exec to the first answer, two workers, ten lines of configuration, ${startUps} times`;
  return { title, unit: 'ms', digits: 0, samples };
}
