/** Host names of a linked model to addresses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveNames } from '../../../config/link/resolve-names.ts';
import { linkText } from '../../support/link-text.ts';

const NAMES: { readonly [name: string]: string } = { 'app.test': '192.0.2.1', 'six.test': '2001:db8::1' };

async function resolve(text: string) {
  const asked: string[] = [];
  const { model } = linkText(text);
  assert.ok(model);
  const result = await resolveNames(model, async (name, family) => {
    asked.push(family === undefined ? name : `${family} ${name}`);
    return NAMES[name] ?? null;
  });
  return { ...result, asked };
}

describe('names of servers', () => {
  it('are resolved once each, however many servers have them', async () => {
    const { model, asked } = await resolve(
      'listen x\n server a app.test:1\n server b app.test:2\n server c ipv6@six.test:1\n server d 10.0.0.1:1\n',
    );
    assert.deepEqual(
      model?.proxies[0]?.servers.map(({ resolvedHost }) => resolvedHost),
      ['192.0.2.1', '192.0.2.1', '2001:db8::1', '10.0.0.1'],
    );
    assert.deepEqual(asked.sort(), ['app.test', 'ipv6 six.test']);
  });

  it('that cannot be resolved are an error with the place of the server', async () => {
    const { model, diagnostics } = await resolve('listen x\n server a none.test:1\n server b other.test:1\n');
    assert.equal(model, null);
    assert.deepEqual(
      diagnostics.map(({ problem, at }) => [problem, at.line]),
      [
        ["'server x/a': could not resolve address 'none.test'", 2],
        ["'server x/b': could not resolve address 'other.test'", 3],
      ],
    );
  });

  it('follow init-addr: none starts without, an address is taken as it is', async () => {
    const { model, asked } = await resolve(
      'listen x\n server a none.test:1 init-addr libc,none\n server b none.test:1 init-addr libc,10.0.0.9\n server c app.test:1 init-addr none,libc\n',
    );
    assert.deepEqual(
      model?.proxies[0]?.servers.map(({ resolvedHost }) => resolvedHost),
      [null, '10.0.0.9', null],
    );
    assert.deepEqual(asked, ['none.test']);
  });
});

it('names of listeners and log targets become addresses of their family', async () => {
  const { model } = await resolve(
    'global\n log app.test local0\nlisten x\n bind six.test:80\n log global\n log app.test:99 local0\n',
  );
  assert.deepEqual(
    model?.global.logs?.map(({ address }) => [address.family, address.host]),
    [['ipv4', '192.0.2.1']],
  );
  assert.deepEqual(
    model?.proxies[0]?.binds.map(({ address }) => [address.family, address.host]),
    [['ipv6', '2001:db8::1']],
  );
  assert.deepEqual(
    model?.proxies[0]?.logs.map(({ address }) => [address.host, address.portLow]),
    [
      ['192.0.2.1', 514],
      ['192.0.2.1', 99],
    ],
  );
});

it('a listener whose name has no address is an error', async () => {
  const { model, diagnostics } = await resolve('listen x\n bind none.test:80\n');
  assert.equal(model, null);
  assert.deepEqual(
    diagnostics.map(({ problem }) => problem),
    ["'bind': could not resolve address 'none.test' in 'none.test:80'"],
  );
});

it('with -dr, a server whose name has no address starts without one, with a warning', async () => {
  const { model } = linkText('listen x\n server a none.test:1\n');
  assert.ok(model);
  const { model: resolved, diagnostics } = await resolveNames(model, async () => null, {
    ignoresResolution: true,
  });
  assert.equal(resolved?.proxies[0]?.servers[0]?.resolvedHost, null);
  assert.deepEqual(
    diagnostics.map(({ severity, problem }) => `${severity} ${problem}`),
    ["warning 'server x/a': could not resolve address 'none.test', disabling server"],
  );
});
