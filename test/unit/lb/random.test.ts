import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BalanceSettings } from '../../../src/lb/declare.ts';
import { random } from '../../../src/lb/random.ts';
import { ArrayServers, streamFrom } from '../../support/array-servers.ts';

const stream = streamFrom('10.0.0.1');

/** 32 random bits of a fixed course. */
function bitsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    return mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
  };
}

function newRandom(draws: number, settings: BalanceSettings = {}) {
  return random.compile({ draws }, { random: bitsFrom(1), ...settings })();
}

test('one draw follows the weights', () => {
  const weights = [1, 2, 3, 4].map((weight) => weight * 20);
  const servers = new ArrayServers(weights);
  const balancer = newRandom(1);
  const had = weights.map(() => 0);
  for (let i = 0; i < 8000; i++) had[balancer.pick(stream, servers, -1)]! += 1;
  for (const [server, weight] of weights.entries())
    assert.ok(Math.abs(had[server]! / 8000 - weight / 200) < 0.04, `${had}`);
});

test('of several draws the least loaded for its weight is taken, of equals the calmer one', () => {
  const servers = new ArrayServers([1, 1]);
  const balancer = newRandom(12);
  servers.begin(0);
  for (let i = 0; i < 20; i++) assert.equal(balancer.pick(stream, servers, -1), 1);
  servers.servers[1]!.queued = 2;
  for (let i = 0; i < 20; i++) assert.equal(balancer.pick(stream, servers, -1), 0);
  servers.end(0);
  servers.servers[1]!.queued = 0;
  servers.servers[0]!.rate = 5;
  for (let i = 0; i < 20; i++) assert.equal(balancer.pick(stream, servers, -1), 1);
});

test('full servers and the excluded one are passed over while there are others', () => {
  const servers = new ArrayServers([1, 1, 1]);
  const balancer = newRandom(2);
  servers.servers[0]!.maxconn = 1;
  servers.begin(0);
  for (let i = 0; i < 50; i++) assert.equal(balancer.pick(stream, servers, 1), 2);
  servers.change(2, { isUp: false });
  for (let i = 0; i < 50; i++) assert.equal(balancer.pick(stream, servers, 1), 1);
  servers.change(1, { isUp: false });
  assert.equal(balancer.pick(stream, servers, -1), -1);
  servers.change(0, { isUp: false });
  assert.equal(balancer.pick(stream, servers, -1), -1);
});

test('a balance factor keeps overloaded servers out of the draw', () => {
  const servers = new ArrayServers([1, 1]);
  for (let i = 0; i < 4; i++) servers.begin(0);
  const balancer = newRandom(1, { hashBalanceFactor: 110 });
  const turn = servers.turn;
  const chosen = Array.from({ length: 40 }, () => balancer.pick(stream, servers, -1));
  assert.ok(chosen.filter((server) => server === 1).length > 20);
  assert.ok(servers.turn > turn, 'draws of the overloaded server take turns instead');
});
