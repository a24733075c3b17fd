/** Settings: prefixes, inheritance, modes, misplaced lines, what refers to what. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkText, problemsOf, proxiesOf, QUIET_DEFAULTS } from '../../support/link-text.ts';

const settingsOf = (text: string) => proxiesOf(text)['x']!.settings;

describe('lines of one key', () => {
  it('the last one wins', () => {
    assert.equal(settingsOf('listen x\n retries 1\n retries 4\n').retries, 4);
    assert.equal(
      settingsOf('listen x\n option httpclose\n option http-server-close\n').connectionMode,
      'server-close',
    );
  });

  it('no takes an option back, default forgets it', () => {
    assert.equal(
      settingsOf('defaults\n option dontlognull\nlisten x\n no option dontlognull\n').dontLogNull,
      false,
    );
    assert.equal(
      'dontLogNull' in settingsOf('defaults\n option dontlognull\nlisten x\n default option dontlognull\n'),
      false,
    );
    assert.equal(settingsOf('defaults\n option redispatch\nlisten x\n no option redispatch\n').redispatch, 0);
  });

  it('no option httpclose takes back that mode alone', () => {
    const after = (line: string) =>
      settingsOf(`defaults\n option ${line}\nlisten x\n no option httpclose\n`).connectionMode;
    assert.equal(after('httpclose'), 'keep-alive');
    assert.equal(after('http-server-close'), 'server-close');
  });

  it('a list begins with the lines of the defaults, and no log empties it', () => {
    const logs = (own: string) =>
      proxiesOf(`defaults\n log 127.0.0.1:1 local0\nlisten x\n${own}`)['x']!.logs.map(
        ({ address }) => address.portLow,
      );
    assert.deepEqual(logs(''), [1]);
    assert.deepEqual(logs(' log 127.0.0.1:2 local0\n'), [1, 2]);
    assert.deepEqual(logs(' no log\n log 127.0.0.1:2 local0\n'), [2]);
    assert.deepEqual(logs(' no log\n'), []);
  });

  it('log global stands for the targets of the global section, once', () => {
    const text =
      'global\n log 127.0.0.1:1 local0\n log 127.0.0.1:2 local0\nlisten x\n log global\n log global\n log 127.0.0.1:3 local0\n';
    assert.deepEqual(
      proxiesOf(text)['x']!.logs.map(({ address }) => address.portLow),
      [1, 2, 3],
    );
  });

  it('no log with a target behind it is refused', () => {
    assert.deepEqual(problemsOf('listen x\n no log 127.0.0.1 local0\n'), [
      "'log': 'no log' takes no argument",
    ]);
  });
});

describe('lines in the wrong place', () => {
  it('in a section of the other side they are ignored with a warning, as in HAProxy', () => {
    const text = `${QUIET_DEFAULTS}frontend f\n bind :1\n retries 3\n balance roundrobin\nbackend b\n maxconn 5\n bind :2\n`;
    assert.deepEqual(problemsOf(text, 'warning'), [
      "'retries' ignored because frontend 'f' has no backend capability",
      "'balance' ignored because frontend 'f' has no backend capability",
      "'maxconn' ignored because backend 'b' has no frontend capability",
      "'bind' ignored because backend 'b' has no frontend capability",
    ]);
    const proxies = proxiesOf(text);
    assert.equal('retries' in proxies['f']!.settings, false);
    assert.deepEqual(proxies['b']!.binds, []);
  });

  it('servers in a frontend, listeners in defaults and such are refused', () => {
    assert.deepEqual(
      problemsOf('frontend f\n server s 127.0.0.1:1\n default-server check\ndefaults\n bind :1\n id 3\n'),
      [
        "'server' not allowed because frontend 'f' has no backend capability",
        "'default-server' not allowed because frontend 'f' has no backend capability",
        "'bind' not allowed in 'defaults' section",
        "'id' not allowed in 'defaults' section",
      ],
    );
  });

  it('global keywords in a proxy and the other way round say where they belong', () => {
    const { diagnostics } = linkText('global\n retries 3\nlisten x\n nbthread 3\n');
    assert.deepEqual(diagnostics.map(({ problem, remedy }) => [problem, remedy]).slice(0, 2), [
      ["unknown keyword 'retries' in 'global' section", 'move it to a defaults, listen or backend section'],
      ["unknown keyword 'nbthread' in 'listen' section", 'move it to the global section'],
    ]);
  });

  it('an unknown word gets the nearest known one', () => {
    const { diagnostics } = linkText(
      'listen x\n otpion httplog\n option htplog\n timeout clint 1s\n option\n zzzzz\n',
    );
    assert.deepEqual(
      diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ problem, remedy }) => [problem, remedy?.replace(/:.*/, '')]),
      [
        ["unknown keyword 'otpion' in 'listen' section", "did you mean 'option'?"],
        ["unknown option 'htplog'", "did you mean 'option httplog'?"],
        ["unknown keyword 'timeout clint'", "did you mean 'timeout client'?"],
        ["'option' is not complete", 'write one of'],
        ["unknown keyword 'zzzzz' in 'listen' section", undefined],
      ],
    );
  });
});

