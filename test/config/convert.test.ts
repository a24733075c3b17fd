/** Conversion both ways: the texts it writes, and that every text means the same in its other form. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe as group, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type ConfigForm, convert, writeDocument } from '../../config/convert.ts';
import { byteStringOf, escapedByte, textOfByteString } from '../../src/bytes/byte-text.ts';
import { globalOptions, proxyOptions } from '../../src/catalog.ts';
import type { AnyOption, SectionName } from '../../src/keyword/declaration.ts';
import { describe, TEST_FACTS } from '../support/link-text.ts';
import { readText, withoutPlaces } from '../support/yaml-text.ts';

const PARSE_OPTIONS = { environment: new Map([['NAME', 'a "b" c']]), facts: TEST_FACTS };

function converted(text: string, from: ConfigForm): string {
  const result = convert(text, { from, file: `test.${from}`, ...PARSE_OPTIONS });
  assert.ok(result.text !== null, `${describe(result.diagnostics).join('\n')}\n${text}`);
  return result.text;
}

function modelOf(text: string, form: ConfigForm): unknown {
  const { model, diagnostics } = readText(text, form, PARSE_OPTIONS);
  assert.ok(model !== null, `${describe(diagnostics).join('\n')}\n${text}`);
  return withoutPlaces(model);
}

/** Converts there and back; all three texts give the same model. Returns the first conversion. */
function checkRoundTrip(text: string, from: ConfigForm): string {
  const to = from === 'cfg' ? 'yaml' : 'cfg';
  const there = converted(text, from);
  const back = converted(there, to);
  const model = modelOf(text, from);
  assert.deepEqual(modelOf(there, to), model, there);
  assert.deepEqual(modelOf(back, from), model, back);
  return there;
}

group('example configurations', () => {
  for (const folder of ['../../config/examples/', './']) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(path).sort()) {
      const form = name.endsWith('.cfg') ? 'cfg' : /\.ya?ml$/.test(name) ? 'yaml' : null;
      if (form === null || name.startsWith('broken')) continue;
      it(`${folder}${name} means the same in its other form`, () => {
        checkRoundTrip(readFileSync(`${path}${name}`, 'utf8'), form);
      });
    }
  }

  it('site.yaml says what site.cfg says', () => {
    const read = (name: string) =>
      readFileSync(fileURLToPath(new URL(`../../config/examples/${name}`, import.meta.url)), 'utf8');
    assert.deepEqual(modelOf(read('site.yaml'), 'yaml'), modelOf(read('site.cfg'), 'cfg'));
  });
});

