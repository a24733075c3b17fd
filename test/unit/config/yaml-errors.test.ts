/** What is wrong with a YAML file, and where: every message with its line and column. */
import assert from 'node:assert/strict';
import { describe as group, it } from 'node:test';
import { parseYaml } from '../../../config/yaml/parse-yaml.ts';
import { describe, TEST_FACTS } from '../../support/link-text.ts';
import { readText } from '../../support/yaml-text.ts';

/** What is wrong with the text itself: not what the linker says of it. */
function errorsOf(text: string): string[] {
  const options = { environment: new Map(), facts: TEST_FACTS };
  return describe(parseYaml([{ file: 'test.yaml', text }], options).diagnostics);
}

const FRONTEND = 'frontends:\n  www:\n    ';
const BACKEND = 'backends:\n  web:\n    ';

type Cases = readonly (readonly [what: string, text: string, messages: readonly string[]])[];

function check(name: string, cases: Cases): void {
  group(name, () => {
    for (const [what, text, messages] of cases) it(what, () => assert.deepEqual(errorsOf(text), messages));
  });
}

check('the syntax of YAML', [
  [
    'tabs in the indentation',
    'global:\n\tmaxconn: 5\n',
    ['error 2:1 a tab in the indentation | indent with blanks: YAML takes no tabs there'],
  ],
  [
    'an open list',
    'global: { log: [a, b }\n',
    [
      'error 1:22 a list or map in brackets is not closed here | close it with ] or }, with what it goes over indented deeper than its key',
    ],
  ],
  [
    'an open quote',
    'global:\n  log: "a\n',
    [
      'error 3:1 a quote is not closed | the file ends in a text that began with one | close it, or remove it',
    ],
  ],
  [
    'a key twice',
    'global: { maxconn: 1, nbthread: 2, maxconn: 3 }\n',
    [
      "error 1:36 the key 'maxconn' is written twice | it stands in this map at line 1 already | put both values in one list, or remove one",
    ],
  ],
  [
    'a key twice, quoted',
    'global:\n  maxconn: 1\n  "maxconn": 3\n',
    [
      "error 3:3 the key 'maxconn' is written twice | it stands in this map at line 2 already | put both values in one list, or remove one",
    ],
  ],
  [
    'two documents',
    'global: {}\n---\nglobal: {}\n',
    [
      "error 2:1 a second document begins here | a file is one configuration | remove the line '---', or make two files",
    ],
  ],
  [
    'an unknown tag',
    'global: !x { maxconn: !!int 5 }\n',
    ['error 1:9 a tag that is not known | remove it: texts, numbers, true, false, lists and maps need none'],
  ],
  [
    'a merge key',
    'x-a: &a { mode: http }\ndefaults:\n  <<: *a\n',
    [
      "error 3:3 merge keys ('<<') are not supported | put what sections share in a defaults section and take it with 'from'",
    ],
  ],
  [
    'a key that is a list',
    'global:\n  ? [a, b]\n  : 5\n',
    [
      'error 2:5 a key that is no name | write the name of a keyword, an argument or a section before the colon',
    ],
  ],
  [
    'a key that is empty',
    'global: { "": 5, ~: 6 }\n',
    [
      'error 1:11 a key that is no name | write the name of a keyword, an argument or a section before the colon',
      'error 1:18 a key that is no name | write the name of a keyword, an argument or a section before the colon',
    ],
  ],
  ['an alias without an anchor', 'global: *nope\n', ["error 1:9 the alias '*nope' has no anchor above it"]],
  [
    'an alias of itself',
    'global: &a { description: *a }\n',
    ["error 1:27 the alias '*a' stands in what it stands for"],
  ],
  [
    'wrong indentation',
    'global:\n    maxconn: 5\n  nbthread: 2\n',
    ['error 3:1 the indentation does not fit | give the keys of one map the same indentation'],
  ],
  [
    'a missing blank behind a colon',
    'global:\n  maxconn:5\n  nbthread: 2\n',
    [
      "error 2:3 a key goes over several lines | a colon is missing, or the line before is indented wrongly | write 'key: value'",
    ],
  ],
  [
    'a binary file',
    'global: {}\n\0',
    ['error 2:1 NUL byte in the file | a configuration file is text; this one is binary or damaged'],
  ],
]);

