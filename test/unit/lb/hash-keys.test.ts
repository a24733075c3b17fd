/** What each algorithm takes for the key, as watched in HAProxy 2.6: the tables say which part of a request it hashed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithms } from '../../../src/lb/algorithms.ts';
import type { Balancer, BalanceSettings } from '../../../src/lb/declare.ts';
import { HASH_FUNCTIONS } from '../../../src/lb/hash-functions.ts';
import { HASH_TYPE_DEFAULT } from '../../../src/lb/hash-type.ts';
import { ArrayServers } from '../../support/array-servers.ts';
import { createStream } from '../../support/stream-view.ts';

/** So many that two keys seldom share a server. */
const SERVERS = new ArrayServers(new Array<number>(509).fill(1));
const DJB2 = { ...HASH_TYPE_DEFAULT, function: 'djb2' } as const;

function balancerOf(name: string, args: object, settings: BalanceSettings = {}): Balancer {
  const declaration = algorithms.find((one) => one.name === name)!;
  return declaration.compile(args as never, { hashType: DJB2, ...settings })();
}

function serverOf(key: string): number {
  return (HASH_FUNCTIONS.djb2.text(key, 0, key.length) >>> 0) % 509;
}

/** `expected` is the key, or null where the request has none and takes its turn. */
function assertKey(
  balancer: Balancer,
  stream: ReturnType<typeof createStream>,
  expected: string | null,
): void {
  const turn = SERVERS.turn;
  const server = balancer.pick(stream, SERVERS, -1);
  assert.equal(server, expected === null ? turn % 509 : serverOf(expected));
  assert.equal(SERVERS.turn - turn, expected === null ? 1 : 0);
}

const get = (target: string, lines = ''): string => `GET ${target} HTTP/1.1\r\nHost: h\r\n${lines}\r\n`;

const URIS: readonly (readonly [args: object, target: string, key: string])[] = [
  [{}, '/a/b?x=/y', '/a/b'],
  [{}, '//a//b', '//a//b'],
  [{}, '/?', '/'],
  [{}, 'http://h/a?c', 'http://h/a'],
  [{ whole: true }, '/a/b?x=/y', '/a/b?x=/y'],
  [{ len: 3 }, '/a', '/a'],
  [{ len: 3 }, '/a?b', '/a'],
  [{ len: 3 }, '/abcd', '/ab'],
  [{ depth: 1 }, '/a/b/c', '/a'],
  [{ depth: 1 }, '//a', '/'],
  [{ depth: 1 }, 'http://h/a', 'http:/'],
  [{ depth: 2 }, '/a/b/', '/a/b'],
  [{ depth: 3 }, '/a/b', '/a/b'],
  [{ whole: true, depth: 2 }, '/a?b', '/a?b'],
  [{ len: 4, depth: 2 }, '/a/b/c', '/a/b'],
  [{ 'path-only': true }, 'http://h/a/b?c', '/a/b'],
  [{ 'path-only': true }, 'http://h', ''],
  [{ 'path-only': true, whole: true }, 'http://h/a?c=d', '/a?c=d'],
  [{ 'path-only': true, depth: 1 }, 'http://h/a/b', '/a'],
];

for (const [args, target, key] of URIS) {
  test(`uri with ${JSON.stringify(args)} hashes '${key}' of ${target}`, () => {
    const balancer = balancerOf('uri', { whole: false, 'path-only': false, ...args });
    assertKey(balancer, createStream({ request: get(target) }), key);
  });
}

test('uri hashes the target that a rule has put in the place of the first', () => {
  const stream = createStream({ request: get('/before') });
  stream.request!.replacedTarget = '/after?q';
  assertKey(balancerOf('uri', {}), stream, '/after');
});

const PARAMS: readonly (readonly [target: string, key: string | null])[] = [
  ['/?id=abc', 'abc'],
  ['/?x=1&id=abc&y=2', 'abc'],
  ['/?idx=1&id=zz', 'zz'],
  ['/?id=', ''],
  ['/?id', null],
  ['/?id=a;id=b', 'a;id=b'],
  ['/?a=1;id=5', null],
  ['/?ID=q', null],
  ['/x?b=?id=7', null],
  ['/?id==x', '=x'],
  ['/?', null],
  ['/?&id=2', '2'],
  ['/?x&id=3', '3'],
  ['/?xid=4', null],
  ['/a;id=5?b=1', null],
];

for (const [target, key] of PARAMS) {
  test(`url_param id of ${target} is ${key === null ? 'none' : `'${key}'`}`, () => {
    assertKey(balancerOf('url_param', { param: 'id' }), createStream({ request: get(target) }), key);
  });
}

