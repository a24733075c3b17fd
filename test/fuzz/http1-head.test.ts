import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BodyKind, HttpHead } from '../../src/http/head.ts';
import { encodeRequestHead, encodeResponseHead } from '../../src/http1/encode-head.ts';
import { DEFAULT_LIMITS } from '../../src/http1/limits.ts';
import { NEED_MORE, parseRequestHead, parseResponseHead } from '../../src/http1/parse-head.ts';
import { factsOf, linesOf } from '../unit/http1/head-helpers.ts';
import { readHead, SETTLED } from './http1-plain.ts';

const BUDGET = { numRuns: 4000, seed: 9112 };

const piece = fc.constantFrom(
  'GET',
  'POST',
  ' ',
  '  ',
  '\t',
  '/',
  '/a?b',
  ' HTTP/1.1',
  ' HTTP/1.0',
  '\r\n',
  '\r\n',
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\x7f',
  '\xff',
  ':',
  ': ',
  ',',
  'a',
  'B',
  'x-Y',
  'Host: a',
  'Host: b',
  'host:A',
  'Content-Length: ',
  'content-length:',
  '5',
  '05',
  '-1',
  'Transfer-Encoding: ',
  'chunked',
  'Chunked',
  'gzip',
  'Connection: ',
  'close',
  'keep-alive',
  'Keep-Alive: 5',
  '\r\n ',
  '\r\n\t',
  '\r\n\r\n',
  '\n\n',
  'Expect: 100-continue',
);
const noise = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
const value = fc
  .array(
    fc.constantFrom(
      'close',
      'keep-alive',
      'x',
      ',',
      ', ',
      ' ',
      '5',
      '6',
      'chunked',
      'gzip',
      'a',
      '\t',
      '\r\n ',
      '\xe9',
      '\0',
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));
const field = fc
  .tuple(
    fc.constantFrom(
      'Host',
      'Content-Length',
      'Transfer-Encoding',
      'Connection',
      'X-A',
      'x',
      'COOKIE',
      'b@d',
      '',
    ),
    fc.constantFrom(':', ': ', ':  ', ' :'),
    value,
    fc.constantFrom('\r\n', '\r\n', '\n', '\r'),
  )
  .map((parts) => parts.join(''));
const nearlyRight = fc
  .tuple(
    fc.constantFrom('', '\r\n', '\n'),
    fc.constantFrom('GET', 'POST', 'PUT', 'M-X'),
    fc.constantFrom('/', '/a', '*'),
    fc.constantFrom('1.1', '1.0', '1.2', '2.0', '0.9'),
    fc.constantFrom('\r\n', '\n'),
    fc.array(field, { maxLength: 6 }),
    fc.constantFrom('\r\n', '\n', ''),
    noise,
  )
  .map(
    ([before, method, target, version, lineEnd, fields, end, behind]) =>
      `${before}${method} ${target} HTTP/${version}${lineEnd}${fields.join('')}${end}${behind}`,
  );
const request = fc.oneof(noise, nearlyRight, nearlyRight);

test('the parser and a plain one agree about every request', () => {
  let compared = 0;
  fc.assert(
    fc.property(request, (text) => {
      const plain = readHead(text);
      const bytes = Buffer.from(text, 'latin1');
      const head = new HttpHead();
      const result = parseRequestHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS);
      if (plain === 'incomplete') return assert.ok(result <= 0);
      if (plain === 'bad') return assert.ok(result < 0, `accepted, result ${result}`);
      if (!/^[/*]/.test(plain.target) || plain.method === 'CONNECT') return;
      compared++;
      assert.equal(result, plain.length);
      const kind = [BodyKind.NONE, BodyKind.LENGTH, BodyKind.CHUNKED].indexOf(head.bodyKind as 0 | 1 | 2);
      const ours = {
        length: result,
        method: head.method,
        target: head.target(),
        version: head.version,
        lines: linesOf(head).filter((line) => !SETTLED.has(line.slice(0, line.indexOf(':')))),
        close: head.saysClose,
        keepAlive: head.saysKeepAlive,
        bodyKind: ['none', 'length', 'chunked'][kind],
        contentLength: head.contentLength,
      };
      assert.deepEqual(ours, plain);
    }),
    BUDGET,
  );
  assert.ok(compared > 300, `only ${compared} requests were right`);
});

test('a request cut anywhere any number of times gives the result of the whole', () => {
  fc.assert(
    fc.property(request, fc.array(fc.nat(200), { maxLength: 6 }), (text, cuts) => {
      const whole = new HttpHead();
      const wholeBytes = Buffer.from(text, 'latin1');
      const expected = factsOf({
        result: parseRequestHead(whole, wholeBytes, 0, wholeBytes.length, DEFAULT_LIMITS),
        head: whole,
      });
      const bytes = Buffer.from(text, 'latin1');
      const head = new HttpHead();
      let result = NEED_MORE;
      for (const end of [
        ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b),
        text.length,
      ]) {
        result = parseRequestHead(head, bytes, 0, end, DEFAULT_LIMITS);
        if (result !== NEED_MORE) break;
      }
      // A line that is not whole is parsed when its end has come: until then its fault may be unseen.
      if (result === NEED_MORE) return;
      assert.deepEqual(factsOf({ result, head }), expected);
    }),
    BUDGET,
  );
});

test('what is encoded parses again to the same message, and encodes again to the same bytes', () => {
  fc.assert(
    fc.property(request, fc.boolean(), (text, closes) => {
      const bytes = Buffer.from(text, 'latin1');
      const head = new HttpHead();
      if (parseRequestHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS) <= 0) return;
      const first = Buffer.alloc(4096);
      const firstEnd = encodeRequestHead(head, first, 0, closes);
      const again = new HttpHead();
      assert.equal(parseRequestHead(again, first, 0, firstEnd, DEFAULT_LIMITS), firstEnd);
      assert.deepEqual(
        [again.method, again.target(), again.bodyKind, again.contentLength],
        [head.method, head.target(), head.bodyKind, head.contentLength],
      );
      const second = Buffer.alloc(4096);
      assert.equal(
        second.latin1Slice(0, encodeRequestHead(again, second, 0, closes)),
        first.latin1Slice(0, firstEnd),
      );
    }),
    BUDGET,
  );
});

test('no bytes make the parsers throw, read or write outside their range', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      request,
      fc.nat(40),
      fc.boolean(),
      (random, text, before, isRandom) => {
        const inside = isRandom
          ? Buffer.from(random)
          : Buffer.from(text.replace(/^GET \S+ /, 'HTTP/1.1 200 '), 'latin1');
        const bytes = Buffer.concat([
          Buffer.alloc(before, 0x41),
          inside,
          Buffer.from('\r\n\r\nX: Y\r\n\r\n', 'latin1'),
        ]);
        const end = before + inside.length;
        for (const isRelaxed of [false, true]) {
          const limits = { ...DEFAULT_LIMITS, isRelaxed, maxHeaders: 8, maxBytes: 200 };
          for (const parse of [parseRequestHead, parseResponseHead]) {
            const head = new HttpHead(4);
            const result = parse(head, bytes, before, end, limits);
            assert.ok(result <= end);
            if (result > 0)
              assert.ok(
                result > before &&
                  result - before <= 200 &&
                  encodeResponseHead(head, Buffer.alloc(2000), 0, 11, true, false) > 0,
              );
          }
        }
        assert.equal(bytes.latin1Slice(0, before), 'A'.repeat(before));
        assert.equal(bytes.latin1Slice(end), '\r\n\r\nX: Y\r\n\r\n');
      },
    ),
    BUDGET,
  );
});
