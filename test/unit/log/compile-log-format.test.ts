import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOfBytes } from '../../../src/bytes/byte-text.ts';
import { LineBuffer } from '../../../src/bytes/line-buffer.ts';
import { samples } from '../../../src/catalog.ts';
import { compileLogLine, compileLogText } from '../../../src/log/compile-log-format.ts';
import { standardFormat } from '../../../src/log/formats.ts';
import type { StreamView } from '../../../src/sample/stream-view.ts';
import { formatOf, SITE } from '../../support/rules.ts';
import { createStream } from '../../support/stream-view.ts';

const context = { site: SITE, samples };

const STREAM = createStream({
  request: 'GET /a%0ab%00%0D%22%7f%E9%20%20x HTTP/1.1\r\nHost: h\r\nX-A: a"b\\c]d{e|f}g#h\xe9\x09z\r\n\r\n',
});

function line(text: string, stream: StreamView = STREAM): string {
  const out = new LineBuffer(4096);
  compileLogLine(formatOf(text), context)(stream, out);
  return out.toText();
}

function text(format: string, stream: StreamView = STREAM): string {
  return compileLogText(formatOf(format), context)(stream);
}

describe('a log line', () => {
  for (const [format, expected] of [
    ['plain  two   three', 'plain two three'],
    ['  lead %hr %hs  trail  ', 'lead trail '],
    ['a %hr b', 'a b'],
    ['a %ID b', 'a - b'],
    ['a\t\tb \t c\t', 'a\t\tb \t c\t'],
    ['%{+Q}o %b  %{-Q}s', '"app" app1'],
    ['%{+Q}ID %{+Q}CC', '"" ""'],
    ['%[str()] %{+Q}[str()]', '- ""'],
    ['%[req.hdr(none)] %{+Q}[req.hdr(none)]', '- ""'],
    ['%[str( x )] y', ' x  y'],
    ['a %[str(" ")] b', 'a   b'],
    ['%[int(5)]%[bool(true)]%[src]', '51192.0.2.7'],
    ['%{+X}[src] %{+X}[int(255)]', '192.0.2.7 255'],
    ['%[req.hdr(x-a)]', 'a"b\\c]d{e|f}g#h\xe9#09z'],
    ['%{+Q}[req.hdr(x-a)]', '"a"b\\c]d{e|f}g#h\xe9#09z"'],
    ['%{+E}[req.hdr(x-a)]', 'a\\"b\\\\c\\]d{e|f}g#h\xe9#09z'],
    ['%[path,url_dec]', '/a#0Ab#00#0D"#7F\xe9  x'],
    ['caf\u00e9 \udce9', 'caf\xc3\xa9 \xe9'],
    ['%[str(\u00e9),length]%[str(\udce9),length]', '21'],
  ] as const) {
    it(`${JSON.stringify(format)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(line(format), expected);
    });
  }

  it('is cut at the limit of the buffer', () => {
    const out = new LineBuffer(100);
    out.clear(12);
    compileLogLine(formatOf('%ci:%cp %b'), context)(STREAM, out);
    assert.equal(out.toText(), '192.0.2.7:50');
  });

  it('never holds a byte that would break it, whatever the sample', () => {
    const value = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const stream = createStream({ request: `GET /${value} HTTP/1.1\r\nHost: h\r\n\r\n` });
    assert.match(line('%[path,url_dec]|%{+E}[path,url_dec]', stream), /^[\x20-\x7e\x80-\xff]*$/);
  });
});

describe('a text of a rule', () => {
  for (const [format, expected] of [
    ['a  b   c ', 'a  b   c '],
    ['  lead', '  lead'],
    ['%{+Q}o %b  %s', ' "app"  "app1"'],
    ['<%ID|%hr|%CC|%bi|%sp>', '<||||>'],
    ['%{+Q}ID', '""'],
    ['%[req.hdr(none)]|%{+Q}[req.hdr(none)]', '|'],
    ['%{+Q}[src]', '192.0.2.7'],
    ['%[req.hdr(x-a)]', 'a"b\\c]d{e|f}g#h\xe9\tz'],
    ['%{+E}[req.hdr(x-a)]', 'a\\"b\\\\c\\]d{e|f}g#h\xe9\tz'],
    ['x%[path,url_dec]y', 'x/a%0Ab%00%0D"%7F\xe9  xy'],
    ['line\n%[src]\n', 'line\n192.0.2.7\n'],
    ['\u00e9 %[str(\u00e9)]', '\xc3\xa9 \xc3\xa9'],
    ['constant 100%%', 'constant 100%'],
  ] as const) {
    it(`${JSON.stringify(format)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(text(format), expected);
    });
  }

  it('is cut at a buffer’s size', () => {
    const stream = createStream({ request: `GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: h\r\n\r\n` });
    assert.equal(text('%[path]%[path]', stream).length, 16 * 1024);
  });
});

describe('the standard formats', () => {
  const stream = createStream({
    request: 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n',
    facts: { status: 200, bytesToClient: 56, capturedRequestHeaders: ['x'] },
  });
  const lineOf = (kind: Parameters<typeof standardFormat>[0]): string => {
    const out = new LineBuffer(1000);
    compileLogLine(standardFormat(kind), context)(stream, out);
    return textOfBytes(Buffer.from(out.toText(), 'latin1')).replace(/\d\d\/Nov\/2023:[0-9:.]+/g, 'DATE');
  };
  for (const [kind, expected] of [
    [
      'http',
      '192.0.2.7:50123 [DATE] www app/app1 0/0/0/0/0 200 56 - - ---- 0/0/0/0/0 0/0 {x} "GET /a HTTP/1.1"',
    ],
    ['tcp', '192.0.2.7:50123 [DATE] www app/app1 0/0/0 56 -- 0/0/0/0/0 0/0'],
    [
      'http-clf',
      '192.0.2.7 - - [DATE +0000] "GET /a HTTP/1.1" 200 56 "" "" 50123 000 "www" "app" "app1" 0 0 0 0 0 ---- 0 0 0 0 0 0 0 "" "" "x" ',
    ],
    [
      'tcp-clf',
      '192.0.2.7 - - [DATE +0000] "TCP " 000 56 "" "" 50123 000 "www" "app" "app1" 0 0 0 0 0 ---- 0 0 0 0 0 0 0 "" "" ',
    ],
    ['http-accept', 'Connect from 192.0.2.7:50123 to 198.51.100.1:8080 (www/HTTP)'],
    ['tcp-accept', 'Connect from 192.0.2.7:50123 to 198.51.100.1:8080 (www/TCP)'],
  ] as const) {
    it(`${kind} is HAProxy's`, () => {
      assert.equal(lineOf(kind), expected);
    });
  }
});