check('the top of the file', [
  [
    'a text',
    'hello\n',
    [
      'error 1:1 a configuration is a map, and this is a text | write keys at the beginning of lines: global, defaults, frontends, backends, listens, proxies',
    ],
  ],
  [
    'a list',
    '- global\n',
    [
      'error 1:1 a configuration is a map, and this is a list | write keys at the beginning of lines: global, defaults, frontends, backends, listens, proxies',
    ],
  ],
  [
    'an unknown key',
    'globl: {}\n',
    ["error 1:1 unknown key 'globl' at the top of the configuration | did you mean 'global'?"],
  ],
  [
    'a section of one',
    'frontend: {}\n',
    ["error 1:1 'frontend' is no key here | write 'frontends:' with a map by name: 'frontends: { www: … }'"],
  ],
  [
    'a section that is not supported',
    'peers: { a: {} }\nresolvers: {}\n',
    [
      "error 1:1 section 'peers' is one of HAProxy's that Fairlead does not support yet",
      "error 2:1 section 'resolvers' is one of HAProxy's that Fairlead does not support yet",
    ],
  ],
  [
    'sections that are no map',
    'frontends: [a]\nbackends: 5\n',
    [
      "error 1:12 'frontends' is a list | write a map of names to frontend sections",
      "error 2:11 'backends' is a text | write a map of names to backend sections",
    ],
  ],
  [
    'a section that is no map',
    'frontends: { a: 5 }\nglobal: [a]\n',
    [
      'error 2:9 the global section is a list | write a map of keywords',
      'error 1:17 the frontend section is a text | write a map of keywords',
    ],
  ],
  [
    'proxies that are no list',
    'proxies: { a: 5 }\n',
    ["error 1:10 'proxies' is a map | write a list of sections: '- frontend: www'"],
  ],
  [
    'a proxy without its kind',
    'proxies: [{ mode: tcp }, x]\n',
    [
      "error 1:11 a section without its kind and name | begin it with '- frontend: name', '- backend: name' or '- listen: name'",
      "error 1:26 a section without its kind and name | begin it with '- frontend: name', '- backend: name' or '- listen: name'",
    ],
  ],
  [
    'a proxy of two kinds',
    'proxies: [{ frontend: a, backend: b }]\n',
    [
      "error 1:26 'backend' in a section that is a frontend | begin another item of the list with '- backend: name'",
    ],
  ],
  [
    'a name that is none',
    'proxies: [{ frontend: [a] }]\ndefaults: [{ name: true, from: {} }]\n',
    [
      "error 2:20 'name' is true | write a name",
      "error 2:32 'from' is a map | write a name",
      "error 1:23 'frontend' is a list | write a name",
    ],
  ],
]);

check('keywords', [
  [
    'no value',
    `${FRONTEND}mode:\n`,
    ["error 3:10 'mode' has no value | write its arguments behind the colon"],
  ],
  [
    'no value of a switch',
    'global:\n  daemon:\n',
    ["error 2:10 'daemon' has no value | write 'daemon: true'"],
  ],
  [
    'a name of two words',
    `${FRONTEND}timeout client: 5s\n`,
    ["error 3:5 'timeout client' is no key | nest it: 'timeout: { client: … }'"],
  ],
  [
    'an unknown name of two words',
    `${FRONTEND}no option httplog: true\n`,
    [
      "error 3:5 'no option httplog' is no key | write the keyword alone before the colon, and its arguments behind it",
    ],
  ],
  [
    'no off state',
    `${FRONTEND}mode: false\n`,
    ["error 3:11 'mode' has no off state | only options and switches that have one can be false | remove it"],
  ],
  [
    'a list of a keyword with one value',
    `${BACKEND}option: { forwardfor: [a, b] }\n`,
    [
      "error 3:31 'option forwardfor' takes one value, and this is the second | only the last would count | remove the list",
    ],
  ],
  [
    'a list in a list',
    `${FRONTEND}bind: [[":80"]]\n`,
    ["error 3:12 a list in the list of 'bind' | write each line as an item of one list"],
  ],
  [
    'lines that are no list',
    `${FRONTEND}lines: mode http\n`,
    ["error 3:12 'lines' is a text | write a list of lines as haproxy.cfg has them, or of maps"],
  ],
  [
    'a line that is a list',
    `${FRONTEND}lines: [[mode, http], true]\n`,
    [
      "error 3:13 a list cannot be an item of 'lines' | write a line in one text, or a map",
      "error 3:27 true cannot be an item of 'lines' | write a line in one text, or a map",
    ],
  ],
  ['an empty line', `${FRONTEND}lines: [""]\n`, ['error 3:13 an empty line | remove it']],
  [
    'too many words',
    `${FRONTEND}description: [${'a,'.repeat(80)}a]\n`,
    ['error 3:145 too many words: 82 in one statement, and 64 are permitted | use several statements'],
  ],
]);

