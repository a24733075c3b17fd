import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckOutcome } from '../../../src/health/check-outcome.ts';
import { Farm, type FarmOwner, type FarmSettings } from '../../../src/health/farm.ts';
import type { FarmServerSettings } from '../../../src/health/farm-server.ts';
import { Operational } from '../../../src/health/server-states.ts';
import { CheckResult, CheckState, CheckStatus } from '../../../src/health/status.ts';

const SERVER: FarmServerSettings = {
  name: 's1',
  isBackup: false,
  isChecked: true,
  isDisabled: false,
  rise: 2,
  fall: 2,
  weight: 10,
  initialState: 'none',
  hasAgent: false,
  errorLimit: 10,
  onError: 'fail-check',
};
const BACKUP: FarmServerSettings = { ...SERVER, name: 's2', isBackup: true, fall: 3 };

const REFUSED: CheckOutcome = {
  status: CheckStatus.L4_ERROR,
  code: -1,
  info: 'Connection refused',
  durationMs: 0,
};
const WRONG: CheckOutcome = { status: CheckStatus.L7_STATUS, code: 503, info: 'Reason Here', durationMs: 1 };
const PASSED: CheckOutcome = { status: CheckStatus.L7_OK, code: 200, info: '', durationMs: 1 };
const GONE: CheckOutcome = { status: CheckStatus.L7_OK_CONDITIONAL, code: 404, info: '', durationMs: 1 };

function farmOf(settings: Partial<FarmSettings> = {}, owner: Partial<FarmOwner> = {}) {
  const lines: string[] = [];
  const farm = new Farm(
    { name: 'bk', kind: 'backend', logsChecks: false, servers: [SERVER, BACKUP], ...settings },
    {
      changed: () => {},
      announce: (level, text) => lines.push(`<${level}> ${text}`),
      sessions: () => 0,
      queued: () => 0,
      followers: () => [],
      tracked: () => null,
      wentDown: () => {},
      wentUp: () => {},
      setMaxconn: () => {},
      ...owner,
    },
    0,
  );
  return { farm, lines, server: farm.servers[0]! };
}

// The lines below are what HAProxy 2.6 logs, with its syslog severities.

test('a server starts up, one failed check from down, and the change is told with its reason', () => {
  const { farm, lines, server } = farmOf({ servers: [SERVER, { ...SERVER, name: 's3' }, BACKUP] });
  farm.checkEnds(0, REFUSED, 5);
  assert.equal(server.operational, Operational.STOPPED);
  assert.deepEqual(lines, [
    '<1> Server bk/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 1 active and 1 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
  ]);
});

test('losing the last active server runs on the backup, losing that one leaves none', () => {
  const { farm, lines } = farmOf();
  farm.checkEnds(0, WRONG, 1);
  farm.checkEnds(1, REFUSED, 2);
  assert.deepEqual(lines, [
    '<1> Server bk/s1 is DOWN, reason: Layer7 wrong status, code: 503, info: "Reason Here", check duration: 1ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
    '<1> Backup Server bk/s2 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
    '<0> backend bk has no server available!',
  ]);
  assert.equal(farm.downs, 1);
});

test('a listen section is called a proxy, and quoted on the console only', () => {
  const shown: string[] = [];
  const { farm } = farmOf(
    { name: 'li', kind: 'proxy', servers: [SERVER] },
    { announce: (_, text, consoleText) => shown.push(text, consoleText) },
  );
  farm.checkEnds(0, REFUSED, 1);
  assert.deepEqual(shown.slice(2), [
    'proxy li has no server available!',
    "proxy 'li' has no server available!",
  ]);
});

test('rise and fall move the counter as HAProxy counts it', () => {
  const { farm, server } = farmOf();
  const healths: number[] = [];
  for (const outcome of [PASSED, WRONG, PASSED, WRONG, WRONG, WRONG, PASSED, WRONG, PASSED, PASSED, PASSED]) {
    farm.checkEnds(0, outcome, 1);
    healths.push(server.health);
  }
  assert.deepEqual(healths, [3, 2, 3, 2, 0, 0, 1, 0, 1, 3, 3]);
  assert.equal(server.fails, 4, 'failures count unless it is wholly down');
  assert.equal(server.downs, 1);
});

