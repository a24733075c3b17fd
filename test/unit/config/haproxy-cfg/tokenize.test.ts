import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_WORDS, tokenizeLine } from '../../../../config/haproxy-cfg/tokenize.ts';

const environment = new Map([
  ['A', 'av'],
  ['EMPTY', ''],
  ['LIST', 'one two\tthree'],
  ['PADDED', ' x  y '],
  ['BLANKS', '  '],
  ['QUOTED', "a\"b 'c' \\ $A #d"],
  ['_u1', 'under'],
]);

function tokenize(line: string) {
  return tokenizeLine(line, { file: 'dir/t.cfg', line: 7, section: 'www', environment });
}

function texts(line: string): string[] {
  const result = tokenize(line);
  assert.deepEqual(
    result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error'),
    [],
  );
  return result.words.map((word) => word.text);
}

type Case = readonly [line: string, words: readonly string[]];

function table(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    for (const [line, words] of cases)
      it(`${JSON.stringify(line)} is ${JSON.stringify(words)}`, () => assert.deepEqual(texts(line), words));
  });
}

table('words and comments (manual section 2.1)', [
  ['', []],
  [' \t ', []],
  ['# comment "with \' quotes \\', []],
  ['global#this is the global section', ['global']],
  ['     mode             http   # or tcp', ['mode', 'http']],
  ['a\tb\vc\fd', ['a', 'b', 'c', 'd']],
  ['a b\r', ['a', 'b']],
  ['\r', []],
]);

table('escapes outside of quotes (manual section 2.2)', [
  ['a\\ b', ['a b']],
  ['a\\#b', ['a#b']],
  ['a\\\\b', ['a\\b']],
  ['\\\'a\\"', ['\'a"']],
  ['\\n\\r\\t', ['\n\r\t']],
  ['\\x41\\x4a\\x4A\\x7e\\x20x', ['AJJ~ x']],
  ['\\xc3\\xa9', ['é']],
  ['\\xe9', ['\udce9']],
  ['$A ${A} \\$A', ['$A', '${A}', '\\$A']],
  ['\\q \\1', ['\\q', '\\1']],
  ['a\\', ['a\\']],
  ['a\\\tb', ['a\\', 'b']],
  ['a\\\r', ['a\\']],
]);

table('double quotes (manual section 2.2)', [
  ['"a b"', ['a b']],
  ['"a\tb#c\'d"', ["a\tb#c'd"]],
  ['"\\ \\#\\\\\\\'\\"\\n\\r\\t\\x41\\$A"', [' #\\\'"\n\r\tA$A']],
  ['"\\q"', ['\\q']],
  ['"\\\t"', ['\\\t']],
  ['""', ['']],
  ['a""b', ['ab']],
  ['a "" b', ['a', '', 'b']],
  ['a"b c"d', ['ab cd']],
  ['"a""b"', ['ab']],
]);

table('single quotes (manual section 2.2)', [
  ["'a b'", ['a b']],
  ["'a\"$A\\x41\\n#'", ['a"$A\\x41\\n#']],
  ["'a\\'", ['a\\']],
  ["''", ['']],
  ['a\'b\'"c"', ['abc']],
]);

table('the equivalent lines of manual section 2.2', [
  ['log-format %{+Q}o\\ %t\\ %s\\ %{-Q}r', ['log-format', '%{+Q}o %t %s %{-Q}r']],
  ['log-format "%{+Q}o %t %s %{-Q}r"', ['log-format', '%{+Q}o %t %s %{-Q}r']],
  ["log-format '%{+Q}o %t %s %{-Q}r'", ['log-format', '%{+Q}o %t %s %{-Q}r']],
  ['log-format "%{+Q}o %t"\' %s %{-Q}r\'', ['log-format', '%{+Q}o %t %s %{-Q}r']],
  ['log-format "%{+Q}o %t"\' %s\'r\\ %{-Q}r', ['log-format', '%{+Q}o %t %sr %{-Q}r']],
  ['x \'%[path,regsub("^/(here)(/|$)","my/\\1",g)]\'', ['x', '%[path,regsub("^/(here)(/|$)","my/\\1",g)]']],
  ['x str("\\\\\'foo\\\\\'")', ['x', "str(\\'foo\\')"]],
  ['x str(\\"\\\'foo\\\'\\")', ['x', 'str("\'foo\'")']],
]);

table('environment variables (manual section 2.3)', [
  ['"$A"', ['av']],
  ['"${A}B"', ['avB']],
  ['"$AB"', ['']],
  ['"$A.B-$A"', ['av.B-av']],
  ['"$_u1"', ['under']],
  ["'$A'", ['$A']],
  ['"${UNSET-default value}"', ['default value']],
  ['"${EMPTY-default}"', ['']],
  ['"${UNSET-}x"', ['x']],
  ['"${UNSET-a"b#\'}"', ['a"b#\'']],
  ['"${UNSET-a\\x41\\}b}"', ['a\\x41\\b}']],
  ['"${UNSET-${A}}"', ['${A}']],
  ['"$QUOTED"', ["a\"b 'c' \\ $A #d"]],
  ['"${LIST}"', ['one two\tthree']],
]);

