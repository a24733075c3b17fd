import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HASH_FUNCTIONS, type HashFunctionName } from '../../../src/lb/hash-functions.ts';

const NAMES = Object.keys(HASH_FUNCTIONS) as HashFunctionName[];

function hashOf(name: HashFunctionName, text: string): number {
  return HASH_FUNCTIONS[name].text(text, 0, text.length) >>> 0;
}

test('crc32 gives the check value of its standard', () => {
  assert.equal(hashOf('crc32', '123456789'), 0xcbf43926);
  assert.equal(hashOf('crc32', ''), 0);
});

test('sdbm and djb2 multiply and add, over 32 bits', () => {
  for (const [name, factor, begin] of [
    ['sdbm', 65599n, 0n],
    ['djb2', 33n, 5381n],
  ] as const) {
    for (const text of ['', 'a', '/index.html', '\xff\x80\x00'.repeat(20)]) {
      let expected = begin;
      for (const char of text) expected = (expected * factor + BigInt(char.charCodeAt(0))) % 2n ** 32n;
      assert.equal(hashOf(name, text), Number(expected), `${name} of ${text}`);
    }
  }
});

test('none reads the number that a key begins with', () => {
  for (const [text, number] of [
    ['0', 0],
    ['42', 42],
    ['42abc', 42],
    ['abc', 0],
    ['', 0],
    ['-', 0],
    ['-1', 0xffffffff],
    ['4294967297', 1],
  ] as const)
    assert.equal(hashOf('none', text), number, text);
});

test('every function gives 32 signed bits, the same for bytes as for text, and only of its range', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...NAMES),
      fc.nat(20),
      (key, name, margin) => {
        const around = Buffer.concat([Buffer.alloc(margin, 0x37), key, Buffer.alloc(margin, 0x37)]);
        const { bytes, text } = HASH_FUNCTIONS[name];
        const hash = bytes(around, margin, margin + key.length);
        assert.equal(hash, hash | 0);
        assert.equal(text(around.latin1Slice(), margin, margin + key.length), hash);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});
