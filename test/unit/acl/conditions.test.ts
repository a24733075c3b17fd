import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileAclTest, compileCondition } from '../../../src/acl/compile-condition.ts';
import { parseAcl } from '../../../src/acl/parse-acl.ts';
import { PREDEFINED_ACLS } from '../../../src/acl/predefined-acls.ts';
import { ArgumentError } from '../../../src/keyword/words.ts';
import {
  aclsOf,
  conditionOf,
  isMet,
  REQUEST_RULE,
  samples,
  testSite,
  wordsOf,
} from '../../support/sample-site.ts';
import { createStream, endpoint } from '../../support/stream-view.ts';

const stream = createStream({
  request: 'GET /api/Users?id=7 HTTP/1.1\r\nhost: example.org\r\nx: 1, 2\r\nx: 3\r\n\r\n',
});
const lines = ['is_api path_beg /api', 'is_api path_beg /v1', 'is_img path_end .png'];

function errorOf(text: string): ArgumentError {
  try {
    conditionOf(text, testSite(), aclsOf(lines));
  } catch (error) {
    if (error instanceof ArgumentError) return error;
    throw error;
  }
  assert.fail(`'${text}' was accepted`);
}

describe('parseCondition', () => {
  it('reads terms, negations and alternatives', () => {
    const model = conditionOf('unless is_api !is_img or ! { path / } || !!TRUE', testSite(), aclsOf(lines));
    assert.equal(model.isUnless, true);
    assert.equal(model.text, 'unless is_api !is_img or ! { path / } || !!TRUE');
    assert.deepEqual(
      model.alternatives.map((terms) =>
        terms.map(({ acl, isNegated, tests }) => [acl, isNegated, tests.length]),
      ),
      [
        [
          ['is_api', false, 2],
          ['is_img', true, 1],
        ],
        [[null, true, 1]],
        [['TRUE', false, 1]],
      ],
    );
  });

  it('lets a declared ACL hide the predefined one', () => {
    assert.equal(isMet('if TRUE', stream, ['TRUE always_false']), false);
  });

  it('survives structured clone', () => {
    const model = conditionOf('if is_api { dst_port ge 80 }', testSite(), aclsOf(lines));
    assert.deepEqual(structuredClone(model), model);
  });

  it('takes dangling operators and marks as HAProxy does, and warns of an empty condition', () => {
    for (const [text, expected] of [
      ['if', false],
      ['unless', true],
      ['if || FALSE', false],
      ['if TRUE ||', true],
      ['if TRUE !', true],
      ['if !', false],
    ] as const) {
      const site = testSite();
      assert.equal(compileCondition(conditionOf(text, site), samples)(stream), expected, text);
      assert.equal(site.warnings.length, /TRUE|FALSE/.test(text) ? 0 : 1, text);
    }
  });

  it('warns of an ACL that is not valid where it is used', () => {
    const site = testSite({ provides: REQUEST_RULE });
    const acls = aclsOf(['ok status 200']);
    conditionOf('if ok', site, acls);
    conditionOf('if { status 200 }', site);
    conditionOf('if { path / }', site);
    assert.equal(site.warnings.length, 2);
    assert.match(
      site.warnings[0]!,
      /ACL 'ok' never matches here: sample fetch 'status' is not valid in this http-request rule/,
    );
    assert.match(site.warnings[1]!, /this anonymous ACL never matches here/);
  });

  for (const [text, message, column] of [
    ['when TRUE', /unexpected word 'when'/, 1],
    ['if nope', /no such ACL : 'nope'/, 4],
    ['if is_api }', /no such ACL : '}'/, 11],
    ['if { path /a', /missing closing '}'/, 4],
    ['if { path /a}', /missing closing '}'/, 4],
    ['if { }', /there is no test/, 6],
    ['if { paht /a }', /unknown fetch method 'paht' in ACL expression/, 6],
  ] as const) {
    it(`refuses '${text}' with a message and its place`, () => {
      const error = errorOf(text);
      assert.match(error.message, message);
      assert.equal(error.at.column, column);
    });
  }

  it('suggests the nearest ACL', () => {
    assert.equal(errorOf('if is_apy').remedy, "did you mean 'is_api'?");
    assert.equal(errorOf('if METH_GETT').remedy, "did you mean 'METH_GET'?");
  });
});

