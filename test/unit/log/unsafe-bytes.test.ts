import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineBuffer } from '../../../src/bytes/line-buffer.ts';
import {
  type ByteRules,
  CAPTURE_RULES,
  copyRange,
  ESCAPED_MESSAGE_RULES,
  ESCAPED_SAMPLE_RULES,
  ESCAPED_TEXT_RULES,
  MESSAGE_RULES,
  SAMPLE_RULES,
  TEXT_RULES,
  writeByRules,
} from '../../../src/log/unsafe-bytes.ts';

const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** What stands in the place of each byte, said in words once more: the plain version. */
function plain(rules: {
  readonly escaped?: string;
  readonly hashed?: RegExp;
  readonly percent?: RegExp;
}): string {
  return [...ALL.latin1Slice()]
    .map((character) => {
      const hex = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
      if (rules.escaped?.includes(character)) return `\\${character}`;
      if (rules.hashed?.test(character)) return `#${hex}`;
      return rules.percent?.test(character) ? `%${hex}` : character;
    })
    .join('');
}

const CASES: readonly (readonly [string, ByteRules, string])[] = [
  ['texts', TEXT_RULES, plain({ hashed: /[^ -~]|[#"]/ })],
  ['captures', CAPTURE_RULES, plain({ hashed: /[^ -~]|[#"{|}]/ })],
  ['escaped texts', ESCAPED_TEXT_RULES, plain({ escaped: '\\]', hashed: /[^ -~]|[#"]/ })],
  ['samples', SAMPLE_RULES, plain({ hashed: /[\0-\x1f\x7f]/ })],
  ['escaped samples', ESCAPED_SAMPLE_RULES, plain({ escaped: '"\\]', hashed: /[\0-\x1f\x7f]/ })],
  ['messages', MESSAGE_RULES, plain({ percent: /[\0-\x08\x0a-\x1f\x7f]/ })],
  ['escaped messages', ESCAPED_MESSAGE_RULES, plain({ escaped: '"\\]', percent: /[\0-\x08\x0a-\x1f\x7f]/ })],
];

for (const [name, rules, expected] of CASES) {
  test(`bytes of ${name} are written by their rules, from texts and from buffers`, () => {
    const out = new LineBuffer(2000);
    writeByRules(out, ALL.latin1Slice(), rules);
    assert.equal(out.toText(), expected);
    out.clear();
    copyRange(out, ALL, 0, 256, rules);
    assert.equal(out.toText(), expected);
  });
}

test('a range is copied from its start to its end', () => {
  const out = new LineBuffer(100);
  copyRange(out, Buffer.from('ab"cd'), 1, 4, TEXT_RULES);
  copyRange(out, Buffer.from('xyz'), 3, 3, TEXT_RULES);
  assert.equal(out.toText(), 'b#22c');
});
