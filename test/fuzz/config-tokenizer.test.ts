/** Random lines and files: the configuration's readers never throw, take linear time, and read back what is quoted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { renderDiagnostic, renderHaproxyReport } from '../../config/diagnostics/render.ts';
import { evaluateArgument, evaluateCondition } from '../../config/haproxy-cfg/condition.ts';
import { parseHaproxyCfg } from '../../config/haproxy-cfg/parse.ts';
import { EXAMPLE_FACTS, predicates } from '../../config/haproxy-cfg/predicates.ts';
import { quoteWord } from '../../config/haproxy-cfg/quote.ts';
import { MAX_WORDS, tokenizeLine } from '../../config/haproxy-cfg/tokenize.ts';
import { byteStringOf, escapedByte, textOfByteString } from '../../src/bytes/byte-text.ts';
import { BIND_ADDRESS, LOG_ADDRESS, parseAddress, SERVER_ADDRESS } from '../../src/net/address.ts';

const environment = new Map([
  ['A', 'a value'],
  ['E', ''],
  ['L', ' one  two "'],
]);
const site = { file: 'f.cfg', line: 1, section: 'www', environment };
const scope = { ...EXAMPLE_FACTS, environment };
const budget = { seed: 20260, numRuns: 2000 };

/** Texts in which the characters that mean something are frequent. */
function textOf(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  return fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
}

const line = textOf([
  ' ',
  '\t',
  '"',
  "'",
  '\\',
  '#',
  '$',
  '{',
  '}',
  '[*]',
  '-',
  '$A',
  '${E}',
  '${L[*]}',
  '${.LINE}',
  '$.',
  '\\x',
  '\\x41',
  '\\xff',
  '\\x00',
  'a',
  'bind',
  '\r',
  '\0',
  'é',
  '🙂',
]);
const condition = textOf([
  ' ',
  '(',
  ')',
  '!',
  '&&',
  '||',
  ',',
  '0',
  '1',
  '"',
  "'",
  '\\',
  '$A',
  ...predicates.map((predicate) => predicate.name),
  'defined(A)',
  'streq(a,b)',
  'version_atleast(2.6)',
]);
const file = fc
  .array(
    fc.oneof(
      line,
      fc.constantFrom(
        'global',
        'frontend x',
        '.if 1',
        '.if 0',
        '.elif 1',
        '.else',
        '.endif',
        '.notice a',
        ' setenv A "$A$A"',
        ' resetenv',
      ),
    ),
    { maxLength: 20 },
  )
  .map((lines) => lines.join('\n'));
const address = textOf([
  ':',
  '::1',
  '[',
  ']',
  '*',
  '@',
  'ipv4@',
  'unix@',
  'fd@',
  'quic4@',
  'stream+',
  '/',
  '80',
  '-',
  '+',
  '127.0.0.1',
  'a.b',
  ',',
  '%',
]);

