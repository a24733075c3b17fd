import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProxyPlan, ServerPlan } from '../../../../workers/plan/plan.ts';
import { OwnConnections } from '../../../../workers/upstream/own-connections.ts';
import type { ServerConnection } from '../../../../workers/upstream/server-connection.ts';

const SERVERS = [0, 1, 2].map((index) => ({ index }) as ServerPlan);
const BACKEND = { servers: SERVERS, prefersLastServer: true } as unknown as ProxyPlan;
const [S0, S1, S2] = SERVERS as [ServerPlan, ServerPlan, ServerPlan];

class FakeConnection {
  isAborted = false;
  isPrivate = false;
  used = 1;
  readonly pool = {
    use: () => {
      this.used++;
    },
    closed: () => {
      this.used--;
    },
  };

  abort(): void {
    this.isAborted = true;
  }

  restIn(own: OwnConnections, server: ServerPlan): this {
    own.server = server;
    own.put(this as unknown as ServerConnection);
    return this;
  }
}

describe('server connections of one client', () => {
  test('are taken again for their server, the longest idle first, and count as used then', () => {
    const own = new OwnConnections(5);
    const first = new FakeConnection().restIn(own, S0);
    const second = new FakeConnection().restIn(own, S0);
    assert.equal(first.used, 0);
    assert.equal(own.take(S1), null);
    assert.equal(own.take(S0), first);
    assert.equal(first.used, 1);
    assert.equal(own.take(S0), second);
    assert.equal(own.take(S0), null);
  });

  test('beyond the limit are closed', () => {
    const own = new OwnConnections(1);
    new FakeConnection().restIn(own, S0);
    const surplus = new FakeConnection().restIn(own, S1);
    assert.equal(surplus.isAborted, true);
    assert.equal(surplus.used, 0);
    assert.equal(own.take(S1), null);
  });

  test('tell the server that was used last in a backend', () => {
    const own = new OwnConnections(5);
    assert.equal(own.lastServer(BACKEND), null);
    new FakeConnection().restIn(own, S2);
    new FakeConnection().restIn(own, S1);
    assert.equal(own.lastServer(BACKEND), S1);
    assert.equal(own.lastServer({ ...BACKEND, servers: [S0] }), null);
  });

  test('tell no server to a backend without prefer-last-server, unless it authenticated the connection', () => {
    const own = new OwnConnections(5);
    const backend = { ...BACKEND, prefersLastServer: false };
    const authenticated = new FakeConnection();
    authenticated.isPrivate = true;
    authenticated.restIn(own, S2);
    new FakeConnection().restIn(own, S1);
    assert.equal(own.lastServer(backend), S2);
    own.take(S2);
    assert.equal(own.lastServer(backend), null);
  });

  test('are forgotten when their server closes them, and closed when the client leaves', () => {
    const own = new OwnConnections(5);
    const gone = new FakeConnection().restIn(own, S0);
    const kept = new FakeConnection().restIn(own, S1);
    own.remove(gone as unknown as ServerConnection);
    assert.equal(own.take(S0), null);
    own.close();
    assert.deepEqual([gone.isAborted, kept.isAborted], [false, true]);
    assert.equal(own.lastServer(BACKEND), null);
  });
});
