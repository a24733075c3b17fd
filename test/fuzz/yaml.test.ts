/** Random YAML: the front-end never throws, ends soon, and always says what is wrong and where. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { convert } from '../../config/convert.ts';
import { renderDiagnostic } from '../../config/diagnostics/render.ts';
import { linkDocument } from '../../config/link/link.ts';
import { exampleInYaml } from '../../config/reference/example-in-yaml.ts';
import { buildSchema } from '../../config/schema/build-schema.ts';
import { parseYaml, type YamlResult } from '../../config/yaml/parse-yaml.ts';
import { placesOf } from '../../config/yaml/scalar-places.ts';
import { globalOptions, keywords, proxyOptions } from '../../src/catalog.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { TEST_FACTS } from '../support/link-text.ts';

const environment = new Map([
  ['A', 'a value'],
  ['L', ' one two'],
]);
const options = { environment, facts: TEST_FACTS };
const budget = { seed: 20262 };

const KEYS = [
  'global',
  'defaults',
  'frontends',
  'backends',
  'listens',
  'proxies',
  'frontend',
  'x-a',
  'lines',
  'from',
  'name',
  'option',
  'timeout',
  'client',
  'httplog',
  'forwardfor',
  'except',
  'bind',
  'server',
  'address',
  'check',
  'weight',
  'acl',
  'http-request',
  'deny',
  'set-header',
  'fmt',
  'if',
  'unless',
  'use_backend',
  'backend',
  'log',
  'stats',
  'socket',
  'setenv',
  'errorfile',
  'balance',
  'default-server',
  'http-check',
  'tcp-request',
  'content',
  'return',
  'hdr',
  'status',
  '<<',
  '',
  '__proto__',
  'constructor',
  ...keywords.names('proxy'),
  ...keywords.names('global'),
];
const TEXTS = [
  'http',
  'a b',
  '"',
  "'",
  '$A',
  '${L[*]}',
  '"${L[*]}"',
  '$',
  '\\x4',
  '\\',
  'if { path /x }',
  '127.0.0.1:80',
  ':80',
  '5s',
  '%[path]',
  '%',
  '\n',
  '\0',
  '\r',
  ' ',
  '#',
  '\ud800',
  'é€𐍈',
  'true',
];

const scalar = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.array(fc.constantFrom(...TEXTS), { maxLength: 4 }).map((parts) => parts.join(' ')),
  fc.constantFrom<unknown>(true, false, null, 0, -1, 5, 1e21, 0.5, Number.NaN, Number.POSITIVE_INFINITY),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const { value } = fc.letrec<{ value: unknown; map: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', maxDepth: 5 },
    scalar,
    tie('map'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
  map: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { selector: ([key]) => key, maxLength: 5 })
    .map((entries) => new Map(entries)),
}));

const section = fc.constantFrom('frontends', 'backends', 'listens');
const file = fc.oneof(
  value,
  fc.tuple(section, value).map(([kind, body]) => new Map([[kind, new Map([['web', body]])]])),
  value.map((body) => new Map([['global', body]])),
  value.map((body) => new Map([['defaults', body]])),
);

/** Parses, links and shows a text; whatever is wrong must have a place in it. */
function check(text: string): YamlResult {
  const parsed = parseYaml([{ file: 'f.yaml', text }], options);
  const linked = linkDocument(parsed.document, { workingFolder: '/', readFile: () => new Uint8Array() });
  const lines = text.split('\n').length;
  for (const diagnostic of [...parsed.diagnostics, ...linked.diagnostics]) {
    assert.ok(diagnostic.at.line >= 0 && diagnostic.at.line <= lines && diagnostic.at.column >= 0);
    assert.notEqual(diagnostic.problem, '');
    assert.doesNotMatch(renderDiagnostic(diagnostic, { width: 80 }), /[\x00-\x09\x0b-\x1f\x7f]/);
  }
  for (const { statements } of parsed.document.sections)
    for (const { words } of statements) {
      assert.ok(words.length > 0);
      for (const word of words) {
        assert.notEqual(word.text, '');
        assert.ok(word.at.line >= 1 && word.at.line <= lines && word.at.column >= 1);
      }
    }
  return parsed;
}

