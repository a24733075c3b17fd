/**
 * Parses what follows the name of an `acl` line, and anonymous ACLs: `<criterion> [flags] [operator] <pattern>...`
 * (manual section 7.1).
 */
import { byteStringOf } from '../bytes/byte-text.ts';
import type { AclTestModel } from '../keyword/language-model.ts';
import { nearest } from '../keyword/nearest.ts';
import type { ParseSite } from '../keyword/site.ts';
import { ArgumentError, type Position, type Word, type Words } from '../keyword/words.ts';
import { type CallSyntax, cutCalls } from '../sample/call-syntax.ts';
import { findCast } from '../sample/cast.ts';
import { type ParsedExpression, parseCalls } from '../sample/parse-expression.ts';
import type { SampleRegistry } from '../sample/registry.ts';
import type { SampleType } from '../sample/sample.ts';
import type { MatchDeclaration } from './declare.ts';
import { aclCriterionNames, findAclCriterion } from './derived-names.ts';
import { OPERATORS } from './match-integers.ts';
import { findMatch, matchNames } from './matches.ts';
import { patternLines } from './pattern-file.ts';

/**
 * Takes all words. Whether the fetch is valid is looked at where the ACL is used. Throws ArgumentError for what is
 * wrong; warns of an ACL that can never match.
 */
export function parseAcl(words: Words, site: ParseSite, registry: SampleRegistry): AclTestModel {
  const first = words.take('<criterion>');
  const { expression, implied } = parseCriterion(first, site, registry);
  const flags = parseFlags(words);
  const match = flags.match ?? implied ?? defaultMatch(expression.output, first);
  if (findCast(expression.output, match.input) === null) throw mismatch(match, expression, first);
  const files = flags.files.map((file) => loadFile(file, match, site));
  const patterns = parsePatterns(words, match, flags.ignoreCase, site);
  if (match.patterns !== 'none' && patterns.length === 0 && files.length === 0) {
    site.warn(words.at, `no pattern to match '${first.text}' against: this ACL never matches`, {
      remedy: 'write patterns behind it, or -m found to test that it exists',
    });
  }
  return {
    expression: expression.model,
    match: match.name,
    ignoreCase: flags.ignoreCase,
    patterns: patterns.map((pattern) => byteStringOf(pattern.text)),
    patternFiles: flags.files.map((file) => file.path.text),
    filesIgnoringCase: flags.files.map((file) => file.ignoreCase),
    filePatterns: files,
    text: [first.text, ...flags.texts, ...patterns.map((pattern) => pattern.text)].join(' '),
  };
}

/** A derived name's own match counts only without converters behind it. */
function parseCriterion(
  first: Word,
  site: ParseSite,
  registry: SampleRegistry,
): { readonly expression: ParsedExpression; readonly implied: MatchDeclaration | undefined } {
  const calls = cutCalls(first);
  const criterion = findAclCriterion(calls[0]?.name.text ?? '');
  if (criterion === undefined) {
    suggestDerivedName(calls[0], registry);
    return { expression: parseCalls(calls, { first, site, registry }), implied: undefined };
  }
  const [head, ...rest] = calls;
  const renamed = { ...head!, name: { text: criterion.fetch, at: head!.name.at } };
  const expression = parseCalls([renamed, ...rest], { first, site, registry });
  return { expression, implied: rest.length === 0 ? findMatch(criterion.match) : undefined };
}

function suggestDerivedName(call: CallSyntax | undefined, registry: SampleRegistry): void {
  if (
    call === undefined ||
    call.name.text === '' ||
    registry.fetch(call.name.text) !== undefined ||
    registry.isUnsupported?.('fetch', call.name.text)
  )
    return;
  const close = nearest(call.name.text, [...aclCriterionNames(), ...registry.fetchNames()]);
  throw new ArgumentError(
    call.name.at,
    `unknown fetch method '${call.name.text}' in ACL expression`,
    close === undefined ? {} : { remedy: `did you mean '${close}'?` },
  );
}

const DEFAULT_MATCHES: { readonly [T in SampleType]?: string } = {
  bool: 'bool',
  sint: 'int',
  ipv4: 'ip',
  ipv6: 'ip',
  addr: 'ip',
  str: 'str',
};

