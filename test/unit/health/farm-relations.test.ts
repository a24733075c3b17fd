/** What agents, observed traffic, tracking and init-state do to servers, and what is said of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAgentReply } from '../../../src/health/agent-reply.ts';
import type { CheckOutcome } from '../../../src/health/check-outcome.ts';
import { Farm, type FarmOwner, type ServerPlace } from '../../../src/health/farm.ts';
import type { FarmServerSettings } from '../../../src/health/farm-server.ts';
import { CheckStatus } from '../../../src/health/status.ts';

const SERVER: FarmServerSettings = {
  name: 's1',
  isBackup: false,
  isChecked: true,
  isDisabled: false,
  rise: 2,
  fall: 3,
  weight: 10,
  initialState: 'none',
  hasAgent: false,
  errorLimit: 5,
  onError: 'fail-check',
};
const REFUSED: CheckOutcome = { status: CheckStatus.L4_ERROR, code: -1, info: '', durationMs: 0 };
const PASSED: CheckOutcome = { status: CheckStatus.L7_OK, code: 200, info: '', durationMs: 0 };

function farmOf(servers: readonly Partial<FarmServerSettings>[], owner: Partial<FarmOwner> = {}) {
  const lines: string[] = [];
  const farm: Farm = new Farm(
    {
      name: 'bk',
      kind: 'backend',
      logsChecks: false,
      servers: servers.map((server) => ({ ...SERVER, ...server })),
    },
    {
      changed() {},
      announce: (level, text) => lines.push(`<${level}> ${text}`),
      sessions: () => 0,
      queued: () => 0,
      followers: () => [],
      tracked: () => null,
      wentDown() {},
      wentUp() {},
      setMaxconn() {},
      ...owner,
    },
    0,
  );
  return { farm, lines, server: farm.servers[0]! };
}

for (const [initialState, health, isUp, passesToUp, failsToDown] of [
  ['none', 2, true, 0, 1],
  ['up', 2, true, 0, 1],
  ['fully-up', 4, true, 0, 3],
  ['down', 1, false, 1, 0],
  ['fully-down', 0, false, 2, 0],
] as const) {
  test(`init-state ${initialState} is how a server begins, and how it comes out of maintenance`, () => {
    const { farm, server } = farmOf([{ initialState }]);
    for (const _ of ['at the start', 'after maintenance']) {
      assert.deepEqual([server.health, server.isUsable], [health, isUp]);
      for (let passes = 0; passes < passesToUp; passes++) {
        assert.equal(server.isUsable, false);
        farm.checkEnds(0, PASSED, 1);
      }
      assert.equal(server.isUsable, true);
      farm.setState(0, 'maint', 2);
      farm.setState(0, 'ready', 3);
    }
    for (let fails = 0; fails < failsToDown; fails++) {
      assert.equal(server.isUsable, true);
      farm.checkEnds(0, REFUSED, 4);
    }
    assert.equal(server.isUsable, false);
  });
}

function say(farm: Farm, line: string): void {
  const reply = parseAgentReply(line);
  const status =
    reply.health === 'up'
      ? CheckStatus.L7_OK
      : reply.health === 'down'
        ? CheckStatus.L7_STATUS
        : CheckStatus.CHECKED;
  farm.agentEnds(0, { status, code: 0, info: reply.info, durationMs: 1 }, reply, 1);
}

test('an agent takes a server down, and only an agent brings it up again, once its checks pass', () => {
  const { farm, server, lines } = farmOf([{ hasAgent: true }]);
  say(farm, 'down # deploying');
  assert.match(
    lines[0]!,
    /^<1> Server bk\/s1 is DOWN, reason: Layer7 wrong status, code: 0, info: "via agent : down \(deploying\)", check duration: 1ms\./,
  );
  farm.checkEnds(0, PASSED, 2);
  assert.equal(server.isUsable, false, 'a check that passes does not bring it up');
  farm.checkEnds(0, REFUSED, 3);
  for (let fails = 0; fails < 3; fails++) farm.checkEnds(0, REFUSED, 3);
  say(farm, 'up');
  assert.equal(server.isUsable, false, 'nor does an agent while its checks fail');
  for (const _ of [1, 2]) farm.checkEnds(0, PASSED, 4);
  assert.equal(server.isUsable, true);
});

test('an agent that is not reached says nothing about the server', () => {
  const { farm, server, lines } = farmOf([{ hasAgent: true }]);
  farm.agentEnds(0, REFUSED, null, 1);
  assert.equal(server.isUsable, true);
  assert.deepEqual(lines, []);
});

test('an agent sets weight, limit and administrative state, unless it is disabled', () => {
  const limits: number[] = [];
  const { farm, server } = farmOf([{ hasAgent: true }], { setMaxconn: (_, maxconn) => limits.push(maxconn) });
  say(farm, '50% maxconn:7 drain');
  assert.deepEqual([server.weight, limits, server.admin], [5, [7], 8]);
  farm.setAgentChecking(0, 'off');
  say(farm, '100% maxconn:9 ready');
  assert.deepEqual([server.weight, limits, server.admin], [5, [7], 8]);
});

test('an agent that says the same again does not put a server into maintenance twice', () => {
  const { farm, lines } = farmOf([{ hasAgent: true }]);
  say(farm, 'maint');
  say(farm, 'maint');
  assert.equal(lines.filter((line) => line.includes('maintenance')).length, 1);
});

for (const [onError, health, isUp] of [
  ['fastinter', 4, true],
  ['fail-check', 3, true],
  ['sudden-death', 2, true],
  ['mark-down', 0, false],
] as const) {
  test(`observed errors with on-error ${onError}`, () => {
    const { farm, server, lines } = farmOf([{ onError }]);
    farm.setHealth(0, 'up', 1);
    assert.equal(farm.errorsObserved(0, 'Wrong http response', 2), true);
    assert.deepEqual([server.health, server.isUsable, server.observedFails], [health, isUp, 1]);
    const line =
      '<1> Server bk/s1 is DOWN, reason: Health analyze, info: "Detected 5 consecutive errors, last one was: Wrong http response". 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.';
    assert.deepEqual(lines, isUp ? [] : [line, '<0> backend bk has no server available!']);
  });
}

test('what traffic meets counts no more for a server that is down, in maintenance or not checked', () => {
  const { farm } = farmOf([{}, {}, {}]);
  farm.setHealth(0, 'down', 1);
  farm.setState(1, 'maint', 1);
  farm.setChecking(2, 'off');
  for (const index of [0, 1, 2]) assert.equal(farm.errorsObserved(index, 'Read error (http)', 2), false);
});

test('followers are told in the order in which the owner names them, and theirs behind each', () => {
  const links = new Map([
    [0, [2, 1]],
    [2, [3]],
  ]);
  const sources = new Map([
    [1, 0],
    [2, 0],
    [3, 2],
  ]);
  const place = (index: number): ServerPlace => ({ farm, index });
  const { farm, lines } = farmOf(
    ['a', 'b', 'c', 'd'].map((name) => ({ name })),
    {
      followers: (index) => (links.get(index) ?? []).map(place),
      tracked: (index) => (sources.has(index) ? place(sources.get(index)!) : null),
    },
  );
  farm.setHealth(0, 'down', 1);
  assert.deepEqual(
    lines.map((line) => line.replace(/\. .*/, '.')),
    [
      '<1> Server bk/a is DOWN, changed from CLI.',
      '<1> Server bk/c is DOWN via bk/a.',
      '<1> Server bk/d is DOWN via bk/c.',
      '<1> Server bk/b is DOWN via bk/a.',
      '<0> backend bk has no server available!',
    ],
  );
});

test('going down and coming up are told to the owner, whatever causes them', () => {
  const told: string[] = [];
  const { farm } = farmOf([{ hasAgent: true }], {
    wentDown: () => told.push('down'),
    wentUp: () => told.push('up'),
  });
  farm.setHealth(0, 'down', 1);
  farm.setHealth(0, 'up', 1);
  farm.setState(0, 'maint', 2);
  farm.setState(0, 'ready', 3);
  say(farm, 'down');
  say(farm, 'up');
  farm.setHealth(0, 'stopping', 4);
  assert.deepEqual(told, ['down', 'up', 'down', 'up', 'down', 'up']);
});
