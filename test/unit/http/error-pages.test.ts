import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  closesBehind,
  ERROR_PAGE_STATUSES,
  errorPage,
  parseErrorFile,
} from '../../../src/http/error-pages.ts';
import { HeaderId, headerIdAt, headerIdOf, headerNameOf } from '../../../src/http/header-id.ts';
import { reasonOf } from '../../../src/http/status.ts';

test('the default page for a request that cannot be parsed is HAProxy’s, byte for byte', () => {
  assert.equal(
    errorPage(400).bytes.toString('latin1'),
    'HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n' +
      '<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n',
  );
});

test('only pages that close the connection say so', () => {
  for (const status of ERROR_PAGE_STATUSES) {
    assert.equal(
      /\r\nConnection: close\r\n/.test(errorPage(status).bytes.toString('latin1')),
      closesBehind(status),
    );
  }
  assert.equal(closesBehind(408), true);
  assert.equal(closesBehind(503), false);
});

test('there are pages for the statuses that HAProxy has pages for', () => {
  assert.deepEqual(
    ERROR_PAGE_STATUSES,
    [200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504],
  );
  assert.equal(errorPage(599), errorPage(500));
});

test('each default page reads back as an error file', () => {
  for (const status of ERROR_PAGE_STATUSES) {
    const page = parseErrorFile(errorPage(status).bytes);
    assert.ok(typeof page !== 'string', String(page));
    const headers = page.headers.filter(({ name }) => name !== 'connection');
    assert.equal(headers.length < page.headers.length, closesBehind(status));
    assert.deepEqual({ ...page, headers }, errorPage(status));
  }
});

test('an error file gives status, reason, fields and body', () => {
  const file = Buffer.from('HTTP/1.0 503 Sorry now\nConnection: close\nX-A:  b \n\nbody\n', 'latin1');
  assert.deepEqual(parseErrorFile(file), {
    status: 503,
    reason: 'Sorry now',
    headers: [
      { name: 'connection', value: 'close' },
      { name: 'x-a', value: 'b' },
    ],
    body: Buffer.from('body\n'),
    bytes: file,
    version: 10,
  });
});

test('an empty error file means to close without an answer', () => {
  const page = parseErrorFile(Buffer.alloc(0));
  assert.ok(typeof page !== 'string' && page.status === 0 && page.bytes.length === 0);
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['<html>\n\n', /no status line/],
  ['HTTP/1.1 503 X\r\nA: b\r\n', /no empty line/],
  ['HTTP/1.1 103 X\r\n\r\n', /status 103/],
  ['HTTP/1.1 503 X\r\nA b: c\r\n\r\n', /no header field/],
  ['HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nabc', /says content-length 4, but its body has 3 bytes/],
  ['HTTP/1.1 503 X\r\nContent-Length: x\r\n\r\nabc', /no number/],
  ['HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /transfer-encoding/],
  [`HTTP/1.1 503 X\r\n\r\n${'x'.repeat(20_000)}`, /more than the 16384/],
  ['\0\0\0\0', /no empty line/],
];

for (const [text, reason] of WRONG) {
  test(`an error file is refused with a reason: ${JSON.stringify(text).slice(0, 50)}`, () => {
    assert.match(String(parseErrorFile(Buffer.from(text, 'latin1'))), reason);
  });
}

test('reason phrases are HAProxy’s, and no status is without one', () => {
  assert.deepEqual([200, 302, 408, 413, 502, 299, 399, 499, 599, 999].map(reasonOf), [
    'OK',
    'Moved Temporarily',
    'Request Time-out',
    'Request Entity Too Large',
    'Bad Gateway or Proxy Error',
    'Success',
    'Redirection',
    'client has closed connection',
    'Server Error',
    'Other',
  ]);
});

test('each known header name is found by its bytes, and its neighbours are not', () => {
  for (const id of Object.values(HeaderId)) {
    if (id === HeaderId.OTHER) continue;
    const name = headerNameOf(id);
    const idOf = (text: string): number => headerIdAt(Buffer.from(text, 'latin1'), 0, text.length);
    assert.equal(idOf(name), id, name);
    assert.equal(headerIdOf(name), id);
    assert.equal(idOf(`${name}x`), HeaderId.OTHER);
    assert.equal(idOf(`${name.slice(0, -1)}~`), HeaderId.OTHER);
  }
  assert.equal(headerIdAt(Buffer.alloc(40, 0x61), 0, 40), HeaderId.OTHER);
});
