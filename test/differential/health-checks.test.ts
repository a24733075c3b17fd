/**
 * Health checks and agents beside a real HAProxy 2.6 on one configuration: what is sent, logged, and shown of each
 * server once it has settled, with and without `option log-health-checks`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describe as describeProblems, linkText } from '../support/link-text.ts';
import { skipUnless } from '../support/oracle.ts';
import { LogSink } from '../support/programs/log-sink.ts';
import { type HaproxyCli, openHaproxyCli } from '../support/worker-process/haproxy-cli.ts';
import { type MainThread, openMainThread } from '../support/worker-process/process-model.ts';
import { ScriptedTarget } from '../support/worker-process/scripted-target.ts';
import { HEALTH_CASES, type HealthCase } from './health-cases.ts';

/** Backends are made twice: this suffix has `option log-health-checks`. */
const LOGGED = '-logged';

interface Targets {
  readonly [backend: string]: ScriptedTarget | null;
}

async function openTargets(): Promise<Targets> {
  const targets: Record<string, ScriptedTarget | null> = {};
  for (const { name, script, isRefused } of HEALTH_CASES)
    for (const backend of [name, name + LOGGED])
      targets[backend] = isRefused === true ? null : await ScriptedTarget.start(script);
  return targets;
}

function configOf(targets: Targets, logPort: number): string {
  const backends = HEALTH_CASES.flatMap((each) => [
    backendText(each, each.name, targets, []),
    backendText(each, each.name + LOGGED, targets, ['option log-health-checks']),
  ]);
  return `
global
  max-spread-checks 500
defaults
  mode http
  log 127.0.0.1:${logPort} local0
  timeout client 5s
  timeout server 5s
  timeout connect 1s
${backends.join('')}`;
}

function backendText(each: HealthCase, backend: string, targets: Targets, more: readonly string[]): string {
  const port = targets[backend]?.port ?? 1;
  const options = (each.server ?? 'check inter 60s').replaceAll('PORT', String(port));
  const lines = [...more, ...each.lines].map((line) => `  ${line}\n`).join('');
  return `backend ${backend}\n${lines}  server s 127.0.0.1:${port} ${options}\n`;
}

/** What the first connection brought that brought anything: checks and agents may come to one port. */
function sentTo(target: ScriptedTarget | null | undefined): string {
  return target?.received.find((text) => text !== '') ?? '';
}

/** Columns that are the same for a server that has settled. */
const COLUMNS = [
  'status',
  'weight',
  'act',
  'bck',
  'slim',
  'check_status',
  'check_code',
  'check_desc',
  'last_chk',
  'check_health',
  'check_rise',
  'check_fall',
  'chkfail',
  'chkdown',
  'agent_status',
  'agent_code',
  'agent_desc',
  'last_agt',
  'agent_health',
] as const;

interface Seen {
  readonly columns: { readonly [column: string]: string };
  readonly log: readonly string[];
  readonly sent: string;
}

function rowOf(text: string, backend: string): { readonly [column: string]: string } {
  const [head = '', ...rows] = text.split('\n');
  const names = head.replace(/^# /, '').split(',');
  const fields = splitCsv(rows.join('\n').slice(rows.join('\n').indexOf(`${backend},s,`)));
  return Object.fromEntries(COLUMNS.map((column) => [column, fields[names.indexOf(column)] ?? '']));
}

/** Line ends within quotes are part of a field. */
function splitCsv(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) => field);
}

/** Without what differs from run to run. */
function plainLine(line: string): string {
  return line
    .replace(/^<(\d+)>(?:.*? haproxy\[\d+\]: )?/, (_, level: string) => `<${Number(level) & 7}> `)
    .replace('>  ', '> ')
    .replace(/\d+ms/, '0ms')
    .trim();
}

function linesAbout(lines: readonly string[], backend: string): string[] {
  const names = new RegExp(`(?:erver ${backend}/s |end ${backend} has)`);
  return lines.map(plainLine).filter((line) => names.test(line));
}

describe('health checks beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  let sink: LogSink;
  let haproxy: HaproxyCli;
  let fairlead: MainThread;
  let theirTargets: Targets;
  let ourTargets: Targets;
  const theirLog: string[] = [];

  before(async () => {
    sink = await LogSink.start();
    [theirTargets, ourTargets] = [await openTargets(), await openTargets()];
    const { model, diagnostics } = linkText(configOf(ourTargets, sink.port));
    assert.ok(model !== null, describeProblems(diagnostics).join('\n'));
    fairlead = openMainThread(model);
    haproxy = await openHaproxyCli(configOf(theirTargets, sink.port));
    fairlead.health.start();
  });

  after(async () => {
    fairlead.health.stop();
    await haproxy.stop();
    await sink.stop();
    for (const target of [...Object.values(theirTargets), ...Object.values(ourTargets)]) await target?.stop();
  });

  async function theirs(backend: string): Promise<Seen> {
    const stat = await haproxy.answer(`show stat ${backend} 4 -1`);
    theirLog.push(...sink.takeNow());
    return {
      columns: rowOf(stat, backend),
      log: linesAbout(theirLog, backend),
      sent: sentTo(theirTargets[backend]),
    };
  }

  function ours(backend: string): Seen {
    return {
      columns: rowOf(fairlead.api.answer(`show stat ${backend} 4 -1`, 'admin'), backend),
      log: linesAbout(fairlead.logged, backend),
      sent: sentTo(ourTargets[backend]),
    };
  }

  /** While a check runs its columns say so; each program has its own times. */
  function isSettled({ columns }: Seen): boolean {
    const statuses = [columns['check_status'], columns['agent_status']];
    return statuses.every((status) => status !== 'INI' && status?.startsWith('* ') !== true);
  }

  for (const { name } of HEALTH_CASES)
    for (const backend of [name, name + LOGGED])
      test(`${backend} is sent, logged and shown alike`, async () => {
        for (let tries = 1; ; tries++) {
          const [expected, actual] = [await theirs(backend), ours(backend)];
          // What was pushed out by a reset before it was read was never seen.
          const same = { ...actual, ...(expected.sent === '' && { sent: '' }) };
          try {
            assert.ok(isSettled(expected) && isSettled(actual), 'a check runs all the time');
            assert.deepEqual(same, expected);
            return;
          } catch (error) {
            if (tries === ASK_AGAIN) throw error;
          }
        }
      });
});

/** States come with the checks, which each program makes at times of its own; what stays different fails. */
const ASK_AGAIN = 400;