describe('the tokenizer', () => {
  it('never throws, and every line has words or an error', () => {
    fc.assert(
      fc.property(line, (text) => {
        const { words, end, diagnostics } = tokenizeLine(text, site);
        const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
        assert.ok(errors.length === 0 || (errors.length === 1 && words.length === 0));
        assert.ok(words.length <= MAX_WORDS);
        for (const position of [
          ...words.map((word) => word.at),
          ...diagnostics.map((diagnostic) => diagnostic.at),
          end,
        ])
          assert.ok(position.column >= 1 && position.column <= text.length + 1);
        for (const [i, word] of words.entries())
          assert.ok(i === 0 || word.at.column >= words[i - 1]!.at.column);
        for (const word of words) assert.ok(!word.text.includes('\0'));
      }),
      budget,
    );
  });

  it('reads back every word that quoteWord writes', () => {
    const character = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0x80, max: 0xff }).map(escapedByte),
      fc.constantFrom(' ', '"', "'", '\\', '$', '${A}', '#', '\\x41', '\\n'),
    );
    const word = fc
      .array(character, { maxLength: 12 })
      .map((parts) => textOfByteString(byteStringOf(parts.join('').replaceAll('\0', ''))));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (words) => {
        const written = words.map(quoteWord).join(' ');
        assert.ok(!/[\n\r]/.test(written));
        const { words: read, diagnostics } = tokenizeLine(written, site);
        assert.deepEqual(diagnostics, []);
        assert.deepEqual(
          read.map((one) => one.text),
          words,
        );
      }),
      budget,
    );
  });

  it('quoteWord refuses what no line can hold', () => assert.throws(() => quoteWord('a\0b'), RangeError));

  it('leaves a line of plain words as it is, whatever blanks are between them', () => {
    const plain = fc.stringMatching(/^[a-z0-9_.:/@-]+$/);
    fc.assert(
      fc.property(
        fc.array(plain, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(' ', '\t', '  \t '),
        (words, blank) => {
          const { words: read } = tokenizeLine(`${blank}${words.join(blank)}${blank}# rest`, site);
          assert.deepEqual(
            read.map((word) => word.text),
            words,
          );
        },
      ),
      budget,
    );
  });

  it('takes time linear in the line: eight times the line takes far less than 64 times as long', () => {
    for (const piece of [
      '"a$A"',
      "'b'",
      '\\x41',
      '\\ ',
      '"${E-${',
      '"${L',
      "a'",
      '"\\',
      'x#',
      '${',
      '"$A',
      '\\',
    ]) {
      const short = shortest(() => tokenizeLine(piece.repeat(8_000), site));
      const long = shortest(() => tokenizeLine(piece.repeat(64_000), site));
      assert.ok(long < 32 * Math.max(short, 0.5), `${piece}: ${short} ms, then ${long} ms`);
    }
  });
});

/** Milliseconds of the fastest of some runs: the one that the machine disturbed least. */
function shortest(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

describe('the readers above it', () => {
  it('conditions never throw', () => {
    fc.assert(
      fc.property(condition, (text) => {
        for (const result of [evaluateCondition(text, scope), evaluateArgument(text, scope)])
          assert.ok(
            'value' in result
              ? typeof result.value === 'boolean'
              : result.error !== '' && result.column >= 1 && result.column <= text.length + 1,
          );
      }),
      budget,
    );
  });

  it('files never throw, and their diagnostics can be shown', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 3 }), (texts) => {
        const sources = texts.map((text, i) => ({ file: `${i}.cfg`, text }));
        const { diagnostics, document } = parseHaproxyCfg(sources, { environment, facts: EXAMPLE_FACTS });
        assert.equal(document.files.length, texts.length);
        for (const diagnostic of diagnostics)
          assert.doesNotMatch(renderDiagnostic(diagnostic, { width: 60 }), /[\x00-\x09\x0b-\x1f\x7f]/);
        const report = renderHaproxyReport(diagnostics, { pid: 1, version: '1', executable: '/x' });
        for (const reported of report.split('\n').slice(0, -1))
          assert.match(reported, /^\[(ALERT|WARNING|NOTICE|DIAG)\] +\(1\) : /);
      }),
      { ...budget, numRuns: 500 },
    );
  });

  it('addresses never throw, and what is accepted is complete', () => {
    fc.assert(
      fc.property(address, fc.constantFrom(BIND_ADDRESS, SERVER_ADDRESS, LOG_ADDRESS), (text, rules) => {
        const result = parseAddress(text, rules);
        if (typeof result === 'string') return assert.notEqual(result, '');
        assert.ok(result.portLow >= 0 && result.portLow <= result.portHigh && result.portHigh <= 65535);
        assert.equal(result.fd >= 0, result.family === 'fd' || result.family === 'sockpair');
        return assert.equal(result.text, text);
      }),
      budget,
    );
  });
});
