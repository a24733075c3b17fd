/**
 * What operators do to servers that are tracked or have agents, beside a real HAProxy 2.6: after each command the
 * answers, the lines logged and the states shown must be the same.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describe as describeProblems, linkText } from '../support/link-text.ts';
import { skipUnless } from '../support/oracle.ts';
import { LogSink } from '../support/programs/log-sink.ts';
import { type HaproxyCli, openHaproxyCli } from '../support/worker-process/haproxy-cli.ts';
import { type MainThread, openMainThread } from '../support/worker-process/process-model.ts';
import { ScriptedTarget } from '../support/worker-process/scripted-target.ts';

const CONFIG = (port: number, logPort: number): string => `
global
  max-spread-checks 100
defaults
  mode http
  log 127.0.0.1:${logPort} local0
  timeout client 5s
  timeout server 5s
  timeout connect 1s
backend chain
  server s 127.0.0.1:${port} check inter 1h
  server b 127.0.0.1:${port} track s
  server c 127.0.0.1:${port} track b
backend tree
  server s 127.0.0.1:${port} check inter 1h
  server t2 127.0.0.1:${port} track s
  server t3 127.0.0.1:${port} track t2 weight 5
  server t4 127.0.0.1:${port} track tree/s backup
  server t5 127.0.0.1:${port} track s disabled
backend abroad
  server s 127.0.0.1:${port} check inter 1h
  server t2 127.0.0.1:${port} track tree/s
backend agent
  server s 127.0.0.1:${port} check inter 1h agent-check agent-inter 1h agent-port ${port} agent-send x\\n
backend lone
  server s 127.0.0.1:${port} agent-check agent-inter 1h agent-port ${port} agent-send x\\n
  server p 127.0.0.1:${port}
  server q 127.0.0.1:${port} agent-check agent-inter 1h agent-port ${port} agent-send x\\n disabled
  server r 127.0.0.1:${port} check inter 1h disabled backup
`;

const CHAIN = `
chain/s state maint
chain/b state maint
chain/b state maint
chain/b state ready
chain/s state drain
chain/b state drain
chain/s state ready
chain/b state ready
chain/s health down
chain/b state maint
chain/b state ready
chain/b state maint
chain/b state drain
chain/c state ready
chain/b state ready
chain/s health up
chain/b state maint
chain/s health down
chain/b state ready
chain/s health stopping
chain/b state maint
chain/b state ready
chain/s health up
chain/b state drain
chain/s state maint
chain/s state ready
chain/s state maint
chain/s state drain
chain/b state ready
chain/s state ready
chain/b health up
tree/s state maint
tree/s state ready
tree/s state drain
tree/t2 state drain
tree/t2 state ready
tree/s state ready
tree/t2 state maint
tree/s state maint
tree/t2 state ready
tree/s state ready
tree/s health down
tree/s health stopping
tree/s health up
tree/s weight 0
tree/s weight 5
tree/t5 state ready
agent/s state drain
agent/s health down
agent/s agent down
agent/s health up
agent/s agent up
agent/s state ready
agent/s agent down
agent/s state maint
agent/s state ready
agent/s agent up
agent/s health up
agent/s agent foo
agent/s agent
agent/s agent-port 7
agent/s agent-port x
agent/s agent-port 99999
agent/s agent-port
agent/s agent-addr 127.0.0.3
agent/s agent-addr 127.0.0.3 port 81
agent/s agent-addr 127.0.0.3 port x
agent/s agent-addr xx
agent/s agent-addr
agent/s agent-send abc
agent/s check-port 77
agent/s check-port 0
agent/s check-port x
agent/s check-port 99999
agent/s check-port
agent/s check-addr 127.0.0.1
agent/s check-addr 127.0.0.1 port 80
agent/s check-addr zz
agent/s check-addr
lone/p agent up
lone/p agent-port 7
lone/p agent-addr 127.0.0.1
lone/p agent-send x
lone/p check-port 7
lone/p check-addr 127.0.0.1
lone/s state drain
lone/p state drain
lone/s agent down
lone/s state maint
lone/s state ready
lone/q state ready
lone/s health down
lone/p health down
lone/p state ready
lone/p health up
`;

const COMMANDS = [
  ...CHAIN.trim()
    .split('\n')
    .map((line) => `set server ${line}`),
  'disable health tree/s',
  'disable health tree/t2',
  'enable health tree/t2',
  'enable health tree/s',
  'enable agent tree/s',
  'disable agent tree/s',
  'disable agent agent/s',
  'set server agent/s agent up',
  'enable agent agent/s',
  'enable agent',
  'disable agent zz/s',
];

/** Of `show stat`. */
const SHOWN = [
  'pxname',
  'svname',
  'status',
  'weight',
  'act',
  'bck',
  'chkfail',
  'chkdown',
  'tracked',
  'agent_health',
];
/** Of `show servers state`. */
const STATES = [
  'be_name',
  'srv_name',
  'srv_op_state',
  'srv_admin_state',
  'srv_uweight',
  'srv_check_health',
  'srv_check_state',
  'srv_agent_state',
  'srv_check_port',
  'srv_check_addr',
  'srv_agent_addr',
  'srv_agent_port',
];

