/**
 * The runtime API beside a real HAProxy 2.6 on the same configuration: answers, statistics field by field, and states
 * after the same commands.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commands } from '../../src/command/commands.ts';
import { describe as describeProblems, linkText } from '../support/link-text.ts';
import { skipUnless } from '../support/oracle.ts';
import { type OwnedPort, reservedPort } from '../support/programs/listening-sockets.ts';
import { type CheckTarget, openCheckTarget } from '../support/worker-process/check-target.ts';
import { type HaproxyCli, openHaproxyCli } from '../support/worker-process/haproxy-cli.ts';
import { type MainThread, openMainThread } from '../support/worker-process/process-model.ts';

const CONFIG = (up: number, refused: number): string => `
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 1s
  timeout check 10s
backend bk
  balance leastconn
  option httpchk GET /health
  server s1 127.0.0.1:${up} check inter 50 weight 10
  server s2 127.0.0.1:${refused} check inter 50 fall 2 rise 3 backup
  server s3 127.0.0.1:13 disabled
  server s4 127.0.0.1:14 maxconn 10 maxqueue 4
  server s5 127.0.0.1:${up} check inter 50 disabled port ${up}
backend relay
  mode tcp
  server t1 127.0.0.1:19 id 7
backend empty
`;

let haproxy: HaproxyCli | undefined;
let ours: MainThread | undefined;
let target: CheckTarget;
/** Nobody listens there. */
let refused: OwnedPort;

interface Row {
  readonly [column: string]: string;
}

/** Rows of a table with a header line, by name. */
function table(text: string, separator: string): Map<string, Row> {
  const lines = text.split('\n').filter((line) => line !== '' && line !== '1');
  const columns = lines[0]!.replace(/^# /, '').split(separator);
  return new Map(
    lines.slice(1).map((line) => {
      const fields = line.split(separator);
      const row = Object.fromEntries(columns.map((column, place) => [column, fields[place] ?? '']));
      return [`${row['pxname'] ?? row['be_name']}/${row['svname'] ?? row['srv_name']}`, row];
    }),
  );
}

/** Columns whose values depend on the moment, or on limits of the machine that only HAProxy derives from it. */
const VOLATILE = new Set(['check_duration', 'lastchg', 'downtime', 'srv_time_since_last_change']);
const DIFFERENT = new Set(['be_id', 'iid']);
/** `fullconn` is derived from the frontends; idle connections belong to the threads. */
const BACKEND_LIMIT = (row: Row, column: string): boolean => column === 'slim' && row['type'] === '1';

function compare(mine: Map<string, Row>, theirs: Map<string, Row>): void {
  for (const [name, row] of theirs) {
    if (name.startsWith('keeps-it-alive')) continue;
    const own = mine.get(name);
    assert.ok(own !== undefined, `${name} is missing`);
    for (const [column, value] of Object.entries(row)) {
      if (
        !(column in own) ||
        column === '' ||
        column === '-' ||
        VOLATILE.has(column) ||
        DIFFERENT.has(column) ||
        BACKEND_LIMIT(row, column)
      )
        continue;
      // What the checks themselves use as connections is counted by HAProxy only.
      if (column === 'need_conn_est' || column === 'used_conn_cur') continue;
      // The last result is forgotten when checks are disabled, or maintenance begins, while one runs.
      if (
        column === 'srv_check_result' &&
        ((Number(row['srv_check_state']) & 4) === 0 || isInMaintenance(row))
      )
        continue;
      // And it counts one that was under way when maintenance began.
      if (column === 'srv_check_health' && isInMaintenance(row) && Number(value) === Number(own[column]) + 1)
        continue;
      assert.equal(own[column], value, `${name}, column ${column}`);
    }
  }
}

/** FORCED, INHERITED or CONFIG maintenance in the mask of `show servers state`. */
function isInMaintenance(row: Row): boolean {
  return (Number(row['srv_admin_state']) & 7) !== 0;
}

async function both(line: string): Promise<[mine: string, theirs: string]> {
  return [ours!.api.answer(line, 'admin'), await haproxy!.answer(line)];
}

/** Each has its own times of checking: what differs only for a moment is asked again, what stays different fails. */
async function atLast(compareNow: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await compareNow();
      return;
    } catch (error) {
      if (tries === ASK_AGAIN) throw error;
    }
  }
}

function compareAll(): Promise<void> {
  return atLast(compareNow);
}

const ASK_AGAIN = 1000;

async function compareNow(): Promise<void> {
  const [mine, theirs] = await both('show stat');
  compare(table(mine, ','), table(theirs, ','));
  const [myStates, theirStates] = await both('show servers state');
  compare(table(myStates, ' '), table(theirStates, ' '));
}