describe('compiled conditions', () => {
  for (const [text, expected] of [
    ['if is_api', true],
    ['if !is_api', false],
    ['unless is_api', false],
    ['if is_img', false],
    ['if is_api is_img', false],
    ['if is_api !is_img', true],
    ['if is_img or is_api', true],
    ['if is_img || FALSE || is_api', true],
    ['if is_img || FALSE || FALSE', false],
    ['if is_api TRUE TRUE', true],
    ['if is_api TRUE FALSE', false],
    ['if { hdr(x) 3 }', true],
    ['if { hdr(x) 1 }', true],
    ['if { hdr(x,1) 3 }', false],
    ['if { hdr(none) -m found }', false],
    ['if !{ hdr(none) -m found }', true],
    ['if { path_beg -i /API }', true],
    ['if { url_param(id) 7 }', true],
    ['if { src 192.0.2.0/24 }', true],
    ['if METH_GET', true],
    ['if HTTP_1.1', true],
    ['if HTTP_URL_SLASH', true],
    ['if HTTP_CONTENT', false],
  ] as const) {
    it(`'${text}' is ${expected ? 'met' : 'not met'}`, () => {
      assert.equal(isMet(text, stream, lines), expected);
    });
  }

  it('are not met by samples that do not exist', () => {
    for (const test of ['path_beg /', 'hdr(a) b', 'status 200', 'hdr_cnt(a) 0', 'url_len 0:'])
      assert.equal(isMet(`if { ${test} }`, createStream()), false, test);
  });

  it('match each pattern file with its own case', () => {
    const site = testSite({ files: { exact: '/API/\n', folded: '/OTHER\n' } });
    const matches = (text: string, path: string) =>
      compileAclTest(
        parseAcl(wordsOf(text), site, samples),
        samples,
      )(createStream({ request: `GET ${path} HTTP/1.1\r\nhost: h\r\n\r\n` }));
    for (const [path, expected] of [
      ['/api/', false],
      ['/API/', true],
      ['/other', true],
      ['/OTHER', true],
      ['/x', false],
    ] as const) {
      assert.equal(matches('path -f exact -i -f folded', path), expected, path);
    }
  });

  it('know every predefined ACL whose fetch is supported', () => {
    for (const name of PREDEFINED_ACLS.keys()) {
      if (name !== 'RDP_COOKIE') assert.equal(typeof isMet(`if ${name}`, stream), 'boolean', name);
    }
    assert.equal(isMet('if LOCALHOST', createStream({ source: endpoint('::1', 1) })), true);
    assert.equal(isMet('if LOCALHOST', createStream({ source: endpoint('127.8.9.1', 1) })), true);
    assert.equal(isMet('if LOCALHOST', stream), false);
  });
});

describe('many patterns', () => {
  const paths = ['/', '/a', '/ab', '/abc', '/p7/x', '/p77', '/x.p7', '/y/p7', '', 'p7', '/P7'];
  const patterns = Array.from({ length: 40 }, (_, i) => `/p${i}`).concat('/abc', '/ab');

  for (const [match, oracle] of [
    ['beg', (text: string, pattern: string) => text.startsWith(pattern)],
    ['end', (text: string, pattern: string) => text.endsWith(pattern)],
    ['str', (text: string, pattern: string) => text === pattern],
    ['sub', (text: string, pattern: string) => text.includes(pattern)],
  ] as const) {
    it(`match by ${match} as each of them alone does`, () => {
      for (const path of paths) {
        for (const flag of ['', '-i ']) {
          const fold = (text: string) => (flag === '' ? text : text.toLowerCase());
          const expected = patterns.some((pattern) => oracle(fold(path), fold(pattern)));
          assert.equal(
            isMet(`if { str("${path}") -m ${match} ${flag}${patterns.join(' ')} }`, createStream()),
            expected,
            `${flag}${path}`,
          );
        }
      }
    });
  }

  it('match integers in sets and ranges', () => {
    for (const [value, patterns_, expected] of [
      [5, '1 2 5', true],
      [6, '1 2 5', false],
      [6, '1:3 6:7', true],
      [4, '1:3 6:7', false],
      [4, 'gt 9 lt 1', false],
      [10, 'gt 9 lt 1', true],
    ] as const) {
      assert.equal(
        isMet(`if { int(${value}) ${patterns_} }`, createStream()),
        expected,
        `${value} in ${patterns_}`,
      );
    }
    assert.equal(isMet('if { int(9223372036854775807) 5 9223372036854775807 }', createStream()), true);
    assert.equal(isMet('if { int(9223372036854775807) gt 9223372036854775806 }', createStream()), true);
  });

  it('match addresses and networks of both families', () => {
    const test = 'src 10.0.0.1 10.0.0.2 192.168.0.0/16 2001:db8::/32 ::ffff:172.16.0.0/108';
    for (const [source, expected] of [
      ['10.0.0.2', true],
      ['10.0.0.3', false],
      ['192.168.9.9', true],
      ['2001:db8::9', true],
      ['2001:db9::9', false],
      ['172.16.5.5', true],
      ['172.32.0.1', false],
      ['::ffff:10.0.0.1', true],
    ] as const) {
      assert.equal(isMet(`if { ${test} }`, createStream({ source: endpoint(source) })), expected, source);
    }
  });
});
