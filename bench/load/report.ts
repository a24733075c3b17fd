/** The tables of the comparison, for bench/RESULTS.md. */
import { median, spread } from '../support/median.ts';
import { commandLine, machineLine, markdownTable, today } from '../support/results-file.ts';
import { BASE, type Contender } from './contenders.ts';

/** One figure of one contender in one round; 0 when it failed. */
export interface Sample {
  readonly contender: string;
  readonly round: number;
  readonly value: number;
  /** Requests a second, or 0 where there are none. */
  readonly rate: number;
  /** Processor cores it kept busy, or 0 where that says nothing. */
  readonly coresUsed: number;
  readonly problem: string;
}

export interface Table {
  readonly title: string;
  /** The unit of the values: `µs of CPU time per request`. */
  readonly unit: string;
  readonly digits: number;
  readonly samples: readonly Sample[];
}

export interface ReportFacts {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}

export function report(tables: readonly Table[], facts: ReportFacts): string {
  const lines = [
    '## CPU time per request, and start',
    '',
    `${today()}, \`${commandLine('bench/load/run.ts')}\`: ${facts.rounds} rounds, the proxies in turn within each round, every turn the same number of requests (what HAProxy serves in ${facts.seconds} s), medians.`,
    `${machineLine()} Load generator, proxy and origin (nginx) share it.`,
    '',
    "One worker thread or process each; HAProxy and Fairlead run on the same configuration file. CPU time is user and system time of the proxy's whole process tree. The ratio is to HAProxy in the same round; behind it the least and the most of all rounds. A proxy that keeps less than one core busy waits for the load generator. A round with failures has no figure and stands under problems.",
    '',
    ...facts.contenders.map(({ name, version, missing }) =>
      missing === '' ? `- ${name} ${version}` : `- ${name}: left out, it is missing: ${missing}`,
    ),
    ...facts.notes.map((note) => `- ${note}`),
    '',
    ...tables.flatMap((table) => renderTable(table, facts.contenders)),
  ];
  return `${lines.join('\n')}\n`;
}

function renderTable({ title, unit, digits, samples }: Table, contenders: readonly Contender[]): string[] {
  const hasRates = samples.some(({ rate }) => rate > 0);
  const head = [
    'proxy',
    'ratio to HAProxy',
    'rounds',
    unit,
    ...(hasRates ? ['requests/s', 'cores busy'] : []),
  ];
  const rows: string[][] = [];
  for (const { name } of contenders) {
    const own = samples.filter(({ contender }) => contender === name);
    if (own.length === 0) continue;
    const good = own.filter(({ value }) => value > 0);
    const ratios = good
      .map((sample) => sample.value / baseOf(samples, sample.round))
      .filter((ratio) => Number.isFinite(ratio));
    const middle = (pick: (sample: Sample) => number, places: number) =>
      good.length === 0 ? '' : median(good.map(pick)).toFixed(places);
    rows.push([
      name,
      ratios.length === 0 ? '' : median(ratios).toFixed(2),
      spread(ratios, 2),
      middle(({ value }) => value, digits),
      ...(hasRates ? [middle(({ rate }) => rate, 0), middle(({ coresUsed }) => coresUsed, 2)] : []),
      problemsOf(own),
    ]);
  }
  return [`### ${title}`, '', markdownTable([...head, 'problems'], rows), ''];
}

function problemsOf(samples: readonly Sample[]): string {
  const problems = samples.map(({ problem }) => problem).filter((problem) => problem !== '');
  if (problems.length === 0) return '';
  return `${problems.length} of ${samples.length} rounds: ${[...new Set(problems)].join('; ')}`;
}

function baseOf(samples: readonly Sample[], round: number): number {
  return (
    samples.find((sample) => sample.contender === BASE && sample.round === round && sample.value > 0)
      ?.value ?? Number.NaN
  );
}
