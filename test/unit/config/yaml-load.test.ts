/** YAML files loaded as the program loads them: beside haproxy.cfg, with the lines of words that are wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe as group, it } from 'node:test';
import { loadConfiguration } from '../../../config/load.ts';
import { describe, TEST_FACTS } from '../../support/link-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-yaml-'));
after(() => rmSync(folder, { recursive: true }));

function load(texts: { readonly [name: string]: string }, options: { readonly skipsSchema?: boolean } = {}) {
  const files = Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  return loadConfiguration({
    files,
    environment: new Map(),
    facts: TEST_FACTS,
    lookup: async () => null,
    ...options,
  });
}

group('a YAML file', () => {
  it('is loaded beside a haproxy.cfg, as one configuration', async () => {
    const { model, diagnostics } = await load({
      'a.yaml':
        'global: { setenv: { PORT: 8080 } }\nfrontends: { a: { bind: \'":$PORT"\', default_backend: b } }\n',
      'b.cfg': 'backend b\n  server s 127.0.0.1:"$PORT"\n',
      'c.yml': 'backends: { c: { server: { s: \'127.0.0.1:"$PORT"\' } } }\n',
    });
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(
      model!.proxies.map(({ name, servers }) => [name, ...servers.map(({ address }) => address.portLow)]),
      [['a'], ['b', 8080], ['c', 8080]],
    );
  });

  it('shows the line of the word that is wrong, not the first of its statement', async () => {
    const text =
      'backends:\n  b:\n    server:\n      s:\n        address: 127.0.0.1:80\n        weight: 999\n        check: true\n';
    const { model, diagnostics } = await load({ 'a.yaml': text });
    assert.equal(model, null);
    const error = diagnostics.find(({ severity }) => severity === 'error')!;
    assert.deepEqual([error.at.line, error.at.column, error.source], [6, 17, '        weight: 999']);
  });

  it('gives all its errors in one run', async () => {
    const { diagnostics } = await load({
      'a.yaml': 'globl: {}\nfrontends:\n  a:\n    mode: htpt\n    bnd: ":80"\n    timeout: { client: {} }\n',
    });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ at }) => `${at.line}:${at.column}`),
      ['1:1', '6:24', '4:11', '5:5'],
    );
    for (const [i, word] of ['globl', 'timeout client', 'htpt', 'bnd'].entries())
      assert.ok(errors[i]!.problem.includes(`'${word}'`), errors[i]!.problem);
  });

  it('is held against its schema only when nothing else is wrong', async () => {
    const texts = { 'a.yaml': 'frontends:\n  a:\n    bind: ":80"\n    lines: [5]\n' };
    const { model, diagnostics } = await load(texts);
    assert.equal(model, null);
    assert.equal(
      describe(diagnostics).some((line) => line.includes('does not fit the schema')),
      false,
    );
    assert.equal(
      describe(diagnostics).some((line) => line.startsWith('error 4:13')),
      true,
    );
  });
});

group('a variable without double quotes in a text that is cut', () => {
  const messagesOf = async (bind: string) => {
    const text = `global: { setenv: { PORT: 8080 } }\nfrontends:\n  a:\n    bind: ${bind}\n`;
    const { diagnostics } = await load({ 'a.yaml': text });
    return describe(diagnostics)
      .map((line) => line.split(' |')[0])
      .filter((line) => line!.includes('not replaced'));
  };

  it('is warned of, because the quotes of YAML look as if they counted', async () => {
    assert.deepEqual(await messagesOf('":80 name $PORT"'), ["warning 4:21 '$PORT' is not replaced here"]);
    assert.deepEqual(await messagesOf('":${PORT}"'), ["warning 4:12 '${PORT}' is not replaced here"]);
  });

  it('is not, where it is replaced, is none, or is meant', async () => {
    for (const bind of [`':"$PORT"'`, '":80 name a$OTHER"', `':80 name "\\$PORT"'`, '{ address: ":$PORT" }'])
      assert.deepEqual(await messagesOf(bind), []);
  });
});