check('arguments', [
  [
    'an unknown one',
    `${FRONTEND}option: { forwardfor: { hedaer: x } }\n`,
    [
      "error 3:29 'hedaer' is no argument of 'option forwardfor' | did you mean 'header'? allowed: except, header, if-none",
    ],
  ],
  [
    'an unknown one of a rule',
    `${FRONTEND}http-request: [{ set-header: { name: x, value: y } }]\n`,
    ["error 3:45 'value' is no argument of 'http-request set-header' | allowed: name, fmt, if, unless"],
  ],
  [
    'a missing one',
    `${FRONTEND}bind: { name: x }\n`,
    ["error 3:11 missing 'address' in the map of 'bind' | add 'address: <address>'"],
  ],
  [
    'a missing one of a rule',
    `${FRONTEND}http-request:\n    - set-header: { name: x }\n`,
    ["error 4:19 missing 'fmt' in the map of 'http-request set-header' | add 'fmt: <fmt>'"],
  ],
  [
    'true where a text is wanted',
    `${FRONTEND}log-tag: { a: b }\n`,
    ["error 3:14 a map cannot be the value of 'log-tag' | write a text or a number"],
  ],
  [
    'a switch as a word',
    `${FRONTEND}http-request: [{ set-header: { name: x, fmt: true } }]\n`,
    [
      'error 3:50 \'http-request set-header fmt\' takes a text or a number, not true | where the word is meant, put it in quotes: "true"',
    ],
  ],
  [
    'a flag that is a text',
    `${FRONTEND}option: { forwardfor: { if-none: yes } }\n`,
    ["error 3:38 a text cannot be the value of 'option forwardfor if-none' | write true or false"],
  ],
  [
    'no value',
    `${BACKEND}server: { a: { address: } , b: }\n`,
    [
      "error 3:29 nothing cannot be the value of 'server a address' | write a text or a number",
      "error 3:36 'server b' has no value | write <address> [ option... ]",
    ],
  ],
  [
    'no off state of an option',
    `${BACKEND}server: { a: { address: 1.2.3.4, weight: false } }\n`,
    ["error 3:46 'weight' has no off state | remove it"],
  ],
  [
    'two actions in one map',
    `${FRONTEND}http-request:\n    - deny: true\n      allow: true\n`,
    [
      "error 5:7 'allow' stands beside 'deny' in one map of 'http-request' | a map names one thing to do, and its arguments are the value of that name | indent it deeper, or begin another item of the list with '- allow: …'",
    ],
  ],
  [
    'no action',
    `${FRONTEND}http-request: [{ if: a }, {}, true, 5.5]\n`,
    [
      "error 3:20 a map of 'http-request' without a name | write '- name: arguments'",
      "error 3:31 a map of 'http-request' without a name | write '- name: arguments'",
    ],
  ],
  [
    'two conditions',
    `${FRONTEND}http-request: [{ deny: true, if: a, unless: b }, { deny: { if: a }, unless: b }]\n`,
    [
      "error 3:41 a second condition, 'unless' | write one 'if' or 'unless'",
      "error 3:73 a second condition, 'unless' | write one 'if' or 'unless'",
    ],
  ],
  [
    'arguments of what takes none',
    'global: { daemon: { a: b } }\n',
    ["error 1:19 a map cannot be the value of 'daemon' | write true"],
  ],
  [
    'an open quote',
    `${FRONTEND}description: 'a "b'\n`,
    ['error 3:21 unmatched quote | close it with ", or write \\" for the character itself'],
  ],
  [
    'a wrong variable',
    `${FRONTEND}log-tag: "costs 5 $"\n`,
    [
      'error 3:24 forbidden first char in environment variable name | write a name that begins with a letter or an underscore, or \\$ for the dollar itself',
    ],
  ],
  [
    'a wrong variable behind an escape',
    `${FRONTEND}description: "\\u0041 \\"\${x\\""\n`,
    [
      'error 3:29 unmatched brace in environment variable name | a name has letters, digits and underscores; behind it stands }, [*] or - and a default | write ${x}',
    ],
  ],
  [
    'an empty word',
    `${FRONTEND}http-request: [{ set-header: { name: "", fmt: y } }]\n`,
    [
      'warning 3:42 an empty word ends the statement: \'y\' and what follows is ignored | HAProxy takes an empty argument for the end of the list | remove it; where a variable may be empty, write "${NAME[*]}"',
    ],
  ],
]);

group('the linker', () => {
  it('reports at the words of YAML, in whatever style they are written', () => {
    const text = `${FRONTEND}mode: htpt
    timeout: { client: '5x' }
    bind: ":80 nmae a"
    http-request:
    - |
      deny
        dny_status 5
    - >-
      set-header
      X %[nosuch]
    - "\\x64eny if { pth /x }"
    - { set-header: { name: X, fmt: "%[nosuch]" } }
    - 'deny if { path ''a'' } nope'
`;
    const expected: readonly (readonly [place: string, word: string])[] = [
      ['3:11', 'htpt'],
      ['4:24', '5x'],
      ['5:16', 'nmae'],
      ['9:9', 'dny_status'],
      ['12:11', 'nosuch'],
      ['13:21', 'pth'],
      ['14:39', 'nosuch'],
      ['15:31', 'nope'],
    ];
    const { diagnostics } = readText(text);
    assert.deepEqual(
      diagnostics.map(({ at }) => `${at.line}:${at.column}`),
      expected.map(([place]) => place),
    );
    for (const [i, [, word]] of expected.entries()) assert.ok(diagnostics[i]!.problem.includes(`'${word}'`));
  });
});
