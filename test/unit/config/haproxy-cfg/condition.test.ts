import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ConditionScope,
  evaluateArgument,
  evaluateCondition,
} from '../../../../config/haproxy-cfg/condition.ts';
import { EXAMPLE_FACTS, predicates } from '../../../../config/haproxy-cfg/predicates.ts';
import { compareVersions, opensslVersionKey, versionKey } from '../../../../config/haproxy-cfg/version.ts';

const scope: ConditionScope = {
  ...EXAMPLE_FACTS,
  environment: new Map([
    ['A', 'av'],
    ['EMPTY', ''],
  ]),
};

function truth(cases: readonly (readonly [string, boolean])[]): void {
  for (const [text, value] of cases)
    it(`${JSON.stringify(text)} is ${value}`, () =>
      assert.deepEqual(evaluateCondition(text, scope), { value }));
}

describe('conditions: integers, groups and operators (manual section 2.4)', () =>
  truth([
    ['', false],
    ['0', false],
    ['00', false],
    ['1', true],
    ['01', true],
    ['-1', true],
    ['+1', true],
    ['99999999999999999999', true],
    [' 1 ', true],
    ['!1', false],
    ['! 0', true],
    ['!!1', true],
    ['(1)', true],
    ['( ( 0 ) )', false],
    ['1&&0', false],
    ['1 && 1', true],
    ['1||0', true],
    ['0 || 0', false],
    ['1||0&&0', true],
    ['(1||0)&&0', false],
    ['0&&0||1', true],
    ['!1||1', true],
    ['!(1&&0)', true],
    ['1&&!0', true],
  ]));

describe('conditions: predicates and their arguments', () =>
  truth([
    ['defined(A)', true],
    ['defined(EMPTY)', true],
    ['defined(B)', false],
    ['defined( A )', false],
    ['defined()', false],
    ['defined', false],
    ['defined(A)&&!defined(B)', true],
    ['feature(OPENSSL)', true],
    ['feature(openssl)', false],
    ['feature(QUIC)', false],
    ['streq(a,a)', true],
    ['streq(a,b)', false],
    ['streq(0, 1)', false],
    ['streq(1, 1)', false],
    ['streq(,)', true],
    ['streq(a b,a b)', true],
    ['streq("a,b","a,b")', true],
    ['streq("a)",\'a)\')', true],
    ['streq("a\\"b",\'a"b\')', true],
    ['streq("a"b,ab)', true],
    ['streq(a\\ b,a b)', true],
    ['streq(a\\tb,"a\tb")', true],
    ['streq(a\\\\b,"a\\\\b")', true],
    ['streq(\\#A,#A)', false],
    ['streq(\\$A,$A)', false],
    ['streq(a\\x41,aA)', false],
    ["streq('a\\n','a\\n')", true],
    ['strneq(a,b)', true],
    ['strneq(a,a)', false],
    ['strstr(abc,b)', true],
    ['strstr(abc,)', true],
    ['strstr(abc,d)', false],
    ['version_atleast(3.5-dev5)', true],
    ['version_atleast(3.5-dev6)', false],
    ['version_atleast(3.5)', false],
    ['version_atleast(2.6)', true],
    ['version_atleast(3)', true],
    ['version_atleast()', true],
    ['version_before(3.5)', true],
    ['version_before(3.5-dev5)', false],
    ['ssllib_name_startswith(Open)', true],
    ['ssllib_name_startswith(open)', false],
    ['ssllib_name_startswith()', true],
    ['openssl_version_atleast(3.5.4)', true],
    ['openssl_version_before(3.5.4)', false],
    ['enabled(REUSEPORT)', true],
    ['enabled(SPLICE)', false],
    ['awslc_api_atleast(1)', false],
    ['awslc_api_before(99)', false],
    ['fips_mode()', false],
    ['fips_mode', false],
  ]));

describe('conditions: what other facts make of them', () => {
  it('AWS-LC is asked for its API number', () => {
    const awslc = { ...scope, awslcApi: 30 };
    const values = [
      'awslc_api_atleast(30)',
      'awslc_api_atleast(31)',
      'awslc_api_before(31)',
      'awslc_api_before(30)',
    ].map((text) => evaluateCondition(text, awslc));
    assert.deepEqual(values, [{ value: true }, { value: false }, { value: true }, { value: false }]);
  });
  it('without a TLS library nothing is said of it', () => {
    const none = { ...scope, sslLibrary: null };
    for (const text of [
      'openssl_version_atleast(1)',
      'openssl_version_before(9)',
      'ssllib_name_startswith(O)',
    ])
      assert.deepEqual(evaluateCondition(text, none), { value: false });
  });
});

