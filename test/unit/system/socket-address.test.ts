import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  abstractSocketPath,
  ipSocketAddress,
  unixSocketAddress,
} from '../../../src/system/socket-address.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'the layout of Linux' };

test('an IPv4 address is family, port, address and eight zeros', onLinux, () => {
  assert.equal(ipSocketAddress('127.0.0.1', 514).bytes.toString('hex'), '020002027f0000010000000000000000');
});

const IPV6: readonly (readonly [string, string])[] = [
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['2001:db8::8:800:200c:417a', '20010db80000000000080800200c417a'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['fe80::', 'fe800000000000000000000000000000'],
  ['::ffff:10.1.2.3', '00000000000000000000ffff0a010203'],
];
for (const [text, hex] of IPV6) {
  test(`${text} is written in network order`, onLinux, () => {
    const { bytes, family } = ipSocketAddress(text, 1);
    assert.equal(family, 10);
    assert.equal(bytes.toString('hex'), `0a00000100000000${hex}00000000`);
  });
}

for (const host of ['localhost', '', '1.2.3', '256.0.0.1', 'fe80::1%eth0', '::1::', '[::1]']) {
  test(`'${host}' is refused`, () => {
    assert.throws(() => ipSocketAddress(host, 1), RangeError);
  });
}

for (const port of [-1, 65536, 1.5, Number.NaN]) {
  test(`port ${port} is refused`, () => {
    assert.throws(() => ipSocketAddress('127.0.0.1', port), RangeError);
  });
}

test('a path is ended by NUL, an abstract name is not', onLinux, () => {
  assert.equal(unixSocketAddress('/a').bytes.toString('latin1'), '\x01\0/a\0');
  assert.equal(unixSocketAddress('\0a').bytes.toString('latin1'), '\x01\0\0a');
});

test('names of abns are padded to the whole of sun_path, those of abnsz are not', onLinux, () => {
  assert.equal(unixSocketAddress(abstractSocketPath('abns', 'x')).bytes.length, 110);
  assert.equal(abstractSocketPath('abnsz', 'x'), '\0x');
});

test('paths that do not fit are refused, the longest that fits is taken', onLinux, () => {
  assert.equal(unixSocketAddress('x'.repeat(107)).bytes.length, 110);
  assert.throws(() => unixSocketAddress('x'.repeat(108)), { message: /1 to 107 bytes/ });
  assert.equal(unixSocketAddress(`\0${'x'.repeat(107)}`).bytes.length, 110);
  assert.throws(() => unixSocketAddress(`\0${'x'.repeat(108)}`), RangeError);
  assert.throws(() => unixSocketAddress(''), RangeError);
  assert.throws(() => unixSocketAddress('a\0b'), { message: /NUL/ });
});
