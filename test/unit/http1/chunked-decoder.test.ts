import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Behind, ChunkedDecoder, ChunkStatus } from '../../../src/http1/chunked-decoder.ts';
import {
  CHUNK_SIZE_MAX_BYTES,
  encodeTrailers,
  hasTrailers,
  writeChunkSize,
} from '../../../src/http1/chunked-encoder.ts';
import { HeadError } from '../../../src/http1/head-error.ts';
import { DEFAULT_LIMITS } from '../../../src/http1/limits.ts';
import { linesOf } from './head-helpers.ts';

interface Decoded {
  body: string;
  status: ChunkStatus;
  error: number;
  rest: string;
  trailers: string[];
}

/** Decodes `text`, given in pieces that end at `cuts`. */
function decode(text: string, cuts: readonly number[] = []): Decoded {
  const decoder = new ChunkedDecoder();
  let body = '';
  let status: ChunkStatus = ChunkStatus.NEED_MORE;
  let start = 0;
  for (const cut of [...cuts, text.length]) {
    const piece = Buffer.from(text.slice(start, cut), 'latin1');
    let at = 0;
    do {
      status = decoder.next(piece, at, piece.length);
      at = decoder.position;
      if (status === ChunkStatus.DATA) body += piece.latin1Slice(decoder.rangeStart, decoder.rangeEnd);
    } while (status === ChunkStatus.DATA);
    start += at;
    if (status !== ChunkStatus.NEED_MORE) break;
  }
  const trailers = decoder.trailers === null ? [] : linesOf(decoder.trailers);
  return {
    body,
    status,
    error: decoder.error,
    rest: status === ChunkStatus.END ? text.slice(start) : '',
    trailers,
  };
}

/** What `nextRaw` makes of `text` in pieces: the bytes that are sent on. */
function passOn(text: string, cuts: readonly number[] = []): string | number {
  const decoder = new ChunkedDecoder();
  const out = Buffer.alloc(40_000);
  let sent = '';
  let start = 0;
  for (const cut of [...cuts, text.length]) {
    const piece = Buffer.from(text.slice(start, cut), 'latin1');
    start = cut;
    let at = 0;
    for (;;) {
      const status = decoder.nextRaw(piece, at, piece.length);
      at = decoder.position;
      if (status === ChunkStatus.ERROR) return decoder.error;
      sent += piece.latin1Slice(decoder.rangeStart, decoder.rangeEnd);
      if (decoder.behind === Behind.LINE_END) sent += '\r\n';
      if (decoder.behind === Behind.SIZE_LINE) sent += `${decoder.chunkBytes.toString(16).toUpperCase()}\r\n`;
      if (decoder.behind === Behind.LAST_CHUNK) sent += '0\r\n\r\n';
      if (decoder.behind === Behind.TRAILERS)
        sent += `0\r\n${out.latin1Slice(0, encodeTrailers(decoder.trailers, out, 0))}`;
      if (status === ChunkStatus.END) return sent;
      if (status === ChunkStatus.NEED_MORE) break;
    }
  }
  return sent;
}

