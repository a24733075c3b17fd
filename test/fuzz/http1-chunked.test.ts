import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Behind, ChunkedDecoder, ChunkStatus } from '../../src/http1/chunked-decoder.ts';
import { encodeTrailers } from '../../src/http1/chunked-encoder.ts';
import { readChunked } from './http1-plain.ts';

const BUDGET = { numRuns: 4000, seed: 9112 };

const piece = fc.constantFrom(
  '0',
  '1',
  '5',
  'a',
  'F',
  '00',
  '\r\n',
  '\r\n',
  '\n',
  '\r',
  ';x',
  ';a=b',
  ' ',
  '\t',
  'x',
  'hello',
  '\0',
  '\xff',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  '1;q\r\nz\r\n',
  '3\nabc\n',
  'ffffffffffffff\r\n',
  '-',
);
const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
const cuts = fc.array(fc.nat(80), { maxLength: 6 });

function piecesOf(whole: string, at: readonly number[]): Buffer[] {
  const ends = [...at.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
  return ends.map((end, i) => Buffer.from(whole.slice(ends[i - 1] ?? 0, end), 'latin1'));
}

function decode(pieces: readonly Buffer[]): { body: string; length: number } | 'incomplete' | 'bad' {
  const decoder = new ChunkedDecoder();
  let body = '';
  let length = 0;
  for (const bytes of pieces) {
    let status: ChunkStatus = ChunkStatus.DATA;
    for (let at = 0; status === ChunkStatus.DATA; at = decoder.position) {
      status = decoder.next(bytes, at, bytes.length);
      assert.ok(decoder.rangeEnd <= bytes.length && decoder.position <= bytes.length);
      if (status === ChunkStatus.DATA) body += bytes.latin1Slice(decoder.rangeStart, decoder.rangeEnd);
    }
    length += decoder.position;
    if (status === ChunkStatus.ERROR) return 'bad';
    if (status === ChunkStatus.END) return { body, length };
  }
  return 'incomplete';
}

function passOn(pieces: readonly Buffer[]): string | 'incomplete' | 'bad' {
  const decoder = new ChunkedDecoder();
  const out = Buffer.alloc(2000);
  let sent = '';
  for (const bytes of pieces) {
    let status: ChunkStatus = ChunkStatus.DATA;
    for (let at = 0; status === ChunkStatus.DATA; at = decoder.position) {
      status = decoder.nextRaw(bytes, at, bytes.length);
      if (status === ChunkStatus.ERROR) return 'bad';
      sent += bytes.latin1Slice(decoder.rangeStart, decoder.rangeEnd);
      if (decoder.behind === Behind.LINE_END) sent += '\r\n';
      if (decoder.behind === Behind.SIZE_LINE) sent += `${decoder.chunkBytes.toString(16).toUpperCase()}\r\n`;
      if (decoder.behind === Behind.LAST_CHUNK) sent += '0\r\n\r\n';
      if (decoder.behind === Behind.TRAILERS)
        sent += `0\r\n${out.latin1Slice(0, encodeTrailers(decoder.trailers, out, 0))}`;
    }
    if (status === ChunkStatus.END) return sent;
  }
  return 'incomplete';
}

test('the decoder and a plain one agree about bodies without trailers, cut anywhere', () => {
  let compared = 0;
  fc.assert(
    fc.property(text, cuts, (whole, at) => {
      const plain = readChunked(whole);
      const ours = decode(piecesOf(whole, at));
      assert.deepEqual(ours, decode([Buffer.from(whole, 'latin1')]));
      if (plain === 'incomplete') return assert.ok(ours === 'incomplete' || ours === 'bad');
      // The plain one knows no trailers: what it refuses may be one that is right or not whole.
      if (plain === 'bad') return;
      compared++;
      assert.deepEqual(ours, plain);
    }),
    BUDGET,
  );
  assert.ok(compared > 100, `only ${compared} bodies were whole`);
});

test('what is passed on is strict, decodes to the same body, and does not depend on cuts', () => {
  fc.assert(
    fc.property(text, cuts, (whole, at) => {
      const decoded = decode([Buffer.from(whole, 'latin1')]);
      const sent = passOn(piecesOf(whole, at));
      assert.equal(sent, passOn([Buffer.from(whole, 'latin1')]));
      if (typeof decoded === 'string') return assert.equal(sent, decoded);
      assert.match(sent, /^(?:[0-9a-fA-F]+\r\n[\s\S]*\r\n)?0+\r\n[\s\S]*\r\n$/);
      const again = decode([Buffer.from(sent, 'latin1')]);
      assert.deepEqual(again, { body: decoded.body, length: sent.length });
    }),
    BUDGET,
  );
});