describe('HTTP keywords in mode tcp', () => {
  it('are ignored with the warning of HAProxy, rules once for all', () => {
    const text = `${QUIET_DEFAULTS} mode tcp\n option forwardfor\nfrontend f\n bind :1\n http-request deny if TRUE\n http-request allow\n`;
    assert.deepEqual(problemsOf(text, 'warning'), [
      "'option forwardfor' ignored for frontend 'f' as it requires HTTP mode",
      "'http-request' rules ignored for frontend 'f' as they require HTTP mode",
    ]);
    const { settings } = proxiesOf(text)['f']!;
    assert.equal('forwardFor' in settings, false);
    assert.equal('httpRequestRules' in settings, false);
  });

  it('option httplog becomes option tcplog', () => {
    const text = `${QUIET_DEFAULTS}listen x\n bind :1\n mode tcp\n log 127.0.0.1 local0\n option httplog\n`;
    assert.deepEqual(problemsOf(text, 'warning'), [
      "'option httplog' not usable with proxy 'x' (needs 'mode http'). Falling back to 'option tcplog'",
    ]);
    assert.deepEqual(settingsOf(text).logFormat, { kind: 'tcp' });
  });
});

describe('references', () => {
  it('to backends that do not exist name the nearest one', () => {
    const { diagnostics } = linkText(
      'frontend f\n default_backend wbe\n use_backend f if TRUE\nbackend web\n',
    );
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ problem, reason, remedy }) => [problem, reason, remedy]),
      [
        ["Proxy 'f': unable to find required default_backend: 'wbe'", undefined, "did you mean 'web'?"],
        [
          "Proxy 'f': unable to find required use_backend: 'f'",
          "'f' is a frontend, which has no servers",
          'declare it: a backend section of that name',
        ],
      ],
    );
    assert.deepEqual(errors[0]!.at, { file: 'test.cfg', line: 2, column: 18 });
  });

  it('from an overridden line are not looked up', () => {
    assert.deepEqual(
      problemsOf('defaults\n default_backend old\nfrontend f\n default_backend b\nbackend b\n'),
      [],
    );
  });

  it('to the proxy itself are a loop', () => {
    assert.deepEqual(problemsOf('listen l\n default_backend l\n'), [
      "Proxy 'l': loop detected for default_backend: 'l'",
    ]);
  });

  it('between modes that do not fit are refused', () => {
    assert.deepEqual(problemsOf('frontend f\n mode http\n default_backend b\nbackend b\n'), [
      "http frontend 'f' (test.cfg:1) tries to use incompatible tcp backend 'b' (test.cfg:4) as its default backend (see 'mode')",
    ]);
    assert.deepEqual(problemsOf('frontend f\n default_backend b\nbackend b\n mode http\n'), [
      "tcp frontend 'f' (test.cfg:1) upgrades its connections to http backend 'b' (test.cfg:3), which Fairlead does not support yet",
    ]);
  });

  it('to ACLs that are not declared above are refused', () => {
    assert.deepEqual(problemsOf('frontend f\n mode http\n http-request deny if foo\n acl foo path /\n'), [
      "'http-request': no such ACL : 'foo'",
    ]);
  });

  it('to an ACL include its lines below', () => {
    const proxies = proxiesOf(
      'frontend f\n mode http\n acl a path /1\n http-request deny if a\n acl a path /2\n',
    );
    const tests = proxies['f']!.settings.httpRequestRules![0]!.condition!.alternatives[0]![0]!.tests;
    assert.deepEqual(
      tests.map(({ patterns }) => patterns),
      [['/1'], ['/2']],
    );
  });
});

describe('the order of rules', () => {
  it('a rule below one that is processed later gives a warning', () => {
    const text = `${QUIET_DEFAULTS}frontend f\n bind :1\n use_backend b if TRUE\n http-request deny if TRUE\nbackend b\n`;
    assert.deepEqual(problemsOf(text, 'warning'), [
      "a 'http-request' rule placed after a 'use_backend' rule will still be processed before",
    ]);
  });

  it('a rule behind an unconditional last one gives a warning', () => {
    const text = `${QUIET_DEFAULTS}frontend f\n bind :1\n http-request deny if TRUE\n http-request deny\n http-request deny\n http-response allow\n`;
    assert.deepEqual(problemsOf(text, 'warning'), [
      "previous 'http-request' action is final and has no condition attached, further entries are NOOP",
    ]);
  });
});

describe('keywords that are accepted for older files', () => {
  it('give a notice that says what to write', () => {
    const { model, diagnostics } = linkText(
      'global\n nbproc 1\n master-worker\nlisten x\n option forceclose\n option http-use-htx\n',
    );
    assert.ok(model);
    assert.deepEqual(
      diagnostics
        .filter(({ severity }) => severity === 'notice')
        .map(({ problem, remedy }) => [problem, remedy]),
      [
        ["'nbproc' is an old keyword", 'use nbthread'],
        ["'master-worker' is an old keyword", 'use -W on the command line'],
        ["'option forceclose' is an old keyword", 'use option httpclose'],
        ["'option http-use-htx' is an old keyword", 'remove the line'],
      ],
    );
  });

  it('without effect give a diag that says why, and leave nothing in the model', () => {
    const { model, diagnostics } = linkText('global\n noepoll\nlisten x\n bind :1 nice 5 shards 2\n');
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'diag').map(({ problem }) => problem),
      ["'noepoll' has no effect", "'nice' has no effect", "'shards' has no effect"],
    );
    assert.deepEqual(model?.global, {});
    assert.deepEqual(model?.proxies[0]?.binds[0]?.options, {});
  });
});

it('all errors of a text are reported in one run, in its order, with their lines', () => {
  const { model, diagnostics } = linkText(
    'global\n maxconn x\nlisten a\n bind :99999\n timeout client 5x\n server s 127.0.0.1:1 weight 300\nbackend\n',
  );
  assert.equal(model, null);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ at }) => `${at.line}:${at.column}`),
    ['2:10', '4:7', '5:17', '6:30', '7:8'],
  );
  assert.deepEqual(
    errors.map(({ source }) => source),
    [' maxconn x', ' bind :99999', ' timeout client 5x', ' server s 127.0.0.1:1 weight 300', 'backend'],
  );
});
