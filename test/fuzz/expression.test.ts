/** Expressions, ACLs and regular expressions out of random text: an answer or an ArgumentError, never anything else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileCondition } from '../../src/acl/compile-condition.ts';
import { ArgumentError } from '../../src/keyword/words.ts';
import { compileText } from '../../src/sample/compile-expression.ts';
import { compileUserRegex } from '../../src/sample/user-regex.ts';
import { conditionOf, expressionOf, samples, testSite } from '../support/sample-site.ts';
import { createStream, endpoint } from '../support/stream-view.ts';

const options = { seed: 20_261_123, numRuns: 2000 };
const stream = createStream({
  request: 'GET /a/b?x=1&y=%20 HTTP/1.1\r\nhost: h\r\nf: a, "b,c", d\r\ncookie: k=1; l="2"\r\n\r\n',
  response: 'HTTP/1.1 200 OK\r\nset-cookie: k=1\r\n\r\n',
});

const fragments = fc.constantFrom(
  ...samples.fetchNames(),
  ...samples.converterNames(),
  '(',
  ')',
  ',',
  ',,',
  '"',
  "'",
  '\\',
  ' ',
  '1',
  '-1',
  '0',
  '99999999999999999999',
  'f',
  '/',
  '',
  '\0',
  '\xff',
  '1.2.3.4',
  '::1',
  'true',
  '6162',
  'i',
);
const expressionText = fc
  .array(fc.oneof(fragments, fc.string({ maxLength: 3 })), { maxLength: 12 })
  .map((parts) => parts.join(''));
const aclWords = fc.constantFrom(
  'path',
  'path_beg',
  'hdr(f)',
  'src',
  'dst_port',
  'method',
  'always_true',
  'bin(61)',
  '-i',
  '-m',
  'str',
  'reg',
  'len',
  'ip',
  'found',
  'gt',
  'lt',
  '--',
  '/a',
  '5',
  '1:9',
  ':',
  '10/8',
  '::/0',
  '(a|b)+',
  '[',
  '{',
  '}',
  '!',
  '||',
  'or',
  'TRUE',
  'x',
  '-f',
  '-n',
);
const conditionText = fc.array(aclWords, { maxLength: 10 }).map((words) => `if ${words.join(' ')}`);

/** What parsing made, or undefined for an ArgumentError with a message and a place. */
function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof ArgumentError, String(error));
    assert.ok(error.message.length > 0);
    assert.ok(error.at.column >= 1);
    return undefined;
  }
}

describe('random text', () => {
  it('parses as an expression that evaluates, or is refused', () => {
    let accepted = 0;
    fc.assert(
      fc.property(expressionText, (text) => {
        const model = parsed(() => expressionOf(text));
        if (model === undefined) return;
        accepted++;
        const value = compileText(model, samples)(stream);
        assert.ok(value === undefined || typeof value === 'string');
      }),
      options,
    );
    assert.ok(accepted > 20, `only ${accepted} were accepted`);
  });

  it('parses as a condition that evaluates, or is refused', () => {
    let accepted = 0;
    fc.assert(
      fc.property(conditionText, (text) => {
        const model = parsed(() => conditionOf(text));
        if (model === undefined) return;
        accepted++;
        assert.equal(typeof compileCondition(model, samples)(stream), 'boolean');
      }),
      options,
    );
    assert.ok(accepted > 20, `only ${accepted} were accepted`);
  });

  it('compiles as a regular expression, or is refused with a reason', () => {
    const source = fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          '(',
          ')',
          '(?:',
          '(?=',
          '(?<n>',
          '[',
          ']',
          '[^',
          '\\',
          '\\d',
          '\\Q',
          '\\E',
          '\\1',
          '\\x',
          '{2}',
          '{',
          '}',
          '*',
          '+',
          '?',
          '|',
          '^',
          '$',
          '.',
          '-',
          '[:alpha:]',
          '(?i)',
          '\xff',
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(source, fc.boolean(), fc.boolean(), (text, ignoreCase, captures) => {
        const result = compileUserRegex(text, { ignoreCase, captures });
        if (typeof result === 'string') assert.ok(result.length > 0);
        else assert.equal(typeof result.regex.test('ab'), 'boolean');
      }),
      options,
    );
  });
});

describe('random samples', () => {
  const bytes = fc.string({
    unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 20,
  });

  it('of headers, cookies and parameters count what they iterate over', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), (values) => {
        const request = createStream({ request: 'GET / HTTP/1.1\r\nhost: h\r\n\r\n' });
        for (const value of values) request.request!.add('f', value);
        const count = Number(evaluateText('req.hdr_cnt(f)', request));
        assert.ok(count >= values.length);
        for (let position = 1; position <= Math.min(count, 10); position++) {
          const value = evaluateText(`req.hdr(f,${position})`, request);
          assert.notEqual(value, undefined);
          const fromEnd = position - count - 1;
          if (fromEnd >= -10) assert.equal(evaluateText(`req.hdr(f,${fromEnd})`, request), value);
        }
        assert.equal(evaluateText(`req.hdr(f,${count + 1})`, request), undefined);
      }),
      { ...options, numRuns: 300 },
    );
  });

  it('of addresses match themselves and the networks around them', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, bits) => {
        const from = createStream({ source: endpoint(address) });
        assert.equal(
          compileCondition(
            conditionOf(
              `if { src ${address} } { src ${address}/${bits} } { src ::ffff:${address}/${96 + bits} }`,
              testSite(),
            ),
            samples,
          )(from),
          true,
        );
      }),
      { ...options, numRuns: 300 },
    );
  });
});

function evaluateText(text: string, on: typeof stream): string | undefined {
  return compileText(expressionOf(text), samples)(on);
}
