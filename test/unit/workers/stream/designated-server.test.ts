import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StreamView } from '../../../../src/sample/stream-view.ts';
import type { ProxyPlan, ServerPlan, ServerSwitch } from '../../../../workers/plan/plan.ts';
import { AdminState, OperationalState, type SharedState } from '../../../../workers/shared/shared-state.ts';
import { Designation, keepsServer } from '../../../../workers/stream/designated-server.ts';

const STREAM = {} as StreamView;
const UP = { slot: 1, name: 'up' } as ServerPlan;
const DOWN = { slot: 2, name: 'down' } as ServerPlan;
const MAINT = { slot: 3, name: 'maint' } as ServerPlan;
const DRAINED = { slot: 4, name: 'drained' } as ServerPlan;

/** Servers by slot; the first one has so many requests in its queue. */
function sharedWith(queue = 0): SharedState {
  return {
    operationalState: (slot: number) =>
      slot === DOWN.slot ? OperationalState.STOPPED : OperationalState.RUNNING,
    adminState: (slot: number) =>
      slot === MAINT.slot ? AdminState.FORCED_MAINT : slot === DRAINED.slot ? AdminState.FORCED_DRAIN : 0,
    isInRotation: (slot: number) => slot === UP.slot,
    hasRoom: () => queue === 0,
    queueLength: () => queue,
  } as unknown as SharedState;
}

const always = () => true;
const never = () => false;

function rule(server: ServerPlan | string, condition = always): ServerSwitch {
  return typeof server === 'string'
    ? { condition, server: null, name: () => server }
    : { condition, server, name: null };
}

function backend(settings: Partial<ProxyPlan>): ProxyPlan {
  const defaults = {
    servers: [UP, DOWN, MAINT, DRAINED],
    serverSwitches: [],
    forcedPersistence: [],
    persistsOnDownServers: false,
    prefersLastServer: true,
    maxKeepAliveQueue: -1,
    backendSlot: 0,
    balancer: { isBound: false },
  };
  return { ...defaults, ...settings } as unknown as ProxyPlan;
}

function designated(settings: Partial<ProxyPlan>): string {
  const designation = new Designation();
  designation.decide(backend(settings), STREAM, sharedWith());
  return `${designation.server?.name ?? 'none'}${designation.isForced ? ' forced' : ''}`;
}

describe('use-server', () => {
  const table: readonly (readonly [string, Partial<ProxyPlan>, string])[] = [
    ['gives no server without rules', { forcedPersistence: [always] }, 'none'],
    [
      'gives the server of the first rule that holds',
      { serverSwitches: [rule(UP, never), rule(DRAINED)] },
      'drained',
    ],
    ['passes over a server that is down', { serverSwitches: [rule(DOWN), rule(UP)] }, 'up'],
    ['passes over a server in maintenance', { serverSwitches: [rule(MAINT), rule(UP)] }, 'up'],
    ['gives no server when all that are named are down', { serverSwitches: [rule(DOWN)] }, 'none'],
    [
      'takes a server that is down with option persist',
      { persistsOnDownServers: true, serverSwitches: [rule(DOWN)] },
      'down',
    ],
    [
      'takes it where force-persist holds',
      { forcedPersistence: [never, always], serverSwitches: [rule(DOWN)] },
      'down forced',
    ],
    ['and not where it does not', { forcedPersistence: [never], serverSwitches: [rule(DOWN)] }, 'none'],
    ['finds a server by a computed name', { serverSwitches: [rule('drained')] }, 'drained'],
    ['goes on when no server has the computed name', { serverSwitches: [rule('nobody'), rule(UP)] }, 'up'],
  ];
  for (const [what, settings, expected] of table) {
    test(what, () => {
      assert.equal(designated(settings), expected);
    });
  }
});

describe('option prefer-last-server', () => {
  test('keeps a client with a server in rotation', () => {
    assert.equal(keepsServer(backend({}), UP, sharedWith()), true);
    assert.equal(keepsServer(backend({}), DRAINED, sharedWith()), false);
  });

  test('does nothing where a hash chooses', () => {
    const hashing = { isBound: true } as ProxyPlan['balancer'];
    assert.equal(keepsServer(backend({ balancer: hashing }), UP, sharedWith()), false);
  });

  test('lets the client wait there as long as the queue is shorter than max-keep-alive-queue', () => {
    const kept = (maxKeepAliveQueue: number, queue: number) =>
      keepsServer(backend({ maxKeepAliveQueue }), UP, sharedWith(queue));
    assert.deepEqual(
      [kept(-1, 9), kept(3, 2), kept(3, 3), kept(0, 0), kept(0, 1)],
      [true, true, false, true, false],
    );
  });
});
