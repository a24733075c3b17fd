import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  byteOf,
  byteStringOf,
  escapedByte,
  textOfByteString,
  textOfBytes,
} from '../../../src/bytes/byte-text.ts';

describe('byte-text', () => {
  it('decodes valid UTF-8 as ordinary text', () => {
    assert.equal(textOfBytes(Buffer.from('zażółć 日本 🙂')), 'zażółć 日本 🙂');
  });
  it('keeps bytes that are no UTF-8 as lone surrogates', () => {
    assert.equal(textOfBytes(Buffer.from([0x61, 0xe9, 0xc3, 0xa9, 0xff])), 'a\udce9é\udcff');
  });
  it('does not take overlong forms, surrogates and values beyond Unicode for UTF-8', () => {
    for (const bytes of [
      [0xc0, 0xaf],
      [0xe0, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc3],
    ])
      assert.equal(textOfBytes(Buffer.from(bytes)), bytes.map(escapedByte).join(''), bytes.join());
  });
  it('gives back every byte', () => {
    const all = Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 7) & 255));
    assert.equal(byteStringOf(textOfBytes(all)), all.toString('latin1'));
  });
  it('writes text as UTF-8 in a byte string', () => {
    assert.equal(byteStringOf('é🙂'), '\xc3\xa9\xf0\x9f\x99\x82');
    assert.equal(byteStringOf('plain'), 'plain');
  });
  it('joins bytes that together are UTF-8', () => {
    assert.equal(textOfByteString('\xc3\xa9'), 'é');
    assert.equal(textOfByteString(byteStringOf(escapedByte(0xc3) + escapedByte(0xa9))), 'é');
  });
  it('tells escaped bytes from text', () => {
    assert.equal(byteOf('\udcff'), 0xff);
    assert.equal(byteOf('\udc7f'), -1);
    assert.equal(byteOf('\ud800'), -1);
    assert.equal(byteOf('é'), -1);
    assert.equal(byteOf('🙂'), -1);
    assert.equal(escapedByte(0x41), 'A');
  });
});
