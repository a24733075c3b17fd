import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIp } from '../../../src/net/ip.ts';
import { findCast, SAME } from '../../../src/sample/cast.ts';
import {
  fitInteger,
  INT64_MAX,
  INT64_MIN,
  leadingInteger,
  wholeInteger,
} from '../../../src/sample/integer.ts';
import type { SampleType, SampleValue } from '../../../src/sample/sample.ts';

const v4 = parseIp('1.2.3.4')!;
const v6 = parseIp('2001:db8::1')!;
const mapped = parseIp('::ffff:1.2.3.4')!;
const NONE = Symbol('no cast');

/** Type and value, then the value in bool, sint, addr, str and bin; NONE where no cast exists, undefined where it fails. */
const rows: readonly (readonly [SampleType, SampleValue, ...unknown[]])[] = [
  ['bool', true, true, 1, NONE, '1', '\0\0\0\0\0\0\0\x01'],
  ['bool', false, false, 0, NONE, '0', '\0\0\0\0\0\0\0\0'],
  ['sint', 5, true, 5, { v4: 5, v6: '' }, '5', '\0\0\0\0\0\0\0\x05'],
  ['sint', -1, true, -1, { v4: 0xffffffff, v6: '' }, '-1', '\xff\xff\xff\xff\xff\xff\xff\xff'],
  [
    'sint',
    INT64_MAX,
    true,
    INT64_MAX,
    { v4: 0xffffffff, v6: '' },
    '9223372036854775807',
    '\x7f\xff\xff\xff\xff\xff\xff\xff',
  ],
  ['ipv4', v4, true, 0x01020304, v4, '1.2.3.4', '\x01\x02\x03\x04'],
  ['ipv6', v6, NONE, NONE, v6, '2001:db8::1', v6.v6],
  ['addr', v4, true, 0x01020304, v4, '1.2.3.4', '\x01\x02\x03\x04'],
  ['addr', v6, undefined, undefined, v6, '2001:db8::1', v6.v6],
  ['str', '12x', true, 12, undefined, '12x', '12x'],
  ['str', '', undefined, undefined, undefined, '', ''],
  ['str', 'x', false, 0, undefined, 'x', 'x'],
  ['str', '1.2.3.4', true, 1, v4, '1.2.3.4', '1.2.3.4'],
  ['bin', 'a\0b', NONE, NONE, undefined, 'a', 'a\0b'],
  ['bin', '\x01\x02\x03\x04', NONE, NONE, v4, '\x01\x02\x03\x04', '\x01\x02\x03\x04'],
  ['meth', 'GET', NONE, NONE, NONE, 'GET', 'GET'],
];

describe('casts between sample types', () => {
  for (const [type, value, ...expected] of rows) {
    it(`turn ${type} ${JSON.stringify(String(typeof value === 'object' ? JSON.stringify(value) : value))} to bool, sint, addr, str and bin`, () => {
      for (const [i, to] of (['bool', 'sint', 'addr', 'str', 'bin'] as const).entries()) {
        const cast = findCast(type, to);
        assert.deepEqual(cast === null ? NONE : cast(value), expected[i], `to ${to}`);
      }
    });
  }

  it('leave a value of the same type as it is', () => {
    for (const type of ['bool', 'sint', 'ipv4', 'ipv6', 'addr', 'str', 'bin', 'meth', 'any'] as const)
      assert.equal(findCast(type, type), SAME);
  });

  it('turn addresses from one family to the other where one stands for the other', () => {
    assert.deepEqual(findCast('ipv4', 'ipv6')!(v4), mapped);
    assert.deepEqual(findCast('ipv6', 'ipv4')!(mapped), v4);
    assert.deepEqual(findCast('ipv6', 'ipv4')!(parseIp('2002:102:304::')!), v4);
    assert.equal(findCast('ipv6', 'ipv4')!(v6), undefined);
  });

  it('look at the type of a sample that carries it', () => {
    const cast = findCast('any', 'str')!;
    assert.equal(cast({ type: 'sint', value: 5 }), '5');
    assert.equal(cast({ type: 'ipv4', value: v4 }), '1.2.3.4');
    assert.equal(findCast('any', 'addr')!({ type: 'meth', value: 'GET' }), undefined);
    assert.deepEqual(findCast('str', 'any')!('x'), { type: 'str', value: 'x' });
  });
});

describe('integers in text', () => {
  it('are read up to the first other character', () => {
    assert.deepEqual(
      ['12x', '+5', '-5', ' 1', '--5', '-', 'x', '-0', '1.5'].map(leadingInteger),
      [12, 5, -5, 0, 0, 0, 0, 0, 1],
    );
    assert.equal(leadingInteger(''), undefined);
  });

  it('are exact beyond 2^53 and saturate beyond 64 bits', () => {
    assert.equal(leadingInteger('9007199254740993'), 9007199254740993n);
    assert.equal(leadingInteger('-9223372036854775808'), INT64_MIN);
    assert.equal(leadingInteger('99999999999999999999'), INT64_MAX);
    assert.equal(leadingInteger('-99999999999999999999'), INT64_MIN);
    assert.equal(leadingInteger('0000000000000000000007'), 7);
  });

  it('are refused whole when anything else stands there', () => {
    assert.deepEqual(['5', '-5', '+5', '', '5x', ' 5', '0x5'].map(wholeInteger), [
      5,
      -5,
      5,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are numbers while safe', () => {
    assert.equal(fitInteger(9007199254740991n), 9007199254740991);
    assert.equal(fitInteger(9007199254740992n), 9007199254740992n);
    assert.equal(fitInteger(2n ** 70n), INT64_MAX);
  });
});
