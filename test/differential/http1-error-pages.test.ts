/** Error pages and reason phrases against a real HAProxy. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closesBehind, ERROR_PAGE_STATUSES, errorPage } from '../../src/http/error-pages.ts';
import { reasonOf } from '../../src/http/status.ts';
import { Http1Oracle, oracleMissing } from './http1-oracle.ts';

const ALL = Array.from({ length: 400 }, (_, i) => 200 + i);
let oracle: Http1Oracle;

describe('error pages and reasons as HAProxy has them', { skip: oracleMissing }, () => {
  before(async () => {
    oracle = await Http1Oracle.start([
      ...ERROR_PAGE_STATUSES.map(
        (status) => `http-request return status ${status} default-errorfiles if { path /page/${status} }`,
      ),
      ...ALL.map((status) => `http-request return status ${status} if { path /reason/${status} }`),
    ]);
  });
  after(() => oracle.stop());

  for (const status of ERROR_PAGE_STATUSES) {
    test(`the page of ${status} is HAProxy's`, async () => {
      const page = errorPage(status);
      const lines = page.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
      const close = closesBehind(status) ? 'connection: close\r\n' : '';
      const expected = `HTTP/1.1 ${status} ${page.reason}\r\n${lines}${close}\r\n${page.body.toString('latin1')}`;
      assert.equal(await oracle.exchange(`GET /page/${status} HTTP/1.1\r\n\r\n`), expected);
    });
  }

  test('reason phrases of all statuses are HAProxy’s', async () => {
    const requests = ALL.map((status) => `GET /reason/${status} HTTP/1.1\r\n\r\n`);
    const answers: string[] = [];
    for (let i = 0; i < requests.length; i += 40)
      answers.push(await oracle.exchange(requests.slice(i, i + 40).join('')));
    const theirs = [...answers.join('').matchAll(/^HTTP\/1\.1 (\d+) (.*)\r$/gm)].map(
      ([, status, reason]) => `${status} ${reason}`,
    );
    assert.deepEqual(
      theirs,
      ALL.map((status) => `${status} ${reasonOf(status)}`),
    );
  });

  test('a request that cannot be parsed is answered with the page’s own bytes', async () => {
    assert.equal(await oracle.exchange('broken\r\n\r\n'), errorPage(400).bytes.toString('latin1'));
    assert.equal(
      await oracle.exchange('POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'),
      errorPage(422).bytes.toString('latin1'),
    );
    assert.equal(
      await oracle.exchange('GET / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx'),
      errorPage(413).bytes.toString('latin1'),
    );
    assert.equal(await oracle.exchange('GET /'), errorPage(408).bytes.toString('latin1'));
  });
});
