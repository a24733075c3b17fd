/** The link step with statements put together at random: always diagnostics, never an exception. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bindOptions, globalOptions, proxyOptions, serverOptions } from '../../src/catalog.ts';
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import { linkText } from '../support/link-text.ts';

const RUNS = 1500;

type Named = {
  readonly name: string;
  readonly examples: readonly { readonly text: string }[];
  readonly args: object;
};

const lists = [
  globalOptions,
  proxyOptions,
  bindOptions,
  serverOptions,
] as unknown as readonly (readonly Named[])[];
const argumentWords = lists
  .flat()
  .flatMap(({ args }) =>
    Object.values(args).flatMap((arg: { good: readonly string[]; bad: readonly string[] }) => [
      ...arg.good,
      ...arg.bad,
    ]),
  );

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...argumentWords.filter((text) => text !== '')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'if',
      'unless',
      '{',
      '}',
      '!',
      '||',
      'TRUE',
      'path',
      'hdr(host)',
      '%[src]',
      '%ci',
      '-m',
      '-f',
      '-i',
      'no',
      'default',
      '()',
      'a(b',
      ',',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

const keyword = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...lists.flat().flatMap(({ name, examples }) => [name, ...examples.map(({ text }) => text)]),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...haproxyKeywords('global'), ...haproxyKeywords('proxy')) },
);

/** Quoted, so that the words arrive as they are. */
const quoted = (text: string): string =>
  `'${text.replaceAll("'", '').replaceAll('\n', ' ').replaceAll('\0', '')}'`;

const statement = fc
  .tuple(fc.constantFrom('', '', '', 'no ', 'default '), keyword, fc.array(word, { maxLength: 6 }))
  .map(([prefix, name, words]) => ` ${prefix}${name} ${words.map(quoted).join(' ')}`);

const header = fc.constantFrom(
  'global',
  'defaults',
  'defaults d',
  'defaults d from d',
  'frontend f',
  'frontend f from d',
  'backend b',
  'listen l',
  'listen',
  'backend b from',
  'peers p',
  "frontend 'a b'",
);

const section = fc
  .tuple(header, fc.array(statement, { maxLength: 8 }))
  .map(([first, lines]) => [first, ...lines].join('\n'));
const text = fc.array(section, { minLength: 1, maxLength: 5 }).map((sections) => `${sections.join('\n')}\n`);

describe('linking', () => {
  it('never throws, and says where each problem is', () => {
    const readFile = () => {
      throw new Error('no files here');
    };
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split('\n');
        const { model, diagnostics } = linkText(source, { readFile });
        assert.equal(model === null || diagnostics.every(({ severity }) => severity !== 'error'), true);
        for (const { at, problem } of diagnostics) {
          assert.ok(at.line >= 1 && at.line <= lines.length, `${at.line}: ${problem}`);
          assert.ok(
            at.column >= 1 && at.column <= lines[at.line - 1]!.length + 1,
            `${at.line}:${at.column}: ${problem}`,
          );
        }
        if (model !== null) assert.deepEqual(structuredClone(model), model);
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });
});
