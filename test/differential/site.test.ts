/**
 * The ordinary site of test/config/site.cfg, unchanged but for its addresses, through HAProxy and Fairlead: the same
 * answers, the same requests to the origins, the same health checks, the same log lines.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PROJECT_ROOT, skipUnless } from '../support/oracle.ts';
import { Arena, type ArenaOptions } from '../support/programs/arena.ts';
import { type Case, closes, request, response, staysOpen } from '../support/programs/exchanges.ts';
import { reservedPort } from '../support/programs/listening-sockets.ts';
import type { Reply } from '../support/programs/scripted-origin.ts';
import { playSideBySide } from '../support/programs/side-by-side.ts';

const SITE = readFileSync(join(PROJECT_ROOT, 'test/config/site.cfg'), 'utf8');

/** The site's origins by the port that its file gives them. */
const ORIGIN_PORTS: { readonly [port: string]: string } = {
  '19001': 'web1',
  '19002': 'web2',
  '19003': 'spare',
  '19011': 'api1',
  '19012': 'api2',
  '19021': 'static1',
  '19031': 'shop1',
  '19032': 'shop1',
  '19033': 'shop2',
  '19041': 'db1',
  '19042': 'db2',
};

const LISTENERS = { '18080': 'www', '18081': 'admin', '15432': 'database' } as const;

const unused = [reservedPort(), reservedPort()] as const;

/** Puts the test's own addresses in place of the file's. */
function siteConfig(ports: { readonly [name: string]: number }): string {
  let text = SITE.replace('127.0.0.1:10514', `127.0.0.1:${ports['log']}`)
    .replace(/^.*\/dev\/log.*\n/m, '')
    .replace(/^ *stats socket.*\n/m, '')
    .replace('127.0.0.1:18443-18444', `127.0.0.1:${unused[0].port}`);
  for (const [port, name] of Object.entries(LISTENERS))
    text = text.replace(`127.0.0.1:${port}`, `"fd@\${${name}}"`);
  for (const [port, name] of Object.entries(ORIGIN_PORTS))
    text = text.replaceAll(new RegExp(`(127\\.0\\.0\\.1:|port )${port}\\b`, 'g'), `$1${ports[name]}`);
  return text;
}

/** An origin that says who it is. */
function origin(name: string): { readonly [target: string]: Reply } {
  return {
    '*': response('200 OK', `from ${name}`, [
      'Server: secret',
      'X-Powered-By: test',
      'Cache-Control: private',
    ]),
    '/health': response('204 No Content'),
    '/alive': response('200 OK'),
    '/probe': response('200 OK', 'probe'),
    '/missing': response('404 Not Found', 'nothing here'),
    '/api/chunked': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmore\r\n0\r\n\r\n',
    '/api/created': response('201 Created', '{}', [
      'Location: /api/things/1',
      'Content-Type: application/json',
    ]),
    '/api/broken': 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n<close>',
    '/old': 'HTTP/1.0 200 OK\r\n\r\nvery old<close>',
    '/assets/not-modified.css': 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',
    '/assets/big.js': response('200 OK', 'x'.repeat(100_000)),
  };
}

const options: ArenaOptions = {
  listeners: Object.values(LISTENERS),
  origins: Object.fromEntries([...new Set(Object.values(ORIGIN_PORTS))].map((name) => [name, origin(name)])),
  config: siteConfig,
};

const shop = ['Host: shop.example.com'];

function get(path: string, host = 'www.example.com', fields: readonly string[] = []): string {
  return [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...fields, '', ''].join('\r\n');
}

