import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGET_BYTE } from '../../../src/http1/bytes.ts';
import { skipTarget, skipText } from '../../../src/http1/scan.ts';

/** The plain versions. */
const plainText = (bytes: Buffer, start: number, stop: number): number => {
  for (let at = start; at < stop; at++) if (bytes[at]! <= 13) return at;
  return stop;
};
const plainTarget = (bytes: Buffer, start: number, stop: number): number => {
  for (let at = start; at < stop; at++) if (TARGET_BYTE[bytes[at]!] !== 1) return at;
  return stop;
};

test('each byte at each place and alignment ends a scan where it ends a plain one', () => {
  const memory = new ArrayBuffer(71);
  for (let offset = 0; offset < 4; offset++) {
    const bytes = Buffer.from(memory, offset, 64);
    for (let value = 0; value < 256; value++) {
      for (const place of [0, 1, 2, 3, 17, 18, 19, 20, 37, 63]) {
        bytes.fill(0x61);
        bytes[place] = value;
        bytes[63] = 10;
        for (const [start, stop] of [
          [0, 64],
          [1, 40],
          [2, 63],
          [18, 19],
          [20, 20],
        ] as const) {
          assert.equal(skipText(bytes, start, stop), plainText(bytes, start, stop));
          assert.equal(skipTarget(bytes, start, stop), plainTarget(bytes, start, stop));
        }
      }
    }
  }
});

test('buffers that take turns are each scanned in their own memory', () => {
  const texts = ['a'.repeat(30), `${'b'.repeat(20)}\r\n`, 'c'.repeat(50)].map((text) => {
    const bytes = Buffer.allocUnsafeSlow(text.length);
    bytes.latin1Write(text, 0);
    return bytes;
  });
  for (let round = 0; round < 3; round++) {
    for (const bytes of texts)
      assert.equal(skipText(bytes, 0, bytes.length), plainText(bytes, 0, bytes.length));
  }
});
