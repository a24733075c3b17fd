/** What is derived from the declarations: the manual's pages, the schema, the listing and the parity table. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { exampleInYaml } from '../../config/reference/example-in-yaml.ts';
import { countsOf, families, parityRows, sumOf } from '../../config/reference/families.ts';
import { referenceFiles } from '../../config/reference/reference-files.ts';
import { usageLine } from '../../config/reference/usage.ts';
import { buildSchema } from '../../config/schema/build-schema.ts';
import { pruneSchema } from '../../config/schema/prune-schema.ts';
import { parseYaml } from '../../config/yaml/parse-yaml.ts';
import { keywordsText } from '../../master/keywords.ts';
import { options, UsageError } from '../../master/option-table.ts';
import { peopleCommands } from '../../master/people-command-line.ts';
import { keywords } from '../../src/catalog.ts';
import { formOf } from '../../src/keyword/arg.ts';
import type { AnyOption, Declaration } from '../../src/keyword/declaration.ts';
import { haproxyKeywords } from '../../src/keyword/haproxy-keywords.ts';
import { TEST_FACTS } from '../support/link-text.ts';
import { linesOf, readText, withoutPlaces } from '../support/yaml-text.ts';

const validate = new Ajv({ strict: false }).compile(buildSchema());

/** The declarations of a family. */
function listOf(family: string): readonly Declaration[] {
  return families.find((each) => each.family === family)!.declarations;
}

describe('the manual', () => {
  const files = referenceFiles({ options, commands: peopleCommands });

  it('is the same each time it is generated', () => {
    assert.deepEqual(referenceFiles({ options, commands: peopleCommands }), files);
  });

  it('has an entry for every keyword, with its usage and summary', () => {
    for (const { page, declarations } of families) {
      const text = files.get(`docs/reference/${page}.md`)!;
      for (const declaration of declarations) {
        assert.ok(text.includes(usageLine(declaration)), declaration.name);
        assert.ok(text.includes(declaration.summary), declaration.name);
      }
    }
  });

  it('says of keywords without effect why, and of old ones what to use', () => {
    for (const family of ['global', 'proxy', 'bind', 'server']) {
      const text = files.get(`docs/reference/${families.find((each) => each.family === family)!.page}.md`)!;
      for (const { noEffect, obsolete } of listOf(family) as unknown as readonly AnyOption[]) {
        if (noEffect !== undefined) assert.ok(text.includes(`Accepted without effect: ${noEffect}.`));
        if (obsolete !== undefined) assert.ok(text.includes(`Use ${obsolete}.`));
      }
    }
  });

  it('has every option of the command line', () => {
    const text = files.get('docs/reference/command-line.md')!;
    for (const { name, summary } of options) {
      assert.ok(text.includes(`\`${name}`), name);
      assert.ok(text.includes(summary), name);
    }
    for (const { summary } of peopleCommands) assert.ok(text.includes(summary));
  });
});

describe('the guide to YAML', () => {
  const guide = readFileSync(fileURLToPath(new URL('../../docs/guide/yaml.md', import.meta.url)), 'utf8');
  const blocks = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

  it('has examples', () => assert.ok(blocks.length >= 2));

  for (const block of blocks) {
    it(`is right about ${block.split('\n')[0]}`, () => {
      const { diagnostics } = readText(block);
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.ok(validate(parse(block)), JSON.stringify(validate.errors));
    });
  }
});

describe('usage lines', () => {
  for (const [family, name, usage] of [
    ['proxy', 'timeout client', 'timeout client <timeout>'],
    ['proxy', 'option forwardfor', 'option forwardfor [ except <network> ] [ header <name> ] [ if-none ]'],
    ['action', 'set-header', 'set-header <name> <fmt>'],
    ['log-alias', 'ci', '%ci'],
    ['fetch', 'path', 'path'],
    ['command', 'show info', 'show info'],
  ] as const) {
    it(`of ${name} is ${usage}`, () => {
      const declaration = listOf(family).find((each) => each.name === name)!;
      assert.ok(usageLine(declaration).startsWith(usage), usageLine(declaration));
    });
  }

  it('have no brackets without a word', () => {
    for (const { family, declarations } of families)
      for (const declaration of family === 'command' ? [] : declarations)
        assert.doesNotMatch(usageLine(declaration), /\[ +\]| {2}/, usageLine(declaration));
  });
});

