/** Files that are no configuration: too large, too deep, without end. Each gets one clear message, soon. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Diagnostic } from '../../../config/diagnostics/diagnostic.ts';
import { parseYaml } from '../../../config/yaml/parse-yaml.ts';
import { MAX_DEPTH, MAX_YAML_LENGTH } from '../../../config/yaml/read-tree.ts';
import { TEST_FACTS } from '../../support/link-text.ts';

function read(text: string): readonly Diagnostic[] {
  return parseYaml([{ file: 'test.yaml', text }], { environment: new Map(), facts: TEST_FACTS }).diagnostics;
}

function onlyProblem(text: string): string {
  const diagnostics = read(text);
  assert.equal(diagnostics.length, 1);
  return diagnostics[0]!.problem;
}

/** Each level has ten of the level below it: `10 ** levels` values. */
function aliasBomb(levels: number): string {
  const lines = ['x-0: &a0 [a, a, a, a, a, a, a, a, a, a]'];
  for (let i = 1; i <= levels; i++)
    lines.push(`x-${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  return `${lines.join('\n')}\n`;
}

describe('a YAML file', () => {
  it('of 100 million characters is refused by its size', () => {
    assert.match(onlyProblem('a'.repeat(100_000_000)), /more than 4 million characters/);
    assert.match(onlyProblem(`# ${'x'.repeat(MAX_YAML_LENGTH)}`), /more than 4 million characters/);
  });

  it('whose aliases multiply without bound is refused by what they come to', () => {
    assert.match(onlyProblem(aliasBomb(9)), /more than 500000 values once its aliases are followed/);
  });

  it('whose aliases stay within bounds is read', () => {
    assert.deepEqual(read(aliasBomb(3)), []);
  });

  for (const [what, open, close] of [
    ['lists', '[', ']'],
    ['maps', '{a: ', '}'],
    ['block lists', '- ', ''],
  ] as const) {
    it(`of ${what} in one another is refused where they are too deep`, () => {
      for (const depth of [MAX_DEPTH + 2, 1000, 100_000]) {
        const text = `x-a:\n  ${open.repeat(depth)}1${close.repeat(depth)}\n`;
        const diagnostics = read(text);
        assert.match(diagnostics[0]!.problem, /nested too deeply/, `${depth}: ${diagnostics[0]!.problem}`);
      }
    });
  }

  it('may be as deep as any keyword needs', () => {
    const depth = MAX_DEPTH - 2;
    assert.deepEqual(read(`x-a: ${'['.repeat(depth)}1${']'.repeat(depth)}\n`), []);
  });

  it('of very many keys in one map takes no more than time in their number', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `b${i}: { mode: tcp }`);
    assert.deepEqual(read(`backends: {\n  ${keys.join(',\n  ')}\n}\n`), []);
  });

  it('that is no text is refused at the first byte that is none', () => {
    const [diagnostic] = read('global: {}\n# \0\x01\x02');
    assert.deepEqual([diagnostic!.at.line, diagnostic!.at.column], [2, 3]);
    assert.match(diagnostic!.problem, /NUL byte/);
  });

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    assert.deepEqual(read('\ufeffglobal:\r\n  maxconn: 5\r\n'), []);
  });

  it('that is wrong in very many places says so for each place that can be told apart', () => {
    const text = `frontends:\n  www:\n${Array.from({ length: 300 }, (_, i) => `    timeout k${i}: 5\n`).join('')}`;
    assert.equal(read(text).length, 300);
  });
});
