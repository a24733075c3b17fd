import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServerSettings } from '../../config/model/model.ts';
import { algorithms } from '../../src/lb/algorithms.ts';
import type { Balancer, BalanceSettings } from '../../src/lb/declare.ts';
import { HASH_TYPE_DEFAULT, type HashType } from '../../src/lb/hash-type.ts';
import { createShared } from '../../workers/shared/create-shared.ts';
import { SharedServerTable } from '../../workers/shared/server-table.ts';
import { openShared, type SharedMemory } from '../../workers/shared/shared-memory.ts';
import { streamFrom } from '../support/array-servers.ts';
import { skipUnless } from '../support/oracle.ts';
import { backendModel } from '../support/shared-model.ts';
import { BalanceOracle, type BalanceSetup } from './balance-oracle.ts';

const BACKEND = 1;
const FIRST_SERVER = 2;
const skip = skipUnless('haproxy');

/** Our side: two worker threads' views of one shared memory, which take turns in serving. */
class Ours {
  readonly #shared: SharedMemory[];
  readonly #tables: SharedServerTable[];
  readonly #balancers: Balancer[];
  #turn = 0;

  constructor(algorithm: string, servers: readonly ServerSettings[], settings: BalanceSettings = {}) {
    const model = backendModel(servers);
    const buffer = createShared(model, 2);
    const declaration = algorithms.find((one) => one.name === algorithm)!;
    this.#shared = [0, 1].map((index) => openShared(buffer, model, index));
    this.#tables = this.#shared.map((shared) => new SharedServerTable(shared, BACKEND));
    this.#balancers = [declaration.compile({}, settings)(), declaration.compile({}, settings)()];
  }