describe('examples of configuration keywords', () => {
  for (const family of ['global', 'proxy'] as const) {
    for (const option of listOf(family) as unknown as readonly AnyOption[]) {
      it(`of ${family} ${option.name} mean the same in YAML, and fit the schema`, () => {
        for (const { text } of option.examples) {
          const yaml = exampleInYaml(text, family)!;
          const kind =
            family === 'global'
              ? 'global'
              : (option.sections.find((section) => section !== 'defaults') ?? 'defaults');
          const body = yaml.replaceAll(/^/gm, '    ').trimEnd();
          const file = kind === 'global' ? `global:\n${body}\n` : `${kind}s:\n  example:\n${body}\n`;
          const cfg = `${kind}${kind === 'global' ? '' : ' example'}\n  ${text}\n`;
          assert.deepEqual(readText(file).statements, readText(cfg, 'cfg').statements, file);
          assert.ok(validate(parse(file)), `${file}${JSON.stringify(validate.errors)}`);
        }
      });
    }
  }
});

describe('words of arguments', () => {
  for (const family of ['bind', 'server'] as const) {
    it(`of ${family} options that are good fit the schema, and are the words that were meant`, () => {
      for (const option of listOf(family)) {
        const [only, ...others] = Object.values(option.args);
        if (only === undefined || others.length > 0 || formOf(only).kind !== 'word') continue;
        for (const good of only.good) {
          const text = JSON.stringify(good);
          const line =
            family === 'bind'
              ? `bind: { address: ":80", ${option.name}: ${text} }`
              : `server: { a: { address: 10.0.0.1:80, ${option.name}: ${text} } }`;
          const file = `listens:\n  x:\n    ${line}\n`;
          assert.ok(linesOf(file)[1]!.endsWith(`|${option.name}|${good}`), file);
          assert.ok(validate(parse(file)), `${file}${JSON.stringify(validate.errors)}`);
        }
      }
    });

    it(`of ${family} options that are bad are refused in YAML too`, () => {
      for (const option of listOf(family)) {
        const [only, ...others] = Object.values(option.args);
        if (only === undefined || others.length > 0) continue;
        for (const bad of only.bad) {
          const text = JSON.stringify(bad);
          const line =
            family === 'bind'
              ? `bind: { address: ":80", ${option.name}: ${text} }`
              : `server: { a: { address: 10.0.0.1:80, ${option.name}: ${text} } }`;
          const { model, diagnostics } = readText(`listens:\n  x:\n    ${line}\n`);
          assert.equal(model, null, `${option.name} ${bad}`);
          assert.ok(diagnostics.every(({ at }) => at.line > 0));
        }
      }
    });
  }
});

