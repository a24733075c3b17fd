/** Every algorithm that chooses by a key, request by request beside HAProxy: the same configuration, the same choices. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { type BalanceCase, NumberedOrigins, playBalance } from './balance-programs.ts';

/** Small numbers of a fixed course. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789-_.~%20/////;=&&??+';

/** Texts of many lengths. */
function texts(count: number, seed: number): string[] {
  const below = numbersFrom(seed);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: i % 40 }, () => LETTERS[below(LETTERS.length)]).join(''),
  );
}

const get = (target: string, ...lines: readonly string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: www.example.org', ...lines].join('\r\n');

const URIS = [
  ...texts(110, 3).map((text) => get(`/${text}`)),
  ...['/', '//a//b', '/a/', '/?', '/a?b/c', 'http://h.example/a/b?c=/d', 'http://h.example'].map((uri) =>
    uri.startsWith('/') ? get(uri) : get(uri).replace('www.example.org', 'h.example'),
  ),
  get('*').replace('GET', 'OPTIONS'),
];
const PARAMS = [
  ...texts(90, 5).map((text, i) => get(`/p${'/x'.repeat(i % 3)}?a=1&id=${text}`)),
  ...['/', '/?', '/?id', '/?id=', '/?ID=q', '/?xid=4', '/?x&id=3', '/?&id=2', '/?id==x', '/?id=a;id=b'].map(
    (uri) => get(uri),
  ),
  ...['/?a=1;id=5', '/x?b=?id=7', '/?id=a/b', '/a;id=5?b=1', '/?idx=1&id=zz'].map((uri) => get(uri)),
];
const HEADERS = [
  ...texts(90, 9).map((text) => get('/', `X-Key: ${text}`)),
  ...['a,b', '', ' ', ',b', '"a,b",c', '"a\\",b",c', '  pad  ', 'a , b', 'ABC'].map((value) =>
    get('/', `x-key: ${value}`),
  ),
  get('/'),
  get('/', 'x-key: one', 'x-key: two'),
  get('/', 'x-key:', 'x-key: z'),
];
const HOSTS = [
  ...'haproxy.1wt.eu www.example.com www.Example.com:80 localhost a.b.c.d 1.2.3.4 .com com. a..b [::1]:80 a.b:c.d'.split(
    ' ',
  ),
  ...'..a a...b .. . .a x..y.z x...z ..z a. .a. a.b. ab..cd .ab.cd abc. ... ....a'.split(' '),
  // HAProxy 2.6 looks at the byte behind the name too, left over from a longer one: so none comes before a shorter.
  ...texts(80, 21)
    .map((text) => text.replace(/[^a-zA-Z0-9]/g, '.') || 'x')
    .sort((one, other) => one.length - other.length),
].map((host) => `GET / HTTP/1.1\r\nHost: ${host}`);

const KEYS: readonly (readonly [balance: string, requests: readonly string[]])[] = [
  ['uri', URIS],
  ['uri whole', URIS],
  ['uri len 3', URIS],
  ['uri depth 1', URIS],
  ['uri len 12 depth 3', URIS],
  ['uri path-only', URIS],
  ['uri path-only whole depth 2', URIS],
  ['url_param id', PARAMS],
  ['hdr(X-Key)', HEADERS],
  ['hdr(host)', HOSTS],
  ['hdr(Host) use_domain_only', HOSTS],
  ['hash req.hdr(x-key),lower', HEADERS],
  ['hash path,length', URIS],
];

const SEVEN = Array.from({ length: 7 }, () => '');
const UNEQUAL = ['weight 3', 'weight 1', 'weight 8', 'weight 5 id 77'];

const cases: (BalanceCase & { readonly name: string })[] = [];
for (const [balance, requests] of KEYS) {
  const steps = [{ requests }];
  cases.push({ name: `${balance} among equal servers`, balance, servers: SEVEN, steps });
  cases.push({
    name: `${balance} on the ring`,
    balance,
    lines: ['hash-type consistent djb2'],
    servers: UNEQUAL,
    steps,
  });
}
const FUNCTIONS = ['sdbm', 'djb2', 'crc32'].flatMap((name) => [name, `${name} avalanche`]);
for (const type of [
  'map-based',
  'consistent',
  ...FUNCTIONS.flatMap((name) => [`map-based ${name}`, `consistent ${name}`]),
]) {
  const isRing = type.startsWith('consistent');
  cases.push({
    name: `hash-type ${type} through changes of states and weights`,
    balance: 'hash req.hdr(x-key)',
    lines: [`hash-type ${type}`],
    servers: [...UNEQUAL, 'weight 2 backup', 'weight 3 backup'],
    steps: [
      { requests: HEADERS.slice(0, 100) },
      { command: 'disable server main/s0' },
      { requests: HEADERS.slice(0, 60) },
      { command: isRing ? 'set server main/s2 weight 250' : 'set server main/s2 weight 0' },
      { requests: HEADERS.slice(0, 60) },
      { command: 'set server main/s2 weight 100%' },
      { command: 'enable server main/s0' },
      { requests: HEADERS.slice(0, 60) },
      ...[0, 1, 2, 3].map((server) => ({ command: `disable server main/s${server}` })),
      { requests: HEADERS.slice(0, 20) },
    ],
  });
  cases.push({
    name: `hash-type ${type} with all backups`,
    balance: 'hash req.hdr(x-key)',
    lines: [`hash-type ${type}`, 'option allbackups'],
    servers: ['disabled', 'backup', 'backup weight 7', 'backup weight 3'],
    steps: [{ requests: HEADERS.slice(0, 80) }],
  });
}

describe('balancing by a key beside HAProxy', { skip: skipUnless('haproxy') }, () => {
  let origins: NumberedOrigins;
  before(async () => {
    origins = await NumberedOrigins.start(7);
  });
  after(() => origins.stop());
  for (const { name, ...one } of cases) {
    test(`${name} chooses as HAProxy`, async () => {
      const expected = await playBalance('haproxy', one, origins.ports);
      assert.deepEqual(await playBalance('fairlead', one, origins.ports), expected);
      assert.ok(!expected.join(' ').includes('400'), 'HAProxy refused a request of the test');
    });
  }
});
