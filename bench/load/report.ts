/** The tables of bench/RESULTS.md. */
import { arch, cpus, release } from 'node:os';
import { median } from '../support/median.ts';
import type { Contender } from './contenders.ts';

/** One figure of one contender in one round; null when it failed or cannot do this work. */
export interface Sample {
  readonly contender: string;
  readonly round: number;
  readonly value: number;
  /** Requests a second, or 0 where there are none. */
  readonly rate: number;
  readonly problem: string;
}

export interface Table {
  readonly title: string;
  /** The unit of the values: `µs of CPU time per request`. */
  readonly unit: string;
  readonly digits: number;
  readonly samples: readonly Sample[];
}

const BASE = 'HAProxy';

export interface ReportFacts {
  readonly command: string;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}

export function report(tables: readonly Table[], facts: ReportFacts): string {
  const [cpu] = cpus();
  const lines = [
    '# Results of the load benchmark',
    '',
    `${new Date().toISOString().slice(0, 10)}, \`${facts.command}\`: ${facts.rounds} rounds of ${facts.seconds} s, the proxies in turn within each round, medians.`,
    `Machine: ${cpu?.model ?? arch()}, ${cpus().length} cores, Linux ${release()}. Load generator, proxy and origin (nginx) share it.`,
    '',
    "Proxies: one worker thread or process each; HAProxy and Fairlead run on the same configuration file. CPU time is user and system time of the proxy's whole process tree. The ratio is to HAProxy in the same round.",
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
  const lines = [
    `## ${title}`,
    '',
    `| proxy | ratio to HAProxy | ${unit} |${hasRates ? ' requests/s |' : ''} problems |`,
    `|---|--:|--:|${hasRates ? '--:|' : ''}---|`,
  ];
  for (const { name } of contenders) {
    const own = samples.filter(({ contender }) => contender === name);
    const good = own.filter(({ value }) => value > 0);
    const problems = [...new Set(own.map(({ problem }) => problem).filter((problem) => problem !== ''))];
    if (own.length === 0) continue;
    const ratio = median(
      good.map((sample) => sample.value / baseOf(samples, sample.round)).filter(Number.isFinite),
    );
    const cells = [
      name,
      Number.isNaN(ratio) ? '' : ratio.toFixed(2),
      good.length === 0 ? '' : median(good.map(({ value }) => value)).toFixed(digits),
      ...(hasRates ? [good.length === 0 ? '' : median(good.map(({ rate }) => rate)).toFixed(0)] : []),
      problems.join('; '),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return [...lines, ''];
}

function baseOf(samples: readonly Sample[], round: number): number {
  return (
    samples.find((sample) => sample.contender === BASE && sample.round === round && sample.value > 0)
      ?.value ?? Number.NaN
  );
}