describe('the schema', () => {
  const refused: readonly (readonly [what: string, yaml: string])[] = [
    ['an unknown key at the top', 'frontend: {}'],
    ['an unknown keyword', 'frontends: { a: { nosuch: 1 } }'],
    ['an unknown member of a group', 'frontends: { a: { option: { nosuch: true } } }'],
    ['an unknown argument', 'frontends: { a: { option: { forwardfor: { nosuch: true } } } }'],
    ['an unknown option of a server', 'backends: { a: { server: { b: { address: x, nosuch: true } } } }'],
    ['a server without its address', 'backends: { a: { server: { b: { check: true } } } }'],
    ['a keyword of another section', 'global: { mode: http }'],
    ['a number out of range', 'backends: { a: { server: { b: { address: x, weight: 257 } } } }'],
    ['a word that is not allowed', 'defaults: { mode: htpt }'],
    ['a duration that is none', 'defaults: { timeout: { client: soon } }'],
    ['false where there is no off state', 'defaults: { mode: false }'],
    ['an action that does not exist', 'frontends: { a: { http-request: [{ nosuch: true }] } }'],
    ['a section in proxies without a kind', 'proxies: [{ mode: tcp }]'],
  ];
  for (const [what, yaml] of refused) it(`refuses ${what}`, () => assert.equal(validate(parse(yaml)), false));

  const accepted: readonly (readonly [what: string, yaml: string])[] = [
    ['an empty file', ''],
    [
      'variables wherever a word may stand',
      'defaults: { mode: "${MODE}", maxconn: $MAX, timeout: { client: "${T-5s}" } }',
    ],
    ['numbers as texts', 'global: { maxconn: "5", nbthread: 2 }'],
    [
      'conditions inside and beside of actions',
      'frontends: { a: { http-request: [{ deny: true, if: x }, { set-header: { name: a, fmt: b, unless: y } }] } }',
    ],
    ['lists of proxies', 'proxies: [{ frontend: a, mode: tcp }, { backend: b, from: c }]'],
    ['lists of defaults', 'defaults: [{ name: a, mode: tcp }, { from: a }]'],
    ['lines', 'backends: { a: { lines: [default-server check, { mode: tcp }] } }'],
    ['places for anchors', 'x-a: { b: c }'],
  ];
  for (const [what, yaml] of accepted)
    it(`accepts ${what}`, () => assert.ok(validate(parse(yaml)), JSON.stringify(validate.errors)));

  it('says the same of a file when only the part for that file is compiled', () => {
    for (const [, yaml] of [...refused, ...accepted]) {
      const data: unknown = parse(yaml);
      const part = new Ajv({ strict: false }).compile(pruneSchema(buildSchema(), keysOf(data)));
      assert.equal(part(data), validate(data), yaml);
    }
  });

  it('accepts the shipped examples', () => {
    for (const name of ['quickstart.yaml', 'site.yaml']) {
      const path = fileURLToPath(new URL(`../../config/examples/${name}`, import.meta.url));
      assert.ok(validate(parse(readFileSync(path, 'utf8'))), JSON.stringify(validate.errors));
    }
  });

  it('is asked last, and tells the place', async () => {
    const check = (text: string) =>
      parseYaml([{ file: 'test.yaml', text }], { environment: new Map(), facts: TEST_FACTS }).checkSchema();
    assert.deepEqual(await check('frontends:\n  a:\n    mode: http\n'), []);
    const [error, ...others] = await check('frontends:\n  a:\n    mode: http\n    lines: [5]\n');
    assert.deepEqual(others, []);
    assert.deepEqual([error!.at.line, error!.at.column, error!.source], [4, 13, '    lines: [5]']);
    assert.match(
      error!.problem,
      /^'frontends a lines 0' does not fit the schema of the configuration: it must be /,
    );
    const [unknown] = await check('frontends:\n  a: { mode: http, bind: { address: x, nosuch: 1 } }\n');
    assert.deepEqual([unknown!.at.line, unknown!.at.column], [2, 40]);
  });
});

function keysOf(data: unknown): Set<string> {
  const keys = new Set<string>();
  JSON.stringify(data ?? null, (key, value: unknown) => {
    keys.add(key);
    return value;
  });
  return keys;
}

const REQUEST = { name: null, family: null, isParity: false, isJson: false };

