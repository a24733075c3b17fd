/**
 * Compares Fairlead with HAProxy, nginx and Node proxies on the same work and writes bench/RESULTS.md:
 * `node bench/load/run.ts [--quick] [--rounds N] [--seconds N] [--only NAME,…] [--work NAME,…] [--out FILE]`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuTimeUs } from '../support/process-tree.ts';
import { findProgram, PACKAGES } from '../support/programs.ts';
import { type Contender, contenders } from './contenders.ts';
import { idleMemoryBytes, raiseDescriptorLimit } from './idle-connections.ts';
import { origin } from './origin.ts';
import { report, type Sample, type Table } from './report.ts';
import { RunningProgram } from './running-program.ts';
import { WORKS, type Work } from './works.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    work: { type: 'string' },
    out: { type: 'string', default: fileURLToPath(new URL('../RESULTS.md', import.meta.url)) },
  },
});

const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 7));
const seconds = Number(flags.seconds ?? (flags.quick ? 1 : 5));
const idleCount = flags.quick ? 500 : 10_000;
const startUps = flags.quick ? 3 : 15;
/** One for each idle connection, in this process and in the proxy, and some. */
const DESCRIPTORS = idleCount + 2000;
const descriptors = raiseDescriptorLimit(DESCRIPTORS);
const maxconn = idleCount + 1000;

const notes: string[] = [];
const chosenNames = flags.only?.split(',');
const chosenWorks = flags.work?.split(',');
const all = contenders().filter(({ name }) => chosenNames?.includes(name) ?? true);
const present = all.filter(({ missing }) => missing === '');
const source = origin();
if (source.missing !== '') {
  process.stderr.write(`The origin cannot run, it is missing: ${source.missing}\n`);
  process.exit(1);
}
for (const { name, missing } of all)
  if (missing !== '') say(`${name} is left out, it is missing: ${missing}`);
for (const program of ['wrk', 'ab'])
  if (findProgram(program) === null)
    note(`work that needs ${program} is left out: apt-get install ${PACKAGES[program]}`);

const originProgram = await RunningProgram.start(source, {
  mode: 'http',
  originPort: 0,
  workers: 1,
  maxconn,
});
const tables: Table[] = [];
for (const work of WORKS)
  if (isWanted(work.name) && findProgram(work.tool) !== null) tables.push(await compare(work));
if (descriptors < DESCRIPTORS)
  note(
    `idle connections are left out: ${DESCRIPTORS} descriptors are needed, ${descriptors} allowed (ulimit -n)`,
  );
else if (isWanted('idle')) tables.push(await compareIdle());
if (isWanted('start-up')) tables.push(await compareStartUp());
await originProgram.stop();
const command = `node bench/load/run.ts ${process.argv.slice(2).join(' ')}`.trim();
const text = report(tables, { command, contenders: all, rounds, seconds, notes });
writeFileSync(flags.out, text);
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

async function start(contender: Contender, mode: 'http' | 'tcp', workers = 1): Promise<RunningProgram> {
  return RunningProgram.start(contender, { mode, originPort: originProgram.port, workers, maxconn });
}

/** Every proxy runs throughout; load goes to one at a time. */
async function compare(work: Work): Promise<Table> {
  const programs: RunningProgram[] = [];
  for (const contender of present)
    if (contender.modes.includes(work.mode)) programs.push(await start(contender, work.mode));
  // Caches fill, and code is compiled, before anything is measured.
  for (const program of programs) await work.run(program.port, Math.max(1, seconds / 2));
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < programs.length; i++)
      samples.push(await measure(work, programs[(i + round) % programs.length]!, round));
  for (const program of programs) await program.stop();
  return { title: work.title, unit: 'µs of CPU time per request', digits: 1, samples };
}

async function measure(work: Work, program: RunningProgram, round: number): Promise<Sample> {
  const contender = program.contender.name;
  const before = cpuTimeUs(program.pid);
  const { requests, seconds: took, problem } = await work.run(program.port, seconds);
  const used = cpuTimeUs(program.pid) - before;
  // Work that was not done as asked has no figure.
  const isDone = requests > 0 && problem === '';
  const value = isDone ? used / requests : 0;
  const rate = isDone ? requests / took : 0;
  say(
    `${work.name} ${contender} round ${round + 1}: ${value.toFixed(1)} µs, ${rate.toFixed(0)}/s ${problem}`,
  );
  return { contender, round, value, rate, problem: isDone ? '' : problem || 'no request was served' };
}

async function compareIdle(): Promise<Table> {
  const samples: Sample[] = [];
  for (const contender of present) {
    const program = await start(contender, 'http');
    let value = 0;
    let problem = '';
    try {
      value = await idleMemoryBytes(program, idleCount);
    } catch (error) {
      problem = (error as Error).message;
    }
    await program.stop();
    say(`idle ${contender.name}: ${value.toFixed(0)} bytes ${problem}`);
    samples.push({ contender: contender.name, round: 0, value, rate: 0, problem });
  }
  const title = `Memory of an idle connection, ${idleCount} of them, each after one request`;
  return { title, unit: 'bytes (PSS)', digits: 0, samples };
}

async function compareStartUp(): Promise<Table> {
  const samples: Sample[] = [];
  for (let round = 0; round < startUps; round++) {
    for (const contender of present) {
      const program = await start(contender, 'http', 2);
      samples.push({ contender: contender.name, round, value: program.startUpMs, rate: 0, problem: '' });
      await program.stop();
    }
  }
  for (const { name } of present)
    say(
      `start-up ${name}: ${samples.filter(({ contender }) => contender === name).map(({ value }) => value.toFixed(0))} ms`,
    );
  const title = `Start: from exec to the first answer, two workers, ten lines of configuration, ${startUps} times`;
  return { title, unit: 'ms', digits: 0, samples };
}