describe('the runtime API beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  before(async () => {
    target = await openCheckTarget();
    refused = reservedPort();
    const config = CONFIG(target.port, refused.port);
    const { model, diagnostics } = linkText(config);
    assert.ok(model !== null, describeProblems(diagnostics).join('\n'));
    ours = openMainThread(model);
    haproxy = openHaproxyCli(config);
    ours.health.start();
  });

  after(async () => {
    ours?.health.stop();
    await haproxy?.stop();
    await target.stop();
    refused.close();
  });

  test('statistics and states agree, once all checks have been made', compareAll);

  for (const line of [
    'set server bk/s1 state drain',
    'set server bk/s1 state maint',
    'set server bk/s1 state drain',
    'set server bk/s1 state ready',
    'set server bk/s1 weight 0',
    'set server bk/s1 weight 50%',
    'set weight bk/s1 100%',
    'set server bk/s3 state ready',
    'set server bk/s3 health down',
    'set server bk/s3 health up',
    'disable server bk/s3',
    'enable server bk/s5',
    'disable server bk/s4',
    'enable server bk/s4',
    'set server bk/s2 state maint',
    'set server bk/s2 state ready',
    'set maxconn server bk/s4 20',
    'set server relay/t1 weight 3',
    'disable health bk/s1',
    'enable health bk/s1',
  ]) {
    test(`after ${line} they agree`, async () => {
      const [mine, theirs] = await both(line);
      assert.equal(mine, theirs);
      await compareAll();
    });
  }

  for (const line of [
    'get weight bk/s1',
    'get weight bk/#1',
    'get weight bk',
    'get weight',
    'get weight bk/zz',
    'get weight zz/s1',
    'set weight bk/s1',
    'set weight',
    'set weight bk/s1 x',
    'set weight bk/s1 5x',
    'set weight bk/s1 300',
    'set weight bk/s1 -1',
    'set weight bk/s1 -1%',
    'set server',
    'set server bk',
    'set server zz/s1 state ready',
    'set server bk/zz state ready',
    'set server bk/s1 state',
    'set server bk/s1 state foo',
    'set server bk/s1 health x',
    'set server bk/s1 weight',
    'set server bk/s1 weight 1000',
    'enable server',
    'enable server bk',
    'enable server bk/zz',
    'disable server zz/s1',
    'enable health bk/s4',
    'disable health bk/s4',
    'set maxconn server bk/s4',
    'set maxconn server bk/s4 x',
    'set maxconn server bk/s4 5x',
    'set maxconn server bk/zz 1',
    'clear counters',
    'clear counters all',
    'set timeout cli 10s',
    'set timeout cli x',
    'set timeout cli',
    'set timeout foo',
    'set timeout',
    'show cli level',
    'show servers state zz',
    'show stat zz 4 -1',
    'show env NO_SUCH_VARIABLE',
    'operator',
    'user',
    'quit',
    'prompt',
    'operator;set server bk/s1 state ready',
    'user;clear counters',
    'user;operator',
    'user;show env HOME',
    'user;show errors',
    'operator;clear counters all',
    'set severity-output',
    'set severity-output loud',
    'set severity-output number;get weight bk',
    'set severity-output number;get weight bk/s1',
    'set severity-output string;set weight bk/s1 5x',
    'set severity-output number;show cli level',
    'set severity-output number;user;operator',
    'set severity-output string;show stat zz 4 -1',
    'set severity-output string;show env NO_SUCH_VARIABLE',
    'set severity-output number;enable health bk/s4',
    'set severity-output number;set server bk/s1 state foo',
    'set severity-output number;set severity-output none;get weight bk',
    'set severity-output number;show errors zz',
    'set maxconn frontend',
    'set maxconn frontend zz 5',
    'set maxconn frontend bk 5',
    'set maxconn global',
    'enable frontend',
    'enable frontend zz',
    'disable frontend bk',
    'disable frontend',
  ]) {
    // HAProxy shows the prompt on the connection; ours does too, but not to the master's lines.
    const withPrompt = (text: string): string => text.replace(/> $/, '');
    test(`${line} has the same answer`, async () => {
      const [mine, theirs] = await both(line);
      assert.equal(mine, withPrompt(theirs));
    });
  }

  test('the header of show stat begins with the same columns', async () => {
    const [mine, theirs] = await both('show stat');
    const static26 = theirs.slice(0, theirs.indexOf(',-,'));
    assert.equal(mine.slice(0, static26.length), static26);
  });

  test('typed lines of show stat have the same place, tags and type', () =>
    atLast(async () => {
      const [mine, theirs] = await both('show stat typed');
      const shapes = (text: string): Map<string, string> =>
        new Map(
          text.split('\n').flatMap((line) => {
            const [place, tags, type] = line.split(':');
            const [letter, , , position, name] = (place ?? '').split('.');
            return type === undefined || Number(position) > 102
              ? []
              : [[`${letter}.${position}.${name}`, `${tags!.slice(0, 3)}:${type}`]];
          }),
        );
      const own = shapes(mine);
      for (const [key, shape] of shapes(theirs))
        if (!key.startsWith('F')) assert.equal(own.get(key), shape, key);
    }));

  test('typed lines of show info have the same place, tags and type', async () => {
    const [mine, theirs] = await both('show info typed');
    const shapes = (text: string): Map<string, string> =>
      new Map(
        [...text.matchAll(/^(\d+)\.([^.]+)\.1:(...)V?:(\w+):/gm)].map(([, at, name, tags, type]) => [
          at!,
          `${name} ${tags} ${type}`,
        ]),
      );
    const own = shapes(mine);
    for (const [at, shape] of shapes(theirs)) {
      // Number 62 was misspelt up to 2.6.
      assert.equal(own.get(at), shape.replace('TotalSplicdedBytesOut', 'TotalSplicedBytesOut'));
    }
  });

  test('help of our commands is written as theirs', async () => {
    const theirs = new Set((await haproxy!.answer('help')).split('\n'));
    // `echo` and the modes of `prompt` came after 2.6.
    const later = new Set(['echo', 'prompt']);
    for (const line of ours!.api.answer('help', 'admin').split('\n')) {
      if (!later.has(line.trim().split(' ')[0]!)) assert.ok(theirs.has(line), line);
    }
    assert.ok(commands.length > later.size);
  });
});