describe('conditions in error', () => {
  const cases: readonly (readonly [text: string, column: number, error: RegExp])[] = [
    ['1x', 2, /unexpected character 'x'/],
    ['1.5', 2, /unexpected character '.'/],
    ['1 1', 3, /unexpected character '1'/],
    ['(1)(1)', 4, /unexpected character '\('/],
    ['(1))', 4, /unexpected character '\)'/],
    ['1&1', 2, /unexpected character '&'/],
    ['1|1', 2, /unexpected character '\|'/],
    ['defined (A)', 9, /unexpected character '\('/],
    ['defined(A)x', 11, /unexpected character 'x'/],
    ['   ', 4, /missing at the end/],
    ['!', 2, /missing at the end/],
    ['1 &&', 5, /missing at the end/],
    ['1 && || 0', 6, /expected a condition, found '\|\| 0'/],
    ['&&1', 1, /expected a condition/],
    ['()', 2, /expected a condition, found '\)'/],
    ['(1', 1, /missing '\)'/],
    ['!(1', 2, /missing '\)'/],
    ['zzz', 1, /unknown predicate 'zzz'/],
    ['1 || zzz(1)', 6, /unknown predicate 'zzz'/],
    ['0 && zzz', 6, /unknown predicate 'zzz'/],
    ['Defined(A)', 1, /unknown predicate 'Defined'/],
    ['$A', 1, /expected a condition/],
    ['defined(A', 8, /missing '\)'/],
    ['defined(A,B)', 11, /too many arguments for defined/],
    ['streq(a,b,c)', 11, /too many arguments for streq/],
    ['streq(a)', 1, /missing argument <str2> of streq/],
    ['streq()', 1, /missing argument <str2>/],
    ['streq', 1, /missing argument <str2>/],
    ['streq(a\\,b,c)', 12, /too many arguments/],
    ['streq("a,b)', 7, /unmatched quote/],
    ['fips_mode(1)', 11, /too many arguments/],
    ['enabled(REUSEPROT)', 9, /unknown option 'REUSEPROT'; did you mean 'REUSEPORT'/],
    ['awslc_api_atleast(x)', 19, /'x' is not an API number/],
    ['openssl_version_atleast(x)', 25, /'x' is not a version of OpenSSL/],
    ['openssl_version_atleast()', 25, /not a version of OpenSSL/],
    ['('.repeat(300), 257, /nest deeper than 256/],
  ];
  for (const [text, column, error] of cases)
    it(`${JSON.stringify(text.slice(0, 40))}: ${error.source}`, () => {
      const result = evaluateCondition(text, scope);
      assert.ok('error' in result, `evaluated to ${JSON.stringify(result)}`);
      assert.match(result.error, error);
      assert.equal(result.column, column);
    });
  it('suggests the nearest predicate', () => {
    const result = evaluateCondition('version_atlast(2.6)', scope);
    assert.equal('remedy' in result && result.remedy, "did you mean 'version_atleast'?");
  });
  it('a hundred thousand exclamation marks do no harm', () =>
    assert.deepEqual(evaluateCondition(`${'!'.repeat(100_000)}1`, scope), { value: true }));
});

describe('the argument of -cc', () => {
  it('resolves quotes and variables first', () => {
    assert.deepEqual(evaluateArgument('streq("$A",av)', scope), { value: true });
    assert.deepEqual(evaluateArgument("'1'", scope), { value: true });
    assert.deepEqual(evaluateArgument('', scope), { value: false });
  });
  it('reports what cannot be tokenized', () => {
    const result = evaluateArgument('streq("a,b)', scope);
    assert.ok('error' in result);
    assert.deepEqual([result.error, result.column], ['unmatched quote', 7]);
  });
  it('has no comments', () => assert.ok('error' in evaluateArgument('1 # x', scope)));
});

describe('predicates are declared', () => {
  it('all of manual section 2.4', () => {
    assert.deepEqual(
      predicates.map((predicate) => predicate.name),
      [
        'awslc_api_atleast',
        'awslc_api_before',
        'defined',
        'enabled',
        'feature',
        'fips_mode',
        'openssl_version_atleast',
        'openssl_version_before',
        'ssllib_name_startswith',
        'streq',
        'strneq',
        'strstr',
        'version_atleast',
        'version_before',
      ],
    );
  });
  for (const predicate of predicates)
    it(`${predicate.name}: its examples hold`, () => {
      assert.ok(predicate.examples.length > 0);
      for (const example of predicate.examples) {
        const environment = new Map(
          example.given === undefined ? [] : [example.given.split('=') as [string, string]],
        );
        assert.deepEqual(evaluateCondition(example.text, { ...EXAMPLE_FACTS, environment }), {
          value: example.result,
        });
      }
    });
});

describe('versions', () => {
  const ascending = [
    '',
    '1',
    '1.9.16',
    '2.4-dev18',
    '2.4-dev18-5925c9-100',
    '2.4-dev19',
    '2.4-rc1',
    '2.4',
    '2.4.1',
    '2.6.12',
    '2.6.12-1',
    '2.6.12.1',
    '2.7-dev0',
    '3.5-dev5',
    '3.5',
  ];
  it('are ordered: development, candidates, release, commits since', () => {
    for (const [i, older] of ascending.entries())
      for (const newer of ascending.slice(i + 1)) {
        assert.ok(
          compareVersions(versionKey(older), versionKey(newer)) < 0,
          `${older} is older than ${newer}`,
        );
        assert.ok(compareVersions(versionKey(newer), versionKey(older)) > 0);
      }
  });
  it('ignore what does not belong to a version', () => {
    for (const [text, same] of [
      ['2.6x', '2.6'],
      ['x', ''],
      ['2.6.12-1+deb12u4', '2.6.12'],
      ['02.06', '2.6'],
      ['3.5-dev5-fairlead0', '3.5-dev5'],
    ] as const)
      assert.equal(compareVersions(versionKey(text), versionKey(same)), 0, text);
  });
  it('of OpenSSL are ordered by number, letter and stage', () => {
    const order = [
      '0.9.8',
      '0.9.8a',
      '0.9.8z',
      '0.9.8za',
      '1.1.1-beta1',
      '1.1.1',
      '1.1.1a',
      '3.0.0-alpha2',
      '3.0.0-beta1',
      '3.0.0-beta2',
      '3.0.0',
      '3.0.22',
      '3.5.4+quic',
    ];
    for (const [i, older] of order.entries())
      for (const newer of order.slice(i + 1))
        assert.ok(
          compareVersions(opensslVersionKey(older)!, opensslVersionKey(newer)!) < 0,
          `${older} < ${newer}`,
        );
    assert.equal(opensslVersionKey('three'), null);
  });
});