test('a server that was down is up again after rise checks in a row', () => {
  const { farm, lines, server } = farmOf();
  farm.checkEnds(0, WRONG, 1000);
  lines.length = 0;
  farm.checkEnds(0, PASSED, 2000);
  assert.deepEqual(lines, []);
  farm.checkEnds(0, PASSED, 4000);
  assert.deepEqual(lines, [
    '<5> Server bk/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.',
  ]);
  assert.equal(server.downMs(9000), 3000);
});

test('a backup that comes back while no active server is left says that it is used', () => {
  const { farm, lines } = farmOf();
  for (const index of [0, 1]) farm.checkEnds(index, WRONG, 1);
  lines.length = 0;
  for (const _ of [1, 2]) farm.checkEnds(1, PASSED, 2);
  assert.deepEqual(lines, [
    '<5> Backup Server bk/s2 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.',
  ]);
});

test('option log-health-checks tells each news of a check, and the change without its reason', () => {
  const { farm, lines } = farmOf({ logsChecks: true });
  for (const outcome of [PASSED, PASSED, WRONG, WRONG, WRONG]) farm.checkEnds(0, outcome, 1);
  assert.deepEqual(lines, [
    '<5> Health check for server bk/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: 2/2 UP.',
    '<5> Health check for server bk/s1 failed, reason: Layer7 wrong status, code: 503, info: "Reason Here", check duration: 1ms, status: 1/2 UP.',
    '<5> Health check for server bk/s1 failed, reason: Layer7 wrong status, code: 503, info: "Reason Here", check duration: 1ms, status: 0/2 DOWN.',
    '<1> Server bk/s1 is DOWN. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
  ]);
});

test('a conditional pass takes a server out of rotation, a pass brings it back, and a lost server that took no traffic is no alert', () => {
  const { farm, lines, server } = farmOf();
  farm.checkEnds(0, GONE, 1);
  assert.equal(server.operational, Operational.STOPPING);
  assert.equal(server.isUsable, false);
  farm.checkEnds(0, PASSED, 2);
  farm.checkEnds(0, GONE, 3);
  for (const _ of [1, 2]) farm.checkEnds(0, WRONG, 4);
  assert.deepEqual(
    lines.map((line) => line.slice(0, 45)),
    [
      '<5> Server bk/s1 is stopping, reason: Layer7 ',
      '<5> Server bk/s1 is UP, reason: Layer7 check ',
      '<5> Server bk/s1 is stopping, reason: Layer7 ',
      '<5> Server bk/s1 is DOWN, reason: Layer7 wron',
    ],
  );
});

test('drain and ready', () => {
  const { farm, lines, server } = farmOf({ servers: [SERVER] });
  farm.setState(0, 'drain', 1);
  farm.setState(0, 'drain', 2);
  assert.equal(server.admin, 8);
  assert.equal(server.operational, Operational.RUNNING);
  farm.setState(0, 'ready', 3);
  farm.setState(0, 'ready', 4);
  assert.deepEqual(lines, [
    '<5> Server bk/s1 enters drain state. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
    '<0> backend bk has no server available!',
    '<5> Server bk/s1 is UP (leaving forced drain).',
  ]);
});

test('a drained server goes down and up by its checks, and remains drained', () => {
  const { farm, lines } = farmOf();
  farm.setState(0, 'drain', 1);
  farm.checkEnds(0, WRONG, 2);
  farm.setState(0, 'ready', 3);
  farm.setState(0, 'drain', 4);
  for (const _ of [1, 2]) farm.checkEnds(0, PASSED, 5);
  assert.deepEqual(lines.slice(1), [
    '<5> Server bk/s1 is DOWN, reason: Layer7 wrong status, code: 503, info: "Reason Here", check duration: 1ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
    '<5> Server bk/s1 remains in forced drain mode.',
    '<5> Server bk/s1 is DOWN (leaving forced drain).',
    '<5> Server bk/s1 enters drain state. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
    '<5> Server bk/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.',
    '<5> Server bk/s1 remains in forced drain mode.',
  ]);
});

