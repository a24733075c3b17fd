/** Sections: headers, names, defaults and what they inherit. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkText, problemsOf, proxiesOf, QUIET_DEFAULTS } from '../../support/link-text.ts';

describe('section headers', () => {
  const refused: readonly (readonly [text: string, problem: string])[] = [
    ['frontend\n', "'frontend' expects an <id> argument"],
    ['backend a/b\n', "character '/' is not permitted in 'backend' name 'a/b'"],
    ["listen 'a b'\n", "character ' ' is not permitted in 'listen' name 'a b'"],
    ['frontend a b\n', "unexpected word 'b' in the header of the frontend section"],
    ['frontend a from\n', "missing <defaults> behind 'from'"],
    ['defaults x\nfrontend a from x y\n', "unexpected word 'y' in the header of the frontend section"],
    ['global x\n', "unexpected word 'x' behind 'global'"],
    ['resolvers dns\n', "section 'resolvers' is one of HAProxy's that Fairlead does not support yet"],
    ['userlist u\n', "section 'userlist' is one of HAProxy's that Fairlead does not support yet"],
  ];
  for (const [text, problem] of refused) {
    it(`${JSON.stringify(text)} is refused`, () => assert.deepEqual(problemsOf(text), [problem]));
  }

  it('two proxies of one name are refused where they have a side in common', () => {
    assert.deepEqual(problemsOf('listen a\nbackend a\n'), [
      "backend 'a' has the same name as proxy 'a' declared at test.cfg:1",
    ]);
    assert.deepEqual(problemsOf('frontend a\nfrontend a\n'), [
      "frontend 'a' has the same name as frontend 'a' declared at test.cfg:1",
    ]);
  });

  it('a frontend and a backend may share a name, with a notice, and the backend is what rules mean by it', () => {
    const text = 'frontend a\n default_backend a\nbackend a\n';
    assert.deepEqual(problemsOf(text), []);
    assert.deepEqual(problemsOf(text, 'notice'), ["backend 'a' shares its name with a frontend"]);
  });

  it('several global sections are one', () => {
    const { model } = linkText('global\n maxconn 5\nglobal\n nbthread 2\n maxconn 6\n');
    assert.deepEqual(model?.global, { maxconn: 6, nbthread: 2 });
  });
});

describe('defaults sections', () => {
  it('without a name count for what follows, the last one alone', () => {
    const proxies = proxiesOf('defaults\n retries 1\n maxconn 7\nlisten a\ndefaults\n retries 2\nlisten b\n');
    assert.deepEqual(proxies['a']!.settings, { retries: 1, maxconn: 7 });
    assert.deepEqual(proxies['b']!.settings, { retries: 2 });
  });

  it('with a name are taken by from, and may start from others', () => {
    const proxies = proxiesOf(
      'defaults base\n retries 1\n maxconn 7\ndefaults more from base\n retries 2\nlisten a from base\nlisten b from more\n',
    );
    assert.deepEqual(proxies['a']!.settings, { retries: 1, maxconn: 7 });
    assert.deepEqual(proxies['b']!.settings, { retries: 2, maxconn: 7 });
  });

  it('give a frontend nothing that concerns servers, and a backend nothing that concerns clients', () => {
    const proxies = proxiesOf('defaults\n retries 1\n maxconn 7\n option tcpka\nfrontend f\nbackend b\n');
    assert.deepEqual(proxies['f']!.settings, { maxconn: 7, tcpKeepAlive: true });
    assert.deepEqual(proxies['b']!.settings, { retries: 1, tcpKeepAlive: true });
  });

  it('that do not exist are refused with the nearest name', () => {
    const { diagnostics } = linkText('defaults web\nlisten a from wbe\n');
    const error = diagnostics.find(({ severity }) => severity === 'error');
    assert.equal(error?.problem, "defaults section 'wbe' not found for listen 'a'");
    assert.equal(error?.remedy, "did you mean 'web'?");
    assert.deepEqual(error?.at, { file: 'test.cfg', line: 2, column: 15 });
  });

  it('cannot start from each other in a circle, nor from themselves', () => {
    assert.deepEqual(problemsOf('defaults a from b\ndefaults b from a\n'), [
      "defaults section 'b' not found for defaults 'a'",
    ]);
    assert.deepEqual(problemsOf('defaults a from a\n'), ["defaults section 'a' not found for defaults 'a'"]);
  });

  it('of one name are ambiguous only where somebody names them', () => {
    assert.deepEqual(problemsOf('defaults a\ndefaults a\nlisten x\n'), []);
    assert.deepEqual(problemsOf('defaults a\ndefaults a\nlisten x from a\n'), [
      "ambiguous defaults section name 'a' referenced by listen 'x' exists at least at test.cfg:1 and test.cfg:2",
    ]);
  });

  it('that are named by one section and taken silently by another give a warning', () => {
    const text = 'defaults a\n timeout client 1s\nfrontend y\n bind :1\nfrontend x from a\n bind :2\n';
    assert.deepEqual(problemsOf(text, 'warning'), [
      "defaults section 'a' is named by other sections and taken by 'y' without being named",
    ]);
  });

  it('without a name may hold no rules and ACLs, with a name they may', () => {
    const rules = ' acl a path /\n http-request deny if a\n';
    assert.deepEqual(problemsOf(`defaults\n${rules}`), [
      "'acl' not allowed in anonymous 'defaults' section",
      "'http-request' not allowed in anonymous 'defaults' section",
    ]);
    assert.deepEqual(problemsOf(`defaults d\n${rules}`), []);
  });

  it('hand their rules on, before those of the section, with their own ACLs', () => {
    const proxies = proxiesOf(
      'defaults d\n mode http\n acl a path /x\n http-request deny if a\nfrontend f from d\n http-request allow\n',
    );
    const [first, second] = proxies['f']!.settings.httpRequestRules!;
    assert.equal(first!.action.name, 'deny');
    assert.deepEqual(first!.condition!.alternatives[0]![0]!.tests[0]!.patterns, ['/x']);
    assert.equal(second!.action.name, 'allow');
    assert.deepEqual(proxies['f']!.acls, {});
  });
});

describe('ids of proxies', () => {
  const idsOf = (text: string) => Object.values(proxiesOf(text)).map(({ id }) => id);

  it('count from 1', () => assert.deepEqual(idsOf('listen a\nlisten b\n'), [1, 2]));

  it('begin at 2 behind the runtime API, and skip numbers as HAProxy does', () => {
    assert.deepEqual(
      idsOf('global\n stats socket /tmp/s\nfrontend f1\nfrontend f2\n id 2\nbackend b\n'),
      [3, 2, 5],
    );
  });

  it('that are written twice are refused', () => {
    assert.deepEqual(problemsOf('listen a\n id 5\nlisten b\n id 5\n'), [
      'proxy b reuses same custom id as proxy a (declared at test.cfg:1)',
    ]);
  });
});

describe('what a proxy lacks', () => {
  it('timeouts are asked for in the words of HAProxy', () => {
    const text =
      'frontend f\n bind :1\nbackend empty\nbackend b\n server s 127.0.0.1:1\nlisten off\n disabled\n';
    assert.deepEqual(problemsOf(text, 'warning'), [
      "missing timeouts for frontend 'f'.",
      "missing timeouts for backend 'b'.",
    ]);
  });

  it('a timeout of 0 is none', () => {
    assert.deepEqual(problemsOf('frontend f\n bind :1\n timeout client 0\n', 'warning'), [
      "missing timeouts for frontend 'f'.",
    ]);
  });

  it('a frontend without a listener gives a warning', () => {
    assert.deepEqual(problemsOf(`${QUIET_DEFAULTS}frontend f\nlisten l\n`, 'warning'), [
      "frontend 'f' has no 'bind' directive. Please declare it as a backend if this was intended.",
      "proxy 'l' has no 'bind' directive. Please declare it as a backend if this was intended.",
    ]);
  });

  it('a log format without a log target gives a warning', () => {
    assert.deepEqual(
      problemsOf(`${QUIET_DEFAULTS} option httplog\nfrontend f\n bind :1\nbackend b\n`, 'warning'),
      ["log format ignored for frontend 'f' since it has no log address."],
    );
  });
});
