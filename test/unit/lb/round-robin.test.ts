import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { roundRobin, staticRoundRobin } from '../../../src/lb/round-robin.ts';
import { smoothTurns } from '../../../src/lb/smooth-turns.ts';
import { staticMap } from '../../../src/lb/static-map.ts';
import { ArrayServers, picks, streamFrom } from '../../support/array-servers.ts';

const newRoundRobin = () => roundRobin.compile({})();
const newStatic = () => staticRoundRobin.compile({})();

/** Watched on HAProxy 2.6 from a fresh start, one request after the other. */
const ROUND_ROBIN: readonly (readonly [weights: readonly number[], sequence: string])[] = [
  [[1, 1, 1], '123123123'],
  [[1, 2, 3], '323132323132323'],
  [[3, 2, 1], '121312121312121'],
  [[10, 20, 30], '323132323132323132323132'],
  [[100, 100, 100], '123123123123'],
  [[1, 1, 1, 5], '4414424344144243441'],
  [[7, 3, 5], '131231132131132131231132131132131'],
  [[50, 100], '221221221221221'],
  [[3, 7], '22212212212221221221222'],
  [[4, 11], '222122212212221222122212212221'],
  [[4, 1, 9], '3313313323133133133133231331331'],
  [[1, 2, 10, 8], '343432343434314324334343432343434314324334343'],
  [[6, 6, 5], '1212312312312132132123123123121321'],
];

for (const [weights, sequence] of ROUND_ROBIN) {
  test(`roundrobin of weights ${weights} gives the sequence of HAProxy`, () => {
    assert.equal(picks(newRoundRobin(), new ArrayServers(weights), sequence.length), sequence);
  });
}

const STATIC: readonly (readonly [weights: readonly number[], sequence: string])[] = [
  [[1, 1, 1], '123123123'],
  [[1, 2, 3], '132323132323132'],
  [[3, 2, 1], '112123112123112'],
  [[1, 1, 1, 5], '1424434414244344142'],
  [[7, 3, 5], '123113123113123123113123113123123'],
];

for (const [weights, sequence] of STATIC) {
  test(`static-rr of weights ${weights} gives the sequence of HAProxy`, () => {
    assert.equal(picks(newStatic(), new ArrayServers(weights), sequence.length), sequence);
  });
}

test('in a round that repeats each server has as many turns as its weight', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(weights, (list) => {
      const total = list.reduce((sum, weight) => sum + weight, 0);
      const { round, turns } = smoothTurns(list);
      assert.equal(round, total);
      for (const table of [turns.subarray(round), staticMap(list)]) {
        const had = list.map((_, place) => table.filter((entry) => entry === place).length);
        assert.deepEqual(had, list);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});

/** The rule of smooth-turns.ts by plain sorting: the oracle of its heap. */
function plainSmoothTurns(weights: readonly number[], count: number): number[] {
  const round = weights.reduce((sum, weight) => sum + weight, 0);
  const beginners = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  const begun: { place: number; position: number; remainder: number; taken: number }[] = [];
  return Array.from({ length: count }, (_, turn) => {
    begun.sort(
      (a, b) =>
        a.position - b.position ||
        a.remainder - weights[a.place]! - (b.remainder - weights[b.place]!) ||
        a.taken - b.taken,
    );
    if (beginners.length > 0 && !(begun[0] && begun[0].position <= turn)) {
      begun.unshift({ place: beginners.shift()!, position: turn, remainder: 0, taken: 0 });
    }
    const next = begun[0]!;
    const weight = weights[next.place]!;
    const parts = next.remainder + round;
    next.position += Math.floor(parts / weight);
    next.remainder = parts % weight;
    next.taken = turn;
    return next.place;
  });
}

test('the heap gives the turns that plain sorting gives', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(weights, (list) => {
      const { round, turns } = smoothTurns(list);
      assert.deepEqual([...turns], plainSmoothTurns(list, round * 2));
      assert.deepEqual([...turns.subarray(round)], plainSmoothTurns(list, round * 3).slice(round * 2));
    }),
    { seed: 11, numRuns: 200 },
  );
});

test('a round of very many turns is shortened, and weights are still kept to about one percent', () => {
  const weights = Array.from({ length: 500 }, (_, i) => 150 + (i % 101));
  const { round, turns } = smoothTurns(weights);
  assert.ok(round <= 66_000);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const had = turns.subarray(round).filter((place) => place === 100).length;
  assert.ok(Math.abs(had / round / (weights[100]! / total) - 1) < 0.01);
});

for (const [name, create] of [
  ['roundrobin', newRoundRobin],
  ['static-rr', newStatic],
] as const) {
  test(`${name} passes over a full server, and nobody gets two turns for it`, () => {
    const servers = new ArrayServers([1, 1, 1]);
    const balancer = create();
    assert.equal(picks(balancer, servers, 3), '123');
    servers.servers[1]!.maxconn = 1;
    servers.begin(1);
    assert.equal(picks(balancer, servers, 6), '131313');
    servers.end(1);
    assert.equal(picks(balancer, servers, 3), '123');
  });

  test(`${name} finds none when all are full, down or without weight`, () => {
    const servers = new ArrayServers([1, 1, 0]);
    const balancer = create();
    for (const server of [0, 1]) {
      servers.servers[server]!.maxconn = 1;
      servers.begin(server);
    }
    assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, -1), -1);
    servers.change(0, { isUp: false });
    servers.change(1, { isUp: false });
    assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, -1), -1);
    assert.equal(create().pick(streamFrom('10.0.0.1'), new ArrayServers([]), -1), -1);
  });

  test(`${name} follows changes of state`, () => {
    const servers = new ArrayServers([1, 1, 1]);
    const balancer = create();
    assert.equal(picks(balancer, servers, 3), '123');
    servers.change(0, { isUp: false });
    assert.deepEqual([...new Set(picks(balancer, servers, 6))].sort(), ['2', '3']);
    servers.change(0, { isUp: true });
    assert.deepEqual([...picks(balancer, servers, 3)].sort(), ['1', '2', '3']);
  });

  test(`${name} avoids the excluded server, unless there is no other`, () => {
    const servers = new ArrayServers([1, 1]);
    const balancer = create();
    for (let i = 0; i < 4; i++) assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, 0), 1);
    servers.change(1, { isUp: false });
    assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, 0), 0);
    servers.change(0, { isUp: false });
    assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, 0), -1);
  });

  test(`two balancers that share a turn give the sequence of one`, () => {
    const servers = new ArrayServers([1, 2, 3]);
    const one = create();
    const other = create();
    const together = Array.from({ length: 12 }, (_, i) => picks(i % 3 ? one : other, servers, 1)).join('');
    assert.equal(together, picks(create(), new ArrayServers([1, 2, 3]), 12));
  });
}

test('the turn counter may wrap around', () => {
  const servers = new ArrayServers([1, 2, 3]);
  servers.turn = 0xffffffff;
  assert.match(picks(newRoundRobin(), servers, 1), /^[123]$/);
});