const FIELDS: readonly (readonly [lines: string, key: string | null])[] = [
  ['x: abc\r\n', 'abc'],
  ['x: a,b\r\n', 'a'],
  ['x: a , b\r\n', 'a'],
  ['X: one\r\nx: two\r\n', 'one'],
  ['x:\r\nx: z\r\n', null],
  ['x: ,b\r\n', null],
  ['x: "a,b",c\r\n', '"a,b"'],
  ['x: "a\\",b",c\r\n', '"a\\",b"'],
  ['x:   pad  \r\n', 'pad'],
  ['', null],
];

for (const [lines, key] of FIELDS) {
  test(`hdr(x) of ${JSON.stringify(lines)} is ${key === null ? 'none' : `'${key}'`}`, () => {
    const stream = createStream({ request: get('/', lines) });
    assertKey(balancerOf('hdr', { name: 'X', use_domain_only: false }), stream, key);
  });
}

test('hdr sees the values that rules have set', () => {
  const balancer = balancerOf('hdr', { name: 'x', use_domain_only: false });
  const replaced = createStream({ request: get('/', 'x: before\r\n') });
  replaced.request!.replaceRow(replaced.request!.findRow(0, 'x'), 'after,more');
  assertKey(balancer, replaced, 'after');
  const added = createStream({ request: get('/') });
  added.request!.add('x', 'new');
  assertKey(balancer, added, 'new');
  added.request!.remove(0, 'x');
  assertKey(balancer, added, null);
});

const DOMAINS = [
  ['haproxy.1wt.eu', '1wt'],
  ['www.example.com:80', 'example'],
  ['example.com', 'example'],
  ['localhost', 'localhost'],
  ['a.b.c.d', 'c'],
  ['.com', '.com'],
  ['com.', 'com'],
  ['a..b', 'a.'],
  ['..a', '.'],
  ['x..y.z', 'y'],
  ['ab..cd', 'ab.'],
  ['....a', '.'],
] as const;

for (const [name, key] of DOMAINS) {
  test(`hdr(x) use_domain_only takes '${key}' of ${name}`, () => {
    const stream = createStream({ request: get('/', `x: ${name}\r\n`) });
    assertKey(balancerOf('hdr', { name: 'x', use_domain_only: true }), stream, key);
  });
}

test('hash takes the value of its expression, and its text where there is no function', () => {
  const types: string[] = [];
  const settings = (value: string | undefined): BalanceSettings => ({
    compileExpression: (_model, type) => {
      types.push(type);
      return () => value;
    },
  });
  assertKey(balancerOf('hash', { sample: {} }, settings('\x00\xff')), createStream(), '\x00\xff');
  assertKey(balancerOf('hash', { sample: {} }, settings(undefined)), createStream(), null);
  const none = balancerOf(
    'hash',
    { sample: {} },
    { ...settings('700'), hashType: { ...DJB2, function: 'none' } },
  );
  assert.equal(none.pick(createStream(), SERVERS, -1), 700 % 509);
  assert.deepEqual(types, ['bin', 'bin', 'str']);
});

/** A connection request of a Remote Desktop client. */
function rdp(cookie: string): Buffer {
  const head = Buffer.from([3, 0, 0, 0, 0, 0xe0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from(cookie, 'latin1')]);
}

const COOKIES: readonly (readonly [bytes: Buffer, key: string | null])[] = [
  [rdp('Cookie: mstshash=user\r\n'), 'user'],
  [rdp('Cookie: MSTSHASH=user\r\n\x01\x00'), 'user'],
  [rdp('Cookie: other=user\r\n'), null],
  [rdp('Cookie: mstshash=cut off'), null],
  [rdp('Biscuit: mstshash=user\r\n'), null],
  [Buffer.from('GET / HTTP/1.1\r\n\r\n'), null],
  [Buffer.alloc(0), null],
];

for (const [bytes, key] of COOKIES) {
  test(`rdp-cookie of ${JSON.stringify(bytes.latin1Slice())} is ${key ?? 'none'}`, () => {
    assertKey(balancerOf('rdp-cookie', { name: 'mstshash' }), createStream({ requestBytes: bytes }), key);
  });
}

test('without a request, as in TCP mode, requests take turns', () => {
  for (const [name, args] of [
    ['uri', {}],
    ['url_param', { param: 'id' }],
    ['hdr', { name: 'x', use_domain_only: false }],
    ['rdp-cookie', { name: 'mstshash' }],
  ] as const)
    assertKey(balancerOf(name, args), createStream(), null);
});
