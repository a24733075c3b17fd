/**
 * No declared keyword is without effect silently: the setting of each is read somewhere, or the declaration says in
 * `noEffect` why it changes nothing. The check is textual: it looks for the key where settings are read.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { applyToEnvironment } from '../../config/haproxy-cfg/environment.ts';
import { actions, bindOptions, globalOptions, proxyOptions, serverOptions } from '../../src/catalog.ts';
import type { AnyOption } from '../../src/keyword/declaration.ts';
import { PROJECT_ROOT } from '../support/oracle.ts';

interface Readers {
  readonly options: readonly AnyOption[];
  /** What the settings of the family are called where they are read. */
  readonly receivers: string;
  /** A file that reads them names this; keys such as `id` or `maxconn` are in several families. */
  readonly file: RegExp;
}

const FAMILIES: { readonly [family: string]: Readers } = {
  global: {
    options: globalOptions as unknown as readonly AnyOption[],
    receivers: 'global',
    file: /\bglobal\b|\bGlobalSettings\b|PrivilegeSettings/,
  },
  proxy: {
    options: proxyOptions as unknown as readonly AnyOption[],
    receivers: 'settings',
    file: /\bSectionDraft\b|\bProxyModel\b|\bLinkedProxy\b|\bModel\b/,
  },
  bind: {
    options: bindOptions as unknown as readonly AnyOption[],
    receivers: 'options|unixBind',
    file: /\bBindModel\b|\bBindSettings\b|\bbinds?\b|\bstatsSockets\b/,
  },
  server: {
    options: serverOptions as unknown as readonly AnyOption[],
    receivers: 'options',
    file: /\bServerModel\b|\bServerSettings\b|\bservers\b/,
  },
};

const SOURCES = globSync('{config,workers,master}/**/*.ts', { cwd: PROJECT_ROOT }).map((path) =>
  withoutComments(readFileSync(join(PROJECT_ROOT, path), 'utf8')),
);

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** `options.key`, `{ key } = settings`, `({ options: { key } }`, and lines that the linker asks for by their key. */
function readerOf(key: string, receivers: string): RegExp {
  const name = `(?<![\\w.])${key}\\b`;
  return new RegExp(
    [
      `\\b(?:${receivers})[!?]?\\.${key}\\b`,
      `\\{[^{};]*${name}[^{};]*\\}\\s*=[^;]*\\b(?:${receivers})\\b`,
      `\\b(?:${receivers}): \\{[^{};]*${name}[^{};]*\\}`,
      `\\{[^{};]*${name}[^{};]*\\}: \\w*Settings\\b`,
      `(?:\\.get\\(|\\(\\w+, |=== )'${key}'`,
    ].join('|'),
  );
}

/** A rule set whose actions are not there yet: every line of it is refused. */
function hasNoLine({ args, name }: AnyOption): boolean {
  return 'rule' in args && !actions.some((action) => (action.ruleSets as readonly string[]).includes(name));
}

/** Keys of statements that work while the file is read. */
const CARRIED_OUT: readonly string[] = ['environment', 'localPeer'];

describe('settings', () => {
  it('of the environment are carried out while the file is read: lines below depend on them', () => {
    const lines = ['setenv A 1', 'presetenv A 1', 'unsetenv B', 'resetenv A', 'localpeer A'];
    for (const line of lines) {
      const environment = new Map([['B', '2']]);
      const words = line.split(' ').map((text) => ({ text, at: { file: '', line: 1, column: 1 } }));
      assert.equal(applyToEnvironment(environment, words), undefined);
      assert.notDeepEqual([...environment], [['B', '2']], line);
    }
    const tried = lines.map((line) => line.slice(0, line.indexOf(' ')));
    assert.deepEqual(
      globalOptions
        .filter(({ key }) => CARRIED_OUT.includes(key))
        .map(({ name }) => name)
        .sort(),
      tried.sort(),
    );
  });

  for (const [family, { options, receivers, file }] of Object.entries(FAMILIES)) {
    const sources = SOURCES.filter((source) => file.test(source));
    for (const option of options) {
      if (option.noEffect !== undefined || hasNoLine(option) || CARRIED_OUT.includes(option.key)) continue;
      it(`of ${family} '${option.name}' are read, or the declaration says why it has no effect`, () => {
        const reader = readerOf(option.key, receivers);
        assert.ok(
          sources.some((source) => reader.test(source)),
          `nothing reads the key '${option.key}'`,
        );
      });
    }
  }
});