group('haproxy.cfg to YAML', () => {
  const cases: readonly (readonly [what: string, cfg: string, yaml: string])[] = [
    [
      'nests, lists and names lines',
      'global\n  maxconn 10\n  stats socket /a level admin\n  stats timeout 5s\ndefaults\n  mode http\n  option httplog\n  option dontlognull\n  no option logasap\n  timeout client 5s\nfrontend a\n  bind :80\n  bind :81 name x\n  acl p path /x\n  acl p path /y "/a b"\n  http-request deny if p\n  use_backend c if p\nbackend c\n  server s 10.0.0.1:80 check\n',
      `global:
  maxconn: 10
  stats:
    socket: /a level admin
    timeout: 5s

defaults:
  mode: http
  option:
    httplog: true
    dontlognull: true
    logasap: false
  timeout:
    client: 5s

frontends:
  a:
    bind:
      - :80
      - :81 name x
    acl:
      p:
        - path /x
        - path /y '/a b'
    http-request:
      - deny if p
    use_backend: c if p

backends:
  c:
    server:
      s: 10.0.0.1:80 check
`,
    ],
    [
      'writes lines where their order counts across keywords',
      'backend c\n  default-server check\n  server s 10.0.0.1:80\n  default-server inter 5s\n  server t 10.0.0.2:80\n  mode tcp\n',
      'backends:\n  c:\n    lines:\n      - default-server check\n      - server s 10.0.0.1:80\n      - default-server inter 5s\n      - server t 10.0.0.2:80\n    mode: tcp\n',
    ],
    [
      'lists the members of a group that replace one another',
      'backend c\n  option httpclose\n  option redispatch 3\n  no option httpclose\n  option http-server-close\n',
      'backends:\n  c:\n    option:\n      - httpclose\n      - redispatch 3\n      - httpclose: false\n      - http-server-close\n',
    ],
    [
      'names defaults when there are several',
      'defaults\n  mode http\nfrontend a\ndefaults tcp\n  mode tcp\nfrontend b\ndefaults x from tcp\nfrontend c\n',
      'defaults:\n  - name: defaults-1\n    mode: http\n\n  - name: tcp\n    mode: tcp\n\n  - name: x\n    from: tcp\n\nfrontends:\n  a:\n    from: defaults-1\n\n  b:\n    from: tcp\n\n  c:\n    from: x\n',
    ],
    [
      'gives sections that stand above all defaults none',
      'frontend a\ndefaults\n  mode http\nfrontend b\n',
      'defaults:\n  - name: none\n\n  - name: defaults-1\n    mode: http\n\nfrontends:\n  a:\n    from: none\n\n  b:\n    from: defaults-1\n',
    ],
    [
      'keeps the order of sections whose kinds change by turns',
      'frontend a\n  default_backend a\nbackend a\n  mode http\nfrontend b\n',
      'proxies:\n  - frontend: a\n    default_backend: a\n\n  - backend: a\n    mode: http\n\n  - frontend: b\n',
    ],
    [
      'writes words so that they are read back',
      'defaults\n  log-tag \'$x "y" \\z # true\'\n  description true\nglobal\n  log-tag "true"\n  description "a # b" \\$c 12\n  setenv A "${NAME}"\n',
      `global:
  log-tag: "true"
  description: "'a # b' '\\\\$c' 12"
  setenv:
    A: a "b" c

defaults:
  log-tag: '\\$x "y" \\\\z # true'
  description: "true"
`,
    ],
    ['leaves an empty file empty', '# nothing\n', '{}\n'],
    [
      'takes what is unknown as it is',
      'backend b\n  cookie SRV insert\n  stats uri /x\n',
      'backends:\n  b:\n    cookie: SRV insert\n    stats:\n      uri: /x\n',
    ],
  ];
  for (const [what, cfg, yaml] of cases) it(what, () => assert.equal(converted(cfg, 'cfg'), yaml));

  it('refuses sections that have no form in YAML', () => {
    const { text, diagnostics } = convert('peers p\n', { from: 'cfg', file: 'x', ...PARSE_OPTIONS });
    assert.equal(text, null);
    assert.deepEqual(describe(diagnostics), [
      "error 1:1 section 'peers' has no form in YAML yet | Fairlead does not support it yet",
    ]);
  });
});

group('YAML to haproxy.cfg', () => {
  it('writes one line for each statement', () => {
    assert.equal(
      converted(
        'frontends:\n  www:\n    bind: [":80", { address: ":443", name: "a b" }]\n    option: { dontlognull: false }\nglobal: { log-tag: $NAME }\n',
        'yaml',
      ),
      "global\n    log-tag 'a \"b\" c'\n\nfrontend www\n    bind :80\n    bind :443 name 'a b'\n    no option dontlognull\n",
    );
  });

  it('refuses a text that is wrong, with what is wrong', () => {
    const { text, diagnostics } = convert('global: [', { from: 'yaml', file: 'x', ...PARSE_OPTIONS });
    assert.equal(text, null);
    assert.equal(diagnostics.length > 0, true);
  });
});

/** Lines that can stand in a section in any number and order without an error. */
function exampleLines(kind: SectionName): string[] {
  const list = (kind === 'global' ? globalOptions : proxyOptions) as unknown as readonly AnyOption[];
  const fitting = list.filter(({ sections }) => kind === 'global' || sections.includes(kind));
  const lines = fitting.flatMap((option) => [
    ...option.examples.map(({ text }) => text),
    ...(option.negated === undefined && option.clears !== true ? [] : [`no ${option.name}`]),
    ...(option.negated === undefined ? [] : [`default ${option.name}`]),
  ]);
  return lines.filter((text) => !NEEDS_MORE.test(text));
}

/** Examples that need other lines: a name of their own, a backend, an address that is free. */
const NEEDS_MORE =
  /^(?:server |id |default-path |resetenv|unsetenv|nbproc|(?:use_backend|default_backend) |(?:uid|gid|user|group) |errorfile|bind |stats socket)/;

