import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineBuffer } from '../../../src/bytes/line-buffer.ts';

test('what is written stands one behind the other', () => {
  const line = new LineBuffer(100);
  line.text('a');
  line.byte(0x3a);
  line.int(42);
  line.copy(Buffer.from('xyz'), 1, 3);
  line.threeDigits(7);
  assert.equal(line.toText(), 'a:42yz007');
});

test('texts are byte strings, short and long ones alike', () => {
  const line = new LineBuffer(200);
  const long = '\xe9'.repeat(60);
  line.text('\xff');
  line.text(long);
  assert.equal(line.toText(), `\xff${long}`);
  assert.equal(line.length, 61);
});

for (const [value, text] of [
  [0, '0'],
  [9, '9'],
  [10, '10'],
  [-1, '-1'],
  [-250, '-250'],
  [3.9, '3'],
  [-0.5, '0'],
  [999_999_999, '999999999'],
  [2 ** 31 - 1, '2147483647'],
  [2 ** 31, '2147483648'],
  [2 ** 53, '9007199254740992'],
  [-(2 ** 40), '-1099511627776'],
] as const) {
  test(`the number ${value} is ${text}`, () => {
    const line = new LineBuffer(30);
    line.int(value);
    assert.equal(line.toText(), text);
  });
}

test('three digits keep their zeros', () => {
  for (const [value, text] of [
    [0, '000'],
    [9, '009'],
    [10, '010'],
    [99, '099'],
    [100, '100'],
    [999, '999'],
  ] as const) {
    const line = new LineBuffer(3);
    line.threeDigits(value);
    assert.equal(line.toText(), text);
  }
});

test('what does not fit is cut, whatever writes it, and nothing follows it', () => {
  const writes: readonly ((line: LineBuffer) => void)[] = [
    (line) => line.text('abcdefgh'),
    (line) => line.text('abcdefgh'.repeat(10)),
    (line) => line.int(12_345_678),
    (line) => line.copy(Buffer.from('abcdefgh'), 0, 8),
  ];
  for (const write of writes) {
    const line = new LineBuffer(5);
    write(line);
    write(line);
    line.byte(0x21);
    line.separator();
    assert.equal(line.length, 5);
    assert.ok(line.isFull);
    assert.match(line.toText(), /^(abcde|12345)$/);
  }
});

test('clear begins a line with a limit of its own, at most the capacity', () => {
  const line = new LineBuffer(10);
  line.text('0123456789');
  line.clear(4);
  line.text('abcdefgh');
  assert.equal(line.toText(), 'abcd');
  line.clear(50);
  line.text('0123456789ab');
  assert.equal(line.toText(), '0123456789');
});

test('separators merge, and none stands at the beginning', () => {
  const line = new LineBuffer(50);
  line.separator();
  line.separator();
  line.text('a');
  line.separator();
  line.text('');
  line.separator();
  line.text('b');
  line.separator();
  assert.equal(line.toText(), 'a b ');
});

test('a blank that is written as text does not count as a separator', () => {
  const line = new LineBuffer(50);
  line.text('a ');
  line.separator();
  line.text('b');
  assert.equal(line.toText(), 'a  b');
});
