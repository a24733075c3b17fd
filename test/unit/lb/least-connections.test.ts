import assert from 'node:assert/strict';
import { test } from 'node:test';
import { first } from '../../../src/lb/first.ts';
import { leastConnections } from '../../../src/lb/least-connections.ts';
import { ArrayServers, picks, streamFrom } from '../../support/array-servers.ts';

const newLeast = () => leastConnections.compile({})();
const stream = streamFrom('10.0.0.1');

function open(servers: ArrayServers, count: number): string {
  const balancer = newLeast();
  let text = '';
  for (let i = 0; i < count; i++) {
    const server = balancer.pick(stream, servers, -1);
    if (server >= 0) servers.begin(server);
    text += server + 1;
  }
  return text;
}

/** Connections opened one after the other and kept, watched on HAProxy 2.6. */
const KEPT: readonly (readonly [weights: readonly number[], sequence: string])[] = [
  [[1, 1, 1], '1231231'],
  [[1, 2, 3], '123323323123323123'],
  [[3, 2, 1], '123121121321121321'],
];

for (const [weights, sequence] of KEPT) {
  test(`leastconn of weights ${weights} gives kept connections the sequence of HAProxy`, () => {
    assert.equal(open(new ArrayServers(weights), sequence.length), sequence);
  });
}

test('leastconn takes turns among idle servers', () => {
  const servers = new ArrayServers([1, 1, 1]);
  const balancer = newLeast();
  let text = '';
  for (let i = 0; i < 9; i++) {
    const server = balancer.pick(stream, servers, -1);
    servers.begin(server);
    servers.end(server);
    text += server + 1;
  }
  assert.equal(text, '123123123');
});

test('leastconn counts those who wait for a server as its load', () => {
  const servers = new ArrayServers([1, 1]);
  servers.begin(1);
  servers.servers[0]!.queued = 2;
  assert.equal(newLeast().pick(stream, servers, -1), 1);
});

test('leastconn compares loads in whole parts of 4096, as HAProxy does: close ones are equal', () => {
  const servers = new ArrayServers([255, 256]);
  servers.begin(0);
  servers.begin(1);
  assert.equal(newLeast().pick(stream, servers, -1), 0);
});

test('leastconn passes over full servers and finds none when all are', () => {
  const servers = new ArrayServers([1, 1]);
  servers.servers[0]!.maxconn = 1;
  assert.equal(open(servers, 4), '1222');
  servers.servers[1]!.maxconn = 1;
  assert.equal(newLeast().pick(stream, servers, -1), -1);
});

test('leastconn avoids the excluded server, unless there is no other', () => {
  const servers = new ArrayServers([1, 1]);
  servers.begin(1);
  const balancer = newLeast();
  assert.equal(balancer.pick(stream, servers, 0), 1);
  servers.change(1, { isUp: false });
  assert.equal(balancer.pick(stream, servers, 0), 0);
  servers.change(0, { isUp: false });
  assert.equal(balancer.pick(stream, servers, 0), -1);
});

test('the order of equals holds over the wrap of the count of moves', () => {
  const servers = new ArrayServers([1, 1]);
  servers.servers[0]!.lastMove = -0x80000000;
  servers.servers[1]!.lastMove = 0x7fffffff;
  assert.equal(newLeast().pick(stream, servers, -1), 1);
});

test('first fills servers by their ids', () => {
  const servers = new ArrayServers([1, 1, 1]);
  servers.change(0, { id: 9, maxconn: 2 });
  servers.change(1, { maxconn: 1 });
  servers.change(2, { maxconn: 1 });
  const balancer = first.compile({})();
  let text = '';
  for (let i = 0; i < 5; i++) {
    const server = balancer.pick(stream, servers, -1);
    if (server >= 0) servers.begin(server);
    text += server + 1;
  }
  assert.equal(text, '23110');
});

test('first follows changes of state and avoids the excluded server', () => {
  const servers = new ArrayServers([1, 1]);
  const balancer = first.compile({})();
  assert.equal(picks(balancer, servers, 3), '111');
  assert.equal(balancer.pick(stream, servers, 0), 1);
  servers.change(1, { isUp: false });
  assert.equal(balancer.pick(stream, servers, 0), 0);
  servers.change(0, { isUp: false });
  assert.equal(balancer.pick(stream, servers, 0), -1);
});
