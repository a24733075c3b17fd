/** Every example of every log-format alias, on one stream, and what the flags make of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { samples } from '../../src/catalog.ts';
import { logAliases } from '../../src/log/aliases.ts';
import { compileLogLine } from '../../src/log/compile-log-format.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';
import { formatOf, SITE } from '../support/rules.ts';
import { createStream, endpoint } from '../support/stream-view.ts';

const STREAM: StreamView = createStream({
  request: 'GET /path?a=b HTTP/1.1\r\nHost: example.org\r\n\r\n',
  facts: {
    requestNumber: 17,
    handshakeMs: 0,
    idleMs: 7,
    requestMs: 3,
    queueMs: 0,
    connectMs: 5,
    responseMs: 20,
    dataMs: 30,
    activeMs: 58,
    totalMs: 65,
    bytesToClient: 750,
    bytesFromClient: 120,
    status: 200,
    terminationState: 'cD--',
    retries: 3,
    isRedispatched: true,
    activeConnections: 9,
    frontendConnections: 8,
    backendConnections: 7,
    serverConnections: 6,
    serverQueue: 1,
    backendQueue: 2,
    logNumber: 4,
    logOrigin: 'txn_close',
    serverSource: endpoint('203.0.113.1', 40000),
    serverDestination: endpoint('203.0.113.9', 8000),
    capturedRequestHeaders: ['shop', null],
    capturedResponseHeaders: ['a|b'],
  },
});

function lineOf(text: string, stream: StreamView = STREAM): string {
  const out = new LineBuffer(4096);
  compileLogLine(formatOf(text, 'log line'), { site: SITE, samples })(stream, out);
  return out.toText();
}

/** They tell local time: what they print depends on the zone. */
const LOCAL_DATES = ['t', 'Tl', 'tr', 'trl'];

