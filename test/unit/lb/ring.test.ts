/** `hash-type consistent`: where HAProxy 2.6 puts the points, and what a ring is for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RingCircle } from '../../../src/lb/circle.ts';
import type { BalanceSettings, HashAffinity } from '../../../src/lb/declare.ts';
import { ringSeedOf, seedOfId } from '../../../src/lb/hash-key.ts';
import { source } from '../../../src/lb/source.ts';
import { ArrayServers, picks, streamFrom } from '../../support/array-servers.ts';

const CONSISTENT = { method: 'consistent', function: 'sdbm', isAvalanche: false } as const;

function ownerOf(servers: ArrayServers, hash: number, ring = new RingCircle(null)): number {
  ring.refresh(servers);
  return ring.owners[ring.locate(hash | 0)]!;
}

/** The hashes at which HAProxy's choice changes between two servers of weight 1, and the server from there on. */
const BOUNDARIES = [
  [0x1b1b59f6, 0],
  [0x30309fdc, 1],
  [0x33b5ab91, 0],
  [0x400478df, 1],
  [0x45921f76, 0],
  [0x4c829fae, 1],
  [0x594baf0d, 0],
  [0x65253ecb, 1],
  [0x6be1f2a5, 0],
  [0x770e5dfd, 1],
  [0x8140f2ce, 0],
  [0x86801714, 1],
  [0x9d1ceb10, 0],
  [0xae18404a, 1],
  [0xb46ca0e4, 0],
  [0xb773a49b, 1],
  [0xc99e4be6, 0],
  [0xd0bae4f6, 1],
  [0xd7f3f65d, 0],
  [0xe3df4cff, 1],
  [0xece98018, 0],
  [0xefa7c975, 1],
] as const;

test('the ring changes hands where that of HAProxy does, to the bit', () => {
  const servers = new ArrayServers([1, 1]);
  for (const [hash, server] of BOUNDARIES) {
    assert.equal(ownerOf(servers, hash), server);
    assert.equal(ownerOf(servers, hash - 1), 1 - server);
  }
  assert.equal(ownerOf(servers, 0), 1);
  assert.equal(ownerOf(servers, 0xffffffff), 1);
});

/** The plain way: every point looked at. */
function plainOwner(servers: ArrayServers, hash: number): number {
  const ring = new RingCircle(null);
  ring.refresh(servers);
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const server of servers.usable()) {
    const alone = new ArrayServers(servers.servers.map(({ weight }, i) => (i === server ? weight : 0)));
    const own = new RingCircle(null);
    own.refresh(alone);
    for (let place = 0; place < own.owners.length; place++) {
      const point = own.pointAt(place);
      const above = (point - hash) >>> 0;
      const below = (hash - point) >>> 0;
      const distance = below <= above ? below : above + 0.5;
      if (distance >= least) continue;
      least = distance;
      best = server;
    }
  }
  return best;
}

test('the search in the sorted points finds the nearest of all', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
  const hash = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(weights, hash, (list, key) => {
      const servers = new ArrayServers(list);
      if (servers.usable().length === 0) return;
      assert.equal(ownerOf(servers, key), plainOwner(servers, key));
    }),
    { seed: 5, numRuns: 200 },
  );
});

const KEYS = Array.from({ length: 4000 }, (_, i) => Math.imul(i, 0x9e3779b1));

function placement(servers: ArrayServers): number[] {
  const ring = new RingCircle(null);
  ring.refresh(servers);
  return KEYS.map((key) => ring.owners[ring.locate(key)]!);
}

test('shares follow the weights', () => {
  const weights = [10, 20, 30, 40];
  const had = placement(new ArrayServers(weights));
  for (const [server, weight] of weights.entries()) {
    const share = had.filter((owner) => owner === server).length / KEYS.length;
    assert.ok(Math.abs(share - weight / 100) < 0.05, `${server} has ${share}`);
  }
});

test('when a server leaves only its keys move, and when it comes back they return', () => {
  const servers = new ArrayServers([10, 10, 10, 10, 10]);
  const before = placement(servers);
  servers.change(2, { isUp: false });
  const without = placement(servers);
  for (const [i, owner] of before.entries()) if (owner !== 2) assert.equal(without[i], owner);
  const moved = before.filter((owner, i) => owner !== without[i]).length;
  assert.ok(moved / KEYS.length < 0.27 && moved > 0);
  assert.ok(without.every((owner) => owner !== 2));
  servers.change(2, { isUp: true });
  assert.deepEqual(placement(servers), before);
});

test('a heavier weight only takes keys, a lighter one only gives them', () => {
  const servers = new ArrayServers([10, 10, 10]);
  const before = placement(servers);
  servers.change(1, { weight: 15 });
  for (const [i, owner] of placement(servers).entries()) if (owner !== before[i]) assert.equal(owner, 1);
  servers.change(1, { weight: 5 });
  for (const [i, owner] of placement(servers).entries()) if (owner !== before[i]) assert.equal(before[i], 1);
});

