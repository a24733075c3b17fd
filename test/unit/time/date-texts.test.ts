/** The expected texts have the forms that HAProxy 2.6 prints in these zones. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DateTexts } from '../../../src/time/date-texts.ts';

const zone = process.env['TZ'];
after(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const MOMENT = 1_795_444_086_986.548;

const CASES = [
  {
    zone: 'Asia/Kolkata',
    clf: '23/Nov/2026:19:58:06',
    clfLocal: '23/Nov/2026:19:58:06 +0530',
    syslog: 'Nov 23 19:58:06',
    iso: '2026-11-23T19:58:06.986548+05:30',
  },
  {
    zone: 'America/St_Johns',
    clf: '23/Nov/2026:10:58:06',
    clfLocal: '23/Nov/2026:10:58:06 -0330',
    syslog: 'Nov 23 10:58:06',
    iso: '2026-11-23T10:58:06.986548-03:30',
  },
  {
    zone: 'UTC',
    clf: '23/Nov/2026:14:28:06',
    clfLocal: '23/Nov/2026:14:28:06 +0000',
    syslog: 'Nov 23 14:28:06',
    iso: '2026-11-23T14:28:06.986548+00:00',
  },
];

for (const expected of CASES) {
  test(`dates are local in ${expected.zone}`, () => {
    process.env['TZ'] = expected.zone;
    const texts = new DateTexts();
    assert.equal(texts.clf(MOMENT), expected.clf);
    assert.equal(texts.clfLocal(MOMENT), expected.clfLocal);
    assert.equal(texts.syslog(MOMENT), expected.syslog);
    assert.equal(texts.iso(MOMENT), expected.iso);
    assert.equal(texts.clfUtc(MOMENT), '23/Nov/2026:14:28:06 +0000');
  });
}

test('a day below ten has a zero in logs and a space in syslog headers', () => {
  process.env['TZ'] = 'UTC';
  const texts = new DateTexts();
  const moment = Date.UTC(2027, 0, 3, 4, 5, 6, 7);
  assert.equal(texts.clf(moment), '03/Jan/2027:04:05:06');
  assert.equal(texts.clfUtc(moment), '03/Jan/2027:04:05:06 +0000');
  assert.equal(texts.syslog(moment), 'Jan  3 04:05:06');
  assert.equal(texts.iso(moment), '2027-01-03T04:05:06.007000+00:00');
});

test('a text kept from one second is not given for another, forward or back', () => {
  process.env['TZ'] = 'UTC';
  const texts = new DateTexts();
  const moments = [0, 999, 1000, 1999.999, 61_000, 999.5, 86_400_000, 0];
  for (const moment of moments) {
    const fresh = new DateTexts();
    assert.equal(texts.clf(moment), fresh.clf(moment));
    assert.equal(texts.iso(moment), fresh.iso(moment));
    assert.equal(texts.clf(moment), expectedClf(moment));
  }
});

/** By the way of Date's own UTC text. */
function expectedClf(moment: number): string {
  const [, day, month, year, time] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(moment).toUTCString())!;
  return `${day}/${month}/${year}:${time}`;
}
