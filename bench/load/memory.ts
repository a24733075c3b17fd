/**
 * Measures memory and writes its section of bench/RESULTS.md; ends with 1 when a promise is broken:
 * `node bench/load/memory.ts [--quick] [--part idle,workers,requests,aborted] [--connections N] [--requests N]
 * [--aborted N] [--only NAME,…] [--out FILE]`.
 *
 * RSS is what `ps` shows, summed over all processes, so that pages which they share count in each; PSS divides those;
 * USS leaves them out.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { raiseDescriptorLimit } from '../support/descriptor-limit.ts';
import { type Memory, processMemory, processTree, treeMemory } from '../support/process-tree.ts';
import {
  commandLine,
  machineLine,
  markdownTable,
  RESULTS_FILE,
  today,
  writeSection,
} from '../support/results-file.ts';
import { contenders, fairlead } from './contenders.ts';
import { abortMany } from './memory/aborted.ts';
import { ABORTING_CLIENTS } from './memory/aborting-clients.ts';
import { idleMemory } from './memory/idle-connections.ts';
import { judge, type MemorySample, megabytes } from './memory/series.ts';
import { startOrigin } from './origin.ts';
import { RunningProgram } from './running-program.ts';
import { workNamed } from './works.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string', default: 'idle,workers,requests,aborted' },
    connections: { type: 'string' },
    requests: { type: 'string' },
    aborted: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string', default: RESULTS_FILE },
  },
});

/** What is promised of Fairlead. */
const MOST_PER_CONNECTION_BYTES = 10 * 1024;
const MOST_OF_TWO_WORKERS_BYTES = 160e6;

/** Until what a start leaves to later has been done. */
const REST_MS = 3000;
/** Enough for V8 to have compiled the way of a request. */
const SOME_REQUESTS = 50_000;

const connections = Number(flags.connections ?? (flags.quick ? 500 : 10_000));
const requests = Number(flags.requests ?? (flags.quick ? 20_000 : 5_000_000));
const aborted = Number(flags.aborted ?? (flags.quick ? 1500 : 100_000));
/** RSS is sampled each so many requests. */
const sampleEach = flags.quick ? 4000 : 250_000;
const maxconn = connections + 1000;
const descriptorsNeeded = connections + 2000;
const present = contenders().filter(
  ({ name, missing }) => missing === '' && (flags.only?.split(',').includes(name) ?? true),
);
const broken: string[] = [];
const parts: { readonly [name: string]: () => Promise<string> } = {
  idle: idleConnections,
  workers: idleWorkers,
  requests: manyRequests,
  aborted: manyAborted,
};

const origin = await startOrigin({ maxconn: 4000 });
const sections: string[] = [];
for (const name of flags.part.split(',')) {
  const part = parts[name];
  if (part === undefined)
    throw new RangeError(`no part is called ${name}; there are ${Object.keys(parts).join(', ')}`);
  sections.push(await part());
}
await origin.stop();
const text = [
  '## Memory',
  `${today()}, \`${commandLine('bench/load/memory.ts')}\`. ${machineLine()} RSS is summed over all processes of a program, pages that they share counted in each; PSS divides those pages; USS leaves them out.`,
  ...sections,
  broken.length === 0 ? 'Promises kept.' : `**Broken:** ${broken.join('; ')}.`,
].join('\n\n');
writeSection(flags.out, 'memory', text);
process.stdout.write(`\n${text}\n`);
process.exit(broken.length === 0 ? 0 : 1);

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function promise(isKept: boolean, what: string): void {
  if (!isKept) broken.push(what);
}