describe('the YAML front-end', () => {
  it('takes any structure of its own keys', () => {
    fc.assert(
      fc.property(file, (data) => {
        check(stringify(data));
      }),
      { ...budget, numRuns: 1500 },
    );
  });

  it('says what is wrong with its shape, or gives what haproxy.cfg can say too', () => {
    fc.assert(
      fc.property(file, (data) => {
        const text = stringify(data);
        const { diagnostics } = check(text);
        const cfg = convert(text, { from: 'yaml', file: 'f.yaml', ...options });
        assert.equal(
          cfg.text === null,
          diagnostics.some(({ severity }) => severity === 'error'),
        );
        if (cfg.text !== null)
          assert.equal(typeof convert(cfg.text, { from: 'cfg', file: 'f.cfg', ...options }).text, 'string');
      }),
      { ...budget, numRuns: 400 },
    );
  });

  it('takes any text, and examples that are damaged anywhere', () => {
    const examples = ['quickstart.yaml', 'site.yaml'].map((name) =>
      readFileSync(fileURLToPath(new URL(`../../config/examples/${name}`, import.meta.url)), 'utf8'),
    );
    const piece = fc.oneof(
      fc.constantFrom(
        '\t',
        '\n',
        '  ',
        '- ',
        ': ',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '&a ',
        '*a',
        '!x ',
        '|\n',
        '>-\n',
        '---\n',
        '#',
        '%',
        '@',
        '? ',
        '<<: ',
        '\0',
        '\ufeff',
        '\r',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const damaged = fc
      .tuple(
        fc.constantFrom(...examples),
        fc.array(fc.tuple(fc.nat(), fc.nat(12), piece), { minLength: 1, maxLength: 4 }),
      )
      .map(([text, changes]) => {
        let changed = text;
        for (const [place, length, by] of changes) {
          const at = place % (changed.length + 1);
          changed = changed.slice(0, at) + by + changed.slice(at + length);
        }
        return changed;
      });
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
        ),
        (text) => {
          check(text);
        },
      ),
      { ...budget, numRuns: 1500 },
    );
  });

  it('takes nothing that its schema refuses, in whatever way the examples of keywords are changed', () => {
    const validate = new Ajv({ strict: false }).compile(buildSchema());
    let accepted = 0;
    for (const data of changedExamples()) {
      const text = stringify(data);
      const { document, diagnostics } = parseYaml([{ file: 'f.yaml', text }], options);
      const linked = linkDocument(document, {
        workingFolder: '/',
        readFile: () => Buffer.from('HTTP/1.0 200 OK\r\n\r\n'),
      });
      if ([...diagnostics, ...linked.diagnostics].some(({ severity }) => severity === 'error')) continue;
      accepted++;
      assert.ok(validate(parse(text)), `${text}${JSON.stringify(validate.errors)}`);
    }
    assert.ok(accepted > 1000, `${accepted} were accepted`);
  });
});

const INSTEAD: readonly unknown[] = [
  true,
  false,
  null,
  5,
  0,
  -1,
  1.5,
  'x',
  'a b',
  '5s',
  '80',
  '',
  'if x',
  '[a]',
  '$A',
  [5],
  ['a', 'b'],
  [],
  {},
  { a: 1 },
];

/** The YAML of each example as it is, and with each of its values replaced by each of INSTEAD. */
function* changedExamples(): Generator<unknown> {
  for (const family of ['global', 'proxy'] as const) {
    for (const { examples, sections } of (family === 'global'
      ? globalOptions
      : proxyOptions) as unknown as readonly AnyOption[]) {
      const kind =
        family === 'global' ? 'global' : (sections.find((each) => each !== 'defaults') ?? 'defaults');
      const whole = (body: unknown) =>
        kind === 'global' || kind === 'defaults' ? { [kind]: body } : { [`${kind}s`]: { example: body } };
      for (const { text } of examples) {
        const body = parse(exampleInYaml(text, family)!) as object;
        yield whole(body);
        for (const changed of changes(body)) yield whole(changed);
      }
    }
  }
}

function* changes(data: unknown): Generator<unknown> {
  if (typeof data !== 'object' || data === null) return;
  for (const [key, value] of Object.entries(data)) {
    const replaced = (by: unknown) =>
      Array.isArray(data) ? data.with(Number(key), by) : { ...data, [key]: by };
    for (const by of INSTEAD) yield replaced(by);
    for (const inner of changes(value)) yield replaced(inner);
  }
}

describe('the places of characters', () => {
  it('are where they are written, in every style', () => {
    const texts: readonly (readonly [source: string, value: string])[] = [
      ['plain', 'plain'],
      ['"a\\"b\\x41\\u0042\\U00000043\\nz"', 'a"bABC\nz'],
      ["'it''s'", "it's"],
      ['|\n  a b\n  c\n', 'a b\nc\n'],
      ['>-\n  a\n  b\n\n  c', 'a b\nc'],
      ['a\n  b', 'a b'],
      ['"a \\\n  b"', 'a b'],
    ];
    for (const [source, text] of texts) {
      const places = placesOf(source, [0, source.length], text);
      assert.equal(places.length, text.length + 1);
      for (const [i, character] of [...text].entries())
        if (/[b-z]/.test(character)) assert.equal(source[places[i]!], character, `${source} at ${i}`);
    }
  });
});