const GOOD: readonly (readonly [string, string, string])[] = [
  ['5\r\nhello\r\n0\r\n\r\n', 'hello', '5\r\nhello\r\n0\r\n\r\n'],
  [
    '5\r\nhello\r\nA\r\n0123456789\r\n00\r\n\r\nNEXT',
    'hello0123456789',
    '5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n',
  ],
  ['5 \r\nhello\r\n0\r\n\r\n', 'hello', '5\r\nhello\r\n0\r\n\r\n'],
  ['5;x\r\nhello\r\n0;y\r\n\r\n', 'hello', '5\r\nhello\r\n0\r\n\r\n'],
  ['5 \t;x="a;b"\r\nhello\r\n0\r\n\r\n', 'hello', '5\r\nhello\r\n0\r\n\r\n'],
  ['5\nhello\n0\n\n', 'hello', '5\r\nhello\r\n0\r\n\r\n'],
  ['5;a\nhello\r\n0\r\n\n', 'hello', '5\r\nhello\r\n0\r\n\r\n'],
  ['0\r\nX-T: y\r\nB:  c \r\n\r\n', '', '0\r\nx-t: y\r\nb: c\r\n\r\n'],
  ['0\nX-T: y\n\n', '', '0\r\nx-t: y\r\n\r\n'],
  ['1;e\r\nx\r\n0;e\r\nX: a\r\n b\r\n\r\nNEXT', 'x', '1\r\nx\r\n0\r\nx: a   b\r\n\r\n'],
  ['0\r\nContent-Length: 5\r\nHost: z\r\nX: y\r\n\r\n', '', '0\r\nx: y\r\n\r\n'],
  ['0\r\nTransfer-Encoding: chunked\r\n\r\n', '', '0\r\n\r\n'],
  ['0000000000000001\r\nx\r\n0\r\n\r\n', 'x', '1\r\nx\r\n0\r\n\r\n'],
];

for (const [text, body, sent] of GOOD) {
  test(`a chunked body is decoded and passed on, cut anywhere: ${JSON.stringify(text)}`, () => {
    const whole = decode(text);
    assert.equal(whole.body, body);
    assert.equal(whole.status, ChunkStatus.END);
    assert.equal(whole.rest, text.endsWith('NEXT') ? 'NEXT' : '');
    assert.equal(passOn(text), sent);
    const length = text.length - whole.rest.length;
    const every = Array.from({ length: length - 1 }, (_, i) => i + 1);
    assert.deepEqual(decode(text, every), whole);
    assert.equal(passOn(text, every), sent);
    for (let a = 1; a < length; a++) {
      assert.deepEqual(decode(text, [a]), whole, `cut at ${a}`);
      assert.equal(passOn(text, [a]), sent, `cut at ${a}`);
    }
  });
}

const BAD: readonly (readonly [string, number])[] = [
  [' 5\r\n', HeadError.BAD_CHUNK],
  ['\r\n', HeadError.BAD_CHUNK],
  ['g\r\n', HeadError.BAD_CHUNK],
  ['5g\r\n', HeadError.BAD_CHUNK],
  ['0x5\r\n', HeadError.BAD_CHUNK],
  ['+5\r\n', HeadError.BAD_CHUNK],
  ['-5\r\n', HeadError.BAD_CHUNK],
  ['5 6\r\n', HeadError.BAD_CHUNK],
  ['5\rhello', HeadError.BARE_CR],
  ['5;a\rb', HeadError.BARE_CR],
  ['5\r\nhello0\r\n', HeadError.BAD_CHUNK],
  ['5\r\nhello\rX', HeadError.BARE_CR],
  ['fffffffffffffff\r\n', HeadError.BAD_CHUNK],
  ['ffffffffffffffff\r\n', HeadError.BAD_CHUNK],
  [`${'0'.repeat(33)}\r\n`, HeadError.BAD_CHUNK],
  [`5;${'x'.repeat(20_000)}`, HeadError.TOO_LARGE],
  [`5${' '.repeat(20_000)}`, HeadError.TOO_LARGE],
  ['0\r\n: y\r\n\r\n', HeadError.EMPTY_NAME],
  ['0\r\nX\r\n\r\n', HeadError.BAD_NAME],
  ['0\r\nX : y\r\n\r\n', HeadError.BAD_NAME],
  ['0\r\nX: a\0\r\n\r\n', HeadError.BAD_VALUE],
  ['0\r\n\rX', HeadError.BARE_CR],
  [`0\r\nX: ${'a'.repeat(20_000)}`, HeadError.TOO_LARGE],
  [`0\r\n${'a: b\r\n'.repeat(101)}\r\n`, HeadError.TOO_MANY_FIELDS],
];