describe('log-format aliases', () => {
  for (const alias of logAliases) {
    it(`%${alias.name} prints what its examples say`, () => {
      if (!LOCAL_DATES.includes(alias.name)) assert.ok(alias.examples.length > 0, 'it has an example');
      for (const { text, result } of alias.examples) assert.equal(lineOf(text), result, text);
    });
  }

  it('of local dates print the process’s zone', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Kolkata';
    try {
      assert.equal(lineOf('%t|%tr'), '15/Nov/2023:03:43:20.000|15/Nov/2023:03:43:20.000');
      assert.equal(lineOf('%Tl|%trl'), '15/Nov/2023:03:43:20 +0530|15/Nov/2023:03:43:20 +0530');
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('are those of the table in manual section 8.2.6, but for %o, which sets flags', () => {
    const table =
      'B CC CS H HM HP HPO HQ HU HV ID OG ST T TR Ta Tc Td Th Ti Tl Tq Tr Ts Tt Tu Tw U ac b bc bi bp bq ci cp f fc fi fp ft hr hrl hs hsl lc ms pid r rc rt s sc si sp sq sslc sslv t tr trg trl ts tsc';
    assert.deepEqual(logAliases.map(({ name }) => name).sort(), table.split(' '));
  });

  it('of requests are those that HAProxy refuses in TCP mode', () => {
    const names = logAliases.filter(({ isHttpOnly }) => isHttpOnly).map(({ name }) => name);
    assert.deepEqual(names.sort(), 'CC CS HM HP HPO HQ HU HV TR Ta Ti Tq Tr r tr trg trl'.split(' '));
  });

  it('that are numbers print -1 for what was never reached', () => {
    const stream = createStream({
      facts: { requestMs: -1, queueMs: -1, connectMs: -1, responseMs: -1, dataMs: -1, status: -1 },
    });
    assert.equal(lineOf('%TR/%Tq/%Tw/%Tc/%Tr/%Td %ST', stream), '-1/-1/-1/-1/-1/-1 -1');
  });

  it('of the server connection print - before there was one, quoted an empty pair', () => {
    const stream = createStream();
    assert.equal(lineOf('%bi:%bp %si:%sp %{+Q}bi %{+Q}bp %{+X}si', stream), '-:- -:- "" "" -');
  });

  it('of unix sockets print unix and the number of the listener', () => {
    const stream = createStream({ source: endpoint('unix'), destination: endpoint('unix') });
    assert.equal(lineOf('%ci:%cp %fi:%fp %{+X}ci', stream), 'unix:1 unix:1 unix');
  });

  it('print IPv6 addresses as they are, and their bytes with the flag X', () => {
    const stream = createStream({ source: endpoint('2001:db8::1', 80) });
    assert.equal(lineOf('%ci %{+X}ci', stream), '2001:db8::1 20010DB8000000000000000000000001');
  });

  it('of the request are <BADREQ> when there was none', () => {
    const stream = createStream();
    assert.equal(
      lineOf('%r|%{+Q}r|%HM|%HU|%HP|%HPO|%HQ|%HV', stream),
      '<BADREQ>|"<BADREQ>"|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>',
    );
  });

  for (const [target, expected] of [
    ['*', '*|*||'],
    ['http://example.org', 'http://example.org|http://example.org||'],
    ['http://example.org/a?b?c', 'http://example.org/a?b?c|http://example.org/a|/a|?b?c'],
    ['/', '/|/|/|'],
    ['/a?', '/a?|/a|/a|?'],
  ] as const) {
    it(`take the target ${target} apart`, () => {
      const stream = createStream({ request: `OPTIONS ${target} HTTP/1.1\r\nHost: example.org\r\n\r\n` });
      assert.equal(lineOf('%HU|%HP|%HPO|%HQ', stream), expected);
    });
  }

  it('tell the target without the default port that parsing takes away', () => {
    const stream = createStream({ request: 'GET http://a:80/b HTTP/1.1\r\nHost: a:80\r\n\r\n' });
    assert.equal(lineOf('%r %HU', stream), 'GET http://a/b HTTP/1.1 http://a/b');
  });

  it('tell the request as the client sent it, whatever rules made of it', () => {
    const stream = createStream({ request: 'GET /old HTTP/1.1\r\nHost: a\r\n\r\n' });
    stream.request!.replacedTarget = '/new';
    stream.request!.replacedMethod = 'POST';
    assert.equal(lineOf('%r', stream), 'GET /old HTTP/1.1');
  });

  it('cut the request line where tune.http.logurilen says, and its parts with it', () => {
    const request = (length: number) => ({
      request: `GET /${'x'.repeat(length)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    });
    assert.equal(lineOf('%r', createStream(request(1009))).length, 1023);
    assert.match(lineOf('%r', createStream(request(1009))), / HTTP\/1\.1$/);
    assert.match(lineOf('%r|%HV', createStream(request(1010))), /x HTTP\/1\.\|HTTP\/1\.$/);
    assert.match(lineOf('%r|%HV', createStream(request(1017))), /x \|HTTP\/0\.9$/);
    assert.match(lineOf('%r|%HV', createStream(request(1018))), /x\|HTTP\/0\.9$/);
    assert.equal(lineOf('%HU', createStream(request(3000))).length, 1019);
  });

  it('replace what is unsafe in a line by #XX', () => {
    const stream = createStream({
      request: 'GET /a]\\|{} HTTP/1.1\r\nHost: a\r\n\r\n',
      facts: { capturedRequestHeaders: ['a"b#c{d|e}\x01\xe9 f'] },
    });
    assert.equal(lineOf('%HU', stream), '/a]\\|{}');
    assert.equal(lineOf('%{+E}HU', stream), '/a\\]\\\\|{}');
    assert.equal(lineOf('%hr', stream), '{a#22b#23c#7Bd#7Ce#7D#01#E9 f}');
  });

  it('of captures print nothing without captures', () => {
    assert.equal(lineOf('a%{+Q}hr%hs%{+Q}hrl%hsl', createStream()), 'a');
  });

  it('that still grow have a plus sign in a line that is written early', () => {
    const out = new LineBuffer(200);
    const format = formatOf('%Ta %Tt %Tu %B %U %Tr', 'log line');
    compileLogLine(format, { site: { ...SITE, isEarly: true }, samples })(STREAM, out);
    assert.equal(out.toText(), '+58 +65 +58 +750 120 20');
  });

  it('print two letters of the state in TCP, and dashes for those of the cookie', () => {
    const stream = createStream({ facts: { terminationState: 'SC' } });
    assert.equal(lineOf('%ts %tsc', stream), 'SC SC--');
  });
});
