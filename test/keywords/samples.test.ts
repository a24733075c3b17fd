/** Every example of every fetch, converter and match method, and every wrong argument. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aclCriterionNames, findAclCriterion } from '../../src/acl/derived-names.ts';
import { matches } from '../../src/acl/matches.ts';
import type { Arg } from '../../src/keyword/arg.ts';
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import { ArgumentError } from '../../src/keyword/words.ts';
import { converters } from '../../src/sample/converters.ts';
import type { ConverterDeclaration, FetchDeclaration } from '../../src/sample/declare.ts';
import { fetches } from '../../src/sample/fetches.ts';
import { evaluate, expressionOf, isMet, samples, testSite, wordOf } from '../support/sample-site.ts';
import { streamOf } from '../support/stream-view.ts';

const declarations = [...fetches, ...converters] as readonly (FetchDeclaration | ConverterDeclaration)[];

describe('fetches and converters', () => {
  for (const declaration of declarations) {
    it(`${declaration.name} gives the results of its examples`, () => {
      assert.ok(declaration.examples.length > 0, 'it has an example');
      for (const { text, given, result } of declaration.examples) {
        assert.equal(evaluate(text, streamOf(given)), result, `${text} on ${given ?? 'nothing'}`);
      }
    });

    it(`${declaration.name} uses itself in its examples`, () => {
      const names = [declaration.name, ...declaration.aliases];
      const used = declaration.examples
        .map(({ text }) => expressionOf(text))
        .flatMap((model) => [model.fetch.name, ...model.converters.map((call) => call.name)]);
      assert.ok(names.some((name) => used.includes(name)));
    });

    it(`${declaration.name} refuses wrong arguments by naming them`, () => {
      for (const [name, argument] of Object.entries(declaration.args)) assertRefusals(name, argument);
      const tooMany = Object.keys(declaration.args)
        .map(() => '1')
        .concat('1', '1')
        .join(',');
      const text =
        declaration.family === 'fetch'
          ? `${declaration.name}(${tooMany})`
          : `str(1),${declaration.name}(${tooMany})`;
      assert.throws(() => expressionOf(text), ArgumentError);
    });
  }

  it('have names and aliases of their own', () => {
    for (const { name, aliases, family } of declarations) {
      for (const each of [name, ...aliases])
        assert.equal((family === 'fetch' ? samples.fetch(each) : samples.converter(each))?.name, name);
    }
  });

  it('are frozen', () => {
    for (const declaration of declarations) assert.ok(Object.isFrozen(declaration), declaration.name);
  });
});

describe('match methods', () => {
  for (const declaration of matches) {
    it(`${declaration.name} gives the results of its examples`, () => {
      for (const { text, result } of declaration.examples)
        assert.equal(isMet(`if { ${text} }`, streamOf(undefined)), result, text);
    });
  }

  it('are those that the manual lists', () => {
    assert.deepEqual(matches.map((match) => match.name).sort(), [
      'beg',
      'bin',
      'bool',
      'dir',
      'dom',
      'end',
      'found',
      'int',
      'ip',
      'len',
      'reg',
      'str',
      'sub',
    ]);
  });
});

describe('derived ACL names', () => {
  it('take a known match method', () => {
    const known = new Set<string>(matches.map((match) => match.name));
    for (const name of aclCriterionNames()) assert.ok(known.has(findAclCriterion(name)!.match), name);
  });

  it('are those that HAProxy 3.5 registers', () => {
    const suffixes = ['beg', 'dir', 'dom', 'end', 'len', 'reg', 'sub'];
    for (const [family, fetch] of Object.entries({
      base: 'base',
      cook: 'req.cook',
      hdr: 'req.hdr',
      path: 'path',
      scook: 'res.cook',
      shdr: 'res.hdr',
      url: 'url',
      urlp: 'urlp',
    })) {
      assert.deepEqual(findAclCriterion(family), { fetch, match: 'str' });
      for (const suffix of suffixes)
        assert.deepEqual(findAclCriterion(`${family}_${suffix}`), { fetch, match: suffix });
    }
    assert.deepEqual(findAclCriterion('method'), { fetch: 'method', match: 'str' });
    assert.deepEqual(findAclCriterion('payload'), { fetch: 'req.payload', match: 'bin' });
    assert.deepEqual([...aclCriterionNames()].sort(), [...haproxyKeywords('acl')].sort());
  });
});

function assertRefusals(name: string, argument: Arg<unknown>): void {
  for (const bad of argument.bad) {
    assert.throws(
      () => argument.parse(wordOf(bad), testSite(), name),
      (error: unknown) =>
        error instanceof ArgumentError && (error.message.includes(bad) || error.message.includes(name)),
      `${name}: ${bad}`,
    );
  }
  for (const good of argument.good)
    assert.doesNotThrow(() => argument.parse(wordOf(good), testSite(), name), `${name}: ${good}`);
}
