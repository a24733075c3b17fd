import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerModel } from '../../../../config/model/model.ts';
import { type Address, parseAddress, SERVER_ADDRESS } from '../../../../src/net/address.ts';
import type { SourceSetting } from '../../../../src/settings/source-address.ts';
import {
  CLIENTS_TARGET,
  compileDial,
  compilePool,
  type DialSettings,
  targetOf,
} from '../../../../workers/plan/compile-servers.ts';
import type { DialingStream, DialPlan, Way } from '../../../../workers/plan/server-plan.ts';
import { createStream } from '../../../support/stream-view.ts';

function address(text: string): Address {
  const parsed = parseAddress(text, { ...SERVER_ADDRESS, allow: [...SERVER_ADDRESS.allow, 'port-range'] });
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const CLIENT: DialingStream = createStream({
  request: 'GET / HTTP/1.1\r\nHost: a\r\nX-FF: 10.1.1.1, nobody, 10.1.1.3\r\nX-FF: 10.1.1.4\r\n\r\n',
});
const { source: CLIENT_SOURCE, destination: CLIENT_DESTINATION } = CLIENT.session;

function dialTo(server: string, source: SourceSetting | null = null): DialPlan {
  return compileDial(settings(server, source));
}

function settings(server: string, source: SourceSetting | null): DialSettings {
  return {
    target: targetOf(address(server), null),
    source,
    tuning: null,
    socket: { userTimeoutMs: 0, fastOpen: false },
  };
}

function from(text: string, presented: SourceSetting['presented'] = null): SourceSetting {
  return { address: address(text), presented, interface: '' };
}

function sourceOf({ options }: Way): string {
  return options?.sourceHost === undefined ? 'any' : `${options.sourceHost}:${options.sourcePort}`;
}

describe('the way to a server', () => {
  test('with a fixed address is the same for all clients and asks for nothing', () => {
    const { fixed } = dialTo('10.0.0.1:80');
    assert.deepEqual(fixed, { target: { host: '10.0.0.1', port: 80 }, options: undefined, key: '' });
  });

  test('to a unix socket has a path, and no source', () => {
    const { fixed } = dialTo('/run/app.sock', from('10.0.0.9'));
    assert.deepEqual(fixed, { target: { path: '/run/app.sock' }, options: undefined, key: '' });
  });

  test('with a port offset follows the port of the client, and has a key of its own', () => {
    const { fixed, wayOf } = dialTo('10.0.0.1:+1000');
    assert.equal(fixed, null);
    const way = wayOf(CLIENT);
    assert.deepEqual(way.target, { host: '10.0.0.1', port: CLIENT_DESTINATION.port + 1000 });
    assert.equal(way.key, `10.0.0.1 ${CLIENT_DESTINATION.port + 1000} `);
  });

  test('to any address follows the address of the client', () => {
    for (const server of ['0.0.0.0:8080', '*:8080']) {
      const { target } = dialTo(server).wayOf(CLIENT);
      assert.deepEqual(target, { host: CLIENT_DESTINATION.text, port: 8080 }, server);
    }
  });

  test('of option transparent is where the client wanted to go', () => {
    const { target } = compileDial({ ...settings('10.0.0.1:80', null), target: CLIENTS_TARGET }).wayOf(
      CLIENT,
    );
    assert.deepEqual(target, { host: CLIENT_DESTINATION.text, port: CLIENT_DESTINATION.port });
  });

  test('with a source address begins there; without a port the kernel chooses it', () => {
    const { fixed } = dialTo('10.0.0.1:80', from('10.0.0.9'));
    assert.equal(sourceOf(fixed!), '10.0.0.9:0');
    assert.equal(sourceOf(dialTo('10.0.0.1:80', from('10.0.0.9:4000')).fixed!), '10.0.0.9:4000');
    assert.equal(sourceOf(dialTo('10.0.0.1:80', from('0.0.0.0')).fixed!), 'any');
  });

  test('with a range of source ports takes each of them in turn, for one pool', () => {
    const { fixed, wayOf } = dialTo('10.0.0.1:80', from('10.0.0.9:4000-4003'));
    assert.equal(fixed, null);
    const ways = Array.from({ length: 8 }, () => wayOf(CLIENT));
    const ports = ways.map((way) => way.options!.sourcePort!);
    assert.deepEqual([...new Set(ports)].sort(), [4000, 4001, 4002, 4003]);
    assert.deepEqual(ports.slice(0, 4), ports.slice(4));
    assert.equal(new Set(ways.map(({ key }) => key)).size, 1);
  });

  const presented: readonly (readonly [SourceSetting['presented'], string])[] = [
    [{ kind: 'client' }, `${CLIENT_SOURCE.text}:${CLIENT_SOURCE.port}`],
    [{ kind: 'clientip' }, `${CLIENT_SOURCE.text}:0`],
    [{ kind: 'address', address: address('10.7.7.7:99') }, '10.7.7.7:99'],
    [{ kind: 'header', name: 'x-ff', occurrence: -1 }, '10.1.1.4:0'],
    [{ kind: 'header', name: 'x-ff', occurrence: 1 }, '10.1.1.1:0'],
    [{ kind: 'header', name: 'x-ff', occurrence: -2 }, '10.1.1.3:0'],
    [{ kind: 'header', name: 'x-ff', occurrence: 2 }, '10.0.0.9:0'],
    [{ kind: 'header', name: 'x-ff', occurrence: 9 }, '10.0.0.9:0'],
    [{ kind: 'header', name: 'x-ff', occurrence: 0 }, '10.0.0.9:0'],
    [{ kind: 'header', name: 'x-none', occurrence: -1 }, '10.0.0.9:0'],
  ];
  for (const [setting, expected] of presented) {
    test(`that presents ${JSON.stringify(setting)} begins at ${expected}, and no other client shares it`, () => {
      const way = dialTo('10.0.0.1:80', from('10.0.0.9', setting)).wayOf(CLIENT);
      assert.equal(sourceOf(way), expected);
      assert.ok(way.key.endsWith(` ${expected.replace(/:(\d+)$/, ' $1')}`), way.key);
    });
  }
});

describe('the pool of a server', () => {
  const poolOf = (options: ServerModel['options']) => compilePool({ options } as ServerModel);
  const ANY = Number.POSITIVE_INFINITY;

  test('has no limits by default, and is purged every five seconds', () => {
    assert.deepEqual(poolOf({}), { maxIdle: ANY, purgeDelayMs: 5000, maxReuse: ANY, maxConnections: ANY });
  });

  test('keeps nothing with pool-purge-delay 0 or pool-max-conn 0', () => {
    assert.equal(poolOf({ poolPurgeDelayMs: 0 }).maxIdle, 0);
    assert.equal(poolOf({ poolMaxConnections: 0 }).maxIdle, 0);
  });

  test('counts connections only with strict-maxconn and a limit', () => {
    assert.equal(poolOf({ isMaxconnStrict: true }).maxConnections, ANY);
    assert.equal(poolOf({ maxconn: 7 }).maxConnections, ANY);
    assert.equal(poolOf({ maxconn: 7, isMaxconnStrict: true }).maxConnections, 7);
  });

  test('takes -1 as no limit', () => {
    const { maxIdle, maxReuse } = poolOf({ poolMaxConnections: -1, maxReuse: -1 });
    assert.deepEqual([maxIdle, maxReuse], [ANY, ANY]);
  });
});
