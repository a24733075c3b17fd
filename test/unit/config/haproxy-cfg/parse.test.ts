import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { predefinedVariables } from '../../../../config/haproxy-cfg/environment.ts';
import {
  MAX_ERRORS_PER_FILE,
  type ParseResult,
  parseHaproxyCfg,
} from '../../../../config/haproxy-cfg/parse.ts';
import { EXAMPLE_FACTS } from '../../../../config/haproxy-cfg/predicates.ts';
import { SECTION_KEYWORDS } from '../../../../config/haproxy-cfg/sections.ts';
import { MAX_LINE_LENGTH } from '../../../../config/haproxy-cfg/tokenize.ts';

function parse(
  texts: string | readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ParseResult {
  const sources = [texts].flat().map((text, i) => ({ file: `${'abc'[i]}.cfg`, text }));
  return parseHaproxyCfg(sources, {
    environment: new Map(Object.entries(environment)),
    facts: EXAMPLE_FACTS,
  });
}

/** `global: daemon | maxconn 5` for each section. */
function outline(result: ParseResult): string[] {
  return result.document.sections.map((section) => {
    const head = [section.kind, ...section.header.map((word) => word.text)].join(' ');
    return `${head}: ${section.statements.map((statement) => statement.words.map((word) => word.text).join(' ')).join(' | ')}`;
  });
}

/** `a.cfg:2:3 error problem` for each diagnostic. */
function told(result: ParseResult): string[] {
  return result.diagnostics.map(
    ({ at, severity, problem }) => `${at.file}:${at.line}:${at.column} ${severity} ${problem}`,
  );
}

describe('sections and statements', () => {
  it('are read with their places', () => {
    const result = parse(
      '# site\nglobal\n  daemon\n\nfrontend www from base # main\n\tbind :80 # port\n  mode http\n',
    );
    assert.deepEqual(outline(result), ['global: daemon', 'frontend www from base: bind :80 | mode http']);
    assert.deepEqual(told(result), []);
    const [, frontend] = result.document.sections;
    assert.deepEqual(frontend!.at, { file: 'a.cfg', line: 5, column: 1 });
    assert.deepEqual(frontend!.end, { file: 'a.cfg', line: 5, column: 23 });
    assert.deepEqual(
      frontend!.header.map((word) => word.at.column),
      [10, 14, 19],
    );
    const bind = frontend!.statements[0]!;
    assert.equal(bind.source, '\tbind :80 # port');
    assert.deepEqual(bind.end, { file: 'a.cfg', line: 6, column: 10 });
    assert.deepEqual(
      bind.words.map((word) => word.at.column),
      [2, 7],
    );
  });
  it('of one kind stay apart, in order', () => {
    assert.deepEqual(outline(parse('global\nmaxconn 1\nlisten a\nglobal\nmaxconn 2\n')), [
      'global: maxconn 1',
      'listen a: ',
      'global: maxconn 2',
    ]);
  });
  it('the two layouts of manual section 2.1 are the same', () => {
    const crooked =
      '    global#this is the global section\n daemon#daemonize\n     frontend         foo\n mode             http   # or tcp\n';
    const neat =
      '    global\n        daemon\n\n    # this is the public web frontend\n    frontend foo\n        mode http\n';
    assert.deepEqual(outline(parse(crooked)), outline(parse(neat)));
  });
  it('every section keyword begins a section', () => {
    for (const keyword of SECTION_KEYWORDS)
      assert.deepEqual(outline(parse(`${keyword} x\n y\n`)), [`${keyword} x: y`]);
  });
  it('lines may end with CRLF', () => {
    const result = parse('global\r\n  maxconn 100\r\n\r\n');
    assert.deepEqual([outline(result), told(result)], [['global: maxconn 100'], []]);
  });
  it('an empty file and one of comments have none', () => {
    for (const text of ['', '\n', '# a\n\n  # b\n'])
      assert.deepEqual([outline(parse(text)), told(parse(text))], [[], []]);
  });
});

describe('several files are one configuration', () => {
  it('each begins with a section', () => {
    const result = parse(['global\n daemon\n', 'maxconn 3\nlisten x\n']);
    assert.deepEqual(outline(result), ['global: daemon', 'listen x: ']);
    assert.deepEqual(told(result), ["b.cfg:1:1 error unknown keyword 'maxconn' out of section"]);
    assert.deepEqual(result.document.files, ['a.cfg', 'b.cfg']);
  });
  it('a conditional block ends with its file', () => {
    const result = parse(['.if 0\n', 'listen x\n']);
    assert.deepEqual(
      [outline(result), told(result)],
      [['listen x: '], ["a.cfg:1:1 error non-terminated '.if' block"]],
    );
  });
  it('the environment goes on from one to the next', () => {
    assert.deepEqual(outline(parse(['global\n setenv P 80\n', 'listen x\n bind ":$P"\n'])), [
      'global: setenv P 80',
      'listen x: bind :80',
    ]);
  });
});

describe('all errors are reported in one run', () => {
  it('with the nearest section', () => {
    const result = parse('frontnd x\nglobal\n "a\n b\\x\n c\n');
    assert.deepEqual(told(result), [
      "a.cfg:1:1 error unknown keyword 'frontnd' out of section",
      'a.cfg:3:2 error unmatched quote',
      'a.cfg:4:3 error truncated or invalid hexadecimal sequence',
    ]);
    assert.equal(result.diagnostics[0]!.remedy, "did you mean 'frontend'?");
    assert.deepEqual(outline(result), ['global: c']);
  });
  it('up to a thousand in a file', () => {
    const result = parse([' "\n'.repeat(MAX_ERRORS_PER_FILE + 5), 'listen x\n']);
    assert.equal(result.diagnostics.length, MAX_ERRORS_PER_FILE + 1);
    assert.match(told(result).at(-1)!, /^a.cfg:1001:1 error too many errors/);
    assert.deepEqual(outline(result), ['listen x: ']);
  });
});

describe('bad files get one clear error', () => {
  it('without a line feed at the end', () => {
    const result = parse('global\n  description abc');
    assert.deepEqual(told(result), ['a.cfg:2:18 error missing LF on the last line']);
    assert.deepEqual(outline(result), ['global: description abc']);
  });
  it('binary', () =>
    assert.deepEqual(told(parse('global\n\x7fELF\x02\0\0\0 "\nx\n')), [
      'a.cfg:2:6 error NUL byte in the file',
    ]));
  it('with a byte order mark', () => {
    const result = parse('\ufeffglobal\n');
    assert.deepEqual(
      [outline(result), told(result)],
      [['global: '], ['a.cfg:1:1 error the file begins with a byte order mark']],
    );
  });
  it('with an endless line', () => {
    const result = parse(`global\n ${'a'.repeat(MAX_LINE_LENGTH)}\n b\n`);
    assert.deepEqual(
      [outline(result), told(result)],
      [['global: b'], ['a.cfg:2:1048577 error the line is longer than 1048576 characters']],
    );
  });
  it('whose variables grow without end', () => {
    const result = parse(`global\n setenv V ab\n${' setenv V "$V$V"\n'.repeat(60)}`);
    assert.equal(result.diagnostics.length, 42);
    assert.match(
      told(result)[0]!,
      /^a.cfg:21:11 error the words of the line have more than 1048576 characters/,
    );
  });
  it('and a line of the greatest length is read', () =>
    assert.equal(parse(`global\n ${'a'.repeat(MAX_LINE_LENGTH - 1)}\n`).diagnostics.length, 0));
});

describe('empty words', () => {
  it('at the end of a line are nothing', () => {
    const result = parse('listen x\n server s 1.1.1.1:80 "$OPTIONS"\n bind :80 ""\n');
    assert.deepEqual([outline(result), told(result)], [['listen x: server s 1.1.1.1:80 | bind :80'], []]);
  });
  it('end the line, and what they cut off is told', () => {
    const result = parse('listen x\n bind :80 "$OPTIONS" ssl crt x\n');
    assert.deepEqual(outline(result), ['listen x: bind :80']);
    assert.deepEqual(told(result), [
      "a.cfg:2:11 warning an empty word ends the line: 'ssl' and what follows is ignored",
    ]);
  });
  it('at the beginning make the line empty', () =>
    assert.deepEqual(outline(parse('listen x\n "" mode http\n ""\n')), ['listen x: ']));
});

describe('conditional blocks (manual section 2.4)', () => {
  const cases: readonly (readonly [name: string, text: string, notices: readonly string[]])[] = [
    ['a true block counts', '.if 1\n.notice a\n.endif\n', ['a']],
    ['a false block does not', '.if 0\n.notice a\n.endif\n.notice b\n', ['b']],
    ['no condition is false', '.if\n.notice a\n.else\n.notice b\n.endif\n', ['b']],
    ['an empty condition is false', '.if ""\n.notice a\n.else\n.notice b\n.endif\n', ['b']],
    [
      'the first true branch is the only one',
      '.if 0\n.notice a\n.elif 1\n.notice b\n.elif 1\n.notice c\n.else\n.notice d\n.endif\n',
      ['b'],
    ],
    ['else is for when none was', '.if 0\n.elif 0\n.notice b\n.else\n.notice c\n.endif\n', ['c']],
    ['blocks nest', '.if 1\n.if 0\n.notice a\n.else\n.notice b\n.endif\n.notice c\n.endif\n', ['b', 'c']],
    [
      'a block inside of a false one never counts',
      '.if 0\n.if 1\n.notice a\n.else\n.notice b\n.endif\n.elif 1\n.notice c\n.endif\n',
      ['c'],
    ],
    [
      'words are joined with one blank',
      '.if streq("$A",     1)\n.notice a\n.else\n.notice b\n.endif\n',
      ['b'],
    ],
    ['variables count', '.if streq("$A",1)\n.notice a\n.endif\n', ['a']],
    [
      'a quoted variable with quotes does no harm',
      '.if streq(\'"a,b"\',\'"a,b"\')\n.notice a\n.endif\n',
      ['a'],
    ],
    [
      'conditions of branches not reached are not read',
      '.if 1\n.elif zzz(\n.endif\n.if 0\n.if zzz(\n.endif\n.endif\n.notice a\n',
      ['a'],
    ],
    [
      'unknown directives in false blocks are passed over',
      '.if 0\n.bogus\n.alert x\n.endif\n.notice a\n',
      ['a'],
    ],
    ['comments may follow', '.if 1 # yes\n.notice a # b\n.endif # done\n', ['a']],
    [
      'a hundred levels are not too many',
      `${'.if 1\n'.repeat(100)}.notice a\n${'.endif\n'.repeat(100)}`,
      ['a'],
    ],
  ];
  for (const [name, text, notices] of cases)
    it(name, () =>
      assert.deepEqual(
        parse(text, { A: '1' }).diagnostics.map((diagnostic) => [diagnostic.severity, diagnostic.problem]),
        notices.map((notice) => ['notice', `'${notice}'`]),
      ),
    );

  it('the example of the manual gives one message for each environment', () => {
    const text = `
  .if "\${A}"
    .if "\${B}"
       .notice "A=1, B=1"
    .elif "\${C}"
       .notice "A=1, B=0, C=1"
    .elif "\${D}"
       .warning "A=1, B=0, C=0, D=1"
    .else
       .alert "A=1, B=0, C=0, D=0"
    .endif
  .else
       .notice "A=0"
  .endif
`;
    assert.deepEqual(told(parse(text)), ["a.cfg:13:16 notice 'A=0'"]);
    assert.deepEqual(told(parse(text, { A: '1', B: '1' })), ["a.cfg:4:16 notice 'A=1, B=1'"]);
    assert.deepEqual(told(parse(text, { A: '1', B: '0', C: '1' })), ["a.cfg:6:16 notice 'A=1, B=0, C=1'"]);
    assert.deepEqual(told(parse(text, { A: '1', D: '1' })), ["a.cfg:8:17 warning 'A=1, B=0, C=0, D=1'"]);
    assert.deepEqual(told(parse(text, { A: '1' })), ["a.cfg:10:15 error 'A=1, B=0, C=0, D=0'"]);
  });
  it('take statements and sections in and out', () => {
    assert.deepEqual(
      outline(parse('global\n.if 0\n daemon\nfrontend x\n.else\n maxconn 1\nbackend y\n.endif\n mode tcp\n')),
      ['global: maxconn 1', 'backend y: mode tcp'],
    );
  });
  it('are tokenized also where they do not count, as HAProxy does', () => {
    assert.deepEqual(told(parse('.if 0\n "abc\n.endif\n')), ['a.cfg:2:2 error unmatched quote']);
  });
});

describe('directives in error', () => {
  const cases: readonly (readonly [text: string, errors: readonly string[]])[] = [
    ['.if 1\n', ["a.cfg:1:1 error non-terminated '.if' block"]],
    ['.if 1\n.if 1\n.endif\n', ["a.cfg:1:1 error non-terminated '.if' block"]],
    ['.endif\n', ["a.cfg:1:1 error lone '.endif' with no matching '.if'"]],
    ['.else\n', ["a.cfg:1:1 error lone '.else' with no matching '.if'"]],
    [' .elif 1\n', ["a.cfg:1:2 error lone '.elif' with no matching '.if'"]],
    ['.if 1\n.else\n.else\n.endif\n', ["a.cfg:3:1 error '.else' after '.else' is not permitted"]],
    ['.if 0\n.else\n.elif 1\n.endif\n', ["a.cfg:3:1 error '.elif' after '.else' is not permitted"]],
    [
      '.if 0\n.else x\n.endif y\n',
      [
        "a.cfg:2:7 error unexpected argument 'x' for '.else'",
        "a.cfg:3:8 error unexpected argument 'y' for '.endif'",
      ],
    ],
    ['.notice a b\n', ["a.cfg:1:11 error unexpected argument 'b' for '.notice'", "a.cfg:1:9 notice 'a'"]],
    ['.notice\n', ["a.cfg:1:1 notice ''"]],
    ['.bogus\n', ["a.cfg:1:1 error unknown directive '.bogus'"]],
    [
      '.IF 1\n.ENDIF\n',
      ["a.cfg:1:1 error unknown directive '.IF'", "a.cfg:2:1 error unknown directive '.ENDIF'"],
    ],
    [
      '.if zzz\n.notice a\n.elif 1\n.notice b\n.else\n.notice c\n.endif\n',
      ["a.cfg:1:5 error unknown predicate 'zzz', in '.if'"],
    ],
    ['.if 0\n.elif zzz\n.else\n.notice c\n.endif\n', ["a.cfg:2:7 error unknown predicate 'zzz', in '.elif'"]],
    ['.if 1   &&   zzz\n.endif\n', ["a.cfg:1:14 error unknown predicate 'zzz', in '.if'"]],
    ['.if "1 &&" zzz\n.endif\n', ["a.cfg:1:12 error unknown predicate 'zzz', in '.if'"]],
    [
      '.if "1 zzz"\n.endif\n',
      ["a.cfg:1:5 error unexpected character 'z' behind a complete condition, in '.if'"],
    ],
    ['.if 1 &&\n.endif\n', ["a.cfg:1:9 error a condition is missing at the end, in '.if'"]],
    [
      '.diag x\n.warning y\n.alert z\n',
      ["a.cfg:1:7 diag 'x'", "a.cfg:2:10 warning 'y'", "a.cfg:3:8 error 'z'"],
    ],
  ];
  for (const [text, errors] of cases)
    it(JSON.stringify(text), () => assert.deepEqual(told(parse(text)), errors));
  it('suggest the nearest one', () =>
    assert.equal(parse('.notise x\n').diagnostics[0]!.remedy, "did you mean '.notice'?"));
});

describe('the environment', () => {
  const base = 'global\n';
  const cases: readonly (readonly [name: string, lines: string, notice: string])[] = [
    ['setenv is seen by the next line', ' setenv V 1\n', '1'],
    ['presetenv sets what is missing', ' presetenv V 2\n', '2'],
    ['presetenv keeps what is there', ' setenv V 1\n presetenv V 2\n', '1'],
    ['unsetenv takes away', ' setenv V 1\n unsetenv X V\n', 'none'],
    ['resetenv keeps only what it names', ' setenv V 1\n setenv W 2\n resetenv V\n', '1'],
    ['resetenv without names takes all', ' setenv V 1\n resetenv\n', 'none'],
    ['setenv with too few words does nothing', ' setenv V\n', 'none'],
    ['setenv with an empty value does nothing', ' setenv V ""\n', 'none'],
    ['setenv in a false block does nothing', '.if 0\n setenv V 1\n.endif\n', 'none'],
    ['no setenv does nothing', ' no setenv V 1\n', 'none'],
  ];
  for (const [name, lines, notice] of cases)
    it(name, () =>
      assert.equal(parse(`${base}${lines}.notice "\${V-none}"\n`).diagnostics.at(-1)!.problem, `'${notice}'`),
    );
  it('setenv overwrites what the process had', () => {
    const outside = new Map([['E', 'old']]);
    const result = parseHaproxyCfg([{ file: 'a.cfg', text: 'global\n setenv E new\n' }], {
      environment: outside,
      facts: EXAMPLE_FACTS,
    });
    assert.equal(result.environment.get('E'), 'new');
    assert.equal(outside.get('E'), 'old');
  });
  it('statements stay in the document', () =>
    assert.deepEqual(outline(parse('global\n setenv A 1\n resetenv\n')), ['global: setenv A 1 | resetenv']));
  it('setenv counts in the global section alone', () =>
    assert.equal(parse('listen x\n setenv V 1\n').environment.has('V'), false));
  it('a name with = is an error', () =>
    assert.deepEqual(told(parse('global\n setenv A=B 1\n')), [
      "a.cfg:2:9 error 'setenv' cannot set 'A=B': a name cannot have '='",
    ]));
  it('defined() sees it', () =>
    assert.deepEqual(told(parse('global\n setenv V 1\n.if defined(V)\n.notice yes\n.endif\n')), [
      "a.cfg:4:9 notice 'yes'",
    ]));
  it('localpeer sets HAPROXY_LOCALPEER', () =>
    assert.equal(parse('global\n localpeer me\n').environment.get('HAPROXY_LOCALPEER'), 'me'));
  it('predefined variables win over the environment, and setenv over them', () => {
    const predefined = predefinedVariables({
      version: '3.5-dev5',
      localPeer: 'node1',
      logFormats: { HAPROXY_TCP_LOG_FMT: '%ci' },
    });
    const text =
      '.notice "$HAPROXY_BRANCH $HAPROXY_STARTUP_VERSION $HAPROXY_LOCALPEER $HAPROXY_TCP_LOG_FMT"\nglobal\n setenv HAPROXY_BRANCH x\n.notice "$HAPROXY_BRANCH"\n';
    const result = parseHaproxyCfg([{ file: 'a.cfg', text }], {
      environment: new Map([['HAPROXY_BRANCH', '1.1']]),
      facts: EXAMPLE_FACTS,
      predefined,
    });
    assert.deepEqual(
      result.diagnostics.map((diagnostic) => diagnostic.problem),
      ["'3.5 3.5-dev5 node1 %ci'", "'x'"],
    );
  });
});

describe('pseudo-variables', () => {
  it('.SECTION is the name, else the kind, and empty before the first', () => {
    const text =
      '.notice "[$.SECTION]"\nfrontend foo\n.notice "$.SECTION"\ndefaults\n.notice "$.SECTION"\nglobal\n.notice "$.SECTION"\nuserlist u\n.notice "$.SECTION"\n';
    assert.deepEqual(
      parse(text).diagnostics.map((diagnostic) => diagnostic.problem),
      ["'[]'", "'foo'", "'defaults'", "'global'", "'u'"],
    );
  });
  it('a section keyword line itself is still in the section before', () =>
    assert.deepEqual(outline(parse('frontend a\nfrontend "b-$.SECTION"\n')), [
      'frontend a: ',
      'frontend b-a: ',
    ]));
  it('.FILE and .LINE are where the line stands', () =>
    assert.deepEqual(outline(parse(['\n', '\nlisten "$.FILE-$.LINE"\n'])), ['listen b.cfg-2: ']));
});
