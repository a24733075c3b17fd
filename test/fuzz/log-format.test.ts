/** Log formats of any text: they parse or are refused with a place, and what they print never breaks a line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { samples } from '../../src/catalog.ts';
import type { LogFormatModel } from '../../src/keyword/language-model.ts';
import { ArgumentError } from '../../src/keyword/words.ts';
import { logAliases } from '../../src/log/aliases.ts';
import { compileLogLine, compileLogText } from '../../src/log/compile-log-format.ts';
import { delimitedParts } from '../../src/rules/comma-list.ts';
import { formatOf, SITE } from '../support/rules.ts';
import { createStream } from '../support/stream-view.ts';

const BUDGET = { seed: 20_261_123, numRuns: 3000 };
const context = { site: SITE, samples };

const flags = fc.constantFrom('', '{+Q}', '{-Q}', '{+X,+E}', '{+Q,+X,+E}', '{}');
const alias = fc.constantFrom(...logAliases.map(({ name }) => name), 'o');
const item = fc.oneof(
  fc.tuple(flags, alias).map(([written, name]) => `%${written}${name}`),
  flags.map((written) => `%${written}[req.hdr(x-a)]`),
  fc.constantFrom(' ', '  ', '%%', 'text', '-', '"', 'é', '\t'),
);
const validFormat = fc.array(item, { minLength: 1, maxLength: 12 }).map((items) =>
  // An alias takes all letters behind it: keep items apart.
  items.join('|'),
);
const anyText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        '%',
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        '+',
        'Q',
        ',',
        'ci',
        'src',
        ' ',
        "'",
        '"',
        '\\',
        '1',
      ),
      {
        minLength: 1,
        maxLength: 14,
      },
    )
    .map((parts) => parts.join('')),
);
/** A header value of any bytes that a header may have. */
const headerValue = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((byte) => byte !== 0x7f),
    { minLength: 1, maxLength: 40 },
  )
  .map((bytes) => String.fromCharCode(...bytes));

test('any text is a log format or is refused at a place within it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      let model: LogFormatModel;
      try {
        model = formatOf(text);
      } catch (error) {
        assert.ok(error instanceof ArgumentError, String(error));
        assert.ok(error.at.column >= 1 && error.at.column <= text.length + 1, `${text}: ${error.at.column}`);
        return;
      }
      assert.equal(model.text, text);
      assert.deepEqual(structuredClone(model), model);
    }),
    BUDGET,
  );
});

test('a line of any format is one line within its limit, and its beginning is that of the longer one', () => {
  fc.assert(
    fc.property(validFormat, headerValue, fc.integer({ min: 0, max: 300 }), (text, value, limit) => {
      const stream = createStream({
        request: `GET /p?q HTTP/1.1\r\nHost: h\r\nX-A: ${value}\r\n\r\n`,
        facts: { capturedRequestHeaders: [value, null], capturedRequestCookie: value },
      });
      const write = compileLogLine(formatOf(text), context);
      const whole = new LineBuffer(8192);
      write(stream, whole);
      assert.doesNotMatch(whole.toText(), /[\0-\x08\x0a-\x1f\x7f]/);
      const cut = new LineBuffer(8192);
      cut.clear(limit);
      write(stream, cut);
      assert.equal(cut.toText(), whole.toText().slice(0, limit));
    }),
    { ...BUDGET, numRuns: 1000 },
  );
});

test('a text of any format has what a header value may have, and is the same every time', () => {
  fc.assert(
    fc.property(validFormat, headerValue, (text, value) => {
      const stream = createStream({ request: `GET /p?q HTTP/1.1\r\nHost: h\r\nX-A: ${value}\r\n\r\n` });
      const build = compileLogText(formatOf(text), context);
      assert.doesNotMatch(build(stream), /[\0-\x08\x0a-\x1f\x7f]/);
      assert.equal(build(stream), build(stream));
    }),
    { ...BUDGET, numRuns: 1000 },
  );
});

test('a list whose values all stay is the same text, and the values are those between the commas', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (line) => {
      assert.equal(
        delimitedParts(line, () => undefined),
        undefined,
      );
      const plain = line.replaceAll('"', '');
      const seen: string[] = [];
      delimitedParts(plain, (value) => {
        seen.push(value);
        return undefined;
      });
      const expected = plain.split(',').map((part) => part.trim());
      assert.deepEqual(
        seen,
        expected.filter((part) => part !== ''),
      );
    }),
    BUDGET,
  );
});