  open(source = '10.0.0.1'): number {
    const worker = this.#turn++ % 2;
    const server = this.#balancers[worker]!.pick(streamFrom(source), this.#tables[worker]!, -1);
    assert.equal(this.#shared[worker]!.tryEnterServer(BACKEND, FIRST_SERVER + server), true);
    return server;
  }

  close(server: number): void {
    this.#shared[0]!.leaveServer(BACKEND, FIRST_SERVER + server);
  }

  sequence(count: number): number[] {
    return Array.from({ length: count }, () => {
      const server = this.open();
      this.close(server);
      return server;
    });
  }
}

async function oracleFor(t: TestContext, setup: BalanceSetup): Promise<BalanceOracle> {
  const oracle = await BalanceOracle.start(setup);
  t.after(() => oracle.stop());
  return oracle;
}

function serversOf(weights: readonly number[]): ServerSettings[] {
  return weights.map((weight) => ({ weight }));
}

/** Small numbers of a fixed course. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const WEIGHTS: readonly (readonly number[])[] = [
  [1, 1, 1],
  [1, 2, 3],
  [10, 20, 30],
  [4, 1, 9],
  [6, 6, 5],
  [12, 7, 11, 2],
  [3, 9, 4, 11, 2, 10],
];

for (const algorithm of ['roundrobin', 'static-rr']) {
  for (const weights of WEIGHTS) {
    test(`${algorithm} of weights ${weights} gives two workers the sequence of HAProxy`, {
      skip,
    }, async (t) => {
      const oracle = await oracleFor(t, { algorithm, weights });
      const count = weights.reduce((sum, weight) => sum + weight, 0) * 2 + 3;
      assert.deepEqual(new Ours(algorithm, serversOf(weights)).sequence(count), await oracle.sequence(count));
    });
  }
}

for (const algorithm of ['roundrobin', 'static-rr', 'leastconn']) {
  test(`${algorithm} passes over a full server as HAProxy does`, { skip }, async (t) => {
    const oracle = await oracleFor(t, { algorithm, weights: [1, 1, 1], options: { 1: 'maxconn 1' } });
    const ours = new Ours(algorithm, [{ weight: 1 }, { weight: 1, maxconn: 1 }, { weight: 1 }]);
    for (let i = 0; i < 9; i++) assert.equal(ours.open(), (await oracle.open()).server);
  });
}

for (const weights of [
  [1, 1, 1],
  [3, 5, 7],
  [100, 90, 37],
  [255, 256, 1],
]) {
  test(`leastconn of weights ${weights} follows connections that come and go as HAProxy does`, {
    skip,
  }, async (t) => {
    const oracle = await oracleFor(t, { algorithm: 'leastconn', weights });
    const ours = new Ours('leastconn', serversOf(weights));
    const random = numbersFrom(weights.length * 7 + weights[0]!);
    const open: Awaited<ReturnType<BalanceOracle['open']>>[] = [];
    for (let step = 0; step < 80; step++) {
      if (open.length > 0 && random(5) < 2) {
        const [ending] = open.splice(random(open.length), 1);
        await ending!.close();
        ours.close(ending!.server);
      } else {
        const connection = await oracle.open();
        assert.equal(ours.open(), connection.server, `step ${step}`);
        open.push(connection);
      }
    }
  });
}

const ADDRESSES: readonly string[] = [
  ...Array.from({ length: 12 }, (_, i) => `10.0.0.${i + 1}`),
  '160.66.190.92',
  '204.177.242.216',
  '255.255.255.254',
  '::1',
  '2001:db8::1',
  'fe80::1234:5678',
  '::ffff:10.0.0.1',
  'b8ff:204f:b61e:1192:9c84:ba13:8fcb:f8ab',
];

for (const [weights, modifier] of [
  [[1, 1, 1, 1, 1, 1, 1], ''],
  [[1, 2, 3], ''],
  [[3, 1, 2, 5], ''],
  [[3, 1, 2, 5, 0, 2], 'avalanche'],
] as const) {
  const name = `source of weights ${weights}${modifier && ` with ${modifier}`}`;
  test(`${name} sends every address where HAProxy sends it`, { skip }, async (t) => {
    const lines = modifier === '' ? [] : [`hash-type map-based sdbm ${modifier}`];
    const oracle = await oracleFor(t, { algorithm: 'source', weights, lines });
    const hashType = { ...HASH_TYPE_DEFAULT, isAvalanche: modifier !== '' };
    const ours = new Ours('source', serversOf(weights), { hashType });
    for (const address of ADDRESSES)
      assert.equal(ours.open(address), (await oracle.open(address)).server, address);
  });
}

test('backups are used one at a time, and only when no active server is left, as in HAProxy', {
  skip,
}, async (t) => {
  const options = { 0: 'backup', 1: 'disabled', 2: 'backup' };
  const oracle = await oracleFor(t, { algorithm: 'roundrobin', weights: [1, 1, 1], options });
  const ours = new Ours('roundrobin', [{ isBackup: true }, { isDisabled: true }, { isBackup: true }]);
  assert.deepEqual(ours.sequence(4), await oracle.sequence(4));
});

test('first fills one server after the other as HAProxy does', { skip }, async (t) => {
  const options = { 0: 'maxconn 2', 1: 'maxconn 1' };
  const oracle = await oracleFor(t, { algorithm: 'first', weights: [1, 1, 1], options });
  const ours = new Ours('first', [{ maxconn: 2 }, { maxconn: 1 }, {}]);
  for (let i = 0; i < 6; i++) assert.equal(ours.open(), (await oracle.open()).server);
});

for (const [weights, factor] of [
  [[1, 1, 1], 150],
  [[1, 2, 5], 150],
  [[3, 3, 7, 1], 101],
  [[5, 9, 2, 4, 1], 137],
] as const) {
  test(`hash-balance-factor ${factor} among weights ${weights} keeps loads apart as HAProxy does`, {
    skip,
  }, async (t) => {
    const lines = ['hash-type consistent sdbm', `hash-balance-factor ${factor}`];
    const oracle = await oracleFor(t, { algorithm: 'source', weights, lines });
    const hashType: HashType = { method: 'consistent', function: 'sdbm', isAvalanche: false };
    const ours = new Ours('source', serversOf(weights), { hashType, hashBalanceFactor: factor });
    const random = numbersFrom(factor);
    const open: Awaited<ReturnType<BalanceOracle['open']>>[] = [];
    for (let step = 0; step < 130; step++) {
      if (open.length > 0 && random(5) < 2) {
        const [ending] = open.splice(random(open.length), 1);
        await ending!.close();
        ours.close(ending!.server);
      } else {
        const address = random(3) === 0 ? '64.0.0.1' : `${random(224)}.${random(256)}.3.4`;
        const connection = await oracle.open(address);
        assert.equal(ours.open(address), connection.server, `step ${step} from ${address}`);
        open.push(connection);
      }
    }
  });
}

for (const weights of [
  [1, 1, 1, 1],
  [3, 1, 2, 5, 0, 2],
]) {
  test(`source of weights ${weights} on the ring sends every address where HAProxy sends it`, {
    skip,
  }, async (t) => {
    const lines = ['hash-type consistent'];
    const oracle = await oracleFor(t, { algorithm: 'source', weights, lines });
    const hashType: HashType = { method: 'consistent', function: 'sdbm', isAvalanche: true };
    const ours = new Ours('source', serversOf(weights), { hashType });
    const addresses = [...ADDRESSES, ...Array.from({ length: 100 }, (_, i) => `10.7.${i}.${(i * 31) % 256}`)];
    for (const address of addresses)
      assert.equal(ours.open(address), (await oracle.open(address)).server, address);
  });
}
