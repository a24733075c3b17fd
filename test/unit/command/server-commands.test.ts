import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMainThread, processModel } from '../../support/worker-process/process-model.ts';

function open() {
  return openMainThread(
    processModel([
      { id: 2, name: 'fe', kind: 'frontend' },
      {
        id: 3,
        name: 'bk',
        kind: 'backend',
        servers: [
          { name: 's1', port: 81, isChecked: true, weight: 10 },
          { name: 's2', port: 82 },
        ],
      },
    ]),
  );
}

test('show errors takes a proxy by name or number, and has nothing to show', () => {
  const { api } = open();
  for (const line of ['show errors', 'show errors bk', 'show errors 3 request', 'show errors #3'])
    assert.match(api.answer(line, 'admin'), /^Total events captured on \[.{24}\] : 0\n\n$/, line);
});

for (const [line, expected] of [
  ['get weight bk/s1', '10 (initial 10)\n\n'],
  ['get weight bk/#1', '10 (initial 10)\n\n'],
  ['get weight #3/s1', '10 (initial 10)\n\n'],
  ['get weight bk', "Require 'backend/server'.\n\n"],
  ['get weight', "Require 'backend/server'.\n\n"],
  ['get weight bk/zz', 'No such server.\n\n'],
  ['get weight zz/s1', 'No such backend.\n\n'],
  ['get weight fe/s1', 'No such backend.\n\n'],
  ['set weight bk/s1', 'Require <weight> or <weight%>.\n\n'],
  ['set weight bk/s1 x', 'Empty weight string empty or preceded by garbage\n'],
  ['set weight bk/s1 5x', 'Trailing garbage in weight string\n'],
  ['set weight bk/s1 300', 'Absolute weight can only be between 0 and 256 inclusive.\n\n'],
  ['set weight bk/s1 -1', 'Absolute weight can only be between 0 and 256 inclusive.\n\n'],
  ['set server', "Require 'backend/server'.\n\n"],
  ['set server bk/s1 state', "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n"],
  ['set server bk/s1 state foo', "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n"],
  ['set server bk/s1 health x', "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n\n"],
  ['set server bk/s1 weight', 'Require <weight> or <weight%>.\n\n'],
  [
    'set server bk/s1',
    'usage: set server <backend>/<server> agent | agent-addr | agent-port | agent-send | check-addr | check-port | health | state | weight\n\n',
  ],
  [
    'set server bk/s1 toString',
    'usage: set server <backend>/<server> agent | agent-addr | agent-port | agent-send | check-addr | check-port | health | state | weight\n\n',
  ],
  ['enable health bk/s2', 'Health check was not configured on this server, cannot enable.\n\n'],
  ['disable health bk/s2', '\n'],
  ['set maxconn server bk/s1', 'Require <maxconn>.\n\n'],
  ['set maxconn server bk/s1 x', 'maxconn string empty or preceded by garbage\n'],
  ['show servers state zz', "Can't find backend.\n\n"],
  ['show stat zz 4 -1', 'No such proxy.\n\n'],
  ['show errors zz', 'No such proxy.\n\n'],
  ['show errors request', 'No such proxy.\n\n'],
  ['show env NO_SUCH_VARIABLE', 'Variable not found\n\n'],
  ['show env toString', 'Variable not found\n\n'],
  ['show backend', '# name\nbk\n\n'],
] as const) {
  test(`${line} answers ${JSON.stringify(expected)}`, () =>
    assert.equal(open().api.answer(line, 'admin'), expected));
}

for (const [weight, becomes] of [
  ['5', 5],
  ['0', 0],
  ['256', 256],
  ['50%', 5],
  ['200%', 20],
  ['10000%', 256],
  ['0%', 0],
] as const) {
  test(`a weight of ${weight} makes 10 into ${becomes}, for all threads`, () => {
    const thread = open();
    const slot = thread.shared.slots.server(3, 0);
    const before = thread.shared.backendVersion(thread.shared.slots.backend(3));
    assert.equal(thread.api.answer(`set server bk/s1 weight ${weight}`, 'admin'), '\n');
    assert.equal(thread.shared.weight(slot), becomes);
    assert.equal(thread.shared.initialWeight(slot), 10);
    assert.notEqual(thread.shared.backendVersion(thread.shared.slots.backend(3)), before);
  });
}

test('states reach shared memory and the log', () => {
  const { api, shared, logged, console } = open();
  const slot = shared.slots.server(3, 0);
  assert.equal(api.answer('set server bk/s1 state maint', 'admin'), '\n');
  assert.deepEqual(
    [shared.operationalState(slot), shared.adminState(slot), shared.isInRotation(slot)],
    [0, 1, false],
  );
  api.answer('enable server bk/s1;disable server bk/s2;set server bk/s1 state drain', 'admin');
  assert.deepEqual(
    [shared.operationalState(slot), shared.adminState(slot), shared.isInRotation(slot)],
    [2, 8, false],
  );
  assert.deepEqual(logged.at(-1), '<0> backend bk has no server available!');
  assert.deepEqual(console.at(-1), "ALERT backend 'bk' has no server available!");
  assert.match(console[0]!, /^WARNING Server bk\/s1 is going DOWN for maintenance\./);
});

test('set maxconn server changes the limit of all threads', () => {
  const { api, shared } = open();
  assert.equal(api.answer('set maxconn server bk/s1 20', 'admin'), '\n');
  assert.equal(shared.maxconn(shared.slots.server(3, 0)), 20);
});

test('clear counters all begins at 0 again; what comes after counts', () => {
  const { api, shared, statistics } = open();
  const slot = shared.slots.backend(3);
  shared.count(slot, 0, 5);
  assert.equal(statistics.view().proxies[1]?.backend?.counts.stot, 5);
  assert.equal(api.answer('clear counters all', 'operator'), 'Permission denied\n\n');
  api.answer('clear counters all', 'admin');
  assert.equal(statistics.view().proxies[1]?.backend?.counts.stot, 0);
  shared.count(slot, 0, 2);
  api.answer('clear counters all;clear counters', 'admin');
  shared.count(slot, 0, 1);
  assert.equal(statistics.view().proxies[1]?.backend?.counts.stot, 1);
});