group('generated configurations', () => {
  it('mean the same in their other form', () => {
    const lines = (kind: SectionName) => fc.array(fc.constantFrom(...exampleLines(kind)), { maxLength: 12 });
    const servers = fc.array(
      fc.constantFrom('default-server check', 'default-server weight 5', 'server', 'server'),
      { maxLength: 6 },
    );
    const section = (kind: SectionName) =>
      fc
        .tuple(lines(kind), kind === 'backend' || kind === 'listen' ? servers : fc.constant([]))
        .map(([own, others]) => ({
          kind,
          lines: [
            ...own,
            ...others.map((text, i) => (text === 'server' ? `server s${i} 10.0.0.${i + 1}:80` : text)),
          ],
        }));
    const file = fc.array(
      fc.oneof(...(['global', 'defaults', 'frontend', 'backend', 'listen'] as const).map(section)),
      { maxLength: 6 },
    );
    let compared = 0;
    fc.assert(
      fc.property(file, (sections) => {
        const text = sections
          .map(
            ({ kind, lines: own }, i) =>
              `${kind}${kind === 'global' ? '' : ` n${i}`}\n${own.map((line) => `  ${line}\n`).join('')}`,
          )
          .join('');
        if (readText(text, 'cfg', PARSE_OPTIONS).model === null) return;
        compared++;
        checkRoundTrip(text, 'cfg');
      }),
      { seed: 20261, numRuns: 150 },
    );
    assert.ok(compared > 50, `${compared} of 150 link`);
  });

  it('link for the most part, so that the comparison says something', () => {
    for (const kind of ['global', 'frontend', 'backend', 'listen', 'defaults'] as const) {
      const accepted = exampleLines(kind).filter(
        (line) => readText(`${kind}${kind === 'global' ? '' : ' n'}\n  ${line}\n`, 'cfg').model !== null,
      );
      assert.ok(
        accepted.length >= exampleLines(kind).length * 0.9,
        `${kind}: ${exampleLines(kind)
          .filter((line) => !accepted.includes(line))
          .join('; ')}`,
      );
    }
  });
});

group('words of any characters', () => {
  const character = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
    fc.constantFrom(
      ' ',
      '"',
      "'",
      '\\\\',
      '$',
      '${A}',
      '#',
      '\n',
      '\r',
      '\t',
      ': ',
      '- ',
      '[',
      '{',
      '&',
      '*',
      '!',
      '|',
      '>',
      '%',
      '@',
      '`',
      '\x01',
      '\x85',
      '\u2028',
      '\ufeff',
      '~',
    ),
    fc.integer({ min: 0x80, max: 0xff }).map(escapedByte),
  );
  const word = fc
    .oneof(
      fc
        .array(character, { minLength: 1, maxLength: 8 })
        .map((parts) => textOfByteString(byteStringOf(parts.join('').replaceAll('\0', '')))),
      fc.constantFrom('true', 'no', 'null', '012', '1e3', '<<', '-5', 'if', '__proto__'),
    )
    .filter((text) => text !== '');
  const names = [
    'log-tag',
    'description',
    'server s',
    'server',
    'acl a',
    'http-request',
    'log-format',
    'timeout client',
    'option forwardfor',
    'setenv',
    'bind',
    'errorfile',
    'cookie',
    'stats uri',
    'nosuch',
    'log',
  ];

  for (const form of ['yaml', 'cfg'] as const) {
    it(`are written to ${form} so that they are read back`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...names),
          fc.array(word, { minLength: 1, maxLength: 4 }),
          (name, rest) => {
            const at = { file: 'x', line: 1, column: 1 };
            const words = [...name.split(' '), ...rest].map((text) => ({ text, at }));
            const section = {
              kind: 'listen',
              header: [{ text: 'web', at }],
              at,
              end: at,
              source: '',
              statements: [{ words, end: at, source: '' }],
            };
            const text = writeDocument({ files: [], sections: [section] }, form);
            const { statements, diagnostics } = readText(text, form);
            assert.deepEqual(
              statements,
              [['listen', 'web'], words.map((each) => each.text)],
              `${text}${describe(diagnostics).join('\n')}`,
            );
          },
        ),
        { seed: 20263, numRuns: 1500 },
      );
    });
  }
});
