/** Files to the model. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfiguration } from '../../../config/load.ts';
import { TEST_FACTS } from '../../support/link-text.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-load-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const load = (files: readonly string[], environment = new Map<string, string>()) =>
  loadConfiguration({
    files,
    environment,
    facts: TEST_FACTS,
    lookup: async (name) => (name === 'app.test' ? '192.0.2.1' : null),
  });

describe('several files', () => {
  it('are one configuration, in order, and later ones see the environment that earlier ones set', async () => {
    const first = write('1.cfg', 'global\n setenv PORT 8080\ndefaults\n mode http\n timeout client 1s\n');
    const second = write('2.cfg', 'frontend f\n bind ":${PORT}"\n');
    const { model, diagnostics, environment } = await load([first, second]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(model?.files, [first, second]);
    assert.equal(model?.proxies[0]?.mode, 'http');
    assert.equal(model?.proxies[0]?.binds[0]?.address.portLow, 8080);
    assert.equal(environment.get('PORT'), '8080');
  });

  it('have their messages in the order of the files', async () => {
    const first = write('1.cfg', 'frontend f\n default_backend nope\n');
    const second = write('2.cfg', 'backend b\n foo\n');
    const { model, diagnostics } = await load([first, second]);
    assert.equal(model, null);
    assert.deepEqual(
      diagnostics.map(({ at, severity }) => [at.file, at.line, severity]),
      [
        [first, 2, 'error'],
        [second, 2, 'error'],
      ],
    );
  });
});

it('names of servers are resolved once everything else is right', async () => {
  const good = await load([write('a.cfg', 'listen x\n server s app.test:80\n')]);
  assert.equal(good.model?.proxies[0]?.servers[0]?.resolvedHost, '192.0.2.1');
  const bad = await load([write('a.cfg', 'listen x\n server s none.test:80\n')]);
  assert.equal(bad.model, null);
  assert.match(bad.diagnostics.at(-1)!.problem, /could not resolve address 'none\.test'/);
});

it('a file that is not there is an error, and so is no file at all', async () => {
  const missing = await load([join(folder, 'missing.cfg')]);
  assert.equal(missing.model, null);
  assert.equal(missing.diagnostics.length, 1);
  const none = await load([]);
  assert.equal(none.model, null);
  assert.equal(none.diagnostics.length, 1);
});

it('the environment given is not changed', async () => {
  const environment = new Map([['A', '1']]);
  await load([write('a.cfg', 'global\n setenv A 2\n unsetenv B\n')], environment);
  assert.deepEqual([...environment], [['A', '1']]);
});
