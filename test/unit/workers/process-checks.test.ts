import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyModel, ServerSettings } from '../../../config/model/model.ts';
import { delayOf } from '../../../workers/health/check-loop.ts';
import { checkPlanOf } from '../../../workers/health/check-plan.ts';
import { logFacts } from '../../support/worker-process/log-facts.ts';
import { keepLines, openLogSink, processModel } from '../../support/worker-process/process-model.ts';

function planOf(server: ServerSettings, settings: ProxyModel['settings'] = {}) {
  const { proxies } = processModel([
    { id: 2, name: 'bk', kind: 'backend', settings, servers: [{ name: 's', port: 80, ...server }] },
  ]);
  return checkPlanOf(proxies[0]!, proxies[0]!.servers[0]!, () => '');
}

test('a server without check is not checked', () => assert.equal(planOf({}), null));

test('intervals default to inter, and inter to two seconds', () => {
  const plan = planOf({ isChecked: true });
  assert.deepEqual([plan?.interMs, plan?.fastInterMs, plan?.downInterMs], [2000, 2000, 2000]);
  const own = planOf({ isChecked: true, interMs: 1000, fastInterMs: 100, downInterMs: 9000 });
  assert.deepEqual([own?.interMs, own?.fastInterMs, own?.downInterMs], [1000, 100, 9000]);
});

test('downinter counts while a server is down, fastinter while it is changing, inter else', () => {
  const plan = planOf({ isChecked: true, interMs: 1000, fastInterMs: 100, downInterMs: 9000 })!;
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((health) => delayOf({ health, healthMax: 4 }, plan)),
    [9000, 100, 100, 100, 1000],
  );
});

test('timeout check bounds the answer, and timeout connect then the connecting', () => {
  assert.deepEqual(
    [planOf({ isChecked: true })?.connectTimeoutMs, planOf({ isChecked: true })?.answerTimeoutMs],
    [2000, 0],
  );
  const plan = planOf({ isChecked: true }, { timeoutCheckMs: 400, timeoutConnectMs: 300 });
  assert.deepEqual([plan?.connectTimeoutMs, plan?.answerTimeoutMs], [300, 400]);
  assert.equal(
    planOf({ isChecked: true }, { timeoutCheckMs: 400, timeoutConnectMs: 5000 })?.connectTimeoutMs,
    2000,
  );
});

test('a port of 0 takes that of the traffic', () => {
  assert.equal(planOf({ isChecked: true, checkPort: 0 })?.target.port, 80);
  assert.equal(planOf({ isChecked: true, checkPort: 81 })?.target.port, 81);
});

test('a log sink sends a line to each target that takes its level, and cuts it there', () => {
  const [first, second]: [string[], string[]] = [[], []];
  const facts = logFacts();
  const sink = openLogSink(
    [
      facts.target({ format: 'priority', facility: 16 }),
      facts.target({ format: 'raw', maxLevel: 1, maxLength: 80, minLevel: 1 }),
    ],
    facts.identity,
    ({ format }) => keepLines(format === 'raw' ? second : first),
  );
  sink.send(5, 'a notice');
  sink.send(0, 'x'.repeat(200));
  assert.deepEqual(first, ['<133>a notice\n', `<128>${'x'.repeat(200)}\n`]);
  assert.deepEqual(second, [`${'x'.repeat(80)}\n`]);
});