test('a ring is not made again when something else than its servers and weights has changed', () => {
  const servers = new ArrayServers([3, 4]);
  const ring = new RingCircle(null);
  ring.refresh(servers);
  const { owners } = ring;
  servers.change(0, { maxconn: 5 });
  ring.refresh(servers);
  assert.equal(ring.owners, owners);
});

test('points come from ids, from addresses where hash-key says so, and from ids where there is no address', () => {
  const at = (host: string, port = 80) => ({ id: 3, host, port });
  assert.equal(ringSeedOf('id', at('10.0.0.1')), seedOfId(3));
  assert.equal(ringSeedOf('id32', at('10.0.0.1')), 3);
  assert.equal(ringSeedOf('addr', at('/run/app.sock')), seedOfId(3));
  assert.equal(ringSeedOf('addr', at('10.0.0.1', 80)), ringSeedOf('addr', at('10.0.0.1', 81)));
  assert.notEqual(ringSeedOf('addr', at('10.0.0.1')), ringSeedOf('addr', at('10.0.0.2')));
  assert.notEqual(ringSeedOf('addr-port', at('10.0.0.1', 80)), ringSeedOf('addr-port', at('10.0.0.1', 81)));
  assert.equal(ringSeedOf('addr', at('::1')), ringSeedOf('addr', at('0:0:0:0:0:0:0:1')));
  const servers = new ArrayServers([5, 5]);
  const seeds = [ringSeedOf('addr', at('10.0.0.1')), ringSeedOf('addr', at('10.0.0.2'))];
  const ring = new RingCircle(seeds);
  ring.refresh(servers);
  const turned = new RingCircle([...seeds].reverse());
  turned.refresh(servers);
  for (const key of KEYS.slice(0, 500))
    assert.equal(ring.owners[ring.locate(key)], 1 - turned.owners[turned.locate(key)]!);
});

const newSource = (settings: BalanceSettings = {}) =>
  source.compile({}, { hashType: CONSISTENT, ...settings })();

test('a request that failed on its server goes on along the ring; alone, a server is taken again', () => {
  const servers = new ArrayServers([1, 1]);
  const stream = streamFrom('28.0.0.0');
  const balancer = newSource();
  assert.equal(balancer.pick(stream, servers, -1), 0);
  assert.equal(balancer.pick(stream, servers, 0), 1);
  servers.change(1, { isUp: false });
  assert.equal(balancer.pick(stream, servers, 0), 0);
});

test('requests without a key follow the ring, point by point', () => {
  const text = picks(newSource(), new ArrayServers([1, 1, 1]), 96, streamFrom(null));
  // Watched in HAProxy 2.6.
  const watched = '221020012000112022120122010212100210112102102101'.replace(/./g, (digit) =>
    String(Number(digit) + 1),
  );
  assert.equal(text, watched + watched);
});

for (const [affinity, whenFull, whenQueueIsFull] of [
  ['always', 0, 0],
  ['maxconn', 1, 1],
  ['maxqueue', 0, 1],
] as const satisfies readonly (readonly [HashAffinity, number, number])[]) {
  test(`hash-preserve-affinity ${affinity}: who finds its server full goes to ${whenFull}, and with a full queue to ${whenQueueIsFull}`, () => {
    const servers = new ArrayServers([1, 1]);
    const balancer = newSource({ hashAffinity: affinity, maxQueues: [2, 2] });
    const stream = streamFrom('28.0.0.0');
    servers.servers[0]!.maxconn = 1;
    assert.equal(balancer.pick(stream, servers, -1), 0);
    servers.begin(0);
    assert.equal(balancer.pick(stream, servers, -1), whenFull);
    servers.servers[0]!.queued = 2;
    assert.equal(balancer.pick(stream, servers, -1), whenQueueIsFull);
  });
}

test('with hash-preserve-affinity maxconn and all servers full, the last before the designated one is waited for', () => {
  const servers = new ArrayServers([1, 1, 1]);
  for (const server of [0, 1, 2]) {
    servers.servers[server]!.maxconn = 1;
    servers.begin(server);
  }
  const stream = streamFrom('28.0.0.0');
  const designated = newSource().pick(stream, servers, -1);
  const waitedFor = newSource({ hashAffinity: 'maxconn' }).pick(stream, servers, -1);
  const ring = new RingCircle(null);
  ring.refresh(servers);
  let place = ring.locate(28 << 24);
  assert.equal(ring.owners[place], designated);
  while (ring.owners[place] === designated) place = (place + ring.owners.length - 1) % ring.owners.length;
  assert.equal(waitedFor, ring.owners[place]);
});

test('a balance factor sends on who would overload a server, and counts every session there is', () => {
  const servers = new ArrayServers([1, 1]);
  const balancer = newSource({ hashBalanceFactor: 150 });
  const stream = streamFrom('64.0.0.1');
  let sequence = '';
  for (let i = 0; i < 12; i++) {
    const server = balancer.pick(stream, servers, -1);
    servers.begin(server);
    sequence += server;
  }
  // Watched in HAProxy 2.6.
  assert.equal(sequence, '010001000100');
});
