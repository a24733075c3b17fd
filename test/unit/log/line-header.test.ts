import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { LineBuffer } from '../../../src/bytes/line-buffer.ts';
import { compileHeader, type HeaderFacts, type LineFormat } from '../../../src/log/line-header.ts';

const MOMENT = Date.UTC(2026, 10, 3, 15, 5, 41, 372);
const FACTS: HeaderFacts = { facility: 16, tag: 'haproxy', pid: 123, hostName: '' };

function header(format: LineFormat | null, facts: Partial<HeaderFacts> = {}, level = 6): string {
  const out = new LineBuffer(200);
  compileHeader(format, { ...FACTS, ...facts })(out, level, MOMENT);
  return out.toText();
}

describe('the header of a log line', () => {
  before(() => {
    process.env['TZ'] = 'UTC';
  });

  for (const [format, plain, named] of [
    ['rfc3164', '<134>Nov  3 15:05:41 localhost haproxy[123]: ', '<134>Nov  3 15:05:41 vm.a haproxy[123]: '],
    ['local', '<134>Nov  3 15:05:41 haproxy[123]: ', '<134>Nov  3 15:05:41 haproxy[123]: '],
    [null, '<134>Nov  3 15:05:41 haproxy[123]: ', '<134>Nov  3 15:05:41 vm.a haproxy[123]: '],
    [
      'rfc5424',
      '<134>1 2026-11-03T15:05:41.372000+00:00 - haproxy 123 - ',
      '<134>1 2026-11-03T15:05:41.372000+00:00 vm.a haproxy 123 - ',
    ],
    ['priority', '<134>', '<134>'],
    ['short', '<6>', '<6>'],
    ['timed', '<6>2026-11-03T15:05:41.372000+00:00 ', '<6>2026-11-03T15:05:41.372000+00:00 '],
    ['iso', '2026-11-03T15:05:41.372000+00:00 ', '2026-11-03T15:05:41.372000+00:00 '],
    ['raw', '', ''],
  ] as const) {
    it(`of format ${format ?? 'by default'} is HAProxy's, without and with log-send-hostname`, () => {
      assert.equal(header(format), plain);
      assert.equal(header(format, { hostName: 'vm.a' }), named);
    });
  }

  it('counts facility and level into the priority', () => {
    assert.equal(header('priority', { facility: 0 }, 0), '<0>');
    assert.equal(header('priority', { facility: 23 }, 7), '<191>');
    assert.equal(header('short', { facility: 23 }, 3), '<3>');
  });

  it('has the bytes of a tag that is not ASCII', () => {
    assert.equal(header('local', { tag: 'é\udcff' }), '<134>Nov  3 15:05:41 \xc3\xa9\xff[123]: ');
  });
});
