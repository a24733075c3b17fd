/** Whole files: what an ordinary site becomes, and every message of a broken one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe as group, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '../../config/load.ts';
import type { Model } from '../../config/model/model.ts';
import { describe, TEST_FACTS } from '../support/link-text.ts';

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function load(...names: string[]) {
  return loadConfiguration({
    files: names.map(fileOf),
    environment: new Map(),
    facts: TEST_FACTS,
    lookup: async () => null,
  });
}

group('site.cfg', () => {
  it('loads without a message, but that one keyword has no effect', async () => {
    const { model, diagnostics } = await load('site.cfg');
    assert.ok(model);
    assert.deepEqual(
      diagnostics.map(({ severity, problem }) => [severity, problem]),
      [['diag', "'tune.maxaccept' has no effect"]],
    );
  });

  it('becomes the proxies, listeners and servers that are written in it', async () => {
    const { model } = await load('site.cfg');
    assert.deepEqual(outlineOf(model!), [
      '2 www: frontend http, listens on sock-1 127.0.0.1:18080, alternative 127.0.0.1:18443, alternative 127.0.0.1:18444',
      '3 admin: frontend http, listens on sock-1 127.0.0.1:18081',
      '4 web: backend http, servers web1 127.0.0.1:19001, web2 127.0.0.1:19002, spare 127.0.0.1:19003',
      '5 api: backend http, servers api1 127.0.0.1:19011, api2 127.0.0.1:19012',
      '6 static: backend http, servers static1 127.0.0.1:19021',
      '7 shop: backend http, servers shop1 127.0.0.1:19031, shop2 127.0.0.1:19033',
      '8 database: listen tcp, listens on sock-1 127.0.0.1:15432, servers db1 127.0.0.1:19041, db2 127.0.0.1:19042',
    ]);
  });

  it('has the settings of its lines and defaults', async () => {
    const { model } = await load('site.cfg');
    const [www, admin, , api, site, , database] = model!.proxies;
    assert.equal(www!.settings.timeoutClientMs, 30_000);
    assert.equal(admin!.settings.timeoutClientMs, 300_000);
    assert.equal(admin!.settings.maxconn, 50);
    assert.equal(api!.settings.redispatch, -1);
    assert.equal(site!.settings.redispatch, 0);
    assert.equal(site!.settings.connectionMode, 'close');
    assert.deepEqual(database!.settings.logFormat, { kind: 'tcp' });
    assert.equal(database!.logs.length, 2);
    assert.deepEqual(database!.servers[0]!.options, { interMs: 5000, fall: 3, rise: 2, isChecked: true });
    assert.equal(www!.acls['is_static']!.length, 2);
  });

  it('is a model that crosses threads as it is', async () => {
    const { model } = await load('site.cfg');
    assert.deepEqual(structuredClone(model), model);
  });
});

group('broken.cfg', () => {
  it('gives every message of broken.txt in one run', async () => {
    const { model, diagnostics } = await load('broken.cfg');
    assert.equal(model, null);
    const expected = readFileSync(fileOf('broken.txt'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      describe(diagnostics).map((line) => line.replaceAll(fileOf('broken.cfg'), 'broken.cfg')),
      expected,
    );
  });

  it('gives each message about a line the line as written', async () => {
    const lines = readFileSync(fileOf('broken.cfg'), 'utf8').split('\n');
    const { diagnostics } = await load('broken.cfg');
    for (const { at, source } of diagnostics) assert.equal(source, lines[at.line - 1]);
  });
});

function outlineOf(model: Model): string[] {
  return model.proxies.map(({ id, name, kind, mode, binds, servers }) => {
    const listens = binds
      .map((bind) => `${bind.name} ${bind.address.host}:${bind.address.portLow}`)
      .join(', ');
    const serving = servers
      .map((server) => `${server.name} ${server.address.host}:${server.address.portLow}`)
      .join(', ');
    return [
      `${id} ${name}: ${kind} ${mode}`,
      listens && `listens on ${listens}`,
      serving && `servers ${serving}`,
    ]
      .filter((part) => part !== '')
      .join(', ');
  });
}
