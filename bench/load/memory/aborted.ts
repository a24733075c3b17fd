/** Memory while many clients break off, and whether anything of them is left behind. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDescriptors, treeMemory } from '../../support/process-tree.ts';
import { showStat } from '../../support/runtime-command.ts';
import { fairlead, type Placement } from '../contenders.ts';
import { RunningProgram } from '../running-program.ts';
import { ABORTING_CLIENTS } from './aborting-clients.ts';
import { type BadOrigins, startBadOrigins } from './bad-origins.ts';
import type { MemorySample } from './series.ts';

export interface AbortedResult {
  readonly samples: readonly MemorySample[];
  readonly descriptorsBefore: number;
  readonly descriptorsAfter: number;
  /** Sessions, queue places and the like that were still counted at the end; '' for none. */
  readonly leftBehind: string;
}

export interface AbortedRequest {
  readonly originPort: number;
  readonly clients: number;
  readonly workers: number;
  say(line: string): void;
}

const AT_ONCE = 100;
const SAMPLES = 20;
/** Connections to servers that a pool may keep. */
const POOLED_DESCRIPTORS = 2 * AT_ONCE;

export async function abortMany(request: AbortedRequest): Promise<AbortedResult> {
  const bad = await startBadOrigins();
  const { originPort, workers } = request;
  const program = await RunningProgram.start(fairlead(), {
    mode: 'http',
    originPort,
    workers,
    maxconn: 4000,
    config: (placement) => config(placement, bad),
  });
  const stats = join(program.folder, 'api.sock');
  const step = Math.ceil(request.clients / SAMPLES);
  await abort(program.port, step);
  await settled(stats);
  const descriptorsBefore = openDescriptors(program.pid);
  const samples: MemorySample[] = [{ count: step, ...treeMemory(program.pid) }];
  for (let count = step; count < request.clients; ) {
    await abort(program.port, step);
    count += step;
    samples.push({ count, ...treeMemory(program.pid) });
    request.say(`aborted ${count}: ${(samples.at(-1)!.rss / 1e6).toFixed(1)} MB RSS`);
  }
  let leftBehind = await settled(stats);
  const descriptorsAfter = openDescriptors(program.pid);
  if (descriptorsAfter > descriptorsBefore + POOLED_DESCRIPTORS)
    leftBehind += ` ${descriptorsAfter - descriptorsBefore} descriptors`;
  await program.stop();
  bad.close();
  return { samples, descriptorsBefore, descriptorsAfter, leftBehind: leftBehind.trim() };
}

/** AT_ONCE lines of clients, each of which goes on with the next kind. */
async function abort(port: number, clients: number): Promise<void> {
  let next = 0;
  const line = async () => {
    while (next < clients) await ABORTING_CLIENTS[next++ % ABORTING_CLIENTS.length]!.run(port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

const LOOKS = 100;
const LOOK_MS = 100;

/** Waits until nothing is counted as current any more. Returns what still is after ten seconds. */
async function settled(stats: string): Promise<string> {
  let left = '';
  for (let look = 0; look < LOOKS; look++) {
    left = '';
    for (const { pxname, svname, scur, qcur } of await showStat(stats))
      if (Number(scur) > 0 || Number(qcur) > 0)
        left += `${pxname}/${svname}: ${scur} sessions, ${qcur || 0} waiting. `;
    if (left === '') return '';
    await pause(LOOK_MS);
  }
  return left;
}

function config({ port, originPort, workers, maxconn, folder }: Placement, bad: BadOrigins): string {
  return `global
  nbthread ${workers}
  maxconn ${maxconn}
  no strict-limits
  stats socket ${folder}/api.sock level admin
defaults
  mode http
  timeout client 5s
  timeout server 300ms
  timeout connect 100ms
  timeout queue 200ms
  retries 1
frontend in
  bind 127.0.0.1:${port}
  use_backend silent if { path /silent }
  use_backend queued if { path /queued }
  use_backend deaf if { path /deaf }
  use_backend breaking if { path /breaking }
  default_backend out
backend out
  http-reuse always
  timeout server 5s
  server origin 127.0.0.1:${originPort}
backend silent
  server s 127.0.0.1:${bad.silentPort}
backend queued
  server s 127.0.0.1:${bad.silentPort} maxconn 2
backend deaf
  server s 127.0.0.1:${bad.deafPort}
backend breaking
  server s 127.0.0.1:${bad.breakingPort}
`;
}
