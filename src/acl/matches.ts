/** Every match method, listed explicitly (manual section 7.1, `-m`). */
import { defineMatch, type MatchDeclaration } from './declare.ts';
import { checkAddress, compileAddresses } from './match-addresses.ts';
import { checkInteger, compileIntegers } from './match-integers.ts';
import { checkRegex, compileRegexes } from './match-regexes.ts';
import {
  compileBeginnings,
  compileDelimited,
  compileEnds,
  compileExact,
  compileInner,
} from './match-strings.ts';

/** What separates directories, and what separates parts of a domain or URL. */
const DIRECTORY_DELIMITERS = '/?';
const DOMAIN_DELIMITERS = '/?.:';

export const matches = [
  defineMatch({
    name: 'found',
    summary: 'The sample exists, whatever its value.',
    input: 'any',
    patterns: 'none',
    examples: [
      { text: 'bool(0) -m found', result: true },
      { text: 'str() -m found', result: true },
    ],
    compile: () => () => true,
  }),
  defineMatch({
    name: 'bool',
    summary: 'The value is true, or an integer other than 0.',
    input: 'bool',
    patterns: 'none',
    examples: [
      { text: 'int(5) -m bool', result: true },
      { text: 'int(0) -m bool', result: false },
    ],
    compile: () => (value) => value === true,
  }),
  defineMatch({
    name: 'int',
    summary: 'The integer is one of the patterns, lies in one of the ranges, or compares by the operator.',
    input: 'sint',
    patterns: 'operators',
    examples: [
      { text: 'int(5) -m int 4 5', result: true },
      { text: 'int(5) -m int 1:4', result: false },
      { text: 'int(5) -m int gt 4', result: true },
      { text: 'int(5) -m int le 4', result: false },
      { text: 'int(-5) -m int lt 0', result: true },
    ],
    check: checkInteger,
    compile: compileIntegers,
  }),
  defineMatch({
    name: 'ip',
    summary: 'The address is one of the patterns, or lies in one of the networks.',
    input: 'addr',
    patterns: 'words',
    examples: [
      { text: 'ipv4(192.0.2.7) -m ip 192.0.2.0/24', result: true },
      { text: 'ipv4(10.0.0.12) -m ip 10.12', result: true },
      { text: 'ipv6(::ffff:192.0.2.7) -m ip 192.0.2.7', result: true },
      { text: 'ipv4(192.0.2.7) -m ip ::ffff:192.0.2.0/120', result: true },
      { text: 'ipv6(2001:db8::1) -m ip 2001:db9::/32', result: false },
    ],
    differences: ['Host names other than localhost are refused: addresses are not resolved at load.'],
    check: checkAddress,
    compile: compileAddresses,
  }),
  defineMatch({
    name: 'bin',
    summary: 'The bytes are those of one of the patterns, written in hexadecimal.',
    input: 'bin',
    patterns: 'words',
    examples: [
      { text: 'str(ab) -m bin 6162', result: true },
      { text: 'str(ab) -m bin 61', result: false },
    ],
    check: (pattern) =>
      /^([0-9a-f]{2})+$/i.test(pattern)
        ? null
        : {
            problem: `'${pattern}' is not hexadecimal`,
            remedy: 'write two hexadecimal digits for each byte',
          },
    compile: (patterns) =>
      compileExact(
        patterns.map((pattern) => Buffer.from(pattern, 'hex').latin1Slice()),
        false,
      ),
  }),
  defineMatch({
    name: 'len',
    summary:
      "The text's length is one of the patterns, lies in one of the ranges, or compares by the operator.",
    input: 'str',
    patterns: 'operators',
    examples: [
      { text: 'str(abc) -m len 3', result: true },
      { text: 'str(abc) -m len gt 3', result: false },
    ],
    check: checkInteger,
    compile(patterns) {
      const matchesLength = compileIntegers(patterns);
      return (value) => matchesLength((value as string).length);
    },
  }),
  defineMatch({
    name: 'str',
    summary: 'The text is one of the patterns.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(abc) -m str x abc', result: true },
      { text: 'str(abc) -m str ABC', result: false },
      { text: 'str(abc) -m str -i ABC', result: true },
    ],
    compile: compileExact,
  }),
  defineMatch({
    name: 'sub',
    summary: 'One of the patterns stands somewhere in the text.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(abc) -m sub b', result: true },
      { text: 'str(abc) -m sub d', result: false },
    ],
    compile: compileInner,
  }),
  defineMatch({
    name: 'reg',
    summary: 'One of the regular expressions matches the text.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(abc) -m reg ^a.c$', result: true },
      { text: 'str(abc) -m reg -i ^B', result: false },
    ],
    differences: [
      "Expressions run on JavaScript's engine; what it cannot do (possessive quantifiers, atomic groups, recursion, \\K, \\G, \\X, \\p) is refused at load.",
    ],
    check: checkRegex,
    compile: compileRegexes,
  }),
  defineMatch({
    name: 'beg',
    summary: 'The text begins with one of the patterns.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(abc) -m beg ab', result: true },
      { text: 'str(abc) -m beg b', result: false },
    ],
    compile: compileBeginnings,
  }),
  defineMatch({
    name: 'end',
    summary: 'The text ends with one of the patterns.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(abc) -m end bc', result: true },
      { text: 'str(abc) -m end b', result: false },
    ],
    compile: compileEnds,
  }),
  defineMatch({
    name: 'dir',
    summary: 'One of the patterns stands in the text between slashes.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(/images/png/logo/32x32.png) -m dir png/logo', result: true },
      { text: 'str(/images/png/logo/32x32.png) -m dir 32x32', result: false },
    ],
    compile: (patterns, ignoreCase) => compileDelimited(patterns, ignoreCase, DIRECTORY_DELIMITERS),
  }),
  defineMatch({
    name: 'dom',
    summary: 'One of the patterns stands in the text between dots, colons, slashes or question marks.',
    input: 'str',
    patterns: 'words',
    examples: [
      { text: 'str(http://www1.dc-eu.example.com:80/blah) -m dom dc-eu.example', result: true },
      { text: 'str(http://www1.dc-eu.example.com:80/blah) -m dom eu', result: false },
    ],
    compile: (patterns, ignoreCase) => compileDelimited(patterns, ignoreCase, DOMAIN_DELIMITERS),
  }),
] as const;

const byName: ReadonlyMap<string, MatchDeclaration> = new Map(matches.map((match) => [match.name, match]));

export function findMatch(name: string): MatchDeclaration | undefined {
  return byName.get(name);
}

export function matchNames(): Iterable<string> {
  return byName.keys();
}
