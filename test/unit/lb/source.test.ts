import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithms } from '../../../src/lb/algorithms.ts';
import { avalanche, foldAddress } from '../../../src/lb/hash.ts';
import { HASH_TYPE_DEFAULT } from '../../../src/lb/hash-type.ts';
import { source } from '../../../src/lb/source.ts';
import { parseIp } from '../../../src/net/ip.ts';
import { ArrayServers, picks, streamFrom } from '../../support/array-servers.ts';

/** The servers, from 1, that HAProxy 2.6 chose for 10.0.0.1, 10.0.0.2 and on. */
const CHOICES: readonly (readonly [weights: readonly number[], servers: string])[] = [
  [[1, 1, 1, 1, 1, 1, 1], '56712345671'],
  [[1, 2, 3], '31323231323'],
  [[3, 1, 2, 5], '14341241434'],
];

for (const [weights, expected] of CHOICES) {
  test(`source among weights ${weights} chooses as HAProxy`, () => {
    const balancer = source.compile({})();
    const servers = new ArrayServers(weights);
    const chosen = Array.from(
      expected,
      (_, i) => balancer.pick(streamFrom(`10.0.0.${i + 1}`), servers, -1) + 1,
    );
    assert.equal(chosen.join(''), expected);
  });
}

test('source with avalanche chooses among 61 servers as HAProxy', () => {
  const balancer = source.compile({}, { hashType: { ...HASH_TYPE_DEFAULT, isAvalanche: true } })();
  const servers = new ArrayServers(new Array<number>(61).fill(1));
  const expected = [12, 3, 57, 43, 35, 34, 2, 33, 23, 40, 59];
  const chosen = expected.map((_, i) => balancer.pick(streamFrom(`10.0.0.${i + 1}`), servers, -1) + 1);
  assert.deepEqual(chosen, expected);
});

test('an IPv6 address is folded by its four words, an IPv4 address stands for itself', () => {
  assert.equal(foldAddress(parseIp('255.1.2.3')!), 0xff010203);
  assert.equal(foldAddress(parseIp('::1')!), 1);
  assert.equal(foldAddress(parseIp('2001:db8::2')!), (0x20010db8 ^ 2) >>> 0);
  assert.equal(foldAddress(parseIp('8000:0:0:0:4000::1')!), 0xc0000001);
});

test('the avalanche gives unsigned 32 bits', () => {
  for (const value of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const mixed = avalanche(value);
    assert.ok(Number.isInteger(mixed) && mixed >= 0 && mixed <= 0xffffffff);
  }
  assert.notEqual(avalanche(1), avalanche(2));
});

test('a client stays with its server when that is full or excluded: it waits for it', () => {
  const balancer = source.compile({})();
  const servers = new ArrayServers([1, 1, 1]);
  const server = balancer.pick(streamFrom('10.0.0.1'), servers, -1);
  servers.servers[server]!.maxconn = 1;
  servers.begin(server);
  assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, server), server);
  assert.equal(balancer.isBound, true);
});

test('only algorithms that choose by a hash bind a request to its server', () => {
  const args = { name: 'x', param: 'x' };
  const settings = { compileExpression: () => () => undefined, random: () => 0 };
  const bound = algorithms.filter((algorithm) => algorithm.compile(args as never, settings)().isBound);
  assert.deepEqual(
    bound.map((algorithm) => algorithm.name),
    ['source', 'uri', 'url_param', 'hdr', 'hash', 'rdp-cookie'],
  );
});

test('source follows changes of state, and finds none when all are down', () => {
  const balancer = source.compile({})();
  const servers = new ArrayServers([1, 1]);
  const server = balancer.pick(streamFrom('10.0.0.1'), servers, -1);
  servers.change(server, { isUp: false });
  assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, -1), 1 - server);
  servers.change(1 - server, { isUp: false });
  assert.equal(balancer.pick(streamFrom('10.0.0.1'), servers, -1), -1);
});

test('a client without an address takes turns', () => {
  assert.equal(picks(source.compile({})(), new ArrayServers([1, 1, 1]), 6, streamFrom(null)), '123123');
});
