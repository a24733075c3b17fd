/** What a reload in place keeps of servers' states and checks, and what the new configuration changes. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Model, ServerSettings } from '../../../config/model/model.ts';
import { HealthService } from '../../../workers/health/health-service.ts';
import { createShared } from '../../../workers/shared/create-shared.ts';
import { openShared, type SharedMemory } from '../../../workers/shared/shared-memory.ts';
import { MAIN_THREAD } from '../../../workers/shared/shared-state.ts';
import { SlotBook } from '../../../workers/shared/slot-book.ts';
import { type CheckTarget, openCheckTarget } from '../../support/worker-process/check-target.ts';
import { type ProxySketch, processModel } from '../../support/worker-process/process-model.ts';

interface Running {
  readonly shared: SharedMemory;
  readonly health: HealthService;
  readonly logged: string[];
  /** As the worker process does it at a reload. */
  adopt(model: Model): void;
}

function run(context: TestContext, model: Model): Running {
  const buffer = createShared(model, 2);
  const book = new SlotBook(buffer, model);
  const shared = openShared(buffer, model, MAIN_THREAD);
  const logged: string[] = [];
  const health = new HealthService({
    model,
    control: shared,
    console: { write() {} },
    sinkOf: () => ({ send: (_level, text) => logged.push(text) }),
  });
  context.after(() => health.stop());
  return {
    shared,
    health,
    logged,
    adopt(next) {
      const change = book.plan(next);
      assert.ok(typeof change !== 'string');
      book.commit(change);
      shared.adoptSlots(change.slots);
      health.adopt(next);
    },
  };
}

const backend = (
  name: string,
  servers: readonly ({ readonly name: string } & ServerSettings)[],
  settings: ProxySketch['settings'] = {},
  id = 2,
): ProxySketch => ({
  id,
  name,
  kind: 'backend',
  settings,
  servers: servers.map((server) => ({ port: 1, ...server })),
});

test('what operators set stays, whatever the places of backends and servers become', (context) => {
  const { health, shared, adopt, logged } = run(
    context,
    processModel([backend('bk', [{ name: 'a' }, { name: 'b', weight: 10 }])]),
  );
  health.setState({ proxyId: 2, serverId: 2 }, 'drain');
  health.setWeight({ proxyId: 2, serverId: 2 }, 3);
  health.setState({ proxyId: 2, serverId: 1 }, 'maint');
  logged.length = 0;
  adopt(
    processModel([
      backend('new', [{ name: 'x' }], {}, 2),
      backend('bk', [{ name: 'b', weight: 10 }, { name: 'c' }, { name: 'a' }], {}, 3),
    ]),
  );
  const slots = [0, 1, 2].map((index) => shared.slots.server(3, index));
  assert.deepEqual(
    slots.map((slot) => [shared.adminState(slot), shared.operationalState(slot), shared.weight(slot)]),
    [
      [8, 2, 3],
      [0, 2, 1],
      [1, 0, 1],
    ],
  );
  assert.deepEqual(logged, [], 'a reload says nothing of what it keeps');
  health.setState({ proxyId: 3, serverId: 3 }, 'ready');
  assert.equal(logged[0], 'Server bk/a is UP/READY (leaving forced maintenance).');
});

test('a configured weight that changes wins over the one set at run time', (context) => {
  const { health, adopt } = run(context, processModel([backend('bk', [{ name: 'a', weight: 10 }])]));
  health.setWeight({ proxyId: 2, serverId: 1 }, 3);
  adopt(processModel([backend('bk', [{ name: 'a', weight: 20 }])]));
  assert.equal(health.farm(2)!.servers[0]!.weight, 20);
});

test('disabled in the configuration takes effect where it is new, and ends where it is gone', (context) => {
  const { health, adopt } = run(
    context,
    processModel([backend('bk', [{ name: 'a' }, { name: 'b', isDisabled: true }])]),
  );
  const server = (index: number) => health.farm(2)!.servers[index]!;
  adopt(processModel([backend('bk', [{ name: 'a', isDisabled: true }, { name: 'b' }])]));
  assert.deepEqual([server(0).admin, server(0).operational], [5, 0]);
  assert.deepEqual([server(1).admin, server(1).operational], [0, 2]);
  assert.equal(health.farm(2)!.downMs(Date.now()), 0, 'one of them was always there');
});

test('what an operator enabled stays enabled while the configuration still says disabled', (context) => {
  const { health, adopt } = run(context, processModel([backend('bk', [{ name: 'a', isDisabled: true }])]));
  health.setState({ proxyId: 2, serverId: 1 }, 'ready');
  adopt(processModel([backend('bk', [{ name: 'a', isDisabled: true }, { name: 'b' }])]));
  assert.equal(health.farm(2)!.servers[0]!.isUsable, true);
});