for (const [text, error] of BAD) {
  test(`a broken chunked body is an error, cut anywhere: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.deepEqual([decode(text).status, decode(text).error], [ChunkStatus.ERROR, error]);
    assert.equal(passOn(text), error);
    for (const cut of [1, Math.trunc(text.length / 2), text.length - 1]) {
      assert.equal(decode(text, [cut]).error, error);
      assert.equal(passOn(text, [cut]), error);
    }
  });
}

test('an unfinished body needs more, whatever has come', () => {
  const text = '5;x\r\nhello\r\n0\r\nA: b\r\n\r\n';
  for (let length = 0; length < text.length; length++)
    assert.equal(decode(text.slice(0, length)).status, ChunkStatus.NEED_MORE);
});

test('the decoder never looks at bytes behind the given end', () => {
  const piece = Buffer.from('5\r\nhelloGARBAGE', 'latin1');
  const decoder = new ChunkedDecoder();
  assert.equal(decoder.next(piece, 0, 8), ChunkStatus.DATA);
  assert.deepEqual([decoder.rangeStart, decoder.rangeEnd, decoder.position], [3, 8, 8]);
  assert.equal(decoder.next(piece, 8, 8), ChunkStatus.NEED_MORE);
});

test('a decoder that is reset decodes another body', () => {
  const decoder = new ChunkedDecoder();
  for (const text of ['0\r\nA: b\r\n\r\n', 'x', '0\r\n\r\n']) {
    const piece = Buffer.from(text, 'latin1');
    decoder.reset();
    const status = decoder.next(piece, 0, piece.length);
    assert.equal(status, text === 'x' ? ChunkStatus.ERROR : ChunkStatus.END);
    assert.equal(decoder.trailers === null, text !== '0\r\nA: b\r\n\r\n');
  }
});

test('a decoder that is reset with relaxed limits takes trailers that break the rules', () => {
  const relaxed = { ...DEFAULT_LIMITS, isRelaxed: true };
  const piece = Buffer.from('0\r\nA: b\0c\r\n\r\n', 'latin1');
  const decoder = new ChunkedDecoder();
  assert.equal(decoder.next(piece, 0, piece.length), ChunkStatus.ERROR);
  decoder.reset(relaxed);
  assert.equal(decoder.next(piece, 0, piece.length), ChunkStatus.END);
  decoder.reset(DEFAULT_LIMITS);
  assert.equal(decoder.next(piece, 0, piece.length), ChunkStatus.ERROR);
});

test('the last chunk is passed on only with the end of the body', () => {
  const body = '1\r\nx\r\n0\r\nA: b\r\n\r\n';
  const until = body.indexOf('0');
  for (let cut = until + 1; cut < body.length; cut++)
    assert.equal(passOn(body.slice(0, cut)), body.slice(0, until), `cut at ${cut}`);
});

test('trailers are bounded by the limits given', () => {
  const decoder = new ChunkedDecoder({ ...DEFAULT_LIMITS, maxBytes: 10 });
  const piece = Buffer.from('0\r\nA: 12345678\r\n\r\n', 'latin1');
  assert.equal(decoder.next(piece, 0, piece.length), ChunkStatus.ERROR);
  assert.equal(decoder.error, HeadError.TOO_LARGE);
});

test('size lines are written in upper case without leading zeros', () => {
  const out = Buffer.alloc(16);
  for (const size of [1, 9, 10, 15, 16, 255, 256, 4095, 65_536, 0xabcdef, 0x7fffffff, 0xffffffff]) {
    const end = writeChunkSize(out, 2, size);
    assert.equal(out.latin1Slice(2, end), `${size.toString(16).toUpperCase()}\r\n`);
    assert.ok(end - 2 <= CHUNK_SIZE_MAX_BYTES);
  }
});

test('a trailer section without fields is an empty line, and what does not fit is not written', () => {
  const out = Buffer.alloc(2);
  assert.equal(encodeTrailers(null, out, 0), 2);
  assert.equal(encodeTrailers(null, out, 1), -1);
  assert.equal(hasTrailers(null), false);
});
