/** Lines about the way to servers: use-server, source, retry-on, pools, computed backends. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkText, problemsOf, proxiesOf } from '../../support/link-text.ts';

const settingsOf = (text: string) => proxiesOf(text)['x']!.settings;

describe('use-server', () => {
  it('names a server of its section', () => {
    assert.deepEqual(problemsOf('listen x\n use-server s9 if TRUE\n server s1 127.0.0.1:1\n'), [
      "proxy 'x' : unable to find server 's9' referenced in a 'use-server' rule.",
    ]);
    assert.deepEqual(problemsOf('listen x\n use-server s1 if TRUE\n server s1 127.0.0.1:1\n'), []);
  });

  it('may compute the name', () => {
    const text = 'listen x\n mode http\n use-server %[path] if TRUE\n server s1 127.0.0.1:1\n';
    assert.deepEqual(problemsOf(text), []);
    assert.equal(settingsOf(text).serverChoices![0]!.server.kind, 'format');
  });
});

describe('use_backend', () => {
  it('with a format refers to no backend by name', () => {
    const text = 'frontend x\n mode http\n use_backend b_%[path]\n';
    assert.deepEqual(problemsOf(text), []);
    const [choice] = settingsOf(text).backendChoices!;
    assert.equal(choice!.backend, '');
    assert.notEqual(choice!.format, null);
  });

  it('with a plain name refers to one that exists', () => {
    assert.deepEqual(problemsOf('frontend x\n use_backend nowhere\n'), [
      "Proxy 'x': unable to find required use_backend: 'nowhere'",
    ]);
  });
});

describe('retry-on', () => {
  it('replaces what defaults say', () => {
    const { retryOn } = settingsOf(
      'defaults\n mode http\n retry-on 503\nlisten x\n retry-on empty-response\n',
    );
    assert.deepEqual(retryOn, ['empty-response']);
  });

  it('counts a reason once that is written twice', () => {
    assert.deepEqual(settingsOf('listen x\n mode http\n retry-on 503 all-retryable-errors 503\n').retryOn, [
      '503',
      'conn-failure',
      'empty-response',
      'junk-response',
      'response-timeout',
      '0rtt-rejected',
      '500',
      '502',
      '504',
    ]);
  });
});

describe('tfo', () => {
  const fastOpen = (line: string) => `listen x\n mode http\n ${line}\n server s1 127.0.0.1:1 tfo\n`;
  const warningsOf = (text: string) =>
    linkText(text).diagnostics.filter(({ problem }) => problem.includes('tfo')).length;

  it('is warned of without the retries that it needs', () => {
    assert.equal(warningsOf(fastOpen('retry-on conn-failure empty-response')), 1);
    assert.equal(warningsOf(fastOpen('retry-on all-retryable-errors')), 0);
  });
});

const refused: readonly (readonly [line: string, part: string])[] = [
  ['use-server s1', 'missing <condition>'],
  ['use-server s1 when TRUE', "requires either 'if' or 'unless' followed by a condition"],
  ['force-persist', 'missing <condition>'],
  ['retry-on', 'missing <'],
  ['retry-on 405', "unknown keyword '405'"],
  ['retry-on none 503', "'none' stands alone"],
  ['max-keep-alive-queue -2', '-2 is out of range'],
  ['source', 'missing <address>'],
  ['source 10.0.0.1:80-90', 'for <address>'],
  ['source 10.0.0.1 usesrc', 'missing <usesrc>'],
  ['source 10.0.0.1 usesrc hdr_ip()', 'names no field'],
  ['source 10.0.0.1 interface', 'missing <interface>'],
  ['dispatch app.example.com:80', 'is not an IP address'],
  ['server s1 127.0.0.1:1 pool-max-conn -2', '-2 is out of range'],
  ['server s1 127.0.0.1:1 pool-purge-delay 9x', 'pool-purge-delay'],
  ['server s1 127.0.0.1:1 max-reuse -2', '-2 is out of range'],
  ['server s1 127.0.0.1:1 source /run/sock', 'is not an IP address'],
  ['server s1 127.0.0.1:1 tcp-ut x', 'tcp-ut'],
];

describe('lines about the way to servers', () => {
  for (const [line, part] of refused) {
    it(`'${line}' is refused`, () => {
      const [problem, ...others] = problemsOf(`listen x\n mode http\n ${line}\n`);
      assert.ok(problem?.includes(part), `${problem}`);
      assert.deepEqual(others, []);
    });
  }
});