/** Requests in the order in which a round of clients might send them; round robin makes the order matter. */
const cases: Case[] = [
  ...['/', '/', '/', '/page?a=1&b=%2F', '/missing'].map((path, i) =>
    staysOpen(`page ${i + 1}, ${path}, by weight to the web servers`, { to: 'www', bytes: get(path) }),
  ),
  staysOpen('HEAD', { to: 'www', bytes: 'HEAD /probe HTTP/1.1\r\nHost: www\r\n\r\n', heads: [0] }),
  staysOpen('a form', {
    to: 'www',
    bytes: request(
      'POST /form',
      ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 7'],
      'a=1&b=2',
    ),
  }),
  staysOpen('a PUT in chunks', {
    to: 'www',
    bytes: request('PUT /file', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
  }),
  ...['/api/things', '/v1/things', '/api/chunked', '/api/created'].map((path) =>
    staysOpen(`${path} by leastconn`, { to: 'www', bytes: get(path) }),
  ),
  staysOpen('an API server that answers nonsense', { to: 'www', bytes: get('/api/broken') }),
  staysOpen('a DELETE', { to: 'www', bytes: request('DELETE /api/things/1') }),
  ...[
    '/style.css',
    '/app.js',
    '/logo.png',
    '/assets/font.woff',
    '/assets/not-modified.css',
    '/assets/big.js',
  ].map((path) =>
    staysOpen(`the static file ${path}, whose backend closes its side`, { to: 'www', bytes: get(path) }),
  ),
  staysOpen('OPTIONS goes to the static backend', { to: 'www', bytes: request('OPTIONS /any') }),
  staysOpen('the shop redirects its root', { to: 'www', bytes: get('/', 'shop.example.com') }),
  staysOpen('the shop, by its name in other letters', {
    to: 'www',
    bytes: get('/shop/', 'SHOP.example.com'),
  }),
  staysOpen('the shop, again, by source', { to: 'www', bytes: get('/shop/cart', 'shop.example.com') }),
  staysOpen('the shop with a forged address', {
    to: 'www',
    bytes: ['GET /shop/ HTTP/1.1', ...shop, 'X-Client-IP: 1.2.3.4', 'X-Forwarded-For: 5.6.7.8', '', ''].join(
      '\r\n',
    ),
  }),
  staysOpen('what is internal is denied', { to: 'www', bytes: get('/internal/metrics') }),
  staysOpen('a forged X-Forwarded-Proto is replaced', {
    to: 'www',
    bytes: get('/', 'www', ['X-Forwarded-Proto: https', 'x-forwarded-proto: ftp']),
  }),
  staysOpen('a pipeline', { to: 'www', bytes: get('/1') + get('/2') + get('/api/3'), answers: 3 }),
  closes('HTTP/1.0', { to: 'www', bytes: 'GET /old-client HTTP/1.0\r\n\r\n' }),
  staysOpen('HTTP/1.0 with keep-alive', {
    to: 'www',
    bytes: 'GET /old-client HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  }),
  closes('Connection: close', { to: 'www', bytes: get('/', 'www', ['Connection: close']) }),
  closes('an origin of HTTP/1.0', { to: 'www', bytes: get('/old') }),
  closes('a bad request', { to: 'www', bytes: 'GET / HTTP/1.1\r\nno colon\r\n\r\n' }),
  closes('a head that is too big', { to: 'www', bytes: get('/', 'www', [`X: ${'y'.repeat(17_000)}`]) }),
  staysOpen('the admin frontend answers by itself', { to: 'admin', bytes: get('/ping') }),
  staysOpen('the admin frontend and the web servers', { to: 'admin', bytes: get('/panel') }),
  {
    name: 'the database: bytes both ways, then the client closes',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('database');
      client.send(request('GET /probe'));
      await client.until('probe');
      client.finish();
      await client.closed();
    },
  },
  {
    name: 'the database: the server closes',
    lines: 1,
    play: async (stage) => {
      const client = stage.connect('database');
      client.send(request('GET /old'));
      await client.closed();
    },
  },
  {
    name: 'the database: a client that leaves without a word',
    lines: 0,
    play: async (stage) => {
      const client = stage.connect('database');
      client.finish();
      await client.closed();
    },
  },
];

describe('An ordinary haproxy.cfg', { skip: skipUnless('haproxy') }, () => {
  describe('gives the same with HAProxy and Fairlead:', () => {
    playSideBySide(options, cases);
  });

  describe('checks its servers', () => {
    let arenas: Arena[] = [];
    before(async () => {
      arenas = await Promise.all(
        (['haproxy', 'fairlead'] as const).map((subject) => Arena.start(subject, options)),
      );
    });
    after(() => Promise.all(arenas.map((arena) => arena.stop())));

    for (const [name, target] of [
      ['web1', '/health'],
      ['spare', '/health'],
      ['api1', '/alive'],
    ] as const) {
      test(`with the same bytes: ${name}`, async () => {
        const [expected, actual] = await Promise.all(
          arenas.map(async ({ origins }) => {
            await origins.get(name)!.arrived(target);
            const { head } = origins.get(name)!.last!;
            return head;
          }),
        );
        assert.equal(actual, expected);
        assert.notEqual(expected, '');
      });
    }
  });
});
