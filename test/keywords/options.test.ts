/** What every declared option promises: its examples, its refusals, its prefix, its name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tokenizeLine } from '../../config/haproxy-cfg/tokenize.ts';
import type { SectionDraft } from '../../config/link/draft.ts';
import { recognise } from '../../config/link/recognise.ts';
import { Report } from '../../config/link/report.ts';
import { StatementSite } from '../../config/link/statement-site.ts';
import {
  actions,
  bindOptions,
  globalOptions,
  keywords,
  proxyOptions,
  serverOptions,
} from '../../src/catalog.ts';
import type { Arg } from '../../src/keyword/arg.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import { parseArgs } from '../../src/keyword/parse-args.ts';
import { ArgumentError, type Word, Words } from '../../src/keyword/words.ts';
import { removedGlobalKeywords, removedProxyKeywords } from '../../src/settings/removed.ts';

const END = { file: 'example', line: 1, column: 1000 };

const LISTS = {
  global: globalOptions as unknown as readonly AnyOption[],
  proxy: proxyOptions as unknown as readonly AnyOption[],
  bind: bindOptions as unknown as readonly AnyOption[],
  server: serverOptions as unknown as readonly AnyOption[],
} as const;

type ListName = keyof typeof LISTS;

const ALL = (Object.keys(LISTS) as ListName[]).flatMap((family) =>
  LISTS[family].map((option) => ({ family, option })),
);

function siteFor(option: AnyOption): StatementSite {
  const draft: SectionDraft = {
    kind: 'listen',
    name: 'example',
    at: END,
    source: '',
    base: null,
    entries: [],
    acls: new Map(),
  };
  return new StatementSite({
    draft,
    report: new Report(),
    source: '',
    basePath: '/',
    readFile: () => new Uint8Array(),
    place: option.evaluatedIn,
    keyword: option.name,
  });
}

function wordsOf(text: string): readonly Word[] {
  const site = { file: 'example', line: 1, section: '', environment: new Map<string, string>() };
  const { words, diagnostics } = tokenizeLine(text, site);
  assert.deepEqual(diagnostics, []);
  return words;
}

/** The value of an option's line, as the linker reads it. */
function readLine(option: AnyOption, text: string): unknown {
  const words = wordsOf(text);
  const taken = option.name.split(' ').length;
  assert.equal(
    words
      .slice(0, taken)
      .map((word) => word.text)
      .join(' '),
    option.name,
  );
  const site = siteFor(option);
  return option.value(parseArgs(option.args, new Words(words.slice(taken), END), site) as never, site);
}

/** Examples say nothing of places in files. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'at')
      .map(([key, item]) => [key, withoutPlaces(item)]),
  );
}

/** A rule set without a single action cannot have an example yet. */
function hasActions(option: AnyOption): boolean {
  return (
    !('rule' in option.args) ||
    actions.some((action) => (action.ruleSets as readonly string[]).includes(option.name))
  );
}

describe('declared options', () => {
  for (const { family, option } of ALL) {
    it(`${family} ${option.name} gives the results of its examples, plain data that can cross threads`, () => {
      if (hasActions(option)) assert.ok(option.examples.length > 0, 'it has no example');
      for (const { text, result } of option.examples) {
        const value = readLine(option, text);
        assert.deepEqual(withoutPlaces(value), result, text);
        assert.deepEqual(structuredClone(value), value);
      }
    });

    it(`${family} ${option.name} accepts the good words and refuses the bad ones by name`, () => {
      for (const [name, arg] of Object.entries(option.args)) {
        refuseBadWords(name, arg, option);
        for (const good of arg.good)
          assert.doesNotThrow(() => parseOne(arg, good, name, option), `${name}: ${good}`);
      }
      const isRequired = Object.values(option.args).some((arg) => !arg.isOptional);
      if (isRequired)
        assert.throws(() => parseArgs(option.args, new Words([], END), siteFor(option)), ArgumentError);
    });
  }

  it('have summaries that are sentences, and say why they have no effect where they have none', () => {
    for (const { option } of ALL) {
      assert.match(option.summary, /^[A-Z].*\.$/s, option.name);
      if (option.noEffect !== undefined) assert.match(option.noEffect, /\w+ \w+ \w+/, option.name);
    }
  });

  it('have names that HAProxy knows, now or in an older version', () => {
    const unknown = ALL.filter(
      ({ family, option }) => option.obsolete === undefined && !haproxyKeywords(family).has(option.name),
    );
    assert.deepEqual(
      unknown.map(({ option }) => option.name),
      ['log global'],
    );
  });

  it('are found by their names', () => {
    for (const { family, option } of ALL) assert.equal(keywords.find(family, option.name), option);
  });
});