async function idleConnections(): Promise<string> {
  const title = `### An idle connection, over ${connections}, each after one request`;
  const descriptors = raiseDescriptorLimit(descriptorsNeeded);
  if (descriptors < descriptorsNeeded)
    return `${title}\n\nLeft out: ${descriptorsNeeded} descriptors are needed, ${descriptors} allowed (ulimit -n).`;
  const rows: string[][] = [];
  for (const contender of present) {
    const { port: originPort } = origin;
    const program = await RunningProgram.start(contender, { mode: 'http', originPort, workers: 1, maxconn });
    try {
      const { rss, pss } = await idleMemory(program, connections);
      rows.push([contender.name, kibibytes(rss), kibibytes(pss), '']);
      if (contender.name === 'Fairlead')
        promise(rss <= MOST_PER_CONNECTION_BYTES, 'an idle connection takes more than 10 KiB of RSS');
    } catch (error) {
      rows.push([contender.name, '', '', (error as Error).message]);
      promise(contender.name !== 'Fairlead', 'idle connections were not served');
    }
    say(`idle ${rows.at(-1)!.join(' ')}`);
    await program.stop();
  }
  return `${title}\n\n${markdownTable(['proxy', 'RSS', 'PSS', 'problems'], rows)}`;
}

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(2)} KiB`;
}

async function idleWorkers(): Promise<string> {
  const rows: string[][] = [];
  let details = '';
  for (const contender of present) {
    const { port: originPort } = origin;
    const program = await RunningProgram.start(contender, {
      mode: 'http',
      originPort,
      workers: 2,
      maxconn: 10_000,
    });
    await pause(REST_MS);
    const fresh = treeMemory(program.pid);
    if (contender.name === 'Fairlead') {
      promise(
        fresh.rss <= MOST_OF_TWO_WORKERS_BYTES,
        `two idle workers take ${megabytes(fresh.rss)} MB of RSS`,
      );
      details = processTree(program.pid)
        .map((pid) => cells(processMemory(pid)).join(' / '))
        .map((line, i) => `${i === 0 ? 'master' : 'worker process'} ${line}`)
        .join('; ');
    }
    const load = { port: program.port, requests: SOME_REQUESTS, seconds: 60, cores: '' };
    await workNamed('small').run(load);
    await pause(REST_MS);
    rows.push([contender.name, ...cells(fresh), ...cells(treeMemory(program.pid))]);
    say(`workers ${rows.at(-1)!.join(' ')}`);
    await program.stop();
  }
  const head = ['proxy', 'RSS', 'PSS', 'USS', 'RSS later', 'PSS later', 'USS later'];
  return `### Two workers, idle, all processes together, in MB\n\nFresh, and later behind ${SOME_REQUESTS} requests. Fairlead's processes (RSS / PSS / USS): ${details}.\n\n${markdownTable(head, rows)}`;
}

function cells({ rss, pss, uss }: Memory): string[] {
  return [rss, pss, uss].map(megabytes);
}

async function manyRequests(): Promise<string> {
  const { port: originPort } = origin;
  const program = await RunningProgram.start(fairlead(), {
    mode: 'http',
    originPort,
    workers: 2,
    maxconn: 4000,
  });
  const samples: MemorySample[] = [];
  let problem = '';
  for (let count = 0; count < requests && problem === ''; ) {
    const load = { port: program.port, requests: sampleEach, seconds: 600, cores: '' };
    const result = await workNamed('small').run(load);
    problem = result.problem || (result.requests === 0 ? 'no request was served' : '');
    count += result.requests;
    samples.push({ count, ...treeMemory(program.pid) });
    say(`requests ${count}: ${megabytes(samples.at(-1)!.rss)} MB RSS ${problem}`);
  }
  await program.stop();
  promise(problem === '', `requests failed: ${problem}`);
  return `### Over ${requests} requests, two workers\n\n${series(samples, 'requests')}`;
}

async function manyAborted(): Promise<string> {
  const result = await abortMany({ originPort: origin.port, clients: aborted, workers: 2, say });
  promise(result.leftBehind === '', `left behind by aborted requests: ${result.leftBehind}`);
  const kinds = ABORTING_CLIENTS.map(({ name }) => name).join('; ');
  return [
    `### Over ${aborted} aborted requests, two workers`,
    `Clients of ${ABORTING_CLIENTS.length} kinds in turn: ${kinds}. Descriptors ${result.descriptorsBefore} at first, ${result.descriptorsAfter} at the end; still counted as current at the end: ${result.leftBehind || 'nothing'}.`,
    series(result.samples, 'aborted requests'),
  ].join('\n\n');
}

function series(samples: readonly MemorySample[], what: string): string {
  if (samples.length < 4) {
    promise(false, `too few samples over ${what}`);
    return 'Too few samples.';
  }
  const { early, late, isFlat } = judge(samples);
  // A quick run is over before memory has found its level.
  promise(
    isFlat || flags.quick,
    `memory grows over ${what}: ${megabytes(early)} MB, then ${megabytes(late)} MB of RSS`,
  );
  const rows = samples.map((sample) => [String(sample.count), ...cells(sample)]);
  const verdict = `Mean of the second quarter ${megabytes(early)} MB of RSS, of the last ${megabytes(late)} MB: ${isFlat ? 'flat' : '**not flat**'}.`;
  return `${verdict}\n\n${markdownTable([what, 'RSS, MB', 'PSS, MB', 'USS, MB'], rows)}`;
}
