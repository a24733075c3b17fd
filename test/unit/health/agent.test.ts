/** What agents say, as HAProxy 2.6 understands it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentDialogue } from '../../../src/health/agent-dialogue.ts';
import { agentWeight, parseAgentReply } from '../../../src/health/agent-reply.ts';
import { CheckStatus } from '../../../src/health/status.ts';
import { END, play, TIMEOUT } from './script-support.ts';

const SILENT = { state: null, health: null, weight: null, maxconn: null, info: '' };

for (const [line, expected] of [
  ['up', { health: 'up', info: 'via agent : up' }],
  ['UP', { health: 'up', info: 'via agent : UP' }],
  ['down', { health: 'down', info: 'via agent : down' }],
  ['fail', { health: 'down', info: 'via agent : fail' }],
  ['stopped # x y', { health: 'down', info: 'via agent : stopped (x y)' }],
  ['up # text here, ok', { health: 'up', info: 'via agent : up (text here, ok)' }],
  ['down #desc 50% maint', { health: 'down', info: 'via agent : down (desc 50% maint)' }],
  ['up down', { health: 'down', info: 'via agent : down' }],
  ['down up', { health: 'up', info: 'via agent : up' }],
  ['drain', { state: 'drain' }],
  ['Drain', { state: 'drain' }],
  ['drain maint ready', { state: 'ready' }],
  ['up drain', { state: 'drain', health: 'up', info: 'via agent : up' }],
  ['75%', { weight: { percent: 75 } }],
  ['weight:30', { weight: { absolute: 30 } }],
  ['weight:30%', { weight: { percent: 30 } }],
  ['weight:300', { info: 'agent warns : Absolute weight can only be between 0 and 256 inclusive.\n' }],
  ['maxconn:7', { maxconn: 7 }],
  ['up,50%,maxconn:3', { health: 'up', weight: { percent: 50 }, maxconn: 3, info: 'via agent : up' }],
  ['  up\t50% ', { health: 'up', weight: { percent: 50 }, info: 'via agent : up' }],
  ['up bogus', { health: 'up', info: 'via agent : up (bogus)' }],
  ['bogus 50.5% up', { health: 'up', info: 'via agent : up (bogus)' }],
  ['50.5% up', { health: 'up', info: 'via agent : up (Trailing garbage in weight string)' }],
  ['50.5%', { info: 'agent warns : Trailing garbage in weight string' }],
  ['-5%', { info: 'agent reports an error : -5%' }],
  ['%', { info: 'agent reports an error : %' }],
  ['5 up', { health: 'up', info: 'via agent : up (5)' }],
  ['hello', { info: 'agent reports an error : hello' }],
  ['down#a,b c', { info: 'agent reports an error : down#a' }],
  ['stop', { info: 'agent reports an error : stop' }],
  ['maxconn:x', { info: 'agent warns : maxconn string empty or preceded by garbage' }],
  ['maxconn:5x', { info: 'agent warns : Trailing garbage in maxconn string' }],
  ['maxconn: up', { health: 'up', info: 'via agent : up (Require <maxconn>.\n)' }],
  ['# only', {}],
  ['', {}],
  ['constructor __proto__', { info: 'agent reports an error : constructor' }],
] as const) {
  test(`an agent that says ${JSON.stringify(line)}`, () =>
    assert.deepEqual(parseAgentReply(line), { ...SILENT, ...expected }));
}

test('a weight in percent is of the configured one, and at most 256', () => {
  assert.deepEqual(
    [{ percent: 50 }, { percent: 300 }, { percent: 12345678901 }, { absolute: 7 }].map((weight) =>
      agentWeight(weight, 3),
    ),
    [1, 9, 256, 7],
  );
});

test('the line ends at the first line end of either kind; what stands behind it is not looked at', () => {
  for (const text of ['up\n', 'up\rdown\n', 'up\r\n']) {
    const { verdict } = play(new AgentDialogue(''), [text]);
    assert.deepEqual(
      [verdict?.status, verdict?.code, verdict?.info],
      [CheckStatus.L7_OK, 0, 'via agent : up'],
    );
  }
});

test('a line may come in pieces, and may end with the connection', () => {
  assert.equal(play(new AgentDialogue(''), ['u', 'p']).verdict, null);
  assert.equal(play(new AgentDialogue(''), ['u', 'p', END]).verdict?.status, CheckStatus.L7_OK);
});

test('what is to be sent is sent upon connection', () => {
  assert.deepEqual(play(new AgentDialogue('hi\n'), []).asked, ['<connect :>', 'hi\n']);
});

test('an agent that says nothing of health changes none', () => {
  assert.equal(play(new AgentDialogue(''), ['50%\n']).verdict?.status, CheckStatus.CHECKED);
});

test('an agent that closes, resets or stays silent', () => {
  assert.deepEqual(play(new AgentDialogue(''), [END]).verdict, {
    status: CheckStatus.L7_RESPONSE,
    code: -1,
    info: 'TCPCHK got an empty response at step 2',
  });
  assert.deepEqual(play(new AgentDialogue(''), [{ error: 'Connection reset by peer' }]).verdict, {
    status: CheckStatus.SOCKET_ERROR,
    code: -1,
    info: 'Connection reset by peer',
  });
  assert.equal(play(new AgentDialogue(''), [TIMEOUT]).verdict?.status, CheckStatus.L7_TIMEOUT);
});