function defaultMatch(type: SampleType, first: Word): MatchDeclaration {
  const match = findMatch(DEFAULT_MATCHES[type] ?? '');
  if (match !== undefined) return match;
  throw new ArgumentError(first.at, `'${first.text}' needs a match method`, {
    reason: 'there is no default for samples of this type',
    remedy: "write '-m' and a method behind it, such as -m str or -m bin",
  });
}

function mismatch(match: MatchDeclaration, expression: ParsedExpression, first: Word): ArgumentError {
  const usable = [...matchNames()].filter(
    (name) => findCast(expression.output, findMatch(name)!.input) !== null,
  );
  return new ArgumentError(first.at, `match method '${match.name}' cannot be used with '${first.text}'`, {
    remedy: `methods for it: ${usable.join(', ')}`,
  });
}

interface PatternFile {
  readonly path: Word;
  readonly ignoreCase: boolean;
  readonly isMap: boolean;
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly match: MatchDeclaration | undefined;
  readonly files: readonly PatternFile[];
  readonly texts: readonly string[];
}

/** `-i` holds for files and patterns behind it; `-M` for the files behind it. */
function parseFlags(words: Words): Flags {
  let ignoreCase = false;
  let isMap = false;
  let match: MatchDeclaration | undefined;
  const files: PatternFile[] = [];
  const texts: string[] = [];
  while (words.peek()?.startsWith('-')) {
    const flag = words.take('<flag>');
    texts.push(flag.text);
    if (flag.text === '--') break;
    if (flag.text === '-i') ignoreCase = true;
    else if (flag.text === '-M') isMap = true;
    else if (flag.text === '-m') match = takeMatch(words, texts);
    else if (flag.text === '-f')
      files.push({ path: taken(words, '<file> behind -f', texts), ignoreCase, isMap });
    else if (flag.text === '-u') taken(words, '<id> behind -u', texts);
    else if (flag.text !== '-n')
      throw new ArgumentError(flag.at, `'${flag.text}' is not an ACL flag`, {
        remedy: "flags are -i, -m, -n, -f, -M, -u; write '--' before a pattern that begins with '-'",
      });
  }
  return { ignoreCase, match, files, texts };
}

function taken(words: Words, what: string, texts: string[]): Word {
  const word = words.take(what);
  texts.push(word.text);
  return word;
}

function takeMatch(words: Words, texts: string[]): MatchDeclaration {
  const word = taken(words, '<method> behind -m', texts);
  const match = findMatch(word.text);
  if (match !== undefined) return match;
  const close = nearest(word.text, matchNames());
  throw new ArgumentError(word.at, `unknown match method '${word.text}'`, {
    remedy: `${close === undefined ? '' : `did you mean '${close}'? `}methods: ${[...matchNames()].join(', ')}`,
  });
}

function loadFile(file: PatternFile, match: MatchDeclaration, site: ParseSite): readonly string[] {
  const bytes = site.readFile(file.path.text, file.path.at);
  const lines = patternLines(Buffer.from(bytes).latin1Slice(), file.isMap);
  for (const line of lines) check(line, file.path.at, match, file.ignoreCase, site);
  return lines;
}

/** A pattern as the model keeps it: with its operator, where one stands before it. */
interface Pattern {
  readonly text: string;
}

function parsePatterns(
  words: Words,
  match: MatchDeclaration,
  ignoreCase: boolean,
  site: ParseSite,
): readonly Pattern[] {
  const patterns: Pattern[] = [];
  let operator = 'eq';
  for (const word of words.takeRest()) {
    if (match.patterns === 'none') continue;
    if (word.text === '') {
      site.warn(word.at, 'an empty pattern ends the ACL here, as in HAProxy', {
        remedy: 'write -m len 0 to match an empty value',
      });
      break;
    }
    if (match.patterns === 'operators' && OPERATORS.includes(word.text)) {
      operator = word.text;
      continue;
    }
    const text = operator === 'eq' ? word.text : `${operator} ${word.text}`;
    check(text, word.at, match, ignoreCase, site);
    patterns.push({ text });
  }
  return patterns;
}

function check(
  pattern: string,
  at: Position,
  match: MatchDeclaration,
  ignoreCase: boolean,
  site: ParseSite,
): void {
  const found = match.check(pattern, ignoreCase);
  if (found === null) return;
  const advice = found.remedy === undefined ? {} : { remedy: found.remedy };
  if (!found.isWarning) throw new ArgumentError(at, found.problem, advice);
  site.warn(at, found.problem, advice);
}
