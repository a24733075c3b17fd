/** Algorithms without a key beside HAProxy while weights and states change at run time, and what both make of failures. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import { type BalanceCase, NumberedOrigins, playBalance } from './balance-programs.ts';

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: h`;
const many = (count: number, target = '/'): string[] => new Array<string>(count).fill(get(target));
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => get(`/${i}`));

/** How often each server was chosen in one step. */
function shares(result: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const server of result.split(' ')) counts.set(server, (counts.get(server) ?? 0) + 1);
  return counts;
}

/** A round from when the change has settled. */
function oneRound(result: string, round: number): string {
  return result
    .split(' ')
    .slice(round, round * 2)
    .join(' ');
}

/** The same turns, begun at whichever: HAProxy goes on where it was, Fairlead begins the new order somewhere. */
function assertSameCycle(actual: string, expected: string, round: number): void {
  const cycle = expected
    .split(' ')
    .slice(round, round * 2)
    .join(' ');
  const twice = actual
    .split(' ')
    .slice(round, round * 3)
    .join(' ');
  assert.ok(`${twice} `.includes(`${cycle} `), `${twice} has not the order of ${cycle}`);
}

const CHANGES = (command: string): BalanceCase['steps'] => [
  { requests: many(30) },
  { command },
  { requests: many(72) },
  { command: 'disable server main/s0' },
  { requests: many(40) },
  { command: 'enable server main/s0' },
  { command: 'set server main/s1 weight 100%' },
  { requests: many(72) },
];

describe('balancing beside HAProxy while it runs', { skip: skipUnless('haproxy') }, () => {
  let origins: NumberedOrigins;
  before(async () => {
    origins = await NumberedOrigins.start(4);
  });
  after(() => origins.stop());

  const both = async (one: BalanceCase): Promise<[haproxy: string[], fairlead: string[]]> => [
    await playBalance('haproxy', one, origins.ports),
    await playBalance('fairlead', one, origins.ports),
  ];

  test('static-rr takes the turns of HAProxy after states have changed', async () => {
    const steps = CHANGES('set server main/s1 weight 0');
    const [haproxy, fairlead] = await both({
      balance: 'static-rr',
      servers: ['weight 1', 'weight 2', 'weight 3'],
      steps,
    });
    assert.equal(fairlead[0], haproxy[0]);
    for (const [step, round] of [
      [2, 4],
      [4, 3],
      [7, 6],
    ] as const)
      assertSameCycle(fairlead[step]!, haproxy[step]!, round);
  });

  test('roundrobin gives each server as many turns as HAProxy after weights and states have changed', async () => {
    const steps = CHANGES('set server main/s1 weight 5');
    const [haproxy, fairlead] = await both({
      balance: 'roundrobin',
      servers: ['weight 1', 'weight 2', 'weight 3'],
      steps,
    });
    assert.equal(fairlead[0], haproxy[0]);
    for (const [step, round] of [
      [2, 9],
      [4, 8],
      [7, 6],
    ] as const) {
      const [ours, theirs] = [fairlead, haproxy].map((results) => shares(oneRound(results[step]!, round)));
      assert.deepEqual([...ours!].sort(), [...theirs!].sort());
    }
  });

  test('leastconn among idle servers takes the turns of HAProxy through changes', async () => {
    const steps = CHANGES('set server main/s1 weight 9').slice(0, 3);
    const [haproxy, fairlead] = await both({ balance: 'leastconn', servers: ['', '', '', ''], steps });
    assert.deepEqual(fairlead, haproxy);
  });

  test('first stays with the first server whatever the weights, and follows states as HAProxy does', async () => {
    const steps = CHANGES('set server main/s0 weight 0');
    const [haproxy, fairlead] = await both({
      balance: 'first',
      servers: ['id 9', 'weight 3', 'id 4 weight 100', 'backup'],
      steps,
    });
    assert.deepEqual(fairlead, haproxy);
  });

  test('random follows the weights as HAProxy does, through changes', async () => {
    const steps: BalanceCase['steps'] = [
      { requests: many(600) },
      { command: 'set server main/s0 weight 0' },
      { requests: many(600) },
    ];
    const servers = ['weight 30', 'weight 60', 'weight 90'];
    const results = await both({ balance: 'random(1)', servers, steps });
    for (const [first, told, second] of results) {
      assert.equal(told, '\n');
      for (const [server, share] of [100, 200, 300].entries())
        assert.ok(Math.abs(shares(first!).get(String(server))! - share) < 60, first!);
      assert.equal(shares(second!).get('0'), undefined);
      assert.ok(Math.abs(shares(second!).get('1')! - 240) < 70, second!);
    }
  });

  for (const [balance, lines] of [
    ['uri', ['hash-type map-based']],
    ['uri', ['hash-type consistent']],
    ['roundrobin', []],
  ] as const) {
    test(`${balance} ${lines[0] ?? ''}: who is redispatched goes where HAProxy sends it`, async () => {
      const refused = reservedPort();
      const ports = origins.ports.map((port, i) => (i === 1 ? refused.port : port));
      const one: BalanceCase = {
        balance,
        lines: [...lines, 'option redispatch', 'retries 1'],
        servers: ['', '', '', ''],
        steps: [{ requests: numbered(60) }],
      };
      const haproxy = await playBalance('haproxy', one, ports);
      assert.deepEqual(await playBalance('fairlead', one, ports), haproxy);
      refused.close();
    });
  }
});