test('health keeps its distance from down when rise and fall change', (context) => {
  const checked = { isChecked: true, rise: 2, fall: 3 } as const;
  const { health, adopt } = run(
    context,
    processModel([
      backend(
        'bk',
        ['full', 'begun', 'down'].map((name) => ({ name, ...checked })),
      ),
    ]),
  );
  health.setHealth({ proxyId: 2, serverId: 1 }, 'up');
  health.setHealth({ proxyId: 2, serverId: 3 }, 'down');
  adopt(
    processModel([
      backend(
        'bk',
        ['full', 'begun', 'down'].map((name) => ({ name, isChecked: true, rise: 4, fall: 5 })),
      ),
    ]),
  );
  assert.deepEqual(
    health.farm(2)!.servers.map((server) => [server.health, server.operational]),
    [
      [8, 2],
      [4, 2],
      [0, 0],
    ],
  );
});

test('a server that is no longer checked is up', (context) => {
  const { health, adopt } = run(context, processModel([backend('bk', [{ name: 'a', isChecked: true }])]));
  health.setHealth({ proxyId: 2, serverId: 1 }, 'down');
  adopt(processModel([backend('bk', [{ name: 'a' }])]));
  const server = health.farm(2)!.servers[0]!;
  assert.deepEqual([server.operational, server.checkState], [2, 0]);
});

test('tracking follows the new configuration at once', (context) => {
  const track = { backend: 'bk', server: 'a' };
  const { health, adopt } = run(
    context,
    processModel([backend('bk', [{ name: 'a', isChecked: true }, { name: 'b' }])]),
  );
  health.setState({ proxyId: 2, serverId: 1 }, 'maint');
  adopt(
    processModel([
      backend('bk', [
        { name: 'a', isChecked: true },
        { name: 'b', track },
      ]),
    ]),
  );
  const b = health.farm(2)!.servers[1]!;
  assert.deepEqual([b.admin, b.operational], [2, 0]);
  health.setState({ proxyId: 2, serverId: 1 }, 'ready');
  assert.deepEqual([b.admin, b.operational], [0, 2]);
});

test('a server that tracks no longer is free of what it inherited', (context) => {
  const servers = [{ name: 'a', isChecked: true }, { name: 'b' }];
  const track = { backend: '', server: 'a' };
  const tracking = [servers[0]!, { name: 'b', track }];
  const { health, adopt } = run(context, processModel([backend('bk', tracking)]));
  const b = health.farm(2)!.servers[1]!;
  for (const state of ['maint', 'drain'] as const) {
    health.setState({ proxyId: 2, serverId: 1 }, state);
    assert.equal(b.isUsable, false);
    adopt(processModel([backend('bk', servers)]));
    assert.deepEqual([b.admin, b.operational], [0, 2]);
    adopt(processModel([backend('bk', tracking)]));
    assert.equal(b.isUsable, false);
  }
});

const QUICK: ServerSettings = { isChecked: true, interMs: 5, rise: 1, fall: 1 };

async function targetFor(context: TestContext): Promise<CheckTarget> {
  const target = await openCheckTarget();
  context.after(() => target.stop());
  return target;
}

test('checks of new servers begin, those of removed ones end, the others go on', async (context) => {
  const [kept, gone, fresh] = [await targetFor(context), await targetFor(context), await targetFor(context)];
  const http: ProxySketch['settings'] = {
    checkMethod: { kind: 'http', method: 'GET', uri: '/', version: 'HTTP/1.0', headerLines: '' },
  };
  const model = (servers: readonly { readonly name: string; readonly port: number }[]): Model =>
    processModel([
      {
        id: 2,
        name: 'bk',
        kind: 'backend',
        settings: http,
        servers: servers.map((server) => ({ ...QUICK, ...server })),
      },
    ]);
  const { health, adopt } = run(
    context,
    model([
      { name: 'kept', port: kept.port },
      { name: 'gone', port: gone.port },
    ]),
  );
  health.start();
  while (kept.request === '' || gone.request === '') await new Promise(setImmediate);
  adopt(
    model([
      { name: 'fresh', port: fresh.port },
      { name: 'kept', port: kept.port },
    ]),
  );
  kept.behaviour = { status: 500 };
  fresh.behaviour = { status: 500 };
  gone.request = '';
  while (health.farm(2)!.servers.some(({ operational }) => operational !== 0))
    await new Promise(setImmediate);
  assert.equal(gone.request, '', 'nobody asks a server that is gone');
});

test('changed settings of a check count from its next run on', async (context) => {
  const [before, after] = [await targetFor(context), await targetFor(context)];
  const model = (port: number): Model =>
    processModel([
      { id: 2, name: 'bk', kind: 'backend', servers: [{ ...QUICK, name: 's', port: 1, checkPort: port }] },
    ]);
  const { health, adopt } = run(context, model(before.port));
  health.start();
  const server = health.farm(2)!.servers[0]!;
  while (server.last.status !== 6) await new Promise(setImmediate);
  await after.stop();
  adopt(model(after.port));
  assert.equal(health.farm(2)!.servers[0], server);
  while (server.operational !== 0) await new Promise(setImmediate);
  assert.equal(server.last.info, 'Connection refused');
});

test('adopting before the start begins nothing', async (context) => {
  const target = await targetFor(context);
  const model = (name: string): Model =>
    processModel([{ id: 2, name: 'bk', kind: 'backend', servers: [{ ...QUICK, name, port: target.port }] }]);
  const { health, adopt } = run(context, model('a'));
  adopt(model('b'));
  await new Promise(setImmediate);
  assert.equal(health.farm(2)!.servers[0]!.last.status, 1);
});