test('maintenance stops a server and its checks; leaving it starts one failure from down', () => {
  const { farm, lines, server } = farmOf();
  farm.checkEnds(0, PASSED, 1);
  farm.setState(0, 'maint', 2);
  assert.deepEqual(
    [server.operational, server.admin, server.health, server.checkState],
    [Operational.STOPPED, 1, 0, CheckState.CONFIGURED | CheckState.ENABLED | CheckState.PAUSED],
  );
  farm.checkEnds(0, PASSED, 3);
  assert.equal(server.health, 0, 'a check that was running when the maintenance began changes nothing');
  farm.setState(0, 'ready', 4);
  assert.deepEqual([server.operational, server.admin, server.health], [Operational.RUNNING, 0, 2]);
  assert.deepEqual(lines, [
    '<1> Server bk/s1 is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
    '<5> Server bk/s1 is UP/READY (leaving forced maintenance).',
  ]);
});

test('from maintenance to drain, and from down to maintenance', () => {
  const { farm, lines, server } = farmOf();
  farm.checkEnds(0, WRONG, 1);
  lines.length = 0;
  farm.setState(0, 'maint', 2);
  farm.setState(0, 'drain', 3);
  assert.equal(server.admin, 8);
  farm.setState(0, 'maint', 4);
  assert.equal(server.admin, 1);
  assert.deepEqual(lines, [
    '<5> Server bk/s1 was DOWN and now enters maintenance.',
    '<5> Server bk/s1 is UP/DRAIN (leaving forced maintenance).',
    '<5> Server bk/s1 remains in forced drain mode.',
    '<5> Server bk/s1 is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
  ]);
});

test('a disabled server starts in configured maintenance, and keeps the mark when it is made ready', () => {
  const { farm, server } = farmOf({ servers: [{ ...SERVER, isDisabled: true }] });
  assert.deepEqual(
    [server.operational, server.admin, server.health, server.checkState],
    [Operational.STOPPED, 5, 0, 14],
  );
  farm.setState(0, 'ready', 1);
  assert.deepEqual([server.operational, server.admin, server.isUsable], [Operational.RUNNING, 4, true]);
});

test('health set by an operator', () => {
  const { farm, lines, server } = farmOf();
  farm.setHealth(0, 'up', 1);
  farm.setHealth(0, 'down', 2);
  assert.equal(server.health, 0);
  farm.setHealth(0, 'stopping', 3);
  farm.setHealth(0, 'up', 4);
  assert.equal(server.health, 3);
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf('.'))),
    [
      '<1> Server bk/s1 is DOWN, changed from CLI',
      '<5> Server bk/s1 is stopping, changed from CLI',
      '<5> Server bk/s1 is UP, changed from CLI',
    ],
  );
});

test('a weight of 0 takes a server out of use without a line of its own', () => {
  const { farm, lines } = farmOf({ servers: [SERVER] });
  farm.setWeight(0, 0, 1);
  farm.setWeight(0, 3, 2);
  assert.deepEqual(lines, ['<0> backend bk has no server available!']);
});

test('sessions and queue of the backend are in the lines', () => {
  const { farm, lines } = farmOf({}, { sessions: () => 7, queued: () => 4 });
  farm.setState(0, 'maint', 1);
  farm.setState(0, 'ready', 1);
  farm.setState(0, 'drain', 1);
  assert.match(lines[0]!, /7 sessions active, 0 requeued, 4 remaining in queue\.$/);
  assert.match(lines[2]!, /0 sessions requeued, 4 total in queue\.$/);
});

test('a check that runs shows no result yet and keeps the last status', () => {
  const { farm, server } = farmOf();
  farm.checkEnds(0, PASSED, 1);
  farm.checkBegins(0);
  assert.deepEqual(
    [server.checkState, server.result, server.last.status],
    [7, CheckResult.UNKNOWN, CheckStatus.L7_OK],
  );
});

test('an empty farm is up', () => {
  const { farm } = farmOf({ servers: [] });
  assert.equal(farm.downMs(1000), 0);
});