function table(text: string, separator: string, columns: readonly string[]): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && line !== '1');
  const names = lines[0]!.replace(/^# /, '').split(separator);
  return lines
    .slice(1)
    .filter((line) => !line.includes('keeps-it-alive'))
    .map((line) => {
      const fields = line.split(separator);
      return columns.map((column) => `${column}=${fields[names.indexOf(column)] ?? ''}`).join(' ');
    });
}

describe('tracking and agents beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  let sink: LogSink;
  let target: ScriptedTarget;
  let haproxy: HaproxyCli;
  let fairlead: MainThread;
  const theirLog: string[] = [];

  before(async () => {
    sink = await LogSink.start();
    target = await ScriptedTarget.start([['read', 'up\n', '<close>']]);
    const config = CONFIG(target.port, sink.port);
    const { model, diagnostics } = linkText(config);
    assert.ok(model !== null, describeProblems(diagnostics).join('\n'));
    fairlead = openMainThread(model);
    haproxy = await openHaproxyCli(config);
    fairlead.health.start();
  });

  after(async () => {
    fairlead.health.stop();
    await haproxy.stop();
    await target.stop();
    await sink.stop();
  });

  async function compareNow(): Promise<void> {
    const both = async (line: string): Promise<[string, string]> => [
      fairlead.api.answer(line, 'admin'),
      await haproxy.answer(line),
    ];
    const [stat, theirStat] = await both('show stat');
    const [states, theirStates] = await both('show servers state');
    theirLog.push(
      ...sink
        .takeNow()
        .map((line) => line.replace(/^<(\d+)>.*?\]: /, (_, level) => `<${Number(level) & 7}> `).trim()),
    );
    assert.deepEqual(table(stat, ',', SHOWN), table(theirStat, ',', SHOWN));
    assert.deepEqual(table(states, ' ', STATES), table(theirStates, ' ', STATES));
    assert.deepEqual(fairlead.logged, theirLog);
  }

  async function compare(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await compareNow();
        return;
      } catch (error) {
        if (tries === ASK_AGAIN) throw error;
      }
    }
  }

  test('they agree once all checks have been made', compare);

  for (const line of COMMANDS)
    test(`after ${line} they agree`, async () => {
      // The lines of the command before have been compared; those of this one count.
      fairlead.logged.length = 0;
      theirLog.length = 0;
      assert.equal(fairlead.api.answer(line, 'admin'), (await haproxy.answer(line)).replace(/> $/, ''));
      await compare();
    });
});

/** Checks and log lines take a moment. */
const ASK_AGAIN = 400;
