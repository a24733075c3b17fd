import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogFormatModel } from '../../../src/keyword/language-model.ts';
import { ArgumentError } from '../../../src/keyword/words.ts';
import { literalFormat, parseLogFormat } from '../../../src/log/parse-log-format.ts';
import { formatOf, siteAt } from '../../support/rules.ts';

/** Nodes in short: texts as they are, aliases as `%name+flags`, expressions as `[text]+flags`. */
function short({ nodes }: LogFormatModel): string[] {
  return nodes.map((node) => {
    if (node.kind === 'text') return node.text;
    const { quote, hex, escape: isEscaped } = node.flags;
    const flags = `${quote ? '+Q' : ''}${hex ? '+X' : ''}${isEscaped ? '+E' : ''}`;
    return node.kind === 'alias' ? `%${node.name}${flags}` : `[${node.expression.text}]${flags}`;
  });
}

describe('log formats', () => {
  for (const [text, nodes] of [
    ['plain', ['plain']],
    ['%ci:%cp [%tr]', ['%ci', ':', '%cp', ' [', '%tr', ']']],
    ['%ci%cp', ['%ci', '%cp']],
    ['%ci_%cp-%s.', ['%ci', '_', '%cp', '-', '%s', '.']],
    ['100%% of %ST', ['100% of ', '%ST']],
    ['%%ci', ['%ci']],
    ['%{+Q}r %r', ['%r+Q', ' ', '%r']],
    ['%{+Q,+X}ci%{-Q}r', ['%ci+Q+X', '%r']],
    ['%{+Q}o %{-Q}ci %r', [' ', '%ci', ' ', '%r+Q']],
    ['%{+Q}o%{+E}o%r', ['%r+Q+E']],
    ['a%{+Q}o%r%{-Q}o%r', ['a', '%r+Q', '%r']],
    ['%o%r', ['%r']],
    ['%{}ci', ['%ci']],
    ['%{,+Q}r', ['%r+Q']],
    ['%{ +Q, +X}r', ['%r+Q+X']],
    ['%{+Q,-Q}r', ['%r']],
    ['%[src]', ['[src]']],
    ['%{+Q}[path,lower]x', ['[path,lower]+Q', 'x']],
    ["%[str(']),lower]", []],
    ['%[str(a]b)]', ['[str(a]b)]']],
    ["%[str(']')]]", ["[str(']')]", ']']],
    ['%(name)ci', ['%ci']],
    ['%(name:sint)[int(1)]', ['[int(1)]']],
    ['%(:str){+Q}ci', ['%ci+Q']],
    ['é %ci', ['é ', '%ci']],
  ] as const) {
    if (nodes.length === 0) continue;
    it(`${text} is ${nodes.join(' · ')}`, () => {
      assert.deepEqual(short(formatOf(text)), nodes);
      assert.equal(formatOf(text).text, text);
    });
  }

  for (const [text, column, problem] of [
    ['', 1, /empty/],
    ['a%', 2, /stands at the end/],
    ['%ci%', 4, /stands at the end/],
    ['a% b', 2, /begins with ' '/],
    ['%1cp', 1, /begins with '1'/],
    ['x %cifoo', 3, /unknown log-format alias '%cifoo'/],
    ['%cp1', 1, /unknown log-format alias '%cp1'/],
    ['%Q', 1, /unknown log-format alias '%Q'/],
    ['%{+Q}', 1, /stands at the end/],
    ['%{+Q}%', 1, /stand before no item/],
    ['%{+Q}{+X}ci', 1, /stand before no item/],
    ['%{+Q ci', 2, /missing '}'/],
    ['%(name', 2, /missing '\)'/],
    ['%[src', 2, /missing ']'/],
    ['%[]', 3, /missing fetch method/],
    ['ab%[nosuch]', 5, /unknown sample fetch 'nosuch'/],
    ['%[src,nosuch]', 7, /unknown converter 'nosuch'/],
    ['%[src x]', 3, /src x/],
    ['%{+json}ci', 2, /'json'.*not supported yet/],
    ['%{+cbor}o', 2, /'cbor'.*not supported yet/],
  ] as const) {
    it(`${JSON.stringify(text)} is refused at column ${column}`, () => {
      assert.throws(
        () => formatOf(text),
        (error) => {
          assert.ok(error instanceof ArgumentError);
          assert.match(error.message, problem);
          assert.equal(error.at.column, column);
          return true;
        },
      );
    });
  }

  it('suggest the nearest alias', () => {
    assert.throws(
      () => formatOf('%bci'),
      (error) => error instanceof ArgumentError && /did you mean '%(ci|bi|bc)'/.test(error.remedy ?? ''),
    );
  });

  for (const [text, nodes, problem] of [
    ['50%, %ci', ['50, ', '%ci'], /before ','/],
    ['%-ci', ['-ci'], /before '-'/],
    ['%é', ['é'], /before 'é'/],
    ['%{Q}r', ['%r'], /'Q' is no log-format flag/],
    ['%{ +Q }r', ['%r'], /'\+Q ' is no log-format flag/],
    ['%{+Z}r', ['%r'], /'\+Z' is no log-format flag/],
  ] as const) {
    it(`${text} is taken as HAProxy takes it, with a warning`, () => {
      const { site, report } = siteAt('http-request');
      const model = parseLogFormat({ text, at: { file: 'f', line: 1, column: 1 } }, site);
      assert.deepEqual(short(model), nodes);
      assert.match(report.diagnostics.map((diagnostic) => diagnostic.problem).join(), problem);
      assert.ok(!report.hasErrors);
    });
  }

  it('refuse a fetch that needs what is not there any more when a line is written', () => {
    assert.throws(() => formatOf('%[path]', 'log line'), /not valid in this log line/);
  });

  it('can be texts alone', () => {
    assert.deepEqual(literalFormat('50% %ci').nodes, [{ kind: 'text', text: '50% %ci' }]);
    assert.deepEqual(literalFormat('').nodes, []);
  });
});