describe('fairlead keywords', () => {
  it('lists every keyword with its summary', () => {
    const text = keywordsText(REQUEST);
    for (const { title, declarations } of families) {
      assert.ok(text.includes(title));
      for (const { summary } of declarations) assert.ok(text.includes(summary));
    }
  });

  it('lists one family', () => {
    const text = keywordsText({ ...REQUEST, family: 'balance' });
    assert.match(text, /^Balance algorithms \(balance, \d+\):\n/);
    assert.doesNotMatch(text, /Global/);
  });

  it('shows one keyword in every family that has it', () => {
    const text = keywordsText({ ...REQUEST, name: 'maxconn' });
    for (const family of ['global', 'proxy', 'bind', 'server'])
      assert.ok(text.includes(`(${family})\n`), text);
  });

  it('writes JSON that tools can read', () => {
    const list = JSON.parse(keywordsText({ ...REQUEST, isJson: true })) as { name: string; family: string }[];
    assert.equal(
      list.length,
      families.reduce((count, { declarations }) => count + declarations.length, 0),
    );
    const parity = JSON.parse(keywordsText({ ...REQUEST, isParity: true, isJson: true })) as {
      title: string;
    }[];
    assert.deepEqual(
      parity.map(({ title }) => title),
      parityRows().map(({ title }) => title),
    );
  });

  for (const [request, message] of [
    [{ family: 'blance' }, /'blance' is not a family; did you mean 'balance'\?/],
    [{ name: 'maxcon' }, /'maxcon' is not a keyword; did you mean 'maxconn'\?/],
    [{ name: 'peers' }, /'peers' is a HAProxy keyword that Fairlead does not support yet/],
  ] as const) {
    it(`refuses ${JSON.stringify(request)}`, () => {
      assert.throws(
        () => keywordsText({ ...REQUEST, ...request }),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});

describe('the parity table', () => {
  it("counts each of HAProxy's names once", () => {
    for (const row of parityRows()) {
      const names = [...row.supported, ...row.withoutEffect, ...row.missing];
      assert.equal(new Set(names).size, names.length, row.title);
    }
    const global = parityRows().find(({ title }) => title === 'Global keywords')!;
    assert.equal(countsOf(global).total, haproxyKeywords('global').size);
  });

  it('counts as supported only what is declared and has an effect', () => {
    const global = parityRows().find(({ title }) => title === 'Global keywords')!;
    for (const name of global.supported)
      assert.equal((keywords.find('global', name) as AnyOption).noEffect, undefined, name);
    for (const name of global.withoutEffect)
      assert.notEqual((keywords.find('global', name) as AnyOption).noEffect, undefined, name);
    for (const name of global.missing) assert.equal(keywords.find('global', name), undefined, name);
  });

  it('sums up, and never rounds up to all', () => {
    const sum = sumOf(parityRows());
    assert.equal(
      countsOf(sum).total,
      parityRows().reduce((total, row) => total + countsOf(row).total, 0),
    );
    const nearly = {
      title: '',
      supported: Array.from({ length: 9999 }, String),
      withoutEffect: [],
      missing: ['x'],
    };
    assert.equal(countsOf(nearly).supportedPct, '99.9');
  });
});

describe('a model read from YAML', () => {
  it('is that of haproxy.cfg, in every form a line may be written', () => {
    const cfg =
      'frontend a\n  mode http\n  bind :80 name x maxconn 5\n  http-request deny deny_status 429 if { path /x }\n';
    const forms = [
      'bind: ":80 name x maxconn 5"\nhttp-request: deny deny_status 429 if { path /x }',
      'bind: { address: ":80", name: x, maxconn: 5 }\nhttp-request: [{ deny: { deny_status: 429 }, if: "{ path /x }" }]',
      'bind: [{ maxconn: "5", address: ":80", name: x }]\nhttp-request:\n- deny: { deny_status: 429, if: "{ path /x }" }',
      'lines: [bind :80 name x maxconn 5, "http-request deny deny_status 429 if { path /x }"]',
    ];
    const expected = withoutPlaces(readText(cfg, 'cfg').model);
    for (const form of forms) {
      const file = `frontends:\n  a:\n    mode: http\n${form.replaceAll(/^/gm, '    ')}\n`;
      assert.deepEqual(
        withoutOptionOrder(withoutPlaces(readText(file).model)),
        withoutOptionOrder(expected),
        form,
      );
    }
  });
});

/** The text of a condition is kept as it is written; the rest must be equal. */
function withoutOptionOrder(model: unknown): unknown {
  return JSON.parse(JSON.stringify(model));
}