function parseOne(arg: Arg<unknown>, text: string, name: string, option: AnyOption): unknown {
  const words = new Words(arg.kind === 'rest' ? wordsOf(text) : [{ text, at: END }], END);
  return arg.parse(words, siteFor(option), name);
}

function refuseBadWords(name: string, arg: Arg<unknown>, option: AnyOption): void {
  for (const bad of arg.bad) {
    assert.throws(
      () => parseOne(arg, bad, name, option),
      (error) => {
        assert.ok(error instanceof ArgumentError, `${name}: '${bad}' gives ${String(error)}`);
        assert.ok(
          error.message.includes(`<${name}>`) || (bad !== '' && error.message.includes(bad)),
          `${name}: '${bad}' gives: ${error.message}`,
        );
        return true;
      },
      `${option.name} <${name}> accepts '${bad}'`,
    );
  }
}

describe('the prefixes no and default', () => {
  for (const { family, option } of ALL.filter(
    (entry) => entry.family === 'global' || entry.family === 'proxy',
  )) {
    const words = wordsOf(`no ${option.name}`);
    const find = () => recognise(words, family as 'global' | 'proxy', 'test');
    if (option.negated !== undefined || option.clears === true) {
      it(`no ${option.name} is accepted`, () => {
        assert.deepEqual(find(), { declaration: option, effect: 'negate', taken: words.length });
      });
    } else {
      it(`no ${option.name} is refused`, () => {
        assert.throws(find, /negation\/default /);
      });
    }
  }
});

describe('removed keywords', () => {
  for (const [family, list] of [
    ['global', removedGlobalKeywords],
    ['proxy', removedProxyKeywords],
  ] as const) {
    for (const { name, instead } of list) {
      it(`${family} ${name} says what to use instead`, () => {
        assert.throws(
          () => recognise(wordsOf(name), family, 'test'),
          (error) =>
            error instanceof ArgumentError &&
            error.message.includes('not supported any more') &&
            error.remedy === `use ${instead}`,
        );
        assert.equal(keywords.find(family, name), undefined);
      });
    }
  }
});

describe("HAProxy's other keywords", () => {
  for (const family of ['global', 'proxy'] as const) {
    it(`in ${family} sections, each that is not declared is said to be not supported yet`, () => {
      for (const name of haproxyKeywords(family)) {
        if (keywords.find(family, name) !== undefined) continue;
        const isGroup = [...haproxyKeywords(family)].some((other) => other.startsWith(`${name} `));
        if (isGroup) continue;
        assert.throws(() => recognise(wordsOf(name), family, 'test'), {
          message: `'${name}' is a HAProxy keyword that Fairlead does not support yet`,
        });
      }
    });
  }

  for (const family of ['bind', 'server'] as const) {
    it(`on ${family} lines, each that is not declared is said to be not supported yet`, () => {
      const site = siteFor(proxyOptions[0] as unknown as AnyOption);
      for (const name of haproxyKeywords(family)) {
        if (keywords.find(family, name) !== undefined) continue;
        assert.throws(() => site.parseOptions(family, new Words(wordsOf(name), END)), {
          message: `'${name}' is a HAProxy keyword that Fairlead does not support yet`,
        });
      }
    });
  }
});
