import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAcl } from '../../../src/acl/parse-acl.ts';
import { patternLines } from '../../../src/acl/pattern-file.ts';
import { ArgumentError } from '../../../src/keyword/words.ts';
import { samples, testSite, wordsOf } from '../../support/sample-site.ts';

function parse(text: string, site = testSite()) {
  return parseAcl(wordsOf(text), site, samples);
}

function errorOf(text: string): ArgumentError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ArgumentError) return error;
    throw error;
  }
  assert.fail(`'${text}' was accepted`);
}

describe('parseAcl', () => {
  it('takes the match method of a derived name, and its fetch', () => {
    const test = parse('hdr_dom(Host) -i Example.org');
    assert.deepEqual(test.expression.fetch, { name: 'req.hdr', args: { name: 'host', occ: undefined } });
    assert.equal(test.match, 'dom');
    assert.equal(test.ignoreCase, true);
    assert.deepEqual(test.patterns, ['Example.org']);
    assert.equal(test.text, 'hdr_dom(Host) -i Example.org');
  });

  it('forgets the method of a derived name behind converters', () => {
    assert.equal(parse('path_beg,lower /a').match, 'str');
    assert.equal(parse('path_beg,length 5').match, 'int');
  });

  it('lets -m win over the name and over an earlier -m', () => {
    assert.equal(parse('path_beg -m end x').match, 'end');
    assert.equal(parse('path -m str -m beg x').match, 'beg');
  });

  for (const [text, match] of [
    ['src 10.0.0.0/8', 'ip'],
    ['dst_port 80', 'int'],
    ['always_true', 'bool'],
    ['path /', 'str'],
    ['method GET', 'str'],
    ['ipv6(::1) ::1', 'ip'],
  ] as const) {
    it(`matches ${text} by ${match} of its type`, () => {
      assert.equal(parse(text).match, match);
    });
  }

  it('puts the operator before each integer behind it', () => {
    assert.deepEqual(parse('dst_port 80 ge 8000 lt 9000 443 eq 1').patterns, [
      '80',
      'ge 8000',
      'lt 9000',
      'lt 443',
      '1',
    ]);
  });

  it('takes operators as patterns where strings are matched', () => {
    assert.deepEqual(parse('path gt 5').patterns, ['gt', '5']);
  });

  it('ends its flags at --, and at the first pattern', () => {
    assert.deepEqual(parse('path -- -i').patterns, ['-i']);
    assert.deepEqual(parse('path -m str /a -i').patterns, ['/a', '-i']);
    assert.equal(parse('path -m str /a -i').ignoreCase, false);
  });

  it('does not take a converter standing behind a blank', () => {
    assert.deepEqual(parse('path lower').patterns, ['lower']);
  });

  it('reads pattern files, with the case that -i says for each', () => {
    const site = testSite({ files: { 'exact.lst': '# comment\n/a\n  #b\n\n/c \r\n', 'folded.lst': '/D\n' } });
    const test = parse('path -m beg -f exact.lst -i -f folded.lst /e', site);
    assert.deepEqual(test.patternFiles, ['exact.lst', 'folded.lst']);
    assert.deepEqual(test.filesIgnoringCase, [false, true]);
    assert.deepEqual(test.filePatterns, [['/a', '#b', '/c '], ['/D']]);
    assert.deepEqual(test.patterns, ['/e']);
  });

  it('checks the lines of a file, and takes the first column of a map', () => {
    const site = testSite({ files: { bad: '10.0.0.1\nx\n', map: '10.0.0.1 one\n10.0.0.2\ttwo\n' } });
    assert.throws(() => parse('src -f bad', site), /'x' is not an IPv4 or IPv6 address/);
    assert.deepEqual(parse('src -M -f map', site).filePatterns, [['10.0.0.1', '10.0.0.2']]);
  });

  it('survives structured clone', () => {
    const test = parse('dst_port ge 1024');
    assert.deepEqual(structuredClone(test), test);
  });

  it('warns of an ACL without patterns, but not where none is needed', () => {
    const site = testSite();
    parse('path', site);
    assert.match(site.warnings[0] ?? '', /never matches/);
    for (const text of ['always_true', 'path -m found', 'dst_port -m bool']) parse(text, site);
    assert.equal(site.warnings.length, 1);
  });

  it('warns of an expression that V8 cannot bound', () => {
    const site = testSite();
    parse('path_reg (?=a)', site);
    assert.match(site.warnings[0] ?? '', /cannot be bounded/);
  });

  for (const [text, message, column] of [
    ['', /missing <criterion>/, 1],
    ['paht_beg /a', /unknown fetch method 'paht_beg' in ACL expression/, 1],
    ['req.hdr_beg(a) b', /unknown fetch method 'req.hdr_beg' in ACL expression/, 1],
    ['path -m', /missing <method> behind -m/, 8],
    ['path -m begin /a', /unknown match method 'begin'/, 9],
    ['path -z', /'-z' is not an ACL flag/, 6],
    ['dst_port -1', /'-1' is not an ACL flag/, 10],
    ['path -f', /missing <file> behind -f/, 8],
    ['bin(61) x', /'bin\(61\)' needs a match method/, 1],
    ['meth(GET) x', /'meth\(GET\)' needs a match method/, 1],
    ['bin(61) -m int 5', /match method 'int' cannot be used with 'bin\(61\)'/, 1],
    ['always_true -m ip 1.2.3.4', /match method 'ip' cannot be used/, 1],
    ['dst_port x', /'x' is not an integer/, 10],
    ['dst_port 90:80', /range '90:80' ends before it begins/, 10],
    ['dst_port :', /':' is not a range of integers/, 10],
    ['dst_port gt 0x10', /'0x10' is not an integer/, 13],
    ['src 300.1.1.1', /'300.1.1.1' is not an IPv4 or IPv6 address/, 5],
    ['src 10.0.0.0/33', /is not an IPv4/, 5],
    ['src ::1/129', /is not an IPv4/, 5],
    ['src example.org', /is not an IPv4/, 5],
    ['path -m bin 616', /'616' is not hexadecimal/, 13],
    ['path_reg (', /regular expression '\(' is refused/, 10],
    ['path_len x', /'x' is not an integer/, 10],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} with a message and its place`, () => {
      const error = errorOf(text);
      assert.match(error.message, message);
      assert.equal(error.at.column, column);
    });
  }

  it('suggests names and methods', () => {
    assert.equal(errorOf('paht_beg /a').remedy, "did you mean 'path_beg'?");
    assert.match(errorOf('path -m begg /a').remedy ?? '', /did you mean 'beg'\? methods: found, bool/);
    assert.match(
      errorOf('bin(61) -m int 5').remedy ?? '',
      /^methods for it: found, ip, bin, len, str, sub, reg, beg, end, dir, dom$/,
    );
  });
});

describe('patternLines', () => {
  it('drops comments, empty lines and blanks at the beginning, and nothing else', () => {
    assert.deepEqual(patternLines('a b\n#c\n\t#d\n\ne\r\nf', false), ['a b', '#d', 'e', 'f']);
  });
});
