import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileUserRegex, type RegexFlags, type UserRegex } from '../../../src/sample/user-regex.ts';

function compiled(source: string, flags: Partial<RegexFlags> = {}): UserRegex {
  const result = compileUserRegex(source, { ignoreCase: false, ...flags });
  if (typeof result === 'string') assert.fail(`'${source}' was refused: ${result}`);
  return result;
}

describe('compileUserRegex', () => {
  for (const [source, good, bad] of [
    ['\\Aab\\z', 'ab', 'ab\n'],
    ['ab\\Z', 'ab\n', 'abc'],
    ['[[:digit:]]+x', '12x', 'ax'],
    ['[]a]b', ']b', 'xb'],
    ['\\Qa.b\\E+', 'a.bb', 'axb'],
    ['a.c', 'a\rc', 'a\nc'],
    ['(?s)a.c', 'a\nc', 'ac'],
    ['(?i)abc', 'ABC', 'abd'],
    ['\\s', '\v', '\xa0'],
    ['x{2}', 'xx', 'x{2}'],
    ['x{,2}', 'x{,2}', 'xx'],
    ['(?P<n>a)b', 'ab', 'b'],
    ['[\\s,]x', ' x', 'ax'],
    ['[[:space:]]', '\t', 'a'],
    ['a(?#note)b', 'ab', 'a'],
  ] as const) {
    it(`${source} matches ${JSON.stringify(good)} and not ${JSON.stringify(bad)}`, () => {
      const { regex } = compiled(source);
      assert.equal(regex.test(good), true);
      assert.equal(regex.test(bad), false);
    });
  }

  for (const source of [
    '(',
    'a)',
    '[a',
    '*a',
    'a++',
    'a?+',
    '(?>a)',
    '(?R)',
    '(?|a)',
    '(*UTF8)a',
    '(?x)a',
    '\\K',
    '\\G',
    '\\X',
    '\\p{L}',
    '\\y',
    '\\u0041',
    '\\',
    '[z-a]',
    'a**',
    '\\1',
    '(a)\\1',
    '[[:nope:]]',
    '[[:^alpha:]]',
    '\\g{1}',
    '[\\K]',
  ]) {
    it(`refuses ${source} and says why`, () => {
      const result = compileUserRegex(source, { ignoreCase: false });
      assert.equal(typeof result, 'string');
      assert.ok((result as string).length > 10);
    });
  }

  it('captures only when it is asked to', () => {
    assert.deepEqual([...compiled('(a)(b)').regex.exec('ab')!], ['ab']);
    assert.deepEqual([...compiled('(a)(b)', { captures: true }).regex.exec('ab')!], ['ab', 'a', 'b']);
    assert.equal(compiled('(a)\\1', { captures: true }).regex.test('aa'), true);
  });

  it('tells which expressions V8 cannot bound', () => {
    assert.deepEqual(
      ['a+', '(a|b)*c', '(?:a)b', '(?=a)', '(?<!a)b', '(?<n>a)\\k<n>'].map(
        (source) => compiled(source).isBounded,
      ),
      [true, true, true, false, false, false],
    );
  });

  it('calls the beginning and end of the text bounded', () => {
    assert.equal(compiled('\\Aa\\z').isBounded, true);
  });
});