table('lists of words (manual section 2.3)', [
  ['"${LIST[*]}"', ['one', 'two', 'three']],
  ['"pre${LIST[*]}post"', ['preone', 'two', 'threepost']],
  ['"x${PADDED[*]}y"', ['x', 'x', 'y', 'y']],
  ['a "${PADDED[*]}" b', ['a', 'x', 'y', 'b']],
  ['a "${EMPTY[*]}" b', ['a', 'b']],
  ['a "${UNSET[*]}" b', ['a', 'b']],
  ['a "${BLANKS[*]}" b', ['a', 'b']],
  ['a"${EMPTY[*]}" b', ['a', 'b']],
  ['"${UNSET[*]-p  q}"', ['p', 'q']],
  ['"${QUOTED[*]}"', ['a"b', "'c'", '\\', '$A', '#d']],
  ['"${LIST[*]}${LIST[*]}"', ['one', 'two', 'threeone', 'two', 'three']],
]);

table('pseudo-variables (manual section 2.3)', [
  ['"$.FILE:$.LINE"', ['dir/t.cfg:7']],
  ['"${.SECTION}"', ['www']],
  ['"${.LINE-x}"', ['7']],
  ['"${.LINE[*]}"', ['7']],
]);

describe('columns', () => {
  it('point to where a word begins, its quote included, and just past the last one', () => {
    const { words, end } = tokenize('  bind "a b"  \\ c # comment');
    assert.deepEqual(
      words.map((word) => word.at.column),
      [3, 8, 15],
    );
    assert.deepEqual(end, { file: 'dir/t.cfg', line: 7, column: 18 });
  });
  it('count UTF-16 units', () => {
    assert.deepEqual(
      tokenize('é🙂 x').words.map((word) => word.at.column),
      [1, 5],
    );
  });
  it('of the words of a list point to its variable', () => {
    assert.deepEqual(
      tokenize('x "p${LIST[*]}" y').words.map((word) => word.at.column),
      [1, 3, 5, 5, 17],
    );
  });
});

describe('errors leave no words and point to the character', () => {
  const cases: readonly (readonly [line: string, column: number, problem: RegExp])[] = [
    ['  description "abc', 15, /^unmatched quote$/],
    ["  description 'abc", 15, /^unmatched quote$/],
    ['  description "ab\\', 15, /^unmatched quote$/],
    ['x "a\rb"', 3, /^unmatched quote$/],
    ['  description ab\\x4g', 17, /hexadecimal/],
    ['  description ab\\x4', 17, /hexadecimal/],
    ['  description ab\\x', 17, /hexadecimal/],
    ['.notice "a\\x4"', 11, /hexadecimal/],
    ['  description "$1"', 17, /forbidden first char/],
    ['  description "${1}"', 18, /forbidden first char/],
    ['  description "$"', 17, /forbidden first char/],
    ['  description "${}"', 18, /forbidden first char/],
    ['.notice "$é"', 11, /forbidden first char/],
    ['  description "${A"', 17, /unmatched brace/],
    ['  description "${A-b"', 17, /unmatched brace/],
    ['  description "${A.B}"', 17, /unmatched brace/],
    ['.notice "${A [*]}"', 11, /unmatched brace/],
    ['.notice "${A[*]x}"', 11, /unmatched brace/],
    ['.notice "${A+x}"', 11, /unmatched brace/],
    ['.notice "${A[*}"', 13, /word expansion/],
    ['.notice "${A[0]}"', 13, /word expansion/],
    ['.notice "${.FOO-x}"', 12, /unknown pseudo-variable '.FOO'/],
    ['.notice "$.', 11, /unknown pseudo-variable '.'/],
    ['a\0b', 2, /NUL byte/],
    [`x${' y'.repeat(MAX_WORDS)}`, 1 + 2 * MAX_WORDS, /too many words: 65 .* 64 are permitted/],
  ];
  for (const [line, column, problem] of cases)
    it(`${JSON.stringify(line.slice(0, 40))}: ${problem.source}`, () => {
      const { words, diagnostics } = tokenize(line);
      assert.deepEqual(words, []);
      const error = diagnostics.at(-1)!;
      assert.equal(error.severity, 'error');
      assert.match(error.problem, problem);
      assert.deepEqual(error.at, { file: 'dir/t.cfg', line: 7, column });
      assert.equal(error.source, line);
    });
  it('takes 64 words', () => assert.equal(texts(`x${' y'.repeat(MAX_WORDS - 1)}`).length, MAX_WORDS));
});

describe('what is suspicious is told', () => {
  const cases: readonly (readonly [
    line: string,
    words: readonly string[],
    severity: string,
    column: number,
  ])[] = [
    ['a b\rc d', ['a', 'b'], 'warning', 5],
    ['a\\x00bc d', ['a', 'd'], 'warning', 2],
    ['a\\\tb', ['a\\', 'b'], 'diag', 2],
  ];
  for (const [line, words, severity, column] of cases)
    it(JSON.stringify(line), () => {
      const result = tokenize(line);
      assert.deepEqual(
        result.words.map((word) => word.text),
        words,
      );
      assert.deepEqual(
        result.diagnostics.map((diagnostic) => [diagnostic.severity, diagnostic.at.column]),
        [[severity, column]],
      );
    });
});

describe('the command line of -cc', () => {
  it('has no comments', () => {
    const { words } = tokenizeLine('1 # "x y"', {
      file: '-cc',
      line: 1,
      section: '',
      environment,
      hasNoComments: true,
    });
    assert.deepEqual(
      words.map((word) => word.text),
      ['1', '#', 'x y'],
    );
  });
});
