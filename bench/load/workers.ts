/**
 * Compares two workers with one on the same requests and writes its section of bench/RESULTS.md; ends with 1 when two
 * cost more than a tenth more CPU time per request:
 * `node bench/load/workers.ts [--quick] [--rounds N] [--seconds N] [--work small] [--out FILE]`.
 *
 * Four programs run throughout, Fairlead and HAProxy with one and with two workers; load goes to one at a time, in turn
 * within each round, each time the same number of requests.
 */
import { parseArgs } from 'node:util';
import { LogSink } from '../support/log-sink.ts';
import { median, spread } from '../support/median.ts';
import {
  commandLine,
  machineLine,
  markdownTable,
  RESULTS_FILE,
  today,
  writeSection,
} from '../support/results-file.ts';
import { type Contender, fairlead, haproxy } from './contenders.ts';
import { type Measured, measure } from './measure.ts';
import { startOrigin } from './origin.ts';
import { RunningProgram } from './running-program.ts';
import { workNamed } from './works.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    work: { type: 'string', default: 'small' },
    out: { type: 'string', default: RESULTS_FILE },
  },
});

/** What is promised: CPU time per request with two workers, as a multiple of that with one. */
const MOST_RATIO = 1.1;
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 7));
const seconds = Number(flags.seconds ?? (flags.quick ? 1 : 5));
const work = workNamed(flags.work);

interface Side {
  readonly contender: Contender;
  readonly workers: number;
  readonly program: RunningProgram;
  readonly measured: Measured[];
}

const sink = await LogSink.open();
const origin = await startOrigin({ maxconn: 4000 });
const sides: Side[] = [];
for (const contender of [fairlead(), haproxy()].filter(({ missing }) => missing === ''))
  for (const workers of [1, 2]) sides.push(await start(contender, workers));
const requests = await warmUp();
for (let round = 0; round < rounds; round++)
  for (let i = 0; i < sides.length; i++) await run(sides[(i + round) % sides.length]!, round);
for (const { program } of sides) await program.stop();
await origin.stop();
sink.close();

const ours = ratiosOf('Fairlead');
const problems = sides.flatMap(({ measured }) => measured.map(({ problem }) => problem)).filter(Boolean);
// A quick run is over before V8 has compiled everything.
const isKept = problems.length === 0 && (flags.quick || (ours.length > 0 && median(ours) <= MOST_RATIO));
const text = section();
writeSection(flags.out, 'workers', text);
process.stdout.write(`\n${text}\n`);
process.exit(isKept ? 0 : 1);

async function start(contender: Contender, workers: number): Promise<Side> {
  const place = { mode: work.mode, originPort: origin.port, logPort: sink.port, workers, maxconn: 4000 };
  return { contender, workers, program: await RunningProgram.start(contender, place), measured: [] };
}

/** Returns how many requests a turn has: what one worker of the first program serves in the time. */
async function warmUp(): Promise<number> {
  let rate = 0;
  for (const { program } of sides) {
    const load = {
      requests: Number.POSITIVE_INFINITY,
      seconds: Math.ceil(seconds),
      cores: '',
    };
    const result = await work.run({ ...load, port: program.port });
    if (rate === 0) rate = result.requests / result.seconds;
  }
  return Math.max(1, Math.round(rate * seconds));
}

async function run({ contender, workers, program, measured }: Side, round: number): Promise<void> {
  const load = { requests, seconds: seconds * 3, cores: '' };
  const result = await measure(work, program, load, work.mode === 'site' ? sink : null);
  measured.push(result);
  process.stderr.write(
    `${contender.name}, ${workers} workers, round ${round + 1}: ${result.cpuUs.toFixed(1)} µs, ${(result.requests / result.seconds).toFixed(0)}/s ${result.problem}\n`,
  );
}

/** Two workers to one, in each round in which neither failed. */
function ratiosOf(name: string): number[] {
  const [one, two] = [1, 2].map((workers) =>
    sides.find((side) => side.contender.name === name && side.workers === workers),
  );
  if (one === undefined || two === undefined) return [];
  return two.measured.flatMap(({ cpuUs }, round) => {
    const base = one.measured[round]!.cpuUs;
    return cpuUs > 0 && base > 0 ? [cpuUs / base] : [];
  });
}

function section(): string {
  const rows = sides.map(({ contender, workers, measured }) => {
    const good = measured.filter(({ problem }) => problem === '');
    const ratios = workers === 1 ? [] : ratiosOf(contender.name);
    const middle = (pick: (result: Measured) => number, digits: number) =>
      good.length === 0 ? '' : median(good.map(pick)).toFixed(digits);
    return [
      `${contender.name}, ${workers}`,
      workers === 1 ? '1.00' : ratios.length === 0 ? '' : median(ratios).toFixed(2),
      spread(ratios, 2),
      middle(({ cpuUs }) => cpuUs, 1),
      middle((result) => result.requests / result.seconds, 0),
      middle(({ coresUsed }) => coresUsed, 2),
      [...new Set(measured.map(({ problem }) => problem).filter(Boolean))].join('; '),
    ];
  });
  const head = [
    'workers',
    'ratio to one',
    'rounds',
    'µs of CPU time per request',
    'requests/s',
    'cores busy',
    'problems',
  ];
  return [
    '## Two workers against one',
    `${today()}, \`${commandLine('bench/load/workers.ts')}\`: ${work.title}; ${rounds} rounds in turn, ${requests} requests each, medians. ${machineLine()} Load generator and origin share it, so that two workers do not serve twice as much.`,
    markdownTable(head, rows),
    isKept
      ? 'Promise kept: at most 1.10.'
      : '**Broken:** two workers cost more than 1.10 of one, or a round failed.',
  ].join('\n\n');
}
